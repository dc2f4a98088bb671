#include "app/commands/fanouttable.h"

#include "app/commands/historytable.h"
#include "app/commands/texttable.h"
#include "app/workspaceglob.h"

namespace PatchPanel::App {

namespace {

constexpr qsizetype statusColumn = 1;

QString messageOf(const FanOutRun &run)
{
    if (run.status == RunStatus::Queued) {
        return QStringLiteral("Not started.");
    }
    const QString message = run.firstSentence();
    return run.isEarlier ? QStringLiteral("Before: %1").arg(message) : message;
}

QStringList cellsOf(const FanOutRun &run, const QString &name, bool dryRun)
{
    const bool hasEnded = isFinal(run.status);
    const QString lines = run.changes == 0 ? QString() : QStringLiteral("+%1 −%2").arg(run.added).arg(run.removed);
    return {name,
            statusText(run.status),
            hasEnded ? QString::number(run.changes) : QString(),
            dryRun ? lines : commitText(run.commit),
            hasEnded ? durationText(run.durationMs) : QString(),
            messageOf(run)};
}

} // namespace

QByteArray fanOutTable(const QList<FanOutRun> &runs, const FanOutTableStyle &style)
{
    using enum TextTable::Align;
    TextTable table({{QStringLiteral("WORKSPACE")},
                     {QStringLiteral("STATUS")},
                     {QStringLiteral("CHANGES"), Right},
                     {style.dryRun ? QStringLiteral("LINES") : QStringLiteral("COMMIT")},
                     {QStringLiteral("TIME"), Right},
                     {QStringLiteral("MESSAGE")}});
    QStringList workspaces;
    for (const FanOutRun &run : runs) {
        workspaces.append(run.workspace);
    }
    const QStringList names = workspaceNames(workspaces);
    for (qsizetype i = 0; i < runs.size(); ++i) {
        table.add(cellsOf(runs[i], names[i], style.dryRun), statusColumn, statusColor(runs[i].status));
    }
    return table.text(style.ansi, style.width);
}

QString fanOutSummary(const FanOutCounts &counts)
{
    QStringList parts;
    const auto add = [&parts](qsizetype count, const char *what) {
        if (count > 0) {
            parts.append(QStringLiteral("%1 %2").arg(count).arg(QLatin1String(what)));
        }
    };
    add(counts.ok, "ok");
    add(counts.noop, "noop");
    add(counts.skipped, "skipped");
    add(counts.failed, "failed");
    add(counts.cancelled, "cancelled");
    add(counts.running + counts.waiting, "not started");
    return QStringLiteral("%1 %2: %3")
        .arg(counts.total)
        .arg(counts.total == 1 ? QStringLiteral("workspace") : QStringLiteral("workspaces"),
             parts.join(QStringLiteral(", ")));
}

QString fanOutProgress(const FanOutCounts &counts)
{
    const qsizetype failed = counts.failed + counts.cancelled;
    QString text = QStringLiteral("%1 of %2 done").arg(counts.done()).arg(counts.total);
    text += failed > 0 ? QStringLiteral(", %1 failed").arg(failed) : QString();
    return text + QStringLiteral(", %1 running").arg(counts.running);
}

} // namespace PatchPanel::App
