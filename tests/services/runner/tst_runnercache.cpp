#include "services/common/json.h"
#include "services/runner/runner.h"
#include "tests/support/redisserver.h"
#include "tests/support/sampletask.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

#include <csignal>

using namespace PatchPanel;
using Runner::RunRequest;

// A runner with a real Redis server.
class TestRunnerCache : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void theSecondRunIsSkipped();
    void aChangedWorkspaceIsNotSkipped();
    void anotherTaskIsNotSkipped();
    void aFailedRunIsNotCached();
    void forceRunsAnyway();
    void noCacheNeitherAsksNorStores();
    void aRunThatDidLessIsNotCached_data();
    void aRunThatDidLessIsNotCached();
    void aServerThatDiesDuringTheRunHarmsNothing();
    void aServerThatIsGoneBeforeTheRunHarmsNothing();

private:
    QString run(const RunRequest &request);
    QString statusOf(const QString &runId) const { return toString(m_runner->find(runId)->status); }
    QStringList cacheLog(const QString &runId) const;
    RunRequest request(const QJsonObject &task = Test::sampleTask()) const;

    std::unique_ptr<Test::RedisServer> m_server;
    std::unique_ptr<Test::TempWorkspace> m_workspace;
    std::unique_ptr<Log::Store> m_log;
    std::unique_ptr<Runner::Runner> m_runner;
};

void TestRunnerCache::initTestCase()
{
    signal(SIGPIPE, SIG_IGN); // as main does
}

void TestRunnerCache::init()
{
    m_server = std::make_unique<Test::RedisServer>();
    QVERIFY2(m_server->start(), qPrintable(m_server->errorText()));
    m_workspace = std::make_unique<Test::TempWorkspace>();
    m_log = std::make_unique<Log::Store>();
    Runner::RunnerSettings settings;
    settings.defaultWorkspace = m_workspace->path();
    m_runner = std::make_unique<Runner::Runner>(settings, Storage::makeCache(m_server->url()).value(),
                                                std::make_unique<Storage::LocalLock>(), *m_log);
    m_runner->addWorkspaceRoot(m_workspace->path());
}

void TestRunnerCache::cleanup()
{
    m_runner.reset();
}

RunRequest TestRunnerCache::request(const QJsonObject &task) const
{
    RunRequest result;
    result.content = Test::bytesOf(task);
    result.contentName = QStringLiteral("sample.json");
    return result;
}

QString TestRunnerCache::run(const RunRequest &request)
{
    const QString runId = m_runner->submit(request).value();
    [&] {
        QTRY_VERIFY_WITH_TIMEOUT(isFinal(m_runner->find(runId)->status), 30'000);
    }();
    return runId;
}

QStringList TestRunnerCache::cacheLog(const QString &runId) const
{
    QStringList lines;
    for (qsizetype i = 0; i < m_log->size(); ++i) {
        const Log::Line &line = m_log->at(i);
        if (line.runId == runId.toUtf8() && line.tag == "CACHE" && line.level >= Log::Level::Info) {
            lines.append(QString::fromUtf8(line.toText()));
        }
    }
    return lines;
}

void TestRunnerCache::theSecondRunIsSkipped()
{
    const QString first = run(request());
    QCOMPARE(statusOf(first), QStringLiteral("ok"));
    QCOMPARE(cacheLog(first), QStringList({QStringLiteral("[CACHE] Patch cached")}));
    const QString second = run(request());
    QCOMPARE(statusOf(second), QStringLiteral("skipped"));
    QCOMPARE(cacheLog(second), QStringList({QStringLiteral("[CACHE] Skipped duplicate")}));
    const QJsonObject result = parseJsonObject(m_runner->find(second)->result).value();
    QVERIFY(result[QStringLiteral("message")].toString().contains(first));
}

void TestRunnerCache::aChangedWorkspaceIsNotSkipped()
{
    run(request());
    QVERIFY(m_workspace->write(QStringLiteral("made.txt"), "edited\n"));
    QCOMPARE(statusOf(run(request())), QStringLiteral("ok"));
    QCOMPARE(m_workspace->read(QStringLiteral("made.txt")), QByteArray("made\n"));
}

void TestRunnerCache::anotherTaskIsNotSkipped()
{
    run(request());
    QCOMPARE(statusOf(run(request(Test::sampleTask(QStringLiteral("true"))))), QStringLiteral("noop"));
}

void TestRunnerCache::aFailedRunIsNotCached()
{
    const QJsonObject task = Test::sampleTask(QStringLiteral("false"));
    const QString first = run(request(task));
    QCOMPARE(statusOf(first), QStringLiteral("failed"));
    QCOMPARE(cacheLog(first), QStringList());
    QCOMPARE(statusOf(run(request(task))), QStringLiteral("failed"));
}

void TestRunnerCache::forceRunsAnyway()
{
    run(request());
    RunRequest forced = request();
    forced.force = true;
    QCOMPARE(statusOf(run(forced)), QStringLiteral("noop"));
}

void TestRunnerCache::noCacheNeitherAsksNorStores()
{
    RunRequest uncached = request();
    uncached.useCache = false;
    const QString first = run(uncached);
    QCOMPARE(statusOf(first), QStringLiteral("ok"));
    QCOMPARE(cacheLog(first), QStringList());
    QCOMPARE(statusOf(run(request())), QStringLiteral("noop"));
    QCOMPARE(statusOf(run(uncached)), QStringLiteral("noop"));
}

void TestRunnerCache::aRunThatDidLessIsNotCached_data()
{
    QTest::addColumn<RunSettings>("settings");
    QTest::newRow("without gates") << RunSettings{.runGates = false};
    QTest::newRow("without commit") << RunSettings{.commit = false};
}

void TestRunnerCache::aRunThatDidLessIsNotCached()
{
    QFETCH(RunSettings, settings);
    QJsonObject task = Test::sampleTask(QStringLiteral("true"));
    task[QStringLiteral("git")] = QJsonObject{{QStringLiteral("commit"), QStringLiteral("Made")}};
    RunRequest less = request(task);
    less.settings = settings;
    const QString first = run(less);
    QCOMPARE(statusOf(first), QStringLiteral("ok"));
    QCOMPARE(cacheLog(first), QStringList());
    QVERIFY(QFile::remove(m_workspace->absolute(QStringLiteral("made.txt"))));
    QCOMPARE(statusOf(run(request(task))), QStringLiteral("ok")); // not skipped
}

void TestRunnerCache::aServerThatDiesDuringTheRunHarmsNothing()
{
    const QString runId = m_runner->submit(request(Test::sampleTask(Test::waitForGo))).value();
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    m_server->kill();
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_VERIFY_WITH_TIMEOUT(isFinal(m_runner->find(runId)->status), 30'000);
    QCOMPARE(statusOf(runId), QStringLiteral("ok"));
    QCOMPARE(cacheLog(runId), QStringList({QStringLiteral("[CACHE] Failed to cache patch, continuing")}));
}

void TestRunnerCache::aServerThatIsGoneBeforeTheRunHarmsNothing()
{
    m_server->kill();
    const QString runId = run(request());
    QCOMPARE(statusOf(runId), QStringLiteral("ok"));
    QCOMPARE(cacheLog(runId),
             QStringList({QStringLiteral("[CACHE] Redis not available, continuing without cache"),
                          QStringLiteral("[CACHE] Failed to cache patch, continuing")}));
}

QTEST_GUILESS_MAIN(TestRunnerCache)
#include "tst_runnercache.moc"
