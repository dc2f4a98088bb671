#pragma once

#include "services/common/clock.h"
#include "services/storage/redisconnection.h"
#include "services/storage/sharedservices.h"

namespace PatchPanel::Storage {

struct SharedLimits {
    int entries = 200; // of one answer
    int beats = 2000;
    qint64 bytes = 1024 * 1024;
    std::chrono::milliseconds kept = std::chrono::hours(24); // without a registry; and how long a removal is known
    int removals = 10'000; // that are known
};

// Keys `pp:{svc}:GROUP:…` in Redis 5 or later, or Valkey, all in one slot of a cluster. A turn is one script; times are
// compared by the server's clock alone.
class RedisServices : public SharedServices {
public:
    RedisServices(const RedisUrl &url, const QByteArray &group, RedisTimeouts timeouts = {}, SharedLimits limits = {});

    Result<SharedTurn> turn(const SharedCursor &cursor, const QList<SharedWrite> &writes) override;

private:
    QByteArray serverTime() const;

    const QList<QByteArray> m_keys;
    const SharedLimits m_limits;
    const MonotonicClock m_clock;
    std::optional<qint64> m_serverMs; // when the last turn was carried out
    std::chrono::steady_clock::time_point m_serverMsSince; // when it was sent
    RedisConnection m_redis;
};

// What the script answered, read with every check: Unavailable when it is not of that form. `life`: of the cursor.
Result<SharedTurn> readSharedTurn(const RedisReply &reply, const QByteArray &life);

} // namespace PatchPanel::Storage
