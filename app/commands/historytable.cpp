#include "app/commands/historytable.h"

#include "app/commands/texttable.h"

#include <QDateTime>
#include <QStringList>

namespace PatchPanel::App {

namespace {

constexpr qsizetype statusColumn = 1;
constexpr qsizetype shortCommit = 7;
constexpr const char *green = "\033[32m";
constexpr const char *yellow = "\033[33m";
constexpr const char *red = "\033[31m";

using Storage::HistoryEntry;

// A sign says the same as the colour.
struct StatusLook {
    QChar sign;
    const char *color;
};

StatusLook lookOf(RunStatus status)
{
    switch (status) {
    case RunStatus::Ok:
    case RunStatus::Noop:
    case RunStatus::Skipped:
        return {u'✓', green};
    case RunStatus::Queued:
    case RunStatus::Running:
    case RunStatus::Busy:
    case RunStatus::Stale:
    case RunStatus::Cancelled:
    case RunStatus::AppliedNotCommitted:
        return {u'!', yellow};
    default:
        return {u'✗', red};
    }
}

QList<TextTable::Column> columnsFor(TableScope scope)
{
    using enum TextTable::Align;
    QList<TextTable::Column> columns{{QStringLiteral("WHEN")},
                                     {QStringLiteral("STATUS")},
                                     {QStringLiteral("RUN")},
                                     {QStringLiteral("CHANGES"), Right},
                                     {QStringLiteral("TIME"), Right}};
    if (scope == TableScope::AllWorkspaces) {
        columns.append({QStringLiteral("WORKSPACE")});
    }
    columns.append({QStringLiteral("TASK")});
    return columns;
}

QStringList cellsOf(const HistoryEntry &run, TableScope scope)
{
    QStringList cells{timeText(run.startedMs), statusText(run.status), run.runId, QString::number(run.changes()),
                      durationText(run.durationMs)};
    if (scope == TableScope::AllWorkspaces) {
        cells.append(run.workspace);
    }
    return cells << run.taskName();
}

} // namespace

QByteArray historyTable(const QList<HistoryEntry> &runs, TableScope scope, Ansi ansi)
{
    TextTable table(columnsFor(scope));
    for (const HistoryEntry &run : runs) {
        table.add(cellsOf(run, scope), statusColumn, statusColor(run.status));
    }
    return table.text(ansi);
}

QString statusText(RunStatus status)
{
    return QStringLiteral("%1 %2").arg(lookOf(status).sign).arg(toString(status));
}

const char *statusColor(RunStatus status)
{
    return lookOf(status).color;
}

QString durationText(qint64 milliseconds)
{
    return QStringLiteral("%1 s").arg(static_cast<double>(milliseconds) / 1000, 0, 'f', 1);
}

QString commitText(const QString &id)
{
    return id.left(shortCommit);
}

QString timeText(qint64 msSinceEpoch)
{
    return QDateTime::fromMSecsSinceEpoch(msSinceEpoch).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

} // namespace PatchPanel::App
