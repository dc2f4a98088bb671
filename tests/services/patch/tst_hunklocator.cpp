#include "services/patch/diffparser.h"
#include "services/patch/hunkpatch.h"

#include <QElapsedTimer>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;

class TestHunkLocator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void finds_data();
    void finds();
    void fails_data();
    void fails();
    void offsetIsCarriedOn();
    void hunksStayDisjoint();
    void nearestPlaceNamesFirstDifference();
    void fuzzIsReported();
    void fuzzNeverSkipsChangedLines();
    void crlfFileTakesCrlfLines();
    void judges_data();
    void judges();
    void manyEqualLinesStayFast();
};

namespace {

// Hunks written short: "5:  a|-b|+c| d" begins at line 5; '|' ends a line, "\\" says that it has no ending.
FileDiff hunks(const QList<QByteArray> &texts)
{
    QByteArray diff = "--- a/x\n+++ b/x\n";
    for (const QByteArray &text : texts) {
        const qsizetype colon = text.indexOf(':');
        const QByteArray start = text.first(colon);
        QByteArray body;
        int oldCount = 0;
        int newCount = 0;
        for (QByteArray line : text.mid(colon + 1).split('|')) {
            oldCount += line.at(0) == '+' ? 0 : 1;
            newCount += line.at(0) == '-' ? 0 : 1;
            const bool open = line.endsWith('\\');
            line.chop(open ? 1 : 0);
            body += line + (open ? "\n\\ No newline at end of file\n" : "\n");
        }
        diff += "@@ -" + start + ',' + QByteArray::number(oldCount) + " +" + start + ',' + QByteArray::number(newCount)
            + " @@\n" + body;
    }
    return parseDiff(diff, HunkCounts::Checked)->files.first();
}

FileDiff hunk(const QByteArray &text)
{
    return hunks({text});
}

QByteArray lines(const QByteArray &text)
{
    return QByteArray(text).replace('|', '\n');
}

} // namespace

void TestHunkLocator::finds_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("hunkText");
    QTest::addColumn<QByteArray>("result");
    const auto row = [](const char *name, const QByteArray &file, const QByteArray &text, const QByteArray &result) {
        QTest::newRow(name) << lines(file) << text << lines(result);
    };
    row("at its place", "a|b|c|", "1: a|-b|+x| c", "a|x|c|");
    row("below its place", "n|n|a|b|c|", "1: a|-b|+x| c", "n|n|a|x|c|");
    row("above its place", "a|b|c|n|", "40: a|-b|+x| c", "a|x|c|n|");
    row("stated place wins over others", "a|b|c|a|b|c|a|b|c|", "4: a|-b|+x| c", "a|b|c|a|x|c|a|b|c|");
    row("insert at the start", "a|b|", "1:+x| a| b", "x|a|b|");
    row("insert at the end", "a|b|", "1: a| b|+x", "a|b|x|");
    row("no trailing context in the middle", "a|b|c|d|", "1: a| b|+x", "a|b|x|c|d|");
    row("end of a file that grew", "a|b|c|a|b|", "4: a| b|+x", "a|b|c|a|b|x|");
    row("into an empty file", "", "0:+x", "x|");
    row("whole file removed", "a|b|", "1:-a|-b", "");
    row("missing final newline", "a|b", "1: a|-b\\|+c\\", "a|c");
    row("newline is added", "a|b", "1: a|-b\\|+b", "a|b|");
    row("newline is removed", "a|b|", "1: a|-b|+b\\", "a|b");
    row("context without final newline", "a|b|c", "1: a|-b|+x| c\\", "a|x|c");
    row("line feeds only", "||||x||||", "5:-x|+y", "||||y||||");
}

void TestHunkLocator::finds()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, hunkText);
    const Result<Patched> patched = applyHunks(file, hunk(hunkText).hunks);
    QVERIFY2(patched.ok(), patched.ok() ? "" : qPrintable(patched.error().toString()));
    QTEST(patched->contents.toByteArray(), "result");
}

void TestHunkLocator::fails_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("hunkText");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QByteArray &file, const QByteArray &text, ErrorCode code,
                        const QString &message) {
        QTest::newRow(name) << lines(file) << text << code << message;
    };
    using enum ErrorCode;
    row("nowhere", "a|B|c|", "1: a|-b|+x| c", DoesNotApply, QStringLiteral("line 2 is \"B\", expected was \"b\""));
    row("file too short", "a|", "1: a|-b|+x", DoesNotApply, QStringLiteral("the file ends after line 1"));
    row("two places, neither stated", "n|a|b|c|n|a|b|c|", "1: a|-b|+x| c", Ambiguous, QStringLiteral("lines 2, 6"));
    row("blanks differ", "a|\tb|c|", "1: a|-  b|+x| c", DoesNotApply, QStringLiteral("\"\\tb\""));
    row("newline at the end expected", "a|b", "1: a|-b|+x", DoesNotApply, QStringLiteral("without line ending"));
    row("no context in a file with lines", "a|b|", "2:+x", DoesNotApply, QStringLiteral("no context lines"));
    row("new end of file in the middle", "a|b|c|", "1: a|-b|+b\\", DoesNotApply,
        QStringLiteral("not the end of the file"));
    row("empty file", "", "1:-a", DoesNotApply, QStringLiteral("the file ends after line 0"));
}

void TestHunkLocator::fails()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, hunkText);
    QFETCH(ErrorCode, code);
    QFETCH(QString, message);
    const Result<Patched> patched = applyHunks(file, hunk(hunkText).hunks);
    QVERIFY(!patched.ok());
    QCOMPARE(patched.error().code, code);
    QVERIFY2(patched.error().message.contains(message), qPrintable(patched.error().message));
    QCOMPARE(patched.error().details.value(QStringLiteral("hunk")).toInt(), 1);
}

void TestHunkLocator::offsetIsCarriedOn()
{
    // Two equal blocks; 10 lines were added above. The running offset makes the second hunk's place the stated one.
    QByteArray file = QByteArray("n\n").repeated(10) + "first\n" + QByteArray("m\n").repeated(8) + "dup\nz\ndup\nz\n";
    const Result<Patched> patched = applyHunks(file, hunks({"1:-first|+FIRST| m", "10:-dup|+DUP| z"}).hunks);
    QVERIFY(patched.ok());
    QCOMPARE(patched->places.places.at(1).line, 19);
    QCOMPARE(patched->places.notes(),
             QList<QString>{QStringLiteral("hunks 1 to 2 applied 10 lines below the stated place")});
    QVERIFY(!patched->places.stated);
}

void TestHunkLocator::hunksStayDisjoint()
{
    const Result<Patched> patched = applyHunks("a\nb\nc\n", hunks({"1: a|-b|+x", "2:-b|+y| c"}).hunks);
    QVERIFY(!patched.ok());
    QCOMPARE(patched.error().details.value(QStringLiteral("hunk")).toInt(), 2);
}

void TestHunkLocator::nearestPlaceNamesFirstDifference()
{
    const QByteArray file = lines("n|n|n|n|n|n|one|two|three|FOUR|five|n|");
    const Result<Patched> patched = applyHunks(file, hunk("1: one| two| three|-four|+4| five").hunks, {.fuzz = 0});
    QVERIFY(!patched.ok());
    const QJsonObject details = patched.error().details;
    QCOMPARE(details.value(QStringLiteral("line")).toInt(), 10);
    QCOMPARE(details.value(QStringLiteral("nearest")).toInt(), 7);
    QCOMPARE(details.value(QStringLiteral("expected")).toString(), QStringLiteral("one\ntwo\nthree\nfour\nfive\n"));
    QCOMPARE(details.value(QStringLiteral("found")).toString(), QStringLiteral("one\ntwo\nthree\nFOUR\nfive\n"));
}

void TestHunkLocator::fuzzIsReported()
{
    const QByteArray file = lines("A|b|c|d|E|");
    const FileDiff one = hunk("1: a| b|-c|+x| d| e");
    QVERIFY(!applyHunks(file, one.hunks).ok());
    const Result<Patched> patched = applyHunks(file, one.hunks, {.fuzz = 1});
    QVERIFY(patched.ok());
    QCOMPARE(patched->contents.toByteArray(), lines("A|b|x|d|E|"));
    QVERIFY(patched->places.notes().join(u' ').contains(QStringLiteral("fuzz 1")));
}

void TestHunkLocator::fuzzNeverSkipsChangedLines()
{
    QVERIFY(!applyHunks(lines("a|B|c|"), hunk("1: a|-b|+x| c").hunks, {.fuzz = 2}).ok());
}

void TestHunkLocator::crlfFileTakesCrlfLines()
{
    const Result<Patched> patched = applyHunks("a\r\nb\r\nc\r\n", hunk("1: a|-b|+x|+y| c").hunks, {.fuzz = 0});
    QVERIFY(patched.ok());
    QCOMPARE(patched->contents.toByteArray(), QByteArray("a\r\nx\r\ny\r\nc\r\n"));
    QVERIFY(!applyHunks("a\r\nb\nc\r\n", hunk("1: a|-b|+x| c").hunks, {.fuzz = 0}).ok());
}

void TestHunkLocator::judges_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("hunkText");
    QTest::addColumn<QString>("verdict");
    const auto row = [](const char *name, const QByteArray &file, const QByteArray &text, const char *verdict) {
        QTest::newRow(name) << lines(file) << text << QString::fromLatin1(verdict);
    };
    row("not applied", "a|b|c|", "1: a|-b|+x| c", "applicable");
    row("applied", "a|x|c|", "1: a|-b|+x| c", "applied");
    row("neither", "a|y|c|", "1: a|-b|+x| c", "does-not-apply");
    row("line added, not there", "a|c|", "1: a|+b| c", "applicable");
    row("line added, there", "a|b|c|", "1: a|+b| c", "applied");
    row("appended at the end, not there", "a|b|", "1: a| b|+x", "applicable");
    row("appended at the end, there", "a|b|x|", "1: a| b|+x", "applied");
    row("added without context below, there", "a|b|x|c|", "1: a| b|+x", "applied");
    row("removed without context below", "a|b|x|c|", "1: a| b|-x", "applicable");
    row("removed without context below, gone", "a|b|c|", "1: a| b|-x", "applied");
    row("prepended, there", "x|a|b|", "1:+x| a| b", "applied");
    row("one more of many equal lines", "x|x|x|x|x|x|x|x|", "2: x| x|+x| x| x", "ambiguous");
    row("second of two blocks, first has it", "{|n|}|{|}|", "4: {|+n| }", "applicable");
    row("first of two blocks has it", "{|n|}|{|}|", "1: {|+n| }", "applied");
}

void TestHunkLocator::judges()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, hunkText);
    const Result<JudgedPatch> judged = judgeHunks(file, hunk(hunkText).hunks);
    const QString verdict = !judged            ? QString::fromLatin1(traitsOf(judged.error().code).name)
        : judged->state == PatchState::Applied ? QStringLiteral("applied")
                                               : QStringLiteral("applicable");
    QTEST(verdict, "verdict");
}

void TestHunkLocator::manyEqualLinesStayFast()
{
    // 2,000 hunks over 200,000 lines of which most are equal: a search of O(hunks × lines) takes minutes.
    QByteArray file;
    QList<QByteArray> list;
    for (int i = 0; i < 2000; ++i) {
        file += QByteArray("same\n").repeated(99) + "line " + QByteArray::number(i) + '\n';
        const QByteArray number = QByteArray::number(i);
        list.append("1: same| same|-line " + number + "|+new " + number);
    }
    QElapsedTimer timer;
    timer.start();
    const Result<Patched> patched = applyHunks(file, hunks(list).hunks);
    QVERIFY2(patched.ok(), patched.ok() ? "" : qPrintable(patched.error().toString()));
    QCOMPARE(patched->contents.toByteArray().count("new "), 2000);
    QVERIFY2(timer.elapsed() < 10'000, "searching takes too long");
}

QTEST_GUILESS_MAIN(TestHunkLocator)
#include "tst_hunklocator.moc"
