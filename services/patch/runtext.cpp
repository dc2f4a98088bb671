#include "services/patch/runtext.h"

#include <algorithm>

namespace PatchPanel::Patch {

QString counted(qsizetype count, const QString &one, const QString &many)
{
    return QStringLiteral("%1 %2").arg(count).arg(count == 1 ? one : many);
}

QString commandCount(qsizetype count)
{
    return counted(count, QStringLiteral("command"), QStringLiteral("commands"));
}

QString doneText(ChangeKind kind)
{
    switch (kind) {
    case ChangeKind::Create:
        return QStringLiteral("created");
    case ChangeKind::Modify:
        return QStringLiteral("modified");
    case ChangeKind::Delete:
        return QStringLiteral("deleted");
    case ChangeKind::Move:
        return QStringLiteral("moved");
    case ChangeKind::Chmod:
        return QStringLiteral("mode changed");
    }
    return {};
}

QString summaryOf(const QList<Change> &changes)
{
    QList<QString> parts;
    for (const ChangeKind kind :
         {ChangeKind::Create, ChangeKind::Modify, ChangeKind::Delete, ChangeKind::Move, ChangeKind::Chmod}) {
        const auto count =
            std::count_if(changes.begin(), changes.end(), [kind](const Change &c) { return c.kind == kind; });
        if (count > 0) {
            parts.append(QStringLiteral("%1 %2").arg(count).arg(doneText(kind)));
        }
    }
    return parts.isEmpty() ? QStringLiteral("nothing to change") : parts.join(QStringLiteral(", "));
}

QString describe(const Change &change)
{
    const QString place =
        change.kind == ChangeKind::Move ? QStringLiteral("%1 → %2").arg(change.from, change.path) : change.path;
    return QStringLiteral("%1 %2 (+%3 −%4)").arg(toString(change.kind), place).arg(change.added).arg(change.removed);
}

QString failureText(const GateReport &report)
{
    const bool ownExit = report.exitCode > 0 && !report.timedOut;
    const QString how =
        ownExit || report.note.isEmpty() ? QStringLiteral("exited with %1").arg(report.exitCode) : report.note;
    return QStringLiteral("%1 failed: `%2` %3.").arg(displayName(report.gate.phase), report.gate.command, how);
}

QString sandboxText(const SandboxReport &report)
{
    const QString state =
        report.state == SandboxReport::State::NotNeeded ? QStringLiteral("not needed") : toString(report.state);
    return report.why.isEmpty() ? state : QStringLiteral("%1 (%2)").arg(state, report.why);
}

QString gatesOffText()
{
    return QStringLiteral("gates are off for this run");
}

bool hasRun(const GateReport &report)
{
    return report.state == StepState::Passed || report.state == StepState::Failed || report.state == StepState::Warned;
}

} // namespace PatchPanel::Patch
