#pragma once

#include "ui/views/linefinder.h"

#include <QObject>

namespace PatchPanel::Ui {

class DiffColumn;

// Find in a diff: over its rows in one column, or row by row over both sides, where a line that stands on both counts
// once. GUI thread; owned by the view of the columns.
class DiffFind : public QObject {
    Q_OBJECT
public:
    DiffFind(DiffColumn *before, DiffColumn *after, QObject *parent);

    LineFinder &finder() { return m_finder; }
    // The line of the finder at the top of what can be seen.
    qsizetype firstVisibleLine() const;
    // The columns show other rows.
    void restart(bool sideBySide);

private:
    qsizetype rowOf(qsizetype line) const { return m_sideBySide ? line / 2 : line; }
    DiffColumn *columnOf(qsizetype line) const;
    QString textOf(qsizetype line) const;
    void visit(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const;
    bool isCounted(qsizetype line) const;
    void show(const LineMatch &match);

    DiffColumn *m_before;
    DiffColumn *m_after; // the single column, too
    bool m_sideBySide = false;
    LineFinder m_finder;
};

} // namespace PatchPanel::Ui
