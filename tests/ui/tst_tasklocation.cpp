#include "tests/support/tempworkspace.h"
#include "ui/models/settings.h"
#include "ui/models/tasklocation.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

class TestTaskLocation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void preferredWorkspaceWinsWhenTheFileIsBeneath();
    void folderWithARepositoryIsTheWorkspace();
    void elseTheFilesOwnFolder();
    void branch_data();
    void branch();
    void branchOfAWorktree();
    void recentTasksAreUniqueAndLimited();
};

void TestTaskLocation::preferredWorkspaceWinsWhenTheFileIsBeneath()
{
    const Test::TempWorkspace space;
    QVERIFY(space.write(QStringLiteral("repo/.git/HEAD"), "ref: refs/heads/main\n"));
    QVERIFY(space.write(QStringLiteral("repo/sub/tasks/a.json"), "{}"));
    const QString file = space.absolute(QStringLiteral("repo/sub/tasks/a.json"));
    const TaskLocation task = locateTask(file, space.absolute(QStringLiteral("repo/sub/")));
    QCOMPARE(task.workspace, space.absolute(QStringLiteral("repo/sub")));
    QCOMPARE(task.file, QStringLiteral("tasks/a.json"));
    const TaskLocation other = locateTask(file, space.absolute(QStringLiteral("repo/su")));
    QCOMPARE(other.workspace, space.absolute(QStringLiteral("repo")));
}

void TestTaskLocation::folderWithARepositoryIsTheWorkspace()
{
    const Test::TempWorkspace space;
    QVERIFY(space.write(QStringLiteral("repo/.git/HEAD"), "ref: refs/heads/main\n"));
    QVERIFY(space.write(QStringLiteral("repo/deep/er/a.json"), "{}"));
    const TaskLocation task = locateTask(space.absolute(QStringLiteral("repo/deep/./er/a.json")), {});
    QCOMPARE(task.workspace, space.absolute(QStringLiteral("repo")));
    QCOMPARE(task.file, QStringLiteral("deep/er/a.json"));
    QCOMPARE(task.path, space.absolute(QStringLiteral("repo/deep/er/a.json")));
}

void TestTaskLocation::elseTheFilesOwnFolder()
{
    const Test::TempWorkspace space;
    QVERIFY(space.write(QStringLiteral("plain/a.json"), "{}"));
    const TaskLocation task = locateTask(space.absolute(QStringLiteral("plain/a.json")), {});
    QCOMPARE(task.workspace, space.absolute(QStringLiteral("plain")));
    QCOMPARE(task.file, QStringLiteral("a.json"));
}

void TestTaskLocation::branch_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QString>("branch");
    QTest::newRow("branch") << QByteArray("ref: refs/heads/feature/x\n") << QStringLiteral("feature/x");
    QTest::newRow("detached") << QByteArray("0123456789abcdef0123456789abcdef01234567\n") << QStringLiteral("0123456");
    QTest::newRow("empty") << QByteArray() << QString();
}

void TestTaskLocation::branch()
{
    QFETCH(QByteArray, head);
    QFETCH(QString, branch);
    const Test::TempWorkspace space;
    QVERIFY(space.write(QStringLiteral(".git/HEAD"), head));
    QCOMPARE(branchOf(space.path()), branch);
    QCOMPARE(branchOf(space.absolute(QStringLiteral("nothing"))), QString());
}

void TestTaskLocation::branchOfAWorktree()
{
    const Test::TempWorkspace space;
    QVERIFY(space.write(QStringLiteral("main/.git/worktrees/w/HEAD"), "ref: refs/heads/side\n"));
    QVERIFY(space.write(QStringLiteral("w/.git"), "gitdir: ../main/.git/worktrees/w\n"));
    QCOMPARE(branchOf(space.absolute(QStringLiteral("w"))), QStringLiteral("side"));
}

void TestTaskLocation::recentTasksAreUniqueAndLimited()
{
    const Test::TempWorkspace space;
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, space.path());
    for (int i = 0; i < recentTaskLimit + 3; ++i) {
        rememberTask(QStringLiteral("/task-%1.json").arg(i));
    }
    rememberTask(QStringLiteral("/task-5.json"));
    QCOMPARE(recentTasks().size(), recentTaskLimit);
    QCOMPARE(recentTasks().first(), QStringLiteral("/task-5.json"));
    QCOMPARE(recentTasks().count(QStringLiteral("/task-5.json")), 1);
}

QTEST_MAIN(TestTaskLocation)
#include "tst_tasklocation.moc"
