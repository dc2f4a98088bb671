#include "services/common/json.h"
#include "services/runner/queueworker.h"
#include "tests/support/closedport.h"
#include "tests/support/sampletask.h"
#include "tests/support/tempworkspace.h"

#include <QDir>
#include <QSignalSpy>
#include <QTest>

#include <csignal>
#include <limits>
#include <utility>

using namespace PatchPanel;
using namespace std::chrono_literals;
using Kind = Storage::JobState::Kind;
using Storage::JobState;
using Storage::QueuedJob;

namespace {

const QByteArray token = "the token";

// Adds a line to runs.txt, so that a second run shows.
QJsonObject countingTask(const QString &gate = {})
{
    QJsonObject task = Test::sampleTask(gate);
    task[QStringLiteral("mutations")] = QJsonArray{QJsonObject{{QStringLiteral("op"), QStringLiteral("insert")},
                                                               {QStringLiteral("path"), QStringLiteral("runs.txt")},
                                                               {QStringLiteral("at"), QStringLiteral("end")},
                                                               {QStringLiteral("contents"), QStringLiteral("run\n")}}};
    return task;
}

const QString queueName = Storage::QueueSettings().name;

QueuedJob jobOf(const QString &id, const QJsonObject &body, const QByteArray &signedWith = token)
{
    QueuedJob job{.id = id, .request = compactJson(body)};
    job.signature = Runner::jobSignature(queueName, job.id, job.request, signedWith);
    return job;
}

} // namespace

// A runner with a queue on this machine, all but the queue's threads on the test's thread.
class TestQueueWorker : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { signal(SIGPIPE, SIG_IGN); }
    void init();
    void cleanup();
    void runsAJobAndKeepsItsResult();
    void aTaskThatFailsIsAResult();
    void buriesWhatItMustNotRun_data();
    void buriesWhatItMustNotRun();
    void handsBackWhatItDoesNotServe();
    void takesAJobOnlyForAFreeSlot();
    void waitsForABusyWorkspace();
    void takesOverFromASilentWorker();
    void runsNothingTwice();
    void knowsWhatAnEarlierAttemptDid();
    void runsAnewWhatWasInterrupted_data();
    void runsAnewWhatWasInterrupted();
    void drainsOrderly();
    void cancelledByTheEndOfItsRunnerItRunsAnew();
    void goesOnWithoutItsQueue();
    void signaturesTellJobsApart();

private:
    std::unique_ptr<Storage::Queue> queue() const
    {
        return Storage::makeQueue(settings(QStringLiteral("test"))).value();
    }
    Storage::QueueSettings settings(const QString &worker) const
    {
        return {.folder = m_folder->path(), .worker = worker, .takeover = m_takeover};
    }
    void work(int slots = 1);
    void submit(const QueuedJob &job) { QVERIFY(queue()->add({job}).ok()); }
    void submit(const QString &id, const QJsonObject &task, const QString &workspace = {})
    {
        QJsonObject body{{QStringLiteral("task"), task}};
        if (!workspace.isEmpty()) {
            body[QStringLiteral("workspace")] = workspace;
        }
        submit(jobOf(id, body));
    }
    JobState stateOf(const QString &id) const { return queue()->find(id).value(); }
    // Once it is done or dead.
    JobState endOf(const QString &id) const
    {
        JobState state;
        [&] {
            QTRY_VERIFY_WITH_TIMEOUT((state = stateOf(id)).kind == Kind::Finished || state.kind == Kind::Dead, 30'000);
        }();
        return state;
    }
    QString statusOf(const QString &id) const
    {
        const JobState state = endOf(id);
        const Result<QJsonObject> result = parseJsonObject(state.text);
        return result ? (*result)[QStringLiteral("status")].toString() : QString::fromUtf8(state.text);
    }
    int complaintsOf(const char *text) const
    {
        int found = 0;
        for (qsizetype i = 0; i < m_log->size(); ++i) {
            found += m_log->at(i).text.contains(text) ? 1 : 0;
        }
        return found;
    }
    QByteArray runs() const { return m_workspace->read(QStringLiteral("runs.txt")); }
    bool writeReport(const QString &runId, const QByteArray &report) const
    {
        return m_workspace->write(QStringLiteral(".patchpanel/history/%1/report.json").arg(runId), report);
    }

    std::chrono::milliseconds m_takeover = 1h;
    std::unique_ptr<Test::TempWorkspace> m_workspace;
    std::unique_ptr<Test::TempWorkspace> m_folder; // of the queue
    std::unique_ptr<Log::Store> m_log;
    std::unique_ptr<Runner::Runner> m_runner;
    std::unique_ptr<Runner::QueueWorker> m_worker;
};

void TestQueueWorker::init()
{
    m_workspace = std::make_unique<Test::TempWorkspace>();
    m_folder = std::make_unique<Test::TempWorkspace>();
    m_log = std::make_unique<Log::Store>();
    QVERIFY(m_workspace->write(QStringLiteral("runs.txt"), "begin\n"));
    m_takeover = 1h;
}

void TestQueueWorker::cleanup()
{
    m_worker.reset();
    m_runner.reset();
}

void TestQueueWorker::work(int slots)
{
    Runner::RunnerSettings runner;
    runner.defaultWorkspace = m_workspace->path();
    runner.slots = slots;
    m_runner = std::make_unique<Runner::Runner>(runner, Storage::makeCache({}).value(),
                                                std::make_unique<Storage::LocalLock>(), *m_log);
    m_runner->addWorkspaceRoot(m_workspace->path());
    m_worker = std::make_unique<Runner::QueueWorker>(*m_runner, settings(QStringLiteral("worker")), token,
                                                     Log::Writer(*m_log, "runner-1"));
    m_worker->start();
}

void TestQueueWorker::runsAJobAndKeepsItsResult()
{
    work();
    const QString id = QStringLiteral("aaaa");
    submit(id, countingTask());
    const Result<QJsonObject> result = parseJsonObject(endOf(id).text);
    QVERIFY(result.ok());
    QCOMPARE((*result)[QStringLiteral("status")].toString(), QStringLiteral("ok"));
    QCOMPARE((*result)[QStringLiteral("runId")].toString(), id);
    QCOMPARE(runs(), QByteArray("begin\nrun\n"));
    QCOMPARE(queue()->overview(9).value().running, 0);
}

void TestQueueWorker::aTaskThatFailsIsAResult()
{
    work();
    submit(QStringLiteral("aaaa"), countingTask(QStringLiteral("false")));
    QCOMPARE(statusOf(QStringLiteral("aaaa")), QStringLiteral("failed"));
    submit(QStringLiteral("bbbb"), {{QStringLiteral("mutations"), 7}});
    QCOMPARE(statusOf(QStringLiteral("bbbb")), QStringLiteral("invalid"));
    QCOMPARE(runs(), QByteArray("begin\n"));
}

void TestQueueWorker::buriesWhatItMustNotRun_data()
{
    QTest::addColumn<QueuedJob>("job");
    QTest::addColumn<QString>("reason");
    const QJsonObject body{{QStringLiteral("task"), countingTask()}};
    const QString id = QStringLiteral("aaaa");
    QueuedJob unsignedJob = jobOf(id, body);
    unsignedJob.signature.clear();
    QueuedJob changed = jobOf(id, body);
    changed.request.replace("run", "ran");
    QueuedJob renamed = jobOf(QStringLiteral("bbbb"), body);
    renamed.id = id;
    QueuedJob broken{.id = id, .request = "{"};
    broken.signature = Runner::jobSignature(queueName, id, broken.request, token);
    QueuedJob ofAnotherQueue = jobOf(id, body);
    ofAnotherQueue.signature = Runner::jobSignature(QStringLiteral("staging"), id, ofAnotherQueue.request, token);
    QueuedJob before = jobOf(id, body);
    before.attempt = -3; // as if it had no runs to look for
    QueuedJob farBehind = jobOf(id, body);
    farBehind.attempt = std::numeric_limits<int>::max();
    const QString notSigned = QStringLiteral("not signed with the token");
    QTest::newRow("of another queue") << ofAnotherQueue << notSigned;
    QTest::newRow("of an attempt before the first") << before << QStringLiteral("attempt -3");
    QTest::newRow("of an attempt far behind") << farBehind << QStringLiteral("attempt 2147483647");
    QTest::newRow("not signed") << unsignedJob << notSigned;
    QTest::newRow("signed by another") << jobOf(id, body, "another token") << notSigned;
    QTest::newRow("changed afterwards") << changed << notSigned;
    QTest::newRow("with another's signature") << renamed << notSigned;
    QTest::newRow("no JSON") << broken << QStringLiteral("1:2");
    QTest::newRow("no request") << jobOf(id, {{QStringLiteral("explode"), true}}) << QStringLiteral("explode");
}

void TestQueueWorker::buriesWhatItMustNotRun()
{
    QFETCH(QueuedJob, job);
    QFETCH(QString, reason);
    work();
    submit(job);
    const JobState state = endOf(job.id);
    QVERIFY(state.kind == Kind::Dead);
    QVERIFY2(state.text.contains(reason.toUtf8()), state.text.constData());
    QCOMPARE(runs(), QByteArray("begin\n"));
}

void TestQueueWorker::handsBackWhatItDoesNotServe()
{
    work();
    const Test::TempWorkspace elsewhere;
    submit(QStringLiteral("aaaa"), countingTask(), elsewhere.path());
    QTRY_VERIFY_WITH_TIMEOUT(stateOf(QStringLiteral("aaaa")).job.returns >= 2, 30'000);
    submit(QStringLiteral("bbbb"), countingTask()); // it does not hold up the others
    QCOMPARE(statusOf(QStringLiteral("bbbb")), QStringLiteral("ok"));
    m_runner->addWorkspaceRoot(elsewhere.path());
    QCOMPARE(statusOf(QStringLiteral("aaaa")), QStringLiteral("conflict")); // runs.txt is missing there
}

void TestQueueWorker::takesAJobOnlyForAFreeSlot()
{
    work(2);
    QStringList ids;
    for (int i = 0; i < 4; ++i) {
        const QString folder = QStringLiteral("w%1").arg(i);
        QVERIFY(m_workspace->write(folder + QStringLiteral("/runs.txt"), "begin\n"));
        ids.append(QStringLiteral("job%1").arg(i));
        submit(ids.last(), countingTask(Test::waitForGo), m_workspace->absolute(folder));
    }
    QTRY_COMPARE_WITH_TIMEOUT(queue()->overview(9).value().running, 2, 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_runner->activeRuns(), 2, 30'000);
    QCOMPARE(queue()->overview(9).value().waiting, 2);
    for (int i = 0; i < 4; ++i) {
        QVERIFY(m_workspace->write(QStringLiteral("w%1/go").arg(i), ""));
    }
    for (const QString &id : std::as_const(ids)) {
        QCOMPARE(statusOf(id), QStringLiteral("ok"));
    }
}

void TestQueueWorker::waitsForABusyWorkspace()
{
    Storage::LocalLock lock;
    auto hold = lock.acquire(m_workspace->path(), QStringLiteral("a person")).value();
    work();
    submit(QStringLiteral("aaaa"), countingTask());
    QTRY_COMPARE_WITH_TIMEOUT(queue()->overview(9).value().running, 1, 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(m_runner->find(QStringLiteral("aaaa"))
                                 && m_runner->find(QStringLiteral("aaaa"))->status == RunStatus::Busy,
                             30'000);
    submit(QStringLiteral("bbbb"), countingTask());
    QTRY_VERIFY_WITH_TIMEOUT(complaintsOf("not acquired") >= 3, 30'000); // it is tried again
    const Storage::QueueOverview overview = queue()->overview(9).value();
    QCOMPARE(std::pair(overview.running, overview.waiting), std::pair(qint64{1}, qint64{1})); // no more than it can run
    hold.reset();
    QCOMPARE(statusOf(QStringLiteral("aaaa")), QStringLiteral("ok"));
    QCOMPARE(statusOf(QStringLiteral("bbbb")), QStringLiteral("noop"));
    QCOMPARE(runs(), QByteArray("begin\nrun\n"));
}

// While it waits for jobs, of which there are none.
void TestQueueWorker::takesOverFromASilentWorker()
{
    m_takeover = 300ms;
    const auto silent = Storage::makeQueue(settings(QStringLiteral("silent"))).value();
    submit(QStringLiteral("first"), countingTask());
    QCOMPARE(silent->turn({}, 1).value().taken.size(), 1);
    work();
    QCOMPARE(statusOf(QStringLiteral("first")), QStringLiteral("ok"));
    QCOMPARE(runs(), QByteArray("begin\nrun\n"));
}

// A worker did it, and died before it could tell the queue.
void TestQueueWorker::runsNothingTwice()
{
    const QString id = QStringLiteral("aaaa");
    work();
    submit(id, countingTask());
    QCOMPARE(statusOf(id), QStringLiteral("ok"));
    cleanup();
    m_folder = std::make_unique<Test::TempWorkspace>(); // a queue that has forgotten it
    work();
    submit(id, countingTask());
    const Result<QJsonObject> result = parseJsonObject(endOf(id).text);
    QCOMPARE(result.value()[QStringLiteral("status")].toString(), QStringLiteral("ok"));
    QCOMPARE(result.value()[QStringLiteral("changes")].toArray().size(), 1);
    QCOMPARE(runs(), QByteArray("begin\nrun\n"));
}

void TestQueueWorker::knowsWhatAnEarlierAttemptDid()
{
    QVERIFY(writeReport(QStringLiteral("aaaa"), R"({"status":"ok","runId":"aaaa"})"));
    work();
    QueuedJob job = jobOf(QStringLiteral("aaaa"), {{QStringLiteral("task"), countingTask()}});
    job.attempt = 1;
    submit(job);
    const Result<QJsonObject> result = parseJsonObject(endOf(job.id).text);
    QCOMPARE(result.value()[QStringLiteral("runId")].toString(), job.id);
    QCOMPARE(runs(), QByteArray("begin\n"));
}

void TestQueueWorker::runsAnewWhatWasInterrupted_data()
{
    QTest::addColumn<QByteArray>("task"); // of the report that the killed run left
    QTest::addColumn<QString>("status");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("the task wants it") << QByteArray(R"({"id":"t","retry":1})") << QStringLiteral("ok")
                                       << QByteArray("begin\nrun\n");
    QTest::newRow("it does not") << QByteArray(R"({"id":"t"})") << QStringLiteral("interrupted")
                                 << QByteArray("begin\n");
}

void TestQueueWorker::runsAnewWhatWasInterrupted()
{
    QFETCH(QByteArray, task);
    QFETCH(QString, status);
    QFETCH(QByteArray, after);
    QVERIFY(writeReport(QStringLiteral("aaaa"), R"({"status":"running","runId":"aaaa","task":)" + task + '}'));
    work();
    submit(QStringLiteral("aaaa"), countingTask());
    QCOMPARE(statusOf(QStringLiteral("aaaa")), status);
    QCOMPARE(runs(), after);
}

void TestQueueWorker::drainsOrderly()
{
    work();
    submit(QStringLiteral("aaaa"), countingTask(Test::waitForGo));
    submit(QStringLiteral("bbbb"), countingTask());
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    QSignalSpy settled(m_worker.get(), &Runner::QueueWorker::settled);
    m_worker->drain();
    m_runner->drain();
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_COMPARE_WITH_TIMEOUT(settled.size(), 1, 30'000);
    QCOMPARE(statusOf(QStringLiteral("aaaa")), QStringLiteral("ok"));
    QVERIFY(stateOf(QStringLiteral("bbbb")).kind == Kind::Waiting);
    QCOMPARE(stateOf(QStringLiteral("bbbb")).job.attempt, 0);
}

void TestQueueWorker::cancelledByTheEndOfItsRunnerItRunsAnew()
{
    work();
    submit(QStringLiteral("aaaa"), countingTask(Test::waitForGo));
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    QSignalSpy settled(m_worker.get(), &Runner::QueueWorker::settled);
    m_worker->drain();
    m_runner->drain();
    m_runner->cancelActive(); // its time to end is over
    QTRY_COMPARE_WITH_TIMEOUT(settled.size(), 1, 30'000);
    QVERIFY(stateOf(QStringLiteral("aaaa")).kind == Kind::Waiting);
    QCOMPARE(runs(), QByteArray("begin\n"));
    cleanup();
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    work();
    QCOMPARE(statusOf(QStringLiteral("aaaa")), QStringLiteral("ok"));
    QCOMPARE(runs(), QByteArray("begin\nrun\n"));
}

void TestQueueWorker::goesOnWithoutItsQueue()
{
    Runner::RunnerSettings runner;
    runner.defaultWorkspace = m_workspace->path();
    m_runner = std::make_unique<Runner::Runner>(runner, Storage::makeCache({}).value(),
                                                std::make_unique<Storage::LocalLock>(), *m_log);
    m_runner->addWorkspaceRoot(m_workspace->path());
    Storage::QueueSettings away = settings(QStringLiteral("worker"));
    away.redisUrl = QStringLiteral("redis://:secret@127.0.0.1:%1").arg(Test::closedPort());
    m_worker = std::make_unique<Runner::QueueWorker>(*m_runner, away, token, Log::Writer(*m_log, "runner-1"));
    m_worker->start();
    const auto complaints = [this] {
        int count = 0;
        for (qsizetype i = 0; i < m_log->size(); ++i) {
            count += m_log->at(i).text.contains("The queue cannot be reached") ? 1 : 0;
        }
        return count;
    };
    QTRY_COMPARE_WITH_TIMEOUT(complaints(), 1, 30'000);
    const QString runId = m_runner->submit({.content = compactJson(countingTask())}).value();
    QTRY_VERIFY_WITH_TIMEOUT(isFinal(m_runner->find(runId)->status), 30'000);
    QCOMPARE(runs(), QByteArray("begin\nrun\n"));
    QCOMPARE(complaints(), 1);
    for (qsizetype i = 0; i < m_log->size(); ++i) {
        QVERIFY(!m_log->at(i).text.contains("secret"));
    }
}

void TestQueueWorker::signaturesTellJobsApart()
{
    const QByteArray signature = Runner::jobSignature(queueName, QStringLiteral("a"), "b", token);
    QCOMPARE(signature.size(), 64);
    QVERIFY(signature != Runner::jobSignature(queueName, QStringLiteral("a"), "c", token));
    QVERIFY(signature != Runner::jobSignature(queueName, QStringLiteral("b"), "b", token));
    QVERIFY(signature != Runner::jobSignature(queueName, QStringLiteral("a"), "b", "other"));
    QVERIFY(signature != Runner::jobSignature(queueName, QStringLiteral("a\nb"), "", token));
    QVERIFY(signature != Runner::jobSignature(QStringLiteral("staging"), QStringLiteral("a"), "b", token));
}

QTEST_GUILESS_MAIN(TestQueueWorker)
#include "tst_queueworker.moc"
