#include "services/patch/runsession.h"

#include "services/common/clock.h"
#include "services/patch/runreport.h"
#include "services/patch/runtext.h"

#include <QJsonArray>

#include <algorithm>

// The frame of a run: the order of its parts, and how it ends.
namespace PatchPanel::Patch {

RunStatus statusOf(const Error &error)
{
    switch (error.code) {
    case ErrorCode::InvalidTask:
    case ErrorCode::UnsafePath:
    case ErrorCode::OutsideWorkspace:
    case ErrorCode::BadRequest:
    case ErrorCode::PayloadTooLarge:
        return RunStatus::Invalid;
    case ErrorCode::Stale:
        return RunStatus::Stale;
    case ErrorCode::Busy:
        return RunStatus::Busy;
    case ErrorCode::Cancelled:
        return RunStatus::Cancelled;
    case ErrorCode::RollbackFailed:
        return RunStatus::RollbackFailed;
    case ErrorCode::Unavailable:
        return RunStatus::Failed;
    default:
        return RunStatus::Conflict;
    }
}

RunSession::RunSession(const Task &task, const QString &workspace, const RunOptions &options, const Log::Writer &log,
                       const std::function<void(const Step &)> &stepChanged, std::stop_token stop, Planner planner)
    : m_options(options)
    , m_log(log)
    , m_stepChanged(stepChanged)
    , m_stop(std::move(stop))
    , m_planner(std::move(planner))
{
    m_timer.start();
    m_result.runId = options.runId;
    m_result.runner = options.runner;
    m_result.machine = options.machine;
    m_result.traceparent = options.traceparent;
    m_result.dryRun = options.dryRun;
    m_result.workspace = workspace;
    m_result.startedMs = wallClockMs();
    m_result.task = task;
    m_result.warnings = task.warnings;
    m_result.status = RunStatus::Running;
}

RunResult RunSession::run()
{
    using Part = Next (RunSession::*)();
    for (const Part part :
         {&RunSession::open, &RunSession::recover, &RunSession::makeThePlan, &RunSession::findRepository,
          &RunSession::endDryRun, &RunSession::endNoop, &RunSession::prepareSandbox, &RunSession::leaveTrace}) {
        if ((this->*part)() == Next::Ended
            || goOnUnlessCancelled(QStringLiteral("before anything was written")) == Next::Ended) {
            return m_result;
        }
    }
    if (probe(QStringLiteral("%1 before the run: %2")) == Next::GoOn && runPhase(Phase::Pre) == Next::GoOn
        && mutateAndProve() == Next::GoOn && probe(QStringLiteral("%1 after the run: %2")) == Next::GoOn) {
        commit();
    }
    return m_result;
}

RunSession::Next RunSession::goOnUnlessCancelled(const QString &when)
{
    return m_stop.stop_requested()
        ? failAndRollBack(RunStatus::Cancelled, QStringLiteral("Cancelled %1.").arg(when), {})
        : Next::GoOn;
}

RunResult RunSession::interrupted(const char *what)
{
    const QString message = QStringLiteral("The run broke off: %1.").arg(QString::fromUtf8(what));
    if (m_result.commit.state == QLatin1String("committed")) { // what is in the history of the repository stays
        m_result.warnings.append(message);
        finish(RunStatus::Ok,
               QStringLiteral("Committed %1, but the run broke off after that.").arg(m_result.commit.shortId()));
        return m_result;
    }
    failAndRollBack(RunStatus::Interrupted, message, Error{ErrorCode::Internal, message});
    return m_result;
}

RunSession::Next RunSession::failAndRollBack(RunStatus status, QString message, std::optional<Error> error)
{
    if (const Result<void> held = m_options.fence.ask(); !held) {
        if (held.error().code == ErrorCode::Busy && m_transaction) {
            return leaveToTheNextHolder(held.error());
        }
        status = RunStatus::Interrupted;
        message = QStringLiteral("The run lost its workspace: %1.").arg(held.error().message);
        error = held.error();
    }
    if (status == RunStatus::Cancelled && !error) {
        error = Error{ErrorCode::Cancelled, message};
    }
    if (!m_transaction) {
        return finish(status, message + QStringLiteral(" Nothing was changed."), error);
    }
    const RollbackReport rollback = m_transaction->rollback();
    m_log.info("MUTATE",
               QStringLiteral("Rolled back: %1 as before")
                   .arg(counted(rollback.restored.size(), QStringLiteral("path"), QStringLiteral("paths"))));
    if (m_result.sideEffects.total > 0) {
        m_log.warning("MUTATE", QStringLiteral("Left as they are: ") + m_result.sideEffects.toText());
    }
    for (const QString &problem : rollback.problems()) {
        m_log.error("MUTATE", problem);
    }
    // Taken over meanwhile, the transaction tells nothing any more.
    if (const Result<void> held = m_options.fence.ask(); !held && held.error().code == ErrorCode::Busy) {
        return leaveToTheNextHolder(held.error());
    }
    if (!rollback.isComplete()) {
        const QString whole =
            QStringLiteral("%1 Not everything could be taken back: %2").arg(message, rollback.problems().join(u' '));
        return finish(RunStatus::RollbackFailed, whole,
                      Error{ErrorCode::RollbackFailed,
                            whole,
                            QStringLiteral("Decide which version to keep."),
                            {},
                            {{QStringLiteral("conflicts"), QJsonArray::fromStringList(rollback.problems())}}});
    }
    return finish(status, message + QStringLiteral(" The workspace is as it was before."), error);
}

// Who holds the workspace now has settled this run, or will do so first: whatever was done here, also the report, would
// be done to the work of another.
RunSession::Next RunSession::leaveToTheNextHolder(const Error &error)
{
    m_transaction.reset();
    m_reportable = false;
    const QString message =
        QStringLiteral("The run lost its workspace: %1. What it had written there is taken back, or made final, by the "
                       "next run that gets it.")
            .arg(error.message);
    m_log.error("MUTATE", message);
    return finish(RunStatus::Interrupted, message, error);
}

// Ends a run that wrote nothing to the files of the workspace. When another holder has taken that, it is the reason.
RunSession::Next RunSession::end(const Error &error)
{
    if (!m_options.fence.ask()) {
        return failAndRollBack(RunStatus::Interrupted, error.message, error);
    }
    m_log.error("PLAN", error.toString());
    return finish(statusOf(error), error.message, error);
}

// The report is written before the transaction is closed: a run that is killed between the two is known by its report.
RunSession::Next RunSession::finish(RunStatus status, const QString &message, std::optional<Error> error)
{
    m_result.status = status;
    m_result.message = message;
    m_result.error = std::move(error);
    settleSteps();
    m_result.checks = makeChecks(m_result, m_options, m_evidence);
    m_result.durationMs = m_timer.elapsed();
    if (m_reportable) {
        if (const Result<void> written = writeReports(*m_root, m_result); !written) {
            warn(written.error());
        }
    }
    if (m_transaction) {
        if (const Result<void> closed = m_transaction->close(); !closed) {
            warn(closed.error());
        }
    }
    return Next::Ended;
}

void RunSession::warn(const Error &problem)
{
    m_result.warnings.append(problem.message);
    m_log.warning("PLAN", problem.toString());
}

void RunSession::settleSteps()
{
    for (Step &step : m_result.steps) {
        if (step.state != StepState::Pending) {
            continue;
        }
        const bool hasGates = std::any_of(m_result.task.gates.begin(), m_result.task.gates.end(),
                                          [&step](const Gate &gate) { return gate.phase == step.phase; });
        const bool hasWork = hasGates || (step.phase == Phase::Mutate && !m_result.task.ops.isEmpty())
            || (step.phase == Phase::Commit && m_result.task.git.requested);
        const bool nothingToDo =
            m_result.status == RunStatus::Noop && step.phase == Phase::Mutate && !m_result.task.ops.isEmpty();
        if (hasGates && skipsGates()) {
            endStep(step.phase, StepState::Skipped, gatesOffText());
            continue;
        }
        endStep(step.phase, hasWork && !nothingToDo ? StepState::NotReached : StepState::None,
                nothingToDo ? QStringLiteral("already applied") : QString());
    }
}

void RunSession::startStep(Phase phase)
{
    m_stepTimer.start();
    Step &step = m_result.step(phase);
    step.state = StepState::Running;
    m_stepChanged(step);
}

void RunSession::endStep(Phase phase, StepState state, const QString &summary)
{
    Step &step = m_result.step(phase);
    step.durationMs = step.state == StepState::Running ? m_stepTimer.elapsed() : 0;
    step.state = state;
    step.summary = summary;
    m_stepChanged(step);
}

} // namespace PatchPanel::Patch
