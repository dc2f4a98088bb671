#pragma once

#include "app/commands/diffstat.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace PatchPanel::App {

// Rows of cells beneath each other, for a terminal. What a cell says cannot control the terminal.
class TextTable {
public:
    enum class Align { Left, Right };
    struct Column {
        QString title;
        Align align = Align::Left;
    };

    explicit TextTable(const QList<Column> &columns);

    // As many cells as there are columns. `color`, a terminal's code, is for the cell at `coloredCell`.
    void add(const QStringList &cells, qsizetype coloredCell = -1, const char *color = "");
    bool isEmpty() const { return m_rows.isEmpty(); }
    // With a line of titles; the last column needs no room behind it, and is cut, with "…", where the line would be
    // wider than `width`; 0: as wide as it wants. UTF-8.
    QByteArray text(Ansi ansi, qsizetype width = 0) const;

private:
    struct Row {
        QStringList cells;
        qsizetype coloredCell;
        const char *color;
    };

    QString line(const Row &row, const QList<qsizetype> &widths, Ansi ansi) const;
    static void cutLast(Row &row, qsizetype room);

    QList<Column> m_columns;
    QList<Row> m_rows;
};

} // namespace PatchPanel::App
