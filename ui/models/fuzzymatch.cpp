#include "ui/models/fuzzymatch.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace PatchPanel::Ui {

namespace {

constexpr int impossible = std::numeric_limits<int>::min() / 2;
constexpr int wordStartBonus = 8;
constexpr int adjacentBonus = 6;
constexpr int gapCost = 1;
constexpr int mostGapCost = 4;

bool isWordStart(QStringView text, qsizetype at)
{
    return at == 0 || (!text[at - 1].isLetterOrNumber() && text[at].isLetterOrNumber());
}

bool isSame(QChar left, QChar right)
{
    return left.toCaseFolded() == right.toCaseFolded();
}

int transition(qsizetype gap)
{
    return gap == 0 ? adjacentBonus : -std::min(mostGapCost, gapCost * static_cast<int>(std::min(gap, qsizetype{100})));
}

// The best way to find one word's characters in the text, by dynamic programming over (character of the word, place).
std::optional<FuzzyMatch> matchWord(QStringView word, QStringView text)
{
    const auto width = static_cast<std::size_t>(text.size());
    const auto at = [width](qsizetype row, qsizetype column) {
        return static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column);
    };
    std::vector<int> best(static_cast<std::size_t>(word.size()) * width, impossible);
    std::vector<qsizetype> from(best.size(), -1);
    for (qsizetype row = 0; row < word.size(); ++row) {
        for (qsizetype column = row; column < text.size(); ++column) {
            if (!isSame(word[row], text[column])) {
                continue;
            }
            const int own = 1 + (isWordStart(text, column) ? wordStartBonus : 0);
            if (row == 0) {
                best[at(row, column)] = own;
                continue;
            }
            for (qsizetype before = row - 1; before < column; ++before) {
                const int score = best[at(row - 1, before)] + own + transition(column - before - 1);
                if (best[at(row - 1, before)] > impossible && score > best[at(row, column)]) {
                    best[at(row, column)] = score;
                    from[at(row, column)] = before;
                }
            }
        }
    }
    qsizetype column = -1;
    FuzzyMatch match{.score = impossible};
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (best[at(word.size() - 1, i)] > match.score) {
            match.score = best[at(word.size() - 1, i)];
            column = i;
        }
    }
    if (column < 0) {
        return std::nullopt;
    }
    for (qsizetype row = word.size() - 1; row >= 0; --row) {
        match.positions.prepend(column);
        column = from[at(row, column)];
    }
    return match;
}

} // namespace

std::optional<FuzzyMatch> fuzzyMatch(QStringView pattern, QStringView text)
{
    FuzzyMatch whole;
    for (const QStringView word : pattern.split(u' ', Qt::SkipEmptyParts)) {
        const std::optional<FuzzyMatch> match = matchWord(word, text);
        if (!match) {
            return std::nullopt;
        }
        whole.score += match->score;
        whole.positions += match->positions;
    }
    std::sort(whole.positions.begin(), whole.positions.end());
    whole.positions.erase(std::unique(whole.positions.begin(), whole.positions.end()), whole.positions.end());
    return whole;
}

} // namespace PatchPanel::Ui
