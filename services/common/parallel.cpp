#include "services/common/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace PatchPanel {

namespace {

constexpr qsizetype mostThreads = 8;
constexpr qsizetype smallestShare = 8; // a thread is not worth its start for less
constexpr qsizetype sharesPerThread = 16; // so that one slow item does not keep a whole thread's work waiting

} // namespace

qsizetype workersFor(qsizetype count)
{
    static const auto processors = static_cast<qsizetype>(std::max(1U, std::thread::hardware_concurrency()));
    return std::clamp<qsizetype>(count / smallestShare, 1, std::min(processors, mostThreads));
}

void forEachInParallel(qsizetype count, const std::function<void(qsizetype, qsizetype)> &body)
{
    const qsizetype threads = workersFor(count);
    const qsizetype share = std::max<qsizetype>(1, count / (threads * sharesPerThread));
    std::atomic<qsizetype> next = 0;
    std::exception_ptr failure;
    std::mutex failureMutex;
    const auto work = [&](qsizetype worker) {
        try {
            for (qsizetype begin = next.fetch_add(share); begin < count; begin = next.fetch_add(share)) {
                for (qsizetype i = begin; i < std::min(begin + share, count); ++i) {
                    body(i, worker);
                }
            }
        } catch (...) {
            const std::lock_guard lock(failureMutex);
            failure = failure ? failure : std::current_exception();
            next = count;
        }
    };
    {
        std::vector<std::jthread> others;
        for (qsizetype i = 1; i < threads; ++i) {
            others.emplace_back(work, i);
        }
        work(0);
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace PatchPanel
