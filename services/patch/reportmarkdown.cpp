#include "services/common/clock.h"
#include "services/patch/patchrun.h"
#include "services/patch/runtext.h"

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype outputLimit = 8 * 1024; // of a command, in the report; the whole is beside it

QString oneLine(const QString &text)
{
    return text.simplified();
}

// A code span or block whose fence is longer than any run of backticks inside.
QString fenceFor(const QString &text, qsizetype least)
{
    qsizetype longest = 0;
    qsizetype current = 0;
    for (const QChar c : text) {
        current = c == u'`' ? current + 1 : 0;
        longest = std::max(longest, current);
    }
    return QString(std::max(least, longest + 1), u'`');
}

QString code(const QString &text)
{
    const QString fence = fenceFor(text, 1);
    const QString pad = fence.size() > 1 ? QStringLiteral(" ") : QString();
    return fence + pad + oneLine(text) + pad + fence;
}

QString block(const QString &text, const QString &language = {})
{
    const QString fence = fenceFor(text, 3);
    return fence + language + u'\n' + text + (text.endsWith(u'\n') ? QString() : QStringLiteral("\n")) + fence + u'\n';
}

QString indented(const QString &text)
{
    QString result;
    for (const QString &line : text.split(u'\n')) {
        result += line.isEmpty() ? QStringLiteral("\n") : QStringLiteral("  ") + line + u'\n';
    }
    return result.trimmed().prepend(QStringLiteral("  ")) + u'\n';
}

QString mark(StepState state)
{
    switch (state) {
    case StepState::Passed:
        return QStringLiteral("✅");
    case StepState::Failed:
        return QStringLiteral("❌");
    case StepState::Warned:
        return QStringLiteral("⚠️");
    default:
        return QStringLiteral("➖");
    }
}

QString word(StepState state)
{
    switch (state) {
    case StepState::Passed:
        return QStringLiteral("Passed");
    case StepState::Failed:
        return QStringLiteral("Failed");
    case StepState::Warned:
        return QStringLiteral("Failed, as a warning only");
    case StepState::WouldRun:
        return QStringLiteral("Would run");
    case StepState::NotReached:
        return QStringLiteral("Not run");
    case StepState::Skipped:
        return QStringLiteral("Skipped");
    default:
        return QStringLiteral("Not checked");
    }
}

bool skippedGates(const RunResult &result)
{
    return std::any_of(result.gates.begin(), result.gates.end(),
                       [](const GateReport &report) { return report.state == StepState::Skipped; });
}

QString statusText(const RunResult &result)
{
    if (result.dryRun && isSuccess(result.status)) {
        return QStringLiteral("➖ DRY RUN (%1)").arg(toString(result.status));
    }
    switch (result.status) {
    case RunStatus::Ok:
        return skippedGates(result) ? QStringLiteral("⚠️ APPLIED, GATES SKIPPED") : QStringLiteral("✅ SUCCESS");
    case RunStatus::Noop:
    case RunStatus::Skipped:
        return QStringLiteral("✅ SUCCESS (%1)").arg(toString(result.status));
    case RunStatus::AppliedNotCommitted:
        return QStringLiteral("⚠️ APPLIED, NOT COMMITTED");
    default:
        return QStringLiteral("❌ FAILED (%1)").arg(toString(result.status));
    }
}

QString titleOf(const Task &task)
{
    const QString version =
        task.version.isEmpty() || task.version.startsWith(u'v') ? task.version : u'v' + task.version;
    const QString phase = task.phase.isEmpty() ? QString() : QStringLiteral("(%1)").arg(task.phase);
    const QString which = version + phase;
    return which.isEmpty() ? QStringLiteral("Patch - %1").arg(oneLine(task.displayName()))
                           : QStringLiteral("Patch %1 - %2").arg(which, oneLine(task.displayName()));
}

QString head(const RunResult &result)
{
    return QStringLiteral("# %1\n\n**Status**: %2  \n**Phase**: %3  \n**Date**: %4  \n\n")
        .arg(titleOf(result.task), statusText(result),
             result.task.phase.isEmpty() ? QStringLiteral("none") : oneLine(result.task.phase),
             isoTime(result.startedMs));
}

QString summary(const RunResult &result)
{
    QString text = QStringLiteral("## Summary\n") + result.message + u'\n';
    if (!result.task.description.isEmpty()) {
        text += u'\n' + result.task.description.trimmed() + u'\n';
    }
    if (!result.warnings.isEmpty()) {
        text += QStringLiteral("\nWarnings:\n");
        for (const QString &warning : result.warnings) {
            text += QStringLiteral("- %1\n").arg(oneLine(warning));
        }
    }
    return text + u'\n';
}

// What became of the changes, since a plan is no deed.
QString fateOf(const RunResult &result)
{
    if (result.dryRun) {
        return QStringLiteral("Planned only; nothing was written.");
    }
    if (result.step(Phase::Mutate).state != StepState::Passed) {
        return QStringLiteral("Planned, but not applied: every path is as it was before.");
    }
    if (result.status == RunStatus::RollbackFailed) {
        return QStringLiteral("Applied, then taken back as far as that was possible; see the summary.");
    }
    if (!isSuccess(result.status) && result.status != RunStatus::AppliedNotCommitted) {
        return QStringLiteral("Applied, then taken back: every path is as it was before.");
    }
    return {};
}

QString hashText(const std::optional<FileState> &state)
{
    return state ? QString::fromLatin1(state->contents.sha256()) : QStringLiteral("absent");
}

QString changeSection(int number, const Change &change)
{
    QString verb = doneText(change.kind);
    verb[0] = verb[0].toUpper();
    const QString place = change.kind == ChangeKind::Move
        ? QStringLiteral("%1 to %2").arg(code(change.from), code(change.path))
        : code(change.path);
    QString text = QStringLiteral("### %1. %2 %3\n").arg(number).arg(verb, place);
    if (!change.purpose.isEmpty()) {
        text += QStringLiteral("- **Purpose**: %1\n").arg(oneLine(change.purpose));
    }
    text += QStringLiteral("- **Lines**: +%1 −%2%3\n")
                .arg(change.added)
                .arg(change.removed)
                .arg(change.isBinary() ? QStringLiteral(" (binary)") : QString());
    text += QStringLiteral("- **SHA-256**: before %1, after %2\n").arg(hashText(change.before), hashText(change.after));
    if (change.before && change.after && change.before->mode != change.after->mode && !change.after->symlink) {
        text += QStringLiteral("- **Mode**: %1 to %2\n")
                    .arg(change.before->mode, 4, 8, QLatin1Char('0'))
                    .arg(change.after->mode, 4, 8, QLatin1Char('0'));
    }
    for (const QString &note : change.notes) {
        text += QStringLiteral("- %1\n").arg(oneLine(note));
    }
    return text + u'\n';
}

QString mutations(const RunResult &result)
{
    QString text = QStringLiteral("## Mutations Applied\n\n");
    if (result.changes.isEmpty()) {
        text += QStringLiteral("None.\n\n");
    } else if (const QString fate = fateOf(result); !fate.isEmpty()) {
        text += fate + QStringLiteral("\n\n");
    }
    int number = 0;
    for (const Change &change : result.changes) {
        text += changeSection(++number, change);
    }
    for (const QString &path : result.alreadyApplied) {
        text += QStringLiteral("- Already applied: %1\n").arg(code(path));
    }
    return result.alreadyApplied.isEmpty() ? text : text + u'\n';
}

QString outputOf(const GateReport &report)
{
    QString text = QString::fromUtf8(report.output.last(std::min(report.output.size(), outputLimit)));
    for (QChar &c : text) {
        if (c.category() == QChar::Other_Control && c != u'\n' && c != u'\t') {
            c = QChar::ReplacementCharacter;
        }
    }
    return text;
}

QString gateSection(const GateReport &report)
{
    QString text = QStringLiteral("### %1 %2\n").arg(mark(report.state), displayName(report.gate.phase))
        + block(report.gate.command, QStringLiteral("bash"));
    QString result = word(report.state);
    if (hasRun(report)) {
        result += QStringLiteral(" in %1 ms").arg(report.durationMs);
        result += report.exitCode >= 0 ? QStringLiteral(", exit code %1").arg(report.exitCode) : QString();
    }
    text += QStringLiteral("- **Result**: %1%2\n")
                .arg(result, report.note.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(oneLine(report.note)));
    if (!report.output.isEmpty()) {
        const bool cut = report.outputTruncated || report.output.size() > outputLimit;
        const QString place =
            report.outputFile.isEmpty() ? QString() : QStringLiteral("; the whole is in ") + code(report.outputFile);
        text += QStringLiteral("- **Output**%1:\n").arg(cut ? QStringLiteral(" (its end%1)").arg(place) : QString())
            + indented(block(outputOf(report)));
    } else if (hasRun(report)) {
        text += QStringLiteral("- **Output**: none\n");
    }
    return text + u'\n';
}

QString gates(const RunResult &result, const QString &title, const QList<Phase> &phases)
{
    QString text = QStringLiteral("## %1\n\n").arg(title);
    bool any = false;
    for (const GateReport &report : result.gates) {
        if (phases.contains(report.gate.phase)) {
            text += gateSection(report);
            any = true;
        }
    }
    return any ? text : text + QStringLiteral("Not checked: the task has no such commands.\n\n");
}

const Check *findCheck(const RunResult &result, const QString &name)
{
    const auto found = std::find_if(result.checks.begin(), result.checks.end(),
                                    [&name](const Check &check) { return check.name == name; });
    return found == result.checks.end() ? nullptr : &*found;
}

// The files that a roll-back leaves as they are.
QString sideEffectsSection(const SideEffects &effects)
{
    if (effects.total == 0) {
        return {};
    }
    QString text = QStringLiteral("### Files that commands changed outside the plan\n");
    for (const SideEffect &file : effects.files) {
        text += QStringLiteral("- %1 %2\n").arg(toString(file.kind), code(file.path));
    }
    if (effects.total > effects.files.size()) {
        text += QStringLiteral("- and %1 more\n").arg(effects.total - effects.files.size());
    }
    return text + u'\n';
}

QString runtimeValidation(const RunResult &result)
{
    QString text = QStringLiteral("## Runtime Validation\n\n");
    for (const QString &name : {QStringLiteral("Service Uptime"), QStringLiteral("Mutation Proof"),
                                QStringLiteral("Dry Run Check"), QStringLiteral("Runtime Audit")}) {
        const Check *check = findCheck(result, name);
        const StepState state = check ? check->state : StepState::None;
        text += QStringLiteral("### %1 %2: %3\n").arg(mark(state), name, word(state).toLower());
        const QList<QString> evidence = check ? check->evidence : QList<QString>{QStringLiteral("Not checked")};
        for (const QString &line : evidence) {
            text += QStringLiteral("- %1\n").arg(oneLine(line));
        }
        text += u'\n';
    }
    return text + sideEffectsSection(result.sideEffects);
}

QString technicalImplementation(const RunResult &result)
{
    QString text = QStringLiteral("## Technical Implementation\n\n");
    text += QStringLiteral("- **Run**: %1 on runner %2%3\n")
                .arg(result.runId, result.runner.isEmpty() ? QStringLiteral("(none named)") : result.runner,
                     result.machine.isEmpty() ? QString() : QStringLiteral(" of ") + result.machine);
    text +=
        QStringLiteral("- **Task**: %1 (%2, SHA-256 %3)\n")
            .arg(code(result.task.file),
                 result.task.dialect.isEmpty() ? QStringLiteral("not read") : result.task.dialect,
                 result.task.sha256.isEmpty() ? QStringLiteral("unknown") : QString::fromLatin1(result.task.sha256));
    text += QStringLiteral("- **Workspace**: %1\n").arg(code(result.workspace));
    text += QStringLiteral("- **Plan**: %1\n").arg(result.planId.isEmpty() ? QStringLiteral("none") : result.planId);
    text += QStringLiteral("- **Sandbox**: %1\n").arg(oneLine(sandboxText(result.sandbox)));
    if (result.validatedIn == ValidatePlace::Scratch) {
        text += QStringLiteral("- **Commands**: build, validate and test ran in a copy of the workspace, which is "
                               "removed with all they changed in it; the workspace was written after they passed\n");
    }
    text += QStringLiteral("- **Duration**: %1 ms\n\n### Flow\n").arg(result.durationMs);
    int number = 0;
    for (const Step &step : result.steps) {
        text += QStringLiteral("%1. %2: %3").arg(++number).arg(displayName(step.phase), toString(step.state));
        text += step.durationMs > 0 ? QStringLiteral(" in %1 ms").arg(step.durationMs) : QString();
        text += step.summary.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(oneLine(step.summary));
        text += u'\n';
    }
    return text + u'\n';
}

QString nextSteps(const RunResult &result)
{
    QString text = QStringLiteral("## Next Steps\n");
    if (result.error && !result.error->hint.isEmpty()) {
        text += QStringLiteral("- %1\n").arg(oneLine(result.error->hint));
    }
    for (const QString &step : result.task.nextSteps) {
        text += QStringLiteral("- %1\n").arg(oneLine(step));
    }
    return text.endsWith(QStringLiteral("Steps\n")) ? text + QStringLiteral("None named.\n\n") : text + u'\n';
}

QString commitMessage(const RunResult &result)
{
    const CommitReport &commit = result.commit;
    QString text = QStringLiteral("## Commit Message\n");
    if (!commit.message.isEmpty()) {
        text += block(commit.message);
    }
    if (commit.state == QLatin1String("committed")) {
        text += QStringLiteral("Committed as %1%2%3.\n")
                    .arg(commit.id, commit.branch.isEmpty() ? QString() : QStringLiteral(" on ") + code(commit.branch),
                         commit.tag.isEmpty() ? QString() : QStringLiteral(", tagged ") + code(commit.tag));
    } else {
        text += commit.state == QLatin1String("wouldCommit") ? QStringLiteral("Would be committed.\n")
                                                             : QStringLiteral("Not committed.\n");
    }
    return text + (commit.note.isEmpty() ? QString() : oneLine(commit.note) + u'\n') + u'\n';
}

QString closing(const RunResult &result)
{
    QString text = QStringLiteral("---\n");
    for (const QString &name :
         {QStringLiteral("Validation Gates"), QStringLiteral("Runtime Audit"), QStringLiteral("Service Uptime"),
          QStringLiteral("Mutation Proof"), QStringLiteral("Dry Run Check")}) {
        const Check *check = findCheck(result, name);
        const StepState state = check ? check->state : StepState::None;
        text += QStringLiteral("**%1**: %2 %3  \n").arg(name, mark(state), word(state));
    }
    return text;
}

} // namespace

QByteArray reportMarkdown(const RunResult &result)
{
    const QString text = head(result) + summary(result) + mutations(result)
        + gates(result, QStringLiteral("Post-Mutation Build Results"), {Phase::Build})
        + gates(result, QStringLiteral("Validation Results"), {Phase::Pre, Phase::Validate, Phase::Test})
        + runtimeValidation(result) + technicalImplementation(result) + nextSteps(result) + commitMessage(result)
        + closing(result);
    return text.toUtf8();
}

} // namespace PatchPanel::Patch
