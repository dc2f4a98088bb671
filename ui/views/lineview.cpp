#include "ui/views/lineview.h"

#include "ui/models/displaytext.h"
#include "ui/style/colors.h"
#include "ui/views/accessiblelines.h"

#include <QContextMenuEvent>
#include <QFontDatabase>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace PatchPanel::Ui {

namespace {

constexpr int leading = 3; // pixels between lines
constexpr int smallestPoints = 6;
constexpr int largestPoints = 40;
constexpr int textMargin = 6; // pixels left of the text
constexpr qsizetype shapedLinesKept = 256;

} // namespace

LineView::LineView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_finder(
          {[this] { return firstLine(); }, [this] { return lineCount(); },
           [this](qsizetype line) { return lineText(line); },
           [this](qsizetype from, qsizetype end, const LineFinder::Visitor &visit) { visitLines(from, end, visit); },
           [this](qsizetype from, qsizetype end) {
               return matchCounter(from, end);
           }})
    , m_copier(
          {[this](qsizetype from, qsizetype end, const LineFinder::Visitor &visit) { visitLines(from, end, visit); },
           [this](qsizetype line) { return leadOf(line); },
           [this](qsizetype line) {
               return drawnText(line);
           }})
{
    AccessibleLines::install();
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setLayoutDirection(Qt::LeftToRight); // logs and diffs are, whatever the language of the window
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setAutoFillBackground(true);
    viewport()->setCursor(Qt::IBeamCursor);
    measureFont();
    connect(&m_finder, &LineFinder::changed, viewport(), qOverload<>(&QWidget::update));
    connect(&m_finder, &LineFinder::currentChanged, this, &LineView::showMatch);
    for (QScrollBar *bar : {verticalScrollBar(), horizontalScrollBar()}) {
        bar->setFocusPolicy(Qt::NoFocus);
    }
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        const QScrollBar *bar = verticalScrollBar();
        Q_EMIT scrolledByUser(bar->sliderPosition() >= bar->maximum());
    });
}

qsizetype LineView::firstVisibleLine() const
{
    return verticalScrollBar()->value();
}

qsizetype LineView::visibleLineCount() const
{
    return std::max(1, viewport()->height() / m_lineHeight);
}

qsizetype LineView::visibleEnd() const
{
    if (lineCount() <= firstLine()) {
        return firstVisibleLine();
    }
    return movedBy(top(), visibleLineCount() - 1).line + 1;
}

void LineView::showLine(qsizetype line)
{
    if (!isOnScreen({line, 0})) {
        setTop(movedBy({line, 0}, -visibleLineCount() / 2));
    }
}

void LineView::showMatch(const LineMatch &match)
{
    if (!hasSelection()) {
        m_cursor = {match.line, match.column};
        m_anchor = m_cursor;
    }
    reveal({match.line, match.column + match.length}, Reveal::Centred);
    reveal({match.line, match.column}, Reveal::Centred);
}

QString LineView::visibleText() const
{
    QStringList lines;
    const qsizetype end = visibleEnd();
    for (qsizetype line = firstVisibleLine(); line < end; ++line) {
        lines.append(lineText(line));
    }
    return lines.join(QLatin1Char('\n'));
}

QString LineView::drawnText(qsizetype line) const
{
    return clippedText(lineText(line));
}

void LineView::setWrapped(bool wrapped)
{
    if (wrapped == m_isWrapped) {
        return;
    }
    const bool isAtEnd = top() >= lastTop();
    m_isWrapped = wrapped;
    m_topRow = 0;
    horizontalScrollBar()->setValue(0);
    relayout();
    if (isAtEnd) {
        scrollToEnd();
    }
    Q_EMIT wrappedChanged(wrapped);
}

void LineView::moveCaret(const Position &to, Selection selection)
{
    m_goalX = -1;
    m_cursor = clamped(to);
    if (selection == Selection::Drop) {
        m_anchor = m_cursor;
    }
    if (hasSelection()) {
        Q_EMIT selectionStarted();
    }
    reveal(m_cursor, Reveal::Nearest);
    viewport()->update();
    AccessibleLines::tellCaret(*this);
}

QRect LineView::rectOf(const Position &position) const
{
    const Position within = clamped(position);
    const Place place = placeOf(within);
    if (!isOnScreen(place)) {
        return {};
    }
    qsizetype rows = place.row - m_topRow;
    for (qsizetype line = firstVisibleLine(); line < place.line; ++line) {
        rows += rowsOf(line);
    }
    const qreal x = textLeft() + layoutOf(within.line).xOf(place.row, within.column);
    return {static_cast<int>(x), static_cast<int>(rows) * m_lineHeight, 1, m_lineHeight};
}

QString LineView::selectedText() const
{
    const Position from = std::max(std::min(m_anchor, m_cursor), Position{firstLine(), 0});
    const Position to = std::max(m_anchor, m_cursor);
    if (from >= to || to.line >= lineCount()) {
        return {};
    }
    if (from.line == to.line) {
        return lineText(from.line).mid(from.column, to.column - from.column);
    }
    QString text = lineText(from.line).mid(from.column);
    for (qsizetype line = from.line + 1; line < to.line; ++line) {
        text += QLatin1Char('\n') + lineText(line);
    }
    return text + QLatin1Char('\n') + lineText(to.line).left(to.column);
}

void LineView::selectAll()
{
    if (lineCount() == firstLine()) {
        return;
    }
    m_anchor = {firstLine(), 0};
    select({lineCount() - 1, drawnText(lineCount() - 1).size()});
}

void LineView::copySelection(LineCopier::Leads leads)
{
    if (!hasSelection() || lineCount() <= firstLine()) {
        return;
    }
    const auto [from, to] = std::minmax(clamped(m_anchor), clamped(m_cursor));
    if (from != to) {
        m_copier.start(from, to, leads);
    }
}

void LineView::setZoom(int points)
{
    QFont zoomed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    m_zoom = std::clamp(points, smallestPoints - zoomed.pointSize(), largestPoints - zoomed.pointSize());
    zoomed.setPointSize(zoomed.pointSize() + m_zoom);
    if (!m_fontFamily.isEmpty()) {
        zoomed.setFamily(m_fontFamily);
    }
    setFont(zoomed);
    Q_EMIT zoomChanged(m_zoom);
}

void LineView::setFontFamily(const QString &family)
{
    m_fontFamily = family;
    setZoom(m_zoom);
}

void LineView::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

void LineView::visitLines(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const
{
    for (qsizetype line = from; line < end; ++line) {
        if (!visit(line, lineText(line).toUtf8())) {
            return;
        }
    }
}

LineFinder::Counter LineView::matchCounter(qsizetype, qsizetype) const
{
    return nullptr;
}

LineView::Look LineView::lookOf(qsizetype) const
{
    return {colorsFor(palette()).text};
}

void LineView::paintGutter(QPainter &, qsizetype, const QRect &) const { }

void LineView::linesReplaced()
{
    m_copier.cancel();
    m_anchor = {};
    m_cursor = {};
    m_widest = 0;
    m_topRow = 0;
    m_shaped.clear();
    updateScrollBars();
    verticalScrollBar()->setValue(verticalScrollBar()->minimum());
    horizontalScrollBar()->setValue(0);
    m_finder.restart();
    viewport()->update();
    AccessibleLines::tellText(*this, m_sinceTold);
}

void LineView::linesAdded()
{
    updateScrollBars();
    m_finder.resume();
    viewport()->update();
    AccessibleLines::tellText(*this, m_sinceTold);
}

void LineView::scrollToEnd()
{
    setTop(lastTop());
}

void LineView::relayout()
{
    m_shaped.clear();
    m_widest = 0;
    updateScrollBars();
    viewport()->update();
}

void LineView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    if (m_isWrapped) {
        m_shaped.clear();
    }
    updateScrollBars();
}

void LineView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        measureFont();
        relayout();
    }
}

void LineView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void LineView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void LineView::scrollContentsBy(int, int dy)
{
    if (dy != 0 && !m_isMovingTop) {
        const bool isAtEnd = m_isWrapped && verticalScrollBar()->value() == verticalScrollBar()->maximum();
        m_topRow = isAtEnd ? lastTop().row : 0;
    }
    viewport()->update();
}

void LineView::measureFont()
{
    constexpr int sample = 100; // averages out rounding
    const QFontMetricsF metrics(font());
    m_lineHeight = static_cast<int>(std::ceil(metrics.height())) + leading;
    m_characterWidth = metrics.horizontalAdvance(QString(sample, QLatin1Char('M'))) / sample;
}

void LineView::updateScrollBars()
{
    verticalScrollBar()->setPageStep(static_cast<int>(visibleLineCount()));
    const Place last = lastTop();
    verticalScrollBar()->setRange(static_cast<int>(firstLine()), static_cast<int>(last.line));
    if (m_topRow > 0 && (firstVisibleLine() > last.line || top() > last)) {
        m_topRow = last.row;
    }
    const int width = static_cast<int>(textWidth());
    horizontalScrollBar()->setPageStep(std::max(1, width));
    horizontalScrollBar()->setSingleStep(static_cast<int>(m_characterWidth * 4));
    horizontalScrollBar()->setRange(0, m_isWrapped ? 0 : std::max(0, static_cast<int>(std::ceil(m_widest)) - width));
}

qreal LineView::textWidth() const
{
    return viewport()->width() - gutterWidth() - 2 * textMargin;
}

qreal LineView::textLeft() const
{
    return gutterWidth() + textMargin - horizontalScrollBar()->value();
}

LineLayout LineView::layoutOf(qsizetype line) const
{
    QString text = drawnText(line);
    const auto known = m_shaped.constFind(line);
    if (known != m_shaped.constEnd() && known->text() == text) {
        return *known;
    }
    const LineLayout layout(std::move(text),
                            {font(), m_characterWidth, m_isWrapped ? std::max(m_characterWidth, textWidth()) : 0});
    if (layout.isShaped()) {
        if (m_shaped.size() >= shapedLinesKept) {
            m_shaped.clear();
        }
        m_shaped.insert(line, layout);
    }
    return layout;
}

qsizetype LineView::rowsOf(qsizetype line) const
{
    return m_isWrapped ? layoutOf(line).rowCount() : 1;
}

// Not beyond the first and the last row. Precondition: there are lines.
LineView::Place LineView::movedBy(Place place, qsizetype rows) const
{
    const qsizetype first = firstLine();
    const qsizetype last = lineCount() - 1;
    if (!m_isWrapped) {
        return {std::clamp(place.line + rows, first, std::max(first, last)), 0};
    }
    while (rows > 0) {
        const qsizetype left = rowsOf(place.line) - 1 - place.row;
        if (rows <= left || place.line >= last) {
            return {place.line, place.row + std::min(rows, left)};
        }
        rows -= left + 1;
        place = {place.line + 1, 0};
    }
    while (rows < 0) {
        if (-rows <= place.row) {
            return {place.line, place.row + rows};
        }
        if (place.line <= first) {
            return {first, 0};
        }
        rows += place.row + 1;
        place = {place.line - 1, rowsOf(place.line - 1) - 1};
    }
    return place;
}

LineView::Place LineView::placeOf(const Position &position) const
{
    return {position.line, m_isWrapped ? layoutOf(position.line).rowOf(position.column) : 0};
}

LineView::Place LineView::top() const
{
    return {firstVisibleLine(), m_topRow};
}

// The top when the last row is at the bottom.
LineView::Place LineView::lastTop() const
{
    if (lineCount() <= firstLine()) {
        return {firstLine(), 0};
    }
    const qsizetype last = lineCount() - 1;
    return movedBy({last, rowsOf(last) - 1}, 1 - visibleLineCount());
}

void LineView::setTop(const Place &place)
{
    const Place first{firstLine(), 0};
    const Place to = std::clamp(place, first, std::max(first, lastTop()));
    m_isMovingTop = true;
    m_topRow = to.row;
    verticalScrollBar()->setValue(static_cast<int>(to.line));
    m_isMovingTop = false;
    viewport()->update();
}

bool LineView::isOnScreen(const Place &place) const
{
    return place >= top() && place <= movedBy(top(), visibleLineCount() - 1);
}

void LineView::reveal(const Position &position, Reveal how)
{
    const Place place = placeOf(position);
    if (!isOnScreen(place)) {
        const qsizetype rowsAbove = how == Reveal::Centred ? visibleLineCount() / 2
            : place < top()                                ? 0
                                                           : visibleLineCount() - 1;
        setTop(movedBy(place, -rowsAbove));
    }
    if (!m_isWrapped) {
        revealColumn(position);
    }
}

void LineView::revealColumn(const Position &position)
{
    const LineLayout layout = layoutOf(position.line);
    m_widest = std::max(m_widest, layout.width());
    updateScrollBars();
    QScrollBar *bar = horizontalScrollBar();
    const qreal x = layout.xOf(0, position.column);
    if (x < textWidth()) {
        bar->setValue(0);
    } else if (x < bar->value() || x > bar->value() + textWidth()) {
        bar->setValue(static_cast<int>(x - textWidth() / 3));
    }
}

LineView::Position LineView::positionAt(const QPoint &point) const
{
    const auto rows = static_cast<qsizetype>(std::floor(1.0 * point.y() / m_lineHeight));
    const Place place = movedBy(top(), rows);
    return {place.line, layoutOf(place.line).columnAt(place.row, point.x() - textLeft())};
}

// Among the lines that are there. Precondition: there are some.
LineView::Position LineView::clamped(Position position) const
{
    if (position.line < firstLine()) {
        return {firstLine(), 0};
    }
    if (position.line >= lineCount()) {
        return {lineCount() - 1, drawnText(lineCount() - 1).size()};
    }
    position.column = std::clamp<qsizetype>(position.column, 0, drawnText(position.line).size());
    return position;
}

void LineView::select(const Position &position)
{
    m_goalX = -1;
    m_cursor = position;
    if (hasSelection()) {
        Q_EMIT selectionStarted();
    }
    viewport()->update();
    AccessibleLines::tellCaret(*this);
}

} // namespace PatchPanel::Ui
