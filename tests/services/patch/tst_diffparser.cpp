#include "services/patch/diffparser.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;

class TestDiffParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void names_data();
    void names();
    void readsHunks();
    void noNewlineMarker();
    void crlfTransportIsTakenOff();
    void crlfOfTheFileStays();
    void emptyLineIsEmptyContext();
    void severalFilesAndProse();
    void mailHeader();
    void modes();
    void refuses_data();
    void refuses();
    void wrongCountsAreMended_data();
    void wrongCountsAreMended();
    void afterAHunk_data();
    void afterAHunk();
    void reverseSwapsEverything();
};

namespace {

Diff parsed(const QByteArray &text, HunkCounts counts = HunkCounts::Checked)
{
    const Result<Diff> diff = parseDiff(text, counts);
    if (!diff) {
        qWarning("%s", qPrintable(diff.error().toString()));
    }
    return diff ? *diff : Diff();
}

const QByteArray change = "@@ -1 +1 @@\n-a\n+b\n";

} // namespace

void TestDiffParser::names_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("action");
    QTest::addColumn<QString>("oldPath");
    QTest::addColumn<QString>("newPath");
    const auto row = [](const char *name, const QByteArray &text, DiffAction action, const QString &oldPath,
                        const QString &newPath) {
        QTest::newRow(name) << text << static_cast<int>(action) << oldPath << newPath;
    };
    using enum DiffAction;
    const QString x = QStringLiteral("x");
    row("plain", "--- a/x\n+++ b/x\n" + change, Modify, x, x);
    row("plain without prefix", "--- x\n+++ x\n" + change, Modify, x, x);
    row("time stamps", "--- a/x\t2026-01-02 03:04:05\n+++ b/x\t2026-01-02 03:04:05 +0100\n" + change, Modify, x, x);
    row("names that differ", "--- x.orig\n+++ x\n" + change, Modify, QStringLiteral("x.orig"), x);
    row("folder named a", "--- a/x\n+++ a/x\n" + change, Modify, QStringLiteral("a/x"), QStringLiteral("a/x"));
    row("mnemonic prefixes", "diff --git i/x w/x\n--- i/x\n+++ w/x\n" + change, Modify, x, x);
    row("no prefix in git", "diff --git x x\nindex 1..2 100644\n--- x\n+++ x\n" + change, Modify, x, x);
    row("Index line", "Index: x\n=====\n--- x\t(revision 1)\n+++ x\t(working copy)\n" + change, Modify, x, x);
    row("blank in name", "--- a/my file\t\n+++ b/my file\t\n" + change, Modify, QStringLiteral("my file"),
        QStringLiteral("my file"));
    row("quoted name", "--- \"a/gr\\303\\274n\\t\\\"q\\\"\"\n+++ \"b/gr\\303\\274n\\t\\\"q\\\"\"\n" + change, Modify,
        QStringLiteral("grün\t\"q\""), QStringLiteral("grün\t\"q\""));
    row("created by /dev/null", "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", Create, {}, x);
    row("created by epoch", "--- a/x\t1970-01-01 00:00:00.000000000 +0000\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", Create, {},
        x);
    row("created by git",
        "diff --git a/x b/x\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", Create, {},
        x);
    row("created empty", "diff --git a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n", Create, {}, x);
    row("deleted", "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", Delete, x, {});
    row("deleted empty", "diff --git a/x b/x\ndeleted file mode 100644\nindex e69de29..0000000\n", Delete, x, {});
    row("renamed", "diff --git a/x b/y z\nsimilarity index 100%\nrename from x\nrename to y z\n", Rename, x,
        QStringLiteral("y z"));
    row("renamed and changed",
        "diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\n--- a/x\n+++ b/y\n" + change, Rename, x,
        QStringLiteral("y"));
    row("copied", "diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n", Copy, x, QStringLiteral("y"));
    row("mode only", "diff --git a/my file b/my file\nold mode 100644\nnew mode 100755\n", Modify,
        QStringLiteral("my file"), QStringLiteral("my file"));
    row("mode only, quoted", "diff --git \"a/\\303\\251\" \"b/\\303\\251\"\nold mode 100644\nnew mode 100755\n", Modify,
        QStringLiteral("é"), QStringLiteral("é"));
    row("byte order mark in a name", "--- a/\xef\xbb\xbfx\n+++ b/\xef\xbb\xbfx\n" + change, Modify, QChar(0xfeff) + x,
        QChar(0xfeff) + x);
    row("escaping name is read as it is", "--- a/../../x\n+++ b/../../x\n" + change, Modify, QStringLiteral("../../x"),
        QStringLiteral("../../x"));
    row("carriage returns in headers", "--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n", Modify, x, x);
}

void TestDiffParser::names()
{
    QFETCH(QByteArray, text);
    const Diff diff = parsed(text);
    QCOMPARE(diff.files.size(), 1);
    QTEST(static_cast<int>(diff.files.first().action), "action");
    QTEST(diff.files.first().oldPath, "oldPath");
    QTEST(diff.files.first().newPath, "newPath");
}

void TestDiffParser::readsHunks()
{
    const Diff diff = parsed("--- a/x\n+++ b/x\n@@ -3,4 +3,5 @@ void f()\n one\n-two\n+2\n+2b\n three\n four\n"
                             "@@ -20 +21,0 @@\n-gone\n");
    const QList<Hunk> hunks = diff.files.first().hunks;
    QCOMPARE(hunks.size(), 2);
    QCOMPARE(hunks.at(0).oldStart, 3);
    QCOMPARE(hunks.at(0).newCount, 5);
    QCOMPARE(hunks.at(0).patchLine, 3);
    QCOMPARE(hunks.at(0).leadingContext, 1);
    QCOMPARE(hunks.at(0).trailingContext, 2);
    QCOMPARE(hunks.at(0).oldText(), QByteArray("one\ntwo\nthree\nfour\n"));
    QCOMPARE(hunks.at(0).newText(), QByteArray("one\n2\n2b\nthree\nfour\n"));
    QCOMPARE(hunks.at(1).oldStart, 20);
    QCOMPARE(hunks.at(1).oldCount, 1);
    QCOMPARE(hunks.at(1).newText(), QByteArray());
}

void TestDiffParser::noNewlineMarker()
{
    const Diff diff = parsed("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"
                             "\\ No newline at end of file\n");
    QCOMPARE(diff.files.first().hunks.first().oldText(), QByteArray("a"));
    QCOMPARE(diff.files.first().hunks.first().newText(), QByteArray("b"));
}

void TestDiffParser::crlfTransportIsTakenOff()
{
    const Diff diff = parsed("--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n");
    QCOMPARE(diff.files.first().hunks.first().oldText(), QByteArray("a\n"));
}

void TestDiffParser::crlfOfTheFileStays()
{
    const Diff diff = parsed("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n+b\r\n");
    QCOMPARE(diff.files.first().hunks.first().oldText(), QByteArray("a\r\n"));
}

void TestDiffParser::emptyLineIsEmptyContext()
{
    const Diff diff = parsed("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n-a\n+b\n\n c\n");
    QCOMPARE(diff.files.first().hunks.first().oldText(), QByteArray("a\n\nc\n"));
}

void TestDiffParser::severalFilesAndProse()
{
    const Diff diff = parsed("Some words first.\n--- not a header\n\n--- a/x\n+++ b/x\n" + change
                             + "\nMore words.\n\ndiff --git a/y b/y\nindex 1..2 100644\n--- a/y\n+++ b/y\n" + change
                             + "-- \n2.39.5\n\n--- a/x\n+++ b/x\n" + change);
    QCOMPARE(diff.files.size(), 3);
    QCOMPARE(diff.files.at(1).newPath, QStringLiteral("y"));
    QCOMPARE(diff.files.at(1).patchLine, 12);
    QVERIFY(!diff.files.at(1).isSymlink());
}

void TestDiffParser::mailHeader()
{
    const Diff diff = parsed("From 0123 Mon Sep 17 00:00:00 2001\nFrom: A U Thor <a@example.org>\n"
                             "Date: Mon, 1 Jan 2026 00:00:00 +0000\nSubject: [PATCH 1/2] fix: a long\n subject\n\n"
                             "Body.\n---\n x | 2 +-\n 1 file changed\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n"
                             + change + "-- \n2.39.5\n");
    QCOMPARE(diff.files.size(), 1);
    QCOMPARE(diff.mail.subject, QStringLiteral("fix: a long subject"));
    QCOMPARE(diff.mail.author, QStringLiteral("A U Thor <a@example.org>"));
}

void TestDiffParser::modes()
{
    const Diff diff = parsed("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n"
                             "diff --git a/l b/l\nnew file mode 120000\nindex 0..1\n--- /dev/null\n+++ b/l\n"
                             "@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n");
    QCOMPARE(diff.files.size(), 2);
    QCOMPARE(*diff.files.at(0).oldMode, 0100644);
    QCOMPARE(*diff.files.at(0).newMode, 0100755);
    QVERIFY(diff.files.at(1).isSymlink());
}

void TestDiffParser::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QByteArray &text, int line, const QString &message) {
        QTest::newRow(name) << text << line << message;
    };
    const QByteArray head = "--- a/x\n+++ b/x\n";
    row("context diff", "*** x\n--- x\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n", 1,
        QStringLiteral("context diff"));
    row("ed script", "2c\nnew\n.\n", 1, QStringLiteral("ed script"));
    row("normal diff", "prose\n2c2\n< a\n---\n> b\n", 2, QStringLiteral("normal diff"));
    row("combined diff", "diff --cc x\nindex 1,2..3\n", 1, QStringLiteral("combined"));
    row("binary files differ", "diff --git a/x b/x\nindex 1..2 100644\nBinary files a/x and b/x differ\n", 3,
        QStringLiteral("binary"));
    row("submodule", "diff --git a/x b/x\nnew file mode 160000\n", 2, QStringLiteral("submodule"));
    row("hunk without header", "prose\n@@ -1 +1 @@\n-a\n+b\n", 2, QStringLiteral("without the --- and +++"));
    row("header that cannot be read", head + "@@ somewhere @@\n-a\n+b\n", 3, QStringLiteral("cannot be read"));
    row("bare header", head + "@@\n-a\n+b\n", 3, QStringLiteral("cannot be read"));
    row("number too large", head + "@@ -99999999999 +1 @@\n-a\n+b\n", 3, QStringLiteral("cannot be read"));
    row("too few lines", head + "@@ -1,3 +1,3 @@\n a\n-b\n+c\n", 3,
        QStringLiteral("says 3 old and 3 new lines, but has 2 and 2"));
    row("too many lines", head + "@@ -1,1 +1,1 @@\n-b\n+c\n+d\n", 3, QStringLiteral("but has 1 and 2"));
    row("too many context lines", head + "@@ -1,1 +1,1 @@\n-b\n+c\n d\n", 3, QStringLiteral("but has 2 and 2"));
    row("next file begins too early", head + "@@ -1,3 +1,3 @@\n a\n-b\n+c\n--- a/y\n+++ b/y\n" + change, 3,
        QStringLiteral("but has 2 and 2"));
    row("second hunk is wrong", head + change + "@@ -5,2 +5,2 @@\n-b\n+c\n", 6, QStringLiteral("Hunk 2"));
    row("both names are nothing", "--- /dev/null\n+++ /dev/null\n@@ -0,0 +1 @@\n+a\n", 1, QStringLiteral("/dev/null"));
    row("broken quotes", "--- \"a/x\n+++ \"b/x\n" + change, 1, QStringLiteral("quoted"));
    row("name that is not UTF-8", "--- \"a/\\377\"\n+++ \"b/\\377\"\n" + change, 1, QStringLiteral("UTF-8"));
    row("creation with old lines", "--- /dev/null\n+++ b/x\n" + change, 3, QStringLiteral("created"));
    row("deletion with new lines", "--- a/x\n+++ /dev/null\n" + change, 3, QStringLiteral("deleted"));
    row("git header of two names", "diff --git a/x b/y z\nold mode 100644\nnew mode 100755\n", 1,
        QStringLiteral("which file"));
    row("bad mode", "diff --git a/x b/x\nold mode rw\n", 2, QStringLiteral("not a file mode"));
}

void TestDiffParser::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(int, line);
    QFETCH(QString, message);
    const Result<Diff> diff = parseDiff(text, HunkCounts::Checked);
    QVERIFY(!diff.ok());
    QCOMPARE(diff.error().code, ErrorCode::InvalidTask);
    QVERIFY2(diff.error().message.contains(message), qPrintable(diff.error().message));
    QCOMPARE(diff.error().details.value(QStringLiteral("line")).toInt(), line);
}

void TestDiffParser::wrongCountsAreMended_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("oldCount");
    QTest::addColumn<int>("newCount");
    QTest::newRow("too few") << QByteArray(" a\n-b\n+c\n") << 2 << 2;
    QTest::newRow("prose after a blank line") << QByteArray(" a\n-b\n+c\n\nThat was it.\n") << 2 << 2;
    QTest::newRow("mail signature") << QByteArray(" a\n-b\n+c\n-- \n2.39.5\n") << 2 << 2;
    QTest::newRow("next file") << QByteArray(" a\n-b\n+c\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n") << 2 << 2;
    QTest::newRow("many") << QByteArray(" a\n+b\n+c\n+d\n+e\n+f\n+g\n+h\n+i\n+j\n") << 1 << 10;
}

void TestDiffParser::wrongCountsAreMended()
{
    QFETCH(QByteArray, body);
    const Diff diff = parsed("--- a/x\n+++ b/x\n@@ -7,9 +7,9 @@\n" + body, HunkCounts::Recounted);
    QVERIFY(!diff.files.isEmpty());
    QTEST(diff.files.first().hunks.first().oldCount, "oldCount");
    QTEST(diff.files.first().hunks.first().newCount, "newCount");
    QCOMPARE(diff.warnings.size(), 1);
}

void TestDiffParser::afterAHunk_data()
{
    QTest::addColumn<QByteArray>("rest");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("blank lines") << QByteArray("\n\n");
    QTest::newRow("prose") << QByteArray("Regards\n");
    QTest::newRow("indented prose after a blank line") << QByteArray("\n  indented\n");
    QTest::newRow("mail signature") << QByteArray("-- \n2.39.5\n");
    QTest::newRow("git log") << QByteArray("\ncommit 0123\nAuthor: A\n\n    - a list\n");
}

void TestDiffParser::afterAHunk()
{
    QFETCH(QByteArray, rest);
    const Diff diff = parsed("--- a/x\n+++ b/x\n" + change + rest);
    QCOMPARE(diff.files.size(), 1);
    QCOMPARE(diff.files.first().hunks.first().body, QByteArrayView("-a\n+b\n"));
}

void TestDiffParser::reverseSwapsEverything()
{
    const FileDiff forward = parsed("diff --git a/x b/x\ndeleted file mode 100755\n--- a/x\n+++ /dev/null\n"
                                    "@@ -1,2 +0,0 @@\n-a\n-b\n")
                                 .files.first();
    const FileDiff back = reversed(forward);
    QCOMPARE(back.action, DiffAction::Create);
    QCOMPARE(back.newPath, QStringLiteral("x"));
    QCOMPARE(*back.newMode, 0100755);
    QCOMPARE(back.hunks.first().newText(), QByteArray("a\nb\n"));
    QCOMPARE(reversed(back).hunks.first().oldStart, forward.hunks.first().oldStart);
}

QTEST_GUILESS_MAIN(TestDiffParser)
#include "tst_diffparser.moc"
