#include "services/patch/patchrun.h"
#include "tests/support/gitworkspace.h"
#include "tests/support/treesnapshot.h"

#include <QJsonObject>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::treeSnapshot;

namespace {

struct Fixture {
    QTemporaryDir cache;
    GitWorkspace workspace;
    Log::Store store;
    Task task;
    RunOptions options;
    QList<Step> steps;
    std::function<void(const Step &)> onStep = [](const Step &) {
    };
    std::stop_source stop;
    QMap<QString, QByteArray> before;

    Fixture()
    {
        qputenv("XDG_CACHE_HOME", QFile::encodeName(cache.path()));
        workspace.write(QStringLiteral("a.txt"), "alpha\n");
        workspace.write(QStringLiteral(".git/info/exclude"), ".patchpanel/\n");
        workspace.commitAll();
        before = treeSnapshot(workspace.path());
        Op op;
        op.kind = OpKind::Update;
        op.path = QStringLiteral("a.txt");
        op.contents = QByteArray("ALPHA\n");
        task.ops = {op};
        task.id = QStringLiteral("t");
        options.runId = QStringLiteral("cafe00000001");
        options.validateIn = ValidatePlace::Scratch;
    }

    void gate(Phase phase, const QString &command) { task.gates.append(Gate{phase, command}); }
    RunResult run()
    {
        const auto noteStep = [this](const Step &step) {
            steps.append(step);
            onStep(step);
        };
        return runTask(task, workspace.path(), options, Log::Writer(store, "runner-1", options.runId.toUtf8()),
                       noteStep, stop.get_token());
    }
    QString real(const QString &name) const { return workspace.absolute(name); }
    QStringList leftInCache() const
    {
        return QDir(cache.filePath(QStringLiteral("patchpanel/scratch")))
            .entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    }
};

} // namespace

// --validate-in=scratch: commands run in a copy, and the workspace is written after they have passed.
class TestScratchRun : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theWorkspaceIsWrittenAfterTheCommandsPassed();
    void aFailedCommandTouchesNothing_data();
    void aFailedCommandTouchesNothing();
    void whatCommandsChangeStaysInTheCopy();
    void theWorkspaceIsReadOnlyInTheSandbox();
    void preRunsInTheWorkspace();
    void withoutCommandsNothingIsCopied();
    void cancelled();
    void editedMeanwhile();
    void commits();
};

void TestScratchRun::theWorkspaceIsWrittenAfterTheCommandsPassed()
{
    Fixture f;
    f.gate(Phase::Build,
           QStringLiteral("grep -qx ALPHA a.txt && grep -qx alpha '%1' && pwd").arg(f.real(QStringLiteral("a.txt"))));
    f.gate(Phase::Test, QStringLiteral("grep -qx alpha '%1'").arg(f.real(QStringLiteral("a.txt"))));
    const RunResult result = f.run();
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("ALPHA\n"));
    QVERIFY(result.gates.first().output.startsWith(QFile::encodeName(f.cache.path())));
    QCOMPARE(result.toJson()[QStringLiteral("validatedIn")].toString(), QStringLiteral("scratch"));
    QVERIFY(reportMarkdown(result).contains("copy of the workspace"));
    QCOMPARE(result.gates.first().outputFile, QStringLiteral(".patchpanel/history/cafe00000001/gates/1.log"));
    QVERIFY(f.workspace.exists(result.gates.last().outputFile));
    QCOMPARE(f.leftInCache(), QStringList());
}

void TestScratchRun::aFailedCommandTouchesNothing_data()
{
    QTest::addColumn<Phase>("phase");
    QTest::newRow("build") << Phase::Build;
    QTest::newRow("validate") << Phase::Validate;
    QTest::newRow("test") << Phase::Test;
}

void TestScratchRun::aFailedCommandTouchesNothing()
{
    QFETCH(Phase, phase);
    Fixture f;
    f.gate(phase, QStringLiteral("echo x > made; exit 3"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("failed"));
    QVERIFY2(result.message.contains(QStringLiteral("Nothing was changed")), qPrintable(result.message));
    QCOMPARE(treeSnapshot(f.workspace.path()), f.before);
    QCOMPARE(toString(result.step(Phase::Mutate).state), QStringLiteral("notReached"));
    QCOMPARE(f.leftInCache(), QStringList());
}

void TestScratchRun::whatCommandsChangeStaysInTheCopy()
{
    Fixture f;
    f.gate(Phase::Build, QStringLiteral("echo formatted >> a.txt; echo product > product.txt"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("ok"));
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("ALPHA\n"));
    QVERIFY(!f.workspace.exists(QStringLiteral("product.txt")));
    QCOMPARE(result.gates.first().changedPaths, QList<QString>{QStringLiteral("a.txt")});
    QCOMPARE(result.gates.first().sideEffects.total, 1);
    QCOMPARE(result.sideEffects.total, 0);
}

void TestScratchRun::theWorkspaceIsReadOnlyInTheSandbox()
{
    Fixture f;
    f.gate(Phase::Build, QStringLiteral("echo x > '%1'").arg(f.real(QStringLiteral("made"))));
    const RunResult result = f.run();
    if (result.sandbox.state != SandboxReport::State::On) {
        QSKIP("bubblewrap does not work here");
    }
    QCOMPARE(toString(result.status), QStringLiteral("failed"));
    QCOMPARE(treeSnapshot(f.workspace.path()), f.before);
}

void TestScratchRun::preRunsInTheWorkspace()
{
    Fixture f;
    f.gate(Phase::Pre, QStringLiteral("pwd"));
    f.gate(Phase::Build, QStringLiteral("pwd"));
    const RunResult result = f.run();
    QCOMPARE(result.gates.first().output.trimmed(), QFile::encodeName(f.workspace.path()));
    QVERIFY(result.gates.last().output != result.gates.first().output);
}

void TestScratchRun::withoutCommandsNothingIsCopied()
{
    Fixture f;
    f.gate(Phase::Pre, QStringLiteral("true"));
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("ok"));
    QCOMPARE(toString(result.validatedIn), QStringLiteral("place"));
    QVERIFY(!QFile::exists(f.cache.filePath(QStringLiteral("patchpanel"))));
}

void TestScratchRun::cancelled()
{
    Fixture f;
    f.gate(Phase::Build, QStringLiteral("sleep 1000"));
    f.onStep = [&f](const Step &step) {
        if (step.phase == Phase::Build && step.state == StepState::Running) {
            f.stop.request_stop();
        }
    };
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("cancelled"));
    QCOMPARE(treeSnapshot(f.workspace.path()), f.before);
    QCOMPARE(f.leftInCache(), QStringList());
}

void TestScratchRun::editedMeanwhile()
{
    Fixture f;
    f.gate(Phase::Build, QStringLiteral("true"));
    f.onStep = [&f](const Step &step) {
        if (step.phase == Phase::Build && step.state == StepState::Passed) {
            f.workspace.write(QStringLiteral("a.txt"), "edited\n");
        }
    };
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("stale"));
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("edited\n"));
}

void TestScratchRun::commits()
{
    Fixture f;
    f.task.git.requested = true;
    f.gate(Phase::Validate, QStringLiteral("git diff --quiet && exit 1; git diff --stat"));
    const RunResult result = f.run();
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QCOMPARE(result.commit.state, QStringLiteral("committed"));
    QCOMPARE(f.workspace.git({QStringLiteral("show"), QStringLiteral("HEAD:a.txt")}), QByteArray("ALPHA"));
}

QTEST_GUILESS_MAIN(TestScratchRun)
#include "tst_scratchrun.moc"
