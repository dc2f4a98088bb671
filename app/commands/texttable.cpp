#include "app/commands/texttable.h"

#include "app/commands/shownsafely.h"

#include <algorithm>
#include <numeric>

namespace PatchPanel::App {

namespace {

const QString gap = QStringLiteral("  ");

} // namespace

TextTable::TextTable(const QList<Column> &columns)
    : m_columns(columns)
{
}

void TextTable::add(const QStringList &cells, qsizetype coloredCell, const char *color)
{
    QStringList safe;
    for (const QString &cell : cells) {
        safe.append(QString::fromUtf8(shownSafely(cell.toUtf8())).replace(u'\n', u' '));
    }
    m_rows.append({safe, coloredCell, color});
}

QByteArray TextTable::text(Ansi ansi, qsizetype width) const
{
    Row titles{.cells = {}, .coloredCell = -1, .color = ""};
    for (const Column &column : m_columns) {
        titles.cells.append(column.title);
    }
    QList<qsizetype> widths(m_columns.size(), 0);
    for (const Row &row : QList{titles} + m_rows) {
        for (qsizetype i = 0; i + 1 < widths.size(); ++i) {
            widths[i] = std::max(widths[i], row.cells[i].size());
        }
    }
    QString text = line(titles, widths, Ansi::Plain);
    const qsizetype before = std::accumulate(widths.begin(), widths.end(), gap.size() * (widths.size() - 1));
    for (Row row : m_rows) {
        if (width > 0) {
            cutLast(row, width - before);
        }
        text += line(row, widths, ansi);
    }
    return text.toUtf8();
}

void TextTable::cutLast(Row &row, qsizetype room)
{
    QString &cell = row.cells.last();
    if (cell.size() > room) {
        cell = cell.left(std::max<qsizetype>(room - 1, 0)) + u'…';
    }
}

QString TextTable::line(const Row &row, const QList<qsizetype> &widths, Ansi ansi) const
{
    QStringList cells;
    for (qsizetype i = 0; i < widths.size(); ++i) {
        QString cell = m_columns[i].align == Align::Right ? row.cells[i].rightJustified(widths[i])
                                                          : row.cells[i].leftJustified(widths[i]);
        if (i == row.coloredCell && ansi == Ansi::Colored) {
            cell = QLatin1String(row.color) + cell + QStringLiteral("\033[0m");
        }
        cells.append(cell);
    }
    return cells.join(gap) + u'\n';
}

} // namespace PatchPanel::App
