#include "services/patch/gateoutput.h"
#include "services/patch/gaterunner.h"
#include "tests/support/tempworkspace.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>
#include <thread>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::TempWorkspace;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    TempWorkspace workspace;
    WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    Log::Store store;
    GateRunner runner{root, QStringLiteral("cafe00000001"), QStringLiteral("task-7"),
                      Log::Writer(store, "runner-1", "cafe00000001")};

    Fixture() { runner.setKillAfter(300ms); }

    int commands = 0;

    GateReport run(const QString &command, std::chrono::milliseconds timeout = 60s, const std::stop_token &stop = {})
    {
        return run(Gate{Phase::Build, command, timeout}, stop);
    }
    GateReport run(const Gate &gate, const std::stop_token &stop = {})
    {
        return runner.run(gate, workspace.absolute(QStringLiteral("%1.log").arg(++commands)), stop);
    }

    // Lines that commands printed, of one level: without those that say how each began and ended.
    QList<QByteArray> lines(Log::Level level) const
    {
        QList<QByteArray> found;
        for (qsizetype i = 0; i < store.size(); ++i) {
            const QByteArray text = store.at(i).text;
            const bool isOfRunner = text.startsWith("$ ") || text.startsWith("Passed in ") || text.startsWith("Failed");
            if (store.at(i).level == level && store.at(i).phase && !isOfRunner) {
                found.append(text);
            }
        }
        return found;
    }
};

// Whether the process whose number a command wrote into `file` is there and no zombie.
bool isAlive(const Fixture &f, const QString &file)
{
    QFile stat(QStringLiteral("/proc/%1/stat").arg(f.workspace.read(file).trimmed().toInt()));
    if (!stat.open(QIODevice::ReadOnly)) {
        return false;
    }
    const QByteArray text = stat.readAll();
    return !text.mid(text.lastIndexOf(')')).startsWith(") Z");
}

} // namespace

class TestGateRunner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exitCodeDecides_data();
    void exitCodeDecides();
    void timeoutKills_data();
    void timeoutKills();
    void cancelEndsPromptly();
    void cancelledBeforeTheStart();
    void leftoversAreEndedAndNamed_data();
    void leftoversAreEndedAndNamed();
    void backgroundChildThatEndsItselfIsNoLeftover();
    void streamsAreToldApart();
    void outputKeepsItsEnd();
    void floodStaysBounded();
    void floodOfLongLinesStaysBounded();
    void longLineIsSplit();
    void binaryOutputIsKept();
    void wholeOutputIsOnDisk();
    void standardInputIsEmpty();
    void environmentIsAllowedList();
    void passesTheTraceContextOn();
    void inheritsNoDescriptor();
    void signalsAreReset();
    void runsInFolder();
    void missingFolderFails_data();
    void missingFolderFails();
    void ownSession();
};

void TestGateRunner::exitCodeDecides_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<StepState>("state");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("note");

    QTest::newRow("zero") << QStringLiteral("true") << StepState::Passed << 0 << QString();
    QTest::newRow("one") << QStringLiteral("false") << StepState::Failed << 1 << QString();
    QTest::newRow("not found") << QStringLiteral("no-such-command-here") << StepState::Failed << 127 << QString();
    QTest::newRow("syntax error") << QStringLiteral("if") << StepState::Failed << 2 << QString();
    QTest::newRow("signal") << QStringLiteral("kill -9 $$") << StepState::Failed << -1
                            << QStringLiteral("ended by signal 9");
    QTest::newRow("several lines") << QStringLiteral("a=1\ntest $a = 1") << StepState::Passed << 0 << QString();
}

void TestGateRunner::exitCodeDecides()
{
    QFETCH(QString, command);
    QFETCH(StepState, state);
    QFETCH(int, exitCode);
    QFETCH(QString, note);
    Fixture f;
    const GateReport report = f.run(command);
    QCOMPARE(toString(report.state), toString(state));
    QCOMPARE(report.exitCode, exitCode);
    QCOMPARE(report.note, note);
    QVERIFY(!report.timedOut);
}

void TestGateRunner::timeoutKills_data()
{
    QTest::addColumn<QString>("command");

    QTest::newRow("the command") << QStringLiteral("echo $$ > pid; exec sleep 1000");
    QTest::newRow("that ignores TERM") << QStringLiteral("trap '' TERM; echo $$ > pid; while :; do sleep 1000; done");
    QTest::newRow("a child") << QStringLiteral("sleep 1000 & echo $! > pid; wait");
    QTest::newRow("a child in a session of its own")
        << QStringLiteral("setsid nohup sleep 1000 >/dev/null 2>&1 & echo $! > pid; wait");
    QTest::newRow("an orphan in a session of its own")
        << QStringLiteral("(setsid nohup sh -c 'echo $$ > pid; exec sleep 1000' >/dev/null 2>&1 &); sleep 1000");
    QTest::newRow("an orphan that ignores TERM and hides its environment")
        << QStringLiteral("(setsid env -i sh -c 'trap \"\" TERM; echo $$ > pid; while :; do /bin/sleep 1000; done' "
                          ">/dev/null 2>&1 &); sleep 1000");
    QTest::newRow("a stopped process") << QStringLiteral("echo $$ > pid; kill -STOP $$");
}

void TestGateRunner::timeoutKills()
{
    QFETCH(QString, command);
    Fixture f;
    QElapsedTimer timer;
    timer.start();
    const GateReport report = f.run(command, 500ms);
    QVERIFY(timer.elapsed() < 10'000);
    QCOMPARE(toString(report.state), toString(StepState::Failed));
    QVERIFY(report.timedOut);
    QCOMPARE(report.note, QStringLiteral("killed after 0.5 s"));
    QVERIFY(f.workspace.exists(QStringLiteral("pid")));
    QVERIFY(!isAlive(f, QStringLiteral("pid")));
}

void TestGateRunner::cancelEndsPromptly()
{
    Fixture f;
    std::stop_source source;
    std::thread canceller([&] {
        while (!f.workspace.exists(QStringLiteral("pid"))) {
            std::this_thread::yield();
        }
        source.request_stop();
    });
    const GateReport report = f.run(QStringLiteral("echo $$ > pid; sleep 1000"), 60s, source.get_token());
    canceller.join();
    QCOMPARE(toString(report.state), toString(StepState::Failed));
    QVERIFY(!report.timedOut);
    QVERIFY(report.durationMs < 10'000);
    QVERIFY(report.note.contains(QStringLiteral("cancelled")));
}

void TestGateRunner::cancelledBeforeTheStart()
{
    Fixture f;
    std::stop_source source;
    source.request_stop();
    const GateReport report = f.run(QStringLiteral("sleep 1000"), 60s, source.get_token());
    QCOMPARE(toString(report.state), toString(StepState::Failed));
    QVERIFY(report.durationMs < 10'000);
}

void TestGateRunner::leftoversAreEndedAndNamed_data()
{
    QTest::addColumn<QString>("command");

    QTest::newRow("holds the output open") << QStringLiteral("sleep 1000 & echo $! > pid");
    QTest::newRow("holds nothing") << QStringLiteral("sleep 1000 >/dev/null 2>&1 & echo $! > pid");
    QTest::newRow("in a session of its own") << QStringLiteral("setsid sleep 1000 & echo $! > pid");
}

void TestGateRunner::leftoversAreEndedAndNamed()
{
    QFETCH(QString, command);
    Fixture f;
    const GateReport report = f.run(command);
    QCOMPARE(toString(report.state), toString(StepState::Passed));
    QCOMPARE(report.leftBehind, QList<QString>{QStringLiteral("sleep")});
    QCOMPARE(report.note, QStringLiteral("left 1 process running in the background, which were ended: sleep"));
    QVERIFY(report.durationMs < 10'000);
    QVERIFY(!isAlive(f, QStringLiteral("pid")));
}

void TestGateRunner::backgroundChildThatEndsItselfIsNoLeftover()
{
    Fixture f;
    const GateReport report = f.run(QStringLiteral("(sleep 0.1; echo late) &"));
    QCOMPARE(toString(report.state), toString(StepState::Passed));
    QCOMPARE(report.leftBehind, QList<QString>());
    QCOMPARE(report.output, QByteArray("late\n"));
}

void TestGateRunner::streamsAreToldApart()
{
    Fixture f;
    const GateReport report = f.run(QStringLiteral("echo one; echo two >&2; printf three"));
    QCOMPARE(f.lines(Log::Level::Info), (QList<QByteArray>{"one", "three"}));
    QCOMPARE(f.lines(Log::Level::Warning), QList<QByteArray>{"two"});
    QVERIFY(report.wroteErrors);
    QVERIFY(!report.outputTruncated);
    QCOMPARE(f.store.at(1).tag, QByteArray("BUILD"));
    QCOMPARE(f.store.at(1).runId, QByteArray("cafe00000001"));
    QVERIFY(!f.run(QStringLiteral("echo fine")).wroteErrors);
}

void TestGateRunner::outputKeepsItsEnd()
{
    Fixture f;
    const GateReport report = f.run(QStringLiteral("seq 1 100000"));
    QVERIFY(report.outputTruncated);
    QCOMPARE(report.output.size(), GateOutput::tailLimit);
    QVERIFY(report.output.endsWith("99999\n100000\n"));
}

void TestGateRunner::floodStaysBounded()
{
    Fixture f;
    const QString file = f.workspace.absolute(QStringLiteral("flood.log"));
    GateOutput output(Log::Writer(f.store, "runner-1"), "BUILD", Phase::Build, file, {}, {.lines = 1000});
    for (int i = 0; i < 300; ++i) {
        output.take(OutputStream::Standard, QByteArray("y\n").repeated(100));
    }
    output.finish();
    QCOMPARE(f.lines(Log::Level::Info).size(), 1000);
    QCOMPARE(QFileInfo(file).size(), 60'000);
    QVERIFY(f.store.at(1000).text.startsWith("More than 1000 lines: the log stops here, the whole output is in"));
    QVERIFY(f.store.at(1001).text.startsWith("29000 more lines"));
    QCOMPARE(output.tail().size(), 60'000);
}

void TestGateRunner::floodOfLongLinesStaysBounded()
{
    Fixture f;
    const QByteArray line(4095, 'x');
    const QString file = f.workspace.absolute(QStringLiteral("flood.log"));
    constexpr qsizetype mebibyte = 1024 * 1024;
    GateOutput output(Log::Writer(f.store, "runner-1"), "BUILD", Phase::Build, file, {}, {.bytes = mebibyte});
    for (int i = 0; i < 300; ++i) {
        output.take(OutputStream::Standard, line + '\n');
    }
    output.take(OutputStream::Standard, "end\n");
    output.finish();
    const qsizetype logged = mebibyte / line.size();
    QCOMPARE(f.lines(Log::Level::Info).size(), logged); // and none of the short ones that follow
    QCOMPARE(QFileInfo(file).size(), 300 * 4096 + 4);
    QVERIFY(f.store.at(logged).text.startsWith("More than 1 MiB: the log stops here, the whole output is in"));
    QVERIFY(f.store.at(logged + 1).text.startsWith(QByteArray::number(301 - logged) + " more lines"));
}

void TestGateRunner::longLineIsSplit()
{
    Fixture f;
    f.run(QStringLiteral("head -c 40000 /dev/zero | tr '\\0' x"));
    const QList<QByteArray> lines = f.lines(Log::Level::Info);
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0].size(), GateOutput::lineLimit);
    QCOMPARE(lines.join(), QByteArray(40000, 'x'));
}

void TestGateRunner::binaryOutputIsKept()
{
    Fixture f;
    const GateReport report = f.run(QStringLiteral("printf 'a\\000b\\377c\\r\\nd'"));
    QCOMPARE(report.output, QByteArray("a\0b\377c\r\nd", 8));
    QCOMPARE(f.lines(Log::Level::Info), (QList<QByteArray>{QByteArray("a\0b\377c", 5), "d"}));
}

void TestGateRunner::wholeOutputIsOnDisk()
{
    Fixture f;
    f.run(QStringLiteral("echo first"));
    f.run(QStringLiteral("seq 1 100000; echo error >&2"));
    QCOMPARE(f.workspace.read(QStringLiteral("1.log")), QByteArray("first\n"));
    const QByteArray whole = f.workspace.read(QStringLiteral("2.log"));
    QVERIFY(whole.startsWith("1\n2\n") && whole.contains("error\n") && whole.size() == 588895 + 6);
}

void TestGateRunner::standardInputIsEmpty()
{
    Fixture f;
    const GateReport report = f.run(QStringLiteral("cat; echo done"), 5s);
    QCOMPARE(toString(report.state), toString(StepState::Passed));
    QCOMPARE(report.output, QByteArray("done\n"));
}

void TestGateRunner::environmentIsAllowedList()
{
    qputenv("PATCHPANEL_TEST_SECRET", "hunter2");
    qputenv("SSH_AUTH_SOCK", "/nowhere");
    qputenv("LC_MEASUREMENT", "C");
    Fixture f;
    Gate gate{Phase::Validate, QStringLiteral("env")};
    gate.environment = {{QStringLiteral("OWN"), QStringLiteral("a b=c")},
                        {QStringLiteral("PATCHPANEL_RUN"), QStringLiteral("forged")}};
    const QList<QByteArray> lines = f.run(gate).output.split('\n');
    QVERIFY(lines.contains("OWN=a b=c"));
    QVERIFY(lines.contains("PATCHPANEL_RUN=cafe00000001"));
    QVERIFY(lines.contains("PATCHPANEL_TASK=task-7"));
    QVERIFY(lines.contains("PATCHPANEL_PHASE=validate"));
    QVERIFY(lines.contains("LC_MEASUREMENT=C"));
    QVERIFY(lines.contains("PATH=" + qgetenv("PATH")));
    QVERIFY(!lines.join(' ').contains("hunter2"));
    QVERIFY(!lines.join(' ').contains("SSH_AUTH_SOCK"));
    QVERIFY(!lines.join(' ').contains("TRACEPARENT"));
}

void TestGateRunner::passesTheTraceContextOn()
{
    Fixture f;
    f.runner.setTraceparent(QStringLiteral("00-cafe-01"));
    Gate gate{Phase::Validate, QStringLiteral("echo $TRACEPARENT")};
    gate.environment = {{QStringLiteral("TRACEPARENT"), QStringLiteral("forged")}};
    QCOMPARE(f.run(gate).output, QByteArray("00-cafe-01\n"));
}

void TestGateRunner::inheritsNoDescriptor()
{
    Fixture f;
    QFile inherited(f.workspace.absolute(QStringLiteral("open")));
    QVERIFY(inherited.open(QIODevice::WriteOnly));
    const int leaking = ::dup(inherited.handle()); // without close-on-exec
    const GateReport report = f.run(QStringLiteral("ls /proc/self/fd"));
    ::close(leaking);
    QCOMPARE(report.output.trimmed(), QByteArray("0\n1\n2\n3")); // 3: the folder that ls reads
}

void TestGateRunner::signalsAreReset()
{
    const auto previous = ::signal(SIGPIPE, SIG_IGN);
    Fixture f;
    const GateReport report = f.run(QStringLiteral("grep -E '^Sig(Ign|Blk)' /proc/self/status | tr -d '\\t\\n'"));
    ::signal(SIGPIPE, previous);
    QCOMPARE(report.output, QByteArray("SigBlk:0000000000000000SigIgn:0000000000000000"));
}

void TestGateRunner::runsInFolder()
{
    Fixture f;
    QVERIFY(f.workspace.write(QStringLiteral("tools/sub/file"), ""));
    Gate gate{Phase::Build, QStringLiteral("pwd -P")};
    QCOMPARE(f.run(gate).output.trimmed(), f.workspace.path().toUtf8());
    gate.cwd = QStringLiteral("tools/sub");
    QCOMPARE(f.run(gate).output.trimmed(), f.workspace.absolute(QStringLiteral("tools/sub")).toUtf8());
}

void TestGateRunner::missingFolderFails_data()
{
    QTest::addColumn<QString>("cwd");

    QTest::newRow("missing") << QStringLiteral("nowhere");
    QTest::newRow("a file") << QStringLiteral("file");
    QTest::newRow("a link out of the workspace") << QStringLiteral("out");
}

void TestGateRunner::missingFolderFails()
{
    QFETCH(QString, cwd);
    Fixture f;
    QVERIFY(f.workspace.write(QStringLiteral("file"), ""));
    QVERIFY(f.workspace.link(QStringLiteral("/tmp"), QStringLiteral("out")));
    Gate gate{Phase::Build, QStringLiteral("true")};
    gate.cwd = cwd;
    const GateReport report = f.run(gate);
    QCOMPARE(toString(report.state), toString(StepState::Failed));
    QCOMPARE(report.exitCode, -1);
    QVERIFY(report.note.startsWith(QStringLiteral("not started: the folder %1").arg(cwd)));
}

void TestGateRunner::ownSession()
{
    Fixture f;
    const GateReport report = f.run(QStringLiteral("cut -d' ' -f5,6 /proc/$$/stat; echo $$"));
    const QList<QByteArray> lines = report.output.split('\n');
    QCOMPARE(lines[0], lines[1] + ' ' + lines[1]); // group and session are its own
}

QTEST_APPLESS_MAIN(TestGateRunner)
#include "tst_gaterunner.moc"
