#pragma once

#include "ui/models/difflines.h"

namespace PatchPanel::Ui {

// Whether two lines have the same characters but for blanks, tabs and carriage returns.
bool equalButForBlanks(QByteArrayView left, QByteArrayView right);

// Finds in each block of removed and added lines which of them belong together, and sets DiffLine::pair: those that
// differ in white space only first, then those that stand at the same place between them. Pairs never cross. Linear
// but for a sort of the lines that differ (patience diff: the lines that are the only ones of their kind on both
// sides, in the longest order that both have).
void pairChangedLines(std::vector<DiffLine> &lines);

} // namespace PatchPanel::Ui
