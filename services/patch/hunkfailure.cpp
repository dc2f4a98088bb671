#include "services/patch/hunkfailure.h"

#include <QHash>
#include <QJsonArray>

#include <algorithm>
#include <cstdlib>

namespace PatchPanel::Patch {

namespace {

constexpr size_t votingPlaces = 1000; // lines that stand in more places say little about where a hunk belongs
constexpr qsizetype longestExcerpt = 64 * 1024; // bytes

QString shown(QByteArrayView line)
{
    constexpr int longest = 120;
    QString text = QString::fromUtf8(line.first(std::min<qsizetype>(line.size(), 4 * longest)));
    text.replace(u'\r', QLatin1String("\\r")).replace(u'\t', QLatin1String("\\t"));
    if (line.endsWith('\n')) {
        text.chop(text.endsWith(u'\n') ? 1 : 0);
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

QList<QByteArrayView> oldLinesOf(const Hunk &hunk)
{
    QList<QByteArrayView> lines;
    for (const DiffLine &line : hunk.lines()) {
        if (line.kind != DiffLine::Kind::Add) {
            lines.append(line.text);
        }
    }
    return lines;
}

// Where most of the lines would stand: each line of the hunk votes for the starts that its places in the file imply.
int nearestPlace(const UnplacedHunk &failed, const QList<QByteArrayView> &lines)
{
    QHash<int, int> votes;
    for (int i = 0; i < lines.size(); ++i) {
        const std::span<const int> places = failed.file.placesOf(lines.at(i));
        if (places.size() > votingPlaces) {
            continue;
        }
        for (const int place : places) {
            if (place - i >= failed.firstFree) {
                ++votes[place - i];
            }
        }
    }
    int best = std::clamp(failed.statedLine, 0, std::max(0, failed.file.count() - 1));
    int bestVotes = 0;
    for (auto vote = votes.cbegin(); vote != votes.cend(); ++vote) {
        const int distance = std::abs(vote.key() - failed.statedLine);
        const int bestDistance = std::abs(best - failed.statedLine);
        const bool nearer = distance < bestDistance || (distance == bestDistance && vote.key() < best);
        if (vote.value() > bestVotes || (vote.value() == bestVotes && nearer)) {
            best = vote.key();
            bestVotes = vote.value();
        }
    }
    return best;
}

QString excerpt(QByteArrayView text)
{
    return QString::fromUtf8(text.first(std::min(text.size(), longestExcerpt)));
}

QString foundAt(const UnplacedHunk &failed, int first, qsizetype count)
{
    const int end = static_cast<int>(std::min<qsizetype>(failed.file.count(), first + count));
    const qsizetype start = failed.file.startOf(std::min(first, end));
    return excerpt(failed.matcher.file().sliced(start, failed.file.startOf(end) - start));
}

Error withoutContext(const UnplacedHunk &failed)
{
    const int line = failed.hunk.oldStart + 1;
    return {ErrorCode::DoesNotApply,
            QStringLiteral("Hunk %1 has no context lines, and the file is not empty: nothing says that line %2 is the "
                           "right place.")
                .arg(failed.number)
                .arg(line),
            QStringLiteral("Make the diff with context lines."),
            {},
            {{QStringLiteral("hunk"), failed.number}, {QStringLiteral("line"), line}}};
}

} // namespace

Error hunkFailure(const UnplacedHunk &failed)
{
    const QList<QByteArrayView> lines = oldLinesOf(failed.hunk);
    if (lines.isEmpty()) {
        return withoutContext(failed);
    }
    const int nearest = nearestPlace(failed, lines);
    int differing = 0;
    while (differing < lines.size() && nearest + differing < failed.file.count()
           && failed.matcher.lengthAt(failed.file.startOf(nearest + differing), lines.at(differing)) >= 0) {
        ++differing;
    }
    const int at = nearest + differing;
    QString message = QStringLiteral("Hunk %1 does not apply: ").arg(failed.number);
    QString hint = QStringLiteral("Make the task again from the file as it is now.");
    if (differing >= lines.size()) {
        const bool hasContext = failed.hunk.leadingContext + failed.hunk.trailingContext > 0;
        message += QStringLiteral("its lines stand at line %1, which %2.")
                       .arg(nearest + 1)
                       .arg(failed.hunk.newEndsOpen ? QStringLiteral("is not the end of the file")
                                : hasContext        ? QStringLiteral("an earlier hunk has used already")
                                                    : QStringLiteral("is not the stated one, and without context "
                                                                            "nothing else tells the place"));
    } else if (at >= failed.file.count()) {
        message += QStringLiteral("the file ends after line %1, expected was %2.")
                       .arg(failed.file.count())
                       .arg(shown(lines.at(differing)));
    } else {
        const QByteArrayView found = failed.file.line(at);
        message +=
            QStringLiteral("line %1 is %2, expected was %3.").arg(at + 1).arg(shown(found), shown(lines.at(differing)));
        if (withoutBlanks(found) == withoutBlanks(lines.at(differing))) {
            hint = QStringLiteral("The two differ in blanks or line endings only.");
        }
    }
    return {ErrorCode::DoesNotApply,
            message,
            hint,
            {},
            {{QStringLiteral("hunk"), failed.number},
             {QStringLiteral("line"), at + 1},
             {QStringLiteral("nearest"), nearest + 1},
             {QStringLiteral("expected"), excerpt(failed.hunk.oldText())},
             {QStringLiteral("found"), foundAt(failed, nearest, lines.size())}}};
}

Error ambiguousHunk(int number, const QList<int> &lines, Among among)
{
    QJsonArray array;
    QStringList numbers;
    for (const int line : lines) {
        array.append(line + 1);
        numbers.append(QString::number(line + 1));
    }
    return {ErrorCode::Ambiguous,
            QStringLiteral("Hunk %1 fits in more than one place: lines %2.")
                .arg(number)
                .arg(numbers.join(QLatin1String(", "))),
            QStringLiteral("Give it more context, or correct its line number."),
            {},
            {{QStringLiteral("hunk"), number},
             {QStringLiteral("lines"), array},
             {QStringLiteral("stated"), among == Among::StatedPlace}}};
}

} // namespace PatchPanel::Patch
