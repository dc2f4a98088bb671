#include "services/runner/runexecution.h"

#include "services/common/clock.h"
#include "services/common/ids.h"
#include "services/common/json.h"
#include "services/patch/patchrun.h"
#include "services/patch/recovery.h"
#include "services/patch/rollbackrun.h"
#include "services/patch/runreport.h"
#include "services/patch/taskreader.h"
#include "services/runner/planoptions.h"
#include "services/runner/runhistory.h"
#include "services/runner/serviceprobe.h"
#include "services/runner/taskfile.h"
#include "services/storage/workspacereports.h"

#include <QDeadlineTimer>
#include <QSysInfo>

#include <exception>

namespace PatchPanel::Runner {

namespace {

using Patch::RunResult;

constexpr std::chrono::hours cacheLifetime{1};
constexpr int workspaceIdLength = 16;
constexpr std::chrono::milliseconds tidyingInterval = std::chrono::seconds(1);

// Whether a run that ended so may have run a command or written a file.
bool hasActed(RunStatus status)
{
    return status != RunStatus::Noop && status != RunStatus::Skipped;
}

// What lies beside the task: in the workspace, or what was sent with it.
std::function<Result<QByteArray>(const QString &)> fileSource(const RunJob &job)
{
    if (!job.request.content) {
        return [&job](const QString &name) {
            return readFileBeside(job.workspace, job.request.file, name);
        };
    }
    if (job.request.filesBeside.isEmpty()) {
        return {};
    }
    return [&job](const QString &name) -> Result<QByteArray> {
        const auto file = job.request.filesBeside.constFind(name);
        if (file == job.request.filesBeside.constEnd()) {
            return Error{ErrorCode::NotFound, QStringLiteral("%1 was not sent with the task").arg(name)};
        }
        return *file;
    };
}

Patch::RunOptions engineOptions(const RunJob &job, const QString &runner, const Http::Trust &trust)
{
    Patch::RunOptions options;
    options.runId = job.runId;
    options.runner = runner;
    options.machine = QSysInfo::machineHostName();
    options.dryRun = job.request.dryRun;
    options.force = job.request.force;
    options.planId = job.request.planId;
    options.plan = planOptionsFrom(job.request.options);
    options.gateTimeout = job.request.gateTimeout;
    options.sandbox = job.request.settings.sandbox;
    options.validateIn = job.request.settings.validateIn;
    options.durability =
        job.request.settings.durability == WriteDurability::Full ? Patch::Durability::Full : Patch::Durability::Process;
    options.breakHardlinks = job.request.settings.breakHardlinks;
    options.runGates = job.request.settings.runGates;
    options.commit = job.request.settings.commit;
    options.traceparent = job.request.traceparent;
    options.runtimeNotes = job.runtimeNotes;
    options.probe = [trust](const Patch::Probe &service) {
        return probeService(service, probeTime, trust);
    };
    return options;
}

RunResult emptyResult(const RunJob &job, const QString &runner, RunStatus status, const QString &message)
{
    RunResult result;
    result.runId = job.runId;
    result.status = status;
    result.dryRun = job.request.dryRun;
    result.runner = runner;
    result.machine = QSysInfo::machineHostName();
    result.traceparent = job.request.traceparent;
    result.workspace = job.workspace;
    result.startedMs = wallClockMs();
    result.task.file = job.request.taskName();
    result.message = message;
    for (Step &step : result.steps) {
        step.state = StepState::NotReached;
    }
    return result;
}

FinishedRun finishedRun(const RunResult &result)
{
    const QJsonObject json = result.toJson();
    return {result.status, json, compactJson(json), Patch::reportMarkdown(result)};
}

RunStatus statusOfLockError(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Busy:
        return RunStatus::Busy;
    case ErrorCode::UnsafePath:
        return RunStatus::Invalid;
    default:
        return RunStatus::Failed;
    }
}

} // namespace

// One run of execute(): what its steps share.
class RunExecution::Attempt {
public:
    Attempt(RunExecution &execution, const RunJob &accepted, const std::function<void(const Step &)> &onStep,
            std::stop_token stopToken)
        : q(execution)
        , job(accepted)
        , stepChanged(onStep)
        , stop(std::move(stopToken))
        , log(execution.m_log, execution.m_runner.toUtf8(), accepted.runId.toUtf8())
        , options(engineOptions(accepted, execution.m_runner, execution.m_trust))
    {
    }

    FinishedRun run();

private:
    Result<Patch::Task> readTask() const;
    FinishedRun runLocked(const Patch::Task &task);
    std::optional<FinishedRun> runOfSameJob(Storage::LockHold &hold) const;
    FinishedRun ended(const RunResult &result) const { return q.finished(job, result); }
    RunResult runUnder(Storage::LockHold &hold, const Patch::Task &task);
    RunResult process(const Patch::Task &task);
    RunResult takeBack();
    void begin(const Patch::Task &task, Storage::Durable durable) const;
    std::optional<QByteArray> earlierRun(const Patch::Task &task);
    void remember(const Patch::Task &task);
    QByteArray cacheKey(const Patch::Task &task) const;

    RunExecution &q;
    const RunJob &job;
    const std::function<void(const Step &)> &stepChanged;
    std::stop_token stop;
    Log::Writer log;
    Patch::RunOptions options;
};

Result<Patch::Task> RunExecution::Attempt::readTask() const
{
    const Result<QByteArray> bytes =
        job.request.content ? Result(*job.request.content) : readTaskFile(job.workspace, job.request.file);
    if (!bytes) {
        return bytes.error();
    }
    const TaskOptions &asked = job.request.options;
    const Patch::ReadOptions reading{.mappedRoots = asked.mapRoots,
                                     .strict = asked.strict,
                                     .strip = asked.strip,
                                     .hunkCounts =
                                         asked.recount ? Patch::HunkCounts::Recounted : Patch::HunkCounts::Checked,
                                     .fileBeside = fileSource(job)};
    return Patch::readTask(*bytes, job.request.taskName(), job.workspace, reading);
}

FinishedRun RunExecution::Attempt::run()
{
    if (!options.traceparent.isEmpty()) {
        log.info("RUNNER", QStringLiteral("Trace context %1").arg(options.traceparent));
    }
    if (!job.request.rollbackOf.isEmpty()) {
        return options.dryRun ? ended(takeBack()) : runLocked({});
    }
    const Result<Patch::Task> task = readTask();
    if (!task) {
        log.error("RUNNER", QStringLiteral("Cannot read %1: %2").arg(job.request.taskName(), task.error().toString()));
        RunResult result = Patch::resultOfUnreadableTask(task.error(), job.request.taskName(), job.workspace, options);
        result.status = RunStatus::Invalid; // also for a file that is not there
        return ended(result);
    }
    if (options.dryRun) {
        return ended(process(*task));
    }
    if (const std::optional<QByteArray> earlier = earlierRun(*task)) {
        log.info("CACHE", QStringLiteral("Skipped duplicate"));
        RunResult result = emptyResult(
            job, q.m_runner, RunStatus::Skipped,
            QStringLiteral("Run %1 did the same on this state of the workspace").arg(QString::fromUtf8(*earlier)));
        result.task = *task;
        return ended(result);
    }
    return runLocked(*task);
}

// Its end is recorded with the lock held: a run that says "running" while nobody holds the workspace was killed.
FinishedRun RunExecution::Attempt::runLocked(const Patch::Task &task)
{
    Result<std::unique_ptr<Storage::LockHold>> hold =
        q.m_lock->acquire(job.workspace, QStringLiteral("run %1 of %2").arg(job.runId, q.m_runner));
    if (!hold) {
        log.error("LOCK", QStringLiteral("Patch lock not acquired: %1").arg(hold.error().toString()));
        RunResult result = emptyResult(job, q.m_runner, statusOfLockError(hold.error().code), hold.error().toString());
        result.task = task;
        result.error = hold.error();
        return ended(result);
    }
    log.info("LOCK", QStringLiteral("Patch lock acquired"));
    if (const std::optional<FinishedRun> earlier = runOfSameJob(**hold)) {
        q.record(job, *earlier);
        return *earlier;
    }
    begin(task, Storage::Durable::Soon);
    options.aboutToAct = [this, &task] {
        begin(task, Storage::Durable::Now);
    };
    const RunResult result = runUnder(**hold, task);
    if (isSuccess(result.status)) {
        if (job.request.rollbackOf.isEmpty()) {
            remember(task);
        }
        log.info("LOCK", QStringLiteral("Patch completed successfully"));
    } else {
        log.warning("LOCK", QStringLiteral("Patch ended: %1").arg(toString(result.status)));
    }
    FinishedRun run = ended(result);
    hold->reset();
    log.info("LOCK", QStringLiteral("Patch lock released"));
    return run;
}

// What the workspace itself knows of the job: a worker that is gone, or was silent for long, may have begun it. Only
// what it never began, and what an attempt before this one has taken back, is to be run.
std::optional<FinishedRun> RunExecution::Attempt::runOfSameJob(Storage::LockHold &hold) const
{
    const Result<Patch::WorkspaceRoot> root = Patch::WorkspaceRoot::open(job.workspace);
    if (job.request.runsOfJob.isEmpty() || !root) {
        return std::nullopt;
    }
    if (Patch::isRecoveryPending(*root)) {
        const Result<Patch::RecoveryReport> recovered = Patch::recoverPending(*root, {hold.fence(), [&hold] {
                                                                                          return hold.check();
                                                                                      }});
        if (!recovered) {
            return std::nullopt; // the run meets the same, and tells it
        }
    }
    for (const QString &runId : job.request.runsOfJob) {
        const Result<QJsonObject> report = Patch::settleReport(*root, runId);
        const auto status =
            report ? runStatusFromString((*report)[QStringLiteral("status")].toString()) : std::optional<RunStatus>();
        if (!status || (runId != job.runId && *status != RunStatus::Ok && *status != RunStatus::AppliedNotCommitted)) {
            continue;
        }
        log.info("QUEUE", QStringLiteral("The job was run before, as %1: %2").arg(runId, toString(*status)));
        Storage::HistoryEntry entry;
        entry.runId = runId;
        entry.workspace = job.workspace;
        return FinishedRun{*status, *report, compactJson(*report), RunHistory::reportOf(entry, nullptr).markdown};
    }
    return std::nullopt;
}

// Ended also when the lock cannot be kept.
RunResult RunExecution::Attempt::runUnder(Storage::LockHold &hold, const Patch::Task &task)
{
    std::stop_source ending;
    const std::stop_callback cancelled(stop, [&ending] { ending.request_stop(); });
    stop = ending.get_token();
    hold.whenEnding([this, &ending] {
        log.error("LOCK", QStringLiteral("Patch lock cannot be kept: the run ends"));
        ending.request_stop();
    });
    options.fence = {hold.fence(), [&hold] {
                         return hold.check();
                     }};
    const RunResult result = job.request.rollbackOf.isEmpty() ? process(task) : takeBack();
    hold.whenEnding({});
    return result;
}

RunResult RunExecution::Attempt::process(const Patch::Task &task)
{
    log.info("RUNNER", QStringLiteral("Processing %1").arg(job.request.taskName()));
    return Patch::runTask(task, job.workspace, options, log, stepChanged, stop);
}

RunResult RunExecution::Attempt::takeBack()
{
    log.info("RUNNER", QStringLiteral("Rolling back run %1").arg(job.request.rollbackOf));
    return Patch::rollBackRun(job.workspace, job.request.rollbackOf, options, log, stepChanged, stop);
}

void RunExecution::Attempt::begin(const Patch::Task &task, Storage::Durable durable) const
{
    if (!q.m_history) {
        return;
    }
    Storage::HistoryEntry entry;
    entry.runId = job.runId;
    entry.status = RunStatus::Running;
    entry.rolledBackRun = job.request.rollbackOf;
    entry.taskId = task.id;
    entry.taskTitle = task.title;
    entry.taskFile = job.request.taskName();
    entry.taskSha256 = QString::fromLatin1(task.sha256);
    entry.workspace = job.workspace;
    entry.runner = q.m_runner;
    entry.machine = QSysInfo::machineHostName();
    entry.startedMs = wallClockMs();
    q.m_history->record(entry, {}, durable);
}

// The state of the workspace is part of the key, so a result is only found where running again would change nothing.
QByteArray RunExecution::Attempt::cacheKey(const Patch::Task &task) const
{
    const QByteArray workspaceId = sha256Hex(job.workspace.toUtf8()).left(workspaceIdLength);
    const QByteArray state = Patch::workspaceFingerprint(job.workspace, Patch::touchedPaths(task));
    QByteArray sources = task.sha256;
    for (const Patch::FileBeside &file : task.filesBeside) {
        sources += '\n' + file.name.toUtf8() + '\0' + file.sha256;
    }
    return sha256Hex(sources + '\n' + workspaceId + '\n' + state);
}

std::optional<QByteArray> RunExecution::Attempt::earlierRun(const Patch::Task &task)
{
    if (options.force || !job.request.useCache) {
        return std::nullopt;
    }
    const std::scoped_lock lock(q.m_cacheUse);
    const Result<void> available = q.m_cache->available();
    const Result<std::optional<QByteArray>> found =
        available ? q.m_cache->get(cacheKey(task)) : Result<std::optional<QByteArray>>(available.error());
    if (!found) {
        log.info("CACHE", QStringLiteral("Redis not available, continuing without cache"));
        log.debug("CACHE", found.error().toString());
        return std::nullopt;
    }
    if (*found && job.request.runsOfJob.contains(QString::fromUtf8(**found))) {
        return std::nullopt; // another worker ran this very job: the workspace knows more of it
    }
    return *found;
}

void RunExecution::Attempt::remember(const Patch::Task &task)
{
    const bool leftOut = (!options.runGates && !task.gates.isEmpty()) || (!options.commit && task.git.requested);
    if (!job.request.useCache || leftOut) { // a run that did less is no reason to skip a whole one
        return;
    }
    const std::scoped_lock lock(q.m_cacheUse);
    Result<void> stored = q.m_cache->available();
    stored = stored ? q.m_cache->put(cacheKey(task), job.runId.toUtf8(), cacheLifetime) : stored;
    if (stored) {
        log.info("CACHE", QStringLiteral("Patch cached"));
        return;
    }
    log.info("CACHE", QStringLiteral("Failed to cache patch, continuing"));
    log.debug("CACHE", stored.error().toString());
}

RunExecution::RunExecution(QString runner, std::unique_ptr<Storage::Cache> cache, std::unique_ptr<Storage::Lock> lock,
                           Log::Store &log)
    : m_runner(std::move(runner))
    , m_cache(std::move(cache))
    , m_lock(std::move(lock))
    , m_log(log)
{
}

FinishedRun RunExecution::finished(const RunJob &job, const RunResult &result) const
{
    const FinishedRun run = finishedRun(result);
    record(job, run);
    return run;
}

void RunExecution::record(const RunJob &job, const FinishedRun &run) const
{
    if (!m_history) {
        return;
    }
    if (job.request.dryRun) {
        if (job.request.isKeyed) {
            m_history->recordKeyedResult(job.runId, run.text);
        }
        return;
    }
    Storage::HistoryEntry entry = Storage::HistoryEntry::fromReport(run.result);
    entry.undoBytes = Storage::undoBytesOf(entry.workspace, entry.runId);
    entry.rolledBackRun = job.request.rollbackOf;
    Storage::RecordedTexts texts;
    if (entry.reportPath.isEmpty()) {
        texts.report = {.json = run.text, .markdown = run.report};
    }
    if (job.request.isKeyed) {
        texts.keyedResult = run.text;
    }
    const bool needed = hasActed(run.status) || job.request.isKeyed;
    m_history->record(entry, texts, needed ? Storage::Durable::Now : Storage::Durable::Soon);
}

// What other runs left, once this one is over. One that did nothing itself does so now and then.
void RunExecution::tidyUp(RunStatus status)
{
    const qint64 now = QDeadlineTimer::current().deadline();
    if (m_history && (hasActed(status) || now - m_tidiedMs.load() >= tidyingInterval.count())) {
        m_tidiedMs = now;
        m_history->settleInterrupted();
        m_history->prune();
    }
}

FinishedRun RunExecution::execute(const RunJob &job, const std::function<void(const Step &)> &stepChanged,
                                  std::stop_token stop)
{
    FinishedRun run;
    try {
        run = Attempt(*this, job, stepChanged, std::move(stop)).run();
    } catch (const std::exception &exception) {
        const QString what = QString::fromLocal8Bit(exception.what());
        Log::Writer(m_log, m_runner.toUtf8(), job.runId.toUtf8()).error("RUNNER", what);
        RunResult result = emptyResult(job, m_runner, RunStatus::Failed, what);
        result.error = Error{ErrorCode::Internal, what};
        run = finished(job, result);
    }
    if (!job.request.dryRun) {
        tidyUp(run.status);
    }
    return run;
}

FinishedRun RunExecution::cancelledBeforeStart(const RunJob &job, const QString &reason) const
{
    Log::Writer(m_log, m_runner.toUtf8(), job.runId.toUtf8()).warning("RUNNER", reason);
    RunResult result = emptyResult(job, m_runner, RunStatus::Cancelled, reason);
    result.error = Error{ErrorCode::Cancelled, reason};
    return finishedRun(result);
}

} // namespace PatchPanel::Runner
