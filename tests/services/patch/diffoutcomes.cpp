#include "tests/services/patch/diffoutcomes.h"

#include "tests/services/patch/randomtree.h"

#include <algorithm>
#include <utility>

namespace PatchPanel::Test {

namespace {

QByteArray unquoted(const QByteArray &text)
{
    if (!text.startsWith('"')) {
        return text;
    }
    QByteArray name;
    for (qsizetype i = 1; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] != '\\') {
            name += text[i];
            continue;
        }
        const char escaped = text[++i];
        if (escaped >= '0' && escaped <= '7') {
            name += static_cast<char>(text.mid(i, 3).toInt(nullptr, 8));
            i += 2;
        } else {
            name += escaped == 't' ? '\t' : escaped == 'n' ? '\n' : escaped;
        }
    }
    return name;
}

// "--- a/x", "+++ b/x": git ends a name that holds a blank with a tab.
QByteArray sideName(QByteArray text)
{
    if (text.endsWith('\t')) {
        text.chop(1);
    }
    const QByteArray name = unquoted(text);
    return name == "/dev/null" ? QByteArray() : name.mid(2);
}

// "a/x b/x" of a file that keeps its name.
QByteArray commonName(const QByteArray &text)
{
    return text.startsWith('"') ? unquoted(text).mid(2) : text.mid(2, (text.size() - 5) / 2);
}

// Takes "12" or "12,3" from the front.
std::pair<int, int> range(QByteArray text)
{
    text = text.mid(1);
    const qsizetype comma = text.indexOf(',');
    return comma < 0 ? std::pair(text.toInt(), 1) : std::pair(text.first(comma).toInt(), text.mid(comma + 1).toInt());
}

PlainHunk hunkAt(const QList<QByteArray> &lines, qsizetype &at)
{
    const QList<QByteArray> words = lines[at++].split(' ');
    PlainHunk hunk;
    auto [oldStart, oldLeft] = range(words[1]);
    auto [newStart, newLeft] = range(words[2]);
    hunk.oldStart = oldStart;
    hunk.newStart = newStart;
    bool changed = false;
    const auto chop = [&hunk](char marker) {
        if (marker != '+') {
            hunk.oldLines.last().chop(1);
        }
        if (marker != '-') {
            hunk.newLines.last().chop(1);
        }
    };
    while (oldLeft > 0 || newLeft > 0) {
        const char marker = lines[at][0];
        const QByteArray text = lines[at++].mid(1);
        if (marker != '+') {
            hunk.oldLines.append(text);
            --oldLeft;
        }
        if (marker != '-') {
            hunk.newLines.append(text);
            --newLeft;
        }
        hunk.before += marker == ' ' && !changed ? 1 : 0;
        hunk.after = marker == ' ' && changed ? hunk.after + 1 : 0;
        changed = changed || marker != ' ';
        if (at < lines.size() && lines[at].startsWith("\\ ")) {
            chop(marker);
            ++at;
        }
    }
    return hunk;
}

void readHeader(PlainSection &section, const QByteArray &line)
{
    const auto value = [&line](const char *key) {
        return line.startsWith(key) ? line.mid(static_cast<qsizetype>(qstrlen(key))) : QByteArray();
    };
    if (const QByteArray mode = value("old mode "); !mode.isEmpty()) {
        section.oldMode = mode.toInt(nullptr, 8);
    } else if (const QByteArray changed = value("new mode "); !changed.isEmpty()) {
        section.newMode = changed.toInt(nullptr, 8);
    } else if (const QByteArray created = value("new file mode "); !created.isEmpty()) {
        section.newMode = created.toInt(nullptr, 8);
        section.oldPath.clear();
    } else if (const QByteArray deleted = value("deleted file mode "); !deleted.isEmpty()) {
        section.oldMode = deleted.toInt(nullptr, 8);
        section.newPath.clear();
    } else if (line.startsWith("rename from ") || line.startsWith("copy from ")) {
        section.copies = line.startsWith("copy");
        section.oldPath = unquoted(line.mid(line.indexOf(" from ") + 6));
    } else if (line.startsWith("rename to ") || line.startsWith("copy to ")) {
        section.newPath = unquoted(line.mid(line.indexOf(" to ") + 4));
    } else if (line.startsWith("index ") && line.contains(' ') && line.lastIndexOf(' ') > 6) {
        section.oldMode = section.newMode = line.mid(line.lastIndexOf(' ') + 1).toInt(nullptr, 8);
    }
}

bool fitsAt(const QList<QByteArray> &lines, const QList<QByteArray> &wanted, qsizetype at)
{
    return at >= 0 && at + wanted.size() <= lines.size()
        && std::equal(wanted.begin(), wanted.end(), lines.begin() + at);
}

bool opensEnd(const PlainHunk &hunk)
{
    return !hunk.newLines.isEmpty() && !hunk.newLines.last().endsWith('\n');
}

QList<qsizetype> placesOf(const QList<QByteArray> &lines, const PlainHunk &hunk)
{
    QList<qsizetype> places;
    for (qsizetype at = 0; at + hunk.oldLines.size() <= lines.size(); ++at) {
        const bool ends = at + hunk.oldLines.size() == lines.size();
        if (fitsAt(lines, hunk.oldLines, at) && (ends || !opensEnd(hunk))) {
            places.append(at);
        }
    }
    return places;
}

// By its context the hunk begins or ends the file; git takes no other place for it than that edge.
bool isAtNamedEdge(const QList<QByteArray> &lines, const PlainHunk &hunk, qsizetype at)
{
    const bool mustBegin = hunk.oldStart <= 1;
    const bool mustEnd = hunk.after == 0;
    return (!mustBegin || at == 0) && (!mustEnd || at + hunk.oldLines.size() == lines.size());
}

bool endsInCrlfOnly(const QList<QByteArray> &lines)
{
    const auto endsInCrlf = [&lines](const QByteArray &line) {
        return line.endsWith("\r\n") || (&line == &lines.last() && !line.endsWith('\n'));
    };
    return !lines.isEmpty() && lines.first().endsWith("\r\n") && std::all_of(lines.begin(), lines.end(), endsInCrlf);
}

// hunkpatch.h: to a file of CR LF lines, a diff that has none is taken as if it had.
QList<PlainHunk> inEndingsOf(const QList<QByteArray> &lines, QList<PlainHunk> hunks)
{
    const auto hasCrlf = [](const QList<QByteArray> &texts) {
        return std::any_of(texts.begin(), texts.end(), [](const QByteArray &line) { return line.endsWith("\r\n"); });
    };
    const bool diffHas = std::any_of(hunks.begin(), hunks.end(), [&hasCrlf](const PlainHunk &hunk) {
        return hasCrlf(hunk.oldLines) || hasCrlf(hunk.newLines);
    });
    if (diffHas || !endsInCrlfOnly(lines)) {
        return hunks;
    }
    for (PlainHunk &hunk : hunks) {
        for (QList<QByteArray> *texts : {&hunk.oldLines, &hunk.newLines}) {
            for (QByteArray &line : *texts) {
                line = line.endsWith('\n') ? line.chopped(1) + "\r\n" : line;
            }
        }
    }
    return hunks;
}

QList<PlainHunk> reversed(const QList<PlainHunk> &hunks)
{
    QList<PlainHunk> back;
    for (const PlainHunk &hunk : hunks) {
        back.append(hunk.reversed());
    }
    return back;
}

TreeFile::Kind kindOf(int mode)
{
    return mode == 0120000   ? TreeFile::Kind::Symlink
        : (mode & 0100) != 0 ? TreeFile::Kind::Executable
                             : TreeFile::Kind::Regular;
}

QByteArray joinedNew(const QList<PlainHunk> &hunks)
{
    return hunks.isEmpty() ? QByteArray() : hunks.first().newLines.join();
}

// What one section finds in the tree that the diff meets: git's sections do not depend on each other.
struct SectionOutcome {
    Placement forward;
    Placement backward;
    std::optional<TreeFile> result; // of newPath, when forward.decided
};

Placement certain(bool fits, const QByteArray &result = {})
{
    return {fits, false, fits, fits, fits, result};
}

bool sameType(const TreeFile &file, int mode)
{
    return mode == 0 || (file.kind == TreeFile::Kind::Symlink) == (mode == 0120000);
}

SectionOutcome creation(const PlainSection &section, const TreeFile *standing)
{
    const TreeFile wanted{kindOf(section.newMode), joinedNew(section.hunks)};
    const bool there = standing && standing->bytes == wanted.bytes && sameType(*standing, section.newMode);
    return {certain(!standing, wanted.bytes), certain(there), wanted};
}

SectionOutcome deletion(const PlainSection &section, const TreeFile *standing)
{
    if (!standing) {
        return {{}, certain(true), {}};
    }
    Placement emptied = placed(standing->bytes, section.hunks);
    const bool fits = sameType(*standing, section.oldMode) && emptied.decided && emptied.result.isEmpty();
    return {certain(fits), {}, {}};
}

SectionOutcome outcomeOf(const FileTree &tree, const PlainSection &section)
{
    const auto find = [&tree](const QByteArray &path) {
        const auto file = tree.constFind(path);
        return file == tree.constEnd() ? nullptr : &*file;
    };
    const TreeFile *oldFile = find(section.oldPath);
    const TreeFile *newFile = find(section.newPath);
    if (section.oldPath.isEmpty()) {
        return creation(section, newFile);
    }
    if (section.newPath.isEmpty()) {
        return deletion(section, oldFile);
    }
    SectionOutcome outcome;
    const bool moves = section.oldPath != section.newPath;
    const bool changesMode = section.oldMode != section.newMode && section.newMode != 0;
    if (oldFile && sameType(*oldFile, section.oldMode) && (!moves || !newFile)) {
        outcome.forward = placed(oldFile->bytes, section.hunks);
        outcome.result = TreeFile{changesMode ? kindOf(section.newMode) : oldFile->kind, outcome.forward.result};
    }
    const bool modeStands = !changesMode || (newFile && newFile->kind == kindOf(section.newMode));
    if (newFile && modeStands && sameType(*newFile, section.newMode)) {
        if (section.copies) {
            outcome.backward = certain(oldFile && placed(oldFile->bytes, section.hunks).result == newFile->bytes);
        } else if (!moves || !oldFile) {
            outcome.backward = placed(newFile->bytes, reversed(section.hunks));
        }
    }
    return outcome;
}

// A path that is deleted and created in one diff changes its type; both halves fit, or neither.
QList<SectionOutcome> outcomesOf(const FileTree &tree, const QList<PlainSection> &sections)
{
    QList<SectionOutcome> outcomes;
    for (const PlainSection &section : sections) {
        outcomes.append(outcomeOf(tree, section));
    }
    for (qsizetype i = 1; i < sections.size(); ++i) {
        const bool changesType = sections[i].oldPath.isEmpty() && sections[i - 1].newPath.isEmpty()
            && sections[i].newPath == sections[i - 1].oldPath;
        if (changesType) {
            outcomes[i].forward = outcomes[i - 1].forward;
            outcomes[i - 1].backward = outcomes[i].backward;
        }
    }
    return outcomes;
}

bool meetsLinkUnawares(const FileTree &tree, const PlainSection &section)
{
    const auto isLink = [&tree](const QByteArray &path) {
        return tree.value(path).kind == TreeFile::Kind::Symlink;
    };
    const bool saysLink = section.oldMode == 0120000 || section.newMode == 0120000;
    const auto isFile = [&](const QByteArray &path) {
        return tree.contains(path) && !isLink(path);
    };
    return saysLink ? isFile(section.oldPath) || isFile(section.newPath)
                    : isLink(section.oldPath) || isLink(section.newPath);
}

} // namespace

PlainHunk PlainHunk::reversed() const
{
    return {newStart, oldStart, newLines, oldLines, before, after};
}

QList<PlainSection> sectionsOf(const QByteArray &gitDiff)
{
    const QList<QByteArray> lines = linesOf(gitDiff);
    QList<PlainSection> sections;
    bool inBinary = false;
    for (qsizetype at = 0; at < lines.size();) {
        const QByteArray line = lines[at].endsWith('\n') ? lines[at].chopped(1) : lines[at];
        if (line.startsWith("diff --git ")) {
            sections.append(PlainSection{});
            sections.last().oldPath = sections.last().newPath = commonName(line.mid(11));
            inBinary = false;
        } else if (line.startsWith("--- ")) {
            sections.last().oldPath = sideName(line.mid(4));
        } else if (line.startsWith("+++ ")) {
            sections.last().newPath = sideName(line.mid(4));
        } else if (line.startsWith("@@ ") && !inBinary) {
            sections.last().hunks.append(hunkAt(lines, at));
            continue;
        } else if (line == "GIT binary patch") {
            sections.last().binary = inBinary = true;
        } else if (!inBinary && !sections.isEmpty()) {
            readHeader(sections.last(), line);
        }
        ++at;
    }
    return sections;
}

Placement placed(const QByteArray &text, const QList<PlainHunk> &stated)
{
    const QList<QByteArray> lines = linesOf(text);
    const QList<PlainHunk> hunks = inEndingsOf(lines, stated);
    Placement placement{true, false, true, true, true, {}};
    qsizetype offset = 0;
    qsizetype firstFree = 0;
    for (const PlainHunk &hunk : hunks) {
        if (hunk.oldLines.isEmpty()) {
            // Nothing says where such a hunk belongs, but for an empty file.
            placement.somewhere = placement.somewhere && lines.isEmpty();
            placement.decided = placement.decided && lines.isEmpty();
            placement.beyondDoubt = placement.beyondDoubt && lines.isEmpty();
            placement.asStated = placement.asStated && lines.isEmpty();
            placement.result += hunk.newLines.join();
            continue;
        }
        const QList<qsizetype> everywhere = placesOf(lines, hunk);
        QList<qsizetype> places = everywhere;
        const bool withoutContext = hunk.before + hunk.after == 0;
        places.removeIf(
            [&](qsizetype at) { return at < firstFree || (withoutContext && at != hunk.oldStart - 1 + offset); });
        placement.plural = placement.plural || places.size() > 1;
        if (places.isEmpty()) {
            Placement nowhere;
            nowhere.plural = placement.plural;
            return nowhere;
        }
        qsizetype at = hunk.oldStart - 1 + offset;
        const bool asStated = places.contains(at);
        if (!asStated) {
            const auto edge = std::find_if(places.begin(), places.end(), [&](qsizetype place) {
                return (hunk.after == 0 || hunk.before == 0) && isAtNamedEdge(lines, hunk, place);
            });
            placement.decided = placement.decided && (places.size() == 1 || edge != places.end());
            at = edge != places.end() ? *edge : places.first();
        }
        placement.asStated = placement.asStated && at == hunk.oldStart - 1;
        const bool otherEdge =
            std::any_of(places.begin(), places.end(),
                        [&](qsizetype place) { return place != at && isAtNamedEdge(lines, hunk, place); })
            && (hunk.after == 0 || hunk.oldStart <= 1);
        // Without context, git finds a last line without a line ending in the middle of a file, too.
        const bool gitOverlooksEnd = hunk.before + hunk.after == 0 && !hunk.oldLines.last().endsWith('\n');
        placement.beyondDoubt = placement.beyondDoubt && !gitOverlooksEnd
            && (everywhere.size() == 1 || (asStated && offset == 0 && !otherEdge));
        placement.result += lines.mid(firstFree, at - firstFree).join() + hunk.newLines.join();
        offset = at - (hunk.oldStart - 1);
        firstFree = at + hunk.oldLines.size();
    }
    placement.beyondDoubt = placement.beyondDoubt && placement.decided;
    placement.result += lines.mid(firstFree).join();
    return placement;
}

Allowed allowedFor(const FileTree &tree, const QList<PlainSection> &sections)
{
    Allowed allowed;
    allowed.mustApply = allowed.mayApply = allowed.mayBeNoop = true;
    allowed.forwardStated = allowed.backwardStated = allowed.backwardBeyondDoubt = true;
    allowed.result = tree;
    const QList<SectionOutcome> outcomes = outcomesOf(tree, sections);
    bool someBackward = false;
    for (qsizetype i = 0; i < sections.size(); ++i) {
        const PlainSection &section = sections[i];
        const auto &[forward, backward, result] = outcomes[i];
        allowed.mustApply = allowed.mustApply && forward.beyondDoubt && !backward.somewhere;
        allowed.mayApply = allowed.mayApply && forward.decided;
        allowed.mayBeNoop = allowed.mayBeNoop && backward.somewhere;
        allowed.forwardStated = allowed.forwardStated && forward.asStated;
        allowed.backwardStated = allowed.backwardStated && backward.asStated;
        allowed.backwardBeyondDoubt = allowed.backwardBeyondDoubt && backward.beyondDoubt;
        allowed.mayBeAmbiguous = allowed.mayBeAmbiguous || forward.plural || (forward.somewhere && backward.somewhere);
        allowed.namesLinkWithoutMode = allowed.namesLinkWithoutMode || meetsLinkUnawares(tree, section);
        someBackward = someBackward || backward.somewhere;
        if (!section.copies && section.oldPath != section.newPath) {
            allowed.result.remove(section.oldPath);
        }
    }
    for (qsizetype i = 0; i < sections.size(); ++i) {
        if (!sections[i].newPath.isEmpty() && outcomes[i].result) {
            allowed.result.insert(sections[i].newPath, *outcomes[i].result);
        }
    }
    allowed.mayBeHalfApplied = someBackward && !allowed.mayBeNoop;
    return allowed;
}

QByteArray halfPatched(const QByteArray &text, const QList<PlainHunk> &hunks)
{
    return placed(text, hunks.first(std::max<qsizetype>(1, hunks.size() / 2))).result;
}

} // namespace PatchPanel::Test
