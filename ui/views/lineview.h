#pragma once

#include "ui/views/linecopier.h"
#include "ui/views/linefinder.h"
#include "ui/views/linelayout.h"

#include <QAbstractScrollArea>
#include <QAccessible>
#include <QBasicTimer>
#include <QColor>
#include <QElapsedTimer>
#include <QHash>

namespace PatchPanel::Ui {

// A read-only view of any number of lines in a monospaced font. Only the visible lines are asked for, laid out and
// painted; the scroll bar counts lines. Lines may be wrapped. There is a caret, so that text can be selected with the
// keyboard as with the mouse, across pages; it can be copied and searched; a gutter at the left stays where it is. Base
// of the log, diff and raw text views. Assistive technologies read the visible lines. GUI thread.
class LineView : public QAbstractScrollArea {
    Q_OBJECT
public:
    using Position = LinePosition;
    enum class Selection { Drop, Extend };

    explicit LineView(QWidget *parent = nullptr);

    // No lines by itself: Qt asks already while the base is built. Lines firstLine() to lineCount() - 1 can be shown;
    // those before are gone, and the numbers of the others stay as they are.
    virtual qsizetype lineCount() const { return 0; }
    virtual qsizetype firstLine() const { return 0; }
    // The whole line as it can be found and copied. Precondition: firstLine() <= line < lineCount().
    virtual QString lineText(qsizetype) const { return {}; }
    // The line as it is painted: cut when it is very long.
    virtual QString drawnText(qsizetype line) const;

    LineFinder &finder() { return m_finder; }

    qsizetype firstVisibleLine() const;
    qsizetype visibleLineCount() const; // whole rows that fit
    // One behind the last line that can be seen.
    qsizetype visibleEnd() const;
    // Scrolls so that the line can be seen; nothing moves when it can be seen already.
    void showLine(qsizetype line);
    // Brings what find found into sight, and the caret to it.
    void showMatch(const LineMatch &match);
    // The text of the lines that are on the screen now.
    QString visibleText() const;

    // Lines that are wider than the view go on in the next row.
    void setWrapped(bool wrapped);
    bool isWrapped() const { return m_isWrapped; }

    // Where the keyboard moves from. Moving it scrolls so that it can be seen.
    Position caret() const { return m_cursor; }
    void moveCaret(const Position &to, Selection selection);
    // A place of the viewport, one pixel wide; null when it is not on the screen. Precondition: there are lines.
    QRect rectOf(const Position &position) const;

    bool hasSelection() const { return m_anchor != m_cursor; }
    QString selectedText() const;
    void selectAll();
    void copy() { copySelection(LineCopier::Leads::Without); }
    LineCopier &copier() { return m_copier; }

    // Larger or smaller by that many points than the system's font; 0 is the system's.
    void setZoom(int points);
    int zoom() const { return m_zoom; }

    // A monospaced font in the system's size; empty: the system's.
    void setFontFamily(const QString &family);

    virtual QAccessible::Role accessibleRole() const { return QAccessible::EditableText; }

    // What stands in the middle while there are no lines.
    void setEmptyText(const QString &text);

Q_SIGNALS:
    // The user, not the program, moved the view.
    void scrolledByUser(bool toEnd);
    void selectionStarted();
    void zoomChanged(int points);
    void wrappedChanged(bool wrapped);
    // The caret is where the menu was asked for; the view's actions() are about to be shown in it.
    void contextMenuAboutToShow();

protected:
    // Characters from `begin` on, up to the next span, look different from the line.
    struct Span {
        qsizetype begin = 0;
        QColor text;
        QColor background = {}; // invalid: the line's
        bool bold = false;
        bool underline = false;
    };

    struct Look {
        QColor text;
        QColor background = {}; // invalid: none
        std::vector<Span> spans = {}; // in their order
    };

    // Calls `visit` for each of the lines with the text as it is shown, until it returns false.
    virtual void visitLines(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const;
    // Counts matches in those lines on another thread; null where only this one may look at them.
    virtual LineFinder::Counter matchCounter(qsizetype from, qsizetype end) const;
    // What find marks: the matches in a line's text, and the chosen one (null: none).
    virtual std::vector<TextMatcher::Span> matchesIn(const QString &text) const { return m_finder.matchesIn(text); }
    virtual const LineMatch *chosenMatch() const { return m_finder.current(); }
    // What copying with leads puts before a line.
    virtual QString leadOf(qsizetype) const { return {}; }
    void copySelection(LineCopier::Leads leads);
    virtual Look lookOf(qsizetype line) const;
    virtual int gutterWidth() const { return 0; }
    virtual void paintGutter(QPainter &painter, qsizetype line, const QRect &area) const;

    // The lines are other ones: forget selection and matches.
    void linesReplaced();
    // Lines were added at the end, or some at the front are gone.
    void linesAdded();

    // Shows the last lines.
    void scrollToEnd();
    // The gutter has another width, or the same lines look different.
    void relayout();

    // On the baseline of the row that begins at `top`, at the left or the right of `from` to `from + width`.
    void drawInGutter(QPainter &painter, int top, qreal from, qreal width, Qt::AlignmentFlag side,
                      const QString &text) const;

    int lineHeight() const { return m_lineHeight; }
    qreal characterWidth() const { return m_characterWidth; }

    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    friend class AccessibleLines;

    // A row of a line on the screen.
    struct Place {
        qsizetype line = 0;
        qsizetype row = 0;
        auto operator<=>(const Place &) const = default;
    };
    // One row while it is painted.
    struct Row {
        qsizetype line;
        const LineLayout &layout;
        qsizetype number;
        int top; // pixels
        qsizetype from; // the columns that can be seen
        qsizetype to;
    };
    enum class Reveal { Nearest, Centred };

    void measureFont();
    int baselineOf(int top) const;
    void updateScrollBars();
    qreal textWidth() const;
    qreal textLeft() const;

    LineLayout layoutOf(qsizetype line) const;
    qsizetype rowsOf(qsizetype line) const;
    Place movedBy(Place place, qsizetype rows) const;
    Place placeOf(const Position &position) const;
    Place top() const;
    Place lastTop() const;
    void setTop(const Place &place);
    bool isOnScreen(const Place &place) const;
    void reveal(const Position &position, Reveal how);
    void revealColumn(const Position &position);

    void paintLine(QPainter &painter, qsizetype line, const LineLayout &layout, int top);
    void paintBackgrounds(QPainter &painter, const Row &row, const Look &look) const;
    void paintMarks(QPainter &painter, const Row &row, const std::vector<TextMatcher::Span> &matches) const;
    void paintText(QPainter &painter, const Row &row, const Look &look) const;
    void paintPiece(QPainter &painter, const Row &row, qsizetype from, qsizetype to) const;
    void fillColumns(QPainter &painter, const Row &row, qsizetype from, qsizetype to, const QColor &color) const;

    Position positionAt(const QPoint &point) const;
    Position clamped(Position position) const;
    void select(const Position &position);

    bool moveByKey(const QKeyEvent &event);
    Position startOfMove(bool up) const;
    void moveRows(qsizetype rows, Selection selection);
    void movePages(int pages, Selection selection);
    Position besides(Position position, int characters) const;

    LineFinder m_finder;
    LineCopier m_copier;
    QString m_emptyText;
    int m_lineHeight = 1;
    qreal m_characterWidth = 1;
    int m_zoom = 0;
    QString m_fontFamily; // empty: the system's
    qreal m_widest = 0; // pixels, of the lines painted so far
    bool m_isWrapped = false;
    qsizetype m_topRow = 0; // of the first visible line
    bool m_isMovingTop = false;
    int m_wheelAngle = 0; // not yet scrolled by
    mutable QHash<qsizetype, LineLayout> m_shaped; // of lines that are costly to lay out
    Position m_anchor;
    Position m_cursor;
    qreal m_goalX = -1; // where moving up and down goes to in each row; negative: where the caret is
    QElapsedTimer m_sinceTold; // assistive technologies, of other lines
    QBasicTimer m_dragScroll;
};

} // namespace PatchPanel::Ui
