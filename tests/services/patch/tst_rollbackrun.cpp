#include "services/patch/recovery.h"
#include "services/patch/rollbackrun.h"
#include "services/patch/runreport.h"
#include "services/patch/statefolder.h"
#include "tests/support/gitworkspace.h"
#include "tests/support/transactionscenario.h"

#include <QJsonArray>
#include <QRandomGenerator>
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
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::pastRun;
using PatchPanel::Test::PlanBuilder;
using PatchPanel::Test::TempWorkspace;
using PatchPanel::Test::treeSnapshot;
using PatchPanel::Test::withoutInodes;

namespace {

const QString rollbackId = QStringLiteral("cafe00000002");

using Snapshot = QMap<QString, QByteArray>;
using Meddle = std::function<void(const TempWorkspace &)>;

void applyPlan(const QString &workspace, const BuildPlan &build, const QString &runId = pastRun)
{
    const WorkspaceRoot root = WorkspaceRoot::open(workspace).value();
    PlanBuilder plan(workspace);
    build(plan);
    Result<Transaction> transaction = Transaction::prepare(root, plan.plan(), runId, Durability::Process);
    QVERIFY2(transaction.ok(), transaction ? "" : qPrintable(transaction.error().toString()));
    QVERIFY(transaction->apply([](const TxAction &) {}) && transaction->commit() && transaction->close());
}

RunResult rollBack(const QString &workspace, const QString &runId, RunOptions options = {})
{
    Log::Store store;
    options.runId = options.runId.isEmpty() ? rollbackId : options.runId;
    return rollBackRun(workspace, runId, options, Log::Writer(store, "runner-1", options.runId.toUtf8()), {}, {});
}

// A workspace in which a run has changed files of every kind.
struct Fixture {
    TempWorkspace workspace;
    Snapshot before;
    Snapshot applied;

    explicit Fixture(const BuildPlan &build = everyKind)
    {
        fillWorkspace(workspace);
        before = withoutInodes(now());
        applyPlan(workspace.path(), build);
        applied = now();
    }

    Snapshot now() const { return treeSnapshot(workspace.path()); }
};

int modeOf(const TempWorkspace &workspace, const QString &path)
{
    struct stat info = {};
    return ::stat(workspace.absolute(path).toUtf8().constData(), &info) == 0 ? static_cast<int>(info.st_mode & 07777)
                                                                             : -1;
}

} // namespace

class TestRollbackRun : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void restoresEverything_data();
    void restoresEverything();
    void restoresThousandsOfFiles();
    void restoresAttributes();
    void keepsWhatIsTheUsers();
    void refusesWhatChangedSince_data();
    void refusesWhatChangedSince();
    void leavesOutWhatIsAsBefore();
    void refusesWhenThereIsNothing_data();
    void refusesWhenThereIsNothing();
    void canBeRolledBackItself();
    void dryRunWritesNothing();
    void tellsOfTheCommitThatStays();
    void killedRunIsInterrupted();
    void killedAfterTheCommitStands();
    void killedAroundTheCommitOfGit_data();
    void killedAroundTheCommitOfGit();
};

void TestRollbackRun::restoresEverything_data()
{
    QTest::addColumn<BuildPlan>("build");

    QTest::newRow("every kind") << BuildPlan(everyKind);
    QTest::newRow("a whole folder") << BuildPlan(
        [](PlanBuilder &p) { p.remove(QStringLiteral("dir/inner/only.txt")).remove(QStringLiteral("dir/keep.txt")); });
    QTest::newRow("file became a folder") << BuildPlan(
        [](PlanBuilder &p) { p.remove(QStringLiteral("a.txt")).create(QStringLiteral("a.txt/inside"), "in"); });
    QTest::newRow("folder became a file") << BuildPlan([](PlanBuilder &p) {
        p.remove(QStringLiteral("dir/inner/only.txt")).create(QStringLiteral("dir/inner"), "flat");
    });
    QTest::newRow("two files changed places") << BuildPlan([](PlanBuilder &p) {
        p.move(QStringLiteral("a.txt"), QStringLiteral("b.txt")).move(QStringLiteral("b.txt"), QStringLiteral("a.txt"));
    });
    QTest::newRow("a file became a link")
        << BuildPlan([](PlanBuilder &p) { p.symlink(QStringLiteral("a.txt"), "b.txt"); });
}

void TestRollbackRun::restoresEverything()
{
    QFETCH(BuildPlan, build);
    const Fixture f(build);
    const RunResult result = rollBack(f.workspace.path(), pastRun);
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QCOMPARE(withoutInodes(f.now()), f.before);
    QVERIFY(f.workspace.exists(QStringLiteral(".patchpanel/history/%1/report.md").arg(rollbackId)));
    QVERIFY(!isRecoveryPending(WorkspaceRoot::open(f.workspace.path()).value()));
}

void TestRollbackRun::restoresThousandsOfFiles()
{
    const TempWorkspace workspace;
    QRandomGenerator random(7);
    const auto nameOf = [](int i) {
        return QStringLiteral("d%1/e%2/f%3.txt").arg(i % 17).arg(i % 101).arg(i);
    };
    constexpr int count = 5000;
    for (int i = 0; i < count; ++i) {
        QVERIFY(workspace.write(nameOf(i), "file " + QByteArray::number(random.generate()) + '\n'));
        ::chmod(workspace.absolute(nameOf(i)).toUtf8().constData(), i % 3 == 0 ? 0755 : i % 3 == 1 ? 0640 : 0600);
    }
    const Snapshot before = withoutInodes(treeSnapshot(workspace.path()));
    applyPlan(workspace.path(), [&](PlanBuilder &plan) {
        for (int i = 0; i < count; ++i) {
            switch (i % 5) {
            case 0:
                plan.remove(nameOf(i));
                break;
            case 1:
                plan.move(nameOf(i), QStringLiteral("moved/%1").arg(i));
                break;
            case 2:
                plan.chmod(nameOf(i), 0700);
                break;
            default:
                plan.modify(nameOf(i), "changed " + QByteArray::number(i) + '\n');
            }
            if (i % 7 == 0) {
                plan.create(QStringLiteral("new/%1/%2").arg(i % 13).arg(i), "new\n");
            }
        }
    });
    QVERIFY(withoutInodes(treeSnapshot(workspace.path())) != before);
    RunOptions options;
    options.durability = Durability::Process;
    const RunResult result = rollBack(workspace.path(), pastRun, options);
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QVERIFY(withoutInodes(treeSnapshot(workspace.path())) == before);
}

void TestRollbackRun::restoresAttributes()
{
    const TempWorkspace workspace;
    fillWorkspace(workspace);
    const QByteArray file = workspace.absolute(QStringLiteral("dir/inner/only.txt")).toUtf8();
    const QByteArray folder = workspace.absolute(QStringLiteral("dir/inner")).toUtf8();
    if (::setxattr(file.constData(), "user.note", "mine", 4, 0) != 0
        || ::setxattr(folder.constData(), "user.note", "too", 3, 0) != 0) {
        QSKIP("no extended attributes on this filesystem");
    }
    applyPlan(workspace.path(), [](PlanBuilder &plan) { plan.remove(QStringLiteral("dir/inner/only.txt")); });
    QVERIFY(!workspace.exists(QStringLiteral("dir/inner")));
    QCOMPARE(toString(rollBack(workspace.path(), pastRun).status), QStringLiteral("ok"));
    QByteArray value(4, ' ');
    QCOMPARE(::getxattr(file.constData(), "user.note", value.data(), 4), 4);
    QCOMPARE(value, QByteArray("mine"));
    QCOMPARE(::getxattr(folder.constData(), "user.note", value.data(), 4), 3);
    QCOMPARE(modeOf(workspace, QStringLiteral("dir/inner")), 0710);
}

// What was put into a folder that the run had made, and files that it never touched.
void TestRollbackRun::keepsWhatIsTheUsers()
{
    const Fixture f;
    QVERIFY(f.workspace.write(QStringLiteral("new/deep/mine.txt"), "mine\n"));
    QVERIFY(f.workspace.write(QStringLiteral("dir/keep.txt"), "edited\n"));
    QCOMPARE(toString(rollBack(f.workspace.path(), pastRun).status), QStringLiteral("ok"));
    QCOMPARE(f.workspace.read(QStringLiteral("new/deep/mine.txt")), QByteArray("mine\n"));
    QCOMPARE(f.workspace.read(QStringLiteral("dir/keep.txt")), QByteArray("edited\n"));
    QVERIFY(!f.workspace.exists(QStringLiteral("new/deep/file.txt")));
}

void TestRollbackRun::refusesWhatChangedSince_data()
{
    QTest::addColumn<Meddle>("meddle");
    QTest::addColumn<QStringList>("conflicts");

    QTest::newRow("edited") << Meddle([](const TempWorkspace &w) { w.write(QStringLiteral("a.txt"), "edited\n"); })
                            << QStringList{QStringLiteral("a.txt")};
    QTest::newRow("deleted") << Meddle([](const TempWorkspace &w) {
        QFile::remove(w.absolute(QStringLiteral("new/deep/file.txt")));
        QFile::remove(w.absolute(QStringLiteral("run.sh")));
    }) << QStringList{QStringLiteral("run.sh")}; // a created file that is gone is as before
    QTest::newRow("made again") << Meddle([](const TempWorkspace &w) {
        w.write(QStringLiteral("dir/inner/only.txt"), "another\n");
    }) << QStringList{QStringLiteral("dir/inner/only.txt")};
    QTest::newRow("a folder in its place") << Meddle([](const TempWorkspace &w) {
        QFile::remove(w.absolute(QStringLiteral("a.txt")));
        QDir().mkpath(w.absolute(QStringLiteral("a.txt")));
    }) << QStringList{QStringLiteral("a.txt")};
    QTest::newRow("mode") << Meddle([](const TempWorkspace &w) {
        ::chmod(w.absolute(QStringLiteral("run.sh")).toUtf8().constData(), 0777);
    }) << QStringList{QStringLiteral("run.sh")};
    QTest::newRow("several") << Meddle([](const TempWorkspace &w) {
        w.write(QStringLiteral("a.txt"), "edited\n");
        w.write(QStringLiteral("moved/b.txt"), "edited\n");
    }) << QStringList{QStringLiteral("a.txt"), QStringLiteral("moved/b.txt")};
}

void TestRollbackRun::refusesWhatChangedSince()
{
    QFETCH(Meddle, meddle);
    QFETCH(QStringList, conflicts);
    const Fixture f;
    meddle(f.workspace);
    const Snapshot meddled = f.now();
    const RunResult result = rollBack(f.workspace.path(), pastRun);
    QCOMPARE(toString(result.status), QStringLiteral("conflict"));
    QVERIFY(result.error);
    QCOMPARE(result.error->details[QStringLiteral("conflicts")].toArray(), QJsonArray::fromStringList(conflicts));
    QVERIFY(result.message.contains(conflicts.first()));
    QCOMPARE(f.now(), meddled);
}

void TestRollbackRun::leavesOutWhatIsAsBefore()
{
    const Fixture f;
    QVERIFY(f.workspace.write(QStringLiteral("a.txt"), "alpha\n")); // by hand already
    const RunResult result = rollBack(f.workspace.path(), pastRun);
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QCOMPARE(withoutInodes(f.now()), f.before);
    for (const Change &change : result.changes) {
        QVERIFY(change.path != QLatin1String("a.txt"));
    }
}

void TestRollbackRun::refusesWhenThereIsNothing_data()
{
    QTest::addColumn<QString>("runId");
    QTest::addColumn<QString>("why");

    QTest::newRow("no such run") << QStringLiteral("0123456789ab") << QStringLiteral("changed no file");
    QTest::newRow("way out of the history") << QStringLiteral("../tx") << QStringLiteral("no id of a run");
    QTest::newRow("empty") << QString() << QStringLiteral("no id of a run");
    QTest::newRow("taken back already") << pastRun << QStringLiteral("is taken back already");
    QTest::newRow("rolled back at its end") << QStringLiteral("dddddddddddd") << QStringLiteral("taken back");
}

void TestRollbackRun::refusesWhenThereIsNothing()
{
    QFETCH(QString, runId);
    QFETCH(QString, why);
    const Fixture f;
    QCOMPARE(toString(rollBack(f.workspace.path(), pastRun, {.runId = QStringLiteral("cafe00000003")}).status),
             QStringLiteral("ok"));
    { // one whose rollback left a gate's version behind
        const WorkspaceRoot root = WorkspaceRoot::open(f.workspace.path()).value();
        PlanBuilder plan(f.workspace.path());
        plan.modify(QStringLiteral("a.txt"), "planned\n");
        Result<Transaction> transaction = Transaction::prepare(root, plan.plan(), QStringLiteral("dddddddddddd"));
        QVERIFY(transaction && transaction->apply([](const TxAction &) {}));
        QVERIFY(f.workspace.write(QStringLiteral("a.txt"), "formatted\n") && transaction->adopt());
        QVERIFY(transaction->rollback().isComplete() && transaction->close());
    }
    const Snapshot now = f.now();
    const RunResult result = rollBack(f.workspace.path(), runId);
    QCOMPARE(toString(result.status), QStringLiteral("invalid"));
    QVERIFY2(result.message.contains(why), qPrintable(result.message));
    QCOMPARE(f.now(), now);
}

void TestRollbackRun::canBeRolledBackItself()
{
    const Fixture f;
    QCOMPARE(toString(rollBack(f.workspace.path(), pastRun).status), QStringLiteral("ok"));
    const RunResult redone = rollBack(f.workspace.path(), rollbackId, {.runId = QStringLiteral("cafe00000003")});
    QVERIFY2(redone.status == RunStatus::Ok, qPrintable(redone.message));
    QCOMPARE(withoutInodes(f.now()), withoutInodes(f.applied));
    QCOMPARE(toString(rollBack(f.workspace.path(), pastRun, {.runId = QStringLiteral("cafe00000004")}).status),
             QStringLiteral("ok"));
    QCOMPARE(withoutInodes(f.now()), f.before);
}

void TestRollbackRun::dryRunWritesNothing()
{
    const Fixture f;
    RunOptions options;
    options.dryRun = true;
    const RunResult result = rollBack(f.workspace.path(), pastRun, options);
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QCOMPARE(result.changes.size(), 7);
    QVERIFY(previewDiff(result.changes.first()).contains("-ALPHA\n+alpha\n"));
    QCOMPARE(f.now(), f.applied);
}

void TestRollbackRun::tellsOfTheCommitThatStays()
{
    GitWorkspace workspace;
    workspace.write(QStringLiteral("a.txt"), "alpha\n");
    workspace.commitAll();
    Task task;
    Op op;
    op.kind = OpKind::Create;
    op.path = QStringLiteral("n.txt");
    op.contents = "new\n";
    task.ops = {op};
    task.git.requested = true;
    Log::Store store;
    const RunResult run = runTask(task, workspace.path(), {.runId = pastRun}, Log::Writer(store, "r", "id"), {}, {});
    QCOMPARE(run.commit.state, QStringLiteral("committed"));
    const RunResult result = rollBack(workspace.path(), pastRun);
    QCOMPARE(toString(result.status), QStringLiteral("ok"));
    QVERIFY(!workspace.exists(QStringLiteral("n.txt")));
    QCOMPARE(result.warnings.size(), 1);
    QVERIFY(result.warnings.first().contains(run.commit.shortId()));
}

// A run in a child process, which is killed at `moment` of its course.
enum class Moment { Applied, Committed };

static void runAndKill(const QString &workspace, Moment moment, const QString &commit = QStringLiteral("none"))
{
    const pid_t child = ::fork();
    if (child == 0) {
        const WorkspaceRoot root = WorkspaceRoot::open(workspace).value();
        RunResult start;
        start.runId = pastRun;
        start.status = RunStatus::Running;
        start.workspace = workspace;
        start.task.title = QStringLiteral("A task");
        start.startedMs = 1'700'000'000'000;
        start.commit.state = commit;
        (void)writeStartReport(root, start);
        PlanBuilder plan(workspace);
        plan.modify(QStringLiteral("a.txt"), "half\n");
        Result<Transaction> transaction = Transaction::prepare(root, plan.plan(), pastRun);
        (void)transaction->apply([](const TxAction &) {});
        if (moment == Moment::Committed) {
            (void)transaction->commit();
        }
        ::raise(SIGKILL);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
}

void TestRollbackRun::killedRunIsInterrupted()
{
    const TempWorkspace workspace;
    fillWorkspace(workspace);
    runAndKill(workspace.path(), Moment::Applied);
    QCOMPARE(workspace.read(QStringLiteral("a.txt")), QByteArray("half\n"));
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    QVERIFY(recoverPending(root).ok());
    const Result<QJsonObject> report = settleReport(root, pastRun);
    QVERIFY(report.ok());
    QCOMPARE((*report)[QStringLiteral("status")].toString(), QStringLiteral("interrupted"));
    QCOMPARE((*report)[QStringLiteral("startedAt")].toString(), QStringLiteral("2023-11-14T22:13:20.000Z"));
    QCOMPARE((*report)[QStringLiteral("task")][QStringLiteral("title")].toString(), QStringLiteral("A task"));
    const QByteArray markdown = workspace.read(QStringLiteral(".patchpanel/history/%1/report.md").arg(pastRun));
    QVERIFY(markdown.contains("interrupted") && markdown.contains("The workspace is as it was before"));
    QCOMPARE(settleReport(root, QStringLiteral("0123456789ab")).error().code, ErrorCode::NotFound);
}

void TestRollbackRun::killedAfterTheCommitStands()
{
    const TempWorkspace workspace;
    fillWorkspace(workspace);
    runAndKill(workspace.path(), Moment::Committed);
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    QVERIFY(recoverPending(root).ok());
    QCOMPARE((*settleReport(root, pastRun))[QStringLiteral("status")].toString(), QStringLiteral("ok"));
    QCOMPARE(workspace.read(QStringLiteral("a.txt")), QByteArray("half\n"));
    QCOMPARE(toString(rollBack(workspace.path(), pastRun).status), QStringLiteral("ok"));
    QCOMPARE(workspace.read(QStringLiteral("a.txt")), QByteArray("alpha\n"));
}

void TestRollbackRun::killedAroundTheCommitOfGit_data()
{
    QTest::addColumn<QString>("trailer");
    QTest::addColumn<QString>("status");
    QTest::newRow("before it") << QString() << QStringLiteral("appliedNotCommitted");
    QTest::newRow("after it") << pastRun << QStringLiteral("ok");
    QTest::newRow("the commit of another run")
        << QStringLiteral("0123456789ab") << QStringLiteral("appliedNotCommitted");
}

void TestRollbackRun::killedAroundTheCommitOfGit()
{
    QFETCH(QString, trailer);
    GitWorkspace workspace;
    fillWorkspace(workspace);
    workspace.commitAll();
    runAndKill(workspace.path(), Moment::Committed, QStringLiteral("wouldCommit"));
    QString made;
    if (!trailer.isEmpty()) {
        workspace.commitAll(QStringLiteral("Change a\n\nPatchPanel-Run: %1").arg(trailer));
        made = QString::fromLatin1(workspace.git({QStringLiteral("rev-parse"), QStringLiteral("HEAD")}));
        QVERIFY(!workspace.gitFailed());
    }
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    QVERIFY(recoverPending(root).ok());
    const Result<QJsonObject> report = settleReport(root, pastRun);
    QTEST((*report)[QStringLiteral("status")].toString(), "status");
    const bool isCommitted = (*report)[QStringLiteral("status")].toString() == QLatin1String("ok");
    QCOMPARE((*report)[QStringLiteral("commit")][QStringLiteral("id")].toString(), isCommitted ? made : QString());
}

QTEST_GUILESS_MAIN(TestRollbackRun)
#include "tst_rollbackrun.moc"
