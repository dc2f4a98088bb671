#include "ui/models/outcome.h"

#include "services/common/shellword.h"
#include "ui/models/format.h"
#include "ui/models/servicetexts.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("PatchPanel::Ui", text);
}

Shape shapeFor(RunStatus status)
{
    switch (status) {
    case RunStatus::Queued:
    case RunStatus::Running:
        return Shape::HalfDot;
    case RunStatus::Ok:
    case RunStatus::Noop:
    case RunStatus::Skipped:
        return Shape::Check;
    case RunStatus::Cancelled:
        return Shape::Square;
    case RunStatus::Busy:
    case RunStatus::Stale:
    case RunStatus::Unknown:
    case RunStatus::AppliedNotCommitted:
        return Shape::Triangle;
    default:
        return Shape::Cross;
    }
}

Tone toneFor(RunStatus status)
{
    switch (shapeFor(status)) {
    case Shape::HalfDot:
        return Tone::Running;
    case Shape::Check:
        return Tone::Ok;
    case Shape::Square:
    case Shape::Triangle:
        return Tone::Warn;
    default:
        return Tone::Error;
    }
}

bool skippedGates(const QJsonObject &response)
{
    const QJsonArray gates = response[QStringLiteral("gates")].toArray();
    return std::any_of(gates.begin(), gates.end(), [](const QJsonValue &gate) {
        return gate[QStringLiteral("state")].toString() == toString(StepState::Skipped);
    });
}

QJsonObject failedGate(const QJsonObject &response)
{
    for (const QJsonValue &gate : response[QStringLiteral("gates")].toArray()) {
        if (gate[QStringLiteral("state")].toString() == toString(StepState::Failed)) {
            return gate.toObject();
        }
    }
    return {};
}

QString gateFailure(const QJsonObject &gate)
{
    const QString command = gate[QStringLiteral("command")].toString().simplified();
    const QString note = translatedServiceText(gate[QStringLiteral("note")].toString());
    if (!note.isEmpty()) {
        return tr("%1: %2").arg(command, note);
    }
    return tr("%1: exit code %2").arg(command).arg(gate[QStringLiteral("exitCode")].toInt());
}

QString wordOf(const Relay::RunOutcome &outcome)
{
    if (outcome.status == RunStatus::Ok && isRollback(outcome)) {
        return tr("Rolled back");
    }
    if (outcome.status == RunStatus::Ok) {
        const QString commit = outcome.response[QStringLiteral("commit")][QStringLiteral("id")].toString();
        const QString word = commit.isEmpty() ? tr("Applied") : tr("Committed %1").arg(commit.left(7));
        return skippedGates(outcome.response) ? tr("%1 · gates skipped").arg(word) : word;
    }
    if (outcome.status == RunStatus::Failed) {
        const QJsonObject gate = failedGate(outcome.response);
        const std::optional<Phase> phase = phaseFromString(gate[QStringLiteral("phase")].toString());
        return phase ? tr("%1 failed · tree restored").arg(phaseName(*phase)) : tr("Failed · tree restored");
    }
    return wordFor(outcome.status);
}

} // namespace

QString phaseName(Phase phase)
{
    switch (phase) {
    case Phase::Pre:
        return tr("Pre-checks");
    case Phase::Mutate:
        return tr("Mutations");
    case Phase::Build:
        return tr("Build");
    case Phase::Validate:
        return tr("Validate");
    case Phase::Test:
        return tr("Test");
    case Phase::Commit:
        return tr("Commit");
    }
    return {};
}

QString wordFor(RunStatus status)
{
    switch (status) {
    case RunStatus::Queued:
        return tr("Queued");
    case RunStatus::Running:
        return tr("Running");
    case RunStatus::Ok:
        return tr("Succeeded");
    case RunStatus::Noop:
        return tr("Already applied: nothing to do");
    case RunStatus::Skipped:
        return tr("Skipped: this task ran already on these files");
    case RunStatus::Failed:
        return tr("Failed");
    case RunStatus::Conflict:
        return tr("Does not apply");
    case RunStatus::Invalid:
        return tr("Invalid task");
    case RunStatus::Stale:
        return tr("Files changed since preview");
    case RunStatus::Busy:
        return tr("Busy: another run holds the workspace");
    case RunStatus::Cancelled:
        return tr("Cancelled by you · tree restored");
    case RunStatus::Interrupted:
        return tr("Interrupted");
    case RunStatus::AppliedNotCommitted:
        return tr("Applied, but not committed");
    case RunStatus::RollbackFailed:
        return tr("Roll back failed: the workspace needs your attention");
    case RunStatus::Unknown:
        break;
    }
    return tr("No result");
}

QString shortWordFor(RunStatus status)
{
    switch (status) {
    case RunStatus::Noop:
        return tr("Already applied");
    case RunStatus::Skipped:
        return tr("Skipped");
    case RunStatus::Stale:
        return tr("Files changed");
    case RunStatus::Busy:
        return tr("Busy");
    case RunStatus::Cancelled:
        return tr("Cancelled");
    case RunStatus::AppliedNotCommitted:
        return tr("Not committed");
    case RunStatus::RollbackFailed:
        return tr("Roll back failed");
    default:
        return wordFor(status);
    }
}

bool isRollback(const Relay::RunOutcome &outcome)
{
    return outcome.response[QStringLiteral("task")][QStringLiteral("dialect")].toString() == QLatin1String("rollback");
}

OutcomeLook lookOf(const Relay::RunOutcome &outcome)
{
    if (outcome.status == RunStatus::Ok && skippedGates(outcome.response)) { // it is not proved to work
        return {Shape::Triangle, Tone::Warn, wordOf(outcome)};
    }
    return {shapeFor(outcome.status), toneFor(outcome.status), wordOf(outcome)};
}

QString sentenceFor(const Relay::RunOutcome &outcome)
{
    QString text = wordOf(outcome);
    const QJsonObject gate = failedGate(outcome.response);
    const std::optional<Error> error = errorOf(outcome);
    if (!gate.isEmpty()) {
        text += QStringLiteral(" · ") + gateFailure(gate);
    } else if (error) {
        text += QStringLiteral(" · ") + translatedServiceText(*error);
    }
    return text;
}

std::optional<Phase> failedPhase(const Relay::RunOutcome &outcome)
{
    for (const QJsonValue &value : outcome.response[QStringLiteral("steps")].toArray()) {
        const Step step = Step::fromJson(value.toObject());
        if (step.state == StepState::Failed) {
            return step.phase;
        }
    }
    return std::nullopt;
}

bool leavesChanges(RunStatus status)
{
    return status == RunStatus::Ok || status == RunStatus::AppliedNotCommitted;
}

bool leftChanges(const Relay::RunOutcome &outcome)
{
    return leavesChanges(outcome.status) && !outcome.response[QStringLiteral("changes")].toArray().isEmpty();
}

QString restoreCommandsFor(const Relay::RunOutcome &outcome)
{
    const QString workspace = outcome.response[QStringLiteral("workspace")].toString();
    QStringList lines{QStringLiteral("cd ") + quotedForShell(workspace),
                      QStringLiteral("# what the run wrote and what could not be taken back:"),
                      QStringLiteral("patchpanel --no-gui show ") + quotedForShell(outcome.runId),
                      QStringLiteral("# the files as they were before it:"),
                      QStringLiteral("ls -lR .patchpanel/history/") + quotedForShell(outcome.runId),
                      QStringLiteral("# the repository's version of a file; what it holds now is lost:")};
    for (const QJsonValue &change : outcome.response[QStringLiteral("changes")].toArray()) {
        lines.append(QStringLiteral("# git checkout HEAD -- ")
                     + quotedForShell(change[QStringLiteral("path")].toString()));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

std::optional<Error> errorOf(const Relay::RunOutcome &outcome)
{
    if (outcome.error) {
        return outcome.error;
    }
    const QJsonObject error = outcome.response[QStringLiteral("error")].toObject();
    if (!error.isEmpty()) {
        return Error::fromJson(error);
    }
    const bool isProblem = outcome.response.contains(QStringLiteral("detail"));
    return isProblem ? std::optional(Error::fromJson(outcome.response)) : std::nullopt;
}

} // namespace PatchPanel::Ui
