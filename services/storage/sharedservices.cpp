#include "services/storage/sharedservices.h"

#include "services/storage/redisservices.h"

namespace PatchPanel::Storage {

Result<std::unique_ptr<SharedServices>> makeSharedServices(const QString &redisUrl, const QByteArray &group)
{
    if (redisUrl.isEmpty()) {
        return std::unique_ptr<SharedServices>();
    }
    const Result<RedisUrl> url = parseRedisUrl(redisUrl);
    if (!url) {
        return url.error();
    }
    return std::unique_ptr<SharedServices>(std::make_unique<RedisServices>(*url, group));
}

} // namespace PatchPanel::Storage
