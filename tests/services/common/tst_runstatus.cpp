#include "services/common/runstatus.h"

#include <QTest>

using namespace PatchPanel;

class TestRunStatus : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namesAndExitCodes_data();
    void namesAndExitCodes();
    void unknownNames();
};

void TestRunStatus::namesAndExitCodes_data()
{
    QTest::addColumn<RunStatus>("status");
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<bool>("success");
    QTest::addColumn<bool>("final");
    const auto row = [](RunStatus status, const char *name, int exitCode, bool success, bool final) {
        QTest::newRow(name) << status << QString::fromLatin1(name) << exitCode << success << final;
    };
    row(RunStatus::Queued, "queued", 4, false, false);
    row(RunStatus::Running, "running", 4, false, false);
    row(RunStatus::Ok, "ok", 0, true, true);
    row(RunStatus::Noop, "noop", 0, true, true);
    row(RunStatus::Skipped, "skipped", 0, true, true);
    row(RunStatus::Failed, "failed", 1, false, true);
    row(RunStatus::Conflict, "conflict", 3, false, true);
    row(RunStatus::Invalid, "invalid", 3, false, true);
    row(RunStatus::Stale, "stale", 3, false, true);
    row(RunStatus::Busy, "busy", 4, false, true);
    row(RunStatus::Cancelled, "cancelled", 130, false, true);
    row(RunStatus::Interrupted, "interrupted", 1, false, true);
    row(RunStatus::AppliedNotCommitted, "appliedNotCommitted", 1, false, true);
    row(RunStatus::RollbackFailed, "rollbackFailed", 6, false, true);
    row(RunStatus::Unknown, "unknown", 4, false, true);
}

void TestRunStatus::namesAndExitCodes()
{
    QFETCH(RunStatus, status);
    QFETCH(QString, name);
    QCOMPARE(toString(status), name);
    QVERIFY(runStatusFromString(name) == status);
    QTEST(exitCodeFor(status), "exitCode");
    QTEST(isSuccess(status), "success");
    QTEST(isFinal(status), "final");
}

void TestRunStatus::unknownNames()
{
    QVERIFY(!runStatusFromString(QStringLiteral("OK")));
    QVERIFY(!runStatusFromString({}));
}

QTEST_GUILESS_MAIN(TestRunStatus)
#include "tst_runstatus.moc"
