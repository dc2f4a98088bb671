// The queue in a process of its own, as the peer is one, on the Redis server at PORT:
//   queuebench drain PORT JOBS CONCURRENCY     works off jobs that do nothing
//   queuebench latency PORT JOBS               how long an idle worker needs to start a job
// Prints {"rate": jobs a second} or {"p50Us", "p99Us"}. Ends with 1 and the error on stderr when the queue fails, 64
// for wrong usage.

#include "services/common/ids.h"
#include "services/common/json.h"
#include "services/storage/queue.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

using namespace PatchPanel;
using namespace PatchPanel::Storage;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

// What the peer's jobs carry, too.
const QByteArray payload = R"({"workspace":"/srv/checkouts/shop","task":"tasks/test.json"})";

[[noreturn]] void fail(const Error &error)
{
    std::fprintf(stderr, "queuebench: %s\n", qPrintable(error.toString()));
    std::exit(1);
}

template <typename T> T valueOf(Result<T> result)
{
    if (!result) {
        fail(result.error());
    }
    return std::move(result).value();
}

std::unique_ptr<Queue> open(int port, const QString &worker)
{
    return valueOf(makeQueue({.redisUrl = QStringLiteral("redis://127.0.0.1:%1").arg(port),
                              .name = QStringLiteral("bench"),
                              .worker = worker}));
}

QList<QueuedJob> makeJobs(int count)
{
    QList<QueuedJob> jobs;
    for (int i = 0; i < count; ++i) {
        jobs.append({.id = newRunId(), .request = payload, .signature = sha256Hex(payload)});
    }
    return jobs;
}

double secondsSince(Clock::time_point begun)
{
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

// As a worker does it: what is done is settled in the turn that brings the next jobs.
QJsonObject drain(int port, int count, int concurrency)
{
    const auto queue = open(port, QStringLiteral("worker"));
    valueOf(queue->add(makeJobs(count)));
    const auto begun = Clock::now();
    QList<Settlement> done;
    int finished = 0;
    do {
        const QList<Delivery> taken = valueOf(queue->turn(done, concurrency)).taken;
        done.clear();
        for (const Delivery &delivery : taken) {
            done.append({.receipt = delivery.receipt, .text = R"({"status":"ok"})"});
        }
        finished += static_cast<int>(taken.size());
    } while (!done.isEmpty());
    const double seconds = secondsSince(begun);
    if (finished != count) {
        fail({ErrorCode::Internal, QStringLiteral("%1 of %2 jobs came").arg(finished).arg(count)});
    }
    return {{QStringLiteral("rate"), count / seconds}};
}

// The worker's thread, which waits for one job after another, and the time at which each came.
class IdleWorker {
public:
    explicit IdleWorker(int port)
        : m_thread([this, port] { work(port); })
    {
    }
    ~IdleWorker()
    {
        m_ending = true;
        m_thread.join();
    }

    Clock::time_point waitForStart()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_settled; });
        m_settled = false;
        return m_started;
    }

private:
    void work(int port)
    {
        const auto queue = open(port, QStringLiteral("worker"));
        while (!m_ending) {
            const QList<Delivery> taken = valueOf(queue->wait(1, 200ms));
            const auto now = Clock::now();
            for (const Delivery &delivery : taken) {
                valueOf(queue->turn({{.receipt = delivery.receipt, .text = R"({"status":"ok"})"}}, 0));
                const std::scoped_lock lock(m_mutex);
                m_started = now;
                m_settled = true;
                m_changed.notify_one();
            }
        }
    }

    std::mutex m_mutex; // guards the next three
    std::condition_variable m_changed;
    Clock::time_point m_started;
    bool m_settled = false;
    std::atomic<bool> m_ending = false;
    std::thread m_thread;
};

QJsonObject latency(int port, int count)
{
    const auto queue = open(port, QStringLiteral("submitter"));
    IdleWorker worker(port);
    std::vector<double> microseconds;
    for (const QueuedJob &job : makeJobs(count)) {
        const auto added = Clock::now();
        valueOf(queue->add({job}));
        microseconds.push_back(std::chrono::duration<double, std::micro>(worker.waitForStart() - added).count());
    }
    std::sort(microseconds.begin(), microseconds.end());
    const auto quantile = [&](double q) {
        return microseconds[static_cast<std::size_t>(static_cast<double>(microseconds.size() - 1) * q)];
    };
    return {{QStringLiteral("p50Us"), quantile(0.5)}, {QStringLiteral("p99Us"), quantile(0.99)}};
}

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    const QByteArray verb = argc > 1 ? argv[1] : "";
    const int port = argc > 2 ? std::atoi(argv[2]) : 0;
    const int count = argc > 3 ? std::atoi(argv[3]) : 0;
    const int concurrency = argc > 4 ? std::atoi(argv[4]) : 1;
    const bool drains = verb == "drain" && argc == 5;
    if (port < 1 || count < 1 || concurrency < 1 || (!drains && (verb != "latency" || argc != 4))) {
        std::fputs("usage: queuebench drain PORT JOBS CONCURRENCY | queuebench latency PORT JOBS\n", stderr);
        return 64;
    }
    std::puts(compactJson(drains ? drain(port, count, concurrency) : latency(port, count)).constData());
    return 0;
}
