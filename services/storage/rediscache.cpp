#include "services/storage/rediscache.h"

namespace PatchPanel::Storage {

namespace {

QByteArray fullKey(const QByteArray &key)
{
    return "pp:patch:" + key;
}

} // namespace

RedisCache::RedisCache(RedisUrl url, RedisTimeouts timeouts, MonotonicClock clock)
    : m_connection(std::move(url), timeouts, std::move(clock))
{
}

Result<std::optional<QByteArray>> RedisCache::get(const QByteArray &key)
{
    const Result<RedisReply> reply = m_connection.command({"GET", fullKey(key)});
    if (!reply) {
        return reply.error();
    }
    if (reply->kind != RedisReply::Kind::Text) {
        return std::optional<QByteArray>{};
    }
    return std::optional(reply->text);
}

Result<void> RedisCache::put(const QByteArray &key, const QByteArray &value, std::chrono::seconds lifetime)
{
    const QByteArray seconds = QByteArray::number(static_cast<qint64>(lifetime.count()));
    const Result<RedisReply> reply = m_connection.command({"SET", fullKey(key), value, "EX", seconds});
    return reply ? Result<void>{} : reply.error();
}

} // namespace PatchPanel::Storage
