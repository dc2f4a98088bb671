#include "services/common/json.h"
#include "services/patch/descriptor.h"
#include "services/patch/journal.h"
#include "services/patch/patchrun.h"
#include "services/patch/recovery.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

#include <fcntl.h>
#include <thread>

using namespace PatchPanel;
using namespace PatchPanel::Patch;

namespace {

const QString runId = QStringLiteral("cafe00000001");

// A run whose lock is lost when it asks for the nth time, from 0 up.
struct Fixture {
    Test::TempWorkspace workspace;
    Log::Store store;
    Task task;
    RunOptions options;
    std::stop_source stop;
    int lostAt = -1; // never
    ErrorCode loss = ErrorCode::Busy;
    int asked = 0;

    Fixture()
    {
        workspace.write(QStringLiteral("a.txt"), "old\n");
        Op op;
        op.kind = OpKind::Update;
        op.path = QStringLiteral("a.txt");
        op.contents = QByteArray("new\n");
        task.ops = {op};
        options.runId = runId;
        options.durability = Durability::Process;
        options.fence = {7, [this]() -> Result<void> {
                             return lostAt < 0 || asked++ < lostAt ? Result<void>{}
                                                                   : Error{loss, QStringLiteral("somebody took it")};
                         }};
    }
    RunResult run()
    {
        return runTask(task, workspace.path(), options, Log::Writer(store, "runner-1", runId.toUtf8()), {},
                       stop.get_token());
    }
    QList<JournalRecord> journal(const QString &folder) const
    {
        const Descriptor open(::open(qPrintable(workspace.absolute(QStringLiteral(".patchpanel/") + folder)),
                                     O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        return Journal::read(open.get());
    }
    QString reportedStatus() const
    {
        const auto report =
            parseJsonObject(workspace.read(QStringLiteral(".patchpanel/history/%1/report.json").arg(runId)));
        return report ? (*report)[QStringLiteral("status")].toString() : QString();
    }
    bool isPending() const { return workspace.exists(QStringLiteral(".patchpanel/tx/") + runId); }
    // What the next holder does first.
    bool recover() const { return recoverPending(*WorkspaceRoot::open(workspace.path())).ok(); }
};

} // namespace

// A run under a lock that can be lost: what it does when the lock says so, at each moment at which it asks.
class TestFencedRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theNumberIsInTheJournal();
    void withoutANumberTheJournalNamesNone();
    void leavesTheWorkspaceToTheNextHolder_data();
    void leavesTheWorkspaceToTheNextHolder();
    void takesBackWhatItWroteWhileItMay_data();
    void takesBackWhatItWroteWhileItMay();
    void aStopForTheLockIsNoCancel();
    void aFailedGateDoesNotRollBackInTheWorkspaceOfAnother();
};

void TestFencedRun::theNumberIsInTheJournal()
{
    Fixture fixture;
    QCOMPARE(toString(fixture.run().status), toString(RunStatus::Ok));
    const QList<JournalRecord> journal = fixture.journal(QStringLiteral("history/%1/undo").arg(runId));
    QVERIFY(!journal.isEmpty());
    QCOMPARE(journal.first().event, JournalEvent::Begun);
    QCOMPARE(journal.first().data[QStringLiteral("fence")].toInteger(), 7);
}

void TestFencedRun::withoutANumberTheJournalNamesNone()
{
    Fixture fixture;
    fixture.options.fence = {};
    QCOMPARE(toString(fixture.run().status), toString(RunStatus::Ok));
    const QList<JournalRecord> journal = fixture.journal(QStringLiteral("history/%1/undo").arg(runId));
    QVERIFY(!journal.isEmpty());
    QVERIFY(!journal.first().data.contains(QStringLiteral("fence")));
}

void TestFencedRun::leavesTheWorkspaceToTheNextHolder_data()
{
    QTest::addColumn<int>("lostAt");
    QTest::addColumn<bool>("isPending"); // something is left for the next holder to settle
    QTest::addColumn<QByteArray>("left"); // in the file
    QTest::addColumn<QByteArray>("settled"); // once the next holder came
    QTest::addColumn<QString>("report");
    QTest::newRow("before it has promised anything")
        << 0 << false << QByteArray("old\n") << QByteArray("old\n") << QStringLiteral("interrupted");
    QTest::newRow("before the switch") << 1 << true << QByteArray("old\n") << QByteArray("old\n")
                                       << QStringLiteral("interrupted");
    QTest::newRow("before the commit") << 2 << true << QByteArray("new\n") << QByteArray("old\n")
                                       << QStringLiteral("interrupted");
    QTest::newRow("while it committed") << 3 << true << QByteArray("new\n") << QByteArray("new\n")
                                        << QStringLiteral("ok");
}

void TestFencedRun::leavesTheWorkspaceToTheNextHolder()
{
    QFETCH(int, lostAt);
    QFETCH(bool, isPending);
    Fixture fixture;
    fixture.lostAt = lostAt;
    const RunResult result = fixture.run();
    QVERIFY2(result.status == RunStatus::Interrupted, qPrintable(result.message));
    QVERIFY2(result.message.contains(QStringLiteral("somebody took it")), qPrintable(result.message));
    QCOMPARE(result.error->code, ErrorCode::Busy);
    QCOMPARE(fixture.isPending(), isPending);
    QTEST(fixture.workspace.read(QStringLiteral("a.txt")), "left");
    QVERIFY(fixture.recover());
    QTEST(fixture.workspace.read(QStringLiteral("a.txt")), "settled");
    QTEST(fixture.reportedStatus(), "report");
    QVERIFY(!fixture.isPending());
}

void TestFencedRun::takesBackWhatItWroteWhileItMay_data()
{
    QTest::addColumn<int>("lostAt");
    QTest::addColumn<bool>("isTakenBack");
    QTest::newRow("before it has promised anything") << 0 << true;
    QTest::newRow("before the switch") << 1 << true;
    QTest::newRow("before the commit") << 2 << true;
    QTest::newRow("after the commit, which stands") << 3 << false;
}

void TestFencedRun::takesBackWhatItWroteWhileItMay()
{
    QFETCH(int, lostAt);
    QFETCH(bool, isTakenBack);
    Fixture fixture;
    fixture.lostAt = lostAt;
    fixture.loss = ErrorCode::Unavailable;
    const RunResult result = fixture.run();
    QCOMPARE(toString(result.status), toString(isTakenBack ? RunStatus::Interrupted : RunStatus::Ok));
    QCOMPARE(fixture.workspace.read(QStringLiteral("a.txt")), QByteArray(isTakenBack ? "old\n" : "new\n"));
    QCOMPARE(fixture.reportedStatus(), toString(result.status));
    QVERIFY(!fixture.isPending());
}

void TestFencedRun::aStopForTheLockIsNoCancel()
{
    Fixture fixture;
    Gate gate;
    gate.command = QStringLiteral("touch begun; sleep 600");
    fixture.task.gates = {gate};
    fixture.loss = ErrorCode::Unavailable;
    std::jthread lockWatch([&](const std::stop_token &giveUp) {
        while (!fixture.workspace.exists(QStringLiteral("begun")) && !giveUp.stop_requested()) {
            std::this_thread::yield();
        }
        fixture.lostAt = 0;
        fixture.stop.request_stop();
    });
    const RunResult result = fixture.run();
    QVERIFY2(result.status == RunStatus::Interrupted, qPrintable(result.message));
    QCOMPARE(fixture.workspace.read(QStringLiteral("a.txt")), QByteArray("old\n"));
}

void TestFencedRun::aFailedGateDoesNotRollBackInTheWorkspaceOfAnother()
{
    Fixture fixture;
    Gate gate;
    gate.command = QStringLiteral("exit 1");
    fixture.task.gates = {gate};
    fixture.lostAt = 2;
    const RunResult result = fixture.run();
    QCOMPARE(toString(result.status), toString(RunStatus::Interrupted));
    QCOMPARE(fixture.workspace.read(QStringLiteral("a.txt")), QByteArray("new\n"));
    QVERIFY(fixture.recover());
    QCOMPARE(fixture.workspace.read(QStringLiteral("a.txt")), QByteArray("old\n"));
}

QTEST_GUILESS_MAIN(TestFencedRun)
#include "tst_fencedrun.moc"
