#pragma once

#include "services/common/clock.h"
#include "services/storage/redisconnection.h"

#include <chrono>
#include <functional>
#include <mutex>

namespace PatchPanel::Storage {

struct LeaseTimes {
    std::chrono::milliseconds lifetime = std::chrono::seconds(30);
    std::chrono::milliseconds renewal = std::chrono::seconds(10);
};

// The keys of one workspace, in one slot of a cluster.
struct LeaseKeys {
    explicit LeaseKeys(const QByteArray &workspaceId);

    QByteArray lock;
    QByteArray fence;
    QByteArray holder;
};

// One holder's lock in Redis, which runs out unless it is renewed. Any thread.
class Lease {
public:
    // Whether a run can go on without it.
    enum class Need { Required, Optional };
    enum class Answer { Kept, Lost, Unknown };

    Lease(LeaseKeys keys, QByteArray token, QByteArray holder, Need need, LeaseTimes times, MonotonicClock clock);

    // ACQUIRE with the floor, the highest fence that the workspace has seen. `gone` as in scripts/acquire_lock.lua.
    // Busy with details["waitMs"] when another has it; the errors of RedisConnection.
    Result<void> acquire(RedisConnection &redis, qint64 floor, const QByteArray &gone);
    Answer extend(RedisConnection &redis);
    void release(RedisConnection &redis);
    // For a lease of which nobody can tell whether it is ours.
    void giveUp();
    // From now on `ending` is told, once, when the lease is lost or cannot be kept for long. None: nobody is told.
    void whenEnding(const std::function<void()> &ending);

    qint64 fence() const { return m_fence; } // of acquire()
    bool isRequired() const { return m_need == Need::Required; }
    std::chrono::milliseconds renewal() const { return m_times.renewal; }

    enum class State {
        Ours,
        Ending, // ours, but it cannot be kept
        RunOut, // it may be another's
        Lost, // it is another's
    };
    State state() const;

private:
    void endIfUnkept(const std::scoped_lock<std::mutex> &); // m_mutex is held
    void tellEnding(const std::scoped_lock<std::mutex> &);

    const LeaseKeys m_keys;
    const QByteArray m_token;
    const QByteArray m_holder;
    const Need m_need;
    const LeaseTimes m_times;
    const MonotonicClock m_clock;
    qint64 m_fence = 0;
    mutable std::mutex m_mutex; // guards what follows
    std::chrono::steady_clock::time_point m_validUntil;
    bool m_lost = false;
    bool m_ending = false;
    std::function<void()> m_whenEnding;
};

} // namespace PatchPanel::Storage
