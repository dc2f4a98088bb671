#include "ui/models/logslice.h"

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr qsizetype wordLines = 64;

} // namespace

void LogSlice::visitRuns(const Visitor &visit) const
{
    Log::LineBatch lines(*m_store);
    qsizetype row = m_firstRow;
    for (qsizetype index = m_firstIndex; row < m_endRow && index < m_endIndex;) {
        if (index >= lines.end() && !lines.read(index)) {
            for (const qsizetype kept = std::min(m_endIndex, m_store->firstAfter(index)); index < kept; ++index) {
                row += isRow(index) ? 1 : 0;
            }
            index = nextRowIndex(index);
            continue;
        }
        const qsizetype limit = std::min({lines.end(), m_endIndex, index + m_endRow - row});
        qsizetype end = m_bits.empty() ? limit : index;
        while (end < limit && isRow(end)) {
            ++end;
        }
        if (!visit(row, lines, index, end)) {
            return;
        }
        row += end - index;
        index = nextRowIndex(end);
    }
}

bool LogSlice::isRow(qsizetype index) const
{
    if (m_bits.empty()) {
        return true;
    }
    const auto word = static_cast<std::size_t>(index / wordLines - m_firstWord);
    return (m_bits[word] >> (index % wordLines) & 1) != 0;
}

qsizetype LogSlice::nextRowIndex(qsizetype index) const
{
    while (index < m_endIndex && !isRow(index)) {
        ++index;
    }
    return index;
}

} // namespace PatchPanel::Ui
