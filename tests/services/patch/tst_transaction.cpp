#include "services/patch/recovery.h"
#include "services/patch/statefolder.h"
#include "services/patch/transaction.h"
#include "tests/support/transactionscenario.h"

#include <QTest>

#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::BuildPlan;
using PatchPanel::Test::everyKind;
using PatchPanel::Test::fillWorkspace;
using PatchPanel::Test::PlanBuilder;
using PatchPanel::Test::TempWorkspace;
using PatchPanel::Test::treeSnapshot;

namespace {

const QString runId = QStringLiteral("aaaaaaaaaaaa");

using Meddle = std::function<void(const TempWorkspace &)>;

struct Fixture {
    TempWorkspace workspace;
    QMap<QString, QByteArray> before;
    std::optional<WorkspaceRoot> root;
    Plan plan;

    explicit Fixture(const BuildPlan &build = everyKind)
    {
        fillWorkspace(workspace);
        before = treeSnapshot(workspace.path());
        root = WorkspaceRoot::open(workspace.path()).value();
        PlanBuilder builder(workspace.path());
        build(builder);
        plan = builder.plan();
    }

    QMap<QString, QByteArray> now() const { return treeSnapshot(workspace.path()); }
    QString slot(const QString &name) const
    {
        return QStringLiteral(".patchpanel/history/%1/undo/slot/%2").arg(runId, name);
    }
};

void ignore(const TxAction &) { }

quint64 inodeOf(const TempWorkspace &workspace, const QString &path)
{
    struct stat info = {};
    return ::lstat(workspace.absolute(path).toUtf8().constData(), &info) == 0 ? info.st_ino : 0;
}

int modeOf(const TempWorkspace &workspace, const QString &path)
{
    struct stat info = {};
    return ::stat(workspace.absolute(path).toUtf8().constData(), &info) == 0 ? static_cast<int>(info.st_mode & 07777)
                                                                             : -1;
}

} // namespace

class TestTransaction : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void appliesEveryKind();
    void rollbackRestoresEverything_data();
    void rollbackRestoresEverything();
    void keepsExtendedAttributes();
    void refusesStalePlan_data();
    void refusesStalePlan();
    void refusesHardLink();
    void refusesStateFolderThatIsALink();
    void noticesEditBetweenSwitches();
    void rollbackKeepsForeignContent_data();
    void rollbackKeepsForeignContent();
    void rollbackPutsGateVersionAside();
    void rollbackAfterGateDeletedAPath();
    void commitTellsOfWritesToTheOldFile();
    void closeKeepsUndoSlots();
    void killedRunIsTakenBack_data();
    void killedRunIsTakenBack();
    void killedAfterCommitIsFinished();
    void killedRollbackIsFinished();
    void recoveryKeepsTheUsersEdit();
    void recoveryKnowsAdoptedContent();
};

void TestTransaction::appliesEveryKind()
{
    Fixture f;
    const quint64 oldInode = inodeOf(f.workspace, QStringLiteral("a.txt"));
    Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY2(transaction.ok(), transaction ? "" : qPrintable(transaction.error().toString()));
    QCOMPARE(f.now(), f.before);
    QVERIFY(transaction->apply(ignore));
    QVERIFY(transaction->verify());

    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("ALPHA\n"));
    QVERIFY(inodeOf(f.workspace, QStringLiteral("a.txt")) != oldInode);
    QCOMPARE(f.workspace.read(QStringLiteral("new/deep/file.txt")), QByteArray("new\n"));
    QCOMPARE(modeOf(f.workspace, QStringLiteral("new/deep/file.txt")), 0755);
    QVERIFY(!f.workspace.exists(QStringLiteral("dir/inner")));
    QVERIFY(f.workspace.exists(QStringLiteral("dir/keep.txt")));
    QVERIFY(!f.workspace.exists(QStringLiteral("b.txt")));
    QCOMPARE(f.workspace.read(QStringLiteral("moved/b.txt")), QByteArray("beta\n"));
    QCOMPARE(modeOf(f.workspace, QStringLiteral("run.sh")), 0644);
    QCOMPARE(f.workspace.read(QStringLiteral("link")), QByteArray("keep\n"));
    QCOMPARE(modeOf(f.workspace, QStringLiteral(".patchpanel")), 0700);
}

void TestTransaction::rollbackRestoresEverything_data()
{
    QTest::addColumn<BuildPlan>("build");

    QTest::newRow("every kind") << BuildPlan(everyKind);
    QTest::newRow("modify") << BuildPlan([](PlanBuilder &p) { p.modify(QStringLiteral("a.txt"), ""); });
    QTest::newRow("create in new folders") << BuildPlan([](PlanBuilder &p) { p.create(QStringLiteral("x/y/z"), "z"); });
    QTest::newRow("delete the last file of a folder")
        << BuildPlan([](PlanBuilder &p) { p.remove(QStringLiteral("dir/inner/only.txt")); });
    QTest::newRow("delete a whole folder") << BuildPlan(
        [](PlanBuilder &p) { p.remove(QStringLiteral("dir/inner/only.txt")).remove(QStringLiteral("dir/keep.txt")); });
    QTest::newRow("move") << BuildPlan(
        [](PlanBuilder &p) { p.move(QStringLiteral("a.txt"), QStringLiteral("dir/a.txt")); });
    QTest::newRow("two files change places") << BuildPlan([](PlanBuilder &p) {
        p.move(QStringLiteral("a.txt"), QStringLiteral("b.txt")).move(QStringLiteral("b.txt"), QStringLiteral("a.txt"));
    });
    QTest::newRow("mode") << BuildPlan([](PlanBuilder &p) { p.chmod(QStringLiteral("run.sh"), 0600); });
    QTest::newRow("file becomes a link") << BuildPlan(
        [](PlanBuilder &p) { p.symlink(QStringLiteral("a.txt"), "b.txt"); });
    QTest::newRow("link goes away") << BuildPlan([](PlanBuilder &p) { p.remove(QStringLiteral("link")); });
    QTest::newRow("file becomes a folder") << BuildPlan(
        [](PlanBuilder &p) { p.remove(QStringLiteral("a.txt")).create(QStringLiteral("a.txt/inside"), "in"); });
    QTest::newRow("folder becomes a file") << BuildPlan([](PlanBuilder &p) {
        p.remove(QStringLiteral("dir/inner/only.txt")).create(QStringLiteral("dir/inner"), "flat");
    });
}

void TestTransaction::rollbackRestoresEverything()
{
    QFETCH(BuildPlan, build);
    Fixture f(build);
    Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY2(transaction.ok(), transaction ? "" : qPrintable(transaction.error().toString()));
    const Result<void> applied = transaction->apply(ignore);
    QVERIFY2(applied.ok(), applied ? "" : qPrintable(applied.error().toString()));
    QVERIFY(transaction->verify());
    QVERIFY(f.now() != f.before);

    const RollbackReport report = transaction->rollback();
    QCOMPARE(report.conflicts, QList<QString>());
    QCOMPARE(f.now(), f.before);
    QVERIFY(transaction->close());
    QVERIFY(!isRecoveryPending(*f.root));
}

void TestTransaction::keepsExtendedAttributes()
{
    Fixture f;
    const QByteArray file = f.workspace.absolute(QStringLiteral("a.txt")).toUtf8();
    if (::setxattr(file.constData(), "user.note", "mine", 4, 0) != 0) {
        QSKIP("no extended attributes on this filesystem");
    }
    Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(transaction.ok() && transaction->apply(ignore));
    QByteArray value(4, ' ');
    QCOMPARE(::getxattr(file.constData(), "user.note", value.data(), 4), 4);
    QCOMPARE(value, QByteArray("mine"));
}

void TestTransaction::refusesStalePlan_data()
{
    QTest::addColumn<Meddle>("meddle");
    QTest::addColumn<QString>("named");

    QTest::newRow("edited") << Meddle([](const TempWorkspace &w) { w.write(QStringLiteral("a.txt"), "edited\n"); })
                            << QStringLiteral("a.txt");
    QTest::newRow("gone") << Meddle([](const TempWorkspace &w) { QFile::remove(w.absolute(QStringLiteral("b.txt"))); })
                          << QStringLiteral("b.txt");
    QTest::newRow("absent, now there") << Meddle([](const TempWorkspace &w) {
        w.write(QStringLiteral("new/deep/file.txt"), "mine");
    }) << QStringLiteral("new/deep/file.txt");
    QTest::newRow("mode changed") << Meddle([](const TempWorkspace &w) {
        ::chmod(w.absolute(QStringLiteral("run.sh")).toUtf8().constData(), 0700);
    }) << QStringLiteral("run.sh");
}

void TestTransaction::refusesStalePlan()
{
    QFETCH(Meddle, meddle);
    QFETCH(QString, named);
    Fixture f;
    meddle(f.workspace);
    const auto meddled = f.now();
    const Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(!transaction.ok());
    QCOMPARE(transaction.error().code, ErrorCode::Stale);
    QVERIFY(transaction.error().message.contains(named));
    QCOMPARE(f.now(), meddled);
    QVERIFY(!f.workspace.exists(QStringLiteral(".patchpanel")));
}

void TestTransaction::refusesHardLink()
{
    Fixture f;
    QCOMPARE(::link(f.workspace.absolute(QStringLiteral("a.txt")).toUtf8().constData(),
                    f.workspace.absolute(QStringLiteral("twin")).toUtf8().constData()),
             0);
    const Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(!transaction.ok());
    QCOMPARE(transaction.error().code, ErrorCode::DoesNotApply);
    QCOMPARE(transaction.error().where, QStringLiteral("a.txt"));
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("alpha\n"));
}

void TestTransaction::refusesStateFolderThatIsALink()
{
    Fixture f;
    const TempWorkspace elsewhere;
    QVERIFY(f.workspace.link(elsewhere.path(), QStringLiteral(".patchpanel")));
    const Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(!transaction.ok());
    QCOMPARE(transaction.error().code, ErrorCode::UnsafePath);
    QVERIFY(QDir(elsewhere.path()).isEmpty());
}

void TestTransaction::noticesEditBetweenSwitches()
{
    Fixture f([](PlanBuilder &p) { p.modify(QStringLiteral("a.txt"), "A").modify(QStringLiteral("b.txt"), "B"); });
    Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(transaction.ok());
    const Result<void> applied = transaction->apply([&f](const TxAction &action) {
        if (action.path == QLatin1String("a.txt")) {
            f.workspace.write(QStringLiteral("b.txt"), "the user's\n");
        }
    });
    QVERIFY(!applied.ok());
    QCOMPARE(applied.error().code, ErrorCode::Stale);
    QVERIFY(transaction->rollback().isComplete());
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("alpha\n"));
    QCOMPARE(f.workspace.read(QStringLiteral("b.txt")), QByteArray("the user's\n"));
}

void TestTransaction::rollbackKeepsForeignContent_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("old"); // of the file that must be kept in the history; null: none

    QTest::newRow("a changed file") << QStringLiteral("a.txt") << QByteArray("alpha\n");
    QTest::newRow("a created file") << QStringLiteral("new/deep/file.txt") << QByteArray();
    QTest::newRow("a deleted file that came back") << QStringLiteral("dir/inner/only.txt") << QByteArray("only\n");
}

void TestTransaction::rollbackKeepsForeignContent()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, old);
    Fixture f;
    Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(transaction.ok() && transaction->apply(ignore));
    QVERIFY(f.workspace.write(path, "written by the user\n"));

    const RollbackReport report = transaction->rollback();
    QCOMPARE(report.conflicts.size(), 1);
    QVERIFY(report.conflicts.first().startsWith(path));
    QVERIFY(transaction->close());
    QCOMPARE(f.workspace.read(path), QByteArray("written by the user\n"));
    QCOMPARE(f.workspace.read(QStringLiteral("b.txt")), QByteArray("beta\n"));
    if (!old.isNull()) {
        const QString slot = report.conflicts.first().section(QStringLiteral(" is in "), 1).chopped(1);
        QCOMPARE(f.workspace.read(slot), old);
    }
}

void TestTransaction::rollbackPutsGateVersionAside()
{
    Fixture f([](PlanBuilder &p) { p.modify(QStringLiteral("a.txt"), "planned\n"); });
    Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(transaction.ok() && transaction->apply(ignore));
    QVERIFY(f.workspace.write(QStringLiteral("a.txt"), "formatted\n"));
    const Result<QList<QString>> changed = transaction->adopt();
    QVERIFY(changed.ok());
    QCOMPARE(*changed, QList<QString>{QStringLiteral("a.txt")});
    QCOMPARE(*transaction->adopt(), QList<QString>());

    QVERIFY(transaction->rollback().isComplete());
    QVERIFY(transaction->close());
    QCOMPARE(f.now(), f.before);
    QCOMPARE(f.workspace.read(f.slot(QStringLiteral("0"))), QByteArray("formatted\n"));
}

void TestTransaction::rollbackAfterGateDeletedAPath()
{
    Fixture f;
    Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(transaction.ok() && transaction->apply(ignore));
    QVERIFY(QFile::remove(f.workspace.absolute(QStringLiteral("a.txt"))));
    QVERIFY(QDir(f.workspace.absolute(QStringLiteral("new"))).removeRecursively());
    QCOMPARE(transaction->adopt()->size(), 2);
    QVERIFY(transaction->rollback().isComplete());
    QCOMPARE(f.now(), f.before);
}

void TestTransaction::commitTellsOfWritesToTheOldFile()
{
    Fixture f;
    QFile editor(f.workspace.absolute(QStringLiteral("a.txt")));
    QVERIFY(editor.open(QIODevice::Append));
    Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(transaction.ok() && transaction->apply(ignore));
    editor.write("late\n");
    editor.close();
    const Result<QList<QString>> written = transaction->commit();
    QVERIFY(written.ok());
    QCOMPARE(*written, QList<QString>{QStringLiteral("a.txt")});
}

void TestTransaction::closeKeepsUndoSlots()
{
    Fixture f([](PlanBuilder &p) { p.modify(QStringLiteral("a.txt"), "new\n"); });
    const quint64 inode = inodeOf(f.workspace, QStringLiteral("a.txt"));
    Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
    QVERIFY(transaction.ok() && transaction->apply(ignore) && transaction->commit() && transaction->close());
    QCOMPARE(f.workspace.read(f.slot(QStringLiteral("0"))), QByteArray("alpha\n"));
    QCOMPARE(inodeOf(f.workspace, f.slot(QStringLiteral("0"))), inode);
    QVERIFY(f.workspace.exists(QStringLiteral(".patchpanel/history/%1/undo/journal").arg(runId)));
    QVERIFY(!f.workspace.exists(QStringLiteral(".patchpanel/tx/%1").arg(runId)));
}

// Runs `part` in a child process that is killed, as by a power cut, at the latest at its end.
template <typename Part> static void runAndKill(Part part)
{
    const pid_t child = ::fork();
    if (child == 0) {
        part();
        ::raise(SIGKILL);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status));
}

void TestTransaction::killedRunIsTakenBack_data()
{
    QTest::addColumn<int>("switches");

    QTest::newRow("prepared only") << 0;
    for (int i = 1; i <= 7; ++i) {
        QTest::addRow("after switch %d", i) << i;
    }
}

void TestTransaction::killedRunIsTakenBack()
{
    QFETCH(int, switches);
    Fixture f;
    runAndKill([&] {
        Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
        int done = 0;
        if (switches > 0) {
            (void)transaction->apply([&](const TxAction &) {
                if (++done == switches) {
                    ::raise(SIGKILL);
                }
            });
        }
    });
    QCOMPARE(f.now() == f.before, switches == 0);
    QVERIFY(isRecoveryPending(*f.root));

    const Result<RecoveryReport> report = recoverPending(*f.root);
    QVERIFY(report.ok());
    QCOMPARE(report->rolledBack, QList<QString>{runId});
    QCOMPARE(report->conflicts, QList<QString>());
    QCOMPARE(f.now(), f.before);
    QVERIFY(recoverPending(*f.root)->isEmpty());
}

void TestTransaction::killedAfterCommitIsFinished()
{
    Fixture f;
    runAndKill([&] {
        Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
        (void)transaction->apply(ignore);
        (void)transaction->commit();
    });
    const auto applied = f.now();
    QVERIFY(applied != f.before);
    const Result<RecoveryReport> report = recoverPending(*f.root);
    QVERIFY(report.ok());
    QCOMPARE(report->finished, QList<QString>{runId});
    QCOMPARE(f.now(), applied);
    QVERIFY(!isRecoveryPending(*f.root));
}

void TestTransaction::killedRollbackIsFinished()
{
    Fixture f;
    runAndKill([&] {
        Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
        (void)transaction->apply(ignore);
        (void)transaction->commit();
        (void)transaction->rollback();
    });
    QVERIFY(recoverPending(*f.root).ok());
    QCOMPARE(f.now(), f.before);
    QVERIFY(!isRecoveryPending(*f.root));
}

void TestTransaction::recoveryKeepsTheUsersEdit()
{
    Fixture f;
    runAndKill([&] { (void)Transaction::prepare(*f.root, f.plan, runId)->apply(ignore); });
    QVERIFY(f.workspace.write(QStringLiteral("a.txt"), "edited after the crash\n"));
    const Result<RecoveryReport> report = recoverPending(*f.root);
    QVERIFY(report.ok());
    QCOMPARE(report->conflicts.size(), 1);
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("edited after the crash\n"));
    const QString slot = report->conflicts.first().section(QStringLiteral(" is in "), 1).chopped(1);
    QCOMPARE(f.workspace.read(slot), QByteArray("alpha\n"));
    QVERIFY(!isRecoveryPending(*f.root));
}

void TestTransaction::recoveryKnowsAdoptedContent()
{
    Fixture f;
    runAndKill([&] {
        Result<Transaction> transaction = Transaction::prepare(*f.root, f.plan, runId);
        (void)transaction->apply(ignore);
        f.workspace.write(QStringLiteral("a.txt"), "formatted by a command\n");
        (void)transaction->adopt();
    });
    const Result<RecoveryReport> report = recoverPending(*f.root);
    QVERIFY(report.ok());
    QCOMPARE(report->conflicts, QList<QString>());
    QCOMPARE(f.now(), f.before);
}

QTEST_APPLESS_MAIN(TestTransaction)
#include "tst_transaction.moc"
