#include "ui/views/linelayout.h"

#include <QGlyphRun>
#include <QPainter>
#include <QRawFont>
#include <QTextLayout>
#include <QTextOption>

#include <algorithm>
#include <cmath>

namespace PatchPanel::Ui {

namespace {

constexpr qreal unlimited = 8'000'000; // pixels; QTextLine keeps widths in 26.6 bits

bool isAscii(const QString &text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x80; });
}

// Characters without a look of their own that change the direction of what follows (Unicode Standard Annex 9): with
// them a line of a diff can read other than it is (CVE-2021-42574).
bool isDirectionMark(QChar c)
{
    const char16_t unit = c.unicode();
    return unit == 0x061c || unit == 0x200e || unit == 0x200f || (unit >= 0x202a && unit <= 0x202e)
        || (unit >= 0x2066 && unit <= 0x2069);
}

QString withMarksShown(QString text)
{
    constexpr char16_t symbolForSubstitute = 0x2426;
    std::replace_if(text.begin(), text.end(), isDirectionMark, QChar(symbolForSubstitute));
    return text;
}

bool hasRightToLeft(const QString &text)
{
    const QList<uint> characters = text.toUcs4();
    return std::any_of(characters.begin(), characters.end(), [](uint c) {
        const QChar::Direction direction = QChar::direction(c);
        return direction == QChar::DirR || direction == QChar::DirAL || direction == QChar::DirAN;
    });
}

std::shared_ptr<QTextLayout> shaped(const QString &text, const LineLayout::Metrics &metrics)
{
    auto layout = std::make_shared<QTextLayout>(withMarksShown(text), metrics.font);
    QTextOption option;
    option.setTextDirection(Qt::LeftToRight);
    option.setWrapMode(metrics.wrapWidth > 0 ? QTextOption::WrapAnywhere : QTextOption::NoWrap);
    layout->setTextOption(option);
    layout->setCacheEnabled(true);
    layout->beginLayout();
    for (QTextLine line = layout->createLine(); line.isValid(); line = layout->createLine()) {
        line.setLineWidth(metrics.wrapWidth > 0 ? metrics.wrapWidth : unlimited);
    }
    layout->endLayout();
    return layout;
}

} // namespace

LineLayout::LineLayout(QString text, const Metrics &metrics)
    : m_text(std::move(text))
    , m_characterWidth(metrics.characterWidth)
    , m_rowColumns(metrics.wrapWidth > 0
                       ? std::max<qsizetype>(1, static_cast<qsizetype>(metrics.wrapWidth / metrics.characterWidth))
                       : 0)
    , m_shaped(isAscii(m_text) ? nullptr : shaped(m_text, metrics))
    , m_isReordered(m_shaped && hasRightToLeft(m_shaped->text()))
{
}

qsizetype LineLayout::rowCount() const
{
    if (m_shaped) {
        return std::max(1, m_shaped->lineCount());
    }
    return m_rowColumns == 0 ? 1 : std::max<qsizetype>(1, (m_text.size() + m_rowColumns - 1) / m_rowColumns);
}

qsizetype LineLayout::rowBegin(qsizetype row) const
{
    if (row >= rowCount()) {
        return m_text.size();
    }
    return m_shaped ? lineAt(row).textStart() : row * m_rowColumns;
}

qsizetype LineLayout::rowEnd(qsizetype row) const
{
    return rowBegin(row + 1);
}

qsizetype LineLayout::rowOf(qsizetype column) const
{
    const qsizetype last = rowCount() - 1;
    if (!m_shaped) {
        return m_rowColumns == 0 ? 0 : std::clamp<qsizetype>(column / m_rowColumns, 0, last);
    }
    qsizetype low = 0; // the last row that begins at or before the column
    qsizetype high = last;
    while (low < high) {
        const qsizetype middle = (low + high + 1) / 2;
        if (rowBegin(middle) <= column) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

qreal LineLayout::xOf(qsizetype row, qsizetype column) const
{
    const qreal lineBreak = column > m_text.size() ? m_characterWidth : 0;
    if (column >= m_text.size() && row + 1 == rowCount()) {
        return endOf(row) + lineBreak;
    }
    const qsizetype begin = rowBegin(row);
    const qsizetype within = std::clamp(column, begin, rowEnd(row));
    if (m_shaped) {
        return lineAt(row).cursorToX(static_cast<int>(within)) + lineBreak;
    }
    return static_cast<qreal>(within - begin) * m_characterWidth + lineBreak;
}

qsizetype LineLayout::columnAt(qsizetype row, qreal x) const
{
    if (m_shaped) {
        return lineAt(row).xToCursor(x);
    }
    const qsizetype begin = rowBegin(row);
    const auto column = static_cast<qsizetype>(std::lround(std::max(0.0, x) / m_characterWidth));
    return std::min(begin + column, rowEnd(row));
}

std::vector<LineLayout::Extent> LineLayout::extentsOf(qsizetype row, qsizetype from, qsizetype to) const
{
    if (from >= to) {
        return {};
    }
    if (!m_isReordered) {
        const qreal left = xOf(row, from);
        return {{left, xOf(row, to) - left}};
    }
    std::vector<Extent> extents;
    const QTextLine line = lineAt(row);
    const qsizetype end = std::min(to, m_text.size());
    for (const QGlyphRun &run : line.glyphRuns(static_cast<int>(from), static_cast<int>(end - from))) {
        const QList<QPointF> positions = run.positions();
        const QList<QPointF> advances = run.rawFont().advancesForGlyphIndexes(run.glyphIndexes());
        qreal left = unlimited;
        qreal right = 0;
        for (qsizetype i = 0; i < positions.size(); ++i) {
            left = std::min(left, positions[i].x());
            right = std::max(right, positions[i].x() + advances[i].x());
        }
        if (left < right) {
            extents.push_back({left, right - left});
        }
    }
    if (to > m_text.size()) {
        extents.push_back({endOf(row), m_characterWidth});
    }
    return extents;
}

void LineLayout::draw(QPainter &painter, const QPointF &origin, qsizetype row, qsizetype from, qsizetype to) const
{
    if (m_isReordered) {
        drawReordered(painter, origin, row, from, to);
        return;
    }
    const QString &shown = m_shaped ? m_shaped->text() : m_text;
    painter.drawText(origin + QPointF(xOf(row, from), 0), shown.mid(from, to - from));
}

// Glyph by glyph, where the whole line has put them.
void LineLayout::drawReordered(QPainter &painter, const QPointF &origin, qsizetype row, qsizetype from,
                               qsizetype to) const
{
    const QTextLine line = lineAt(row);
    const QPointF top = origin - QPointF(0, line.y() + line.ascent());
    QList<QGlyphRun> runs = line.glyphRuns(static_cast<int>(from), static_cast<int>(to - from));
    for (QGlyphRun &run : runs) {
        run.setUnderline(painter.font().underline());
        painter.drawGlyphRun(top, run);
        if (painter.font().bold()) { // the line was shaped without
            painter.drawGlyphRun(top + QPointF(0.5, 0), run);
        }
    }
}

qreal LineLayout::endOf(qsizetype row) const
{
    if (m_shaped) {
        const QTextLine line = lineAt(row);
        return m_isReordered ? line.naturalTextWidth() : line.cursorToX(static_cast<int>(rowEnd(row)));
    }
    return static_cast<qreal>(rowEnd(row) - rowBegin(row)) * m_characterWidth;
}

QTextLine LineLayout::lineAt(qsizetype row) const
{
    return m_shaped->lineAt(static_cast<int>(row));
}

} // namespace PatchPanel::Ui
