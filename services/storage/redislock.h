#pragma once

#include "services/storage/leasekeeper.h"
#include "services/storage/lock.h"

namespace PatchPanel::Storage {

// Another lock, which is always taken first, and a lock with a fence in Redis on top of it: `pp:{ws}:lock`. For a
// shared folder, where the first reaches this machine only, the one in Redis is needed. Elsewhere it tells people who
// works where, and runs go on without it. Any thread; must outlive what it gave.
class RedisLock : public Lock {
public:
    struct Settings {
        RedisUrl url = {};
        SharedFolder shared = {};
        RedisTimeouts timeouts = {};
        LeaseTimes times = {};
        // What the first lock reaches: a holder there that still has a lease is gone. Empty: this machine, since it was
        // booted.
        QByteArray reach = {};
        MonotonicClock clock = bootClock(); // a lease also runs out while the machine sleeps
    };

    RedisLock(std::unique_ptr<Lock> first, Settings settings);

    // Also Busy when another has the shared workspace (details["waitMs"]: until its lease runs out), and when Redis
    // cannot be asked for it. Blocks for at most the time-out of a command for each question.
    Result<std::unique_ptr<LockHold>> acquire(const QString &workspace, const QString &holder,
                                              LockUse use = LockUse::Run) override;

private:
    class Hold;

    bool isShared(const QString &workspace) const;
    QByteArray reach() const; // of the other lock
    std::shared_ptr<Lease> makeLease(const QString &workspace, const QString &holder) const;
    Result<void> take(const QString &workspace, Lease &lease);
    Result<void> confirm(Lease &lease);

    const std::unique_ptr<Lock> m_first;
    const Settings m_settings;
    std::mutex m_mutex; // guards the next one
    RedisConnection m_redis;
    LeaseKeeper m_keeper;
};

} // namespace PatchPanel::Storage
