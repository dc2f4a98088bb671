#include "tests/services/patch/difftext.h"
#include "tests/services/patch/hostilearena.h"

#include <QCryptographicHash>

using namespace PatchPanel;
using namespace PatchPanel::Test;
using enum PatchPanel::ErrorCode;

// Diffs of forms that are not read, with numbers that lie and data that is broken. Most of the CVEs of GNU patch were
// in what it did with these.
class TestMalformedDiffs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void otherForms_data();
    void otherForms() { refuses(); }
    void modes_data();
    void modes() { refuses(); }
    void counts_data();
    void counts() { refuses(); }
    void binaries_data();
    void binaries() { refuses(); }
    void flood_data();
    void flood();
};

namespace {

QByteArray hunkOf(const QByteArray &ranges)
{
    return sides("a/f", "b/f") + "@@ " + ranges + " @@\n-canary\n+evil\n";
}

// The letters of git's base 85 (base85.c).
QByteArray base85(const QByteArray &bytes)
{
    constexpr QByteArrayView letters(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~");
    QByteArray text;
    for (qsizetype at = 0; at < bytes.size(); at += 4) {
        quint32 word = 0;
        for (qsizetype i = 0; i < 4; ++i) {
            word = word << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        }
        QByteArray five(5, '0');
        for (qsizetype i = 4; i >= 0; --i, word /= 85) {
            five[i] = letters[word % 85];
        }
        text += five;
    }
    return text;
}

QByteArray deflated(const QByteArray &bytes)
{
    return qCompress(bytes).mid(4);
}

// The lines of a binary hunk: each begins with the number of its bytes as a letter.
QByteArray dataLines(const QByteArray &packed)
{
    QByteArray text;
    for (qsizetype at = 0; at < packed.size(); at += 52) {
        const QByteArray part = packed.mid(at, 52);
        const auto size = static_cast<char>(part.size());
        text += static_cast<char>(size <= 26 ? 'A' + size - 1 : 'a' + size - 27) + base85(part) + '\n';
    }
    return text;
}

// git's name for a file of these contents.
QByteArray blobId(const QByteArray &contents)
{
    return QCryptographicHash::hash("blob " + QByteArray::number(contents.size()) + '\0' + contents,
                                    QCryptographicHash::Sha1)
        .toHex();
}

// Of the file "f", from what it holds to "evil".
QByteArray binaryOf(const QByteArray &hunks, const QByteArray &oldContents = "canary\n")
{
    return header("f", "f") + "index " + blobId(oldContents) + ".." + blobId("evil\n") + " 100644\nGIT binary patch\n"
        + hunks;
}

QByteArray literal(const QByteArray &size, const QByteArray &packed)
{
    return "literal " + size + '\n' + dataLines(packed) + '\n';
}

} // namespace

void TestMalformedDiffs::otherForms_data()
{
    addHostileColumns();
    hostileRow("CVE-2018-1000156: ed script", "1!touch ../outside/evil\n1c\nevil\n.\nw\nq\n", InvalidTask);
    hostileRow("CVE-2018-1000156: ed script beneath names",
               sides("a/f", "b/f") + "1!touch ../outside/evil\n1c\nevil\n.\n", InvalidTask);
    hostileRow("CVE-2018-20969: ed script with Index", "Index: f\n0a\n!touch ../outside/evil\n.\nw\n", InvalidTask);
    hostileRow("CVE-2019-13638: ed script, shell in the name", "--- a/$(touch evil)\n+++ b/$(touch evil)\n1d\n.\nw\n",
               InvalidTask);
    hostileRow("ed script after a unified diff", modifies("f") + "Index: dir/g\n1d\n!touch ../outside/evil\nw\nq\n",
               InvalidTask);
    hostileRow("context diff", "*** a/f\n--- b/f\n***************\n*** 1 ****\n! canary\n--- 1 ----\n! evil\n",
               InvalidTask);
    hostileRow("context diff after a unified diff",
               modifies("dir/g") + "*** a/f\n--- b/f\n***************\n*** 1 ****\n! canary\n--- 1 ----\n! evil\n",
               InvalidTask);
    hostileRow("normal diff", "1c1\n< canary\n---\n> evil\n", InvalidTask);
    hostileRow("normal diff after a unified diff", modifies("dir/g") + "diff f f.new\n1c1\n< canary\n---\n> evil\n",
               InvalidTask);
    hostileRow("combined diff", "diff --cc f\nindex 1,2..3\n--- a/f\n+++ b/f\n@@@ -1 -1 +1 @@@\n- canary\n++evil\n",
               InvalidTask);
    hostileRow("Binary files differ, git", header("f", "f") + "index 1..2 100644\nBinary files a/f and b/f differ\n",
               InvalidTask);
    hostileRow("Binary files differ, plain", "Binary files f and f.new differ\n", InvalidTask);
    hostileRow("Binary files differ, after a unified diff", modifies("dir/g") + "Binary files f and f.new differ\n",
               InvalidTask);
    hostileRow("both names /dev/null", sides("/dev/null", "/dev/null") + "@@ -1 +1 @@\n-canary\n+evil\n", InvalidTask);
    hostileRow("hunk without names", "@@ -1 +1 @@\n-canary\n+evil\n", InvalidTask);
    hostileRow("only --- ", "--- a/f\n@@ -1 +1 @@\n-canary\n+evil\n", InvalidTask);
    hostileRow("rename without its other half", header("f", "x") + "rename from f\n", InvalidTask);
    hostileRow("rename whose names differ from the sides",
               header("f", "x") + "rename from f\nrename to x\n" + sides("a/dir/g", "b/x")
                   + "@@ -1 +1 @@\n-canary\n+evil\n",
               InvalidTask);
    hostileRow("created with lines before",
               header("new", "new") + "new file mode 100644\n" + sides("/dev/null", "b/new")
                   + "@@ -1 +1 @@\n-canary\n+evil\n",
               InvalidTask);
    hostileRow("deleted with lines after",
               header("f", "f") + "deleted file mode 100644\n" + sides("a/f", "/dev/null")
                   + "@@ -1 +1 @@\n-canary\n+evil\n",
               InvalidTask);
    hostileRow("nothing at all", "", InvalidTask);
    hostileRow("prose", "Please change the file f.\n", InvalidTask);
    hostileRow("NULs", QByteArray(1000, '\0'), InvalidTask);
}

void TestMalformedDiffs::modes_data()
{
    addHostileColumns();
    const QByteArray wrong[] = {"104755",
                                "102755",
                                "101755",
                                "107777",
                                "160000",
                                "040000",
                                "020666",
                                "060666",
                                "010644",
                                "140777",
                                "170000",
                                "000000",
                                "999999",
                                "-100644",
                                "0x81a4",
                                "1006440",
                                "77777777777777777777"};
    for (const QByteArray &mode : wrong) {
        hostileRow("new file " + mode, creates("new", mode), InvalidTask);
        hostileRow("changed to " + mode, header("f", "f") + "old mode 100644\nnew mode " + mode + '\n', InvalidTask);
    }
    hostileRow("submodule in the index line",
               header("f", "f") + "index 1111111..2222222 160000\n" + sides("a/f", "b/f")
                   + "@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n",
               InvalidTask);
    hostileRow("submodule deleted", header("f", "f") + "deleted file mode 160000\n", InvalidTask);
}

void TestMalformedDiffs::counts_data()
{
    addHostileColumns();
    hostileRow("2147483647 lines", hunkOf("-1,2147483647 +1,2147483647"), InvalidTask);
    hostileRow("4294967297 lines", hunkOf("-1,4294967297 +1,4294967297"), InvalidTask);
    hostileRow("99999999999999999999 lines", hunkOf("-1,99999999999999999999 +1"), InvalidTask);
    hostileRow("begins at 99999999999999999999", hunkOf("-99999999999999999999 +1"), InvalidTask);
    hostileRow("negative count", hunkOf("-1,-1 +1,1"), InvalidTask);
    hostileRow("negative start", hunkOf("--1,1 +1,1"), InvalidTask);
    hostileRow("no numbers", hunkOf("-, +,"), InvalidTask);
    hostileRow("letters", hunkOf("-x +y"), InvalidTask);
    hostileRow("blanks in the range", hunkOf("- 1 + 1"), InvalidTask);
    hostileRow("one old line too many", hunkOf("-1,2 +1"), InvalidTask);
    hostileRow("one new line too many", hunkOf("-1 +1,2"), InvalidTask);
    hostileRow("one old line too few", hunkOf("-1,0 +1"), InvalidTask);
    hostileRow("one new line too few", hunkOf("-1 +1,0"), InvalidTask);
    hostileRow("cut off in a hunk", sides("a/dir/many", "b/dir/many") + "@@ -1,8 +1,8 @@\n 1\n-2\n", InvalidTask);
    hostileRow("only a hunk header", sides("a/f", "b/f") + "@@ -1 +1 @@\n", InvalidTask);
    hostileRow("empty hunk", sides("a/f", "b/f") + "@@ -1,0 +1,0 @@\n", DoesNotApply);
    const QByteArray many = sides("a/dir/many", "b/dir/many");
    hostileRow("hunks overlap", many + "@@ -2,2 +2,2 @@\n 2\n-3\n+x\n@@ -3,2 +3,2 @@\n-3\n+y\n 4\n", DoesNotApply);
    hostileRow("hunks in the wrong order", many + "@@ -6,2 +6,2 @@\n 6\n-7\n+x\n@@ -2,2 +2,2 @@\n 2\n-3\n+y\n",
               DoesNotApply);
    hostileRow("the same hunk twice", many + "@@ -2,2 +2,2 @@\n 2\n-3\n+x\n@@ -2,2 +2,2 @@\n 2\n-3\n+x\n",
               DoesNotApply);
}

void TestMalformedDiffs::binaries_data()
{
    addHostileColumns();
    const QByteArray good = deflated("evil\n");
    hostileRow("no data", binaryOf({}), InvalidTask);
    hostileRow("size only", binaryOf("literal 5\n"), InvalidTask);
    hostileRow("no such method", binaryOf("zip 5\n" + dataLines(good) + '\n'), InvalidTask);
    hostileRow("not base 85", binaryOf("literal 5\nE\"\"\"\"\"\n\n"), InvalidTask);
    hostileRow("line shorter than it says", binaryOf("literal 5\nz00000\n\n"), InvalidTask);
    hostileRow("line longer than it says", binaryOf("literal 5\nA0000000000\n\n"), InvalidTask);
    hostileRow("base 85 overflows", binaryOf("literal 5\nD~~~~~\n\n"), InvalidTask);
    hostileRow("not deflated", binaryOf(literal("5", "evil\n")), InvalidTask);
    hostileRow("cut off", binaryOf(literal("5", good.chopped(5))), InvalidTask);
    hostileRow("checksum wrong", binaryOf(literal("5", good.chopped(1) + 'x')), InvalidTask);
    hostileRow("shorter than it says", binaryOf(literal("6", good)), InvalidTask);
    hostileRow("longer than it says", binaryOf(literal("4", good)), InvalidTask);
    hostileRow("negative size", binaryOf(literal("-1", good)), InvalidTask);
    hostileRow("size that overflows", binaryOf(literal("99999999999999999999", good)), InvalidTask);
    hostileRow("says 4 GiB", binaryOf(literal("4294967296", good)), InvalidTask);
    hostileRow("bomb: says 5 bytes, unpacks to 64 MiB", binaryOf(literal("5", deflated(QByteArray(64 << 20, '0')))),
               InvalidTask);
    const auto delta = [](const QByteArray &bytes) {
        return binaryOf("delta " + QByteArray::number(bytes.size()) + '\n' + dataLines(deflated(bytes)) + '\n');
    };
    hostileRow("delta: empty", delta({}), InvalidTask);
    hostileRow("delta: copies beyond its source", delta(QByteArray("\x07\x05\x91\x06\x05", 5)), InvalidTask);
    hostileRow("delta: adds more than it has",
               delta(QByteArray("\x07\x05\x05"
                                "ev",
                                5)),
               InvalidTask);
    hostileRow("delta: makes less than it says",
               delta(QByteArray("\x07\x7f\x02"
                                "ev",
                                5)),
               InvalidTask);
    hostileRow("delta: reserved instruction", delta(QByteArray("\x07\x05\x00", 3)), InvalidTask);
    hostileRow("delta: size that never ends", delta(QByteArray(20, '\xff')), InvalidTask);
    const QByteArray whole = literal("5", good) + literal("7", deflated("canary\n"));
    hostileRow("made for other contents", binaryOf(whole, "something else\n"), DoesNotApply);
    hostileRow("leads to contents that the index line does not name",
               binaryOf(literal("5", deflated("EVIL\n")) + literal("7", deflated("canary\n"))), InvalidTask);
}

void TestMalformedDiffs::flood_data()
{
    QTest::addColumn<QByteArray>("diff");
    const QByteArray names = sides("a/f", "b/f");
    QTest::newRow("100,000 empty hunks") << names + QByteArray("@@ -1,0 +1,0 @@\n").repeated(100'000);
    QTest::newRow("100,000 equal hunks") << names + QByteArray("@@ -1 +1 @@\n-canary\n+evil\n").repeated(100'000);
    QTest::newRow("100,000 hunk headers that cannot be read") << names + QByteArray("@@ -x +y @@\n").repeated(100'000);
    QTest::newRow("100,000 equal files") << deletes("f").repeated(100'000);
    QTest::newRow("300,000 empty lines in a hunk") << names + "@@ -1,300000 +1,300000 @@\n" + QByteArray(300'000, '\n');
    QTest::newRow("one line of 16 MiB") << names + "@@ -1 +1 @@\n-" + QByteArray(16 << 20, 'x') + "\n+evil\n";
    QTest::newRow("16 MiB without a line end") << QByteArray(16 << 20, '-');
}

// Refused without a trace; what takes time or memory beyond reason runs into the time-out of the whole test.
void TestMalformedDiffs::flood()
{
    QFETCH(QByteArray, diff);
    const HostileArena arena;
    const auto before = arena.snapshot();
    const auto plan = Patch::applyDiffTo(arena.path(), diff, {}, Patch::Durability::Process);
    QVERIFY(!plan.ok());
    QVERIFY2(plan.error().code == InvalidTask || plan.error().code == DoesNotApply,
             qPrintable(plan.error().toString()));
    QCOMPARE(arena.snapshot(), before);
}

QTEST_GUILESS_MAIN(TestMalformedDiffs)
#include "tst_malformeddiffs.moc"
