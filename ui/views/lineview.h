#pragma once

#include "ui/views/linefinder.h"

#include <QAbstractScrollArea>
#include <QBasicTimer>
#include <QColor>

namespace PatchPanel::Ui {

// A read-only view of any number of lines in a monospaced font with one fixed height. Only the visible lines are asked
// for and painted; the scroll bar counts lines. Text can be selected across pages, copied and searched; a gutter at
// the left stays where it is. Base of the log, diff and raw text views. GUI thread.
class LineView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit LineView(QWidget *parent = nullptr);

    // No lines by itself: Qt asks already while the base is built. Lines firstLine() to lineCount() - 1 can be shown;
    // those before are gone, and the numbers of the others stay as they are.
    virtual qsizetype lineCount() const { return 0; }
    virtual qsizetype firstLine() const { return 0; }
    // The whole line as it can be found and copied. Precondition: firstLine() <= line < lineCount().
    virtual QString lineText(qsizetype) const { return {}; }

    LineFinder &finder() { return m_finder; }

    qsizetype firstVisibleLine() const;
    qsizetype visibleLineCount() const; // whole lines that fit
    // Scrolls so that the line can be seen; nothing moves when it can be seen already.
    void showLine(qsizetype line);
    // The text of the lines that are on the screen now.
    QString visibleText() const;

    bool hasSelection() const { return m_anchor != m_cursor; }
    QString selectedText() const;
    void selectAll();
    void copy() const;

    // Larger or smaller by that many points than the system's font; 0 is the system's.
    void setZoom(int points);
    int zoom() const { return m_zoom; }

    // What stands in the middle while there are no lines.
    void setEmptyText(const QString &text);

Q_SIGNALS:
    // The user, not the program, moved the view.
    void scrolledByUser(bool toEnd);
    void selectionStarted();

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

    // What is drawn of a line: at most drawnLineLimit characters. To be overridden where making the whole of lineText()
    // could take long.
    virtual QString drawnText(qsizetype line) const;
    // Calls `visit` for each of the lines with the text as it is shown, until it returns false.
    virtual void visitLines(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const;
    // The same with `lead` before each line.
    QString selectedText(const std::function<QString(qsizetype line)> &lead) const;
    virtual Look lookOf(qsizetype line) const;
    virtual int gutterWidth() const { return 0; }
    virtual void paintGutter(QPainter &painter, qsizetype line, const QRect &area) const;

    // The lines are other ones: forget selection and matches.
    void linesReplaced();
    // Lines were added at the end, or some at the front are gone.
    void linesAdded();

    int lineHeight() const { return m_lineHeight; }
    qreal characterWidth() const { return m_characterWidth; }

    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    struct Position {
        qsizetype line = 0;
        qsizetype column = 0;
        auto operator<=>(const Position &) const = default;
    };

    void measureFont();
    void updateScrollBars();
    void paintLine(QPainter &painter, qsizetype line, int top);
    void paintMarks(QPainter &painter, qsizetype line, const QString &text, int top);
    void paintText(QPainter &painter, const QString &text, const Look &look, int top) const;
    void paintPiece(QPainter &painter, const QString &text, qsizetype from, qsizetype to, int top) const;
    void fillColumns(QPainter &painter, const QString &text, qsizetype from, qsizetype to, int top,
                     const QColor &color) const;
    qreal offsetOf(const QString &text, qsizetype column) const;
    qreal textLeft() const;
    Position positionAt(const QPoint &point) const;
    void selectTo(const Position &position);

    LineFinder m_finder;
    QString m_emptyText;
    int m_lineHeight = 1;
    qreal m_characterWidth = 1;
    int m_zoom = 0;
    qreal m_widest = 0; // pixels, of the lines painted so far
    Position m_anchor;
    Position m_cursor;
    QBasicTimer m_dragScroll;
};

} // namespace PatchPanel::Ui
