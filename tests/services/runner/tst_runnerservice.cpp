#include "services/common/json.h"
#include "services/http/client.h"
#include "services/registry/registryservice.h"
#include "services/runner/runnerservice.h"
#include "tests/support/sampletask.h"
#include "tests/support/tempworkspace.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>
#include <QThread>

using namespace PatchPanel;
using Runner::RunnerService;

namespace {

const QByteArray token = "t0ken";

} // namespace

// Services live on the test's thread where signals are spied on.
class TestRunnerService : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void startsWithoutARegistry();
    void startsOnceTheRegistryKnowsIt();
    void failsWhenThePortIsTaken();
    void failsWhenTheRedisAddressIsUnreadable();
    void failsWhenTheRegistryRefusesIt();
    void startsAgainAfterAFailure();
    void startsAgainAfterStop();
    void stopWithoutStartStops();
    void stopWhileItWaitsForTheRegistry();
    void stopLetsTheRunInProgressFinish();
    void stopCancelsARunThatTakesTooLong();
    void hurryingCancelsTheRunInProgress();
    void hurryingWithoutStoppingDoesNothing();
    void takesWorkspacesAddedLater();
    void livesOnAThreadOfItsOwn();

private:
    Runner::RunnerOptions options() const;
    std::unique_ptr<Registry::RegistryService> startRegistry(QUrl &url);
    QString submit(const QUrl &url, const QJsonObject &body);
    bool wasLogged(const QByteArray &text) const;

    std::unique_ptr<Test::TempWorkspace> m_workspace;
    std::unique_ptr<Log::Store> m_log;
};

void TestRunnerService::init()
{
    m_workspace = std::make_unique<Test::TempWorkspace>();
    m_log = std::make_unique<Log::Store>();
}

Runner::RunnerOptions TestRunnerService::options() const
{
    Runner::RunnerOptions result;
    result.server.token = token;
    result.defaultWorkspace = m_workspace->path();
    result.workspaceRoots = {m_workspace->path()};
    return result;
}

std::unique_ptr<Registry::RegistryService> TestRunnerService::startRegistry(QUrl &url)
{
    Http::ServerOptions serverOptions;
    serverOptions.service = QStringLiteral("registry");
    serverOptions.token = token;
    auto registry = std::make_unique<Registry::RegistryService>(serverOptions, Log::Writer(*m_log, "registry"));
    QSignalSpy started(registry.get(), &Registry::RegistryService::started);
    registry->start();
    url = started.value(0).value(0).toUrl();
    return registry;
}

// The status that POST /run-patch answered at once.
QString TestRunnerService::submit(const QUrl &url, const QJsonObject &body)
{
    Http::Client client({.token = token});
    Http::ClientRequest request;
    request.method = Http::Method::Post;
    request.url = url;
    request.url.setPath(QStringLiteral("/run-patch"));
    request.body = compactJson(body);
    request.headers = {{"Prefer", "respond-async"}};
    std::optional<Http::Reply> reply;
    client.send(request, this, [&reply](const Http::Reply &arrived) { reply = arrived; });
    [&] {
        QTRY_VERIFY_WITH_TIMEOUT(reply.has_value(), 30'000);
    }();
    return reply->ok() ? reply->json().value()[QStringLiteral("status")].toString() : reply->failure().toString();
}

bool TestRunnerService::wasLogged(const QByteArray &text) const
{
    for (qsizetype i = 0; i < m_log->size(); ++i) {
        if (m_log->at(i).toText() == text) {
            return true;
        }
    }
    return false;
}

void TestRunnerService::startsWithoutARegistry()
{
    RunnerService service(options(), *m_log);
    QSignalSpy started(&service, &RunnerService::started);
    QSignalSpy stopped(&service, &RunnerService::stopped);
    service.start();
    QCOMPARE(started.size(), 1);
    QVERIFY(wasLogged("Runner microservice live"));
    service.stop();
    QTRY_COMPARE(stopped.size(), 1);
}

void TestRunnerService::startsOnceTheRegistryKnowsIt()
{
    Runner::RunnerOptions withRegistry = options();
    const auto registry = startRegistry(withRegistry.registry);
    RunnerService service(withRegistry, *m_log);
    QSignalSpy started(&service, &RunnerService::started);
    QSignalSpy stopped(&service, &RunnerService::stopped);
    service.start();
    QCOMPARE(started.size(), 0);
    QTRY_COMPARE(started.size(), 1);
    const QUrl url = started[0][0].toUrl();
    QVERIFY(wasLogged("Runner microservice live"));
    service.stop();
    QTRY_COMPARE(stopped.size(), 1);
    const QString id = QStringLiteral("runner-1-%1-%2").arg(QSysInfo::machineHostName()).arg(url.port());
    QVERIFY(wasLogged("[REGISTRY] " + id.toUtf8() + " (runner) deregistered"));
}

void TestRunnerService::failsWhenThePortIsTaken()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    Runner::RunnerOptions taken = options();
    taken.server.port = other.serverPort();
    RunnerService service(taken, *m_log);
    QSignalSpy failed(&service, &RunnerService::failed);
    service.start();
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed[0][0].value<Error>().code, ErrorCode::PortInUse);
}

void TestRunnerService::failsWhenTheRedisAddressIsUnreadable()
{
    Runner::RunnerOptions wrong = options();
    wrong.redisUrl = QStringLiteral("http://:s3cret@cache");
    RunnerService service(wrong, *m_log);
    QSignalSpy failed(&service, &RunnerService::failed);
    service.start();
    QCOMPARE(failed.size(), 1);
    const Error error = failed[0][0].value<Error>();
    QCOMPARE(error.code, ErrorCode::Usage);
    QVERIFY(!error.toString().contains(QStringLiteral("s3cret")));
}

void TestRunnerService::failsWhenTheRegistryRefusesIt()
{
    Runner::RunnerOptions wrong = options();
    const auto registry = startRegistry(wrong.registry);
    wrong.server.token = "another";
    RunnerService service(wrong, *m_log);
    QSignalSpy failed(&service, &RunnerService::failed);
    service.start();
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed[0][0].value<Error>().code, ErrorCode::Unauthorized);
}

void TestRunnerService::startsAgainAfterAFailure()
{
    auto other = std::make_unique<QTcpServer>();
    QVERIFY(other->listen(QHostAddress::LocalHost));
    Runner::RunnerOptions taken = options();
    taken.server.port = other->serverPort();
    RunnerService service(taken, *m_log);
    QSignalSpy started(&service, &RunnerService::started);
    service.start();
    QCOMPARE(started.size(), 0);
    other.reset();
    service.start();
    QCOMPARE(started.size(), 1);
}

void TestRunnerService::startsAgainAfterStop()
{
    RunnerService service(options(), *m_log);
    QSignalSpy started(&service, &RunnerService::started);
    QSignalSpy stopped(&service, &RunnerService::stopped);
    service.start();
    service.stop();
    QTRY_COMPARE(stopped.size(), 1);
    service.start();
    QCOMPARE(started.size(), 2);
    QCOMPARE(submit(started[1][0].toUrl(), {{QStringLiteral("task"), Test::sampleTask()}}), QStringLiteral("queued"));
}

void TestRunnerService::stopWithoutStartStops()
{
    RunnerService service(options(), *m_log);
    QSignalSpy stopped(&service, &RunnerService::stopped);
    service.stop();
    QCOMPARE(stopped.size(), 1);
}

void TestRunnerService::stopWhileItWaitsForTheRegistry()
{
    Runner::RunnerOptions alone = options();
    alone.registry = QUrl(QStringLiteral("http://127.0.0.1:1"));
    RunnerService service(alone, *m_log);
    QSignalSpy started(&service, &RunnerService::started);
    QSignalSpy stopped(&service, &RunnerService::stopped);
    service.start();
    service.stop();
    QTRY_COMPARE(stopped.size(), 1);
    QCOMPARE(started.size(), 0);
}

void TestRunnerService::stopLetsTheRunInProgressFinish()
{
    RunnerService service(options(), *m_log);
    QSignalSpy started(&service, &RunnerService::started);
    QSignalSpy stopped(&service, &RunnerService::stopped);
    service.start();
    const QUrl url = started[0][0].toUrl();
    const QJsonObject body{{QStringLiteral("task"), Test::sampleTask(Test::waitForGo)}};
    QCOMPARE(submit(url, body), QStringLiteral("queued"));
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    service.stop();
    QVERIFY(submit(url, body).contains(QStringLiteral("shutting down")));
    QCOMPARE(stopped.size(), 0);
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_COMPARE_WITH_TIMEOUT(stopped.size(), 1, 30'000);
    QVERIFY(wasLogged("[LOCK] Patch completed successfully"));
    QVERIFY(m_workspace->exists(QStringLiteral("made.txt")));
}

void TestRunnerService::stopCancelsARunThatTakesTooLong()
{
    Runner::RunnerOptions impatient = options();
    impatient.drainTime = std::chrono::milliseconds(50);
    RunnerService service(impatient, *m_log);
    QSignalSpy started(&service, &RunnerService::started);
    QSignalSpy stopped(&service, &RunnerService::stopped);
    service.start();
    submit(started[0][0].toUrl(), {{QStringLiteral("task"), Test::sampleTask(Test::waitForGo)}});
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    service.stop();
    service.stop();
    QTRY_COMPARE_WITH_TIMEOUT(stopped.size(), 1, 30'000);
    QVERIFY(wasLogged("[LOCK] Patch ended: cancelled"));
    QVERIFY(!m_workspace->exists(QStringLiteral("made.txt")));
}

void TestRunnerService::hurryingCancelsTheRunInProgress()
{
    RunnerService service(options(), *m_log);
    QSignalSpy started(&service, &RunnerService::started);
    QSignalSpy stopped(&service, &RunnerService::stopped);
    service.start();
    submit(started[0][0].toUrl(), {{QStringLiteral("task"), Test::sampleTask(Test::waitForGo)}});
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    service.stop();
    QVERIFY(wasLogged("[RUNNER] Shutting down: no new runs, those in progress (1) have 30 s to end"));
    service.hurry();
    service.hurry();
    QTRY_COMPARE_WITH_TIMEOUT(stopped.size(), 1, 20'000); // before the 30 s are over
    QVERIFY(wasLogged("[LOCK] Patch ended: cancelled"));
    QVERIFY(!m_workspace->exists(QStringLiteral("made.txt")));
    service.hurry(); // it has stopped
}

void TestRunnerService::hurryingWithoutStoppingDoesNothing()
{
    RunnerService service(options(), *m_log);
    service.hurry(); // it has not started
    QSignalSpy started(&service, &RunnerService::started);
    service.start();
    submit(started[0][0].toUrl(), {{QStringLiteral("task"), Test::sampleTask(Test::waitForGo)}});
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    service.hurry();
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_VERIFY_WITH_TIMEOUT(wasLogged("[LOCK] Patch completed successfully"), 30'000);
}

void TestRunnerService::takesWorkspacesAddedLater()
{
    const Test::TempWorkspace other;
    RunnerService service(options(), *m_log);
    QSignalSpy started(&service, &RunnerService::started);
    service.start();
    const QUrl url = started[0][0].toUrl();
    const QJsonObject body{{QStringLiteral("task"), Test::sampleTask()}, {QStringLiteral("workspace"), other.path()}};
    QVERIFY(submit(url, body).contains(other.path()));
    service.addWorkspaceRoot(other.path());
    QCOMPARE(submit(url, body), QStringLiteral("queued"));
    QTRY_VERIFY_WITH_TIMEOUT(other.exists(QStringLiteral("made.txt")), 30'000);
}

void TestRunnerService::livesOnAThreadOfItsOwn()
{
    QThread thread;
    thread.setObjectName(QStringLiteral("runner-1"));
    auto service = std::make_unique<RunnerService>(options(), *m_log);
    service->moveToThread(&thread);
    QUrl url;
    bool stopped = false;
    connect(service.get(), &RunnerService::started, this, [&url](const QUrl &where) { url = where; });
    connect(service.get(), &RunnerService::stopped, this, [&stopped] { stopped = true; });
    thread.start();
    QMetaObject::invokeMethod(service.get(), &RunnerService::start);
    QTRY_VERIFY(!url.isEmpty());
    QCOMPARE(submit(url, {{QStringLiteral("task"), Test::sampleTask()}}), QStringLiteral("queued"));
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("made.txt")), 30'000);
    QMetaObject::invokeMethod(service.get(), &RunnerService::stop);
    QTRY_VERIFY_WITH_TIMEOUT(stopped, 30'000);
    thread.quit();
    QVERIFY(thread.wait(10'000));
}

QTEST_GUILESS_MAIN(TestRunnerService)
#include "tst_runnerservice.moc"
