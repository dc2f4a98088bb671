#pragma once

#include "ui/models/diffrows.h"
#include "ui/models/wordmarks.h"
#include "ui/views/lineview.h"

#include <QHash>

namespace PatchPanel::Ui {

// The rows of a diff, or one side of them, with line numbers; what differs within a pair of lines is marked. A click
// into the gutter beside a hunk's header asks for the lines around it. GUI thread.
class DiffColumn : public LineView {
    Q_OBJECT
public:
    enum class Side { Both, Before, After };

    explicit DiffColumn(QWidget *parent = nullptr);

    // `expandable`: the lines between the hunks can be had.
    void setRows(const std::shared_ptr<const DiffRows> &rows, Side side, bool expandable);
    // Marks the change that begins at this row; -1: none.
    void setCurrentChange(int row);
    // What marks its matches: find looks through both sides of a diff at once. Must outlive it.
    void setFinder(const LineFinder *finder) { m_find = finder; }
    // The match that was gone to; its line is a row.
    void setChosenMatch(const std::optional<LineMatch> &match);
    // Of the row; -1: it belongs to none.
    int hunkAt(qsizetype row) const;
    // The row at a point of the viewport; -1: none is there.
    qsizetype rowAt(const QPoint &point) const;
    // Whether the row is the header of a hunk with more lines before it.
    bool canExpand(qsizetype row) const;
    // Whether the row shows a line that the other side does not.
    bool standsAlone(qsizetype row) const;
    // Calls `use` with the text of the row as it is shown.
    void withText(qsizetype row, const std::function<void(QByteArrayView utf8)> &use) const;

    qsizetype lineCount() const override { return m_rows ? static_cast<qsizetype>(m_rows->rows.size()) : 0; }
    QString lineText(qsizetype row) const override;
    QString drawnText(qsizetype row) const override;

Q_SIGNALS:
    void expandRequested(int hunk);
    void menuRequested(const QPoint &globalPosition, qsizetype row);

protected:
    std::vector<TextMatcher::Span> matchesIn(const QString &text) const override;
    const LineMatch *chosenMatch() const override { return m_chosen ? &*m_chosen : nullptr; }
    Look lookOf(qsizetype row) const override;
    int gutterWidth() const override;
    void paintGutter(QPainter &painter, qsizetype row, const QRect &area) const override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    const DiffLine *lineAt(qsizetype row) const;
    QString decorated(const DiffLine &line, const QString &text) const;
    std::vector<Span> spansOf(const DiffLine &line) const;
    const WordMarks &marksOf(const DiffLine &removed) const;
    bool isInCurrentChange(qsizetype row) const;

    std::shared_ptr<const DiffRows> m_rows;
    Side m_side = Side::Both;
    bool m_expandable = false;
    int m_numberColumns = 3;
    int m_currentBegin = -1;
    int m_currentEnd = -1;
    const LineFinder *m_find = nullptr;
    std::optional<LineMatch> m_chosen;
    mutable QHash<int, WordMarks> m_marks; // by the removed line; of those that were seen
};

} // namespace PatchPanel::Ui
