#include "ui/views/linelayout.h"

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

std::shared_ptr<QTextLayout> shaped(const QString &text, const LineLayout::Metrics &metrics)
{
    auto layout = std::make_shared<QTextLayout>(text, metrics.font);
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

QTextLine LineLayout::lineAt(qsizetype row) const
{
    return m_shaped->lineAt(static_cast<int>(row));
}

} // namespace PatchPanel::Ui
