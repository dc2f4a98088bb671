#include "app/fanoutjob.h"

#include "app/taskrequest.h"
#include "services/common/clock.h"
#include "services/common/ids.h"
#include "services/common/json.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

namespace PatchPanel::App {

namespace {

QByteArray fingerprintOf(Relay::RunRequest request)
{
    request.workspace.clear();
    return sha256Hex(compactJson(request.toJson()));
}

QString newFanOutId()
{
    return QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMddThhmmsszzz")) + u'-'
        + QString::fromLatin1(randomHex(4));
}

// The bytes go with every request: a workspace may lack the file, or hold another one of that name.
Result<Relay::RunRequest> withTask(const QString &taskFile, const Relay::RunRequest &options)
{
    const Result<Relay::RunRequest> task = embeddedTask(taskFile, QDir::currentPath(), options.options);
    if (!task) {
        return task.error();
    }
    Relay::RunRequest request = options;
    request.content = task->content;
    request.contentName = task->contentName;
    request.filesBeside = task->filesBeside;
    return request;
}

// Reads what optionsOf() wrote.
Result<Relay::RunRequest> requestFrom(const QJsonObject &json)
{
    const Result<TaskOptions> options = TaskOptions::fromJson(json);
    const Result<RunSettings> settings = RunSettings::fromJson(json);
    if (!options || !settings) {
        return options ? settings.error() : options.error();
    }
    Relay::RunRequest request{.options = *options, .settings = *settings};
    request.force = json[QStringLiteral("force")].toBool();
    request.useCache = !json[QStringLiteral("noCache")].toBool();
    request.gateTimeoutSeconds = json[QStringLiteral("timeoutSeconds")].toInt();
    return request;
}

Error nothingToResume(const std::optional<FanOutState> &newest)
{
    if (!newest) {
        return {ErrorCode::NotFound, QStringLiteral("there is no fan-out to go on with"),
                QStringLiteral("leave --resume out to start one")};
    }
    const QString started = QDateTime::fromMSecsSinceEpoch(newest->plan.startedMs).toString(Qt::ISODate);
    return {ErrorCode::NotFound,
            QStringLiteral("there is nothing to go on with: the fan-out of %1, of %2, is done in all %3 workspaces")
                .arg(newest->plan.task, started)
                .arg(newest->runs.size()),
            QStringLiteral("leave --resume out to run the task again")};
}

// As its record knows it. The newest that fits decides: an older one that never ended is history.
struct Found {
    QString path;
    FanOutState state;
};

std::optional<Found> newestFitting(const ResumeWish &wish, const QString &folder)
{
    const QStringList records = fanOutRecords(folder);
    for (const QString &path : records) {
        const Result<FanOutState> state = loadFanOut(path);
        const bool fits = state && (wish.task.isEmpty() || state->plan.task == wish.task)
            && (wish.patterns.isEmpty() || state->plan.patterns == wish.patterns);
        if (fits) {
            return Found{path, *state};
        }
    }
    return std::nullopt;
}

Result<Relay::RunRequest> sameRequest(const FanOutPlan &plan, const ResumeWish &wish)
{
    if (wish.options && *wish.options != plan.options) {
        return Error{ErrorCode::Usage, QStringLiteral("the fan-out was started with other options"),
                     QStringLiteral("it goes on with its own: name none, or leave --resume out to start anew")};
    }
    const Result<Relay::RunRequest> options = requestFrom(plan.options);
    const Result<Relay::RunRequest> request = options ? withTask(plan.task, *options) : options;
    if (!request) {
        return request.error();
    }
    const bool isSameTask = sha256Hex(request->content) == plan.taskSha256;
    if (!isSameTask || fingerprintOf(*request) != plan.requestSha256) {
        return Error{ErrorCode::Stale,
                     isSameTask ? QStringLiteral("a file that the task names was changed since the fan-out began")
                                : QStringLiteral("the task file was changed since the fan-out began"),
                     QStringLiteral("bring it back to go on, or leave --resume out to start anew"), plan.task};
    }
    return request;
}

} // namespace

QString fanOutFolder(const QString &stateFolder)
{
    return stateFolder + QStringLiteral("/fanouts");
}

QJsonObject optionsOf(const Relay::RunRequest &request)
{
    QJsonObject options = request.toJson();
    for (const char *member : {"file", "contentBase64", "name", "workspace", "filesBeside", "dryRun"}) {
        options.remove(QLatin1String(member));
    }
    return options;
}

Result<FanOutJob> newFanOut(const QString &taskFile, const Relay::RunRequest &options, const FanOutPlan &wanted,
                            const QString &folder)
{
    const Result<QString> path = findTaskFile(taskFile, QDir::currentPath());
    const Result<Relay::RunRequest> request = path ? withTask(*path, options) : path.error();
    if (!request) {
        return request.error();
    }
    FanOutJob job{.request = *request, .plan = wanted};
    job.plan.id = newFanOutId();
    job.plan.task = *path;
    job.plan.taskSha256 = sha256Hex(request->content);
    job.plan.requestSha256 = fingerprintOf(*request);
    job.plan.options = optionsOf(options);
    job.plan.startedMs = wallClockMs();
    for (const QString &workspace : wanted.workspaces) {
        job.runs.append({.workspace = workspace});
    }
    if (options.dryRun || folder.isEmpty()) {
        return job;
    }
    Result<FanOutRecord> record = FanOutRecord::create(folder, job.plan);
    if (!record) {
        return record.error();
    }
    job.record = std::make_shared<FanOutRecord>(std::move(*record));
    return job;
}

std::optional<FanOutState> unfinishedFanOut(const ResumeWish &wish, const QString &folder)
{
    const std::optional<Found> found = newestFitting(wish, folder);
    return found && !found->state.isComplete() ? std::optional(found->state) : std::nullopt;
}

Result<FanOutJob> resumedFanOut(const ResumeWish &wish, const QString &folder)
{
    const std::optional<Found> found = newestFitting(wish, folder);
    if (!found || found->state.isComplete()) {
        return nothingToResume(found ? std::optional(found->state) : std::nullopt);
    }
    const Result<Relay::RunRequest> request = sameRequest(found->state.plan, wish);
    if (!request) {
        return request.error();
    }
    auto resumed = FanOutRecord::resume(found->path);
    if (!resumed) {
        return resumed.error();
    }
    FanOutJob job{.request = *request, .plan = resumed->second.plan, .runs = resumed->second.runs};
    job.record = std::make_shared<FanOutRecord>(std::move(resumed->first));
    job.damagedLines = resumed->second.damagedLines;
    return job;
}

} // namespace PatchPanel::App
