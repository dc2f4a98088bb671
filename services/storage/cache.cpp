#include "services/storage/cache.h"

#include "services/storage/rediscache.h"

namespace PatchPanel::Storage {

namespace {

// Stands in where no Redis is configured.
class NoCache : public Cache {
public:
    Result<std::optional<QByteArray>> get(const QByteArray &) override { return available().error(); }
    Result<void> put(const QByteArray &, const QByteArray &, std::chrono::seconds) override { return available(); }
    Result<void> available() const override
    {
        return Error{ErrorCode::Unavailable, QStringLiteral("no Redis server is configured"),
                     QStringLiteral("start with --redis redis://host:port/db to cache results")};
    }
};

} // namespace

Result<std::unique_ptr<Cache>> makeCache(const QString &redisUrl)
{
    if (redisUrl.isEmpty()) {
        return std::unique_ptr<Cache>(std::make_unique<NoCache>());
    }
    Result<RedisUrl> url = parseRedisUrl(redisUrl);
    if (!url) {
        return url.error();
    }
    return std::unique_ptr<Cache>(std::make_unique<RedisCache>(std::move(url).value()));
}

} // namespace PatchPanel::Storage
