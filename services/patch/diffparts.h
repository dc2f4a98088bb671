#pragma once

#include "services/patch/filediff.h"

namespace PatchPanel::Patch {

// Indexes of the files of a diff in groups that do not touch one another. Files that share a path, or of which one has
// a path beneath another's, are in one group, in their order.
QList<QList<qsizetype>> independentParts(const QList<FileDiff> &files);

} // namespace PatchPanel::Patch
