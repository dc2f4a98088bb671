#include "tests/support/sampleoutcome.h"
#include "ui/models/contextfile.h"
#include "ui/models/diffrows.h"
#include "ui/models/linepairs.h"
#include "ui/models/patchtext.h"
#include "ui/models/wordmarks.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

QByteArray diffOf(int change)
{
    return Test::samplePreview()[QStringLiteral("changes")][change][QStringLiteral("diff")].toString().toUtf8();
}

std::shared_ptr<const Diff> read(const QByteArray &text)
{
    return std::make_shared<const Diff>(readDiff(text));
}

// One word for each line: "-3 text", "+4 text", " 3 4 text", "@ header", "# note".
QString told(const DiffLine &line)
{
    const QString text = QString::fromUtf8(line.text);
    switch (line.kind) {
    case DiffKind::Added:
        return QStringLiteral("+%1 %2").arg(line.newNumber).arg(text);
    case DiffKind::Removed:
        return QStringLiteral("-%1 %2").arg(line.oldNumber).arg(text);
    case DiffKind::Hunk:
        return QStringLiteral("@ %1").arg(text);
    case DiffKind::Note:
        return QStringLiteral("# %1").arg(text);
    case DiffKind::Context:
        break;
    }
    return QStringLiteral(" %1 %2 %3").arg(line.oldNumber).arg(line.newNumber).arg(text);
}

QStringList told(const Diff &diff)
{
    QStringList lines;
    for (const DiffLine &line : diff.lines) {
        lines.append(told(line));
    }
    return lines;
}

// The rows: side by side "before | after".
QStringList told(const DiffRows &rows)
{
    QStringList lines;
    for (const DiffRow &row : rows.rows) {
        if (!rows.sideBySide || row.before == row.after) {
            lines.append(told(rows.lineOf(row)));
        } else {
            lines.append((row.before >= 0 ? told(rows.line(row.before)) : QString()) + QStringLiteral(" | ")
                         + (row.after >= 0 ? told(rows.line(row.after)) : QString()));
        }
    }
    return lines;
}

QByteArray numbered(int from, int end)
{
    QByteArray text;
    for (int i = from; i < end; ++i) {
        text += "line " + QByteArray::number(i) + '\n';
    }
    return text;
}

QString write(const QTemporaryDir &folder, const QByteArray &text)
{
    const QString path = folder.filePath(QStringLiteral("file.txt"));
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() ? path : QString();
}

// Lines 10 and 30 of forty change; the second change adds a line.
const QByteArray twoHunks =
    "@@ -7,7 +7,7 @@ first\n line 7\n line 8\n line 9\n-line 10\n+LINE 10\n line 11\n line 12\n"
    " line 13\n@@ -27,7 +27,8 @@ second\n line 27\n line 28\n line 29\n-line 30\n+LINE 30\n+more\n"
    " line 31\n line 32\n line 33\n";

constexpr DiffOptions expandable{.expandable = true};

} // namespace

class TestDiffRows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesAreNumbered();
    void headersAreTold_data();
    void headersAreTold();
    void linesLikeHeadersInsideAHunkAreContent();
    void hunksKnowTheirBytes();
    void linesArePaired_data();
    void linesArePaired();
    void manyChangedLinesArePairedInTime();
    void blanksAreIgnored_data();
    void blanksAreIgnored();
    void wordsAreMarked_data();
    void wordsAreMarked();
    void longLinesAreMarkedFromTheirEnds();
    void sidesStandBesideEachOther_data();
    void sidesStandBesideEachOther();
    void whitespaceIsHidden_data();
    void whitespaceIsHidden();
    void linesAroundHunksAreExpanded();
    void wholeFileIsExpanded();
    void changedFileGivesTheSameLines();
    void expansionGoesOverHiddenHunks();
    void fileThatDoesNotFitIsRefused_data();
    void fileThatDoesNotFitIsRefused();
    void bytesThatAreNoUtf8StillFit();
    void pipesAreNotOpened();
    void patchLeavesOutWhatItLacks();
    void savedPatchIsReadByGit();
};

void TestDiffRows::linesAreNumbered()
{
    const Diff diff = readDiff(diffOf(1));
    QCOMPARE(
        told(diff).mid(0, 9),
        (QStringList{QStringLiteral("@ @@ -118,9 +118,10 @@ void App::start()"), QStringLiteral(" 118 118 {"),
                     QStringLiteral(" 119 119     auto config = load();"), QStringLiteral("-120     start(config);"),
                     QStringLiteral("-121 "), QStringLiteral("+120     if (!start(config)) {"),
                     QStringLiteral("+121         log(\"start failed\");"), QStringLiteral("+122     }"),
                     QStringLiteral(" 122 123     listen();")}));
    QCOMPARE(diff.lines.size(), std::size_t{13});
    QCOMPARE(diff.changed, 5);
}

void TestDiffRows::headersAreTold_data()
{
    QTest::addColumn<QByteArray>("diff");
    QTest::addColumn<QStringList>("lines");
    QTest::newRow("rename") << QByteArray("diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n")
                            << QStringList{QStringLiteral("# similarity index 100%"), QStringLiteral("# rename from x"),
                                           QStringLiteral("# rename to y")};
    QTest::newRow("binary") << QByteArray("Binary files a/x and b/x differ\n")
                            << QStringList{QStringLiteral("# Binary files a/x and b/x differ")};
    QTest::newRow("no line break at the end")
        << QByteArray("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")
        << QStringList{QStringLiteral("@ @@ -1 +1 @@"), QStringLiteral("-1 a"),
                       QStringLiteral("# No newline at end of file"), QStringLiteral("+1 a")};
    QTest::newRow("note behind the last line") << QByteArray("@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n")
                                               << QStringList{QStringLiteral("@ @@ -0,0 +1 @@"), QStringLiteral("+1 a"),
                                                              QStringLiteral("# No newline at end of file")};
    QTest::newRow("header that is none") << QByteArray("@@ -x +1 @@\n") << QStringList{QStringLiteral("# @@ -x +1 @@")};
    QTest::newRow("number too large") << QByteArray("@@ -99999999999 +1 @@\n")
                                      << QStringList{QStringLiteral("# @@ -99999999999 +1 @@")};
    QTest::newRow("hunk cut off") << QByteArray("@@ -1,9 +1,9 @@\n a")
                                  << QStringList{QStringLiteral("@ @@ -1,9 +1,9 @@"), QStringLiteral(" 1 1 a")};
    QTest::newRow("empty") << QByteArray() << QStringList{};
}

void TestDiffRows::headersAreTold()
{
    QFETCH(QByteArray, diff);
    QFETCH(QStringList, lines);
    QCOMPARE(told(readDiff(diff)), lines);
}

void TestDiffRows::linesLikeHeadersInsideAHunkAreContent()
{
    QCOMPARE(told(readDiff("@@ -1,2 +1,1 @@\n--- a comment\n diff --git\n")),
             (QStringList{QStringLiteral("@ @@ -1,2 +1,1 @@"), QStringLiteral("-1 -- a comment"),
                          QStringLiteral(" 2 1 diff --git")}));
}

void TestDiffRows::hunksKnowTheirBytes()
{
    const Diff diff = readDiff("diff --git a/x b/x\n--- a/x\n+++ b/x\n" + twoHunks);
    QCOMPARE(diff.hunks.size(), std::size_t{2});
    QCOMPARE(diff.hunks[1].bytes.toByteArray() + '\n', twoHunks.mid(twoHunks.indexOf("@@ -27")));
    QCOMPARE(diff.hunks[0].section.toByteArray(), QByteArray("first"));
    QCOMPARE(diff.hunks[1].oldEnd(), 34);
    QCOMPARE(diff.hunks[1].newEnd(), 35);
}

void TestDiffRows::linesArePaired_data()
{
    QTest::addColumn<QByteArray>("body"); // of a hunk
    QTest::addColumn<QStringList>("pairs");
    QTest::newRow("one by one") << QByteArray("-a1\n-b1\n+a2\n+b2\n")
                                << QStringList{QStringLiteral("a1 a2"), QStringLiteral("b1 b2")};
    QTest::newRow("a line more") << QByteArray("-one\n+zero\n+one \n") << QStringList{QStringLiteral("one one ")};
    QTest::newRow("moved by a line") << QByteArray("-first\n-second\n-third x\n+new\n+first\t\n+second\t\n+third y\n")
                                     << QStringList{QStringLiteral("first first\t"), QStringLiteral("second second\t"),
                                                    QStringLiteral("third x third y")};
    QTest::newRow("pairs do not cross") << QByteArray("-aa\n-bb\n+bb \n+aa \n")
                                        << QStringList{QStringLiteral("bb bb ")};
    QTest::newRow("blank lines are no anchors")
        << QByteArray("-\n-x\n-y\n+a\n+b\n+ \n")
        << QStringList{QStringLiteral(" a"), QStringLiteral("x b"), QStringLiteral("y  ")};
    QTest::newRow("two blocks") << QByteArray("-a\n+b\n-c\n+d\n")
                                << QStringList{QStringLiteral("a b"), QStringLiteral("c d")};
    QTest::newRow("only removed") << QByteArray("-a\n-b\n") << QStringList{};
}

void TestDiffRows::linesArePaired()
{
    QFETCH(QByteArray, body);
    QFETCH(QStringList, pairs);
    const QByteArray header = "@@ -1," + QByteArray::number(('\n' + body).count("\n-")) + " +1,"
        + QByteArray::number(('\n' + body).count("\n+")) + " @@\n";
    const Diff diff = readDiff(header + body);
    QStringList found;
    for (const DiffLine &line : diff.lines) {
        if (line.kind == DiffKind::Removed && line.pair >= 0) {
            const DiffLine &other = diff.lines[static_cast<std::size_t>(line.pair)];
            QCOMPARE(&diff.lines[static_cast<std::size_t>(other.pair)], &line);
            found.append(QString::fromUtf8(line.text) + QLatin1Char(' ') + QString::fromUtf8(other.text));
        }
    }
    QCOMPARE(found, pairs);
}

void TestDiffRows::manyChangedLinesArePairedInTime()
{
    constexpr int count = 100'000;
    QByteArray text = "@@ -1," + QByteArray::number(count) + " +1," + QByteArray::number(count + 1) + " @@\n";
    for (int i = 0; i < count; ++i) {
        text += "-value " + QByteArray::number(i % 1000) + '\n';
    }
    text += "+first\n";
    for (int i = 0; i < count; ++i) {
        text += "+value " + QByteArray::number(i % 1000) + ";\n";
    }
    const auto diff = read(text);
    QCOMPARE(layOutDiff(diff, {})->rows.size(), std::size_t{2 * count + 2});
    QCOMPARE(layOutDiff(diff, {.sideBySide = true})->rows.size(), std::size_t{count + 2});
}

void TestDiffRows::blanksAreIgnored_data()
{
    QTest::addColumn<QByteArray>("left");
    QTest::addColumn<QByteArray>("right");
    QTest::addColumn<bool>("equal");
    QTest::newRow("indentation") << QByteArray("\ta = 1;") << QByteArray("        a=1;") << true;
    QTest::newRow("line ending") << QByteArray("a\r") << QByteArray("a") << true;
    QTest::newRow("only blanks") << QByteArray("  ") << QByteArray() << true;
    QTest::newRow("other letter") << QByteArray("a b") << QByteArray("a c") << false;
    QTest::newRow("one goes on") << QByteArray("a") << QByteArray("a b") << false;
}

void TestDiffRows::blanksAreIgnored()
{
    QFETCH(QByteArray, left);
    QFETCH(QByteArray, right);
    QFETCH(bool, equal);
    QCOMPARE(equalButForBlanks(left, right), equal);
    QCOMPARE(equalButForBlanks(right, left), equal);
}

void TestDiffRows::wordsAreMarked_data()
{
    QTest::addColumn<QString>("before"); // [what is marked]
    QTest::addColumn<QString>("after");
    QTest::newRow("one word") << QStringLiteral("start([config]);") << QStringLiteral("start([options]);");
    QTest::newRow("put in") << QStringLiteral("start(config);") << QStringLiteral("start(config[, true]);");
    QTest::newRow("two words with a blank between")
        << QStringLiteral("one [two three] four") << QStringLiteral("one [2 3] four");
    QTest::newRow("indentation") << QStringLiteral("[  ]return 1;") << QStringLiteral("[    ]return 1;");
    QTest::newRow("number") << QStringLiteral("version = [1].0") << QStringLiteral("version = [2].0");
    QTest::newRow("nothing in common") << QStringLiteral("void alpha()") << QStringLiteral("int beta[] = {7}");
    QTest::newRow("letters beyond ASCII") << QStringLiteral("größe = [klein]") << QStringLiteral("größe = [groß]");
    QTest::newRow("equal") << QStringLiteral("same") << QStringLiteral("same");
}

void TestDiffRows::wordsAreMarked()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    const bool isUnlike = QLatin1String(QTest::currentDataTag()) == QLatin1String("nothing in common");
    const auto plain = [isUnlike](QString text) {
        return isUnlike ? text : text.remove(QLatin1Char('[')).remove(QLatin1Char(']'));
    };
    const auto marked = [](QString text, const std::vector<WordMark> &marks) {
        for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
            text.insert(mark->end, QLatin1Char(']')).insert(mark->begin, QLatin1Char('['));
        }
        return text;
    };
    const WordMarks marks = wordMarks(plain(before), plain(after));
    QCOMPARE(marked(plain(before), marks.before), before);
    QCOMPARE(marked(plain(after), marks.after), after);
}

void TestDiffRows::longLinesAreMarkedFromTheirEnds()
{
    const QString head(10'000, QLatin1Char('x'));
    const WordMarks marks = wordMarks(head + QStringLiteral(" one ") + head, head + QStringLiteral(" other ") + head);
    QCOMPARE(marks.before, (std::vector<WordMark>{{10'002, 10'004}}));
    QCOMPARE(marks.after, (std::vector<WordMark>{{10'002, 10'006}}));
}

void TestDiffRows::sidesStandBesideEachOther_data()
{
    QTest::addColumn<QByteArray>("diff");
    QTest::addColumn<QStringList>("rows");
    QTest::newRow("changed and added") << QByteArray("@@ -1,2 +1,3 @@\n a\n-b 1\n+b 2\n+c\n")
                                       << QStringList{QStringLiteral("@ @@ -1,2 +1,3 @@"), QStringLiteral(" 1 1 a"),
                                                      QStringLiteral("-2 b 1 | +2 b 2"), QStringLiteral(" | +3 c")};
    QTest::newRow("added before a pair") << QByteArray("@@ -1 +1,2 @@\n-b\n+a\n+b \n")
                                         << QStringList{QStringLiteral("@ @@ -1 +1,2 @@"), QStringLiteral(" | +1 a"),
                                                        QStringLiteral("-1 b | +2 b ")};
    QTest::newRow("removed") << QByteArray("@@ -1,2 +1 @@\n-b\n c\n")
                             << QStringList{QStringLiteral("@ @@ -1,2 +1 @@"), QStringLiteral("-1 b | "),
                                            QStringLiteral(" 2 1 c")};
    QTest::newRow("notes stand on their side")
        << QByteArray("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n")
        << QStringList{QStringLiteral("@ @@ -1 +1 @@"), QStringLiteral("-1 a | +1 b"),
                       QStringLiteral("# No newline at end of file | ")};
}

void TestDiffRows::sidesStandBesideEachOther()
{
    QFETCH(QByteArray, diff);
    QFETCH(QStringList, rows);
    const auto laid = layOutDiff(read(diff), {.sideBySide = true});
    QCOMPARE(told(*laid), rows);
    QCOMPARE(laid->changes.size(), std::size_t{1});
}

void TestDiffRows::whitespaceIsHidden_data()
{
    QTest::addColumn<QByteArray>("diff");
    QTest::addColumn<QStringList>("rows");
    QTest::addColumn<int>("hiddenLines");
    QTest::addColumn<int>("hiddenHunks");
    QTest::newRow("one of two lines") << QByteArray("@@ -1,2 +1,2 @@\n-a\n-b\n+\ta\n+c\n")
                                      << QStringList{QStringLiteral("@ @@ -1,2 +1,2 @@"), QStringLiteral(" 1 1 \ta"),
                                                     QStringLiteral("-2 b"), QStringLiteral("+2 c")}
                                      << 1 << 0;
    QTest::newRow("between two changes") << QByteArray("@@ -1,3 +1,4 @@\n-x1\n-same\n-y1\n+x2\n+new\n+ same\n+y2\n")
                                         << QStringList{QStringLiteral("@ @@ -1,3 +1,4 @@"),
                                                        QStringLiteral("-1 x1"),
                                                        QStringLiteral("+1 x2"),
                                                        QStringLiteral("+2 new"),
                                                        QStringLiteral(" 2 3  same"),
                                                        QStringLiteral("-3 y1"),
                                                        QStringLiteral("+4 y2")}
                                         << 1 << 0;
    QTest::newRow("a whole hunk") << QByteArray("@@ -1,2 +1,2 @@\n-a\n+a \n b\n@@ -9 +9 @@\n-x\n+y\n")
                                  << QStringList{QStringLiteral("@ @@ -9 +9 @@"), QStringLiteral("-9 x"),
                                                 QStringLiteral("+9 y")}
                                  << 1 << 1;
    QTest::newRow("all of it") << QByteArray("@@ -1 +1 @@\n-a\n+ a\n") << QStringList{} << 1 << 1;
    QTest::newRow("a line break at the end is no white space")
        << QByteArray("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")
        << QStringList{QStringLiteral("@ @@ -1 +1 @@"), QStringLiteral("-1 a"),
                       QStringLiteral("# No newline at end of file"), QStringLiteral("+1 a")}
        << 0 << 0;
    QTest::newRow("added blank lines are changes")
        << QByteArray("@@ -1 +1,2 @@\n a\n+\n")
        << QStringList{QStringLiteral("@ @@ -1 +1,2 @@"), QStringLiteral(" 1 1 a"), QStringLiteral("+2 ")} << 0 << 0;
}

void TestDiffRows::whitespaceIsHidden()
{
    QFETCH(QByteArray, diff);
    QFETCH(QStringList, rows);
    QFETCH(int, hiddenLines);
    QFETCH(int, hiddenHunks);
    const auto laid = layOutDiff(read(diff), {.hideWhitespace = true});
    QCOMPARE(told(*laid), rows);
    QCOMPARE(laid->hiddenLines, hiddenLines);
    QCOMPARE(laid->hiddenHunks, hiddenHunks);
}

void TestDiffRows::linesAroundHunksAreExpanded()
{
    const QTemporaryDir folder;
    const auto diff = read(twoHunks);
    const auto file = readContextFile(write(folder, numbered(1, 41)), *diff);
    QVERIFY(file);
    // Without the file nothing but the diff, and a header where more may follow.
    QCOMPARE(told(*layOutDiff(diff, {})).size(), 9 + 10);
    QCOMPARE(told(*layOutDiff(diff, expandable)).size(), 9 + 10 + 1);

    const QStringList rows = told(*layOutDiff(diff, expandable, {.lines = {{1, 3}}}, *file));
    const qsizetype behindFirst = rows.indexOf(QStringLiteral(" 13 13 line 13"));
    QCOMPARE(rows.mid(behindFirst + 1, 7),
             (QStringList{QStringLiteral(" 14 14 line 14"), QStringLiteral(" 15 15 line 15"),
                          QStringLiteral(" 16 16 line 16"), QStringLiteral("@ @@ -24,10 +24,11 @@"),
                          QStringLiteral(" 24 24 line 24"), QStringLiteral(" 25 25 line 25"),
                          QStringLiteral(" 26 26 line 26")}));
    QCOMPARE(rows.last(), QStringLiteral("@ "));

    const QStringList joined = told(*layOutDiff(diff, expandable, {.lines = {{1, 20}, {2, 20}}}, *file));
    QCOMPARE(joined.filter(QStringLiteral("@ ")).size(), 1); // only that of the first hunk is left
    QCOMPARE(joined.last(), QStringLiteral(" 40 41 line 40"));

    const QStringList above = told(*layOutDiff(diff, expandable, {.lines = {{0, 2}}}, *file));
    QCOMPARE(above.mid(0, 3),
             (QStringList{QStringLiteral("@ @@ -5,9 +5,9 @@"), QStringLiteral(" 5 5 line 5"),
                          QStringLiteral(" 6 6 line 6")}));
}

void TestDiffRows::wholeFileIsExpanded()
{
    const QTemporaryDir folder;
    const auto diff = read(twoHunks);
    const auto file = readContextFile(write(folder, numbered(1, 41)), *diff);
    QVERIFY(file);
    for (const bool sideBySide : {false, true}) {
        const auto rows = layOutDiff(diff, {.sideBySide = sideBySide, .expandable = true}, {.all = true}, *file);
        QByteArray after;
        QByteArray before;
        for (const DiffRow &row : rows->rows) {
            QVERIFY(rows->lineOf(row).kind != DiffKind::Hunk);
            before += row.before >= 0 ? rows->line(row.before).text.toByteArray() + '\n' : QByteArray();
            after += row.after >= 0 ? rows->line(row.after).text.toByteArray() + '\n' : QByteArray();
        }
        QCOMPARE(before, numbered(1, 41));
        QCOMPARE(after, numbered(1, 41).replace("line 10\n", "LINE 10\n").replace("line 30\n", "LINE 30\nmore\n"));
        QCOMPARE(rows->changes.size(), std::size_t{2});
    }
}

void TestDiffRows::changedFileGivesTheSameLines()
{
    const QTemporaryDir folder;
    const auto diff = read(twoHunks);
    const QByteArray changed =
        numbered(1, 41).replace("line 10\n", "LINE 10\n").replace("line 30\n", "LINE 30\nmore\n");
    const auto before = readContextFile(write(folder, numbered(1, 41)), *diff);
    QVERIFY(before);
    const QStringList rows = told(*layOutDiff(diff, expandable, {.all = true}, *before));
    const auto after = readContextFile(write(folder, changed), *diff);
    QVERIFY(after);
    QVERIFY((*after)->isNew);
    QCOMPARE(told(*layOutDiff(diff, expandable, {.all = true}, *after)), rows);
}

void TestDiffRows::expansionGoesOverHiddenHunks()
{
    const QTemporaryDir folder;
    const auto diff = read("@@ -2 +2 @@\n-line 2\n+\tline 2\n@@ -5 +5 @@\n-line 5\n+LINE 5\n");
    const auto file = readContextFile(write(folder, numbered(1, 7)), *diff);
    QVERIFY(file);
    const auto rows = layOutDiff(diff, {.hideWhitespace = true, .expandable = true}, {.all = true}, *file);
    QCOMPARE(told(*rows),
             (QStringList{QStringLiteral(" 1 1 line 1"), QStringLiteral(" 2 2 line 2"), QStringLiteral(" 3 3 line 3"),
                          QStringLiteral(" 4 4 line 4"), QStringLiteral("-5 line 5"), QStringLiteral("+5 LINE 5"),
                          QStringLiteral(" 6 6 line 6")}));
}

void TestDiffRows::fileThatDoesNotFitIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("another line") << numbered(1, 41).replace("line 8\n", "line eight\n");
    QTest::newRow("too short") << numbered(1, 20);
    QTest::newRow("moved by a line") << QByteArray("new\n") + numbered(1, 41);
    QTest::newRow("half of the change") << numbered(1, 41).replace("line 10\n", "LINE 10\n");
    QTest::newRow("empty") << QByteArray();
}

void TestDiffRows::fileThatDoesNotFitIsRefused()
{
    QFETCH(QByteArray, text);
    const QTemporaryDir folder;
    const auto file = readContextFile(write(folder, text), readDiff(twoHunks));
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::Stale);
    QVERIFY(file.error().message.contains(QStringLiteral("has changed since")));
}

void TestDiffRows::bytesThatAreNoUtf8StillFit()
{
    const QTemporaryDir folder;
    const QByteArray diff = QString::fromUtf8("@@ -1,2 +1,2 @@\n caf\xe9\n-b\n+c\n").toUtf8();
    QVERIFY(readContextFile(write(folder, "caf\xe9\nb\n"), readDiff(diff)));
}

void TestDiffRows::pipesAreNotOpened()
{
    const QTemporaryDir folder;
    const QString pipe = folder.filePath(QStringLiteral("pipe"));
    QCOMPARE(mkfifo(qPrintable(pipe), 0600), 0);
    for (const QString &path : {pipe, folder.path(), folder.filePath(QStringLiteral("none"))}) {
        const auto file = readContextFile(path, readDiff(twoHunks));
        QVERIFY(!file);
        QCOMPARE(file.error().code, ErrorCode::NotFound);
        QCOMPARE(file.error().where, path);
    }
}

void TestDiffRows::patchLeavesOutWhatItLacks()
{
    const auto change = [](const QString &diff, bool binary) {
        return ChangedFile::fromJson({{QStringLiteral("path"), QStringLiteral("x")},
                                      {QStringLiteral("binary"), binary},
                                      {QStringLiteral("diff"), diff}});
    };
    const PatchText patch = patchText({change(QStringLiteral("one"), false), change(QStringLiteral("two"), true),
                                       change(QStringLiteral("three \uFFFD\n"), false)});
    QCOMPARE(patch.text, QByteArray("one\nthree \xef\xbf\xbd\n"));
    QCOMPARE(patch.files, 2);
    QCOMPARE(patch.binary, 1);
    QCOMPARE(patch.inexact, 1);
}

void TestDiffRows::savedPatchIsReadByGit()
{
    QList<ChangedFile> files;
    for (const QJsonValue &change : Test::samplePreview()[QStringLiteral("changes")].toArray()) {
        files.append(ChangedFile::fromJson(change.toObject()));
    }
    QProcess git;
    git.setWorkingDirectory(QDir::tempPath()); // within a repository it would look at nothing above it
    git.start(QStringLiteral("git"), {QStringLiteral("apply"), QStringLiteral("--numstat")});
    git.write(patchText(files).text);
    git.closeWriteChannel();
    QVERIFY(git.waitForFinished());
    QCOMPARE(git.readAllStandardOutput(), QByteArray("4\t0\tsrc/queue.hpp\n3\t2\tsrc/app.cpp\n0\t1\told/notes.txt\n"));
}

QTEST_GUILESS_MAIN(TestDiffRows)
#include "tst_diffrows.moc"
