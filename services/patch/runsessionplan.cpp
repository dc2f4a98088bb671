#include "services/patch/recovery.h"
#include "services/patch/runreport.h"
#include "services/patch/runsession.h"
#include "services/patch/runtext.h"

#include <QJsonArray>

#include <algorithm>

// What a run does before anything is written.
namespace PatchPanel::Patch {

RunSession::Next RunSession::open()
{
    const Flags &flags = m_result.task.flags;
    if (flags.disabledByDefault && !m_options.force) {
        return end({ErrorCode::InvalidTask, QStringLiteral("The task is disabled by default."),
                    QStringLiteral("Run it with --force if you mean it."), QStringLiteral("/disabledByDefault")});
    }
    Result<WorkspaceRoot> root = WorkspaceRoot::open(m_result.workspace);
    if (!root) {
        return end(root.error());
    }
    m_root = std::move(*root);
    m_result.workspace = m_root->path();
    m_reportable = !m_options.dryRun;
    return Next::GoOn;
}

RunSession::Next RunSession::recover()
{
    if (m_options.dryRun) {
        if (isRecoveryPending(*m_root)) {
            m_result.warnings.append(QStringLiteral("A run was killed here; the next run takes back what it left."));
        }
        return Next::GoOn;
    }
    ScratchWorkspace::sweep();
    const Result<RecoveryReport> recovery = recoverPending(*m_root, m_options.fence);
    if (!recovery) {
        return end(recovery.error());
    }
    for (const QString &path : recovery->putAside) {
        m_log.warning("MUTATE", QStringLiteral("%1 had been changed by a command: that version is kept").arg(path));
    }
    for (const QString &runId : recovery->rolledBack) {
        m_log.warning("MUTATE",
                      QStringLiteral("Run %1 was killed before its end: its changes were taken back").arg(runId));
    }
    if (!recovery->conflicts.isEmpty()) {
        return end({ErrorCode::RollbackFailed,
                    QStringLiteral("An earlier run was killed, and not all of it could be taken back: %1")
                        .arg(recovery->conflicts.join(u' ')),
                    QStringLiteral("Decide which version to keep, then run again."),
                    {},
                    {{QStringLiteral("conflicts"), QJsonArray::fromStringList(recovery->conflicts)}}});
    }
    return Next::GoOn;
}

RunSession::Next RunSession::makeThePlan()
{
    Result<Plan> plan = m_planner ? m_planner(*m_root) : makePlan(m_result.task, *m_root, m_options.plan, m_stop);
    if (!plan) {
        return end(plan.error());
    }
    m_plan = std::move(*plan);
    m_evidence.planned = true;
    m_result.planId = m_plan.id;
    m_result.changes = m_plan.changes;
    m_result.alreadyApplied = m_plan.alreadyApplied;
    for (const QString &warning : std::as_const(m_plan.warnings)) {
        if (!m_result.warnings.contains(warning)) {
            m_result.warnings.append(warning);
        }
    }
    for (const Gate &gate : std::as_const(m_result.task.gates)) {
        GateReport report{gate};
        report.gate.timeout = m_options.gateTimeout.value_or(gate.timeout);
        if (!m_options.runGates) {
            report.state = StepState::Skipped;
            report.note = gatesOffText();
        }
        m_result.gates.append(report);
    }
    m_log.info("PLAN",
               QStringLiteral("%1, %2 (plan %3)")
                   .arg(summaryOf(m_plan.changes), commandCount(m_result.gates.size()), m_plan.id.left(12)));
    for (const Change &change : std::as_const(m_plan.changes)) {
        m_log.info("PLAN", describe(change));
        for (const QString &note : change.notes) {
            m_log.info("PLAN", QStringLiteral("  %1: %2").arg(change.path, note));
        }
    }
    for (const QString &path : std::as_const(m_plan.alreadyApplied)) {
        m_log.info("PLAN", QStringLiteral("already applied: %1").arg(path));
    }
    if (skipsGates()) {
        const QString warning = QStringLiteral("Gates are off for this run: %1 skipped, so nothing proves that what it "
                                               "changes works.")
                                    .arg(commandCount(m_result.gates.size()));
        m_result.warnings.append(warning);
        m_log.warning("PLAN", warning);
    }
    if (!m_options.planId.isEmpty() && m_options.planId != m_plan.id) {
        return end({ErrorCode::Stale,
                    QStringLiteral("The plan %1 is no longer the plan of this task and workspace.")
                        .arg(m_options.planId.left(12)),
                    QStringLiteral("Look at the new plan (%1) and run that.").arg(m_plan.id.left(12))});
    }
    return Next::GoOn;
}

RunSession::Next RunSession::findRepository()
{
    const GitStep &step = m_result.task.git;
    m_result.commit.message = step.commit.isEmpty() ? m_result.task.displayName() : step.commit;
    if (!step.requested) {
        m_result.commit.note = QStringLiteral("The task asks for no commit.");
        return Next::GoOn;
    }
    if (m_plan.changes.isEmpty()) {
        m_result.commit.note = QStringLiteral("There is nothing to commit.");
        return Next::GoOn;
    }
    if (skipsCommit()) {
        m_result.commit.note = QStringLiteral("Commits are off for this run.");
        return Next::GoOn;
    }
    Result<std::optional<GitRepository>> repository = GitRepository::find(*m_root);
    if (!repository) {
        return end(repository.error());
    }
    if (!*repository) {
        m_result.commit.note = QStringLiteral("The workspace is in no git repository.");
        return Next::GoOn;
    }
    m_repository = std::move(*repository);
    const Result<void> ready = m_repository->checkReady(step);
    return ready ? Next::GoOn : end(ready.error());
}

RunSession::Next RunSession::endDryRun()
{
    if (!m_options.dryRun) {
        return Next::GoOn;
    }
    const bool isNoop = hasNothingToDo();
    for (GateReport &report : m_result.gates) {
        Step &step = m_result.step(report.gate.phase);
        if (skipsGates()) {
            step.state = StepState::Skipped;
            step.summary = gatesOffText();
            continue;
        }
        report.state = isNoop ? StepState::NotReached : StepState::WouldRun;
        step.state = isNoop ? StepState::None : StepState::WouldRun;
    }
    if (!m_plan.changes.isEmpty()) {
        m_result.step(Phase::Mutate).state = StepState::WouldRun;
        m_result.step(Phase::Mutate).summary = summaryOf(m_plan.changes);
    }
    if (m_repository) {
        m_result.step(Phase::Commit).state = StepState::WouldRun;
        m_result.commit.state = QStringLiteral("wouldCommit");
    }
    return isNoop
        ? endNoop()
        : finish(RunStatus::Ok,
                 (skipsGates()
                      ? QStringLiteral("Dry run: %1; %2 would be skipped, as gates are off. Nothing was written.")
                      : QStringLiteral("Dry run: %1; %2 would run. Nothing was written."))
                     .arg(summaryOf(m_plan.changes), commandCount(m_result.gates.size())));
}

bool RunSession::hasNothingToDo() const
{
    return m_plan.isNoop() || (m_plan.changes.isEmpty() && skipsGates());
}

// Already applied: no command runs, because they were made to check the changes of this run.
RunSession::Next RunSession::endNoop()
{
    if (!hasNothingToDo()) {
        return Next::GoOn;
    }
    if (m_plan.isNoop() && m_plan.alreadyApplied.isEmpty() && m_result.task.flags.requireMutationProof) {
        const QString message = QStringLiteral("The task changes no byte, but it requires a proof that it does.");
        return finish(RunStatus::Failed, message, Error{ErrorCode::GateFailed, message});
    }
    m_reportable = false; // what has nothing to write leaves no trace in the workspace
    return finish(RunStatus::Noop,
                  m_plan.isNoop()
                      ? QStringLiteral("Already applied: there is nothing to change, and no command was run.")
                      : QStringLiteral("Nothing was done: the task changes no file, and its commands were skipped."));
}

RunSession::Next RunSession::prepareSandbox()
{
    if (m_result.gates.isEmpty()) {
        m_result.sandbox.why = QStringLiteral("the task has no commands");
        return Next::GoOn;
    }
    if (skipsGates()) {
        m_result.sandbox.why = gatesOffText();
        return Next::GoOn;
    }
    const Result<Sandbox> sandbox = Sandbox::forRun(
        *m_root, m_options.sandbox, {}, m_repository ? std::optional(m_repository->folders()) : std::nullopt);
    if (!sandbox) {
        m_result.sandbox = {SandboxReport::State::Off, sandbox.error().message};
        return end(sandbox.error());
    }
    m_sandbox = *sandbox;
    m_result.sandbox = m_sandbox.report();
    m_log.info("PLAN", QStringLiteral("Sandbox %1").arg(sandboxText(m_result.sandbox)));
    const auto wantsNoNetwork = [](const GateReport &report) {
        return report.gate.network == Network::None;
    };
    if (!m_sandbox.isOn() && std::any_of(m_result.gates.cbegin(), m_result.gates.cend(), wantsNoNetwork)) {
        const QString warning =
            QStringLiteral("The task asks for commands without a network, which needs the sandbox: they have one.");
        m_result.warnings.append(warning);
        m_log.warning("PLAN", warning);
    }
    return Next::GoOn;
}

// Should this run be killed, its report says so.
RunSession::Next RunSession::leaveTrace()
{
    RunResult start = m_result;
    if (m_repository) {
        start.commit.state = QStringLiteral("wouldCommit");
    }
    if (const Result<void> written = writeStartReport(*m_root, start); !written) {
        warn(written.error());
    }
    if (m_options.aboutToAct) {
        m_options.aboutToAct();
    }
    return Next::GoOn;
}

} // namespace PatchPanel::Patch
