#pragma once

#include "services/common/error.h"
#include "services/patch/lineindex.h"

namespace PatchPanel::Patch {

// Why a hunk has no place, told so that a person can mend the diff.

// A hunk that fits nowhere.
struct UnplacedHunk {
    const LineIndex &file;
    const LineMatcher &matcher;
    const Hunk &hunk;
    int number = 0; // in its file, from 1
    int statedLine = 0; // 0-based, running offset included
    int firstFree = 0; // no line above belongs to an earlier hunk
};

// DoesNotApply, naming the nearest place and the first line there that differs; details "hunk", "line", "nearest"
// (1-based), "expected" and "found".
Error hunkFailure(const UnplacedHunk &failed);

// Ambiguous: the hunk fits at each of the lines (0-based), of which one may be the stated one; details "hunk", "lines"
// (1-based) and "stated".
enum class Among { OtherPlaces, StatedPlace };
Error ambiguousHunk(int number, const QList<int> &lines, Among among);

} // namespace PatchPanel::Patch
