#include "services/patch/hunklocator.h"

#include <QJsonArray>

#include <algorithm>
#include <cstdlib>

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype listedPlaces = 10;
constexpr qsizetype votingPlaces = 1000; // lines that stand in more places say little about where a hunk belongs

// The old lines of a hunk as numbers of the file's lines.
struct Wanted {
    QList<QByteArray> lines;
    QList<int> ids;
    int statedAt = 0; // 0-based, running offset included
    int firstFree = 0; // no line above belongs to an earlier hunk
    bool atStart = false; // by its context, the hunk begins the file
    bool atEnd = false;
    bool mustEnd = false; // its new last line has no line ending: nothing may follow
};

QString shown(QByteArrayView line)
{
    constexpr int longest = 120;
    QString text = QString::fromUtf8(line);
    text.replace(u'\r', QLatin1String("\\r")).replace(u'\t', QLatin1String("\\t"));
    if (text.endsWith(u'\n')) {
        text.chop(1);
    } else {
        text += QLatin1String(" (without line ending)");
    }
    return u'"' + (text.size() > longest ? text.left(longest) + u'\u2026' : text) + u'"';
}

QByteArray withoutBlanks(QByteArrayView line)
{
    QByteArray text;
    std::copy_if(line.begin(), line.end(), std::back_inserter(text),
                 [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
    return text;
}

bool endsOpen(const QList<QByteArray> &lines)
{
    return !lines.isEmpty() && !lines.last().endsWith('\n');
}

class Locator {
public:
    Locator(const LineIndex &file, int fuzz)
        : m_file(file)
        , m_fuzz(fuzz)
    {
    }

    Result<void> place(const Hunk &hunk)
    {
        ++m_number;
        const int trimmable = std::max(hunk.leadingContext(), hunk.trailingContext());
        for (int fuzz = 0; fuzz <= std::min(m_fuzz, trimmable); ++fuzz) {
            const int before = std::min(fuzz, hunk.leadingContext());
            const int after = std::min(fuzz, hunk.trailingContext());
            const Wanted wanted = wantedFor(hunk, before, after);
            if (wanted.lines.isEmpty()) {
                break;
            }
            const Result<int> at = find(wanted);
            if (at && *at >= 0) {
                accept(hunk, wanted, *at, before, after);
                return {};
            }
            if (!at) {
                return at.error();
            }
        }
        if (hunk.oldLines().isEmpty() && m_file.count() == 0) {
            m_found.places.append(HunkPlace{});
            return {};
        }
        return failure(hunk);
    }

    HunkPlaces found() const { return m_found; }

private:
    Wanted wantedFor(const Hunk &hunk, int before, int after) const
    {
        Wanted wanted;
        wanted.lines = hunk.oldLines();
        wanted.lines = wanted.lines.mid(before, wanted.lines.size() - before - after);
        for (const QByteArray &line : std::as_const(wanted.lines)) {
            wanted.ids.append(m_file.idOf(line));
        }
        wanted.statedAt = hunk.oldStart - 1 + before + m_offset;
        wanted.firstFree = m_firstFree;
        wanted.atStart = before == 0 && hunk.leadingContext() == 0 && hunk.oldStart <= 1;
        wanted.atEnd = after == 0 && hunk.trailingContext() == 0;
        wanted.mustEnd = endsOpen(hunk.newLines());
        return wanted;
    }

    bool fits(const Wanted &wanted, int at) const
    {
        const auto size = static_cast<int>(wanted.ids.size());
        if (at < wanted.firstFree || at + size > m_file.count() || (wanted.mustEnd && at + size != m_file.count())) {
            return false;
        }
        for (int i = 0; i < size; ++i) {
            if (wanted.ids.at(i) != m_file.idAt(at + i)) {
                return false;
            }
        }
        return true;
    }

    bool isAnchored(const Wanted &wanted, int at) const
    {
        return (!wanted.atStart || at == 0) && (!wanted.atEnd || at + wanted.ids.size() == m_file.count());
    }

    // All places where the lines stand, at most `listedPlaces`: only where the rarest of them stands is looked at.
    QList<int> search(const Wanted &wanted) const
    {
        if (wanted.ids.contains(-1)) {
            return {};
        }
        const auto rarest = std::min_element(wanted.ids.begin(), wanted.ids.end(), [this](int left, int right) {
            return m_file.placesOf(left).size() < m_file.placesOf(right).size();
        });
        const auto inHunk = static_cast<int>(rarest - wanted.ids.begin());
        QList<int> places;
        for (const int place : m_file.placesOf(*rarest)) {
            if (fits(wanted, place - inHunk)) {
                places.append(place - inHunk);
            }
            if (places.size() == listedPlaces) {
                break;
            }
        }
        return places;
    }

    // The edge of the file that the hunk's context names, if the lines stand there; -1 if not or if it names none.
    int edgePlace(const Wanted &wanted) const
    {
        const int at = wanted.atStart ? 0 : m_file.count() - static_cast<int>(wanted.ids.size());
        return (wanted.atStart || wanted.atEnd) && at >= 0 && isAnchored(wanted, at) && fits(wanted, at) ? at : -1;
    }

    // -1 when the lines stand nowhere.
    Result<int> find(const Wanted &wanted) const
    {
        const bool stated = wanted.statedAt >= 0 && fits(wanted, wanted.statedAt);
        const int edge = edgePlace(wanted);
        if (stated && edge >= 0 && edge != wanted.statedAt) {
            return ambiguous({wanted.statedAt, edge});
        }
        if (stated || edge >= 0) {
            return stated ? wanted.statedAt : edge;
        }
        const QList<int> places = search(wanted);
        if (places.size() > 1) {
            return ambiguous(places);
        }
        return places.isEmpty() ? -1 : places.first();
    }

    void accept(const Hunk &hunk, const Wanted &wanted, int at, int before, int after)
    {
        const int moved = at - wanted.statedAt;
        if (moved != 0) {
            const QString where = moved > 0 ? QStringLiteral("below") : QStringLiteral("above");
            const int distance = at - before - (hunk.oldStart - 1);
            m_found.notes.append(QStringLiteral("hunk %1 applied %2 line(s) %3 its stated place")
                                     .arg(m_number)
                                     .arg(std::abs(distance == 0 ? moved : distance))
                                     .arg(where));
            m_found.stated = false;
        }
        if (before + after > 0) {
            m_found.notes.append(QStringLiteral("hunk %1 applied with fuzz %2: context lines differ")
                                     .arg(m_number)
                                     .arg(std::max(before, after)));
        }
        m_found.anchored = m_found.anchored && isAnchored(wanted, at);
        m_found.places.append({at, before, after});
        m_offset += moved;
        m_firstFree = at + static_cast<int>(wanted.ids.size());
    }

    Error ambiguous(const QList<int> &places) const
    {
        QJsonArray lines;
        QStringList numbers;
        for (const int place : places) {
            lines.append(place + 1);
            numbers.append(QString::number(place + 1));
        }
        return {ErrorCode::Ambiguous,
                QStringLiteral("Hunk %1 fits in more than one place: lines %2.")
                    .arg(m_number)
                    .arg(numbers.join(QLatin1String(", "))),
                QStringLiteral("Give it more context, or correct its line number."),
                {},
                {{QStringLiteral("hunk"), m_number}, {QStringLiteral("lines"), lines}}};
    }

    // Where most of the lines would stand: each line of the hunk votes for the starts that its places in the file
    // imply.
    int nearestPlace(const Wanted &wanted) const
    {
        QHash<int, int> votes;
        for (int i = 0; i < wanted.ids.size(); ++i) {
            const int id = wanted.ids.at(i);
            if (id < 0 || m_file.placesOf(id).size() > votingPlaces) {
                continue;
            }
            for (const int place : m_file.placesOf(id)) {
                if (place - i >= wanted.firstFree) {
                    ++votes[place - i];
                }
            }
        }
        int best = std::clamp(wanted.statedAt, 0, std::max(0, m_file.count() - 1));
        int bestVotes = 0;
        for (auto vote = votes.cbegin(); vote != votes.cend(); ++vote) {
            const bool nearer = std::abs(vote.key() - wanted.statedAt) < std::abs(best - wanted.statedAt);
            if (vote.value() > bestVotes || (vote.value() == bestVotes && nearer)) {
                best = vote.key();
                bestVotes = vote.value();
            }
        }
        return best;
    }

    Error failure(const Hunk &hunk) const
    {
        const Wanted wanted = wantedFor(hunk, 0, 0);
        if (wanted.lines.isEmpty()) {
            return {ErrorCode::DoesNotApply,
                    QStringLiteral("Hunk %1 has no context lines, and the file is not empty: nothing says that line %2 "
                                   "is the right place.")
                        .arg(m_number)
                        .arg(hunk.oldStart + 1),
                    QStringLiteral("Make the diff with context lines."),
                    {},
                    {{QStringLiteral("hunk"), m_number}, {QStringLiteral("line"), hunk.oldStart + 1}}};
        }
        const int nearest = nearestPlace(wanted);
        int differing = 0;
        while (differing < wanted.ids.size() && nearest + differing < m_file.count()
               && wanted.ids.at(differing) == m_file.idAt(nearest + differing)) {
            ++differing;
        }
        return describe(wanted, nearest, differing);
    }

    Error describe(const Wanted &wanted, int nearest, int differing) const
    {
        const int at = nearest + differing;
        const bool fileEnds = at >= m_file.count();
        const bool hunkEnds = differing >= wanted.lines.size();
        QString message = QStringLiteral("Hunk %1 does not apply: ").arg(m_number);
        QString hint = QStringLiteral("Make the task again from the file as it is now.");
        if (hunkEnds) {
            message += QStringLiteral("its lines stand at line %1, which %2.")
                           .arg(nearest + 1)
                           .arg(wanted.mustEnd ? QStringLiteral("is not the end of the file")
                                               : QStringLiteral("an earlier hunk has used already"));
        } else if (fileEnds) {
            message += QStringLiteral("the file ends after line %1, expected was %2.")
                           .arg(m_file.count())
                           .arg(shown(wanted.lines.at(differing)));
        } else {
            const QByteArrayView found = m_file.line(at);
            message += QStringLiteral("line %1 is %2, expected was %3.")
                           .arg(at + 1)
                           .arg(shown(found), shown(wanted.lines.at(differing)));
            if (withoutBlanks(found) == withoutBlanks(wanted.lines.at(differing))) {
                hint = QStringLiteral("The two differ in blanks or line endings only.");
            }
        }
        QByteArray found;
        for (int i = std::max(0, nearest); i < std::min<qsizetype>(m_file.count(), nearest + wanted.lines.size());
             ++i) {
            found += m_file.line(i);
        }
        return {ErrorCode::DoesNotApply,
                message,
                hint,
                {},
                {{QStringLiteral("hunk"), m_number},
                 {QStringLiteral("line"), at + 1},
                 {QStringLiteral("nearest"), nearest + 1},
                 {QStringLiteral("expected"), QString::fromUtf8(wanted.lines.join())},
                 {QStringLiteral("found"), QString::fromUtf8(found)}}};
    }

    const LineIndex &m_file;
    int m_fuzz;
    int m_number = 0;
    int m_offset = 0; // how far below their stated places the hunks stand so far
    int m_firstFree = 0;
    HunkPlaces m_found;
};

} // namespace

Result<HunkPlaces> locateHunks(const LineIndex &file, const QList<Hunk> &hunks, int fuzz)
{
    Locator locator(file, fuzz);
    for (const Hunk &hunk : hunks) {
        const Result<void> placed = locator.place(hunk);
        if (!placed) {
            return placed.error();
        }
    }
    return locator.found();
}

} // namespace PatchPanel::Patch
