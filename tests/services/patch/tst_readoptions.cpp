#include "services/common/ids.h"
#include "services/patch/taskreader.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;

// What a task takes from the world around its file: files beside it, and roots that lie elsewhere here.
class TestReadOptions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void contentsFrom_data();
    void contentsFrom();
    void aFileIsReadOnce();
    void filesTogetherAreLimited();
    void fileThatCannotBeRead();
    void mappedPath_data();
    void mappedPath();
    void mappingDoesNotLeadOut_data();
    void mappingDoesNotLeadOut();
    void namesInDiffs_data();
    void namesInDiffs();
    void stripsMoreThanThereIs();
    void wrongCountsAreProblemsWhenAsked();
};

namespace {

const QString root = QStringLiteral("/work/space");

QByteArray upsert(const QString &path)
{
    return "{\"mutations\": [{\"path\": \"" + path.toUtf8() + "\", \"contents\": \"\"}]}";
}

ReadOptions mapping(const QStringList &texts)
{
    ReadOptions options;
    for (const QString &text : texts) {
        options.mappedRoots.append(*RootMapping::fromText(text));
    }
    return options;
}

} // namespace

void TestReadOptions::contentsFrom_data()
{
    QTest::addColumn<QByteArray>("mutation");
    QTest::newRow("create") << QByteArray(R"({"op": "create", "path": "a", "contentsFrom": "data.bin"})");
    QTest::newRow("update") << QByteArray(R"({"op": "update", "path": "a", "contentsFrom": "data.bin"})");
    QTest::newRow("upsert by its keys") << QByteArray(R"({"path": "a", "contentsFrom": "data.bin"})");
    QTest::newRow("insert") << QByteArray(R"({"op": "insert", "path": "a", "at": 1, "contentsFrom": "data.bin"})");
}

void TestReadOptions::contentsFrom()
{
    QFETCH(QByteArray, mutation);
    const QByteArray bytes("\0\xff\n", 3);
    const ReadOptions options{.fileBeside = [&bytes](const QString &name) -> Result<QByteArray> {
        return name == QLatin1String("data.bin") ? Result(bytes) : Error{ErrorCode::NotFound, name};
    }};
    const auto task = readTask("{\"mutations\": [" + mutation + "]}", QStringLiteral("t"), root, options);
    QVERIFY2(task, task ? "" : qPrintable(task.error().toString()));
    QCOMPARE(task->ops.first().contents, bytes);
    QCOMPARE(task->filesBeside.size(), 1);
    QCOMPARE(task->filesBeside.first().name, QStringLiteral("data.bin"));
    QCOMPARE(task->filesBeside.first().sha256, sha256Hex(bytes));
}

void TestReadOptions::aFileIsReadOnce()
{
    int reads = 0;
    const ReadOptions options{.fileBeside = [&reads](const QString &) -> Result<QByteArray> {
        return QByteArray::number(++reads);
    }};
    const auto task =
        readTask(R"({"mutations": [{"path": "a", "contentsFrom": "x"}, {"path": "b", "contentsFrom": "x"}]})",
                 QStringLiteral("t"), root, options);
    QVERIFY(task);
    QCOMPARE(reads, 1);
    QCOMPARE(task->ops.at(1).contents, QByteArray("1"));
}

void TestReadOptions::filesTogetherAreLimited()
{
    // One allocation that every answer shares.
    const QByteArray large(33 * 1024 * 1024, 'x');
    const ReadOptions options{.fileBeside = [&large](const QString &) -> Result<QByteArray> {
        return large;
    }};
    const TaskReading reading =
        examineTask(R"({"mutations": [{"path": "a", "contentsFrom": "x"}, {"path": "b", "contentsFrom": "y"}]})",
                    QStringLiteral("t"), root, options);
    QCOMPARE(reading.problems.size(), 1);
    QCOMPARE(reading.problems.first().pointer, QStringLiteral("/mutations/1/contentsFrom"));
    QVERIFY(reading.problems.first().message.contains(QStringLiteral("64 MiB")));
}

void TestReadOptions::fileThatCannotBeRead()
{
    const ReadOptions options{.fileBeside = [](const QString &name) -> Result<QByteArray> {
        return Error{ErrorCode::NotFound, QStringLiteral("there is no %1").arg(name), QStringLiteral("add it")};
    }};
    const TaskReading reading =
        examineTask(R"({"mutations": [{"path": "a", "contentsFrom": "x"}]})", QStringLiteral("t"), root, options);
    QCOMPARE(reading.problems.size(), 1);
    QCOMPARE(toString(reading.problems.first().code), QStringLiteral("unreadable-file"));
    QCOMPARE(reading.problems.first().where(), QStringLiteral("/mutations/0/contentsFrom (1:46)"));
    QCOMPARE(reading.problems.first().message, QStringLiteral("there is no x"));
}

void TestReadOptions::mappedPath_data()
{
    QTest::addColumn<QStringList>("mappings");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("here");
    const QString their = QStringLiteral("/their/root=.");
    QTest::newRow("the workspace itself") << QStringList{their} << "/their/root/src/a"
                                          << "src/a";
    QTest::newRow("a folder of it") << QStringList{QStringLiteral("/their/root=sub")} << "/their/root/a"
                                    << "sub/a";
    QTest::newRow("trailing slashes") << QStringList{QStringLiteral("/their/root/=sub/")} << "/their/root/a"
                                      << "sub/a";
    QTest::newRow("the longest root") << QStringList{their, QStringLiteral("/their/root/lib=ext")}
                                      << "/their/root/lib/a"
                                      << "ext/a";
    QTest::newRow("the file system's root") << QStringList{QStringLiteral("/=.")} << "/etc/a"
                                            << "etc/a";
    QTest::newRow("relative paths stay") << QStringList{QStringLiteral("/=sub")} << "their/a"
                                         << "their/a";
    QTest::newRow("the workspace is more exact") << QStringList{QStringLiteral("/work=sub")} << "/work/space/a"
                                                 << "a";
    QTest::newRow("several, the second fits") << QStringList{QStringLiteral("/other=."), their} << "/their/root/a"
                                              << "a";
}

void TestReadOptions::mappedPath()
{
    QFETCH(QStringList, mappings);
    QFETCH(QString, path);
    QFETCH(QString, here);
    const auto task = readTask(upsert(path), QStringLiteral("t"), root, mapping(mappings));
    QVERIFY2(task, task ? "" : qPrintable(task.error().toString()));
    QCOMPARE(task->ops.first().path, here);
}

void TestReadOptions::mappingDoesNotLeadOut_data()
{
    QTest::addColumn<QString>("mapping");
    QTest::addColumn<QString>("path");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("path climbs") << "/their=."
                                 << "/their/../etc/a" << ErrorCode::UnsafePath;
    QTest::newRow("target climbs") << "/their=../other"
                                   << "/their/a" << ErrorCode::UnsafePath;
    QTest::newRow("into the repository") << "/their=.git"
                                         << "/their/config" << ErrorCode::UnsafePath;
    QTest::newRow("only begins like the root") << "/their=."
                                               << "/theirs/a" << ErrorCode::OutsideWorkspace;
}

void TestReadOptions::mappingDoesNotLeadOut()
{
    QFETCH(QString, mapping);
    QFETCH(QString, path);
    const auto task = readTask(upsert(path), QStringLiteral("t"), root, ::mapping({mapping}));
    QVERIFY(!task);
    QTEST(task.error().code, "code");
}

void TestReadOptions::namesInDiffs_data()
{
    QTest::addColumn<QByteArray>("diff");
    QTest::addColumn<int>("strip"); // -1: not given
    QTest::addColumn<QStringList>("names"); // old and new of the first file
    const QByteArray hunk = "@@ -1,2 +1,2 @@\n--- /their/root/in-a-hunk\n+++ /their/root/in-a-hunk\n /their/root\n";
    const auto row = [](const char *name, const QByteArray &diff, int strip, const QStringList &names) {
        QTest::newRow(name) << diff << strip << names;
    };
    const QString a = QStringLiteral("a");
    row("absolute names", "--- /their/root/a\n+++ /their/root/a\n" + hunk, -1, {a, a});
    row("with time stamps", "--- /their/root/a\t2024-01-01 00:00:00\n+++ /their/root/a\t2024\n" + hunk, -1, {a, a});
    row("created", "--- /dev/null\n+++ /their/root/a\n@@ -0,0 +1 @@\n+x\n", -1, {QString(), a});
    row("renamed without hunks",
        "diff --git a/x b/y\nsimilarity index 100%\nrename from /their/root/x\nrename to /their/root/y\n", -1,
        {QStringLiteral("x"), QStringLiteral("y")});
    row("prose and relative names", "--- /their/root/ is where it lay\nso be it\n--- a/a\n+++ b/a\n" + hunk, -1,
        {a, a});
    row("strip nothing", "--- a/a\n+++ b/a\n" + hunk, 0, {QStringLiteral("a/a"), QStringLiteral("b/a")});
    row("strip one", "--- o/a\n+++ n/a\n" + hunk, 1, {a, a});
    row("strip from absolute names", "--- /old/tree/src/a\n+++ /new/tree/src/a\n" + hunk, 3,
        {QStringLiteral("src/a"), QStringLiteral("src/a")});
    row("two slashes are one", "--- o//s/a\n+++ n//s/a\n" + hunk, 2, {a, a});
    row("a rename has no prefix to strip",
        "diff --git a/d/x b/d/y\nsimilarity index 100%\nrename from d/x\nrename to d/y\n", 2,
        {QStringLiteral("x"), QStringLiteral("y")});
}

void TestReadOptions::namesInDiffs()
{
    QFETCH(QByteArray, diff);
    QFETCH(int, strip);
    ReadOptions options = mapping({QStringLiteral("/their/root=.")});
    options.strip = strip < 0 ? std::nullopt : std::optional(strip);
    const auto task = readTask(diff, QStringLiteral("a.patch"), root, options);
    QVERIFY2(task, task ? "" : qPrintable(task.error().toString()));
    const FileDiff &file = task->ops.first().diff->files.first();
    QTEST((QStringList{file.oldPath, file.newPath}), "names");
}

void TestReadOptions::stripsMoreThanThereIs()
{
    ReadOptions options;
    options.strip = 3;
    const auto task = readTask("--- a/b/c\n+++ a/b/c\n@@ -1 +1 @@\n-x\n+y\n", QStringLiteral("a.patch"), root, options);
    QVERIFY(!task);
    QVERIFY2(task.error().message.contains(QStringLiteral("3 leading parts")), qPrintable(task.error().message));
}

void TestReadOptions::wrongCountsAreProblemsWhenAsked()
{
    const QByteArray diff = "--- a/b\n+++ b/b\n@@ -1,7 +1,7 @@\n-x\n+y\n";
    QVERIFY(readTask(diff, QStringLiteral("a.patch"), root));
    ReadOptions options;
    options.hunkCounts = HunkCounts::Checked;
    const auto task = readTask(diff, QStringLiteral("a.patch"), root, options);
    QVERIFY(!task);
    QVERIFY2(task.error().message.contains(QStringLiteral("says 7 old")), qPrintable(task.error().message));
}

QTEST_GUILESS_MAIN(TestReadOptions)
#include "tst_readoptions.moc"
