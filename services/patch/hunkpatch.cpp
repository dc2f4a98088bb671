#include "services/patch/hunkpatch.h"

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

bool hasCrlf(const QList<Hunk> &hunks)
{
    return std::any_of(hunks.begin(), hunks.end(), [](const Hunk &hunk) {
        return std::any_of(hunk.lines.begin(), hunk.lines.end(),
                           [](const DiffLine &line) { return line.text.endsWith("\r\n"); });
    });
}

QList<Hunk> withCrlf(QList<Hunk> hunks)
{
    for (Hunk &hunk : hunks) {
        for (DiffLine &line : hunk.lines) {
            if (line.text.endsWith('\n')) {
                line.text.chop(1);
                line.text += "\r\n";
            }
        }
    }
    return hunks;
}

// Writes one hunk at its place. Context is taken from the file: with fuzz it may differ from the diff's.
void appendHunk(QByteArray &result, const LineIndex &file, const Hunk &hunk, const HunkPlace &place, int &at)
{
    const qsizetype end = hunk.lines.size() - place.skipAfter;
    for (qsizetype i = place.skipBefore; i < end; ++i) {
        const DiffLine &line = hunk.lines.at(i);
        if (line.kind == DiffLine::Kind::Add) {
            result += line.text;
            continue;
        }
        if (line.kind == DiffLine::Kind::Context) {
            result += file.line(at);
        }
        ++at;
    }
}

// 2 bits: hunks at their stated places, hunks at the edges of the file where they should be.
unsigned quality(const HunkPlaces &places)
{
    return (places.stated ? 1U : 0U) | (places.anchored ? 2U : 0U);
}

bool atLeast(unsigned left, unsigned right)
{
    return (left & right) == right;
}

bool isOneSided(const Hunk &hunk)
{
    return hunk.leadingContext() == 0 || hunk.trailingContext() == 0;
}

bool hasNo(const Hunk &hunk, DiffLine::Kind kind)
{
    return std::none_of(hunk.lines.begin(), hunk.lines.end(),
                        [kind](const DiffLine &line) { return line.kind == kind; });
}

Error bothFit()
{
    return {ErrorCode::Ambiguous,
            QStringLiteral("The diff fits, and so does its reverse: it cannot be told whether it is applied already."),
            QStringLiteral("Give the hunks more context.")};
}

} // namespace

Result<Patched> applyHunks(const QByteArray &contents, const QList<Hunk> &hunks, int fuzz)
{
    const LineIndex file(contents);
    const bool toCrlf = file.allCrlf() && !hasCrlf(hunks);
    const QList<Hunk> fitted = toCrlf ? withCrlf(hunks) : hunks;
    const Result<HunkPlaces> places = locateHunks(file, fitted, fuzz);
    if (!places) {
        return places.error();
    }
    Patched patched{{}, *places};
    patched.contents.reserve(contents.size());
    int at = 0;
    for (qsizetype i = 0; i < fitted.size(); ++i) {
        const HunkPlace &place = places->places.at(i);
        while (at < place.line) {
            patched.contents += file.line(at++);
        }
        appendHunk(patched.contents, file, fitted.at(i), place, at);
    }
    while (at < file.count()) {
        patched.contents += file.line(at++);
    }
    if (toCrlf) {
        patched.places.notes.append(QStringLiteral("added lines end in CR LF, as the file's do"));
    }
    return patched;
}

Result<JudgedPatch> judgeHunks(const QByteArray &contents, const FileDiff &diff, int fuzz)
{
    const Result<Patched> forward = applyHunks(contents, diff.hunks, fuzz);
    if (forward && forward->contents == contents) {
        return JudgedPatch{PatchState::Applied, *forward};
    }
    const Result<Patched> backward = applyHunks(contents, reversed(diff).hunks, 0);
    if (!backward) {
        return forward ? Result<JudgedPatch>(JudgedPatch{PatchState::Applicable, *forward}) : forward.error();
    }
    const JudgedPatch applied{PatchState::Applied, *backward};
    if (!forward) {
        const bool unclear = forward.error().code == ErrorCode::Ambiguous && !backward->places.stated;
        return unclear ? Result<JudgedPatch>(forward.error()) : applied;
    }
    const JudgedPatch applicable{PatchState::Applicable, *forward};
    const unsigned there = quality(forward->places);
    const unsigned back = quality(backward->places);
    if (there != back) {
        return atLeast(there, back) ? Result<JudgedPatch>(applicable)
            : atLeast(back, there)  ? Result<JudgedPatch>(applied)
                                    : bothFit();
    }
    // Without context on one side, the longer of the two texts contains the shorter one: finding it says more.
    if (std::all_of(diff.hunks.begin(), diff.hunks.end(), isOneSided)) {
        const auto all = [&diff](DiffLine::Kind absent) {
            return std::all_of(diff.hunks.begin(), diff.hunks.end(),
                               [absent](const Hunk &hunk) { return hasNo(hunk, absent); });
        };
        if (all(DiffLine::Kind::Remove)) {
            return applied;
        }
        if (all(DiffLine::Kind::Add)) {
            return applicable;
        }
    }
    return bothFit();
}

} // namespace PatchPanel::Patch
