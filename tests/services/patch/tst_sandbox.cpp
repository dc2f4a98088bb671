#include "services/patch/gaterunner.h"
#include "services/patch/sandbox.h"
#include "tests/support/gitworkspace.h"

#include <QStandardPaths>
#include <QTcpServer>
#include <QTest>

#include <pwd.h>
#include <thread>
#include <unistd.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::GitWorkspace;
using namespace std::chrono_literals;

namespace {

// Commands in the sandbox, on a repository; and a folder that is no part of it and not among the temporary ones.
struct Fixture {
    GitWorkspace workspace;
    QTemporaryDir elsewhere{QString::fromLocal8Bit(::getpwuid(::geteuid())->pw_dir)
                            + QStringLiteral("/elsewhere-XXXXXX")};
    WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    Log::Store store;
    GateRunner runner{root, QStringLiteral("cafe00000001"), QStringLiteral("task-7"),
                      Log::Writer(store, "runner-1", "cafe00000001")};

    Fixture()
    {
        workspace.write(QStringLiteral(".patchpanel/lock"), "");
        workspace.write(QStringLiteral("a.txt"), "alpha\n");
        workspace.commitAll();
        runner.setKillAfter(300ms);
        runner.setSandbox(Sandbox::forRun(root, SandboxMode::Auto).value());
    }

    GateReport run(QString command, Network network = Network::Shared, std::chrono::milliseconds timeout = 60s,
                   const std::stop_token &stop = {})
    {
        command.replace(QStringLiteral("ELSEWHERE"), elsewhere.path());
        return runner.run(Gate{.phase = Phase::Build, .command = command, .timeout = timeout, .network = network}, {},
                          stop);
    }
};

// How many processes run a `sleep` of so many seconds.
int sleepers(const QString &seconds)
{
    QProcess find;
    find.start(QStringLiteral("pgrep"), {QStringLiteral("-fxc"), QStringLiteral("sleep ") + seconds});
    find.waitForFinished();
    return find.readAllStandardOutput().trimmed().toInt();
}

} // namespace

class TestSandbox : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTryThatWasStoppedIsNoAnswer(); // before the first try that is one
    void offWrapsNothing();
    void requiredWithoutBubblewrap();
    void confines_data();
    void confines();
    void gitFolderElsewhereIsReadOnly();
    void exitCodeComesThrough_data();
    void exitCodeComesThrough();
    void networkCanBeTakenAway();
    void commandHasTimeToEnd();
    void everythingEnds_data();
    void everythingEnds();
    void leftoversAreNamed();

private:
    void skipWithoutBubblewrap(const Fixture &f);
};

#define SKIP_WITHOUT_SANDBOX(fixture)                                                                                  \
    do {                                                                                                               \
        const Sandbox sandbox = Sandbox::forRun((fixture).root, SandboxMode::Auto).value();                            \
        if (!sandbox.isOn()) {                                                                                         \
            QSKIP(qPrintable(sandbox.report().why));                                                                   \
        }                                                                                                              \
    } while (false)

void TestSandbox::aTryThatWasStoppedIsNoAnswer()
{
    const Fixture f;
    std::stop_source stop;
    stop.request_stop();
    Sandbox::tryOut(f.root, stop.get_token());
    const QString why = Sandbox::forRun(f.root, SandboxMode::Auto).value().report().why;
    QVERIFY2(!why.contains(QStringLiteral("cancelled")), qPrintable(why));
}

void TestSandbox::offWrapsNothing()
{
    Fixture f;
    const Sandbox sandbox = Sandbox::forRun(f.root, SandboxMode::Off).value();
    QVERIFY(!sandbox.isOn());
    QCOMPARE(sandbox.report().why, QStringLiteral("not asked for"));
    const ProcessSpec spec = sandbox.wrapped({.program = QStringLiteral("/bin/sh")}, f.workspace.path(), Network::None);
    QCOMPARE(spec.program, QStringLiteral("/bin/sh"));
    QVERIFY(spec.arguments.isEmpty());
    QCOMPARE(sandbox.unwrapped({.exitCode = 137}).exitCode, 137);
}

// In a process of its own, because the answer of the first try counts for the life of a process.
void TestSandbox::requiredWithoutBubblewrap()
{
    if (qEnvironmentVariableIsSet("WITHOUT_BUBBLEWRAP")) {
        Fixture f;
        const Result<Sandbox> required = Sandbox::forRun(f.root, SandboxMode::Require);
        QVERIFY(!required);
        QCOMPARE(required.error().code, ErrorCode::Unavailable);
        QVERIFY(required.error().message.contains(QStringLiteral("bubblewrap is not installed")));
        const Result<Sandbox> tolerant = Sandbox::forRun(f.root, SandboxMode::Auto);
        QVERIFY(tolerant);
        QVERIFY(!tolerant->isOn());
        QCOMPARE(tolerant->report().why, QStringLiteral("bubblewrap is not installed"));
        QCOMPARE(toString(f.run(QStringLiteral("true")).state), QStringLiteral("passed"));
        return;
    }
    QTemporaryDir bin; // all programs that are needed but bwrap
    for (const char *name : {"git", "sh"}) {
        QVERIFY(QFile::link(QStandardPaths::findExecutable(QLatin1String(name)), bin.filePath(QLatin1String(name))));
    }
    QProcess again;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("WITHOUT_BUBBLEWRAP"), QStringLiteral("1"));
    environment.insert(QStringLiteral("PATH"), bin.path());
    again.setProcessEnvironment(environment);
    again.start(QCoreApplication::applicationFilePath(), {QStringLiteral("requiredWithoutBubblewrap")});
    QVERIFY(again.waitForFinished());
    QVERIFY2(again.exitCode() == 0, again.readAllStandardOutput().constData());
}

void TestSandbox::confines_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<bool>("passes");

    QTest::newRow("workspace is writable") << QStringLiteral("echo x > made.txt && rm a.txt") << true;
    QTest::newRow("temporary files are writable") << QStringLiteral("f=$(mktemp) && echo x > $f && rm $f") << true;
    QTest::newRow("elsewhere is readable") << QStringLiteral("ls ELSEWHERE") << true;
    QTest::newRow("elsewhere is not writable") << QStringLiteral("echo x > ELSEWHERE/made.txt") << false;
    QTest::newRow("elsewhere is not removable") << QStringLiteral("rm -rf ELSEWHERE") << false;
    QTest::newRow("the repository is not writable") << QStringLiteral("git commit -q --allow-empty -m x") << false;
    QTest::newRow("the repository is readable") << QStringLiteral("git status && git log") << true;
    QTest::newRow("the repository's folder does not go") << QStringLiteral("rm -rf .git; test ! -e .git/HEAD") << false;
    QTest::newRow("the state is not writable") << QStringLiteral("echo x > .patchpanel/lock") << false;
    QTest::newRow("other processes are out of sight")
        << QStringLiteral("test $(ls -d /proc/[0-9]* | wc -l) -lt 8") << true;
    QTest::newRow("nothing can be mounted anew") << QStringLiteral("mount -o remount,rw /") << false;
    QTest::newRow("devices") << QStringLiteral("echo x > /dev/null && head -c1 /dev/urandom > r") << true;
}

void TestSandbox::confines()
{
    QFETCH(QString, command);
    QFETCH(bool, passes);
    Fixture f;
    SKIP_WITHOUT_SANDBOX(f);
    if (command.contains(QStringLiteral("ELSEWHERE")) && !f.elsewhere.isValid()) {
        QSKIP("the home folder is not writable");
    }
    const GateReport report = f.run(command);
    QVERIFY2((report.state == StepState::Passed) == passes, report.output.constData());
    QVERIFY(!f.elsewhere.isValid() || QDir(f.elsewhere.path()).exists());
    QVERIFY(!f.elsewhere.isValid() || QDir(f.elsewhere.path()).isEmpty());
    QVERIFY(f.workspace.exists(QStringLiteral(".git/HEAD")));
    QCOMPARE(f.workspace.read(QStringLiteral(".patchpanel/lock")), QByteArray(""));
}

void TestSandbox::gitFolderElsewhereIsReadOnly()
{
    Fixture f;
    SKIP_WITHOUT_SANDBOX(f);
    QTemporaryDir place; // among the temporary files, which are writable
    const QString path = place.filePath(QStringLiteral("tree"));
    f.workspace.git({QStringLiteral("worktree"), QStringLiteral("add"), QStringLiteral("-q"), path});
    const WorkspaceRoot root = WorkspaceRoot::open(path).value();
    GateRunner runner(root, QStringLiteral("cafe00000001"), {}, Log::Writer(f.store, "runner-1", "cafe00000001"));
    runner.setSandbox(Sandbox::forRun(root, SandboxMode::Auto).value());
    const auto passes = [&](const QString &command) {
        return runner.run(Gate{.phase = Phase::Build, .command = command}, {}, {}).state == StepState::Passed;
    };
    QVERIFY(passes(QStringLiteral("git status && echo x > made.txt")));
    QVERIFY(!passes(QStringLiteral("git commit -q --allow-empty -m x")));
    QVERIFY(!passes(QStringLiteral("echo x > .git")));
    QVERIFY(!passes(QStringLiteral("git config a.b c")));
}

void TestSandbox::exitCodeComesThrough_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("note");

    QTest::newRow("zero") << QStringLiteral("true") << 0 << QString();
    QTest::newRow("seven") << QStringLiteral("exit 7") << 7 << QString();
    QTest::newRow("not found") << QStringLiteral("no-such-command-here") << 127 << QString();
    QTest::newRow("high") << QStringLiteral("exit 255") << 255 << QString();
    QTest::newRow("signal") << QStringLiteral("kill -SEGV $$") << -1 << QStringLiteral("ended by signal 11");
}

void TestSandbox::exitCodeComesThrough()
{
    QFETCH(QString, command);
    QFETCH(int, exitCode);
    QFETCH(QString, note);
    Fixture f;
    SKIP_WITHOUT_SANDBOX(f);
    const GateReport report = f.run(command);
    QCOMPARE(report.exitCode, exitCode);
    QCOMPARE(report.note, note);
}

void TestSandbox::networkCanBeTakenAway()
{
    Fixture f;
    SKIP_WITHOUT_SANDBOX(f);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const QString connect = QStringLiteral("bash -c 'exec 3<>/dev/tcp/127.0.0.1/%1'").arg(server.serverPort());
    QCOMPARE(toString(f.run(connect).state), QStringLiteral("passed"));
    QCOMPARE(toString(f.run(connect, Network::None).state), QStringLiteral("failed"));
}

void TestSandbox::commandHasTimeToEnd()
{
    Fixture f;
    SKIP_WITHOUT_SANDBOX(f);
    f.runner.setKillAfter(20s);
    const GateReport report =
        f.run(QStringLiteral("trap 'echo tidied > tidy.txt; exit 0' TERM; while :; do sleep 0.1; done"),
              Network::Shared, 300ms);
    QVERIFY(report.timedOut);
    QCOMPARE(f.workspace.read(QStringLiteral("tidy.txt")), QByteArray("tidied\n"));
    QVERIFY(report.durationMs < 15'000);
}

void TestSandbox::everythingEnds_data()
{
    QTest::addColumn<bool>("cancel");
    QTest::newRow("time-out") << false;
    QTest::newRow("cancel") << true;
}

void TestSandbox::everythingEnds()
{
    QFETCH(bool, cancel);
    Fixture f;
    SKIP_WITHOUT_SANDBOX(f);
    const QString seconds = QStringLiteral("1%1").arg(QCoreApplication::applicationPid()) + (cancel ? u'1' : u'2');
    const QString command =
        QStringLiteral(
            "trap '' TERM; setsid nohup sleep %1 >/dev/null 2>&1 & touch started; while :; do sleep 0.1; done")
            .arg(seconds);
    std::stop_source source;
    std::jthread canceller;
    if (cancel) {
        canceller = std::jthread([&](const std::stop_token &giveUp) {
            while (!f.workspace.exists(QStringLiteral("started")) && !giveUp.stop_requested()) {
                std::this_thread::sleep_for(5ms);
            }
            source.request_stop();
        });
    }
    const GateReport report = f.run(command, Network::Shared, cancel ? 60s : 700ms, source.get_token());
    QCOMPARE(toString(report.state), QStringLiteral("failed"));
    QCOMPARE(report.timedOut, !cancel);
    QVERIFY(f.workspace.exists(QStringLiteral("started")));
    QCOMPARE(sleepers(seconds), 0);
}

void TestSandbox::leftoversAreNamed()
{
    Fixture f;
    SKIP_WITHOUT_SANDBOX(f);
    const QString seconds = QStringLiteral("1%13").arg(QCoreApplication::applicationPid());
    const GateReport report = f.run(QStringLiteral("setsid sleep %1 >/dev/null 2>&1 &").arg(seconds));
    QCOMPARE(toString(report.state), QStringLiteral("passed"));
    QCOMPARE(report.leftBehind, QList<QString>{QStringLiteral("sleep")});
    QCOMPARE(sleepers(seconds), 0);
}

QTEST_GUILESS_MAIN(TestSandbox)
#include "tst_sandbox.moc"
