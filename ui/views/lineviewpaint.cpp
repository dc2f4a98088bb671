// How a line view paints its rows.

#include "ui/style/colors.h"
#include "ui/views/lineview.h"

#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <iterator>

namespace PatchPanel::Ui {

void LineView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const Colors &colors = colorsFor(palette());
    if (lineCount() == firstLine()) {
        painter.setFont(parentWidget() ? parentWidget()->font() : font());
        painter.setPen(colors.muted);
        painter.drawText(viewport()->rect(), Qt::AlignCenter, m_emptyText);
    }
    painter.setLayoutDirection(Qt::LeftToRight); // else it is the application's, whatever the view's is
    const qreal widestBefore = m_widest;
    int y = -static_cast<int>(m_topRow) * m_lineHeight;
    for (qsizetype line = firstVisibleLine(); line < lineCount() && y < viewport()->height(); ++line) {
        const LineLayout layout = layoutOf(line);
        paintLine(painter, line, layout, y);
        y += static_cast<int>(layout.rowCount()) * m_lineHeight;
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

void LineView::paintLine(QPainter &painter, qsizetype line, const LineLayout &layout, int top)
{
    const Look look = lookOf(line);
    const QRect area = viewport()->rect();
    if (look.background.isValid()) {
        painter.fillRect(0, top, area.width(), static_cast<int>(layout.rowCount()) * m_lineHeight, look.background);
    }
    const int gutter = gutterWidth();
    const std::vector<TextMatcher::Span> matches = matchesIn(layout.text());
    painter.setClipRect(gutter, 0, area.width() - gutter, area.height());
    for (qsizetype number = std::max(0, -top / m_lineHeight); number < layout.rowCount(); ++number) {
        Row row{line,
                layout,
                number,
                top + static_cast<int>(number) * m_lineHeight,
                layout.rowBegin(number),
                layout.rowEnd(number)};
        if (row.top >= area.height()) {
            break;
        }
        if (!m_isWrapped && !layout.isReordered()) {
            const int left = horizontalScrollBar()->value();
            row.from = std::max<qsizetype>(0, layout.columnAt(0, left - gutter) - 1);
            row.to = std::min(layout.text().size(), layout.columnAt(0, left + area.width()) + 1);
        }
        paintBackgrounds(painter, row, look);
        paintMarks(painter, row, matches);
        paintText(painter, row, look);
    }
    painter.setClipping(false);
    if (gutter > 0) {
        paintGutter(painter, line, QRect(0, top, gutter, m_lineHeight));
    }
    if (!m_isWrapped) {
        m_widest = std::max(m_widest, layout.width());
    }
}

void LineView::paintBackgrounds(QPainter &painter, const Row &row, const Look &look) const
{
    for (auto span = look.spans.begin(); span != look.spans.end() && span->begin < row.to; ++span) {
        const qsizetype end = std::next(span) == look.spans.end() ? row.to : std::next(span)->begin;
        if (span->background.isValid() && end > row.from) {
            fillColumns(painter, row, span->begin, end, span->background);
        }
    }
}

void LineView::paintMarks(QPainter &painter, const Row &row, const std::vector<TextMatcher::Span> &matches) const
{
    const Colors &colors = colorsFor(palette());
    const LineMatch *current = chosenMatch();
    for (const TextMatcher::Span &match : matches) {
        if (match.column >= row.to) {
            break;
        }
        const bool isCurrent = current && current->line == row.line && current->column == match.column;
        fillColumns(painter, row, match.column, match.column + match.length,
                    isCurrent ? colors.currentMatch : colors.match);
    }
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    const qsizetype lineEnd = row.layout.text().size() + 1; // with the line break
    if (from != to && row.line >= from.line && row.line <= to.line) {
        fillColumns(painter, row, row.line == from.line ? from.column : 0, row.line == to.line ? to.column : lineEnd,
                    colors.selection);
    }
    const qsizetype caret = std::min(m_cursor.column, row.layout.text().size());
    if (hasFocus() && m_cursor.line == row.line && row.layout.rowOf(caret) == row.number) {
        const qreal x = textLeft() + row.layout.xOf(row.number, caret);
        painter.fillRect(QRectF(x - 0.5, row.top, 1, m_lineHeight), colors.text);
    }
}

void LineView::paintText(QPainter &painter, const Row &row, const Look &look) const
{
    painter.setFont(font());
    painter.setPen(look.text);
    paintPiece(painter, row, row.from, look.spans.empty() ? row.to : std::min(row.to, look.spans.front().begin));
    for (auto span = look.spans.begin(); span != look.spans.end() && span->begin < row.to; ++span) {
        const qsizetype end = std::next(span) == look.spans.end() ? row.to : std::min(row.to, std::next(span)->begin);
        if (end <= row.from) {
            continue;
        }
        QFont spanFont = font();
        spanFont.setBold(span->bold);
        spanFont.setUnderline(span->underline);
        painter.setFont(spanFont);
        painter.setPen(span->text);
        paintPiece(painter, row, std::max(row.from, span->begin), end);
    }
}

void LineView::paintPiece(QPainter &painter, const Row &row, qsizetype from, qsizetype to) const
{
    if (from >= to) {
        return;
    }
    row.layout.draw(painter, QPointF(textLeft(), baselineOf(row.top)), row.number, from, to);
}

int LineView::baselineOf(int top) const
{
    const QFontMetrics metrics(font());
    return top + (m_lineHeight - metrics.height()) / 2 + metrics.ascent();
}

void LineView::drawInGutter(QPainter &painter, int top, qreal from, qreal width, Qt::AlignmentFlag side,
                            const QString &text) const
{
    const qreal left = side == Qt::AlignRight ? from + width - QFontMetricsF(font()).horizontalAdvance(text) : from;
    painter.drawText(QPointF(left, baselineOf(top)), text);
}

// What of the columns lies in the row and can be seen.
void LineView::fillColumns(QPainter &painter, const Row &row, qsizetype from, qsizetype to, const QColor &color) const
{
    const bool isLast = row.number + 1 == row.layout.rowCount() && row.to == row.layout.text().size();
    from = std::max(from, row.from);
    to = std::min(to, isLast ? row.to + 1 : row.to);
    for (const LineLayout::Extent &extent : row.layout.extentsOf(row.number, from, to)) {
        painter.fillRect(QRectF(textLeft() + extent.left, row.top, extent.width, m_lineHeight), color);
    }
}

} // namespace PatchPanel::Ui
