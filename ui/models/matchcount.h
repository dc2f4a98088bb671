#pragma once

#include "ui/models/logslice.h"
#include "ui/models/textmatcher.h"

#include <atomic>

namespace PatchPanel::Ui {

// How many matches each block of lines has; a block is as many lines as MatchCounts::blockLines, counted from line 0.
struct MatchCounts {
    static constexpr qsizetype blockLines = 1024;

    std::vector<quint32> ofBlocks; // from the block of the first line on
    qsizetype tooComplexLine = -1; // for the expression; nothing behind it was counted
};

// Counts in those rows, as they are shown. Stops when `isCancelled` becomes true. Any thread.
MatchCounts countMatches(const LogSlice &rows, const TextMatcher &matcher, const std::atomic<bool> &isCancelled);

} // namespace PatchPanel::Ui
