#include "app/commands/texttable.h"

#include "app/commands/shownsafely.h"

#include <algorithm>

namespace PatchPanel::App {

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

QByteArray TextTable::text(Ansi ansi) const
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
    for (const Row &row : m_rows) {
        text += line(row, widths, ansi);
    }
    return text.toUtf8();
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
    return cells.join(QStringLiteral("  ")) + u'\n';
}

} // namespace PatchPanel::App
