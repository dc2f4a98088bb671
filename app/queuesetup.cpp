#include "app/queuesetup.h"

#include "app/profile.h"
#include "services/storage/redisurl.h"

namespace PatchPanel::App {

Storage::QueueSettings queueSettingsFor(const Options &options)
{
    return {.redisUrl = options.redisUrl, .folder = stateFolder(options.profile), .name = options.queueName};
}

QString queuePlace(const Options &options)
{
    if (options.redisUrl.isEmpty()) {
        return QStringLiteral("on this machine");
    }
    const Result<Storage::RedisUrl> url = Storage::parseRedisUrl(options.redisUrl);
    return QStringLiteral("in Redis at %1").arg(url ? url->displayName() : QString());
}

Result<std::unique_ptr<Storage::Queue>> openQueue(const Options &options)
{
    return Storage::makeQueue(queueSettingsFor(options));
}

} // namespace PatchPanel::App
