#include "ui/models/logrows.h"

#include "services/log/ansitext.h"

#include <algorithm>
#include <bit>

namespace PatchPanel::Ui {

namespace {

constexpr qsizetype wordLines = 64;
constexpr qsizetype blockWords = 16;
constexpr qsizetype blockLines = wordLines * blockWords;
constexpr qsizetype bytesBetweenLooks = 32 * 1024; // at the clock
constexpr qsizetype bytesOfALine = 16; // what else looking at a line costs

// Whether the filter accepts the lines of one source of a batch, looked up once.
class SourceVerdicts {
public:
    SourceVerdicts(const LogFilter &filter, const Log::LineBatch &lines)
        : m_filter(filter)
        , m_lines(lines)
    {
    }

    bool accepts(qsizetype index)
    {
        const std::size_t number = m_lines.sourceNumber(index);
        if (number >= m_verdicts.size()) {
            m_verdicts.resize(number + 1, Unknown);
        }
        if (m_verdicts[number] == Unknown) {
            const Log::Source &source = m_lines.source(number);
            m_verdicts[number] = (m_filter.service.isEmpty() || source.service == m_filter.service)
                    && (m_filter.runId.isEmpty() || source.runId == m_filter.runId)
                ? Accepted
                : Refused;
        }
        return m_verdicts[number] == Accepted;
    }

private:
    enum Verdict : char { Unknown, Accepted, Refused };

    const LogFilter &m_filter;
    const Log::LineBatch &m_lines;
    std::vector<Verdict> m_verdicts;
};

} // namespace

LogRows::LogRows(const Log::Store &store)
    : m_store(store)
{
}

void LogRows::setFilter(const LogFilter &filter)
{
    m_filter = filter;
    m_matcher.reset();
    if (!filter.pattern.isEmpty()) {
        m_matcher.emplace(filter.pattern, filter.options);
        if (!m_matcher->problem().isEmpty()) {
            m_matcher.reset();
            m_filter.pattern.clear();
            m_filter.options = {};
        }
    }
    m_all = m_filter.acceptsAll();
    m_scanned = 0;
    m_found = 0;
    m_bits.clear();
    m_rowsBefore.clear();
}

bool LogRows::advance(const QDeadlineTimer &deadline)
{
    const qsizetype available = m_store.size();
    if (m_all) {
        m_scanned = available;
        return true;
    }
    Log::LineBatch lines(m_store);
    const auto part = m_matcher ? Log::LineBatch::Part::Whole : Log::LineBatch::Part::WithoutText;
    grow(available);
    do {
        if (m_scanned == available) {
            return true;
        }
        if (lines.read(m_scanned, part)) {
            scan(lines, std::min(available, lines.end()), deadline);
        } else {
            const qsizetype kept = std::min(available, m_store.firstAfter(m_scanned));
            for (; m_scanned < kept; ++m_scanned) {
                if (m_scanned % blockLines == 0) {
                    m_rowsBefore[static_cast<std::size_t>(m_scanned / blockLines)] = m_found;
                }
            }
        }
    } while (!deadline.hasExpired());
    return m_scanned == available;
}

void LogRows::scan(const Log::LineBatch &lines, qsizetype end, const QDeadlineTimer &deadline)
{
    qsizetype bytes = 0; // looked through since the last look at the clock
    SourceVerdicts verdicts(m_filter, lines);
    const bool anySource = m_filter.service.isEmpty() && m_filter.runId.isEmpty();
    for (; m_scanned < end; ++m_scanned) {
        if (m_scanned % blockLines == 0) {
            m_rowsBefore[static_cast<std::size_t>(m_scanned / blockLines)] = m_found;
        }
        if (lines.level(m_scanned) >= m_filter.minimum && (anySource || verdicts.accepts(m_scanned))
            && (!m_filter.phase || lines.phase(m_scanned) == m_filter.phase)
            && (!m_matcher || hasMatch(lines, m_scanned))) {
            m_bits[static_cast<std::size_t>(m_scanned / wordLines)] |= quint64{1} << (m_scanned % wordLines);
            ++m_found;
        }
        if (m_matcher) {
            bytes += lines.text(m_scanned).size() + bytesOfALine;
            if (bytes > bytesBetweenLooks) {
                bytes = 0;
                if (deadline.hasExpired()) {
                    ++m_scanned;
                    return;
                }
            }
        }
    }
}

bool LogRows::hasMatch(const Log::LineBatch &lines, qsizetype index)
{
    const QByteArrayView text = lines.text(index);
    if (lines.isPlain(index)) {
        return m_matcher->isIn(text);
    }
    m_text.clear();
    Log::appendShownText(m_text, text);
    return m_matcher->isIn(m_text);
}

void LogRows::grow(qsizetype lines)
{
    m_bits.resize(static_cast<std::size_t>(lines / wordLines + 1));
    m_rowsBefore.resize(static_cast<std::size_t>(lines / blockLines + 1));
}

qsizetype LogRows::indexOf(qsizetype row) const
{
    if (m_all) {
        return row;
    }
    const auto blocks = m_rowsBefore.begin() + (m_scanned - 1) / blockLines + 1;
    const auto block = std::prev(std::upper_bound(m_rowsBefore.begin(), blocks, row));
    qsizetype left = row - *block;
    auto word = static_cast<std::size_t>((block - m_rowsBefore.begin()) * blockWords);
    while (left >= std::popcount(m_bits[word])) {
        left -= std::popcount(m_bits[word++]);
    }
    quint64 bits = m_bits[word];
    for (; left > 0; --left) {
        bits &= bits - 1;
    }
    return static_cast<qsizetype>(word) * wordLines + std::countr_zero(bits);
}

qsizetype LogRows::rowOf(qsizetype index) const
{
    if (m_all) {
        return index;
    }
    if (index >= m_scanned) {
        return m_found;
    }
    qsizetype rows = m_rowsBefore[static_cast<std::size_t>(index / blockLines)];
    auto word = static_cast<std::size_t>(index / blockLines * blockWords);
    for (; word < static_cast<std::size_t>(index / wordLines); ++word) {
        rows += std::popcount(m_bits[word]);
    }
    return rows + std::popcount(m_bits[word] & ((quint64{1} << (index % wordLines)) - 1));
}

void LogRows::visit(qsizetype from, qsizetype end, const Visitor &visit) const
{
    Log::LineBatch lines(m_store);
    if (from >= end) {
        return;
    }
    qsizetype index = indexOf(from);
    for (qsizetype row = from; row < end; ++row, index = nextIndex(index + 1)) {
        if (index >= lines.end() && !lines.read(index)) {
            const qsizetype kept = m_store.firstAfter(index);
            if (kept >= m_scanned) {
                return;
            }
            row = rowOf(kept);
            if (row >= end) {
                return;
            }
            index = indexOf(row);
            if (!lines.read(index)) {
                return;
            }
        }
        if (!visit(row, lines, index)) {
            return;
        }
    }
}

LogSlice LogRows::slice(qsizetype from, qsizetype end) const
{
    LogSlice slice;
    slice.m_store = &m_store;
    slice.m_firstRow = from;
    slice.m_endRow = end;
    slice.m_firstIndex = indexOf(from);
    slice.m_endIndex = indexOf(end - 1) + 1;
    slice.m_firstWord = slice.m_firstIndex / wordLines;
    if (!m_all) {
        slice.m_bits.assign(m_bits.begin() + slice.m_firstWord,
                            m_bits.begin() + (slice.m_endIndex - 1) / wordLines + 1);
    }
    return slice;
}

// The line of the first row at or behind `index`; the number of lines when there is none.
qsizetype LogRows::nextIndex(qsizetype index) const
{
    if (m_all) {
        return index;
    }
    auto word = static_cast<std::size_t>(index / wordLines);
    if (word >= m_bits.size()) {
        return m_scanned;
    }
    quint64 bits = m_bits[word] & (~quint64{0} << (index % wordLines));
    while (bits == 0) {
        if (++word >= m_bits.size()) {
            return m_scanned;
        }
        bits = m_bits[word];
    }
    return static_cast<qsizetype>(word) * wordLines + std::countr_zero(bits);
}

} // namespace PatchPanel::Ui
