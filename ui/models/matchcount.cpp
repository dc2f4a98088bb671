#include "ui/models/matchcount.h"

#include "services/log/ansitext.h"

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

// A text that is searched in many lines at once, as their bytes lie one after another: in most blocks there is nothing
// to be found. What reaches over the end of a line is no match.
qsizetype countLiteral(const Log::LineBatch &lines, qsizetype first, qsizetype last, const TextMatcher &matcher)
{
    const QByteArrayView texts = lines.texts(first, last);
    qsizetype line = first;
    qsizetype lineEnd = lines.text(line).size(); // within the texts
    qsizetype found = 0;
    for (qsizetype at = matcher.indexOf(texts, 0); at >= 0;) {
        while (at >= lineEnd) {
            lineEnd += lines.text(++line).size();
        }
        const bool isWithin = at + matcher.literalSize() <= lineEnd;
        found += isWithin ? 1 : 0;
        at = matcher.indexOf(texts, isWithin ? at + matcher.literalSize() : at + 1);
    }
    return found;
}

class Counting {
public:
    Counting(const TextMatcher &matcher, MatchCounts &counts)
        : m_matcher(matcher)
        , m_counts(counts)
    {
    }

    // Lines of one block. False when the expression is too complex for one of them.
    bool countIn(quint32 &block, qsizetype row, const Log::LineBatch &lines, qsizetype begin, qsizetype end)
    {
        for (qsizetype i = begin; i < end;) {
            qsizetype plainEnd = i;
            while (m_matcher.literalSize() > 0 && plainEnd < end && lines.isPlain(plainEnd)) {
                ++plainEnd;
            }
            if (plainEnd > i) {
                block += static_cast<quint32>(countLiteral(lines, i, plainEnd - 1, m_matcher));
                i = plainEnd;
                continue;
            }
            const std::optional<qsizetype> found = m_matcher.count(shown(lines, i));
            if (!found) {
                m_counts.tooComplexLine = row + i - begin;
                return false;
            }
            block += static_cast<quint32>(*found);
            ++i;
        }
        return true;
    }

private:
    QByteArrayView shown(const Log::LineBatch &lines, qsizetype index)
    {
        if (lines.isPlain(index)) {
            return lines.text(index);
        }
        m_shown.clear();
        Log::appendShownText(m_shown, lines.text(index));
        return m_shown;
    }

    const TextMatcher &m_matcher;
    MatchCounts &m_counts;
    QByteArray m_shown;
};

} // namespace

MatchCounts countMatches(const LogSlice &rows, const TextMatcher &matcher, const std::atomic<bool> &isCancelled)
{
    constexpr qsizetype blockLines = MatchCounts::blockLines;
    const qsizetype firstBlock = rows.firstRow() / blockLines;
    MatchCounts counts;
    counts.ofBlocks.resize(static_cast<std::size_t>((rows.endRow() + blockLines - 1) / blockLines - firstBlock));
    Counting counting(matcher, counts);
    rows.visitRuns([&](qsizetype row, const Log::LineBatch &lines, qsizetype begin, qsizetype end) {
        while (begin < end) {
            const qsizetype block = row / blockLines;
            const qsizetype stop = std::min(end, begin + (block + 1) * blockLines - row);
            quint32 &found = counts.ofBlocks[static_cast<std::size_t>(block - firstBlock)];
            if (isCancelled || !counting.countIn(found, row, lines, begin, stop)) {
                return false;
            }
            row += stop - begin;
            begin = stop;
        }
        return true;
    });
    return counts;
}

} // namespace PatchPanel::Ui
