#include "app/commands/commands.h"
#include "app/commands/historytable.h"
#include "app/commands/jobjson.h"
#include "app/commands/texttable.h"
#include "app/console.h"
#include "app/queuesetup.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <cstdio>
#include <limits>

namespace PatchPanel::App {

namespace {

using Storage::JobState;

constexpr int mostListed = 200; // of each kind
const QString everyDeadJob = QStringLiteral("all");

QJsonArray jobsJson(const QList<JobState> &states)
{
    QJsonArray array;
    for (const JobState &state : states) {
        array.append(jobJson(state));
    }
    return array;
}

QString detailsOf(const JobState &state)
{
    switch (state.kind) {
    case JobState::Kind::Running:
        return QStringLiteral("%1, heard of %2 ago").arg(state.worker, durationText(state.silentMs));
    case JobState::Kind::Dead:
        return QString::fromUtf8(state.text);
    default:
        return QStringLiteral("since %1").arg(timeText(state.job.addedMs));
    }
}

QByteArray tableOf(const QList<JobState> &states, Ansi ansi)
{
    TextTable table({{QStringLiteral("STATE")},
                     {QStringLiteral("JOB")},
                     {QStringLiteral("TASK")},
                     {QStringLiteral("WORKSPACE")},
                     {QStringLiteral("DETAILS")}});
    for (const JobState &state : states) {
        table.add({toString(state.kind), state.job.id, state.job.task, state.job.workspace, detailsOf(state)}, 0,
                  statusColor(state.kind == JobState::Kind::Dead ? RunStatus::Failed : RunStatus::Ok));
    }
    return table.isEmpty() ? QByteArray() : table.text(ansi);
}

void print(const QByteArray &text)
{
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
}

Result<void> showAll(const Options &options, Storage::Queue &queue)
{
    const Result<Storage::QueueOverview> overview = queue.overview(mostListed);
    if (!overview) {
        return overview.error();
    }
    if (options.json) {
        print(QJsonDocument(QJsonObject{{QStringLiteral("queue"), options.queueName},
                                        {QStringLiteral("waiting"), overview->waiting},
                                        {QStringLiteral("running"), overview->running},
                                        {QStringLiteral("dead"), overview->dead},
                                        {QStringLiteral("jobs"), jobsJson(overview->jobs)}})
                  .toJson());
        return {};
    }
    print(QStringLiteral("Queue %1 %2: %3 waiting, %4 running, %5 dead\n")
              .arg(options.queueName, queuePlace(options))
              .arg(overview->waiting)
              .arg(overview->running)
              .arg(overview->dead)
              .toUtf8());
    print(tableOf(overview->jobs, wantsColor(options.color, stdout) ? Ansi::Colored : Ansi::Plain));
    return {};
}

Error unknownJob(const QString &id, const QString &queueName)
{
    return {ErrorCode::NotFound, QStringLiteral("the queue %1 knows no job %2").arg(queueName, id),
            QStringLiteral("results are kept for a day; patchpanel queue lists the jobs that are not done")};
}

// One JSON document for each job: what is known of it.
Result<void> showJob(const Options &options, Storage::Queue &queue, const QString &id)
{
    const Result<JobState> state = queue.find(id);
    if (!state) {
        return state.error();
    }
    if (state->kind == JobState::Kind::Unknown) {
        return unknownJob(id, options.queueName);
    }
    print(QJsonDocument(jobJson(*state)).toJson());
    return {};
}

// Those that are named, or every dead one. More than are listed at a time may be dead.
Result<QStringList> deadJobs(const QStringList &named, Storage::Queue &queue)
{
    if (!named.contains(everyDeadJob)) {
        return named;
    }
    const Result<Storage::QueueOverview> overview = queue.overview(std::numeric_limits<int>::max());
    if (!overview) {
        return overview.error();
    }
    QStringList ids;
    for (const JobState &state : overview->jobs) {
        if (state.kind == JobState::Kind::Dead) {
            ids.append(state.job.id);
        }
    }
    return ids;
}

Result<void> endDeath(const Options &options, Storage::Queue &queue)
{
    const bool isRetry = options.files.first() == QLatin1String("retry");
    const Result<QStringList> ids = deadJobs(options.files.mid(1), queue);
    if (!ids) {
        return ids.error();
    }
    for (const QString &id : *ids) {
        const Result<bool> done = isRetry ? queue.revive(id) : queue.drop(id);
        if (!done) {
            return done.error();
        }
        if (!*done) {
            return Error{ErrorCode::NotFound,
                         QStringLiteral("the queue %1 has no dead job %2").arg(options.queueName, id),
                         QStringLiteral("patchpanel queue lists them")};
        }
        print(QStringLiteral("%1 %2\n")
                  .arg(id, isRetry ? QStringLiteral("waits again") : QStringLiteral("dropped"))
                  .toUtf8());
    }
    return {};
}

} // namespace

int manageQueue(const Options &options)
{
    const Result<std::unique_ptr<Storage::Queue>> queue = openQueue(options);
    if (!queue) {
        return complain(queue.error());
    }
    Result<void> done;
    if (options.files.isEmpty()) {
        done = showAll(options, **queue);
    } else if (options.files.first() == QLatin1String("show")) {
        for (qsizetype i = 1; done && i < options.files.size(); ++i) {
            done = showJob(options, **queue, options.files.at(i));
        }
    } else {
        done = endDeath(options, **queue);
    }
    return done ? 0 : complain(done.error());
}

} // namespace PatchPanel::App
