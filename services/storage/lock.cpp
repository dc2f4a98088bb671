#include "services/storage/lock.h"

#include "services/storage/redislock.h"

namespace PatchPanel::Storage {

Result<std::unique_ptr<Lock>> makeLock(const QString &redisUrl, const SharedFolder &shared)
{
    auto local = std::make_unique<LocalLock>();
    if (redisUrl.isEmpty()) {
        if (!shared.id.isEmpty()) {
            return Error{
                ErrorCode::Usage,
                QStringLiteral("a workspace that several machines share is locked in Redis, and none is named"),
                QStringLiteral("add --redis redis://host:port/db")};
        }
        return std::unique_ptr<Lock>(std::move(local));
    }
    Result<RedisUrl> url = parseRedisUrl(redisUrl);
    if (!url) {
        return url.error();
    }
    return std::unique_ptr<Lock>(
        std::make_unique<RedisLock>(std::move(local), RedisLock::Settings{.url = *url, .shared = shared}));
}

} // namespace PatchPanel::Storage
