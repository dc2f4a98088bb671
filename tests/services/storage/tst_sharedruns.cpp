#include "services/storage/sharedruns.h"
#include "tests/support/redisserver.h"

#include <QTest>

#include <csignal>

using namespace PatchPanel;
using namespace PatchPanel::Storage;
using namespace std::chrono_literals;

class TestSharedRuns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        signal(SIGPIPE, SIG_IGN); // as main does
        QVERIFY2(m_server.start(), qPrintable(m_server.errorText()));
    }
    void init() { QVERIFY(redis().command({"FLUSHALL"}).ok()); }
    void tellsWhatIsKnown();
    void theLogGrowsUntilItsEnd();
    void endsOnce();
    void aLongLogIsCut();
    void isForgottenAfterADay();
    void whatOthersWroteIsNoTrap();

private:
    RedisConnection redis() const { return RedisConnection(url()); }
    RedisUrl url() const { return parseRedisUrl(m_server.url()).value(); }
    static SharedRun runNamed(const QString &id, RunStatus status)
    {
        return {.runId = id,
                .status = status,
                .task = QStringLiteral("tasks/ä.json"),
                .workspace = QStringLiteral("/srv/shop"),
                .runner = QStringLiteral("runner-1"),
                .machine = QStringLiteral("build-7")};
    }

    const QString m_id = QStringLiteral("0123456789ab");
    Test::RedisServer m_server;
};

void TestSharedRuns::tellsWhatIsKnown()
{
    SharedRuns runs(url());
    QVERIFY(!runs.find(m_id).value());
    QVERIFY(runs.publish(runNamed(m_id, RunStatus::Running)).ok());
    const SharedRun running = runs.find(m_id).value().value();
    QVERIFY(running.status == RunStatus::Running);
    QCOMPARE(running.task, QStringLiteral("tasks/ä.json"));
    QCOMPARE(running.workspace, QStringLiteral("/srv/shop"));
    QCOMPARE(running.runner, QStringLiteral("runner-1"));
    QCOMPARE(running.machine, QStringLiteral("build-7"));
    QVERIFY(running.result.isEmpty());
    SharedRun ended = runNamed(m_id, RunStatus::Ok);
    ended.result = R"({"status":"ok"})";
    ended.report = "# Report\n";
    QVERIFY(runs.publish(ended).ok());
    const SharedRun found = runs.find(m_id).value().value();
    QVERIFY(found.status == RunStatus::Ok);
    QCOMPARE(found.result, ended.result);
    QCOMPARE(found.report, ended.report);
}

void TestSharedRuns::theLogGrowsUntilItsEnd()
{
    SharedRuns runs(url());
    QVERIFY(runs.publish(runNamed(m_id, RunStatus::Running), "1\n2\n").ok());
    SharedLogPart part = runs.readLog(m_id, {}, 1ms).value();
    QCOMPARE(part.lines, QByteArray("1\n2\n"));
    QVERIFY(!part.hasEnded);
    const SharedLogPart nothing = runs.readLog(m_id, part.next, 1ms).value();
    QVERIFY(nothing.lines.isEmpty());
    QCOMPARE(nothing.next, part.next);
    QVERIFY(runs.publish(runNamed(m_id, RunStatus::Running), "3\n").ok());
    QVERIFY(runs.publish(runNamed(m_id, RunStatus::Failed), "4\n").ok());
    part = runs.readLog(m_id, part.next, 1ms).value();
    QCOMPARE(part.lines, QByteArray("3\n4\n"));
    QVERIFY(part.hasEnded);
    QCOMPARE(runs.readLog(m_id, {}, 1ms).value().lines, QByteArray("1\n2\n3\n4\n"));
}

void TestSharedRuns::endsOnce()
{
    SharedRuns runs(url());
    for (int i = 0; i < 2; ++i) { // the answer was lost, so it is told again
        QVERIFY(runs.publish(runNamed(m_id, RunStatus::Ok)).ok());
    }
    QCOMPARE(redis().command({"XLEN", "pp:{run:0123456789ab}:log"}).value().integer, 1);
}

void TestSharedRuns::aLongLogIsCut()
{
    SharedRuns runs(url());
    const QByteArray half(mostSharedLogBytes / 2, 'x');
    for (int i = 0; i < 4; ++i) {
        QVERIFY(runs.publish(runNamed(m_id, RunStatus::Running), half).ok());
    }
    QVERIFY(runs.publish(runNamed(m_id, RunStatus::Ok)).ok());
    const SharedLogPart part = runs.readLog(m_id, {}, 1ms).value();
    QCOMPARE(part.lines.size(), mostSharedLogBytes);
    QVERIFY(part.isCut);
    QVERIFY(part.hasEnded);
}

void TestSharedRuns::isForgottenAfterADay()
{
    SharedRuns runs(url());
    QVERIFY(runs.publish(runNamed(m_id, RunStatus::Ok), "1\n").ok());
    for (const char *key : {"pp:{run:0123456789ab}", "pp:{run:0123456789ab}:log"}) {
        const qint64 seconds = redis().command({"TTL", key}).value().integer;
        QVERIFY2(seconds > 86'000 && seconds <= 86'400, key);
    }
}

void TestSharedRuns::whatOthersWroteIsNoTrap()
{
    SharedRuns runs(url());
    QVERIFY(redis().command({"HSET", "pp:{run:0123456789ab}", "status", "explode"}).ok());
    QVERIFY(runs.find(m_id).value()->status == RunStatus::Unknown);
    QVERIFY(redis().command({"XADD", "pp:{run:0123456789ab}:log", "*", "other", "thing"}).ok());
    const SharedLogPart part = runs.readLog(m_id, {}, 1ms).value();
    QVERIFY(part.lines.isEmpty() && !part.hasEnded && !part.isCut);
    QVERIFY(redis().command({"SET", "pp:{run:fedcba987654}", "text"}).ok());
    QVERIFY(!runs.find(QStringLiteral("fedcba987654")).ok());
    QVERIFY(!runs.publish(runNamed(QStringLiteral("fedcba987654"), RunStatus::Ok)).ok());
}

QTEST_GUILESS_MAIN(TestSharedRuns)
#include "tst_sharedruns.moc"
