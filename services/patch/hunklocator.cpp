#include "services/patch/hunklocator.h"

#include "services/patch/hunkfailure.h"
#include "services/patch/lineindex.h"
#include "services/patch/newline.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <vector>

namespace PatchPanel::Patch {

namespace {

constexpr size_t listedPlaces = 10;

// A line of the file.
struct Position {
    int line = 0; // 0-based
    qsizetype start = 0; // in bytes
};

// A line of the file at which the old lines of a hunk stand.
struct Match {
    Position at = {};
    qsizetype length = 0; // of the old lines, in bytes
    int rivals = 0;
};

// The old lines of a hunk that are looked for: those between `before` and `after` lines of context left out.
struct Wanted {
    const Hunk &hunk;
    int before = 0;
    int after = 0;

    int count() const { return hunk.oldCount - before - after; }
    // Nothing but the stated line tells where it belongs.
    bool hasContext() const { return hunk.leadingContext + hunk.trailingContext > 0; }
    // By its context, the hunk begins (ends) the file.
    bool atStart() const { return hasContext() && before == 0 && hunk.leadingContext == 0 && hunk.oldStart <= 1; }
    bool atEnd() const { return hasContext() && after == 0 && hunk.trailingContext == 0; }
};

bool hasCrlf(const QList<Hunk> &hunks)
{
    return std::any_of(hunks.begin(), hunks.end(), [](const Hunk &hunk) { return hunk.hasCrlf; });
}

// Finds the hunks of one file, one after another.
class Locator {
public:
    Locator(const LineMatcher &matcher, const LocateOptions &options, qsizetype hunks)
        : m_matcher(matcher)
        , m_options(options)
    {
        m_found.places.reserve(hunks);
        m_found.match = matcher.match();
    }

    Result<void> place(const Hunk &hunk);
    // False when the hunk does not stand exactly as stated.
    bool placeAsStated(const Hunk &hunk);
    HunkPlaces takeFound() { return std::move(m_found); }

private:
    qsizetype fileSize() const { return m_matcher.file().size(); }
    const LineIndex &index();
    std::optional<Position> seek(int line) const;
    std::optional<Match> matchAt(const Wanted &wanted, Position at) const;
    std::optional<Match> atStatedPlace(const Wanted &wanted) const;
    std::optional<Match> atEdge(const Wanted &wanted) const;
    std::optional<Position> lastLines(int count) const;
    std::vector<Match> search(const Wanted &wanted);
    Match nearest(const std::vector<Match> &matches, const Wanted &wanted) const;
    Result<std::optional<Match>> find(const Wanted &wanted);
    bool isAnchored(const Wanted &wanted, const Match &match) const;
    int statedLine(const Wanted &wanted) const { return wanted.hunk.oldStart - 1 + wanted.before + m_offset; }
    void accept(const Wanted &wanted, const Match &match);

    const LineMatcher &m_matcher;
    const LocateOptions &m_options;
    std::optional<LineIndex> m_index; // made when a hunk does not stand where it should
    int m_number = 0;
    int m_offset = 0; // how far below their stated places the hunks stand so far
    Position m_free = {}; // no line above belongs to an earlier hunk
    HunkPlaces m_found;
};

Result<void> Locator::place(const Hunk &hunk)
{
    ++m_number;
    if (hunk.oldCount == 0 && fileSize() == 0) {
        m_found.places.append(HunkPlace{});
        return {};
    }
    const int trimmable = std::max(hunk.leadingContext, hunk.trailingContext);
    for (int fuzz = 0; fuzz <= std::min(m_options.fuzz, trimmable); ++fuzz) {
        const Wanted wanted{hunk, std::min(fuzz, hunk.leadingContext), std::min(fuzz, hunk.trailingContext)};
        if (wanted.count() <= 0) {
            break;
        }
        const Result<std::optional<Match>> match = find(wanted);
        if (!match) {
            return match.error();
        }
        if (*match) {
            accept(wanted, **match);
            return {};
        }
    }
    return hunkFailure({index(), m_matcher, hunk, m_number, hunk.oldStart - 1 + m_offset, m_free.line});
}

bool Locator::placeAsStated(const Hunk &hunk)
{
    ++m_number;
    const Wanted wanted{hunk};
    if (hunk.oldCount == 0) {
        m_found.places.append(HunkPlace{});
        return fileSize() == 0;
    }
    const std::optional<Match> match = atStatedPlace(wanted);
    if (!match || !isAnchored(wanted, *match)) {
        return false;
    }
    accept(wanted, *match);
    return true;
}

const LineIndex &Locator::index()
{
    if (!m_index) {
        m_index.emplace(m_matcher);
    }
    return *m_index;
}

// Nothing when the line is above m_free, or the file has not as many lines.
std::optional<Position> Locator::seek(int line) const
{
    if (line < m_free.line) {
        return std::nullopt;
    }
    if (m_index) {
        return line < m_index->count() ? std::optional(Position{line, m_index->startOf(line)}) : std::nullopt;
    }
    Position at = m_free;
    while (at.line < line) {
        const qsizetype newline = nextNewline(m_matcher.file(), at.start);
        if (newline < 0) {
            return std::nullopt;
        }
        ++at.line;
        at.start = newline + 1;
    }
    return at.start < fileSize() ? std::optional(at) : std::nullopt;
}

std::optional<Match> Locator::matchAt(const Wanted &wanted, Position at) const
{
    const qsizetype length = m_matcher.lengthAt(at.start, wanted.hunk, wanted.before, wanted.after);
    const bool mustEnd = wanted.hunk.newEndsOpen; // nothing may follow a line that has no ending
    if (length < 0 || (mustEnd && at.start + length != fileSize())) {
        return std::nullopt;
    }
    return Match{at, length};
}

std::optional<Match> Locator::atStatedPlace(const Wanted &wanted) const
{
    const std::optional<Position> at = seek(statedLine(wanted));
    return at ? matchAt(wanted, *at) : std::nullopt;
}

// Where the last `count` lines of the file begin.
std::optional<Position> Locator::lastLines(int count) const
{
    const QByteArrayView file = m_matcher.file();
    qsizetype start = file.size();
    for (; count > 0 && start > m_free.start; --count) {
        start = file.first(start - 1).lastIndexOf('\n') + 1;
    }
    if (count > 0 || start < m_free.start) {
        return std::nullopt;
    }
    const auto between = file.sliced(m_free.start, start - m_free.start);
    return Position{m_free.line + static_cast<int>(std::count(between.begin(), between.end(), '\n')), start};
}

// The edge of the file that the hunk's context names, if the lines stand there.
std::optional<Match> Locator::atEdge(const Wanted &wanted) const
{
    std::optional<Position> at;
    if (wanted.atStart()) {
        at = m_free.line == 0 ? std::optional(Position{}) : std::nullopt;
    } else if (wanted.atEnd()) {
        at = lastLines(wanted.count());
    }
    const std::optional<Match> match = at ? matchAt(wanted, *at) : std::nullopt;
    return match && isAnchored(wanted, *match) ? match : std::nullopt;
}

bool Locator::isAnchored(const Wanted &wanted, const Match &match) const
{
    return (!wanted.atStart() || match.at.start == 0)
        && (!wanted.atEnd() || match.at.start + match.length == fileSize());
}

// All places where the lines stand: only where the rarest of them stands is looked at. With OffsetChoice::Unique the
// first few.
std::vector<Match> Locator::search(const Wanted &wanted)
{
    std::span<const int> rarest;
    int inHunk = 0;
    int number = 0;
    for (const DiffLine &line : wanted.hunk.lines()) {
        if (line.kind == DiffLine::Kind::Add) {
            continue;
        }
        if (number >= wanted.before && number < wanted.hunk.oldCount - wanted.after) {
            const std::span<const int> places = index().placesOf(line.text);
            if (places.empty()) {
                return {};
            }
            if (rarest.empty() || places.size() < rarest.size()) {
                rarest = places;
                inHunk = number - wanted.before;
            }
        }
        ++number;
    }
    std::vector<Match> matches;
    for (auto place = std::lower_bound(rarest.begin(), rarest.end(), m_free.line + inHunk); place != rarest.end();
         ++place) {
        const int line = *place - inHunk;
        if (const std::optional<Match> match = matchAt(wanted, {line, index().startOf(line)})) {
            matches.push_back(*match);
        }
        if (m_options.offset == OffsetChoice::Unique && matches.size() == listedPlaces) {
            break;
        }
    }
    return matches;
}

// Of two that are equally far, the one below, as git apply does.
Match Locator::nearest(const std::vector<Match> &matches, const Wanted &wanted) const
{
    const auto distance = [stated = statedLine(wanted)](const Match &match) {
        return 2 * std::abs(qint64(match.at.line) - stated) + (match.at.line < stated ? 1 : 0);
    };
    Match best = *std::min_element(matches.begin(), matches.end(),
                                   [&distance](const Match &a, const Match &b) { return distance(a) < distance(b); });
    best.rivals = static_cast<int>(matches.size()) - 1;
    return best;
}

// Nothing when the lines stand nowhere.
Result<std::optional<Match>> Locator::find(const Wanted &wanted)
{
    const std::optional<Match> stated = atStatedPlace(wanted);
    if (stated && isAnchored(wanted, *stated)) {
        return stated;
    }
    const std::optional<Match> edge = atEdge(wanted);
    if (stated && edge && m_options.offset == OffsetChoice::Unique) {
        return ambiguousHunk(m_number, {stated->at.line, edge->at.line}, Among::StatedPlace);
    }
    if (stated || edge) {
        return edge ? edge : stated;
    }
    const std::vector<Match> matches = wanted.hasContext() ? search(wanted) : std::vector<Match>();
    if (matches.empty()) {
        return std::optional<Match>();
    }
    if (matches.size() > 1 && m_options.offset == OffsetChoice::Unique) {
        QList<int> lines;
        std::transform(matches.begin(), matches.end(), std::back_inserter(lines),
                       [](const Match &match) { return match.at.line; });
        return ambiguousHunk(m_number, lines, Among::OtherPlaces);
    }
    return std::optional(nearest(matches, wanted));
}

void Locator::accept(const Wanted &wanted, const Match &match)
{
    const int moved = match.at.line - statedLine(wanted);
    HunkPlace place;
    place.line = match.at.line;
    place.offset = m_offset + moved;
    place.skipBefore = wanted.before;
    place.skipAfter = wanted.after;
    place.rivals = match.rivals;
    place.start = match.at.start;
    place.length = match.length;
    m_found.places.append(place);
    m_found.stated = m_found.stated && moved == 0;
    m_found.anchored = m_found.anchored && isAnchored(wanted, match);
    m_offset += moved;
    m_free = {match.at.line + wanted.count(), match.at.start + match.length};
}

LineMatch matchFor(Whitespace whitespace)
{
    return whitespace == Whitespace::Ignored ? LineMatch::IgnoreWhitespace : LineMatch::Exact;
}

Result<HunkPlaces> locate(const LineMatcher &matcher, const QList<Hunk> &hunks, const LocateOptions &options,
                          Direction direction)
{
    Locator locator(matcher, options, hunks.size());
    for (const Hunk &hunk : hunks) {
        const Result<void> placed = locator.place(seen(hunk, direction));
        if (!placed) {
            return placed.error();
        }
    }
    return locator.takeFound();
}

// "hunk 3", "hunks 3 to 5"
QString hunkRange(qsizetype first, qsizetype last)
{
    return first == last ? QStringLiteral("hunk %1").arg(first + 1)
                         : QStringLiteral("hunks %1 to %2").arg(first + 1).arg(last + 1);
}

QString offsetNote(const QString &hunks, int offset)
{
    const int lines = std::abs(offset);
    return QStringLiteral("%1 applied %2 %3 %4 the stated place")
        .arg(hunks)
        .arg(lines)
        .arg(lines == 1 ? QStringLiteral("line") : QStringLiteral("lines"),
             offset > 0 ? QStringLiteral("below") : QStringLiteral("above"));
}

} // namespace

Hunk seen(const Hunk &hunk, Direction direction)
{
    return direction == Direction::Forward ? hunk : reversed(hunk);
}

bool HunkPlaces::isExact() const
{
    return match == LineMatch::Exact && std::all_of(places.begin(), places.end(), [](const HunkPlace &place) {
               return place.skipBefore + place.skipAfter == 0;
           });
}

QList<QString> HunkPlaces::notes() const
{
    QList<QString> notes;
    for (qsizetype first = 0; first < places.size();) {
        const HunkPlace &place = places.at(first);
        qsizetype last = first;
        while (last + 1 < places.size() && places.at(last + 1).offset == place.offset) {
            ++last;
        }
        if (place.offset != 0) {
            notes.append(offsetNote(hunkRange(first, last), place.offset));
        }
        first = last + 1;
    }
    for (qsizetype i = 0; i < places.size(); ++i) {
        const HunkPlace &place = places.at(i);
        if (place.skipBefore + place.skipAfter > 0) {
            notes.append(QStringLiteral("%1 applied with fuzz %2: context lines differ")
                             .arg(hunkRange(i, i))
                             .arg(std::max(place.skipBefore, place.skipAfter)));
        }
        if (place.rivals > 0) {
            notes.append(QStringLiteral("%1 fits in %2 places; the nearest was taken")
                             .arg(hunkRange(i, i))
                             .arg(place.rivals + 1));
        }
    }
    if (match == LineMatch::Crlf) {
        notes.append(QStringLiteral("added lines end in CR LF, as the file's do"));
    } else if (match == LineMatch::IgnoreWhitespace) {
        notes.append(QStringLiteral("differences in white space were ignored"));
    }
    return notes;
}

Result<HunkPlaces> locateHunks(QByteArrayView file, const QList<Hunk> &hunks, const LocateOptions &options,
                               Direction direction)
{
    const LineMatcher matcher(file, matchFor(options.whitespace));
    Result<HunkPlaces> places = locate(matcher, hunks, options, direction);
    if (places || matcher.match() != LineMatch::Exact || hasCrlf(hunks) || !isAllCrlf(file)) {
        return places;
    }
    const LineMatcher withoutEndings(file, LineMatch::Crlf);
    return locate(withoutEndings, hunks, options, direction);
}

std::optional<HunkPlaces> locateStatedHunks(QByteArrayView file, const QList<Hunk> &hunks, Direction direction,
                                            LineMatch match)
{
    const LineMatcher matcher(file, match);
    const LocateOptions options;
    Locator locator(matcher, options, hunks.size());
    for (const Hunk &hunk : hunks) {
        if (!locator.placeAsStated(seen(hunk, direction))) {
            return std::nullopt;
        }
    }
    return locator.takeFound();
}

} // namespace PatchPanel::Patch
