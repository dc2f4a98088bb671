#include "services/storage/queue.h"

#include "services/storage/localqueue.h"
#include "services/storage/redisqueue.h"

#include <QRegularExpression>

namespace PatchPanel::Storage {

QString QueuedJob::runId(int ofAttempt) const
{
    return ofAttempt == 0 ? id : QStringLiteral("%1-%2").arg(id).arg(ofAttempt);
}

QString toString(JobState::Kind kind)
{
    switch (kind) {
    case JobState::Kind::Waiting:
        return QStringLiteral("waiting");
    case JobState::Kind::Running:
        return QStringLiteral("running");
    case JobState::Kind::Finished:
        return QStringLiteral("finished");
    case JobState::Kind::Dead:
        return QStringLiteral("dead");
    case JobState::Kind::Unknown:
        break;
    }
    return QStringLiteral("unknown");
}

bool isQueueName(const QString &name)
{
    static const QRegularExpression pattern(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\\z"));
    return pattern.match(name).hasMatch();
}

Result<std::unique_ptr<Queue>> makeQueue(const QueueSettings &settings)
{
    if (!isQueueName(settings.name)) {
        return Error{ErrorCode::Usage, QStringLiteral("\"%1\" is no name of a queue").arg(settings.name),
                     QStringLiteral("letters, digits, '.', '_' and '-', at most 64, the first a letter or digit")};
    }
    if (settings.redisUrl.isEmpty()) {
        return std::unique_ptr<Queue>(std::make_unique<LocalQueue>(settings));
    }
    Result<RedisUrl> url = parseRedisUrl(settings.redisUrl);
    if (!url) {
        return url.error();
    }
    return std::unique_ptr<Queue>(std::make_unique<RedisQueue>(settings, *url));
}

} // namespace PatchPanel::Storage
