#include "services/common/json.h"
#include "services/log/logline.h"
#include "services/runner/runpublisher.h"
#include "tests/support/redisserver.h"
#include "tests/support/sampletask.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

#include <csignal>

using namespace PatchPanel;
using namespace std::chrono_literals;

// A runner whose runs other machines can follow.
class TestRunPublisher : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { signal(SIGPIPE, SIG_IGN); } // as main does
    void init();
    void cleanup();
    void tellsARunFromItsBeginningToItsEnd();
    void tellsTheEndThatCameWhileTheServerWasAway();
    void holdsUpNoRun();
    void leavesOutTheLinesOfOthers();
    void aJobThatWaitsForItsWorkspaceIsNotOver();

private:
    QString submit(const QJsonObject &task) { return m_runner->submit({.content = compactJson(task)}).value(); }
    bool isOver(const QString &runId) const { return isFinal(m_runner->find(runId)->status); }
    std::optional<Storage::SharedRun> told(const QString &runId) const
    {
        const auto run = Storage::SharedRuns(url()).find(runId);
        return run ? *run : std::nullopt;
    }
    bool isToldToBeOver(const QString &runId) const
    {
        const auto run = told(runId);
        return run && isFinal(run->status);
    }
    QByteArray logOf(const QString &runId) const
    {
        return Storage::SharedRuns(url()).readLog(runId, {}, 1ms).value().lines;
    }
    int complaints() const
    {
        int count = 0;
        for (qsizetype i = 0; i < m_log->size(); ++i) {
            count += m_log->at(i).text.contains("Runs are not told to other machines") ? 1 : 0;
        }
        return count;
    }
    Storage::RedisUrl url() const { return Storage::parseRedisUrl(m_server->url()).value(); }

    std::unique_ptr<Test::RedisServer> m_server;
    std::unique_ptr<Test::TempWorkspace> m_workspace;
    std::unique_ptr<Log::Store> m_log;
    std::unique_ptr<Runner::Runner> m_runner;
    std::unique_ptr<Runner::RunPublisher> m_publisher;
};

void TestRunPublisher::init()
{
    m_server = std::make_unique<Test::RedisServer>();
    QVERIFY2(m_server->start(), qPrintable(m_server->errorText()));
    m_workspace = std::make_unique<Test::TempWorkspace>();
    m_log = std::make_unique<Log::Store>();
    Runner::RunnerSettings settings;
    settings.defaultWorkspace = m_workspace->path();
    m_runner = std::make_unique<Runner::Runner>(settings, Storage::makeCache({}).value(),
                                                std::make_unique<Storage::LocalLock>(), *m_log);
    m_runner->addWorkspaceRoot(m_workspace->path());
    m_publisher = std::make_unique<Runner::RunPublisher>(*m_runner, url(), *m_log, Log::Writer(*m_log, "runner-1"));
}

void TestRunPublisher::cleanup()
{
    m_publisher.reset();
    m_runner.reset();
}

void TestRunPublisher::tellsARunFromItsBeginningToItsEnd()
{
    const QString runId = submit(Test::sampleTask(QStringLiteral("echo checked; ") + Test::waitForGo));
    QTRY_VERIFY_WITH_TIMEOUT(told(runId).has_value(), 30'000);
    QVERIFY(told(runId)->status == RunStatus::Running);
    QCOMPARE(told(runId)->workspace, m_workspace->path());
    QTRY_VERIFY_WITH_TIMEOUT(logOf(runId).contains("\"checked\""), 30'000);
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_VERIFY_WITH_TIMEOUT(isToldToBeOver(runId), 30'000);
    const Storage::SharedRun run = *told(runId);
    QVERIFY(run.status == RunStatus::Ok);
    QCOMPARE(run.result, m_runner->find(runId)->result);
    QCOMPARE(run.report, m_runner->find(runId)->report);
    // Its log, line by line, as the runner has it.
    QByteArrayList expected;
    for (qsizetype i = 0; i < m_log->size(); ++i) {
        const Log::Line line = m_log->at(i);
        if (line.runId == runId.toUtf8() && line.level != Log::Level::Debug) {
            expected.append(compactJson(line.toJson()));
        }
    }
    QVERIFY(expected.size() > 5);
    QCOMPARE(logOf(runId), expected.join('\n') + '\n');
}

void TestRunPublisher::tellsTheEndThatCameWhileTheServerWasAway()
{
    m_server->pause();
    const QString runId = submit(Test::sampleTask());
    QTRY_VERIFY_WITH_TIMEOUT(isOver(runId), 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(complaints(), 1, 30'000);
    m_server->resume();
    QTRY_VERIFY_WITH_TIMEOUT(isToldToBeOver(runId), 30'000);
    QVERIFY(logOf(runId).contains("Patch lock released"));
    QCOMPARE(complaints(), 1);
}

void TestRunPublisher::holdsUpNoRun()
{
    m_server->kill();
    for (int i = 0; i < 3; ++i) {
        const QString runId = submit(Test::sampleTask({}, QString::number(i)));
        QTRY_VERIFY_WITH_TIMEOUT(isOver(runId), 30'000);
        QVERIFY(m_runner->find(runId)->status == RunStatus::Ok);
    }
    QTRY_COMPARE_WITH_TIMEOUT(complaints(), 1, 30'000);
}

void TestRunPublisher::leavesOutTheLinesOfOthers()
{
    const QString runId = submit(Test::sampleTask(Test::waitForGo));
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    Log::Writer(*m_log, "registry").info("REGISTRY", QStringLiteral("not of this run"));
    Log::Writer(*m_log, "runner-1", "another").info("BUILD", QStringLiteral("not of this run"));
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_VERIFY_WITH_TIMEOUT(isToldToBeOver(runId), 30'000);
    QVERIFY(!logOf(runId).contains("not of this run"));
}

void TestRunPublisher::aJobThatWaitsForItsWorkspaceIsNotOver()
{
    const QString runId = QStringLiteral("cafe00000001");
    Storage::LocalLock lock;
    auto hold = lock.acquire(m_workspace->path(), QStringLiteral("a person")).value();
    const Runner::RunRequest job{.content = compactJson(Test::sampleTask()), .runsOfJob = {runId}};
    QVERIFY(m_runner->submit(job, runId).ok());
    QTRY_VERIFY_WITH_TIMEOUT(isOver(runId), 30'000);
    QVERIFY(m_runner->find(runId)->status == RunStatus::Busy);
    const QString after = submit(Test::sampleTask()); // what is told of it comes behind
    QTRY_VERIFY_WITH_TIMEOUT(isToldToBeOver(after), 30'000);
    QVERIFY(!isToldToBeOver(runId));
    hold.reset();
    m_runner->forget(runId);
    QVERIFY(m_runner->submit(job, runId).ok());
    QTRY_VERIFY_WITH_TIMEOUT(isToldToBeOver(runId), 30'000);
    QVERIFY(told(runId)->status == RunStatus::Ok);
}

QTEST_GUILESS_MAIN(TestRunPublisher)
#include "tst_runpublisher.moc"
