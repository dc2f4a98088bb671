// What keys and the mouse do in a line view.

#include "ui/views/lineview.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr int rowsPerWheelStep = 3;

bool isWordCharacter(QChar c)
{
    return c.isLetterOrNumber() || c == QLatin1Char('_');
}

} // namespace

void LineView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
        return;
    }
    if (event->key() == Qt::Key_Escape && m_copier.isCopying()) {
        m_copier.cancel();
        return;
    }
    if (lineCount() <= firstLine() || !moveByKey(*event)) {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

// False when the key does not move the caret.
bool LineView::moveByKey(const QKeyEvent &event)
{
    const Qt::KeyboardModifiers modifiers = event.modifiers() & ~Qt::KeypadModifier;
    if ((modifiers & ~(Qt::ShiftModifier | Qt::ControlModifier)) != Qt::NoModifier) {
        return false;
    }
    const bool isWhole = modifiers.testFlag(Qt::ControlModifier);
    const bool selects = modifiers.testFlag(Qt::ShiftModifier);
    const Selection selection = selects ? Selection::Extend : Selection::Drop;
    const int key = event.key();
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Right:
        moveCaret(besides(startOfMove(key == Qt::Key_Left), key == Qt::Key_Left ? -1 : 1), selection);
        break;
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (isWhole) {
            setTop(movedBy(top(), key == Qt::Key_Up ? -1 : 1));
        } else {
            moveRows(key == Qt::Key_Up ? -1 : 1, selection);
        }
        break;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        movePages(key == Qt::Key_PageUp ? -1 : 1, selection);
        break;
    case Qt::Key_Home:
        moveCaret(selects && !isWhole ? Position{startOfMove(true).line, 0} : Position{firstLine(), 0}, selection);
        break;
    case Qt::Key_End:
        if (selects) {
            const qsizetype line = isWhole ? lineCount() - 1 : startOfMove(false).line;
            moveCaret({line, drawnText(line).size()}, selection);
        } else {
            moveCaret({lineCount() - 1, 0}, selection);
            scrollToEnd();
        }
        break;
    default:
        return false;
    }
    const bool forward = key == Qt::Key_Down || key == Qt::Key_PageDown || key == Qt::Key_End;
    const bool fits = verticalScrollBar()->minimum() == verticalScrollBar()->maximum();
    Q_EMIT scrolledByUser(!selects && top() >= lastTop() && (forward || fits));
    return true;
}

// The caret, or where the screen begins (ends) when it is elsewhere.
LineView::Position LineView::startOfMove(bool up) const
{
    const Position caret = clamped(m_cursor);
    if (isOnScreen(placeOf(caret))) {
        return caret;
    }
    return {up ? visibleEnd() - 1 : firstVisibleLine(), 0};
}

void LineView::moveRows(qsizetype rows, Selection selection)
{
    const Position caret = clamped(m_cursor);
    const Position from = startOfMove(rows < 0);
    if (from != caret && selection == Selection::Drop) {
        moveCaret(from, selection); // it comes to where the user looks first
        return;
    }
    const Place place = placeOf(from);
    const qreal x = m_goalX >= 0 ? m_goalX : layoutOf(from.line).xOf(place.row, from.column);
    const Place to = movedBy(place, rows);
    const LineLayout layout = layoutOf(to.line);
    qsizetype column = layout.columnAt(to.row, x);
    if (to.row + 1 < layout.rowCount()) {
        column = std::min(column, layout.rowEnd(to.row) - 1); // the end of a row is the beginning of the next
    }
    moveCaret({to.line, column}, selection);
    m_goalX = x;
}

void LineView::movePages(int pages, Selection selection)
{
    const qsizetype rows = std::max<qsizetype>(1, visibleLineCount() - 1) * pages;
    const Position from = startOfMove(pages < 0);
    if (selection == Selection::Drop) {
        m_anchor = from;
    }
    m_cursor = from;
    setTop(movedBy(top(), rows));
    const Place to = movedBy(placeOf(from), rows);
    moveCaret({to.line, layoutOf(to.line).rowBegin(to.row)}, selection);
}

LineView::Position LineView::besides(Position position, int characters) const
{
    const QString text = drawnText(position.line);
    position.column += characters;
    if (position.column > 0 && position.column < text.size() && text[position.column].isLowSurrogate()) {
        position.column += characters; // not between the halves of a character
    }
    if (position.column < 0 && position.line > firstLine()) {
        return {position.line - 1, drawnText(position.line - 1).size()};
    }
    if (position.column > text.size() && position.line + 1 < lineCount()) {
        return {position.line + 1, 0};
    }
    return {position.line, std::clamp<qsizetype>(position.column, 0, text.size())};
}

// By rows where lines are wrapped; the scroll bar would pass over those of a long line.
void LineView::wheelEvent(QWheelEvent *event)
{
    if (!m_isWrapped || event->angleDelta().y() == 0 || event->modifiers() != Qt::NoModifier) {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    constexpr int angleOfStep = 120;
    m_wheelAngle += event->angleDelta().y() * rowsPerWheelStep;
    setTop(movedBy(top(), -(m_wheelAngle / angleOfStep)));
    m_wheelAngle %= angleOfStep;
    Q_EMIT scrolledByUser(top() >= lastTop());
    event->accept();
}

void LineView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || lineCount() == firstLine()) {
        return;
    }
    const Position position = positionAt(event->pos());
    if (!event->modifiers().testFlag(Qt::ShiftModifier)) {
        m_anchor = position;
    }
    select(position);
}

void LineView::mouseMoveEvent(QMouseEvent *event)
{
    if (!event->buttons().testFlag(Qt::LeftButton) || lineCount() == firstLine()) {
        return;
    }
    select(positionAt(event->pos()));
    constexpr int dragScrollMs = 40;
    if (viewport()->rect().contains(event->pos())) {
        m_dragScroll.stop();
    } else if (!m_dragScroll.isActive()) {
        m_dragScroll.start(dragScrollMs, this);
    }
}

void LineView::mouseReleaseEvent(QMouseEvent *)
{
    m_dragScroll.stop();
}

void LineView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (lineCount() == firstLine()) {
        return;
    }
    const Position position = positionAt(event->pos());
    const QString text = drawnText(position.line);
    qsizetype from = position.column;
    qsizetype to = position.column;
    while (from > 0 && isWordCharacter(text[from - 1])) {
        --from;
    }
    while (to < text.size() && isWordCharacter(text[to])) {
        ++to;
    }
    m_anchor = {position.line, from};
    select({position.line, to});
}

void LineView::contextMenuEvent(QContextMenuEvent *event)
{
    QPoint where = event->globalPos();
    if (event->reason() != QContextMenuEvent::Mouse) {
        const QRect caret = lineCount() > firstLine() ? rectOf(m_cursor) : QRect();
        where = viewport()->mapToGlobal(caret.isNull() ? viewport()->rect().center() : caret.bottomLeft());
    } else if (lineCount() > firstLine()) {
        const Position position = positionAt(event->pos());
        const auto [from, to] = std::minmax(m_anchor, m_cursor);
        if (position < from || position > to) {
            moveCaret(position, Selection::Drop);
            Q_EMIT scrolledByUser(false); // what the menu is about stays where it is
        }
    }
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), this, &LineView::copy)->setEnabled(hasSelection());
    menu->addAction(tr("Select All"), this, &LineView::selectAll)->setEnabled(lineCount() > firstLine());
    Q_EMIT contextMenuAboutToShow();
    menu->addActions(actions());
    menu->popup(where);
}

void LineView::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_dragScroll.timerId()) {
        QAbstractScrollArea::timerEvent(event);
        return;
    }
    const QPoint pointer = viewport()->mapFromGlobal(QCursor::pos());
    QScrollBar *bar = verticalScrollBar();
    bar->triggerAction(pointer.y() < 0 ? QAbstractSlider::SliderSingleStepSub : QAbstractSlider::SliderSingleStepAdd);
    select(positionAt(pointer));
}

} // namespace PatchPanel::Ui
