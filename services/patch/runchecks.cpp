#include "services/patch/runchecks.h"

#include "services/patch/runtext.h"

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

Check validationGates(const RunResult &result)
{
    qsizetype passed = 0;
    QList<QString> failed;
    qsizetype notRun = 0;
    bool areOff = false;
    for (const GateReport &report : result.gates) {
        areOff = areOff || report.state == StepState::Skipped;
        if (!hasRun(report)) {
            ++notRun;
        } else if (report.state == StepState::Passed) {
            ++passed;
        } else {
            failed.append(QStringLiteral("`%1` failed").arg(report.gate.command));
        }
    }
    Check check{QStringLiteral("Validation Gates"), StepState::None, {}};
    if (!failed.isEmpty()) {
        check.state = StepState::Failed;
        check.evidence = failed;
    } else if (passed > 0 && notRun == 0) {
        check.state = StepState::Passed;
        check.evidence = {commandCount(passed) + QStringLiteral(" passed")};
    } else if (notRun > 0) {
        check.evidence = {QStringLiteral("Not checked: %1 not run%2")
                              .arg(counted(notRun, QStringLiteral("command was"), QStringLiteral("commands were")),
                                   areOff ? QStringLiteral(", as gates were off") : QString())};
    } else {
        check.evidence = {QStringLiteral("Not checked: the task has no commands")};
    }
    return check;
}

// What is known of the files that the plan does not name.
QString otherFiles(const SideEffects &effects)
{
    if (!effects.notChecked.isEmpty()) {
        return QStringLiteral("Files outside the plan were not checked: ") + effects.notChecked;
    }
    return QStringLiteral("Files outside the plan: %1 changed; %2 that git ignores, as build products, not counted")
        .arg(effects.total)
        .arg(effects.ignored);
}

// What forceRuntimeTrace promises.
QString traceEvidence(const RunResult &result)
{
    const auto traced = std::count_if(result.gates.begin(), result.gates.end(), [](const GateReport &report) {
        return !report.trace.arguments.isEmpty() && !report.outputFile.isEmpty();
    });
    return QStringLiteral("Traced with their whole output: %1 (report.json, \"trace\")").arg(commandCount(traced));
}

Check runtimeAudit(const RunResult &result)
{
    Check check{QStringLiteral("Runtime Audit"), StepState::None, {QStringLiteral("Not checked: no command ran")}};
    QList<QString> notes;
    qsizetype ran = 0;
    bool refused = false;
    for (const GateReport &report : result.gates) {
        if (!hasRun(report)) {
            continue;
        }
        ++ran;
        const QString name = QStringLiteral("`%1` ").arg(report.gate.command);
        if (!report.changedPaths.isEmpty()) {
            notes.append(name + QStringLiteral("changed ") + report.changedPaths.join(QStringLiteral(", ")));
        }
        if (!report.leftBehind.isEmpty()) {
            notes.append(name + QStringLiteral("left processes running: ")
                         + report.leftBehind.join(QStringLiteral(", ")));
        }
        if (report.sideEffects.total > 0) {
            notes.append(name + QStringLiteral("changed ") + report.sideEffects.toText());
        }
        if (report.wroteErrors) {
            notes.append(name + QStringLiteral("wrote to stderr"));
        }
        refused = refused || (result.task.flags.strictRuntimeAudit && !notes.isEmpty());
    }
    if (ran == 0) {
        return check;
    }
    check.state = refused ? StepState::Failed : StepState::Passed;
    check.evidence = {
        QStringLiteral("After each of %1: the planned files, the processes left, stderr").arg(commandCount(ran))};
    check.evidence += notes.isEmpty() ? QList<QString>{QStringLiteral("Nothing was found")} : notes;
    check.evidence.append(otherFiles(result.sideEffects));
    if (result.task.flags.forceRuntimeTrace) {
        check.evidence.append(traceEvidence(result));
    }
    return check;
}

Check serviceUptime(const RunResult &result, const RunOptions &options, const RunEvidence &evidence)
{
    Check check{QStringLiteral("Service Uptime"), StepState::None, {}};
    if (!evidence.noAnswers.isEmpty()) {
        check.state = StepState::Failed;
        check.evidence = evidence.noAnswers + evidence.answers;
    } else if (!evidence.answers.isEmpty()) {
        check.state = StepState::Passed;
        check.evidence = evidence.answers;
    } else if (!result.task.services.isEmpty()) {
        QList<QString> urls;
        for (const Probe &probe : result.task.services) {
            urls.append(probe.url);
        }
        check.evidence = {QStringLiteral("Not checked: %1 not asked").arg(urls.join(QStringLiteral(", ")))};
    } else if (!options.runtimeNotes.isEmpty()) {
        check.state = StepState::Passed;
        check.evidence = options.runtimeNotes;
    } else {
        check.evidence = {QStringLiteral("Not checked: the task names no services")};
    }
    return check;
}

Check mutationProof(const RunResult &result, const RunEvidence &evidence)
{
    Check check{QStringLiteral("Mutation Proof"), StepState::None, {}};
    if (evidence.proof) {
        check.state = *evidence.proof ? StepState::Passed : StepState::Failed;
        check.evidence = {
            *evidence.proof
                ? QStringLiteral("%1 read back after the switch: every SHA-256 and mode equals the plan's")
                      .arg(counted(result.changes.size(), QStringLiteral("change"), QStringLiteral("changes")))
                : evidence.proof->error().message};
    } else if (!evidence.planned) {
        check.evidence = {QStringLiteral("Not checked: there was no plan")};
    } else if (result.task.ops.isEmpty()) {
        check.evidence = {QStringLiteral("Not checked: the task has no mutations")};
    } else if (!result.changes.isEmpty()) {
        check.evidence = {QStringLiteral("Not checked: nothing was written")};
    } else if (!result.alreadyApplied.isEmpty()) {
        check.state = StepState::Passed;
        check.evidence = {QStringLiteral("Already there when the plan was made: %1")
                              .arg(result.alreadyApplied.join(QStringLiteral(", ")))};
    } else {
        check.state = result.task.flags.requireMutationProof ? StepState::Failed : StepState::None;
        check.evidence = {QStringLiteral("The task changes no byte")};
    }
    return check;
}

Check dryRunCheck(const RunResult &result, const RunEvidence &evidence)
{
    if (!evidence.planned) {
        return {QStringLiteral("Dry Run Check"),
                StepState::Failed,
                {result.error ? result.error->message : QStringLiteral("No plan could be made")}};
    }
    return {QStringLiteral("Dry Run Check"),
            StepState::Passed,
            {QStringLiteral("The whole plan (%1, id %2) was made in memory before anything was written")
                 .arg(counted(result.changes.size(), QStringLiteral("change"), QStringLiteral("changes")),
                      result.planId.left(12))}};
}

} // namespace

QList<Check> makeChecks(const RunResult &result, const RunOptions &options, const RunEvidence &evidence)
{
    return {validationGates(result), runtimeAudit(result), serviceUptime(result, options, evidence),
            mutationProof(result, evidence), dryRunCheck(result, evidence)};
}

} // namespace PatchPanel::Patch
