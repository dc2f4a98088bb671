#pragma once

#include "services/storage/lease.h"

#include <condition_variable>
#include <list>
#include <memory>
#include <thread>

namespace PatchPanel::Storage {

// Renews leases on a thread and a connection of its own, so that a long job, or a command that hangs, does not keep
// them from it. Any thread.
class LeaseKeeper {
public:
    LeaseKeeper(RedisUrl url, RedisTimeouts timeouts);
    ~LeaseKeeper();

    void add(const std::shared_ptr<Lease> &lease);
    // It is not renewed any more once this returns.
    void remove(const std::shared_ptr<Lease> &lease);

private:
    using TimePoint = std::chrono::steady_clock::time_point;
    struct Kept {
        std::shared_ptr<Lease> lease;
        TimePoint due;
    };

    void loop();
    Kept *nextDue();

    RedisConnection m_redis; // of the thread alone
    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::list<Kept> m_leases;
    const Lease *m_renewing = nullptr;
    bool m_isEnding = false;
    std::thread m_thread; // from the first lease on
};

} // namespace PatchPanel::Storage
