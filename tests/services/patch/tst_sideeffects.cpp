#include "services/patch/sideeffects.h"
#include "tests/support/gitworkspace.h"

#include <QJsonArray>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::TempWorkspace;

namespace {

void shell(const QString &folder, const QString &command)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), command});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 0);
}

QString listed(const SideEffects &effects)
{
    QStringList texts;
    for (const SideEffect &file : effects.files) {
        texts.append(toString(file.kind) + u' ' + file.path);
    }
    return texts.join(QStringLiteral(", "));
}

} // namespace

class TestSideEffects : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void finds_data();
    void finds();
    void ignoredFilesAreCountedOnly();
    void tooManyFilesAreNotChecked();
    void folderThatCannotBeReadIsNotChecked();
    void listIsBounded();
    void severalCommandsAddUp();
};

void TestSideEffects::finds_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("found");

    const auto row = [](const char *name, const char *command, const char *found) {
        QTest::newRow(name) << QString::fromUtf8(command) << QString::fromUtf8(found);
    };
    row("nothing", "true", "");
    row("read only", "cat a.txt dir/b.txt", "");
    row("created", "echo x > dir/new", "created dir/new");
    row("changed", "echo x >> a.txt", "changed a.txt");
    row("changed to the same size", "printf 'ALPHA\\n' > a.txt", "changed a.txt");
    row("changed with its old time", "touch -r a.txt t; printf 'ALPHA\\n' > a.txt; touch -r t a.txt; rm t",
        "changed a.txt");
    row("deleted", "rm a.txt", "deleted a.txt");
    row("replaced", "cp a.txt t && mv t a.txt", "changed a.txt");
    row("mode", "chmod 755 a.txt", "changed a.txt");
    row("moved", "mv a.txt z.txt", "deleted a.txt, created z.txt");
    row("a link", "ln -s /etc/passwd link", "created link");
    row("a folder that is a link is not followed", "ln -s /etc etc", "created etc");
    row("a pipe", "mkfifo pipe", "created pipe");
    row("an empty folder counts for nothing", "mkdir empty", "");
    row("a folder with all in it", "rm -r dir", "deleted dir/b.txt");
    row("planned", "echo x >> planned.txt", "");
    row("the repository and the state", "mkdir -p .patchpanel .git; echo x > .git/x; echo x > .patchpanel/x", "");
    row("names with spaces and other letters", "echo x > 'a b é'", "created a b é");
}

void TestSideEffects::finds()
{
    QFETCH(QString, command);
    QFETCH(QString, found);
    const TempWorkspace workspace;
    workspace.write(QStringLiteral("a.txt"), "alpha\n");
    workspace.write(QStringLiteral("dir/b.txt"), "beta\n");
    workspace.write(QStringLiteral("planned.txt"), "plan\n");
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    const std::optional<TreeStamps> before = treeStamps(root);
    QVERIFY(before);
    shell(workspace.path(), command);
    const SideEffects effects = sideEffects(root, *before, *treeStamps(root), {QStringLiteral("planned.txt")});
    QCOMPARE(listed(effects), found);
    QCOMPARE(effects.toText().isEmpty(), found.isEmpty());
    QCOMPARE(effects.ignored, 0);
}

void TestSideEffects::ignoredFilesAreCountedOnly()
{
    GitWorkspace workspace;
    workspace.write(QStringLiteral(".gitignore"), "build/\n*.o\n");
    workspace.commitAll();
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    const std::optional<TreeStamps> before = treeStamps(root);
    shell(workspace.path(), QStringLiteral("mkdir build; touch build/a build/b c.o c.c"));
    const SideEffects effects = sideEffects(root, *before, *treeStamps(root), {});
    QCOMPARE(listed(effects), QStringLiteral("created c.c"));
    QCOMPARE(effects.total, 1);
    QCOMPARE(effects.ignored, 3);
}

void TestSideEffects::tooManyFilesAreNotChecked()
{
    const TempWorkspace workspace;
    shell(workspace.path(), QStringLiteral("touch a b c"));
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    QVERIFY(treeStamps(root, 3));
    QVERIFY(!treeStamps(root, 2));
}

void TestSideEffects::folderThatCannotBeReadIsNotChecked()
{
    if (::geteuid() == 0) {
        QSKIP("root reads everything");
    }
    const TempWorkspace workspace;
    workspace.write(QStringLiteral("dir/b.txt"), "beta\n");
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    QCOMPARE(::chmod(workspace.absolute(QStringLiteral("dir")).toUtf8().constData(), 0), 0);
    QVERIFY(!treeStamps(root));
    ::chmod(workspace.absolute(QStringLiteral("dir")).toUtf8().constData(), 0755);
}

void TestSideEffects::listIsBounded()
{
    const TempWorkspace workspace;
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    shell(workspace.path(), QStringLiteral("seq 1500 | xargs touch"));
    const SideEffects effects = sideEffects(root, {}, *treeStamps(root), {});
    QCOMPARE(effects.total, 1500);
    QCOMPARE(effects.files.size(), SideEffects::mostListed);
    QVERIFY(effects.toText().startsWith(QStringLiteral("1500 files outside the plan: created 1, ")));
    QVERIFY(effects.toText().endsWith(u'…'));
}

void TestSideEffects::severalCommandsAddUp()
{
    SideEffects sum{.files = {{QStringLiteral("a"), SideEffect::Kind::Created}}, .total = 1, .ignored = 2};
    sum.add({.files = {{QStringLiteral("b"), SideEffect::Kind::Deleted}}, .total = 1, .ignored = 3});
    sum.add({.notChecked = QStringLiteral("too many")});
    QCOMPARE(sum.total, 2);
    QCOMPARE(sum.ignored, 5);
    QCOMPARE(sum.notChecked, QStringLiteral("too many"));
    QCOMPARE(sum.toJson().value(QStringLiteral("files")).toArray().size(), 2);
}

QTEST_GUILESS_MAIN(TestSideEffects)
#include "tst_sideeffects.moc"
