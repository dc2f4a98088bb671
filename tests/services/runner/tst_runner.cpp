#include "services/common/json.h"
#include "services/runner/runner.h"
#include "tests/support/sampletask.h"
#include "tests/support/tempworkspace.h"

#include <QDir>
#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using Runner::RunRecord;
using Runner::RunRequest;

namespace {

const QString taskFile = QStringLiteral("tasks/test.json");

RunRequest requestFor(const QString &file)
{
    RunRequest request;
    request.file = file;
    return request;
}

} // namespace

// The runner lives on the test's thread, so its signals may be spied on.
class TestRunner : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void logsARunInTheDocumentedOrder();
    void logsAFailedRunInTheDocumentedOrder();
    void tellsEveryStep();
    void aSecondRunIsNoop();
    void aDryRunWritesNothing();
    void takesContentsFromBesideTheTask_data();
    void takesContentsFromBesideTheTask();
    void unreadableTasksAreInvalid_data();
    void unreadableTasksAreInvalid();
    void aBusyWorkspaceNamesItsHolder();
    void aHostileStateFolderEndsTheRun();
    void runsOneAfterAnotherPerWorkspace();
    void worksOnSeveralWorkspacesAtOnce();
    void refusesWhenTheQueueIsFull();
    void refusesAWorkspaceOutsideTheRoots();
    void cancelsTheRunInProgress();
    void cancelsARunThatWaits();
    void cancelsOnlyRunsInProgress();
    void drainingTakesNothingNew();
    void remembersTheLastRuns();
    void endsWithARunInProgress();
    void settlesAKilledRunAfterTheNextOne();
    void waitsForUpkeepOfTheWorkspace();
    void recordsARunThatWasCancelledWhileItWaited();

private:
    void makeRunner(int slots = 1, int queueLimit = 256, int keptRuns = 200);
    QString submit(const RunRequest &request);
    QString runToEnd(const RunRequest &request);
    QString statusOf(const QString &runId) const { return toString(m_runner->find(runId)->status); }
    bool isFinalRun(const QString &runId) const { return isFinal(m_runner->find(runId)->status); }
    QStringList logOf(const QString &runId, const QStringList &tags) const;
    void keepHistory(const Test::TempWorkspace &state, const Storage::HistoryEntry &known = {});
    QString recordedStatusOf(const QString &runId) const;
    bool writeTask(const QJsonObject &task) { return m_workspace->write(taskFile, Test::bytesOf(task)); }

    std::unique_ptr<Test::TempWorkspace> m_workspace;
    std::unique_ptr<Log::Store> m_log;
    std::unique_ptr<Runner::Runner> m_runner;
};

void TestRunner::init()
{
    m_workspace = std::make_unique<Test::TempWorkspace>();
    m_log = std::make_unique<Log::Store>();
    makeRunner();
}

void TestRunner::cleanup()
{
    m_runner.reset();
}

void TestRunner::makeRunner(int slots, int queueLimit, int keptRuns)
{
    m_runner.reset();
    Runner::RunnerSettings settings;
    settings.defaultWorkspace = m_workspace->path();
    settings.slots = slots;
    settings.queueLimit = queueLimit;
    settings.keptRuns = keptRuns;
    m_runner = std::make_unique<Runner::Runner>(settings, Storage::makeCache({}).value(),
                                                std::make_unique<Storage::LocalLock>(), *m_log);
    m_runner->addWorkspaceRoot(m_workspace->path());
}

QString TestRunner::submit(const RunRequest &request)
{
    const Result<QString> runId = m_runner->submit(request);
    return runId ? *runId : QString();
}

QString TestRunner::runToEnd(const RunRequest &request)
{
    const QString runId = submit(request);
    [&] {
        QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(runId), 30'000);
    }();
    return statusOf(runId);
}

void TestRunner::keepHistory(const Test::TempWorkspace &state, const Storage::HistoryEntry &known)
{
    auto store = Storage::History::open(state.path()).value();
    if (!known.runId.isEmpty()) {
        QVERIFY(store->record(known).ok());
    }
    m_runner->setHistory(std::make_unique<Runner::RunHistory>(std::move(store), std::make_unique<Storage::LocalLock>(),
                                                              Log::Writer(*m_log, "runner-1")));
}

QString TestRunner::recordedStatusOf(const QString &runId) const
{
    const auto found = m_runner->history()->find(runId);
    return found && *found ? toString((*found)->status) : QStringLiteral("none");
}

QStringList TestRunner::logOf(const QString &runId, const QStringList &tags) const
{
    QStringList lines;
    for (qsizetype i = 0; i < m_log->size(); ++i) {
        const Log::Line &line = m_log->at(i);
        if (line.runId == runId.toUtf8() && line.level >= Log::Level::Info
            && tags.contains(QString::fromUtf8(line.tag))) {
            lines.append(QString::fromUtf8(line.toText()));
        }
    }
    return lines;
}

void TestRunner::logsARunInTheDocumentedOrder()
{
    QVERIFY(writeTask(Test::sampleTask()));
    const QString runId = submit(requestFor(taskFile));
    QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(runId), 30'000);
    QCOMPARE(statusOf(runId), QStringLiteral("ok"));
    QCOMPARE(logOf(runId, {QStringLiteral("CACHE"), QStringLiteral("LOCK"), QStringLiteral("RUNNER")}),
             QStringList({QStringLiteral("[CACHE] Redis not available, continuing without cache"),
                          QStringLiteral("[LOCK] Patch lock acquired"),
                          QStringLiteral("[RUNNER] Processing tasks/test.json"),
                          QStringLiteral("[CACHE] Failed to cache patch, continuing"),
                          QStringLiteral("[LOCK] Patch completed successfully"),
                          QStringLiteral("[LOCK] Patch lock released")}));
    QCOMPARE(m_workspace->read(QStringLiteral("made.txt")), QByteArray("made\n"));
    const RunRecord *record = m_runner->find(runId);
    QCOMPARE(parseJsonObject(record->result).value()[QStringLiteral("runId")].toString(), runId);
    QCOMPARE(parseJsonObject(record->result).value()[QStringLiteral("runner")].toString(), QStringLiteral("runner-1"));
    QVERIFY(record->report.startsWith("# "));
}

void TestRunner::logsAFailedRunInTheDocumentedOrder()
{
    QVERIFY(writeTask(Test::sampleTask(QStringLiteral("false"))));
    const QString runId = submit(requestFor(taskFile));
    QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(runId), 30'000);
    QCOMPARE(statusOf(runId), QStringLiteral("failed"));
    QCOMPARE(logOf(runId, {QStringLiteral("CACHE"), QStringLiteral("LOCK"), QStringLiteral("RUNNER")}),
             QStringList({QStringLiteral("[CACHE] Redis not available, continuing without cache"),
                          QStringLiteral("[LOCK] Patch lock acquired"),
                          QStringLiteral("[RUNNER] Processing tasks/test.json"),
                          QStringLiteral("[LOCK] Patch ended: failed"), QStringLiteral("[LOCK] Patch lock released")}));
    QVERIFY(!m_workspace->exists(QStringLiteral("made.txt")));
}

void TestRunner::tellsEveryStep()
{
    QVERIFY(writeTask(Test::sampleTask(QStringLiteral("true"))));
    QSignalSpy steps(m_runner.get(), &Runner::Runner::stepChanged);
    QSignalSpy finished(m_runner.get(), &Runner::Runner::runFinished);
    const QString runId = submit(requestFor(taskFile));
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30'000);
    QStringList validate;
    for (const QList<QVariant> &call : steps) {
        QCOMPARE(call[0].toString(), runId);
        const Step step = call[1].value<Step>();
        if (step.phase == Phase::Validate) {
            validate.append(toString(step.state));
        }
    }
    QCOMPARE(validate, QStringList({QStringLiteral("running"), QStringLiteral("passed")}));
    QVERIFY(m_runner->find(runId)->steps[std::size_t(Phase::Validate)].state == StepState::Passed);
}

void TestRunner::aSecondRunIsNoop()
{
    QVERIFY(writeTask(Test::sampleTask()));
    QCOMPARE(runToEnd(requestFor(taskFile)), QStringLiteral("ok"));
    QCOMPARE(runToEnd(requestFor(taskFile)), QStringLiteral("noop"));
}

void TestRunner::aDryRunWritesNothing()
{
    QVERIFY(writeTask(Test::sampleTask(QStringLiteral("touch ran"))));
    RunRequest request = requestFor(taskFile);
    request.dryRun = true;
    const QString runId = submit(request);
    QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(runId), 30'000);
    QCOMPARE(statusOf(runId), QStringLiteral("ok"));
    QVERIFY(parseJsonObject(m_runner->find(runId)->result).value()[QStringLiteral("dryRun")].toBool());
    QCOMPARE(QDir(m_workspace->path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList({QStringLiteral("tasks")}));
    QCOMPARE(logOf(runId, {QStringLiteral("CACHE"), QStringLiteral("LOCK")}), QStringList());
}

void TestRunner::takesContentsFromBesideTheTask_data()
{
    QTest::addColumn<RunRequest>("request");
    QTest::addColumn<QString>("status");
    const QByteArray task = R"({"mutations": [{"path": "made.txt", "contentsFrom": "data/a"}]})";
    const QString name = QStringLiteral("data/a");
    QTest::newRow("of the task's folder") << requestFor(taskFile) << "ok";
    QTest::newRow("sent with it") << RunRequest{.content = task, .filesBeside = {{name, "beside\n"}}} << "ok";
    QTest::newRow("another was sent") << RunRequest{.content = task, .filesBeside = {{QStringLiteral("b"), "x"}}}
                                      << "invalid";
    QTest::newRow("nothing was sent") << RunRequest{.content = task} << "invalid";
    QTest::newRow("of a folder that a link leads to") << requestFor(QStringLiteral("tasks/linked.json")) << "invalid";
    QTest::newRow("of the folder above") << requestFor(QStringLiteral("tasks/above.json")) << "invalid";
}

void TestRunner::takesContentsFromBesideTheTask()
{
    QFETCH(RunRequest, request);
    QFETCH(QString, status);
    const auto task = [](const char *name) {
        return QByteArray(R"({"mutations": [{"path": "made.txt", "contentsFrom": ")") + name + "\"}]}";
    };
    QVERIFY(m_workspace->write(taskFile, task("data/a")));
    QVERIFY(m_workspace->write(QStringLiteral("tasks/linked.json"), task("linked/a")));
    QVERIFY(m_workspace->write(QStringLiteral("tasks/above.json"), task("../secret")));
    QVERIFY(m_workspace->write(QStringLiteral("secret"), "x"));
    QVERIFY(m_workspace->write(QStringLiteral("tasks/data/a"), "beside\n"));
    QVERIFY(m_workspace->link(m_workspace->absolute(QStringLiteral("tasks/data")), QStringLiteral("tasks/linked")));
    QCOMPARE(runToEnd(request), status);
    QCOMPARE(m_workspace->read(QStringLiteral("made.txt")), status == QLatin1String("ok") ? "beside\n" : QByteArray());
}

void TestRunner::unreadableTasksAreInvalid_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("code");
    QTest::newRow("missing") << "tasks/missing.json"
                             << "not-found";
    QTest::newRow("missing folder") << "nowhere/missing.json"
                                    << "";
    QTest::newRow("not a task") << "broken.json"
                                << "invalid-task";
    QTest::newRow("a folder") << "tasks"
                              << "invalid-task";
    QTest::newRow("outside by dots") << "../task.json"
                                     << "unsafe-path";
    QTest::newRow("outside by an absolute path") << "/etc/hostname"
                                                 << "outside-workspace";
    QTest::newRow("through a symbolic link") << "link.json"
                                             << "unsafe-path";
    QTest::newRow("in a linked folder") << "linked/hostname"
                                        << "unsafe-path";
}

void TestRunner::unreadableTasksAreInvalid()
{
    QFETCH(QString, file);
    QFETCH(QString, code);
    QVERIFY(m_workspace->write(QStringLiteral("broken.json"), "{\"mutations\": ["));
    QVERIFY(m_workspace->write(QStringLiteral("tasks/other.json"), "{}"));
    QVERIFY(m_workspace->link(QStringLiteral("/etc/hostname"), QStringLiteral("link.json")));
    QVERIFY(m_workspace->link(QStringLiteral("/etc"), QStringLiteral("linked")));
    const QString runId = submit(requestFor(file));
    QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(runId), 30'000);
    QCOMPARE(statusOf(runId), QStringLiteral("invalid"));
    const QJsonObject error =
        parseJsonObject(m_runner->find(runId)->result).value()[QStringLiteral("error")].toObject();
    QVERIFY(!error[QStringLiteral("detail")].toString().isEmpty());
    if (!code.isEmpty()) {
        QCOMPARE(error[QStringLiteral("code")].toString(), code);
    }
    QVERIFY(!m_workspace->exists(QStringLiteral(".patchpanel/lock")));
}

void TestRunner::aBusyWorkspaceNamesItsHolder()
{
    QVERIFY(writeTask(Test::sampleTask()));
    const auto hold = Storage::LocalLock().acquire(m_workspace->path(), QStringLiteral("run 77 of runner-9"));
    QVERIFY(hold.ok());
    const QString runId = submit(requestFor(taskFile));
    QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(runId), 30'000);
    QCOMPARE(statusOf(runId), QStringLiteral("busy"));
    const QJsonObject error =
        parseJsonObject(m_runner->find(runId)->result).value()[QStringLiteral("error")].toObject();
    QCOMPARE(error[QStringLiteral("code")].toString(), QStringLiteral("busy"));
    QVERIFY(error[QStringLiteral("detail")].toString().contains(QStringLiteral("run 77 of runner-9")));
    QVERIFY(!m_workspace->exists(QStringLiteral("made.txt")));
    QVERIFY(logOf(runId, {QStringLiteral("LOCK")}).first().contains(QStringLiteral("run 77 of runner-9")));
}

void TestRunner::aHostileStateFolderEndsTheRun()
{
    QVERIFY(writeTask(Test::sampleTask()));
    QVERIFY(m_workspace->link(QStringLiteral("/tmp"), QStringLiteral(".patchpanel")));
    QCOMPARE(runToEnd(requestFor(taskFile)), QStringLiteral("invalid"));
    QVERIFY(!m_workspace->exists(QStringLiteral("made.txt")));
}

void TestRunner::runsOneAfterAnotherPerWorkspace()
{
    makeRunner(4);
    QVERIFY(writeTask(Test::sampleTask(Test::waitForGo)));
    const QString first = submit(requestFor(taskFile));
    const QString second = submit(requestFor(taskFile));
    QTRY_VERIFY(m_workspace->exists(QStringLiteral("begun")));
    QCOMPARE(statusOf(first), QStringLiteral("running"));
    QCOMPARE(statusOf(second), QStringLiteral("queued"));
    QCOMPARE(m_runner->activeRuns(), 1);
    QCOMPARE(m_runner->queuedRuns(), 1);
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(second), 30'000);
    QCOMPARE(statusOf(first), QStringLiteral("ok"));
    QCOMPARE(statusOf(second), QStringLiteral("noop"));
}

void TestRunner::worksOnSeveralWorkspacesAtOnce()
{
    makeRunner(2);
    const Test::TempWorkspace other;
    m_runner->addWorkspaceRoot(other.path());
    QVERIFY(writeTask(Test::sampleTask(Test::waitForGo)));
    QVERIFY(other.write(taskFile, Test::bytesOf(Test::sampleTask())));
    const QString first = submit(requestFor(taskFile));
    QTRY_VERIFY(m_workspace->exists(QStringLiteral("begun")));
    RunRequest elsewhere = requestFor(taskFile);
    elsewhere.workspace = other.path();
    QCOMPARE(runToEnd(elsewhere), QStringLiteral("ok"));
    QCOMPARE(statusOf(first), QStringLiteral("running"));
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(first), QStringLiteral("ok"), 30'000);
}

void TestRunner::refusesWhenTheQueueIsFull()
{
    makeRunner(1, 1);
    QVERIFY(writeTask(Test::sampleTask(Test::waitForGo)));
    QVERIFY(!submit(requestFor(taskFile)).isEmpty());
    QVERIFY(!submit(requestFor(taskFile)).isEmpty());
    const Result<QString> third = m_runner->submit(requestFor(taskFile));
    QVERIFY(!third.ok());
    QCOMPARE(third.error().code, ErrorCode::TooManyRequests);
}

void TestRunner::refusesAWorkspaceOutsideTheRoots()
{
    RunRequest request = requestFor(taskFile);
    request.workspace = QStringLiteral("/etc");
    const Result<QString> runId = m_runner->submit(request);
    QVERIFY(!runId.ok());
    QCOMPARE(runId.error().code, ErrorCode::OutsideWorkspace);
    QVERIFY(m_runner->newestFirst().empty());
}

void TestRunner::cancelsTheRunInProgress()
{
    QVERIFY(writeTask(Test::sampleTask(Test::waitForGo)));
    const QString runId = submit(requestFor(taskFile));
    QTRY_VERIFY(m_workspace->exists(QStringLiteral("begun")));
    QVERIFY(m_workspace->exists(QStringLiteral("made.txt")));
    QVERIFY(m_runner->cancel(runId).ok());
    QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(runId), 30'000);
    QCOMPARE(statusOf(runId), QStringLiteral("cancelled"));
    QVERIFY(!m_workspace->exists(QStringLiteral("made.txt")));
    QVERIFY(logOf(runId, {QStringLiteral("LOCK")}).contains(QStringLiteral("[LOCK] Patch ended: cancelled")));
}

void TestRunner::cancelsARunThatWaits()
{
    QVERIFY(writeTask(Test::sampleTask(Test::waitForGo)));
    const QString first = submit(requestFor(taskFile));
    const QString second = submit(requestFor(taskFile));
    QVERIFY(m_runner->cancel(second).ok());
    QCOMPARE(statusOf(second), QStringLiteral("cancelled"));
    QCOMPARE(statusOf(first), QStringLiteral("running"));
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(first), QStringLiteral("ok"), 30'000);
}

void TestRunner::cancelsOnlyRunsInProgress()
{
    QCOMPARE(m_runner->cancel(QStringLiteral("unknown")).error().code, ErrorCode::NotFound);
    QVERIFY(writeTask(Test::sampleTask()));
    const QString runId = submit(requestFor(taskFile));
    QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(runId), 30'000);
    QCOMPARE(m_runner->cancel(runId).error().code, ErrorCode::Busy);
}

void TestRunner::drainingTakesNothingNew()
{
    QVERIFY(writeTask(Test::sampleTask(Test::waitForGo)));
    QSignalSpy idle(m_runner.get(), &Runner::Runner::becameIdle);
    const QString first = submit(requestFor(taskFile));
    const QString second = submit(requestFor(taskFile));
    m_runner->drain();
    QCOMPARE(statusOf(second), QStringLiteral("cancelled"));
    QCOMPARE(m_runner->submit(requestFor(taskFile)).error().code, ErrorCode::Unavailable);
    QCOMPARE(statusOf(first), QStringLiteral("running"));
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_COMPARE_WITH_TIMEOUT(idle.size(), 1, 30'000);
    QCOMPARE(statusOf(first), QStringLiteral("ok"));
}

void TestRunner::remembersTheLastRuns()
{
    makeRunner(1, 256, 2);
    QVERIFY(writeTask(Test::sampleTask()));
    QStringList runs;
    for (int i = 0; i < 4; ++i) {
        runs.append(submit(requestFor(taskFile)));
    }
    QTRY_VERIFY_WITH_TIMEOUT(isFinalRun(runs[3]), 30'000);
    QCOMPARE(m_runner->newestFirst().size(), std::size_t(2));
    QCOMPARE(m_runner->newestFirst()[0]->id, runs[3]);
    QCOMPARE(m_runner->newestFirst()[1]->id, runs[2]);
    QVERIFY(!m_runner->find(runs[0]));
}

void TestRunner::endsWithARunInProgress()
{
    QVERIFY(writeTask(Test::sampleTask(Test::waitForGo)));
    submit(requestFor(taskFile));
    QTRY_VERIFY(m_workspace->exists(QStringLiteral("begun")));
    m_runner.reset();
    QVERIFY2(!m_workspace->exists(QStringLiteral("made.txt")), "it did not roll back");
}

void TestRunner::settlesAKilledRunAfterTheNextOne()
{
    const Test::TempWorkspace state;
    const Test::TempWorkspace elsewhere;
    Storage::HistoryEntry killed;
    killed.runId = QStringLiteral("killed");
    killed.status = RunStatus::Running;
    killed.workspace = elsewhere.path();
    auto hold = Storage::LocalLock().acquire(elsewhere.path(), QStringLiteral("a run of another process"));
    keepHistory(state, killed);
    QVERIFY(writeTask(Test::sampleTask(Test::waitForGo)));
    const QString runId = submit(requestFor(taskFile));
    QTRY_VERIFY(m_workspace->exists(QStringLiteral("begun"))); // the one worker has looked for killed runs before
    QCOMPARE(recordedStatusOf(killed.runId), QStringLiteral("running"));
    hold->reset();
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(runId), QStringLiteral("ok"), 30'000);
    QCOMPARE(recordedStatusOf(runId), QStringLiteral("ok"));
    QCOMPARE(recordedStatusOf(killed.runId), QStringLiteral("interrupted"));
}

void TestRunner::waitsForUpkeepOfTheWorkspace()
{
    QVERIFY(writeTask(Test::sampleTask()));
    auto upkeep =
        Storage::LocalLock().acquire(m_workspace->path(), QStringLiteral("tidying up"), Storage::LockUse::Upkeep);
    QVERIFY(upkeep.ok());
    const QString runId = submit(requestFor(taskFile));
    QTest::qWait(50);
    QCOMPARE(statusOf(runId), QStringLiteral("running"));
    upkeep->reset();
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(runId), QStringLiteral("ok"), 30'000);
}

void TestRunner::recordsARunThatWasCancelledWhileItWaited()
{
    const Test::TempWorkspace state;
    keepHistory(state);
    QVERIFY(writeTask(Test::sampleTask(Test::waitForGo)));
    const QString first = submit(requestFor(taskFile));
    const QString second = submit(requestFor(taskFile));
    QVERIFY(m_runner->cancel(second).ok());
    QTRY_COMPARE(recordedStatusOf(second), QStringLiteral("cancelled"));
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(first), QStringLiteral("ok"), 30'000);
}

QTEST_GUILESS_MAIN(TestRunner)
#include "tst_runner.moc"
