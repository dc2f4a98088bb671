#include "ui/models/wordmarks.h"

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr std::size_t comparedPairs = 20'000; // of words: more are not compared one by one
constexpr qsizetype longestSplit = 4096; // characters; longer lines are compared from their ends only
constexpr double leastInCommon = 0.3; // of the characters that are not blank

enum class Sort { Word, Blank, Other };

Sort sortOf(QChar c)
{
    if (c.isLetterOrNumber() || c == QLatin1Char('_') || c.isSurrogate()) {
        return Sort::Word;
    }
    return c.isSpace() ? Sort::Blank : Sort::Other;
}

// Where each word, run of blanks or other character begins, and the text's end.
std::vector<qsizetype> wordStarts(const QString &text)
{
    std::vector<qsizetype> starts;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (i == 0 || sortOf(text[i]) == Sort::Other || sortOf(text[i]) != sortOf(text[i - 1])) {
            starts.push_back(i);
        }
    }
    starts.push_back(text.size());
    return starts;
}

// The words of a line as views.
std::vector<QStringView> wordsOf(const QString &text)
{
    if (text.size() > longestSplit) {
        return {text};
    }
    const std::vector<qsizetype> starts = wordStarts(text);
    std::vector<QStringView> words;
    for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
        words.push_back(QStringView(text).sliced(starts[i], starts[i + 1] - starts[i]));
    }
    return words;
}

qsizetype weightOf(QStringView text)
{
    return std::count_if(text.begin(), text.end(), [](QChar c) { return !c.isSpace(); });
}

class Comparison {
public:
    Comparison(const QString &before, const QString &after)
        : m_before(before)
        , m_after(after)
        , m_beforeWords(wordsOf(before))
        , m_afterWords(wordsOf(after))
        , m_beforeKept(m_beforeWords.size())
        , m_afterKept(m_afterWords.size())
    {
    }

    WordMarks marks()
    {
        if (m_before.size() > longestSplit || m_after.size() > longestSplit) {
            return marksBetweenEnds();
        }
        compareWords();
        const qsizetype most = std::max(weightOf(m_before), weightOf(m_after));
        if (most > 0 && static_cast<double>(m_weight) < leastInCommon * static_cast<double>(most)) {
            return {};
        }
        return {marksOf(m_before, m_beforeWords, m_beforeKept), marksOf(m_after, m_afterWords, m_afterKept)};
    }

private:
    void keep(std::size_t before, std::size_t after)
    {
        m_beforeKept[before] = true;
        m_afterKept[after] = true;
        m_weight += weightOf(m_beforeWords[before]);
    }

    void compareWords()
    {
        std::size_t begin = 0;
        std::size_t beforeEnd = m_beforeWords.size();
        std::size_t afterEnd = m_afterWords.size();
        while (begin < std::min(beforeEnd, afterEnd) && m_beforeWords[begin] == m_afterWords[begin]) {
            keep(begin, begin);
            ++begin;
        }
        while (begin < std::min(beforeEnd, afterEnd) && m_beforeWords[beforeEnd - 1] == m_afterWords[afterEnd - 1]) {
            keep(--beforeEnd, --afterEnd);
        }
        const std::size_t rows = beforeEnd - begin;
        const std::size_t columns = afterEnd - begin;
        if (rows > 0 && columns > 0 && rows * columns <= comparedPairs) {
            keepLongest(begin, rows, columns);
        }
    }

    // The longest common subsequence of the words from `begin` on, weighed by their characters.
    void keepLongest(std::size_t begin, std::size_t rows, std::size_t columns)
    {
        const std::size_t width = columns + 1;
        std::vector<qsizetype> best((rows + 1) * width); // of the words behind
        const auto gain = [&](std::size_t row, std::size_t column) {
            const QStringView word = m_beforeWords[begin + row];
            return word == m_afterWords[begin + column] ? 2 * weightOf(word) + 1 : 0;
        };
        for (std::size_t row = rows; row-- > 0;) {
            for (std::size_t column = columns; column-- > 0;) {
                const qsizetype common = gain(row, column);
                best[row * width + column] = std::max({best[(row + 1) * width + column], best[row * width + column + 1],
                                                       common > 0 ? common + best[(row + 1) * width + column + 1] : 0});
            }
        }
        for (std::size_t row = 0, column = 0; row < rows && column < columns;) {
            const qsizetype common = gain(row, column);
            if (common > 0 && best[row * width + column] == common + best[(row + 1) * width + column + 1]) {
                keep(begin + row++, begin + column++);
            } else if (best[(row + 1) * width + column] >= best[row * width + column + 1]) {
                ++row;
            } else {
                ++column;
            }
        }
    }

    // Neighbours become one mark; so do marks with only blanks between them.
    static std::vector<WordMark> marksOf(const QString &line, const std::vector<QStringView> &words,
                                         const std::vector<bool> &kept)
    {
        std::vector<WordMark> marks;
        qsizetype begin = 0;
        for (std::size_t i = 0; i < words.size(); ++i) {
            const qsizetype end = begin + words[i].size();
            if (!kept[i]) {
                const bool joins = !marks.empty()
                    && QStringView(line).sliced(marks.back().end, begin - marks.back().end).trimmed().isEmpty();
                if (joins) {
                    marks.back().end = end;
                } else {
                    marks.push_back({begin, end});
                }
            }
            begin = end;
        }
        return marks;
    }

    WordMarks marksBetweenEnds() const
    {
        const qsizetype shorter = std::min(m_before.size(), m_after.size());
        const auto split = std::mismatch(m_before.begin(), m_before.begin() + shorter, m_after.begin());
        const qsizetype begin = split.first - m_before.begin();
        qsizetype tail = 0;
        while (tail < shorter - begin && m_before[m_before.size() - 1 - tail] == m_after[m_after.size() - 1 - tail]) {
            ++tail;
        }
        const auto mark = [begin, tail](const QString &text) {
            return begin < text.size() - tail ? std::vector<WordMark>{{begin, text.size() - tail}}
                                              : std::vector<WordMark>();
        };
        return {mark(m_before), mark(m_after)};
    }

    const QString &m_before;
    const QString &m_after;
    std::vector<QStringView> m_beforeWords;
    std::vector<QStringView> m_afterWords;
    std::vector<bool> m_beforeKept;
    std::vector<bool> m_afterKept;
    qsizetype m_weight = 0; // of the words that both have
};

} // namespace

WordMarks wordMarks(const QString &before, const QString &after)
{
    return Comparison(before, after).marks();
}

} // namespace PatchPanel::Ui
