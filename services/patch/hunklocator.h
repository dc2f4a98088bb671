#pragma once

#include "services/common/result.h"
#include "services/patch/filediff.h"

#include <QByteArrayView>
#include <QList>

#include <optional>

namespace PatchPanel::Patch {

// Which place a hunk takes when its stated one does not fit and several others do.
enum class OffsetChoice { Unique, Nearest };

enum class Whitespace { Exact, Ignored };

struct LocateOptions {
    int fuzz = 0; // context lines that may differ at a hunk's ends
    OffsetChoice offset = OffsetChoice::Unique; // Nearest: as git apply does
    Whitespace whitespace = Whitespace::Exact; // Ignored: as `git apply --ignore-whitespace` compares
};

// How lines of a diff are compared with lines of a file. Crlf: every line of the file ends in CR LF and none of the
// diff does, so that the ending is left out of the comparison.
enum class LineMatch { Exact, Crlf, IgnoreWhitespace };

// Whether the hunks are to be found as they are, or as the diff that undoes them.
enum class Direction { Forward, Backward };

// The hunk as it is applied in that direction.
Hunk seen(const Hunk &hunk, Direction direction);

struct HunkPlace {
    int line = 0; // 0-based: where the hunk's first old line (after `skipBefore`) stands
    int offset = 0; // lines below (above: < 0) the place that the header states
    int skipBefore = 0; // context lines at the hunk's start that were left out of the comparison (fuzz)
    int skipAfter = 0;
    int rivals = 0; // other places where it would have fit as well (OffsetChoice::Nearest)
    qsizetype start = 0; // of that line, in bytes from the start of the file
    qsizetype length = 0; // in bytes, of the old lines as they stand in the file
};

// Where all hunks of one file go.
struct HunkPlaces {
    QList<HunkPlace> places = {}; // one per hunk, ascending and disjoint
    LineMatch match = LineMatch::Exact;
    bool stated = true; // every hunk stands where its header says
    bool anchored = true; // hunks that begin or end at the file's edge do so

    // Every line of the file is that of the hunk, byte by byte.
    bool isExact() const;
    // Offsets, fuzz and endings in words, for the report.
    QList<QString> notes() const;
};

// Finds the place of every hunk: the stated line plus the running offset if the old lines stand there, else the one
// other place where they do. A hunk without context before (after) its changes is taken for one at the file's start
// (end), as git does, unless it fits nowhere there; a hunk without any context fits at its stated line only. Up to
// `fuzz` context lines at each end may differ, when nothing fits without. Costs O(file + hunks) where hunks stand as
// stated, else one pass over the file more. Errors: DoesNotApply with details "hunk", "line" (1-based, where the file
// first differs at the nearest place), "expected" and "found"; Ambiguous with details "hunk" and "lines".
Result<HunkPlaces> locateHunks(QByteArrayView file, const QList<Hunk> &hunks, const LocateOptions &options = {},
                               Direction direction = Direction::Forward);

// The places when every hunk stands exactly where its header says, and at the file's edges where it should be.
std::optional<HunkPlaces> locateStatedHunks(QByteArrayView file, const QList<Hunk> &hunks, Direction direction,
                                            LineMatch match);

} // namespace PatchPanel::Patch
