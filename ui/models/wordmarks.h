#pragma once

#include <QString>

#include <vector>

namespace PatchPanel::Ui {

// Characters that differ from those of the other line.
struct WordMark {
    qsizetype begin = 0;
    qsizetype end = 0;

    bool operator==(const WordMark &) const = default;
};

struct WordMarks {
    std::vector<WordMark> before = {}; // in their order
    std::vector<WordMark> after = {};
};

// What differs between two versions of a line, by words, blanks and punctuation. None where the lines have so little in
// common that marks would not help. Lines of many words are compared from their ends only, so the time is bounded.
WordMarks wordMarks(const QString &before, const QString &after);

} // namespace PatchPanel::Ui
