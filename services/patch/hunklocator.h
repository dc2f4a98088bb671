#pragma once

#include "services/common/result.h"
#include "services/patch/filediff.h"
#include "services/patch/lineindex.h"

namespace PatchPanel::Patch {

struct HunkPlace {
    int line = 0; // 0-based: where the hunk's first old line (after `skipBefore`) stands
    int skipBefore = 0; // context lines at the hunk's start that were left out of the comparison (fuzz)
    int skipAfter = 0;
};

// Where all hunks of one file go.
struct HunkPlaces {
    QList<HunkPlace> places = {}; // one per hunk, ascending and disjoint
    QList<QString> notes = {}; // offsets and fuzz, for the report
    bool stated =
        true; // every hunk stands where its header says, without a running offset of other than its own making
    bool anchored = true; // hunks that begin or end at the file's edge do so
};

// Finds the place of every hunk: the stated line plus the running offset if the old lines stand there, else the one
// other place where they do. A hunk without context before (after) its changes is taken for one at the file's start
// (end), as git does, unless it fits nowhere there. Up to `fuzz` context lines at each end may differ, when nothing
// fits without.
// Errors: DoesNotApply with details "hunk", "line" (1-based, where the file first differs at the nearest place),
// "expected" and "found"; Ambiguous with details "hunk" and "lines".
Result<HunkPlaces> locateHunks(const LineIndex &file, const QList<Hunk> &hunks, int fuzz);

} // namespace PatchPanel::Patch
