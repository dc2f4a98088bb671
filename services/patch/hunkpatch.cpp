#include "services/patch/hunkpatch.h"

#include "services/patch/linematcher.h"

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

using enum DiffLine::Kind;

bool endsInCrlf(QByteArrayView line)
{
    return line.endsWith("\r\n");
}

// An added line with the other ending, if it has one.
QByteArray withEnding(QByteArrayView line, QByteArrayView ending)
{
    QByteArray text = line.toByteArray();
    if (!line.endsWith('\n')) {
        return text;
    }
    text.chop(endsInCrlf(line) ? 2 : 1);
    text += ending;
    return text;
}

// A hunk at its place, line by line: `visit(kind, text)` with the bytes that the file has, or gets.
template <typename Visit>
void visitPlaced(const LineMatcher &file, const Hunk &hunk, const HunkPlace &place, Visit &&visit)
{
    const bool exact = file.match() == LineMatch::Exact;
    const bool sameBytes = exact && place.skipBefore + place.skipAfter == 0;
    const int end = hunk.oldCount - place.skipAfter;
    qsizetype at = place.start;
    // That of the neighbour in the file, but for one without an ending.
    QByteArrayView ending = file.match() == LineMatch::Crlf ? "\r\n" : "\n";
    const auto takeEnding = [&ending](QByteArrayView neighbour) {
        if (neighbour.endsWith('\n')) {
            ending = endsInCrlf(neighbour) ? "\r\n" : "\n";
        }
    };
    if (!exact && at < file.file().size()) {
        takeEnding(file.lineAt(at));
    }
    int number = 0; // of the hunk's old line
    for (const DiffLine &line : hunk.lines()) {
        if (line.kind == Add) {
            exact ? visit(Add, line.text) : visit(Add, withEnding(line.text, ending));
            continue;
        }
        if (number >= place.skipBefore && number < end) {
            const QByteArrayView standing = sameBytes ? line.text : file.lineAt(at);
            visit(line.kind, standing);
            at += standing.size();
            if (!exact) {
                takeEnding(standing);
            }
        }
        ++number;
    }
}

// The most that the result can have: every line of a hunk, with an ending of one byte more.
size_t mostBytes(QByteArrayView contents, const QList<Hunk> &hunks)
{
    qsizetype bytes = contents.size();
    for (const Hunk &hunk : hunks) {
        bytes += hunk.body.size() + hunk.newCount;
    }
    return static_cast<size_t>(bytes);
}

Blob assembled(QByteArrayView contents, const QList<Hunk> &hunks, const HunkPlaces &places, ByteArena *arena)
{
    const LineMatcher file(contents, places.match);
    const size_t most = mostBytes(contents, hunks);
    const ByteArena::Room room = allocateBytes(arena, most);
    char *end = room.data;
    const auto append = [&end](QByteArrayView bytes) {
        end = std::copy(bytes.begin(), bytes.end(), end); // memcpy may not be given a null, as an empty view has it
    };
    qsizetype copied = 0;
    for (qsizetype i = 0; i < hunks.size(); ++i) {
        const HunkPlace &place = places.places.at(i);
        append(contents.sliced(copied, place.start - copied));
        visitPlaced(file, hunks.at(i), place, [&append](DiffLine::Kind kind, QByteArrayView text) {
            if (kind != Remove) {
                append(text);
            }
        });
        copied = place.start + place.length;
    }
    append(contents.sliced(copied));
    const qsizetype size = end - room.data;
    if (arena != nullptr) {
        arena->shrink(room, most, static_cast<size_t>(size));
    }
    return Blob(QByteArrayView(room.data, size), room.owner);
}

// 2 bits: hunks at their stated places, hunks at the edges of the file where they should be.
unsigned quality(const HunkPlaces &places)
{
    return (places.stated ? 1U : 0U) | (places.anchored ? 2U : 0U);
}

constexpr unsigned bestQuality = 3;

bool atLeast(unsigned left, unsigned right)
{
    return (left & right) == right;
}

bool isOneSided(const Hunk &hunk)
{
    return hunk.leadingContext == 0 || hunk.trailingContext == 0;
}

Error bothFit()
{
    return {ErrorCode::Ambiguous,
            QStringLiteral("The diff fits, and so does its reverse: it cannot be told whether it is applied already."),
            QStringLiteral("Give the hunks more context.")};
}

// Both directions fit equally well. Without context on one side, and away from the file's edge, the longer of the two
// texts contains the shorter one: finding it says more.
std::optional<PatchState> byLength(const QList<Hunk> &hunks, const HunkPlaces &forward)
{
    if (forward.anchored || !std::all_of(hunks.begin(), hunks.end(), isOneSided)) {
        return std::nullopt;
    }
    if (std::all_of(hunks.begin(), hunks.end(), [](const Hunk &hunk) { return hunk.removed == 0; })) {
        return PatchState::Applied;
    }
    if (std::all_of(hunks.begin(), hunks.end(), [](const Hunk &hunk) { return hunk.added == 0; })) {
        return PatchState::Applicable;
    }
    return std::nullopt;
}

// Which of the two directions is meant, both of which fit.
std::optional<PatchState> decided(const HunkPlaces &forward, const HunkPlaces &backward, const QList<Hunk> &hunks)
{
    const unsigned there = quality(forward);
    const unsigned back = quality(backward);
    if (there == back) {
        return byLength(hunks, forward);
    }
    if (atLeast(there, back)) {
        return PatchState::Applicable;
    }
    return atLeast(back, there) ? std::optional(PatchState::Applied) : std::nullopt;
}

// The places of the reverse, when they can matter: hunks that stand perfectly, with context on both sides, are only
// outdone by a reverse that does.
Result<HunkPlaces> reversePlaces(QByteArrayView contents, const QList<Hunk> &hunks, const HunkPlaces *forward,
                                 const LocateOptions &options)
{
    if (forward == nullptr || quality(*forward) != bestQuality || std::any_of(hunks.begin(), hunks.end(), isOneSided)) {
        // With the same fuzz: what was applied with it is only found with it.
        const LocateOptions unique{options.fuzz, OffsetChoice::Unique, options.whitespace};
        return locateHunks(contents, hunks, unique, Direction::Backward);
    }
    std::optional<HunkPlaces> stated = locateStatedHunks(contents, hunks, Direction::Backward, forward->match);
    return stated ? Result<HunkPlaces>(*std::move(stated)) : Result<HunkPlaces>(Error{ErrorCode::DoesNotApply, {}});
}

// Whether hunks of which one has several places, as the error says, fit all the same.
bool fitsSomewhere(QByteArrayView contents, const QList<Hunk> &hunks, const Error &error, const LocateOptions &options)
{
    const LocateOptions anywhere{options.fuzz, OffsetChoice::Nearest, options.whitespace};
    return error.code == ErrorCode::Ambiguous && locateHunks(contents, hunks, anywhere, Direction::Backward).ok();
}

QByteArray rangeText(char sign, int line, int count)
{
    // A range of no lines names the line before it.
    const int start = count == 0 ? line : line + 1;
    QByteArray text = sign + QByteArray::number(start);
    return count == 1 ? text : text + ',' + QByteArray::number(count);
}

} // namespace

Result<Patched> applyHunks(QByteArrayView contents, const QList<Hunk> &hunks, const LocateOptions &options,
                           ByteArena *arena)
{
    Result<HunkPlaces> places = locateHunks(contents, hunks, options);
    if (!places) {
        return places.error();
    }
    Blob result = assembled(contents, hunks, *places, arena);
    return Patched{std::move(result), *std::move(places)};
}

Result<JudgedPatch> judgeHunks(QByteArrayView contents, const QList<Hunk> &hunks, const LocateOptions &options,
                               ByteArena *arena)
{
    Result<HunkPlaces> forward = locateHunks(contents, hunks, options);
    const Result<HunkPlaces> backward = reversePlaces(contents, hunks, forward ? &*forward : nullptr, options);
    if (!forward) {
        const bool fits = forward.error().code == ErrorCode::Ambiguous;
        const bool fitsAsStated = fits && forward.error().details.value(QStringLiteral("stated")).toBool();
        const bool unclear = backward && fits && (fitsAsStated || !backward->stated);
        return unclear || !backward ? Result<JudgedPatch>(forward.error()) : JudgedPatch{PatchState::Applied};
    }
    std::optional<PatchState> state = PatchState::Applicable;
    if (backward) {
        state = decided(*forward, *backward, hunks);
    } else if (fitsSomewhere(contents, hunks, backward.error(), options)) {
        const bool asStated = backward.error().details.value(QStringLiteral("stated")).toBool();
        state = quality(*forward) == bestQuality && !asStated ? state : std::nullopt;
    }
    if (state == PatchState::Applied) {
        return JudgedPatch{PatchState::Applied};
    }
    Blob result = assembled(contents, hunks, *forward, arena);
    if (result.bytes() == contents) {
        return JudgedPatch{PatchState::Applied};
    }
    if (!state) {
        return bothFit();
    }
    return JudgedPatch{PatchState::Applicable, {std::move(result), *std::move(forward)}};
}

QByteArray withoutHunks(QByteArrayView patched, const QList<Hunk> &hunks, const HunkPlaces &places)
{
    QByteArray original;
    original.reserve(patched.size());
    qsizetype at = 0; // in `patched`
    for (qsizetype i = 0; i < hunks.size(); ++i) {
        const qsizetype between = places.places.at(i).start - original.size();
        original += patched.sliced(at, between);
        at += between;
        for (const DiffLine &line : hunks.at(i).lines()) {
            if (line.kind != Add) {
                original += line.text;
            }
            at += line.kind != Remove ? line.text.size() : 0;
        }
    }
    original += patched.sliced(at);
    return original;
}

QByteArray placedHunksText(QByteArrayView contents, const QList<Hunk> &hunks, const HunkPlaces &places)
{
    const LineMatcher file(contents, places.match);
    QByteArray text;
    int grown = 0; // lines that the hunks so far have added
    for (qsizetype i = 0; i < hunks.size(); ++i) {
        const Hunk &hunk = hunks.at(i);
        const HunkPlace &place = places.places.at(i);
        const int skipped = place.skipBefore + place.skipAfter;
        text += "@@ " + rangeText('-', place.line, hunk.oldCount - skipped) + ' '
            + rangeText('+', place.line + grown, hunk.newCount - skipped) + " @@\n";
        visitPlaced(file, hunk, place, [&text](DiffLine::Kind kind, QByteArrayView line) {
            text += kind == Add ? '+' : kind == Remove ? '-' : ' ';
            text += line;
            if (!line.endsWith('\n')) {
                text += "\n\\ No newline at end of file\n";
            }
        });
        grown += hunk.newCount - hunk.oldCount;
    }
    return text;
}

} // namespace PatchPanel::Patch
