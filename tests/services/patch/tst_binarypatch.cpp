#include "services/patch/binarypatch.h"
#include "tests/support/binaryblock.h"
#include "tests/support/gitworkspace.h"

#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include <algorithm>
#include <numeric>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::base85Lines;
using PatchPanel::Test::deflated;
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::linesOf;

Q_DECLARE_METATYPE(PatchPanel::ErrorCode)

class TestBinaryPatch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithGit_data();
    void agreesWithGit();
    void readsLinesOfEveryLength();
    void endsWhereTheTextEnds();
    void carriageReturnsAreNoData();
    void refusesBlock_data();
    void refusesBlock();
    void appliesDelta_data();
    void appliesDelta();
    void refusesDelta_data();
    void refusesDelta();
    void blobIds_data();
    void blobIds();
};

namespace {

QByteArray randomBytes(qsizetype size)
{
    QRandomGenerator random(42);
    QByteArray bytes(size, '\0');
    std::generate(bytes.begin(), bytes.end(), [&random] { return static_cast<char>(random.generate()); });
    return bytes;
}

// Random bytes have no equal pieces: what git makes of this change is a delta.
QByteArray withOneByteChanged(QByteArray bytes)
{
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    return bytes;
}

BinaryPatch patchIn(QByteArrayView diff)
{
    const QList<QByteArrayView> lines = linesOf(diff);
    qsizetype at = lines.indexOf(QByteArrayView("GIT binary patch\n")) + 1;
    const Result<BinaryBlock> forward = readBinaryBlock(lines, at);
    const Result<BinaryBlock> backward = readBinaryBlock(lines, at);
    if (!forward || !backward || at != lines.size()) {
        qWarning("%s", qPrintable(forward ? QStringLiteral("no second block") : forward.error().toString()));
        return {};
    }
    return {*forward, *backward};
}

QByteArray applied(const QByteArray &before, const BinaryBlock &block)
{
    const Result<QByteArray> after = applyBinaryBlock(before, block);
    if (!after) {
        qWarning("%s", qPrintable(after.error().toString()));
        return "failed";
    }
    return *after;
}

// "literal 3" and its data.
QByteArray literal(const QByteArray &contents)
{
    return "literal " + QByteArray::number(contents.size()) + '\n' + base85Lines(deflated(contents));
}

BinaryBlock delta(const QByteArray &bytes)
{
    return {BinaryBlock::Kind::Delta, bytes.size(), bytes};
}

} // namespace

void TestBinaryPatch::agreesWithGit_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QByteArray>("kinds"); // of the forward and of the backward block
    const QByteArray large = randomBytes(1024 * 1024);
    const QByteArray small("\0\1\2\3", 4);
    QTest::newRow("to an empty file") << small << QByteArray("") << QByteArray("LL");
    QTest::newRow("from an empty file") << QByteArray("") << small << QByteArray("LL");
    QTest::newRow("one byte") << QByteArray("\0", 1) << QByteArray("\xff") << QByteArray("LL");
    // Deflated, these are 9 to 11 bytes longer: the last lines hold 45 to 52 and 1 to 5 bytes.
    for (int size = 36; size <= 46; ++size) {
        QTest::addRow("%d bytes", size) << small << randomBytes(size) << QByteArray("LL");
    }
    QTest::newRow("1 MiB of random bytes") << small << large << QByteArray("LL");
    QTest::newRow("delta") << large << withOneByteChanged(large) << QByteArray("DD");
    QTest::newRow("delta that inserts") << large << large.first(500000) + small + large.sliced(500000)
                                        << QByteArray("DD");
    QTest::newRow("delta of a part") << large << large.sliced(70000, 65536) << QByteArray("DD");
    QTest::newRow("the same piece twice") << large << large + large << QByteArray("DD");
}

void TestBinaryPatch::agreesWithGit()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QByteArray, after);
    QFETCH(const QByteArray, kinds);
    GitWorkspace workspace;
    QVERIFY(workspace.write(QStringLiteral(".gitattributes"), "f binary\n"));
    QVERIFY(workspace.write(QStringLiteral("f"), before));
    workspace.commitAll();
    QVERIFY(workspace.write(QStringLiteral("f"), after));
    const QByteArray diff =
        workspace.git({QStringLiteral("diff"), QStringLiteral("--binary"), QStringLiteral("--full-index")});
    QVERIFY(diff.contains("GIT binary patch\n"));

    const BinaryPatch patch = patchIn(diff);
    const auto kind = [](const BinaryBlock &block) {
        return block.kind == BinaryBlock::Kind::Delta ? 'D' : 'L';
    };
    QVERIFY(patch.backward);
    QCOMPARE(QByteArray() + kind(patch.forward) + kind(*patch.backward), kinds);
    QVERIFY(applied(before, patch.forward) == after);
    QVERIFY(applied(after, *patch.backward) == before);
    const QByteArray index = "index " + gitBlobId(before) + ".." + gitBlobId(after) + ' ';
    QVERIFY2(diff.contains(index), diff.first(300));
}

void TestBinaryPatch::readsLinesOfEveryLength()
{
    QSet<char> letters;
    for (int size = 0; size < 160; ++size) {
        const QByteArray text = literal(randomBytes(size));
        const QList<QByteArrayView> lines = linesOf(text);
        qsizetype at = 0;
        const Result<BinaryBlock> block = readBinaryBlock(lines, at);
        QVERIFY(block);
        QCOMPARE(block->data, randomBytes(size));
        letters.insert(lines.at(at - 2).front());
    }
    QCOMPARE(letters.size(), 52);
}

void TestBinaryPatch::endsWhereTheTextEnds()
{
    const QByteArray text = literal("one") + literal("two").trimmed();
    const QList<QByteArrayView> lines = linesOf(text);
    qsizetype at = 0;
    const Result<BinaryBlock> first = readBinaryBlock(lines, at);
    QVERIFY(first);
    QCOMPARE(first->data, QByteArray("one"));
    QCOMPARE(first->size, 3);
    QCOMPARE(at, 3);
    const Result<BinaryBlock> second = readBinaryBlock(lines, at);
    QVERIFY(second);
    QCOMPARE(second->data, QByteArray("two"));
    QCOMPARE(at, 5);
}

void TestBinaryPatch::carriageReturnsAreNoData()
{
    const QByteArray text = literal(randomBytes(200)).replace('\n', "\r\n") + "next";
    const QList<QByteArrayView> lines = linesOf(text);
    qsizetype at = 0;
    const Result<BinaryBlock> block = readBinaryBlock(lines, at);
    QVERIFY(block);
    QCOMPARE(block->data, randomBytes(200));
    QCOMPARE(lines.at(at), QByteArrayView("next"));
}

void TestBinaryPatch::refusesBlock_data()
{
    QTest::addColumn<QByteArray>("block");
    QTest::addColumn<int>("line"); // of the diff, when the block begins in its second line
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QByteArray &block, int line, const char *message) {
        QTest::newRow(name) << block << line << QString::fromLatin1(message);
    };
    const QByteArray good = base85Lines(deflated("hello"));
    const QByteArray stream = deflated("hello");
    QByteArray badChecksum = stream;
    badChecksum.back() = static_cast<char>(badChecksum.back() ^ 1);
    QByteArray badHeader = stream;
    badHeader.front() = 'x' + 1;
    const QByteArray zeros(1000000, '\0');
    const char *digit = "not base 85";
    const char *less = "end before the";
    const char *more = "more data than";

    row("no block", "", 2, "Expected here");
    row("another word", "verbatim 5\n" + good, 2, "Expected here");
    row("no blank", "literal5\n" + good, 2, "Expected here");
    row("no size", "literal \n" + good, 2, "is missing");
    row("size with a sign", "literal +5\n" + good, 2, "not a number");
    row("size in hexadecimal", "delta 0x5\n" + good, 2, "not a number");
    row("text after the size", "literal 5 bytes\n" + good, 2, "not a number");
    row("over 1 GiB", "literal 1073741825\n" + good, 2, "larger than 1 GiB");
    row("size beyond any number", "literal " + QByteArray(40, '9') + "\n" + good, 2, "larger than 1 GiB");
    row("letter that is a digit", "literal 5\n5" + good.sliced(1), 3, "length letter");
    row("letter too small", "literal 5\n" + QByteArray("A") + good.sliced(1), 3, "than its letter says");
    row("letter too large", "literal 5\n" + QByteArray("z") + good.sliced(1), 3, "than its letter says");
    row("letter alone", "literal 5\nA\n\n", 3, "than its letter says");
    row("digit cut off", "literal 5\n" + good.trimmed().chopped(1), 3, "than its letter says");
    row("letter outside base 85", "literal 5\nD0000\"\n\n", 3, digit);
    row("byte above 127", "literal 5\nD0000\xe4\n\n", 3, digit);
    row("five digits beyond 32 bits", "literal 5\nD~~~~~\n\n", 3, digit);
    row("bad second line", "literal 200\n" + base85Lines(deflated(randomBytes(200))).replace("\nz", "\n-"), 4,
        "length letter");
    row("no data", "literal 5\n\n" + good, 2, less);
    row("text ends", "literal 5", 2, less);
    row("stream cut off", "literal 5\n" + base85Lines(stream.chopped(4)), 2, less);
    row("size too large", "literal 6\n" + good, 2, less);
    row("a size that so few bytes cannot fill", "literal 1073741824\n" + good, 2, less);
    row("size too small", "literal 4\n" + good, 2, more);
    row("size 0", "literal 0\n" + good, 2, more);
    row("bomb", "literal 1000\n" + base85Lines(deflated(zeros)), 2, more);
    row("lines without end", "literal 5\n" + base85Lines(randomBytes(2000)), 22, more);
    row("bytes after the stream", "literal 5\n" + base85Lines(stream + "x"), 2, more);
    row("wrong checksum", "literal 5\n" + base85Lines(badChecksum), 2, "cannot be inflated");
    row("no zlib stream", "literal 5\n" + base85Lines(badHeader), 2, "cannot be inflated");
}

void TestBinaryPatch::refusesBlock()
{
    QFETCH(const QByteArray, block);
    QFETCH(const int, line);
    QFETCH(const QString, message);
    const QByteArray text = "GIT binary patch\n" + block;
    qsizetype at = 1;
    const Result<BinaryBlock> read = readBinaryBlock(linesOf(text), at);
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::InvalidTask);
    QVERIFY2(read.error().message.contains(message), qPrintable(read.error().message));
    QCOMPARE(read.error().where, QStringLiteral("line %1 of the diff").arg(line));
}

void TestBinaryPatch::appliesDelta_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("instructions"); // after the two sizes
    QTest::addColumn<QByteArray>("after");
    QByteArray source(70000, '\0');
    std::iota(source.begin(), source.end(), '\0');
    QTest::newRow("nothing") << QByteArray("") << QByteArray("") << QByteArray("");
    QTest::newRow("insert") << QByteArray("") << QByteArray("\3abc") << QByteArray("abc");
    QTest::newRow("copy the first bytes") << QByteArray("abcdef") << QByteArray("\x90\2") << QByteArray("ab");
    QTest::newRow("copy the last bytes") << QByteArray("abcdef") << QByteArray("\x91\3\3") << QByteArray("def");
    QTest::newRow("copy and insert") << QByteArray("abc") << QByteArray("\x90\1\1x\x91\2\1") << QByteArray("axc");
    QTest::newRow("no length is 64 KiB") << source << QByteArray("\x80") << source.first(0x10000);
    QTest::newRow("third byte of offset") << source << QByteArray("\x94\1\2") << source.sliced(0x10000, 2);
    QTest::newRow("third byte of length") << source << QByteArray("\xf0\1\0\1", 4) << source.first(0x10001);
}

void TestBinaryPatch::appliesDelta()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QByteArray, instructions);
    QFETCH(const QByteArray, after);
    const auto size = [](qsizetype number) {
        QByteArray bytes;
        for (; number > 0x7f; number >>= 7) {
            bytes += static_cast<char>(0x80 | (number & 0x7f));
        }
        return bytes + static_cast<char>(number);
    };
    QVERIFY(applied(before, delta(size(before.size()) + size(after.size()) + instructions)) == after);
}

void TestBinaryPatch::refusesDelta_data()
{
    QTest::addColumn<QByteArray>("bytes"); // made for "abc"
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QByteArray &bytes, const char *message,
                        ErrorCode code = ErrorCode::InvalidTask) {
        QTest::newRow(name) << bytes << code << QString::fromLatin1(message);
    };
    const char *header = "sizes at the start";
    const char *beyond = "reads beyond";
    const char *cutOff = "in the middle of";
    const char *otherSize = "more or less than";
    row("contents are shorter", "\4\1\x90\1", "for contents of 4 bytes, not of 3", ErrorCode::DoesNotApply);
    row("contents are longer", QByteArray("\0\1\1x", 4), "of 0 bytes, not of 3", ErrorCode::DoesNotApply);
    row("empty", "", header);
    row("no second size", "\3", header);
    row("size without end", "\3" + QByteArray(12, '\xff'), header);
    row("result over 1 GiB", "\3\x81\x80\x80\x80\x04", header);
    row("instruction 0", QByteArray("\3\1\0", 3), "does not exist");
    row("copy beyond the end", "\3\2\x91\2\2", beyond);
    row("copy from beyond the end", "\3\1\x91\4\1", beyond);
    row("copy from 4 GiB", "\3\1\x9f\xff\xff\xff\xff\1", beyond);
    row("copy without its offset", "\3\1\x91", cutOff);
    row("copy without its length", "\3\1\x91\1", cutOff);
    row("insert without its bytes", "\3\5\5x", cutOff);
    row("result too long", "\3\1\2xy", otherSize);
    row("result too short", "\3\3\2xy", otherSize);
    row("no instruction", "\3\1", otherSize);
    row("1 GiB out of nothing", QByteArray("\3\x80\x80\x80\x80\x04", 6), otherSize);
}

void TestBinaryPatch::refusesDelta()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const ErrorCode, code);
    QFETCH(const QString, message);
    const Result<QByteArray> after = applyBinaryBlock("abc", delta(bytes));
    QVERIFY(!after);
    QCOMPARE(after.error().code, code);
    QVERIFY2(after.error().message.contains(message), qPrintable(after.error().message));
}

void TestBinaryPatch::blobIds_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QByteArray>("id"); // by git hash-object
    QTest::newRow("empty") << QByteArray("") << QByteArray("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    QTest::newRow("a line") << QByteArray("hello\n") << QByteArray("ce013625030ba8dba906f756967f9e9ca394464a");
    QTest::newRow("a NUL") << QByteArray("\0", 1) << QByteArray("f76dd238ade08917e6712764a16a22005a50573d");
}

void TestBinaryPatch::blobIds()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QByteArray, id);
    QCOMPARE(gitBlobId(contents), id);
}

QTEST_GUILESS_MAIN(TestBinaryPatch)
#include "tst_binarypatch.moc"
