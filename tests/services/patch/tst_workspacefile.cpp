#include "services/common/ids.h"
#include "services/patch/openbeneath.h"
#include "services/patch/workspacefile.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::TempWorkspace;

using Opener = int (*)(int, const QByteArray &, int);

class TestWorkspaceFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsContentsModeAndHash();
    void readsSymlinkAsItself();
    void absenceIsNoError_data();
    void absenceIsNoError();
    void refuses_data();
    void refuses();
    void openersAgree_data();
    void openersAgree();
    void missingWorkspaceIsNotFound();
    void openParentMakesFolders();
    void openParentFails_data();
    void openParentFails();
    void filesBeneathIsSortedAndDeep();
    void canonicalPathOfLinkedWorkspace();
};

namespace {

WorkspaceRoot rootOf(const TempWorkspace &workspace)
{
    Result<WorkspaceRoot> root = WorkspaceRoot::open(workspace.path());
    Q_ASSERT(root.ok());
    return std::move(root).value();
}

// file, folder/inside, outwards -> /etc, loop -> loop, filelink -> file, pipe
void populate(const TempWorkspace &workspace)
{
    QVERIFY(workspace.write(QStringLiteral("file"), "text\n"));
    QVERIFY(workspace.write(QStringLiteral("folder/inside"), "deep\n"));
    QVERIFY(workspace.link(QStringLiteral("/etc"), QStringLiteral("outwards")));
    QVERIFY(workspace.link(QStringLiteral("loop"), QStringLiteral("loop")));
    QVERIFY(workspace.link(QStringLiteral("folder"), QStringLiteral("inwards")));
    QVERIFY(workspace.link(QStringLiteral("file"), QStringLiteral("filelink")));
    QCOMPARE(::mkfifo(workspace.absolute(QStringLiteral("pipe")).toUtf8().constData(), 0600), 0);
}

} // namespace

void TestWorkspaceFile::readsContentsModeAndHash()
{
    const TempWorkspace workspace;
    const QByteArray bytes("a\0b\r\n\xff", 6);
    QVERIFY(workspace.write(QStringLiteral("a/b"), bytes));
    QCOMPARE(::chmod(workspace.absolute(QStringLiteral("a/b")).toUtf8().constData(), 0750), 0);

    const auto state = rootOf(workspace).read(QStringLiteral("a/b"));

    QVERIFY(state.ok());
    QVERIFY(state->has_value());
    QCOMPARE((*state)->contents.toByteArray(), bytes);
    QCOMPARE((*state)->mode, 0750);
    QVERIFY(!(*state)->symlink);
    QCOMPARE((*state)->contents.sha256(), sha256Hex(bytes));
    QVERIFY((*state)->inode != 0);
    QVERIFY((*state)->mtimeNs > 0);
}

void TestWorkspaceFile::readsSymlinkAsItself()
{
    const TempWorkspace workspace;
    QVERIFY(workspace.link(QStringLiteral("/etc/passwd"), QStringLiteral("l")));

    const auto state = rootOf(workspace).read(QStringLiteral("l"));

    QVERIFY(state.ok() && state->has_value());
    QVERIFY((*state)->symlink);
    QCOMPARE((*state)->contents.toByteArray(), QByteArray("/etc/passwd"));
}

void TestWorkspaceFile::absenceIsNoError_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("no such file") << QStringLiteral("nothing");
    QTest::newRow("no such folder") << QStringLiteral("no/such/file");
    QTest::newRow("beneath a file") << QStringLiteral("file/beneath");
}

void TestWorkspaceFile::absenceIsNoError()
{
    QFETCH(QString, path);
    const TempWorkspace workspace;
    populate(workspace);

    const auto state = rootOf(workspace).read(path);

    QVERIFY(state.ok());
    QVERIFY(!state->has_value());
}

void TestWorkspaceFile::refuses_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("through a link out of the workspace") << QStringLiteral("outwards/passwd") << ErrorCode::UnsafePath;
    QTest::newRow("through a link that stays inside") << QStringLiteral("inwards/inside") << ErrorCode::UnsafePath;
    QTest::newRow("through a loop") << QStringLiteral("loop/x") << ErrorCode::UnsafePath;
    QTest::newRow("parent folder") << QStringLiteral("../x") << ErrorCode::UnsafePath;
    QTest::newRow("absolute") << QStringLiteral("/etc/passwd") << ErrorCode::UnsafePath;
    QTest::newRow("pipe") << QStringLiteral("pipe") << ErrorCode::UnsafePath;
    QTest::newRow("folder") << QStringLiteral("folder") << ErrorCode::DoesNotApply;
}

void TestWorkspaceFile::refuses()
{
    QFETCH(QString, path);
    QFETCH(ErrorCode, code);
    const TempWorkspace workspace;
    populate(workspace);

    const auto state = rootOf(workspace).read(path);

    QVERIFY(!state.ok());
    QCOMPARE(state.error().code, code);
    QCOMPARE(state.error().where, path);
}

void TestWorkspaceFile::openersAgree_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("flags");
    QTest::addColumn<bool>("opens");
    QTest::newRow("file") << QByteArray("file") << O_RDONLY << true;
    QTest::newRow("file in folder") << QByteArray("folder/inside") << O_RDONLY << true;
    QTest::newRow("root") << QByteArray(".") << (O_PATH | O_DIRECTORY) << true;
    QTest::newRow("link as itself") << QByteArray("filelink") << (O_PATH | O_NOFOLLOW) << true;
    QTest::newRow("link followed") << QByteArray("filelink") << O_RDONLY << false;
    QTest::newRow("through a link") << QByteArray("outwards/passwd") << O_RDONLY << false;
    QTest::newRow("through an inner link") << QByteArray("inwards/inside") << O_RDONLY << false;
    QTest::newRow("upwards") << QByteArray("../file") << O_RDONLY << false;
    QTest::newRow("upwards in the middle") << QByteArray("folder/../../x") << O_RDONLY << false;
    QTest::newRow("absolute") << QByteArray("/etc/passwd") << O_RDONLY << false;
    QTest::newRow("missing") << QByteArray("none/such") << O_RDONLY << false;
    QTest::newRow("beneath a file") << QByteArray("file/x") << O_RDONLY << false;
}

void TestWorkspaceFile::openersAgree()
{
    QFETCH(QByteArray, path);
    QFETCH(int, flags);
    QFETCH(bool, opens);
    const TempWorkspace workspace;
    populate(workspace);
    const WorkspaceRoot root = rootOf(workspace);

    for (const Opener opener : {&openBeneathByKernel, &openBeneathByWalk, &openBeneath}) {
        const int fd = opener(root.descriptor(), path, flags);
        if (fd == -ENOSYS) {
            QVERIFY(opener == &openBeneathByKernel);
            continue;
        }
        QCOMPARE(fd >= 0, opens);
        if (fd >= 0) {
            ::close(fd);
        }
    }
}

void TestWorkspaceFile::missingWorkspaceIsNotFound()
{
    const TempWorkspace workspace;
    const auto root = WorkspaceRoot::open(workspace.absolute(QStringLiteral("none")));
    QVERIFY(!root.ok());
    QCOMPARE(root.error().code, ErrorCode::NotFound);
}

void TestWorkspaceFile::openParentMakesFolders()
{
    const TempWorkspace workspace;
    QList<QString> made;

    const auto fd =
        rootOf(workspace).openParent(QStringLiteral("a/b/c.txt"), WorkspaceRoot::MissingFolders::Make, &made);

    QVERIFY(fd.ok());
    ::close(*fd);
    QCOMPARE(made, (QList<QString>{QStringLiteral("a"), QStringLiteral("a/b")}));
    QVERIFY(QFileInfo(workspace.absolute(QStringLiteral("a/b"))).isDir());
    QVERIFY(!workspace.exists(QStringLiteral("a/b/c.txt")));
}

void TestWorkspaceFile::openParentFails_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<bool>("make");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("missing folder") << QStringLiteral("a/b") << false << ErrorCode::NotFound;
    QTest::newRow("parent is a file") << QStringLiteral("file/b") << true << ErrorCode::DoesNotApply;
    QTest::newRow("through a link") << QStringLiteral("outwards/b") << true << ErrorCode::UnsafePath;
    QTest::newRow("new folder beneath a link") << QStringLiteral("inwards/new/b") << true << ErrorCode::UnsafePath;
    QTest::newRow("upwards") << QStringLiteral("../new/b") << true << ErrorCode::UnsafePath;
}

void TestWorkspaceFile::openParentFails()
{
    QFETCH(QString, path);
    QFETCH(bool, make);
    QFETCH(ErrorCode, code);
    const TempWorkspace workspace;
    populate(workspace);
    using enum WorkspaceRoot::MissingFolders;

    const auto fd = rootOf(workspace).openParent(path, make ? Make : Fail);

    QVERIFY(!fd.ok());
    QCOMPARE(fd.error().code, code);
    QVERIFY(!workspace.exists(QStringLiteral("folder/new")));
}

void TestWorkspaceFile::filesBeneathIsSortedAndDeep()
{
    const TempWorkspace workspace;
    QVERIFY(workspace.write(QStringLiteral("d/z"), "z"));
    QVERIFY(workspace.write(QStringLiteral("d/a/b/c"), "c"));
    QVERIFY(workspace.link(QStringLiteral("/etc"), QStringLiteral("d/link")));

    const auto files = rootOf(workspace).filesBeneath(QStringLiteral("d"));

    QVERIFY(files.ok());
    QCOMPARE(*files, (QList<QString>{QStringLiteral("d/a/b/c"), QStringLiteral("d/link"), QStringLiteral("d/z")}));
    QVERIFY(rootOf(workspace).filesBeneath(QStringLiteral("d/z"))->isEmpty());
    QVERIFY(rootOf(workspace).filesBeneath(QStringLiteral("none"))->isEmpty());
}

void TestWorkspaceFile::canonicalPathOfLinkedWorkspace()
{
    const TempWorkspace workspace;
    QVERIFY(workspace.write(QStringLiteral("real/f"), "f"));
    QVERIFY(workspace.link(QStringLiteral("real"), QStringLiteral("alias")));

    const auto root = WorkspaceRoot::open(workspace.absolute(QStringLiteral("alias")));

    QVERIFY(root.ok());
    QCOMPARE(root->path(), workspace.absolute(QStringLiteral("real")));
    QVERIFY(root->read(QStringLiteral("f"))->has_value());
}

QTEST_GUILESS_MAIN(TestWorkspaceFile)
#include "tst_workspacefile.moc"
