#include "services/patch/recovery.h"
#include "services/patch/transaction.h"
#include "tests/support/transactionscenario.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::everyKind;
using PatchPanel::Test::fillWorkspace;
using PatchPanel::Test::PlanBuilder;
using PatchPanel::Test::TempWorkspace;
using PatchPanel::Test::treeSnapshot;

namespace {

const QString runId = QStringLiteral("aaaaaaaaaaaa");

// A run whose lock ran out, and which does not know it: nobody answers its questions but with yes.
struct Fixture {
    TempWorkspace workspace;
    QMap<QString, QByteArray> before;
    std::optional<WorkspaceRoot> root;
    std::optional<Transaction> stale;

    Fixture()
    {
        fillWorkspace(workspace);
        before = now();
        root = WorkspaceRoot::open(workspace.path()).value();
        PlanBuilder builder(workspace.path());
        everyKind(builder);
        Result<Transaction> prepared =
            Transaction::prepare(*root, builder.plan(), runId, Durability::Process, HardLinks::Keep, {}, Fence{1, {}});
        if (prepared) {
            stale.emplace(std::move(*prepared));
        }
    }
    QMap<QString, QByteArray> now() const { return treeSnapshot(workspace.path()); }
    bool apply()
    {
        return stale->apply([](const TxAction &) {}).ok();
    }
    Result<RecoveryReport> recover(qint64 number) const { return recoverPending(*root, Fence{number, {}}); }
};

} // namespace

// A transaction that another holder takes over while its run is alive: nothing that the run does after that counts.
class TestTakeOver : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void worksAloneAsEver();
    void aStaleRunSwitchesNothing();
    void aStaleRunSwitchesNothingMore();
    void aStaleRunTakesNothingBack();
    void aStaleCommitDoesNotCount();
    void aCommitBeforeItStands();
    void theNextHolderTakesOverFromTheOneBefore();
    void goesOnFromAHolderThatWasKilled_data();
    void goesOnFromAHolderThatWasKilled();
    void theWayBackOfWhatIsFinishedIsKept();
};

void TestTakeOver::worksAloneAsEver()
{
    Fixture fixture;
    QVERIFY(fixture.stale);
    QVERIFY(fixture.apply());
    QVERIFY(fixture.now() != fixture.before);
    QVERIFY(fixture.stale->rollback().isComplete());
    QVERIFY(fixture.stale->close().ok());
    QCOMPARE(fixture.now(), fixture.before);
}

void TestTakeOver::aStaleRunSwitchesNothing()
{
    Fixture fixture;
    QVERIFY(fixture.recover(2).ok());
    QVERIFY(!fixture.apply());
    QCOMPARE(fixture.now(), fixture.before);
    [[maybe_unused]] const RollbackReport report = fixture.stale->rollback();
    QCOMPARE(fixture.now(), fixture.before);
}

void TestTakeOver::aStaleRunSwitchesNothingMore()
{
    Fixture fixture;
    int switched = 0;
    const Result<void> applied = fixture.stale->apply([&](const TxAction &) {
        if (++switched == 3) {
            QVERIFY(fixture.recover(2).ok());
        }
    });
    QVERIFY(!applied.ok());
    QCOMPARE(switched, 3);
    QCOMPARE(fixture.now(), fixture.before);
}

void TestTakeOver::aStaleRunTakesNothingBack()
{
    Fixture fixture;
    QVERIFY(fixture.apply());
    const Result<Transaction> next = Transaction::load(*fixture.root, runId, Fence{2, {}});
    QVERIFY(next.ok());
    const auto applied = fixture.now();
    [[maybe_unused]] const RollbackReport report = fixture.stale->rollback();
    QCOMPARE(fixture.now(), applied);
}

void TestTakeOver::aStaleCommitDoesNotCount()
{
    Fixture fixture;
    QVERIFY(fixture.apply());
    Result<Transaction> next = Transaction::load(*fixture.root, runId, Fence{2, {}});
    QVERIFY(next.ok());
    QVERIFY(fixture.stale->commit().ok());
    QVERIFY(!next->isCommitted());
    QVERIFY(fixture.recover(2).ok());
    QCOMPARE(fixture.now(), fixture.before);
}

void TestTakeOver::aCommitBeforeItStands()
{
    Fixture fixture;
    QVERIFY(fixture.apply());
    QVERIFY(fixture.stale->commit().ok());
    const auto applied = fixture.now();
    const Result<RecoveryReport> report = fixture.recover(2);
    QVERIFY(report.ok());
    QCOMPARE(report->finished, QList<QString>{runId});
    QCOMPARE(fixture.now(), applied);
}

void TestTakeOver::theNextHolderTakesOverFromTheOneBefore()
{
    Fixture fixture;
    QVERIFY(fixture.apply());
    const auto applied = fixture.now();
    Result<Transaction> second = Transaction::load(*fixture.root, runId, Fence{2, {}});
    Result<Transaction> third = Transaction::load(*fixture.root, runId, Fence{3, {}});
    QVERIFY(second.ok() && third.ok());
    [[maybe_unused]] const RollbackReport vain = second->rollback();
    QCOMPARE(fixture.now(), applied);
    QVERIFY(third->rollback().isComplete());
    QCOMPARE(fixture.now(), fixture.before);
    QVERIFY(third->close().ok());
    QVERIFY(!fixture.workspace.exists(QStringLiteral(".patchpanel/tx/") + runId));
}

void TestTakeOver::goesOnFromAHolderThatWasKilled_data()
{
    QTest::addColumn<qint64>("number");
    QTest::newRow("under a lock that can be lost") << qint64(3);
    QTest::newRow("under the operating system's") << qint64(0);
}

void TestTakeOver::goesOnFromAHolderThatWasKilled()
{
    QFETCH(qint64, number);
    Fixture fixture;
    QVERIFY(fixture.apply());
    {
        const Result<Transaction> killed = Transaction::load(*fixture.root, runId, Fence{2, {}});
        QVERIFY(killed.ok());
    }
    const Result<RecoveryReport> report = fixture.recover(number);
    QVERIFY(report.ok());
    QCOMPARE(report->rolledBack, QList<QString>{runId});
    QCOMPARE(fixture.now(), fixture.before);
}

void TestTakeOver::theWayBackOfWhatIsFinishedIsKept()
{
    Fixture fixture;
    QVERIFY(fixture.apply());
    QVERIFY(fixture.stale->commit().ok());
    QVERIFY(fixture.recover(2).ok());
    const QDir undo(fixture.workspace.absolute(QStringLiteral(".patchpanel/history/%1/undo").arg(runId)));
    QCOMPARE(undo.entryList(QDir::Dirs | QDir::NoDotAndDotDot), QStringList{QStringLiteral("slot")});
    QVERIFY(!QDir(undo.filePath(QStringLiteral("slot"))).isEmpty());
}

QTEST_GUILESS_MAIN(TestTakeOver)
#include "tst_takeover.moc"
