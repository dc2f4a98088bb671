#pragma once

#include "services/patch/bytearena.h"
#include "services/patch/hunklocator.h"

namespace PatchPanel::Patch {

struct Patched {
    Blob contents = {};
    HunkPlaces places = {};
};

// `contents` with the hunks applied. When every line of it ends in CR LF and none of the diff's does, the diff's lines
// take CR LF. The result stands in the arena, when one is given. Errors as of locateHunks.
Result<Patched> applyHunks(QByteArrayView contents, const QList<Hunk> &hunks, const LocateOptions &options = {},
                           ByteArena *arena = nullptr);

enum class PatchState { Applicable, Applied };

struct JudgedPatch {
    PatchState state = PatchState::Applicable;
    Patched patched = {}; // Applicable: the result. Applied: empty
};

// Decides whether the hunks can be applied or are applied already: they are when the reverse fits and they themselves
// do not. When both fit, the direction whose hunks stand where their headers say (and begin or end the file where they
// should) wins; when that does not tell either: Ambiguous.
Result<JudgedPatch> judgeHunks(QByteArrayView contents, const QList<Hunk> &hunks, const LocateOptions &options = {},
                               ByteArena *arena = nullptr);

// The contents that the hunks were applied to at their places, got back from the result. Precondition: the lines were
// compared exactly, without fuzz.
QByteArray withoutHunks(QByteArrayView patched, const QList<Hunk> &hunks, const HunkPlaces &places);

// The hunks as they change `contents` at their places, as text of a unified diff from the first "@@": context as it
// stands in the file.
QByteArray placedHunksText(QByteArrayView contents, const QList<Hunk> &hunks, const HunkPlaces &places);

} // namespace PatchPanel::Patch
