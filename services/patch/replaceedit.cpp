#include "services/patch/bytepattern.h"
#include "services/patch/linematcher.h"
#include "services/patch/replacementtemplate.h"
#include "services/patch/textedit.h"

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

// A stretch of the file, and the text that belongs there.
struct Site {
    qsizetype start = 0;
    qsizetype end = 0;
    QByteArray replacement = {};
    bool done = false; // the replacement stands there already
};

QList<qsizetype> placesOf(QByteArrayView needle, QByteArrayView text)
{
    QList<qsizetype> places;
    for (qsizetype at = needle.isEmpty() ? -1 : text.indexOf(needle); at >= 0;
         at = text.indexOf(needle, at + needle.size())) {
        places.append(at);
    }
    return places;
}

bool overlapsAny(const QList<Site> &sites, qsizetype start, qsizetype end)
{
    const auto after = std::upper_bound(sites.begin(), sites.end(), start,
                                        [](qsizetype at, const Site &site) { return at < site.end; });
    return after != sites.end() && after->start < end;
}

void sortByStart(QList<Site> &sites)
{
    std::stable_sort(sites.begin(), sites.end(),
                     [](const Site &left, const Site &right) { return left.start < right.start; });
}

// Whether the match is a part of its own replacement that stands in the text already: "a" in "ab" when a becomes ab.
bool standsInReplacement(QByteArrayView text, qsizetype start, QByteArrayView match, const QByteArray &replacement)
{
    if (match.isEmpty() || replacement == match) {
        return replacement == match;
    }
    for (qsizetype inside = replacement.indexOf(match); inside >= 0; inside = replacement.indexOf(match, inside + 1)) {
        const qsizetype from = start - inside;
        if (from >= 0 && from + replacement.size() <= text.size()
            && text.sliced(from, replacement.size()) == replacement) {
            return true;
        }
    }
    return false;
}

// The places where the replacement stands and no match is, as sites that are done.
void appendDone(QList<Site> &sites, QByteArrayView text, const QByteArray &replacement)
{
    const QList<Site> matches = sites;
    for (const qsizetype at : placesOf(replacement, text)) {
        if (!overlapsAny(matches, at, at + replacement.size())) {
            sites.append({at, at + replacement.size(), replacement, true});
        }
    }
    sortByStart(sites);
}

QByteArray rewritten(const QByteArray &contents, const QList<Site> &sites)
{
    QByteArray result;
    qsizetype at = 0;
    for (const Site &site : sites) {
        result += QByteArrayView(contents).sliced(at, site.start - at);
        result += site.replacement;
        at = site.end;
    }
    return result + contents.sliced(at);
}

QString quoted(QByteArrayView text)
{
    constexpr int longest = 80;
    QString shown = QString::fromUtf8(text);
    shown.replace(u'\n', QLatin1String("\\n")).replace(u'\r', QLatin1String("\\r"));
    return u'"' + (shown.size() > longest ? shown.left(longest) + u'\u2026' : shown) + u'"';
}

Edit alreadyThere(const QByteArray &contents, const QString &weakness = {})
{
    return {contents, true, weakness.isEmpty() ? QList<QString>{} : QList<QString>{weakness}};
}

// `what` names it, with a place for the text.
Error notFound(const QString &what, const Op &op)
{
    return {ErrorCode::DoesNotApply,
            QStringLiteral("%1 is not found.").arg(what.arg(quoted(op.find))),
            QStringLiteral("Compare it with the file, blanks and line ends too."),
            {},
            {{QStringLiteral("expected"), QString::fromUtf8(op.find)}}};
}

// The rules that literal and pattern share. `sites` are the matches in order; those that are done stay as they are.
// A file is always written as a whole, so with a count the first `count` sites are either all done or none.
Result<Edit> replaceSites(const QByteArray &contents, const Op &op, QList<Site> sites, qsizetype count)
{
    const auto isDone = [](const Site &site) {
        return site.done;
    };
    const auto firstOnes = sites.begin() + (count > 0 ? std::min(count, sites.size()) : sites.size());
    if (std::all_of(sites.begin(), firstOnes, isDone)) {
        const auto left = std::count_if(firstOnes, sites.end(), [](const Site &site) { return !site.done; });
        return left == 0 ? alreadyThere(contents)
                         : alreadyThere(contents,
                                        QStringLiteral("the replacement stands in front of the %1 match(es) of "
                                                       "%2: taken as replaced already")
                                            .arg(left)
                                            .arg(quoted(op.find)));
    }
    const auto doneCount = std::count_if(sites.begin(), sites.end(), isDone);
    sites.removeIf(isDone);
    if (op.expectMatches && sites.size() != *op.expectMatches) {
        return Error{ErrorCode::DoesNotApply,
                     QStringLiteral("%1 matches %2 time(s), expected were %3.")
                         .arg(quoted(op.find))
                         .arg(sites.size())
                         .arg(*op.expectMatches),
                     QStringLiteral("Correct \"expectMatches\", or make the text to find more exact.")};
    }
    const qsizetype found = sites.size();
    if (count > 0 && sites.size() > count) {
        sites.resize(count);
    }
    Edit edit{rewritten(contents, sites), false, {}};
    edit.notes.append(sites.size() == found ? QStringLiteral("%1 match(es) replaced").arg(found)
                                            : QStringLiteral("%1 of %2 matches replaced").arg(sites.size()).arg(found));
    if (doneCount > 0) {
        edit.notes.append(
            QStringLiteral("%1 place(s) left alone: the replacement stands there already").arg(doneCount));
    }
    return edit;
}

QByteArray withCrlf(QByteArray text)
{
    return text.replace('\n', "\r\n");
}

} // namespace

Result<Edit> replaceLiteral(const QByteArray &contents, const Op &op)
{
    QByteArray find = op.find;
    QByteArray replacement = op.replacement;
    const bool hasLines = find.contains('\n') || replacement.contains('\n');
    if (hasLines && !find.contains('\r') && !replacement.contains('\r') && isAllCrlf(contents)) {
        find = withCrlf(find);
        replacement = withCrlf(replacement);
    }
    QList<Site> sites;
    for (const qsizetype at : placesOf(find, contents)) {
        if (!standsInReplacement(contents, at, find, replacement)) {
            sites.append({at, at + find.size(), replacement, false});
        }
    }
    const bool nothingPending = sites.isEmpty();
    const bool growsFromItself = replacement.contains(find);
    const qsizetype count = std::max(0, op.count);
    if (nothingPending || growsFromItself || count > 0) {
        appendDone(sites, contents, replacement);
    }
    if (!sites.isEmpty()) {
        return replaceSites(contents, op, sites, nothingPending ? 0 : count);
    }
    if (replacement.isEmpty() && !op.expectMatches) {
        return alreadyThere(contents, QStringLiteral("%1 is not there: taken as removed already").arg(quoted(op.find)));
    }
    return notFound(QStringLiteral("The text %1"), op);
}

Result<Edit> replacePattern(const QByteArray &contents, const Op &op)
{
    const Result<BytePattern> pattern = BytePattern::compile(op.find, op.patternFlags);
    if (!pattern) {
        return pattern.error();
    }
    const Result<ReplacementTemplate> replacement = ReplacementTemplate::parse(op.replacement, *pattern);
    if (!replacement) {
        return replacement.error();
    }
    const Result<QList<PatternMatch>> matches = pattern->matchAll(contents);
    if (!matches) {
        return matches.error();
    }
    QList<Site> sites;
    bool pending = false;
    for (const PatternMatch &match : *matches) {
        const QByteArray text = replacement->expand(match);
        const bool done = standsInReplacement(contents, match.start, match.groups.first(), text);
        sites.append({match.start, match.end, text, done});
        pending = pending || !done;
    }
    const qsizetype count = op.count < 0 ? 1 : op.count;
    if (sites.isEmpty()) {
        if (!replacement->hasText()) {
            return op.expectMatches
                ? notFound(QStringLiteral("A match of %1"), op)
                : Result<Edit>(alreadyThere(
                    contents, QStringLiteral("%1 matches nothing: taken as replaced already").arg(quoted(op.find))));
        }
        const Result<BytePattern> reverse = BytePattern::compile(replacement->reversePattern(), {});
        const Result<QList<PatternMatch>> traces =
            reverse ? reverse->matchAll(contents) : Result<QList<PatternMatch>>(reverse.error());
        const bool there = traces && !traces->isEmpty();
        return there ? Result<Edit>(alreadyThere(contents)) : notFound(QStringLiteral("A match of %1"), op);
    }
    const bool someStay = count > 0 && sites.size() > count;
    if (pending && count > 0 && !replacement->hasGroups()) {
        appendDone(sites, contents, sites.first().replacement);
    }
    Result<Edit> edit = replaceSites(contents, op, sites, count);
    if (edit && !edit->already && someStay && replacement->hasGroups()) {
        edit->notes.append(QStringLiteral("running it again would change the next match"));
    }
    return edit;
}

} // namespace PatchPanel::Patch
