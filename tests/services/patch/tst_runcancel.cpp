#include "services/patch/patchrun.h"
#include "tests/support/gitworkspace.h"
#include "tests/support/treesnapshot.h"

#include <QTest>

#include <thread>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::treeSnapshot;

namespace {

// How many processes run a `sleep` of so many seconds.
int sleepers(const QString &seconds)
{
    QProcess find;
    find.start(QStringLiteral("pgrep"), {QStringLiteral("-fxc"), QStringLiteral("sleep ") + seconds});
    find.waitForFinished();
    return find.readAllStandardOutput().trimmed().toInt();
}

struct Fixture {
    GitWorkspace workspace;
    QTemporaryDir signs; // files that tell how far a run is
    Log::Store store;
    Task task;
    RunOptions options;
    std::stop_source stop;
    std::function<void(const Step &)> stepChanged = [](const Step &) {
    };
    QString seconds = QStringLiteral("1000.%1").arg(QCoreApplication::applicationPid()); // tells our sleep from others
    QMap<QString, QByteArray> before;
    QByteArray head;

    Fixture()
    {
        workspace.write(QStringLiteral("a.txt"), "alpha\n");
        workspace.write(QStringLiteral(".git/info/exclude"), ".patchpanel/\n");
        workspace.commitAll();
        before = treeSnapshot(workspace.path());
        head = workspace.git({QStringLiteral("rev-parse"), QStringLiteral("HEAD")});
        options.runId = QStringLiteral("cafe00000001");
        Op op;
        op.kind = OpKind::Create;
        op.path = QStringLiteral("made.txt");
        op.contents = QByteArray("made\n");
        task.ops = {op};
        task.git.requested = true;
    }

    // Ignores SIGTERM, and leaves a child that has done what it could to get away.
    QString stubborn() const
    {
        return QStringLiteral("trap '' TERM; setsid nohup sleep %1 >/dev/null 2>&1 & touch '%2'; "
                              "while :; do sleep 0.1; done")
            .arg(seconds, signs.filePath(QStringLiteral("started")));
    }
    void hook(const QString &name, const QString &command)
    {
        const QString path = QStringLiteral(".git/hooks/") + name;
        workspace.write(path, "#!/bin/sh\n" + command.toUtf8() + '\n');
        QFile::setPermissions(workspace.absolute(path), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    RunResult run()
    {
        return runTask(task, workspace.path(), options, Log::Writer(store, "runner-1", "cafe00000001"), stepChanged,
                       stop.get_token());
    }
    // Runs, and cancels as soon as the command or hook has started.
    RunResult runAndCancelOnceStarted()
    {
        const std::jthread canceller([this](const std::stop_token &giveUp) {
            while (!QFile::exists(signs.filePath(QStringLiteral("started"))) && !giveUp.stop_requested()) {
                std::this_thread::yield();
            }
            stop.request_stop();
        });
        return run();
    }
};

#define VERIFY_CANCELLED(fixture, result)                                                                              \
    do {                                                                                                               \
        QVERIFY2((result).status == RunStatus::Cancelled, qPrintable((result).message));                               \
        QVERIFY((result).error && (result).error->code == ErrorCode::Cancelled);                                       \
        QCOMPARE(treeSnapshot((fixture).workspace.path()), (fixture).before);                                          \
        QCOMPARE((fixture).workspace.git({QStringLiteral("rev-parse"), QStringLiteral("HEAD")}), (fixture).head);      \
        QCOMPARE((fixture).workspace.git({QStringLiteral("status"), QStringLiteral("--porcelain")}), QByteArray());    \
        QCOMPARE(sleepers((fixture).seconds), 0);                                                                      \
    } while (false)

} // namespace

// A run that is cancelled, at every moment of its life: the workspace is as it was, and nothing runs on.
class TestRunCancel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void beforeItBegins();
    void atAStep_data();
    void atAStep();
    void inAStubbornCommand_data();
    void inAStubbornCommand();
    void inAHook_data();
    void inAHook();
    void afterTheCommitIsTooLate();
};

void TestRunCancel::beforeItBegins()
{
    Fixture f;
    f.stop.request_stop();
    const RunResult result = f.run();
    VERIFY_CANCELLED(f, result);
    QVERIFY(result.message.contains(QStringLiteral("Nothing was changed")));
}

void TestRunCancel::atAStep_data()
{
    QTest::addColumn<Phase>("phase");
    QTest::addColumn<StepState>("state");

    QTest::newRow("files are staged") << Phase::Mutate << StepState::Running;
    QTest::newRow("files are written") << Phase::Mutate << StepState::Passed;
    QTest::newRow("a command is about to start") << Phase::Build << StepState::Running;
    QTest::newRow("the commands have passed") << Phase::Build << StepState::Passed;
    QTest::newRow("the commit is about to start") << Phase::Commit << StepState::Running;
}

void TestRunCancel::atAStep()
{
    QFETCH(Phase, phase);
    QFETCH(StepState, state);
    Fixture f;
    f.task.gates = {Gate{Phase::Build, QStringLiteral("true")}};
    f.stepChanged = [&](const Step &step) {
        if (step.phase == phase && step.state == state) {
            f.stop.request_stop();
        }
    };
    const RunResult result = f.run();
    VERIFY_CANCELLED(f, result);
}

void TestRunCancel::inAStubbornCommand_data()
{
    QTest::addColumn<Phase>("phase");
    QTest::addColumn<SandboxMode>("sandbox");

    QTest::newRow("pre") << Phase::Pre << SandboxMode::Auto;
    QTest::newRow("build") << Phase::Build << SandboxMode::Auto;
    QTest::newRow("test, without a sandbox") << Phase::Test << SandboxMode::Off;
}

void TestRunCancel::inAStubbornCommand()
{
    QFETCH(Phase, phase);
    QFETCH(SandboxMode, sandbox);
    Fixture f;
    f.options.sandbox = sandbox;
    f.task.gates = {Gate{phase, f.stubborn()}};
    const RunResult result = f.runAndCancelOnceStarted();
    VERIFY_CANCELLED(f, result);
}

void TestRunCancel::inAHook_data()
{
    QTest::addColumn<QString>("hook");
    QTest::newRow("pre-commit") << QStringLiteral("pre-commit");
    QTest::newRow("commit-msg") << QStringLiteral("commit-msg");
}

void TestRunCancel::inAHook()
{
    QFETCH(QString, hook);
    Fixture f;
    f.hook(hook, f.stubborn());
    const RunResult result = f.runAndCancelOnceStarted();
    VERIFY_CANCELLED(f, result);
    QVERIFY(!f.workspace.exists(QStringLiteral(".git/index.lock")));
}

void TestRunCancel::afterTheCommitIsTooLate()
{
    Fixture f;
    f.stepChanged = [&f](const Step &step) {
        if (step.phase == Phase::Commit && step.state == StepState::Passed) {
            f.stop.request_stop();
        }
    };
    const RunResult result = f.run();
    QCOMPARE(toString(result.status), QStringLiteral("ok"));
    QCOMPARE(result.commit.state, QStringLiteral("committed"));
}

QTEST_GUILESS_MAIN(TestRunCancel)
#include "tst_runcancel.moc"
