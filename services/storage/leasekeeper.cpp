#include "services/storage/leasekeeper.h"

#include <algorithm>

namespace PatchPanel::Storage {

namespace {

constexpr int retriesPerRenewal = 10; // while the server gives no answer

} // namespace

LeaseKeeper::LeaseKeeper(RedisUrl url, RedisTimeouts timeouts)
    : m_redis(std::move(url), timeouts)
{
}

LeaseKeeper::~LeaseKeeper()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isEnding = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void LeaseKeeper::add(const std::shared_ptr<Lease> &lease)
{
    const std::scoped_lock lock(m_mutex);
    m_leases.push_back({lease, std::chrono::steady_clock::now() + lease->renewal()});
    if (!m_thread.joinable()) {
        m_thread = std::thread([this] { loop(); });
    }
    m_changed.notify_all();
}

void LeaseKeeper::remove(const std::shared_ptr<Lease> &lease)
{
    std::unique_lock lock(m_mutex);
    m_leases.remove_if([&lease](const Kept &kept) { return kept.lease == lease; });
    m_changed.wait(lock, [this, &lease] { return m_renewing != lease.get(); });
}

// Null when there is none at all.
LeaseKeeper::Kept *LeaseKeeper::nextDue()
{
    const auto next = std::min_element(m_leases.begin(), m_leases.end(),
                                       [](const Kept &left, const Kept &right) { return left.due < right.due; });
    return next == m_leases.end() ? nullptr : &*next;
}

void LeaseKeeper::loop()
{
    std::unique_lock lock(m_mutex);
    while (!m_isEnding) {
        const Kept *next = nextDue();
        if (!next) {
            m_changed.wait(lock);
            continue;
        }
        if (next->due > std::chrono::steady_clock::now()) {
            m_changed.wait_until(lock, TimePoint(next->due));
            continue;
        }
        const std::shared_ptr<Lease> lease = next->lease;
        m_renewing = lease.get();
        lock.unlock();
        const Lease::Answer answer = lease->extend(m_redis);
        lock.lock();
        m_renewing = nullptr;
        m_changed.notify_all();
        const auto pause = answer == Lease::Answer::Unknown ? lease->renewal() / retriesPerRenewal : lease->renewal();
        const auto kept =
            std::find_if(m_leases.begin(), m_leases.end(), [&lease](const Kept &one) { return one.lease == lease; });
        if (kept != m_leases.end()) {
            kept->due = std::chrono::steady_clock::now() + pause;
        }
    }
}

} // namespace PatchPanel::Storage
