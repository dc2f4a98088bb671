#include "services/patch/runsession.h"
#include "services/patch/runtext.h"
#include "services/patch/statefolder.h"

#include <QDir>

#include <algorithm>

// The work of a run: commands, mutations, commit.
namespace PatchPanel::Patch {

// `answerText` has places for a service and for what it answered.
RunSession::Next RunSession::probe(const QString &answerText)
{
    const QList<Probe> &services = m_result.task.services;
    if (!m_options.probe) {
        if (services.isEmpty() || !m_result.task.flags.requireServiceUptime) {
            return Next::GoOn;
        }
        const QString message = QStringLiteral("The task requires that its services answer, and nothing can ask them.");
        return failAndRollBack(RunStatus::Failed, message, Error{ErrorCode::GateFailed, message});
    }
    QList<QString> silent;
    for (const Probe &service : services) {
        const Result<QString> answer = m_options.probe(service);
        if (answer) {
            m_evidence.answers.append(answerText.arg(service.name, *answer));
        } else {
            silent.append(answerText.arg(service.name, answer.error().message));
        }
    }
    m_evidence.noAnswers.append(silent);
    if (silent.isEmpty() || !m_result.task.flags.requireServiceUptime) {
        return Next::GoOn;
    }
    const QString message = QStringLiteral("A service that the task needs does not answer: %1.").arg(silent.first());
    return failAndRollBack(RunStatus::Failed, message, Error{ErrorCode::GateFailed, message});
}

RunSession::Next RunSession::runPhase(Phase phase)
{
    const auto isOfPhase = [phase](const GateReport &report) {
        return report.gate.phase == phase;
    };
    const auto count = std::count_if(m_result.gates.cbegin(), m_result.gates.cend(), isOfPhase);
    if (count == 0) {
        endStep(phase, StepState::None, {});
        return Next::GoOn;
    }
    if (skipsGates()) {
        endStep(phase, StepState::Skipped, gatesOffText());
        return Next::GoOn;
    }
    startStep(phase);
    bool warned = false;
    for (GateReport &report : m_result.gates) {
        if (report.gate.phase != phase) {
            continue;
        }
        report = runGate(report.gate);
        if (m_stop.stop_requested()) {
            endStep(phase, StepState::Failed, QStringLiteral("cancelled"));
            return failAndRollBack(RunStatus::Cancelled, QStringLiteral("Cancelled during %1.").arg(displayName(phase)),
                                   {});
        }
        if (report.state == StepState::Failed && phase == Phase::Validate
            && !m_result.task.flags.enforceValidationGate) {
            report.state = StepState::Warned;
            warned = true;
            m_result.warnings.append(failureText(report));
            m_log.warning(logTag(phase),
                          QStringLiteral("%1 It only warns: enforceValidationGate is false.").arg(failureText(report)));
        } else if (report.state == StepState::Failed) {
            endStep(phase, StepState::Failed, QStringLiteral("`%1`").arg(report.gate.command));
            return gateFailed(report);
        }
    }
    endStep(phase, warned ? StepState::Warned : StepState::Passed, commandCount(count));
    return Next::GoOn;
}

RunSession::Next RunSession::runProofs()
{
    for (const Phase phase : {Phase::Build, Phase::Validate, Phase::Test}) {
        if (runPhase(phase) == Next::Ended) {
            return Next::Ended;
        }
    }
    return Next::GoOn;
}

// In the workspace: written, then proved, and taken back if it fails. In a copy of it: proved, then written.
RunSession::Next RunSession::mutateAndProve()
{
    const bool hasProofs = !skipsGates()
        && std::any_of(m_result.gates.cbegin(), m_result.gates.cend(),
                       [](const GateReport &report) { return report.gate.phase != Phase::Pre; });
    if (m_options.validateIn == ValidatePlace::Workspace || !hasProofs) {
        return mutate() == Next::Ended ? Next::Ended : runProofs();
    }
    const Next proved = enterScratch() == Next::Ended ? Next::Ended : runProofs();
    leaveScratch();
    return proved == Next::Ended ? Next::Ended : mutate();
}

RunSession::Next RunSession::enterScratch()
{
    QElapsedTimer timer;
    timer.start();
    Result<std::unique_ptr<ScratchWorkspace>> scratch = ScratchWorkspace::make(*m_root, m_plan, m_result.runId, m_stop);
    if (!scratch) {
        return end(scratch.error());
    }
    m_scratch = std::move(*scratch);
    m_result.validatedIn = ValidatePlace::Scratch;
    const TreeCopy &copy = m_scratch->copy();
    m_log.info("MUTATE",
               QStringLiteral("Commands run in a copy of the workspace: %1, %2 bytes, %3 of them sharing their blocks "
                              "with the originals, made in %4 ms")
                   .arg(counted(copy.files, QStringLiteral("file"), QStringLiteral("files")))
                   .arg(copy.bytes)
                   .arg(copy.cloned)
                   .arg(timer.elapsed()));
    const Result<Sandbox> sandbox = Sandbox::forRun(m_scratch->root(), m_options.sandbox, {m_root->path()});
    if (!sandbox) {
        return end(sandbox.error());
    }
    prepareCommands(*sandbox);
    return Next::GoOn;
}

// In the place that commandRoot() is now.
void RunSession::prepareCommands(const Sandbox &sandbox)
{
    m_gates.emplace(commandRoot(), m_result.runId, m_result.task.id, m_log);
    m_gates->setSandbox(sandbox);
    m_gates->setTraceparent(m_options.traceparent);
    m_stamps = treeStamps(commandRoot());
}

void RunSession::leaveScratch()
{
    m_gates.reset();
    m_stamps.reset();
    m_scratch.reset();
}

// That the running commands see applied.
Transaction *RunSession::commandTransaction()
{
    return m_scratch ? m_scratch->transaction() : m_transaction ? &*m_transaction : nullptr;
}

GateReport RunSession::runGate(Gate gate)
{
    if (!m_gates) {
        prepareCommands(m_sandbox);
    }
    Transaction *const transaction = commandTransaction();
    if (transaction) {
        if (const Result<void> noted = transaction->gateBegins(gate.command); !noted) {
            GateReport unstarted{gate, StepState::Failed};
            unstarted.note = QStringLiteral("not started: %1").arg(noted.error().message);
            return unstarted;
        }
    }
    GateReport report = m_gates->run(gate, nextOutputFile(), m_stop);
    if (!report.outputFile.isEmpty()) {
        report.outputFile = QDir(m_root->path()).relativeFilePath(report.outputFile);
    }
    if (transaction) {
        if (const Result<QList<QString>> changed = transaction->adopt()) {
            report.changedPaths = *changed;
        }
    }
    for (const QString &path : std::as_const(report.changedPaths)) {
        m_log.warning(logTag(gate.phase),
                      QStringLiteral("The command changed %1, which the plan wrote%2")
                          .arg(path, m_scratch ? QStringLiteral("; in the copy only") : QString()));
    }
    noteSideEffects(report);
    applyStrictAudit(report);
    applyTracePromise(report);
    return report;
}

void RunSession::noteSideEffects(GateReport &report)
{
    const WorkspaceRoot &root = commandRoot();
    std::optional<TreeStamps> now = m_stamps ? treeStamps(root) : std::nullopt;
    if (now) {
        report.sideEffects = sideEffects(root, *m_stamps, *now, plannedPaths());
    } else {
        report.sideEffects.notChecked =
            QStringLiteral("the workspace has more than %1 files, or a folder that cannot be read").arg(mostStamps);
    }
    m_stamps = std::move(now);
    if (!m_scratch) { // what happened in the copy goes with it
        m_result.sideEffects.add(report.sideEffects);
    }
    if (report.sideEffects.total > 0) {
        m_log.info(logTag(report.gate.phase), report.sideEffects.toText());
    }
}

// Before they are written none is: what a command does to them then is a side effect like any other.
QSet<QString> RunSession::plannedPaths()
{
    QSet<QString> paths;
    if (commandTransaction() != nullptr) {
        for (const Change &change : m_plan.changes) {
            paths.insert(change.path);
            paths.insert(change.from);
        }
    }
    return paths;
}

void RunSession::applyStrictAudit(GateReport &report) const
{
    const bool clean = report.leftBehind.isEmpty() && report.changedPaths.isEmpty() && !report.wroteErrors
        && report.sideEffects.total == 0;
    if (report.state != StepState::Passed || clean || !m_result.task.flags.strictRuntimeAudit) {
        return;
    }
    report.state = StepState::Failed;
    const QString what = report.wroteErrors ? QStringLiteral("wrote to stderr")
        : !report.leftBehind.isEmpty()      ? QStringLiteral("left processes running")
        : !report.changedPaths.isEmpty()    ? QStringLiteral("changed planned files")
                                            : QStringLiteral("changed %1").arg(report.sideEffects.toText());
    report.note = QStringLiteral("%1, which strictRuntimeAudit forbids").arg(what);
}

void RunSession::applyTracePromise(GateReport &report) const
{
    if (m_result.task.flags.forceRuntimeTrace && report.state == StepState::Passed && report.outputFile.isEmpty()) {
        report.state = StepState::Failed;
        report.note = QStringLiteral("its output could not be kept, which forceRuntimeTrace demands");
    }
}

// Empty when there is no place for it.
QString RunSession::nextOutputFile()
{
    ++m_commands;
    const StateFolder state(*m_root);
    const QString folder = StateFolder::gates(m_result.runId);
    return state.open(folder, WorkspaceRoot::MissingFolders::Make)
        ? QStringLiteral("%1/%2.log").arg(state.absolutePath(folder)).arg(m_commands)
        : QString();
}

RunSession::Next RunSession::gateFailed(const GateReport &report)
{
    const QString message = failureText(report);
    const ErrorCode code = report.timedOut ? ErrorCode::TimedOut : ErrorCode::GateFailed;
    return failAndRollBack(RunStatus::Failed, message, Error{code, message});
}

RunSession::Next RunSession::mutate()
{
    if (m_plan.changes.isEmpty()) {
        endStep(Phase::Mutate, StepState::None, {});
        return Next::GoOn;
    }
    startStep(Phase::Mutate);
    Result<Transaction> transaction =
        Transaction::prepare(*m_root, m_plan, m_result.runId, m_options.durability,
                             m_options.breakHardlinks ? HardLinks::Break : HardLinks::Keep, m_stop, m_options.fence);
    if (!transaction) {
        endStep(Phase::Mutate, StepState::Failed, transaction.error().message);
        return end(transaction.error());
    }
    m_transaction.emplace(std::move(*transaction));
    Result<void> done = m_transaction->apply([](const TxAction &) {}, m_stop);
    if (done) {
        m_evidence.proof = m_transaction->verify();
        done = *m_evidence.proof;
    }
    if (!done) {
        endStep(Phase::Mutate, StepState::Failed, done.error().message);
        return failAndRollBack(statusOf(done.error()), done.error().message, done.error());
    }
    for (const Change &change : std::as_const(m_plan.changes)) {
        m_log.info("MUTATE", describe(change));
    }
    endStep(Phase::Mutate, StepState::Passed, summaryOf(m_plan.changes));
    return goOnUnlessCancelled(QStringLiteral("after the files were written"));
}

bool RunSession::hasFailedGate() const
{
    return std::any_of(m_result.gates.begin(), m_result.gates.end(),
                       [](const GateReport &report) { return report.state == StepState::Warned; });
}

RunSession::Next RunSession::commit()
{
    if (goOnUnlessCancelled(QStringLiteral("before the commit")) == Next::Ended) {
        return Next::Ended;
    }
    if (m_transaction) {
        const Result<QList<QString>> written = m_transaction->commit();
        if (!written) {
            return failAndRollBack(RunStatus::Conflict, written.error().message, written.error());
        }
        for (const QString &path : *written) {
            m_result.warnings.append(
                QStringLiteral("Something still wrote to the old %1 during the run: that text is in "
                               ".patchpanel/%2/slot only.")
                    .arg(path, StateFolder::undo(m_result.runId)));
        }
    }
    if (commitToGit() == Next::Ended) {
        return Next::Ended;
    }
    const bool uncommitted = m_result.step(Phase::Commit).state == StepState::Warned
        || m_result.step(Phase::Commit).state == StepState::Failed;
    QString message = m_plan.changes.isEmpty() ? QStringLiteral("Nothing to change") : summaryOf(m_plan.changes);
    message[0] = message[0].toUpper();
    message += (skipsGates() ? QStringLiteral("; %1 skipped, as gates were off") : QStringLiteral("; %1 run"))
                   .arg(commandCount(m_result.gates.size()));
    if (m_result.commit.state == QLatin1String("committed")) {
        message += QStringLiteral("; committed %1").arg(m_result.commit.shortId());
    } else if (skipsCommit()) {
        message += QStringLiteral("; not committed, as commits are off");
    } else if (uncommitted) {
        message += QStringLiteral("; not committed: %1").arg(m_result.commit.note);
    }
    if (!message.endsWith(u'.')) { // as a note does that is a sentence
        message += u'.';
    }
    return finish(uncommitted ? RunStatus::AppliedNotCommitted : RunStatus::Ok, message);
}

RunSession::Next RunSession::commitToGit()
{
    if (!m_repository) {
        endStep(Phase::Commit, skipsCommit() ? StepState::Skipped : StepState::None, m_result.commit.note);
        return Next::GoOn;
    }
    startStep(Phase::Commit);
    const Flags &flags = m_result.task.flags;
    if (hasFailedGate() && flags.blockCommitOnError) {
        m_result.commit.note = QStringLiteral("A command failed, and blockCommitOnError is set.");
        m_log.warning("GIT", QStringLiteral("Not committed: a command failed"));
        endStep(Phase::Commit, StepState::Warned, m_result.commit.note);
        return Next::GoOn;
    }
    m_result.commit =
        m_repository->commit(m_result.task.git, m_result.commit.message, m_plan.changes, m_result.runId, m_log, m_stop);
    const CommitReport &report = m_result.commit;
    if (report.state == QLatin1String("failed")) {
        m_log.error("GIT", QStringLiteral("Not committed: %1").arg(report.note));
        endStep(Phase::Commit, StepState::Failed, report.note);
        if (m_stop.stop_requested()) {
            return failAndRollBack(RunStatus::Cancelled, QStringLiteral("Cancelled during the commit."), {});
        }
        const QString message = QStringLiteral("Commit failed: %1").arg(report.note);
        return flags.blockCommitOnError
            ? failAndRollBack(RunStatus::Failed, message, Error{ErrorCode::GateFailed, message})
            : Next::GoOn;
    }
    if (!report.note.isEmpty()) {
        m_log.warning("GIT", report.note);
    }
    if (report.state == QLatin1String("committed")) {
        m_log.info("GIT",
                   QStringLiteral("Committed %1 on %2")
                       .arg(report.shortId(), report.branch.isEmpty() ? QStringLiteral("no branch") : report.branch));
        endStep(Phase::Commit, StepState::Passed, report.shortId());
    } else {
        endStep(Phase::Commit, StepState::None, report.note);
    }
    return Next::GoOn;
}

} // namespace PatchPanel::Patch
