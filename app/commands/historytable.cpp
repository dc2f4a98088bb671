#include "app/commands/historytable.h"

#include "app/commands/shownsafely.h"

#include <algorithm>
#include <array>

namespace PatchPanel::App {

namespace {

constexpr qsizetype columnCount = 6;
constexpr qsizetype statusColumn = 1;
constexpr const char *green = "\033[32m";
constexpr const char *yellow = "\033[33m";
constexpr const char *red = "\033[31m";

using Cells = std::array<QString, columnCount>;

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

QString durationText(qint64 milliseconds)
{
    return QStringLiteral("%1 s").arg(static_cast<double>(milliseconds) / 1000, 0, 'f', 1);
}

Cells cellsOf(const RunSummary &run)
{
    return {run.startedAt.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
            QStringLiteral("%1 %2").arg(lookOf(run.status).sign).arg(toString(run.status)),
            run.runId,
            QString::number(run.changes),
            durationText(run.durationMs),
            QString::fromUtf8(shownSafely(run.task.toUtf8()))};
}

QString padded(const QString &text, qsizetype column, qsizetype width)
{
    const bool isNumber = column == 3 || column == 4;
    return isNumber ? text.rightJustified(width) : text.leftJustified(width);
}

} // namespace

QByteArray historyTable(const QList<RunSummary> &runs, Ansi ansi)
{
    QList<Cells> rows{{QStringLiteral("WHEN"), QStringLiteral("STATUS"), QStringLiteral("RUN"),
                       QStringLiteral("CHANGES"), QStringLiteral("TIME"), QStringLiteral("TASK")}};
    std::transform(runs.begin(), runs.end(), std::back_inserter(rows), cellsOf);
    std::array<qsizetype, columnCount> widths = {};
    for (const Cells &cells : rows) {
        for (std::size_t i = 0; i + 1 < columnCount; ++i) { // the last one needs no room behind it
            widths[i] = std::max(widths[i], cells[i].size());
        }
    }
    QString text;
    for (qsizetype row = 0; row < rows.size(); ++row) {
        QStringList cells;
        for (qsizetype i = 0; i < columnCount; ++i) {
            const auto at = static_cast<std::size_t>(i);
            QString cell = padded(rows[row][at], i, widths[at]);
            if (i == statusColumn && row > 0 && ansi == Ansi::Colored) {
                cell = QLatin1String(lookOf(runs[row - 1].status).color) + cell + QStringLiteral("\033[0m");
            }
            cells.append(cell);
        }
        text += cells.join(QStringLiteral("  ")) + u'\n';
    }
    return text.toUtf8();
}

} // namespace PatchPanel::App
