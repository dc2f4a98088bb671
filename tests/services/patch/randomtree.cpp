#include "tests/services/patch/randomtree.h"

#include <array>
#include <cstddef>

namespace PatchPanel::Test {

namespace {

// Lines that a reader of diffs might take for something else.
constexpr std::array<QByteArrayView, 16> trapLines{"",
                                                   "-- ",
                                                   "--- a/x",
                                                   "+++ b/x",
                                                   "@@ -1,2 +1,2 @@",
                                                   "diff --git a/x b/x",
                                                   "\\ No newline at end of file",
                                                   "index 123..456 100644",
                                                   "GIT binary patch",
                                                   "Index: x",
                                                   "-",
                                                   "+",
                                                   " ",
                                                   "\f",
                                                   "\tx ",
                                                   "rename from x"};

constexpr std::array<QByteArrayView, 14> names{"a.txt",
                                               "dir/b.c",
                                               "dir/sub/with blank.txt",
                                               "quo\"te",
                                               "gr\xc3\xbcn/\xe6\x96\x87.txt",
                                               "-dash",
                                               "back\\slash",
                                               "x b/x",
                                               " leading",
                                               "trailing ",
                                               "+plus",
                                               "@@ -1 +1 @@",
                                               "it's",
                                               "deep/er/and/deeper/file"};

constexpr QByteArrayView nameWithTab("tab\there");

} // namespace

QList<QByteArray> linesOf(const QByteArray &text)
{
    QList<QByteArray> lines;
    for (qsizetype at = 0; at < text.size();) {
        const qsizetype end = text.indexOf('\n', at);
        const qsizetype next = end < 0 ? text.size() : end + 1;
        lines.append(text.mid(at, next - at));
        at = next;
    }
    return lines;
}

QByteArray RandomTree::line()
{
    if (m_flavour == Flavour::Repeated) {
        return QByteArray(1, static_cast<char>('p' + below(m_letters)));
    }
    if (chance(8)) {
        return trapLines.at(static_cast<std::size_t>(below(trapLines.size()))).toByteArray();
    }
    if (m_flavour == Flavour::Endings && chance(15)) {
        return chance(50) ? QByteArray("caf\xe9 \xff\xfe ") + QByteArray::number(below(1000))
                          : QByteArray(300 + below(3000), static_cast<char>('a' + below(26)));
    }
    return "line " + QByteArray::number(below(1'000'000));
}

QByteArray RandomTree::ending(const QByteArray &habit)
{
    return habit.isEmpty() ? QByteArray(chance(50) ? "\r\n" : "\n") : habit;
}

QByteArray RandomTree::text()
{
    if (m_flavour == Flavour::Endings && chance(8)) {
        return {};
    }
    m_letters = 1 + below(4);
    QByteArray habit = "\n";
    if (m_flavour == Flavour::Endings) {
        habit = std::array<const char *, 3>{"\n", "\r\n", ""}.at(static_cast<std::size_t>(below(3)));
    }
    QByteArray bytes;
    for (int i = 1 + below(chance(20) ? 3 : 40); i > 0; --i) {
        bytes += line() + ending(habit);
    }
    const int openPercent = m_flavour == Flavour::Endings ? 40 : 10;
    return chance(openPercent) ? bytes.chopped(1) : bytes;
}

QByteArray RandomTree::edited(const QByteArray &text)
{
    QList<QByteArray> lines = linesOf(text);
    const QByteArray habit = text.contains("\r\n") ? (text.count('\n') == text.count("\r\n") ? "\r\n" : "") : "\n";
    for (int edits = 1 + below(4); edits > 0; --edits) {
        const int size = static_cast<int>(lines.size());
        const int at = chance(20) ? 0 : chance(20) ? size : below(size + 1);
        const int what = below(3);
        if (what == 0 || at >= size) {
            if (at == size && size > 0 && !lines.last().endsWith('\n')) {
                lines.last() += '\n';
            }
            lines.insert(at, line() + ending(habit));
        } else if (what == 1) {
            lines.remove(at, 1 + below(std::min(3, size - at)));
        } else {
            lines[at] = line() + ending(habit);
        }
    }
    if (m_flavour == Flavour::Endings && chance(25) && !lines.isEmpty() && lines.last().size() > 1) {
        lines.last() = lines.last().endsWith('\n') ? lines.last().chopped(1) : lines.last() + '\n';
    }
    return lines.join();
}

QByteArray RandomTree::binary(int size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (char &byte : bytes) {
        byte = static_cast<char>(below(256));
    }
    bytes[below(size)] = '\0';
    return bytes;
}

QByteArray RandomTree::contents()
{
    switch (m_flavour) {
    case Flavour::BinaryWhole:
        return chance(15) ? text() : binary(1 + below(200));
    case Flavour::BinaryChanged:
        return binary(2000 + below(2000));
    default:
        return text();
    }
}

QByteArray RandomTree::changedContents(const QByteArray &bytes)
{
    if (m_flavour == Flavour::BinaryWhole) {
        return contents();
    }
    if (m_flavour != Flavour::BinaryChanged || bytes.isEmpty()) {
        return edited(bytes);
    }
    QByteArray changed = bytes;
    for (int edits = 1 + below(4); edits > 0; --edits) {
        changed.replace(below(static_cast<int>(changed.size())), below(5), binary(1 + below(9)));
    }
    return changed + '\0';
}

QByteArray RandomTree::freeName(const FileTree &one, const FileTree &other)
{
    for (;;) {
        const QByteArray name = chance(2) ? nameWithTab.toByteArray()
                                          : names.at(static_cast<std::size_t>(below(names.size()))).toByteArray();
        if (!one.contains(name) && !other.contains(name)) {
            return name;
        }
    }
}

// One change as people make them. What is a link stays one, but for a change of type now and then.
void RandomTree::changeTree(TreePair &pair)
{
    using Kind = TreeFile::Kind;
    FileTree &after = pair.after;
    const int what = below(10);
    if (what == 0 || after.isEmpty()) {
        after.insert(freeName(pair.before, after),
                     chance(30) ? TreeFile{Kind::Symlink, "target " + QByteArray::number(below(100))}
                                : TreeFile{chance(20) ? Kind::Executable : Kind::Regular, contents()});
        return;
    }
    const QByteArray name = std::next(after.cbegin(), below(static_cast<int>(after.size()))).key();
    TreeFile file = after.value(name);
    const bool link = file.kind == Kind::Symlink;
    const TreeFile changed{file.kind, link ? file.bytes + '2' : changedContents(file.bytes)};
    switch (what) {
    case 1:
        after.remove(name);
        return;
    case 2:
    case 3:
        after.remove(name);
        after.insert(freeName(pair.before, after), what == 2 ? file : changed);
        return;
    case 4:
    case 5:
        after.insert(freeName(pair.before, after), what == 4 ? file : changed);
        if (chance(50)) {
            after[name].bytes = link ? file.bytes + '3' : changedContents(file.bytes);
        }
        return;
    case 6:
        if (!link) {
            after[name].kind = file.kind == Kind::Executable ? Kind::Regular : Kind::Executable;
        }
        return;
    case 7:
        if (chance(40)) {
            after[name] = link ? TreeFile{Kind::Regular, contents()} : TreeFile{Kind::Symlink, "elsewhere"};
        } else {
            std::swap(after[name], after.last());
        }
        return;
    default:
        after[name] = changed;
    }
}

void RandomTree::changeOne(TreePair &pair)
{
    if (m_flavour == Flavour::Tree) {
        changeTree(pair);
        return;
    }
    if (chance(5)) {
        pair.after.insert(freeName(pair.before, pair.after), {TreeFile::Kind::Regular, contents()});
        return;
    }
    const auto file = std::next(pair.after.begin(), below(static_cast<int>(pair.after.size())));
    file->bytes = changedContents(file->bytes);
}

TreePair RandomTree::pair()
{
    TreePair pair;
    const bool wide = m_flavour == Flavour::Tree;
    for (int files = wide ? 2 + below(4) : 1 + below(2); files > 0; --files) {
        const QByteArray name = freeName(pair.before, {});
        const bool link = wide && chance(15);
        pair.before.insert(
            name,
            link ? TreeFile{TreeFile::Kind::Symlink, "to " + QByteArray::number(below(100))}
                 : TreeFile{chance(10) ? TreeFile::Kind::Executable : TreeFile::Kind::Regular, contents()});
    }
    pair.after = pair.before;
    for (int changes = wide ? 1 + below(4) : 1 + below(2); changes > 0 || pair.after == pair.before; --changes) {
        changeOne(pair);
    }
    return pair;
}

QByteArray RandomTree::foreignLines()
{
    QByteArray lines;
    for (int i = 1 + below(5); i > 0; --i) {
        lines += "foreign " + QByteArray::number(below(1'000'000)) + '\n';
    }
    return lines;
}

QByteArray RandomTree::withLineChanged(const QByteArray &text)
{
    QList<QByteArray> lines = linesOf(text);
    if (!lines.isEmpty()) {
        lines[below(static_cast<int>(lines.size()))] = foreignLines();
    }
    return lines.join();
}

QByteArray RandomTree::withLinesRemovedAtStart(const QByteArray &text)
{
    const QList<QByteArray> lines = linesOf(text);
    return lines.mid(std::min<qsizetype>(lines.size(), 1 + below(3))).join();
}

} // namespace PatchPanel::Test
