#include "ui/views/lineview.h"

#include "ui/models/displaytext.h"
#include "ui/style/colors.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace PatchPanel::Ui {

namespace {

constexpr int leading = 3; // pixels between lines
constexpr int smallestPoints = 6;
constexpr int largestPoints = 40;
constexpr int textMargin = 6; // pixels left of the text
constexpr qsizetype copiedLineLimit = 1'000'000; // what a clipboard can reasonably take

// Of the characters before the first one beyond ASCII: each of them is as wide as the other.
qsizetype asciiLength(const QString &text)
{
    return std::find_if(text.begin(), text.end(), [](QChar c) { return c.unicode() >= 0x80; }) - text.begin();
}

bool isAscii(const QString &text)
{
    return asciiLength(text) == text.size();
}

bool isWordCharacter(QChar c)
{
    return c.isLetterOrNumber() || c == QLatin1Char('_');
}

} // namespace

LineView::LineView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_finder({[this] { return firstLine(); }, [this] { return lineCount(); },
                [this](qsizetype line) { return lineText(line); },
                [this](qsizetype from, qsizetype end, const LineFinder::Visitor &visit) {
                    visitLines(from, end, visit);
                }})
{
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setAutoFillBackground(true);
    viewport()->setCursor(Qt::IBeamCursor);
    measureFont();
    connect(&m_finder, &LineFinder::changed, viewport(), qOverload<>(&QWidget::update));
    connect(&m_finder, &LineFinder::currentChanged, this, [this](const LineMatch &match) {
        showLine(match.line);
        const QString text = lineText(match.line);
        horizontalScrollBar()->setValue(offsetOf(text, match.column + match.length)
                                                < viewport()->width() - gutterWidth()
                                            ? 0
                                            : static_cast<int>(offsetOf(text, match.column)) - viewport()->width() / 3);
    });
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

void LineView::showLine(qsizetype line)
{
    const qsizetype first = firstVisibleLine();
    if (line < first || line >= first + visibleLineCount()) {
        verticalScrollBar()->setValue(static_cast<int>(line - visibleLineCount() / 2));
    }
}

QString LineView::visibleText() const
{
    QStringList lines;
    const qsizetype end = std::min(lineCount(), firstVisibleLine() + visibleLineCount());
    for (qsizetype line = firstVisibleLine(); line < end; ++line) {
        lines.append(lineText(line));
    }
    return lines.join(QLatin1Char('\n'));
}

QString LineView::selectedText() const
{
    return selectedText([](qsizetype) { return QString(); });
}

QString LineView::selectedText(const std::function<QString(qsizetype line)> &lead) const
{
    const Position from = std::max(std::min(m_anchor, m_cursor), Position{firstLine(), 0});
    const Position to = std::max(m_anchor, m_cursor);
    if (from >= to || to.line >= lineCount()) {
        return {};
    }
    if (from.line == to.line) {
        return lead(from.line) + lineText(from.line).mid(from.column, to.column - from.column);
    }
    QString text = lead(from.line) + lineText(from.line).mid(from.column);
    const qsizetype lastWhole = std::min(to.line, from.line + copiedLineLimit);
    for (qsizetype line = from.line + 1; line < lastWhole; ++line) {
        text += QLatin1Char('\n') + lead(line) + lineText(line);
    }
    return text + QLatin1Char('\n') + lead(to.line) + lineText(to.line).left(to.column);
}

void LineView::selectAll()
{
    if (lineCount() == firstLine()) {
        return;
    }
    m_anchor = {firstLine(), 0};
    selectTo({lineCount() - 1, lineText(lineCount() - 1).size()});
}

void LineView::copy() const
{
    if (hasSelection()) {
        QGuiApplication::clipboard()->setText(selectedText());
    }
}

void LineView::setZoom(int points)
{
    QFont zoomed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    m_zoom = std::clamp(points, smallestPoints - zoomed.pointSize(), largestPoints - zoomed.pointSize());
    zoomed.setPointSize(zoomed.pointSize() + m_zoom);
    setFont(zoomed);
}

void LineView::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

QString LineView::drawnText(qsizetype line) const
{
    return clippedText(lineText(line));
}

void LineView::visitLines(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const
{
    for (qsizetype line = from; line < end; ++line) {
        if (!visit(line, lineText(line).toUtf8())) {
            return;
        }
    }
}

LineView::Look LineView::lookOf(qsizetype) const
{
    return {colorsFor(palette()).text};
}

void LineView::paintGutter(QPainter &, qsizetype, const QRect &) const { }

void LineView::linesReplaced()
{
    m_anchor = {};
    m_cursor = {};
    m_widest = 0;
    updateScrollBars();
    verticalScrollBar()->setValue(verticalScrollBar()->minimum());
    horizontalScrollBar()->setValue(0);
    m_finder.restart();
    viewport()->update();
}

void LineView::linesAdded()
{
    updateScrollBars();
    m_finder.resume();
    viewport()->update();
}

void LineView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const Colors &colors = colorsFor(palette());
    if (lineCount() == firstLine()) {
        painter.setFont(parentWidget() ? parentWidget()->font() : font());
        painter.setPen(colors.muted);
        painter.drawText(viewport()->rect(), Qt::AlignCenter, m_emptyText);
    }
    const qreal widestBefore = m_widest;
    const qsizetype first = firstVisibleLine();
    const qsizetype end = std::min(lineCount(), first + visibleLineCount() + 2);
    for (qsizetype line = first; line < end; ++line) {
        paintLine(painter, line, static_cast<int>(line - first) * m_lineHeight);
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(colors.accent);
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
    if (m_widest > widestBefore) {
        QMetaObject::invokeMethod(this, &LineView::updateScrollBars, Qt::QueuedConnection);
    }
}

void LineView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars();
}

void LineView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        measureFont();
        m_widest = 0;
        updateScrollBars();
        viewport()->update();
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
    switch (event->key()) {
    case Qt::Key_Home:
        verticalScrollBar()->triggerAction(QAbstractSlider::SliderToMinimum);
        break;
    case Qt::Key_End:
        verticalScrollBar()->triggerAction(QAbstractSlider::SliderToMaximum);
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
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
    selectTo(position);
}

void LineView::mouseMoveEvent(QMouseEvent *event)
{
    if (!event->buttons().testFlag(Qt::LeftButton) || lineCount() == firstLine()) {
        return;
    }
    selectTo(positionAt(event->pos()));
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
    const QString text = lineText(position.line);
    qsizetype from = position.column;
    qsizetype to = position.column;
    while (from > 0 && isWordCharacter(text[from - 1])) {
        --from;
    }
    while (to < text.size() && isWordCharacter(text[to])) {
        ++to;
    }
    m_anchor = {position.line, from};
    selectTo({position.line, to});
}

void LineView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), this, &LineView::copy)->setEnabled(hasSelection());
    menu->addAction(tr("Select All"), this, &LineView::selectAll)->setEnabled(lineCount() > firstLine());
    menu->popup(event->globalPos());
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
    selectTo(positionAt(pointer));
}

void LineView::scrollContentsBy(int, int)
{
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
    const int visible = static_cast<int>(visibleLineCount());
    verticalScrollBar()->setPageStep(visible);
    const auto first = static_cast<int>(firstLine());
    verticalScrollBar()->setRange(first, std::max(first, static_cast<int>(lineCount()) - visible));
    const int width = viewport()->width() - gutterWidth() - 2 * textMargin;
    horizontalScrollBar()->setPageStep(std::max(1, width));
    horizontalScrollBar()->setSingleStep(static_cast<int>(m_characterWidth * 4));
    horizontalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(m_widest)) - width));
}

void LineView::paintLine(QPainter &painter, qsizetype line, int top)
{
    const Look look = lookOf(line);
    if (look.background.isValid()) {
        painter.fillRect(0, top, viewport()->width(), m_lineHeight, look.background);
    }
    const int gutter = gutterWidth();
    const QString text = drawnText(line);
    painter.setClipRect(gutter, 0, viewport()->width() - gutter, viewport()->height());
    for (auto span = look.spans.begin(); span != look.spans.end(); ++span) {
        if (span->background.isValid()) {
            const qsizetype end = std::next(span) == look.spans.end() ? text.size() : std::next(span)->begin;
            fillColumns(painter, text, std::min(span->begin, text.size()), std::min(end, text.size()), top,
                        span->background);
        }
    }
    paintMarks(painter, line, text, top);
    paintText(painter, text, look, top);
    painter.setClipping(false);
    if (gutter > 0) {
        paintGutter(painter, line, QRect(0, top, gutter, m_lineHeight));
    }
    m_widest = std::max(m_widest, offsetOf(text, text.size()));
}

void LineView::paintMarks(QPainter &painter, qsizetype line, const QString &text, int top)
{
    const Colors &colors = colorsFor(palette());
    const LineMatch *current = m_finder.current();
    for (const TextMatcher::Span &match : m_finder.matchesIn(text)) {
        const bool isCurrent = current && current->line == line && current->column == match.column;
        fillColumns(painter, text, match.column, match.column + match.length, top,
                    isCurrent ? colors.currentMatch : colors.match);
    }
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    if (from != to && line >= from.line && line <= to.line) {
        fillColumns(painter, text, line == from.line ? from.column : 0, line == to.line ? to.column : text.size() + 1,
                    top, colors.selection);
    }
}

void LineView::paintText(QPainter &painter, const QString &text, const Look &look, int top) const
{
    painter.setFont(font());
    painter.setPen(look.text);
    paintPiece(painter, text, 0, look.spans.empty() ? text.size() : look.spans.front().begin, top);
    for (auto span = look.spans.begin(); span != look.spans.end(); ++span) {
        QFont spanFont = font();
        spanFont.setBold(span->bold);
        spanFont.setUnderline(span->underline);
        painter.setFont(spanFont);
        painter.setPen(span->text);
        paintPiece(painter, text, span->begin,
                   std::next(span) == look.spans.end() ? text.size() : std::next(span)->begin, top);
    }
}

// The characters `from` to `to` - 1, but not those that lie beside the viewport.
void LineView::paintPiece(QPainter &painter, const QString &text, qsizetype from, qsizetype to, int top) const
{
    const QFontMetrics metrics(font());
    const int baseline = top + (m_lineHeight - metrics.height()) / 2 + metrics.ascent();
    to = std::min(to, text.size());
    const auto first = static_cast<qsizetype>(horizontalScrollBar()->value() / m_characterWidth);
    const qsizetype end = first + static_cast<qsizetype>(viewport()->width() / m_characterWidth) + 2;
    const qsizetype ascii = asciiLength(text);
    from = first <= ascii ? std::max(from, first) : from;
    to = end <= ascii || ascii == text.size() ? std::min(to, end) : to;
    if (from < to) {
        painter.drawText(QPointF(textLeft() + offsetOf(text, from), baseline), text.mid(from, to - from));
    }
}

void LineView::fillColumns(QPainter &painter, const QString &text, qsizetype from, qsizetype to, int top,
                           const QColor &color) const
{
    const qreal left = offsetOf(text, from);
    painter.fillRect(QRectF(textLeft() + left, top, offsetOf(text, to) - left, m_lineHeight), color);
}

qreal LineView::offsetOf(const QString &text, qsizetype column) const
{
    if (column > text.size()) { // the line break counts as one column
        return offsetOf(text, text.size()) + m_characterWidth;
    }
    const qsizetype ascii = std::min(column, asciiLength(text));
    const qreal width = static_cast<qreal>(ascii) * m_characterWidth;
    return ascii == column ? width : width + QFontMetricsF(font()).horizontalAdvance(text.mid(ascii, column - ascii));
}

qreal LineView::textLeft() const
{
    return gutterWidth() + textMargin - horizontalScrollBar()->value();
}

LineView::Position LineView::positionAt(const QPoint &point) const
{
    const qsizetype row = firstVisibleLine() + static_cast<qsizetype>(std::floor(1.0 * point.y() / m_lineHeight));
    const qsizetype line = std::clamp<qsizetype>(row, firstLine(), lineCount() - 1);
    const QString text = drawnText(line);
    const qreal x = point.x() - textLeft();
    if (isAscii(text)) {
        return {line, std::clamp<qsizetype>(std::lround(x / m_characterWidth), 0, text.size())};
    }
    qsizetype low = 0; // the last column whose left edge is not behind x
    qsizetype high = text.size();
    while (low < high) {
        const qsizetype middle = (low + high + 1) / 2;
        if (offsetOf(text, middle) <= x) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return {line, low};
}

void LineView::selectTo(const Position &position)
{
    m_cursor = position;
    if (hasSelection()) {
        Q_EMIT selectionStarted();
    }
    viewport()->update();
}

} // namespace PatchPanel::Ui
