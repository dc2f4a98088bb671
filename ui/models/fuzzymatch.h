#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace PatchPanel::Ui {

struct FuzzyMatch {
    int score = 0; // larger is better; only to be compared within one pattern
    QList<qsizetype> positions = {}; // of the matched characters, ascending
};

// How well `text` fits what somebody typed: the characters of each word of `pattern` stand in it in this order,
// wherever and in either case. Beginnings of words and characters that follow each other count more. Every text fits an
// empty pattern; nothing: a word does not fit.
std::optional<FuzzyMatch> fuzzyMatch(QStringView pattern, QStringView text);

} // namespace PatchPanel::Ui
