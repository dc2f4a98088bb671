#pragma once

#include "services/patch/hunklocator.h"

namespace PatchPanel::Patch {

struct Patched {
    QByteArray contents = {};
    HunkPlaces places = {};
};

// `contents` with the hunks applied. When every line of it ends in CR LF and none of the diff's does, the diff's lines
// take CR LF. Errors as of locateHunks.
Result<Patched> applyHunks(const QByteArray &contents, const QList<Hunk> &hunks, const LocateOptions &options = {},
                           Direction direction = Direction::Forward);

enum class PatchState { Applicable, Applied };

struct JudgedPatch {
    PatchState state = PatchState::Applicable;
    Patched patched = {}; // Applicable: the result. Applied: empty
};

// Decides whether the hunks can be applied or are applied already: they are when the reverse fits and they themselves
// do not. When both fit, the direction whose hunks stand where their headers say (and begin or end the file where they
// should) wins; when that does not tell either: Ambiguous.
Result<JudgedPatch> judgeHunks(const QByteArray &contents, const QList<Hunk> &hunks, const LocateOptions &options = {});

// The hunks as they change `contents` at their places, as text of a unified diff from the first "@@": context as it
// stands in the file.
QByteArray placedHunksText(QByteArrayView contents, const QList<Hunk> &hunks, const HunkPlaces &places);

} // namespace PatchPanel::Patch
