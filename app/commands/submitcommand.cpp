#include "app/commands/commands.h"
#include "app/commands/historytable.h"
#include "app/commands/jobjson.h"
#include "app/commands/texttable.h"
#include "app/console.h"
#include "app/credentials.h"
#include "app/queuesetup.h"
#include "app/taskrequest.h"
#include "app/unixsignals.h"
#include "app/workspaceglob.h"
#include "services/common/complaintpause.h"
#include "services/common/ids.h"
#include "services/common/json.h"
#include "services/runner/queueworker.h"
#include "services/storage/historyentry.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>

namespace PatchPanel::App {

namespace {

using Storage::JobState;
using Storage::QueuedJob;
using namespace std::chrono_literals;

constexpr auto lookInterval = 100ms;
constexpr int mostLooks = 50; // at a time

// As the worker is to understand it: the folder may be on its machine only.
Result<QString> workspaceNamed(const QString &name)
{
    const QFileInfo info(name);
    if (info.isDir()) {
        return info.canonicalFilePath();
    }
    if (info.isAbsolute()) {
        return QDir::cleanPath(name);
    }
    return Error{ErrorCode::NotFound, QStringLiteral("the workspace is not a folder here"),
                 QStringLiteral("name one that is on the worker's machine only by its absolute path"), name};
}

Result<QStringList> workspacesFor(const Options &options)
{
    if (options.workspacePatterns.isEmpty()) {
        return options.workspaces.isEmpty() ? QStringList{QDir::currentPath()} : options.workspaces;
    }
    const Result<QStringList> matching = workspacesMatching(options.workspacePatterns);
    return matching ? Result(options.workspaces + *matching) : matching.error();
}

// One task after another in every workspace, so that neighbours in the queue are of different workspaces.
Result<QList<QueuedJob>> jobsFor(const Options &options, const QByteArray &token)
{
    const Result<QStringList> names = workspacesFor(options);
    if (!names) {
        return names.error();
    }
    QList<QueuedJob> jobs;
    for (const QString &file : options.files) {
        for (const QString &name : *names) {
            const Result<QString> workspace = workspaceNamed(name);
            if (!workspace) {
                return workspace.error();
            }
            Result<Relay::RunRequest> request = embeddedTask(file, *workspace, options.task);
            if (!request) {
                return request.error();
            }
            request->dryRun = options.dryRun;
            request->force = options.force;
            request->useCache = options.useCache;
            request->settings = options.run;
            QueuedJob job{.id = newRunId(),
                          .request = compactJson(request->toJson()),
                          .key = options.key,
                          .workspace = *workspace,
                          .task = request->contentName};
            job.signature = Runner::jobSignature(options.queueName, job.id, job.request, token);
            jobs.append(job);
        }
    }
    return jobs;
}

// Looks at jobs that were submitted until all are done or dead. Lives on the main thread.
class Waiting : public QObject {
public:
    Waiting(Storage::Queue &queue, const QList<QueuedJob> &jobs)
        : m_queue(queue)
        , m_jobs(jobs)
    {
        for (const QueuedJob &job : jobs) {
            m_open.append(m_states.size());
            m_states.append({.kind = JobState::Kind::Waiting, .job = job});
        }
        connect(&m_timer, &QTimer::timeout, this, &Waiting::look);
        m_timer.start(lookInterval);
    }

    const QList<JobState> &states() const { return m_states; }

private:
    static bool isOver(const JobState &state)
    {
        return state.kind == JobState::Kind::Finished || state.kind == JobState::Kind::Dead;
    }
    void look();
    Result<void> lookAt(qsizetype index);
    void complainOfOutage(const Error &error);

    Storage::Queue &m_queue;
    const QList<QueuedJob> m_jobs;
    QList<JobState> m_states;
    QList<qsizetype> m_open; // those that are not over; the first was not looked at for the longest time
    ComplaintPause m_complaint;
    QTimer m_timer;
};

void Waiting::look()
{
    const qsizetype looks = std::min<qsizetype>(mostLooks, m_open.size());
    for (qsizetype i = 0; i < looks; ++i) {
        const qsizetype index = m_open.first();
        if (const Result<void> looked = lookAt(index); !looked) {
            complainOfOutage(looked.error());
            return;
        }
        m_open.removeFirst();
        if (!isOver(m_states[index])) {
            m_open.append(index);
        }
    }
    if (m_open.isEmpty()) {
        m_timer.stop();
        QCoreApplication::exit(0);
    }
}

// A job that the queue does not know was lost with what its server kept.
Result<void> Waiting::lookAt(qsizetype index)
{
    const Result<JobState> found = m_queue.find(m_jobs[index].id);
    if (!found) {
        return found.error();
    }
    if (found->kind == JobState::Kind::Unknown) {
        std::fprintf(stderr, "patchpanel: the queue has lost job %s: it is put there again\n",
                     qPrintable(m_jobs[index].id));
        const Result<QList<QString>> added = m_queue.add({m_jobs[index]});
        return added ? Result<void>() : added.error();
    }
    const qint64 addedMs = found->job.addedMs > 0 ? found->job.addedMs : m_states[index].job.addedMs;
    m_states[index] = *found;
    m_states[index].job = m_jobs[index];
    m_states[index].job.addedMs = addedMs;
    return {};
}

void Waiting::complainOfOutage(const Error &error)
{
    if (m_complaint.isOver()) {
        std::fprintf(stderr, "patchpanel: the queue cannot be reached, trying on: %s\n", qPrintable(error.toString()));
    }
}

RunStatus statusOf(const JobState &state, const QJsonObject &result)
{
    if (state.kind == JobState::Kind::Finished) {
        return runStatusFromString(result[QStringLiteral("status")].toString()).value_or(RunStatus::Unknown);
    }
    return state.kind == JobState::Kind::Dead ? RunStatus::Unknown : RunStatus::Queued;
}

int exitCodeOf(const QList<JobState> &states)
{
    for (const JobState &state : states) {
        const Result<QJsonObject> result = parseJsonObject(state.text);
        const RunStatus status = statusOf(state, result ? *result : QJsonObject());
        if (state.kind == JobState::Kind::Dead) {
            return traitsOf(ErrorCode::NoRunner).exitCode;
        }
        if (!isSuccess(status)) {
            return exitCodeFor(status);
        }
    }
    return 0;
}

QByteArray resultTable(const QList<JobState> &states, Ansi ansi)
{
    using enum TextTable::Align;
    TextTable table({{QStringLiteral("STATUS")},
                     {QStringLiteral("JOB")},
                     {QStringLiteral("CHANGES"), Right},
                     {QStringLiteral("COMMIT")},
                     {QStringLiteral("TIME"), Right},
                     {QStringLiteral("WORKSPACE")},
                     {QStringLiteral("MESSAGE")}});
    for (const JobState &state : states) {
        const Result<QJsonObject> parsed = parseJsonObject(state.text);
        const QJsonObject result = parsed ? *parsed : QJsonObject();
        const RunStatus status = statusOf(state, result);
        const bool isDone = state.kind == JobState::Kind::Finished;
        const Storage::HistoryEntry run = Storage::HistoryEntry::fromReport(result);
        table.add({isDone ? statusText(status) : QStringLiteral("✗ %1").arg(toString(state.kind)), state.job.id,
                   isDone ? QString::number(run.changes()) : QString(), commitText(run.commit),
                   isDone ? durationText(run.durationMs) : QString(), state.job.workspace,
                   state.kind == JobState::Kind::Dead ? QString::fromUtf8(state.text) : run.message},
                  0, statusColor(status));
    }
    return table.text(ansi);
}

void print(const QByteArray &text)
{
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
    std::fflush(stdout);
}

void printStates(const Options &options, const QList<JobState> &states)
{
    if (options.json) {
        QJsonArray array;
        for (const JobState &state : states) {
            array.append(jobJson(state));
        }
        print(QJsonDocument(array).toJson());
    } else {
        print(resultTable(states, wantsColor(options.color, stdout) ? Ansi::Colored : Ansi::Plain));
    }
}

// Jobs are added some at a time, and an answer may have been lost.
void tellWhatMayBeQueued(const QList<QueuedJob> &jobs)
{
    QStringList ids;
    for (const QueuedJob &job : jobs) {
        ids.append(job.id);
    }
    std::fprintf(
        stderr,
        "patchpanel: some of these jobs may be in the queue, see patchpanel queue; with --key a job is submitted "
        "once however often that is tried: %s\n",
        qPrintable(ids.join(u' ')));
}

int waitFor(const Options &options, Storage::Queue &queue, const QList<QueuedJob> &jobs)
{
    UnixSignals unixSignals;
    Waiting waiting(queue, jobs);
    QObject::connect(&unixSignals, &UnixSignals::received, qApp,
                     [](int signal) { QCoreApplication::exit(128 + signal); });
    const int signalled = QCoreApplication::exec();
    printStates(options, waiting.states());
    if (signalled != 0) {
        std::fprintf(stderr, "patchpanel: not waited to the end; the jobs stay in the queue\n");
        return signalled;
    }
    return exitCodeOf(waiting.states());
}

} // namespace

int submitTasks(const Options &options)
{
    const Result<Credentials> credentials = loadCredentials(options);
    const Result<QList<QueuedJob>> made =
        credentials ? jobsFor(options, credentials->token) : Result<QList<QueuedJob>>(credentials.error());
    if (!made) {
        return complain(made.error());
    }
    const Result<std::unique_ptr<Storage::Queue>> queue = openQueue(options);
    if (!queue) {
        return complain(queue.error());
    }
    const Result<QList<QString>> ids = (*queue)->add(*made);
    if (!ids) {
        const int failure = complain(ids.error());
        tellWhatMayBeQueued(*made);
        return failure;
    }
    QList<QueuedJob> jobs = *made;
    QList<JobState> states;
    for (qsizetype i = 0; i < jobs.size(); ++i) {
        if (jobs[i].id != ids->at(i)) { // that of an earlier job with the same key
            jobs[i].id = ids->at(i);
            jobs[i].signature =
                Runner::jobSignature(options.queueName, jobs[i].id, jobs[i].request, credentials->token);
        }
        states.append({.kind = JobState::Kind::Waiting, .job = jobs[i]});
    }
    if (options.wait) {
        return waitFor(options, **queue, jobs);
    }
    if (options.json) {
        printStates(options, states);
        return 0;
    }
    for (const QueuedJob &job : std::as_const(jobs)) {
        print(QStringLiteral("%1  %2\n").arg(job.id, job.workspace).toUtf8());
    }
    return 0;
}

} // namespace PatchPanel::App
