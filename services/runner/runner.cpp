#include "services/runner/runner.h"

#include "services/common/clock.h"
#include "services/patch/warmup.h"
#include "services/runner/runnerproblems.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace PatchPanel::Runner {

struct Runner::Run {
    RunRecord record;
    RunJob job;
    std::stop_source stop;
};

namespace {

// Steps on their way from a worker to the service's thread: those that come together need one event.
class StepChanges {
public:
    // True when they have to be fetched: the others are on their way.
    bool add(const Step &step)
    {
        const std::scoped_lock lock(m_mutex);
        m_steps.push_back(step);
        return m_steps.size() == 1;
    }
    std::vector<Step> take()
    {
        const std::scoped_lock lock(m_mutex);
        return std::exchange(m_steps, {});
    }

private:
    std::mutex m_mutex;
    std::vector<Step> m_steps;
};

} // namespace

Runner::Runner(RunnerSettings settings, std::unique_ptr<Storage::Cache> cache, std::unique_ptr<Storage::Lock> lock,
               Log::Store &log, QObject *parent)
    : QObject(parent)
    , m_settings(std::move(settings))
    , m_execution(m_settings.name, std::move(cache), std::move(lock), log)
    , m_log(log)
{
    m_execution.setTrust(m_settings.trust);
    m_workers.setMaxThreadCount(m_settings.slots);
    m_historian.setMaxThreadCount(1);
    m_warmUp = std::jthread(
        [workspace = m_settings.defaultWorkspace](const std::stop_token &stop) { Patch::warmUp(workspace, stop); });
}

Runner::~Runner()
{
    cancelActive();
    m_workers.waitForDone();
    m_historian.waitForDone();
}

void Runner::addWorkspaceRoot(const QString &path)
{
    m_roots.add(path);
}

void Runner::setHistory(std::unique_ptr<RunHistory> history)
{
    m_history = std::move(history);
    m_execution.setHistory(m_history.get());
    m_historian.start([this] { m_history->settleInterrupted(); }); // so whoever asks for past runs waits for it
}

void Runner::setRuntimeNotes(const QList<QString> &notes)
{
    m_runtimeNotes = notes;
}

Result<QString> Runner::workspaceFor(const RunRequest &request) const
{
    if (m_draining) {
        return Error{ErrorCode::Unavailable, QStringLiteral("%1 is shutting down").arg(m_settings.name),
                     QStringLiteral("send the run to another runner")};
    }
    Result<QString> workspace =
        m_roots.resolve(request.workspace.isEmpty() ? m_settings.defaultWorkspace : request.workspace);
    if (workspace && queuedRuns() >= m_settings.queueLimit) {
        return Error{ErrorCode::TooManyRequests,
                     QStringLiteral("%1 runs wait for %2 already").arg(m_settings.queueLimit).arg(m_settings.name),
                     QStringLiteral("try again later")};
    }
    return workspace;
}

Result<QString> Runner::submit(const RunRequest &request, const QString &runId)
{
    const Result<QString> workspace = workspaceFor(request);
    if (!workspace) {
        return workspace.error();
    }
    auto run = std::make_unique<Run>();
    run->record.id = runId;
    run->record.taskName = request.taskName();
    run->record.workspace = *workspace;
    run->record.dryRun = request.dryRun;
    run->record.rollbackOf = request.rollbackOf;
    run->record.traceparent = request.traceparent;
    run->record.isOfQueue = !request.runsOfJob.isEmpty();
    run->record.submittedMs = wallClockMs();
    run->record.logBegin = m_log.size();
    run->job = RunJob{run->record.id, *workspace, request, {}};
    m_runs.push_back(std::move(run));
    startWaiting();
    Q_EMIT loadChanged();
    return runId;
}

Result<void> Runner::cancel(const QString &runId)
{
    Run *run = runOf(runId);
    if (!run) {
        return unknownRun(runId);
    }
    if (isFinal(run->record.status)) {
        return Error{ErrorCode::Busy, QStringLiteral("run %1 has ended: %2").arg(runId, toString(run->record.status))};
    }
    if (run->record.status == RunStatus::Queued) {
        cancelWaiting(*run, QStringLiteral("Cancelled before it started"));
    } else {
        run->stop.request_stop();
    }
    return {};
}

void Runner::drain()
{
    m_draining = true;
    // Finishing a run may forget others: collect first.
    QList<QString> waiting;
    for (const std::unique_ptr<Run> &run : m_runs) {
        if (run->record.status == RunStatus::Queued) {
            waiting.append(run->record.id);
        }
    }
    for (const QString &runId : std::as_const(waiting)) {
        cancelWaiting(*runOf(runId), QStringLiteral("%1 shut down before the run started").arg(m_settings.name));
    }
}

void Runner::cancelActive()
{
    for (const std::unique_ptr<Run> &run : m_runs) {
        if (run->record.status == RunStatus::Running) {
            run->stop.request_stop();
        }
    }
}

const RunRecord *Runner::find(const QString &runId) const
{
    const Run *run = runOf(runId);
    return run ? &run->record : nullptr;
}

std::vector<const RunRecord *> Runner::newestFirst() const
{
    std::vector<const RunRecord *> records;
    std::transform(m_runs.rbegin(), m_runs.rend(), std::back_inserter(records),
                   [](const std::unique_ptr<Run> &run) { return &run->record; });
    return records;
}

int Runner::queuedRuns() const
{
    return static_cast<int>(std::count_if(m_runs.begin(), m_runs.end(), [](const std::unique_ptr<Run> &run) {
        return run->record.status == RunStatus::Queued;
    }));
}

int Runner::freeSlots() const
{
    return std::max(0, m_settings.slots - m_active - queuedRuns());
}

Runner::Run *Runner::runOf(const QString &runId) const
{
    const auto found = std::find_if(m_runs.rbegin(), m_runs.rend(), // mostly one of the newest
                                    [&runId](const std::unique_ptr<Run> &run) { return run->record.id == runId; });
    return found == m_runs.rend() ? nullptr : found->get();
}

bool Runner::isWorkedOn(const QString &workspace) const
{
    return std::any_of(m_runs.begin(), m_runs.end(), [&workspace](const std::unique_ptr<Run> &run) {
        return run->record.status == RunStatus::Running && run->record.workspace == workspace;
    });
}

void Runner::startWaiting()
{
    for (const std::unique_ptr<Run> &run : m_runs) {
        if (m_active == m_settings.slots) {
            return;
        }
        if (run->record.status == RunStatus::Queued && !isWorkedOn(run->record.workspace)) {
            start(*run);
        }
    }
}

void Runner::start(Run &run)
{
    ++m_active;
    run.record.status = RunStatus::Running;
    run.record.hasBegun = true;
    run.job.runtimeNotes = m_runtimeNotes;
    Q_EMIT runBegan(run.record.id);
    m_workers.start([this, job = run.job, stop = run.stop.get_token()] {
        const auto changes = std::make_shared<StepChanges>();
        const auto report = [this, &job, &changes](const Step &step) {
            if (changes->add(step)) {
                QMetaObject::invokeMethod(
                    this,
                    [this, runId = job.runId, changes] {
                        for (const Step &changed : changes->take()) {
                            onStepChanged(runId, changed);
                        }
                    },
                    Qt::QueuedConnection);
            }
        };
        FinishedRun outcome = m_execution.execute(job, report, stop);
        QMetaObject::invokeMethod(
            this, [this, runId = job.runId, outcome = std::move(outcome)] { onWorkerDone(runId, outcome); },
            Qt::QueuedConnection);
    });
}

void Runner::onStepChanged(const QString &runId, const Step &step)
{
    if (Run *run = runOf(runId)) {
        run->record.steps[static_cast<std::size_t>(step.phase)] = step;
        Q_EMIT stepChanged(runId, step);
    }
}

void Runner::onWorkerDone(const QString &runId, const FinishedRun &outcome)
{
    --m_active;
    finish(*runOf(runId), outcome);
    startWaiting();
    if (m_active == 0) {
        Q_EMIT becameIdle();
    }
    Q_EMIT loadChanged();
}

void Runner::cancelWaiting(Run &run, const QString &reason)
{
    const FinishedRun outcome = m_execution.cancelledBeforeStart(run.job, reason);
    m_historian.start([this, job = run.job, outcome] { m_execution.record(job, outcome); });
    finish(run, outcome);
    Q_EMIT loadChanged();
}

void Runner::finish(Run &run, const FinishedRun &outcome)
{
    run.record.status = outcome.status;
    run.record.result = outcome.text;
    run.record.retries = outcome.result[QStringLiteral("task")].toObject()[QStringLiteral("retry")].toInt();
    run.record.message = outcome.result[QStringLiteral("message")].toString();
    run.record.durationMs = outcome.result[QStringLiteral("durationMs")].toInteger();
    run.record.report = outcome.report;
    run.record.logEnd = m_log.size();
    run.job = {};
    const QString runId = run.record.id;
    Q_EMIT runFinished(runId);
    forgetOldRuns();
}

void Runner::forget(const QString &runId)
{
    std::erase_if(m_runs, [&runId](const std::unique_ptr<Run> &run) {
        return run->record.id == runId && isFinal(run->record.status);
    });
}

void Runner::forgetOldRuns()
{
    const auto hasEnded = [](const std::unique_ptr<Run> &run) {
        return isFinal(run->record.status);
    };
    auto surplus = std::count_if(m_runs.begin(), m_runs.end(), hasEnded) - m_settings.keptRuns;
    std::erase_if(m_runs, [&](const std::unique_ptr<Run> &run) { return hasEnded(run) && surplus-- > 0; });
}

} // namespace PatchPanel::Runner
