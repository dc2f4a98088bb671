#pragma once

#include "services/storage/cache.h"
#include "services/storage/redisconnection.h"

namespace PatchPanel::Storage {

// Keys `pp:patch:<key>` of a Redis server, each with its own expiry.
class RedisCache : public Cache {
public:
    explicit RedisCache(RedisUrl url, RedisTimeouts timeouts = {}, MonotonicClock clock = steadyClock());

    Result<void> available() const override { return m_connection.available(); }
    Result<std::optional<QByteArray>> get(const QByteArray &key) override;
    Result<void> put(const QByteArray &key, const QByteArray &value, std::chrono::seconds lifetime) override;

private:
    RedisConnection m_connection;
};

} // namespace PatchPanel::Storage
