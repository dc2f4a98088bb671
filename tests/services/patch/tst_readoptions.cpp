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
    void mappedNamesInDiffs_data();
    void mappedNamesInDiffs();
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

void TestReadOptions::mappedNamesInDiffs_data()
{
    QTest::addColumn<QByteArray>("diff");
    QTest::addColumn<QByteArray>("here");
    const QByteArray hunk = "@@ -1,2 +1,2 @@\n--- /their/root/in-a-hunk\n+++ /their/root/in-a-hunk\n /their/root\n";
    QTest::newRow("absolute names") << "--- /their/root/a\n+++ /their/root/a\n" + hunk
                                    << "--- /work/space/a\n+++ /work/space/a\n" + hunk;
    QTest::newRow("with time stamps") << "--- /their/root/a\t2024-01-01 00:00:00\n+++ /their/root/a\t2024\n" + hunk
                                      << "--- /work/space/a\t2024-01-01 00:00:00\n+++ /work/space/a\t2024\n" + hunk;
    QTest::newRow("created") << QByteArray("--- /dev/null\n+++ /their/root/a\n@@ -0,0 +1 @@\n+x\n")
                             << QByteArray("--- /dev/null\n+++ /work/space/a\n@@ -0,0 +1 @@\n+x\n");
    QTest::newRow("prose and relative names") << "--- /their/root/ is where it lay\nso be it\n--- a/a\n+++ b/a\n"
            + hunk << "--- /their/root/ is where it lay\nso be it\n--- a/a\n+++ b/a\n" + hunk;
}

void TestReadOptions::mappedNamesInDiffs()
{
    QFETCH(QByteArray, diff);
    const auto task = readTask(diff, QStringLiteral("a.patch"), root, mapping({QStringLiteral("/their/root=.")}));
    QVERIFY2(task, task ? "" : qPrintable(task.error().toString()));
    QTEST(task->ops.first().contents, "here");
}

QTEST_GUILESS_MAIN(TestReadOptions)
#include "tst_readoptions.moc"
