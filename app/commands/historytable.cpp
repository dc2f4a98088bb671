#include "app/commands/historytable.h"

#include "app/commands/shownsafely.h"

#include <QDateTime>
#include <QStringList>

#include <algorithm>

namespace PatchPanel::App {

namespace {

constexpr qsizetype statusColumn = 1;
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

QString safe(const QString &text)
{
    return QString::fromUtf8(shownSafely(text.toUtf8()));
}

QStringList titles(TableScope scope)
{
    QStringList cells{QStringLiteral("WHEN"), QStringLiteral("STATUS"), QStringLiteral("RUN"),
                      QStringLiteral("CHANGES"), QStringLiteral("TIME")};
    if (scope == TableScope::AllWorkspaces) {
        cells.append(QStringLiteral("WORKSPACE"));
    }
    return cells << QStringLiteral("TASK");
}

QStringList cellsOf(const HistoryEntry &run, TableScope scope)
{
    QStringList cells{timeText(run.startedMs),
                      QStringLiteral("%1 %2").arg(lookOf(run.status).sign).arg(toString(run.status)), run.runId,
                      QString::number(run.changes()), durationText(run.durationMs)};
    if (scope == TableScope::AllWorkspaces) {
        cells.append(safe(run.workspace));
    }
    return cells << safe(run.taskName());
}

// The last column needs no room behind it.
QList<qsizetype> widthsOf(const QList<QStringList> &rows)
{
    QList<qsizetype> widths(rows.first().size(), 0);
    for (const QStringList &cells : rows) {
        for (qsizetype i = 0; i + 1 < cells.size(); ++i) {
            widths[i] = std::max(widths[i], cells[i].size());
        }
    }
    return widths;
}

QString padded(const QString &text, qsizetype column, qsizetype width)
{
    const bool isNumber = column == 3 || column == 4;
    return isNumber ? text.rightJustified(width) : text.leftJustified(width);
}

} // namespace

QByteArray historyTable(const QList<HistoryEntry> &runs, TableScope scope, Ansi ansi)
{
    QList<QStringList> rows{titles(scope)};
    for (const HistoryEntry &run : runs) {
        rows.append(cellsOf(run, scope));
    }
    const QList<qsizetype> widths = widthsOf(rows);
    QString text;
    for (qsizetype row = 0; row < rows.size(); ++row) {
        QStringList cells;
        for (qsizetype i = 0; i < widths.size(); ++i) {
            QString cell = padded(rows[row][i], i, widths[i]);
            if (i == statusColumn && row > 0 && ansi == Ansi::Colored) {
                cell = QLatin1String(lookOf(runs[row - 1].status).color) + cell + QStringLiteral("\033[0m");
            }
            cells.append(cell);
        }
        text += cells.join(QStringLiteral("  ")) + u'\n';
    }
    return text.toUtf8();
}

QString durationText(qint64 milliseconds)
{
    return QStringLiteral("%1 s").arg(static_cast<double>(milliseconds) / 1000, 0, 'f', 1);
}

QString timeText(qint64 msSinceEpoch)
{
    return QDateTime::fromMSecsSinceEpoch(msSinceEpoch).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

} // namespace PatchPanel::App
