#include "services/patch/patchrun.h"
#include "services/patch/transaction.h"
#include "tests/support/gitworkspace.h"
#include "tests/support/planbuilder.h"
#include "tests/support/treesnapshot.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <csignal>
#include <sys/wait.h>
#include <thread>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::PlanBuilder;
using PatchPanel::Test::TempWorkspace;
using PatchPanel::Test::treeSnapshot;

namespace {

Op createOp(const QString &path, const QByteArray &contents)
{
    Op op;
    op.kind = OpKind::Create;
    op.path = path;
    op.contents = contents;
    op.purpose = QStringLiteral("to test");
    return op;
}

Op replaceOp(const QString &path, const QByteArray &find, const QByteArray &replacement)
{
    Op op;
    op.kind = OpKind::ReplaceLiteral;
    op.path = path;
    op.find = find;
    op.replacement = replacement;
    return op;
}

Op deleteOp(const QString &path)
{
    Op op;
    op.kind = OpKind::Delete;
    op.path = path;
    return op;
}

struct Fixture {
    GitWorkspace workspace;
    Log::Store store;
    Task task;
    RunOptions options;
    QList<Step> steps; // as they were reported
    std::stop_source stop;
    QMap<QString, QByteArray> before;

    Fixture()
    {
        workspace.write(QStringLiteral("a.txt"), "alpha\n");
        workspace.write(QStringLiteral("b.txt"), "beta\n");
        workspace.write(QStringLiteral("old/gone.txt"), "gone\n");
        workspace.commitAll();
        before = treeSnapshot(workspace.path());
        task.id = QStringLiteral("task-7");
        task.title = QStringLiteral("A task");
        task.file = QStringLiteral("tasks/t.json");
        task.ops = {createOp(QStringLiteral("new/n.txt"), "new\n"),
                    replaceOp(QStringLiteral("a.txt"), "alpha", "ALPHA"), deleteOp(QStringLiteral("old/gone.txt"))};
        options.runId = QStringLiteral("cafe00000001");
        options.runner = QStringLiteral("runner-1");
    }

    void gate(Phase phase, const QString &command) { task.gates.append(Gate{phase, command}); }

    RunResult run()
    {
        steps.clear();
        return runTask(
            task, workspace.path(), options, Log::Writer(store, "runner-1", options.runId.toUtf8()),
            [this](const Step &step) { steps.append(step); }, stop.get_token());
    }

    QMap<QString, QByteArray> now() const { return treeSnapshot(workspace.path()); }
    bool isApplied() const
    {
        return workspace.read(QStringLiteral("a.txt")) == "ALPHA\n"
            && workspace.read(QStringLiteral("new/n.txt")) == "new\n" && !workspace.exists(QStringLiteral("old"));
    }
    QByteArray logText() const
    {
        QByteArray text;
        for (qsizetype i = 0; i < store.size(); ++i) {
            text += store.at(i).text + '\n';
        }
        return text;
    }
    QList<QByteArray> tags() const
    {
        QList<QByteArray> found;
        for (qsizetype i = 0; i < store.size(); ++i) {
            if (found.isEmpty() || found.last() != store.at(i).tag) {
                found.append(store.at(i).tag);
            }
        }
        return found;
    }
    QString history(const QString &name) const
    {
        return QStringLiteral(".patchpanel/history/%1/%2").arg(options.runId, name);
    }
};

QString states(const RunResult &result)
{
    QStringList names;
    for (const Step &step : result.steps) {
        names.append(toString(step.state));
    }
    return names.join(u' ');
}

const Check &check(const RunResult &result, const QString &name)
{
    return *std::find_if(result.checks.begin(), result.checks.end(), [&](const Check &c) { return c.name == name; });
}

QString stateOf(const RunResult &result, const QString &name)
{
    return toString(check(result, name).state);
}

} // namespace

class TestPatchRun : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsAsAWhole();
    void gatesSeeTheirPhase();
    void secondRunIsNoop();
    void failedGateRestores_data();
    void failedGateRestores();
    void failedValidateMayOnlyWarn_data();
    void failedValidateMayOnlyWarn();
    void timedOutGate();
    void gateVersionIsPutAsideOnRollback();
    void foreignEditDuringRollbackIsReported();
    void failingHook_data();
    void failingHook();
    void saysWhetherTheSandboxWasOn_data();
    void saysWhetherTheSandboxWasOn();
    void noRepository();
    void mergeInProgressIsRefusedBeforeAnything();
    void conflictWritesNothing();
    void unreadableTask_data();
    void unreadableTask();
    void missingWorkspace();
    void disabledByDefault();
    void stalePlanId();
    void planIdOfTheDryRunFits();
    void dryRunWritesNothing();
    void gatesOnly();
    void cancelInAGate_data();
    void cancelInAGate();
    void mutationProofOfATaskThatChangesNothing();
    void strictRuntimeAudit_data();
    void strictRuntimeAudit();
    void buildProductsAreNoSideEffects();
    void sideEffectsOutliveTheRollBackAndAreListed();
    void serviceUptime_data();
    void serviceUptime();
    void killedRunIsTakenBackFirst();
    void reportsAreWritten();
};

void TestPatchRun::runsAsAWhole()
{
    Fixture f;
    f.gate(Phase::Pre, QStringLiteral("grep -q alpha a.txt"));
    f.gate(Phase::Build, QStringLiteral("grep -q ALPHA a.txt"));
    f.gate(Phase::Validate, QStringLiteral("test -f new/n.txt"));
    f.gate(Phase::Test, QStringLiteral("test ! -e old"));
    f.task.git.requested = true;
    const RunResult result = f.run();
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QVERIFY(f.isApplied());
    QCOMPARE(states(result), QStringLiteral("passed passed passed passed passed passed"));
    QCOMPARE(result.commit.state, QStringLiteral("committed"));
    QCOMPARE(f.workspace.git({QStringLiteral("status"), QStringLiteral("--porcelain")}), QByteArray("?? .patchpanel/"));
    QCOMPARE(f.workspace.git({QStringLiteral("show"), QStringLiteral("-s"), QStringLiteral("--format=%s")}),
             QByteArray("A task"));
    QCOMPARE(f.tags(), (QList<QByteArray>{"PLAN", "PRE", "MUTATE", "BUILD", "VALIDATE", "TEST", "GIT"}));
    QCOMPARE(
        result.message,
        QStringLiteral("1 created, 1 modified, 1 deleted; 4 commands run; committed %1.").arg(result.commit.shortId()));
    QCOMPARE(stateOf(result, QStringLiteral("Mutation Proof")), QStringLiteral("passed"));
    QCOMPARE(stateOf(result, QStringLiteral("Validation Gates")), QStringLiteral("passed"));
    QCOMPARE(stateOf(result, QStringLiteral("Service Uptime")), QStringLiteral("none"));
    QCOMPARE(f.steps.size(), 12); // each once as running and once as it ended
    QVERIFY(!f.workspace.exists(QStringLiteral(".patchpanel/tx/cafe00000001")));
}

void TestPatchRun::gatesSeeTheirPhase()
{
    Fixture f;
    f.gate(Phase::Pre, QStringLiteral("cat a.txt; echo $PATCHPANEL_RUN $PATCHPANEL_TASK $PATCHPANEL_PHASE"));
    f.gate(Phase::Build, QStringLiteral("cat a.txt; echo $PATCHPANEL_PHASE"));
    const RunResult result = f.run();
    QCOMPARE(result.gates[0].output, QByteArray("alpha\ncafe00000001 task-7 pre\n"));
    QCOMPARE(result.gates[1].output, QByteArray("ALPHA\nbuild\n"));
}

void TestPatchRun::secondRunIsNoop()
{
    Fixture f;
    f.gate(Phase::Validate, QStringLiteral("touch gate-ran"));
    f.task.ops.removeLast(); // a deletion that is done already is for the planner to judge
    f.task.ops[1] = createOp(QStringLiteral("more.txt"), "more\n");
    f.task.flags.requireMutationProof = true;
    QCOMPARE(toString(f.run().status), QStringLiteral("ok"));
    QVERIFY(QFile::remove(f.workspace.absolute(QStringLiteral("gate-ran"))));
    const auto applied = f.now();

    f.options.runId = QStringLiteral("cafe00000002");
    const RunResult again = f.run();
    QCOMPARE(toString(again.status), QStringLiteral("noop"));
    QCOMPARE(f.now(), applied);
    QVERIFY(again.changes.isEmpty());
    QCOMPARE(states(again), QStringLiteral("none none none notReached none none"));
    QVERIFY(!f.workspace.exists(f.history({}))); // nothing of it is left there
    QVERIFY(again.reportPath.isEmpty());
}

void TestPatchRun::failedGateRestores_data()
{
    QTest::addColumn<Phase>("phase");
    QTest::addColumn<QString>("expectedStates");
    QTest::addColumn<QString>("message");

    const QString restored = QStringLiteral("`exit 3` exited with 3. The workspace is as it was before.");
    QTest::newRow("pre") << Phase::Pre << QStringLiteral("failed notReached none none none notReached")
                         << QStringLiteral("Pre-checks failed: `exit 3` exited with 3. Nothing was changed.");
    QTest::newRow("build") << Phase::Build << QStringLiteral("none passed failed none none notReached")
                           << QStringLiteral("Build failed: ") + restored;
    QTest::newRow("validate") << Phase::Validate << QStringLiteral("none passed none failed none notReached")
                              << QStringLiteral("Validate failed: ") + restored;
    QTest::newRow("test") << Phase::Test << QStringLiteral("none passed none none failed notReached")
                          << QStringLiteral("Test failed: ") + restored;
}

void TestPatchRun::failedGateRestores()
{
    QFETCH(Phase, phase);
    QFETCH(QString, expectedStates);
    QFETCH(QString, message);
    Fixture f;
    f.task.git.requested = true;
    f.gate(phase, QStringLiteral("exit 3"));
    f.gate(phase, QStringLiteral("touch not-reached"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("failed"));
    QCOMPARE(result.message, message);
    QVERIFY(result.error && result.error->code == ErrorCode::GateFailed);
    QCOMPARE(f.now(), f.before);
    QCOMPARE(states(result), expectedStates);
    QCOMPARE(toString(result.gates[1].state), QStringLiteral("notReached"));
    QCOMPARE(f.workspace.git({QStringLiteral("status"), QStringLiteral("--porcelain")}), QByteArray("?? .patchpanel/"));
    QCOMPARE(stateOf(result, QStringLiteral("Validation Gates")), QStringLiteral("failed"));
    QVERIFY(f.workspace.exists(f.history(QStringLiteral("report.md"))));
}

void TestPatchRun::failedValidateMayOnlyWarn_data()
{
    QTest::addColumn<bool>("blockCommit");
    QTest::addColumn<QString>("status");
    QTest::addColumn<QString>("commit");

    QTest::newRow("commit blocked") << true << QStringLiteral("appliedNotCommitted") << QStringLiteral("none");
    QTest::newRow("commit allowed") << false << QStringLiteral("ok") << QStringLiteral("committed");
}

void TestPatchRun::failedValidateMayOnlyWarn()
{
    QFETCH(bool, blockCommit);
    QFETCH(QString, status);
    QFETCH(QString, commit);
    Fixture f;
    f.task.git.requested = true;
    f.task.flags.enforceValidationGate = false;
    f.task.flags.blockCommitOnError = blockCommit;
    f.gate(Phase::Validate, QStringLiteral("false"));
    f.gate(Phase::Validate, QStringLiteral("true"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), status);
    QCOMPARE(result.commit.state, commit);
    QCOMPARE(toString(result.step(Phase::Validate).state), QStringLiteral("warned"));
    QCOMPARE(toString(result.gates[1].state), QStringLiteral("passed"));
    QCOMPARE(result.warnings, QList<QString>{QStringLiteral("Validate failed: `false` exited with 1.")});
    QVERIFY(f.isApplied());
}

void TestPatchRun::timedOutGate()
{
    Fixture f;
    f.gate(Phase::Build, QStringLiteral("sleep 1000"));
    f.options.gateTimeout = std::chrono::milliseconds(200);
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("failed"));
    QVERIFY(result.error && result.error->code == ErrorCode::TimedOut);
    QCOMPARE(result.message,
             QStringLiteral("Build failed: `sleep 1000` killed after 0.2 s. The workspace is as it was before."));
    QCOMPARE(f.now(), f.before);
}

void TestPatchRun::gateVersionIsPutAsideOnRollback()
{
    Fixture f;
    f.gate(Phase::Build, QStringLiteral("echo formatted > a.txt; echo mine > other.txt"));
    f.gate(Phase::Validate, QStringLiteral("false"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("failed"));
    QCOMPARE(result.gates[0].changedPaths, QList<QString>{QStringLiteral("a.txt")});
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("alpha\n"));
    QCOMPARE(f.workspace.read(QStringLiteral("other.txt")), QByteArray("mine\n")); // not ours: left alone
    QVERIFY(check(result, QStringLiteral("Runtime Audit")).evidenceText().contains(QStringLiteral("changed a.txt")));
}

void TestPatchRun::foreignEditDuringRollbackIsReported()
{
    Fixture f;
    f.options.probe = [&f](const Probe &) -> Result<QString> {
        if (!f.isApplied()) {
            return QStringLiteral("answers");
        }
        f.workspace.write(QStringLiteral("a.txt"), "the user's\n"); // after the last command, before the rollback
        return Error{ErrorCode::Unavailable, QStringLiteral("no answer")};
    };
    f.task.services = {Probe{QStringLiteral("runner"), QStringLiteral("http://127.0.0.1:1/health")}};
    f.task.flags.requireServiceUptime = true;
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("rollbackFailed"));
    QVERIFY(result.error && result.error->code == ErrorCode::RollbackFailed);
    QCOMPARE(result.error->details[QStringLiteral("conflicts")].toArray().size(), 1);
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("the user's\n"));
    QVERIFY(!f.workspace.exists(QStringLiteral("new")));
    QVERIFY(f.workspace.exists(QStringLiteral("old/gone.txt")));
}

void TestPatchRun::failingHook_data()
{
    QTest::addColumn<bool>("blockCommit");
    QTest::addColumn<QString>("status");

    QTest::newRow("rolls back") << true << QStringLiteral("failed");
    QTest::newRow("stays applied") << false << QStringLiteral("appliedNotCommitted");
}

void TestPatchRun::failingHook()
{
    QFETCH(bool, blockCommit);
    QFETCH(QString, status);
    Fixture f;
    f.workspace.write(QStringLiteral(".git/hooks/pre-commit"), "#!/bin/sh\necho not today >&2\nexit 1\n");
    QFile::setPermissions(f.workspace.absolute(QStringLiteral(".git/hooks/pre-commit")),
                          QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    f.task.git.requested = true;
    f.task.flags.blockCommitOnError = blockCommit;
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), status);
    QVERIFY(result.message.contains(QStringLiteral("not today")));
    QCOMPARE(toString(result.step(Phase::Commit).state), QStringLiteral("failed"));
    QCOMPARE(f.now() == f.before, blockCommit);
    QCOMPARE(f.isApplied(), !blockCommit);
    QCOMPARE(f.workspace.git({QStringLiteral("diff"), QStringLiteral("--cached"), QStringLiteral("--name-only")}),
             QByteArray());
}

void TestPatchRun::saysWhetherTheSandboxWasOn_data()
{
    QTest::addColumn<SandboxMode>("mode");
    QTest::addColumn<bool>("hasGate");
    QTest::addColumn<Network>("network");
    QTest::addColumn<QStringList>("states"); // one of these
    QTest::addColumn<bool>("warns");

    QTest::newRow("no commands") << SandboxMode::Auto << false << Network::Shared
                                 << QStringList{QStringLiteral("notNeeded")} << false;
    QTest::newRow("where it works") << SandboxMode::Auto << true << Network::Shared
                                    << QStringList{QStringLiteral("on"), QStringLiteral("off")} << false;
    QTest::newRow("switched off") << SandboxMode::Off << true << Network::Shared << QStringList{QStringLiteral("off")}
                                  << false;
    QTest::newRow("no network without it")
        << SandboxMode::Off << true << Network::None << QStringList{QStringLiteral("off")} << true;
}

void TestPatchRun::saysWhetherTheSandboxWasOn()
{
    QFETCH(SandboxMode, mode);
    QFETCH(bool, hasGate);
    QFETCH(Network, network);
    QFETCH(QStringList, states);
    QFETCH(bool, warns);
    Fixture f;
    f.options.sandbox = mode;
    if (hasGate) {
        f.gate(Phase::Build, QStringLiteral("true"));
        f.task.gates.last().network = network;
    }
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("ok"));
    const QJsonObject sandbox = result.toJson().value(QStringLiteral("sandbox")).toObject();
    QVERIFY(states.contains(sandbox.value(QStringLiteral("state")).toString()));
    QVERIFY(!sandbox.value(QStringLiteral("why")).toString().isEmpty());
    QVERIFY(f.workspace.read(f.history(QStringLiteral("report.md"))).contains("- **Sandbox**: "));
    QCOMPARE(result.warnings.join(u' ').contains(QStringLiteral("without a network")), warns);
}

void TestPatchRun::noRepository()
{
    Fixture f;
    QVERIFY(QDir(f.workspace.absolute(QStringLiteral(".git"))).removeRecursively());
    f.task.git.requested = true;
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("ok"));
    QCOMPARE(result.commit.state, QStringLiteral("none"));
    QCOMPARE(result.commit.note, QStringLiteral("The workspace is in no git repository."));
    QVERIFY(f.isApplied());
}

void TestPatchRun::mergeInProgressIsRefusedBeforeAnything()
{
    Fixture f;
    f.workspace.write(QStringLiteral(".git/MERGE_HEAD"), "");
    f.task.git.requested = true;
    f.gate(Phase::Pre, QStringLiteral("touch gate-ran"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("conflict"));
    QCOMPARE(f.now(), f.before);
}

void TestPatchRun::conflictWritesNothing()
{
    Fixture f;
    f.task.ops[1].find = "no such text";
    f.gate(Phase::Pre, QStringLiteral("touch gate-ran"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("conflict"));
    QVERIFY(result.error.has_value());
    QCOMPARE(f.now(), f.before);
    QCOMPARE(stateOf(result, QStringLiteral("Dry Run Check")), QStringLiteral("failed"));
    QCOMPARE(states(result), QStringLiteral("notReached notReached none none none none"));
    QVERIFY(f.workspace.exists(f.history(QStringLiteral("report.json"))));
}

void TestPatchRun::unreadableTask_data()
{
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("status");

    QTest::newRow("invalid") << ErrorCode::InvalidTask << QStringLiteral("invalid");
    QTest::newRow("unsafe path") << ErrorCode::UnsafePath << QStringLiteral("invalid");
    QTest::newRow("outside") << ErrorCode::OutsideWorkspace << QStringLiteral("invalid");
    QTest::newRow("no such file") << ErrorCode::NotFound << QStringLiteral("conflict");
    QTest::newRow("unreadable file") << ErrorCode::Io << QStringLiteral("conflict");
}

void TestPatchRun::unreadableTask()
{
    QFETCH(ErrorCode, code);
    QFETCH(QString, status);
    RunOptions options;
    options.runId = QStringLiteral("cafe00000001");
    const RunResult result = resultOfUnreadableTask(Error{code, QStringLiteral("It is wrong.")},
                                                    QStringLiteral("tasks/t.json"), QStringLiteral("/w"), options);
    QCOMPARE(toString(result.status), status);
    QCOMPARE(result.message, QStringLiteral("It is wrong."));
    QCOMPARE(result.task.file, QStringLiteral("tasks/t.json"));
    QCOMPARE(result.toJson()[QStringLiteral("status")].toString(), status);
    QVERIFY(reportMarkdown(result).contains("It is wrong."));
}

void TestPatchRun::missingWorkspace()
{
    Fixture f;
    const RunResult result = runTask(f.task, f.workspace.absolute(QStringLiteral("nowhere")), f.options,
                                     Log::Writer(f.store, "runner-1"), {}, {});
    QCOMPARE(toString(result.status), QStringLiteral("conflict"));
    QVERIFY(result.error && result.error->code == ErrorCode::NotFound);
    QVERIFY(result.reportPath.isEmpty());
}

void TestPatchRun::disabledByDefault()
{
    Fixture f;
    f.task.flags.disabledByDefault = true;
    QCOMPARE(toString(f.run().status), QStringLiteral("invalid"));
    QCOMPARE(f.now(), f.before);
    f.options.force = true;
    QCOMPARE(toString(f.run().status), QStringLiteral("ok"));
}

void TestPatchRun::stalePlanId()
{
    Fixture f;
    f.options.planId = QStringLiteral("of another time");
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("stale"));
    QCOMPARE(f.now(), f.before);
}

void TestPatchRun::planIdOfTheDryRunFits()
{
    Fixture f;
    f.options.dryRun = true;
    f.options.planId = f.run().planId;
    f.options.dryRun = false;
    QCOMPARE(toString(f.run().status), QStringLiteral("ok"));
}

void TestPatchRun::dryRunWritesNothing()
{
    Fixture f;
    f.gate(Phase::Pre, QStringLiteral("touch gate-ran"));
    f.gate(Phase::Validate, QStringLiteral("touch gate-ran"));
    f.task.git.requested = true;
    f.options.dryRun = true;
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("ok"));
    QCOMPARE(f.now(), f.before);
    QVERIFY(!f.workspace.exists(QStringLiteral(".patchpanel")));
    QCOMPARE(states(result), QStringLiteral("wouldRun wouldRun none wouldRun none wouldRun"));
    QCOMPARE(toString(result.gates[0].state), QStringLiteral("wouldRun"));
    QCOMPARE(result.commit.state, QStringLiteral("wouldCommit"));
    QVERIFY(result.reportPath.isEmpty());
    QVERIFY(
        !result.toJson()[QStringLiteral("changes")].toArray().first().toObject()[QStringLiteral("diff")].isUndefined());
}

void TestPatchRun::gatesOnly()
{
    Fixture f;
    f.task.ops.clear();
    f.task.git.requested = true;
    f.gate(Phase::Validate, QStringLiteral("grep alpha a.txt"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("ok"));
    QCOMPARE(states(result), QStringLiteral("none none none passed none none"));
    QCOMPARE(f.now(), f.before);
    QCOMPARE(stateOf(result, QStringLiteral("Mutation Proof")), QStringLiteral("none"));
    QCOMPARE(result.commit.state, QStringLiteral("none"));
}

void TestPatchRun::cancelInAGate_data()
{
    QTest::addColumn<Phase>("phase");

    QTest::newRow("before the mutations") << Phase::Pre;
    QTest::newRow("after them") << Phase::Validate;
}

void TestPatchRun::cancelInAGate()
{
    QFETCH(Phase, phase);
    Fixture f;
    f.gate(phase, QStringLiteral("touch \"$HOME/gate-runs\"; sleep 1000"));
    std::thread canceller([&f] {
        while (!QFileInfo::exists(QDir::home().filePath(QStringLiteral("gate-runs")))) {
            std::this_thread::yield();
        }
        f.stop.request_stop();
    });
    const RunResult result = f.run();
    canceller.join();
    QCOMPARE(toString(result.status), QStringLiteral("cancelled"));
    QVERIFY(result.error && result.error->code == ErrorCode::Cancelled);
    QVERIFY(result.durationMs < 10'000);
    QCOMPARE(f.now(), f.before);
}

void TestPatchRun::mutationProofOfATaskThatChangesNothing()
{
    Fixture f;
    f.task.ops = {createOp(QStringLiteral("x.txt"), "x\n"), deleteOp(QStringLiteral("x.txt"))};
    f.task.flags.requireMutationProof = true;
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("failed"));
    QCOMPARE(stateOf(result, QStringLiteral("Mutation Proof")), QStringLiteral("failed"));
}

void TestPatchRun::strictRuntimeAudit_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("note");

    QTest::newRow("stderr") << QStringLiteral("echo oops >&2") << QStringLiteral("wrote to stderr");
    QTest::newRow("planned file changed")
        << QStringLiteral("echo x >> a.txt") << QStringLiteral("changed planned files");
    QTest::newRow("process left") << QStringLiteral("sleep 1000 >/dev/null &")
                                  << QStringLiteral("left processes running");
    QTest::newRow("other file changed") << QStringLiteral("touch other.txt")
                                        << QStringLiteral("changed 1 file outside the plan: created other.txt");
}

void TestPatchRun::strictRuntimeAudit()
{
    QFETCH(QString, command);
    QFETCH(QString, note);
    Fixture f;
    f.gate(Phase::Build, command);
    f.task.flags.strictRuntimeAudit = true;
    const RunResult strict = f.run();
    QCOMPARE(toString(strict.status), QStringLiteral("failed"));
    QVERIFY(strict.message.contains(note));
    QCOMPARE(stateOf(strict, QStringLiteral("Runtime Audit")), QStringLiteral("failed"));
    QFile::remove(f.workspace.absolute(QStringLiteral("other.txt"))); // a roll-back leaves it
    QCOMPARE(f.now(), f.before);

    f.task.flags.strictRuntimeAudit = false;
    f.options.runId = QStringLiteral("cafe00000002");
    const RunResult lenient = f.run();
    QCOMPARE(toString(lenient.status), QStringLiteral("ok"));
    QCOMPARE(stateOf(lenient, QStringLiteral("Runtime Audit")), QStringLiteral("passed"));
}

void TestPatchRun::buildProductsAreNoSideEffects()
{
    Fixture f;
    f.workspace.write(QStringLiteral(".git/info/exclude"), "*.o\n");
    f.gate(Phase::Build, QStringLiteral("touch a.o b.o"));
    f.task.flags.strictRuntimeAudit = true;
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("ok"));
    QCOMPARE(result.sideEffects.total, 0);
    QCOMPARE(result.sideEffects.ignored, 2);
    QVERIFY(check(result, QStringLiteral("Runtime Audit"))
                .evidenceText()
                .contains(QStringLiteral("2 that git ignores, as build products, not counted")));
}

void TestPatchRun::sideEffectsOutliveTheRollBackAndAreListed()
{
    Fixture f;
    f.gate(Phase::Build, QStringLiteral("echo x > made.txt; echo x >> b.txt; echo x >> a.txt"));
    f.gate(Phase::Test, QStringLiteral("echo y > later.txt; false"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("failed"));
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("alpha\n")); // planned: as before
    QCOMPARE(f.workspace.read(QStringLiteral("made.txt")), QByteArray("x\n"));
    QCOMPARE(f.workspace.read(QStringLiteral("b.txt")), QByteArray("beta\nx\n"));
    QCOMPARE(result.sideEffects.toText(),
             QStringLiteral("3 files outside the plan: changed b.txt, created made.txt, created later.txt"));
    QCOMPARE(result.toJson().value(QStringLiteral("sideEffects")).toObject().value(QStringLiteral("total")).toInt(), 3);
    const QByteArray report = f.workspace.read(f.history(QStringLiteral("report.md")));
    QVERIFY(report.contains("### Files that commands changed outside the plan\n- changed `b.txt`\n"));
    QVERIFY(f.logText().contains("Left as they are: 3 files outside the plan"));
}

void TestPatchRun::serviceUptime_data()
{
    QTest::addColumn<bool>("hasProbe");
    QTest::addColumn<bool>("answers");
    QTest::addColumn<bool>("required");
    QTest::addColumn<QString>("state");
    QTest::addColumn<QString>("status");

    QTest::newRow("nobody asks") << false << false << true << QStringLiteral("none") << QStringLiteral("failed");
    QTest::newRow("answers") << true << true << true << QStringLiteral("passed") << QStringLiteral("ok");
    QTest::newRow("silent") << true << false << false << QStringLiteral("failed") << QStringLiteral("ok");
    QTest::newRow("silent and required") << true << false << true << QStringLiteral("failed")
                                         << QStringLiteral("failed");
}

void TestPatchRun::serviceUptime()
{
    QFETCH(bool, hasProbe);
    QFETCH(bool, answers);
    QFETCH(bool, required);
    QFETCH(QString, state);
    QFETCH(QString, status);
    Fixture f;
    f.task.services = {Probe{QStringLiteral("runner"), QStringLiteral("http://127.0.0.1:1/health")}};
    f.task.flags.requireServiceUptime = required;
    if (hasProbe) {
        f.options.probe = [answers](const Probe &) -> Result<QString> {
            return answers ? Result<QString>(QStringLiteral("HTTP 200"))
                           : Error{ErrorCode::Unavailable, QStringLiteral("refused")};
        };
    }
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), status);
    QCOMPARE(stateOf(result, QStringLiteral("Service Uptime")), state);
    QCOMPARE(f.isApplied(), status == QLatin1String("ok"));
}

void TestPatchRun::killedRunIsTakenBackFirst()
{
    Fixture f;
    const pid_t child = ::fork();
    if (child == 0) {
        PlanBuilder builder(f.workspace.path());
        builder.modify(QStringLiteral("a.txt"), "half\n").modify(QStringLiteral("b.txt"), "half\n");
        const WorkspaceRoot root = WorkspaceRoot::open(f.workspace.path()).value();
        Result<Transaction> transaction = Transaction::prepare(root, builder.plan(), QStringLiteral("dead00000000"));
        (void)transaction->apply([](const TxAction &) { ::raise(SIGKILL); });
        ::_exit(1);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("half\n"));

    f.options.dryRun = true;
    f.task.ops.removeAt(1);
    QCOMPARE(f.run().warnings.size(), 1);
    f.options.dryRun = false;
    f.task.ops.append(replaceOp(QStringLiteral("a.txt"), "alpha", "ALPHA"));
    const RunResult result = f.run();
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QVERIFY(f.isApplied());
}

void TestPatchRun::reportsAreWritten()
{
    Fixture f;
    f.gate(Phase::Build, QStringLiteral("echo built"));
    const RunResult result = f.run();
    QCOMPARE(result.reportPath, f.workspace.absolute(f.history(QStringLiteral("report.md"))));
    QCOMPARE(f.workspace.read(f.history(QStringLiteral("report.md"))), reportMarkdown(result));
    const QJsonDocument json = QJsonDocument::fromJson(f.workspace.read(f.history(QStringLiteral("report.json"))));
    QCOMPARE(json.object(), result.toJson());
    QCOMPARE(f.workspace.read(f.history(QStringLiteral("gates/1.log"))), QByteArray("built\n"));
    QVERIFY(f.workspace.exists(f.history(QStringLiteral("undo/plan.json"))));
}

QTEST_GUILESS_MAIN(TestPatchRun)
#include "tst_patchrun.moc"
