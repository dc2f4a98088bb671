#include "app/servicehost.h"
#include "services/http/server.h"
#include "tests/support/closedport.h"
#include "tests/support/redisserver.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

namespace {

HostOptions optionsFor(const QTemporaryDir &workspace)
{
    return {.registryPort = 0,
            .runnerPort = 0,
            .workspace = QDir(workspace.path()).canonicalPath(),
            .token = "a-token-for-tests",
            .watch = true};
}

ServiceState stateOf(const ServiceHost &host, const QString &name)
{
    for (const ServiceInfo &service : host.services()) {
        if (service.name == name) {
            return service.state;
        }
    }
    return ServiceState::Failed;
}

void writeTask(const QTemporaryDir &workspace, const QByteArray &text)
{
    QFile file(workspace.filePath(QStringLiteral("task.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

} // namespace

class TestServiceHost : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void startsRunsAndStops();
    void stopsInTheDestructor();
    void portInUseFailsWithTheReason();
    void aServiceStopsAndStartsAgain();
    void cancelEndsTheRun();
    void workspacesMustBeAllowed();
    void usesTheRegistryThatIsNamed();
    void showsTheRunnersOfOthers();
    void aServiceRestartsOnAnotherPort();
    void redisThatIsAwayIsTold();
    void aNewPortCountsAfterARestart();
    void runnersComeAndGo();
    void whatARunnerDoesNotTakeNeedsNoRestart();

private:
    std::unique_ptr<QTemporaryDir> m_workspace;
};

void TestServiceHost::init()
{
    m_workspace = std::make_unique<QTemporaryDir>();
}

void TestServiceHost::startsRunsAndStops()
{
    writeTask(*m_workspace, R"({"mutations": [{"op": "create", "path": "a.txt", "contents": "hello\n"}]})");
    Log::Store log;
    ServiceHost host(optionsFor(*m_workspace), log);
    QSignalSpy ready(&host, &ServiceHost::ready);
    QSignalSpy steps(&host, &ServiceHost::stepChanged);
    QSignalSpy finished(&host, &ServiceHost::runFinished);
    QVERIFY(!host.isReady());
    host.startAll();
    QTRY_COMPARE(ready.count(), 1);
    QVERIFY(host.isReady());
    QTRY_VERIFY(host.services().at(1).latencyMs >= 0);

    const quint64 ticket = host.run({.file = QStringLiteral("task.json")});
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20'000);
    QCOMPARE(finished.at(0).at(0).toULongLong(), ticket);
    const auto outcome = finished.at(0).at(1).value<Relay::RunOutcome>();
    QVERIFY2(!outcome.error, outcome.error ? qPrintable(outcome.error->toString()) : "");
    QVERIFY(outcome.status == RunStatus::Ok);
    QVERIFY(!steps.isEmpty());
    QVERIFY(QFile::exists(m_workspace->filePath(QStringLiteral("a.txt"))));

    QSignalSpy stopped(&host, &ServiceHost::allStopped);
    host.stopAll();
    QTRY_COMPARE_WITH_TIMEOUT(stopped.count(), 1, 20'000);
    QVERIFY(stateOf(host, QStringLiteral("registry")) == ServiceState::Stopped);
    QVERIFY(stateOf(host, QStringLiteral("runner-1")) == ServiceState::Stopped);
}

void TestServiceHost::stopsInTheDestructor()
{
    Log::Store log;
    auto host = std::make_unique<ServiceHost>(optionsFor(*m_workspace), log);
    QSignalSpy ready(host.get(), &ServiceHost::ready);
    host->startAll();
    QTRY_COMPARE(ready.count(), 1);
    const QUrl registry = host->services().front().url;
    host.reset();
    QTcpServer takesThePort;
    QVERIFY(takesThePort.listen(QHostAddress::LocalHost, static_cast<quint16>(registry.port())));
}

void TestServiceHost::portInUseFailsWithTheReason()
{
    QTcpServer holder;
    QVERIFY(holder.listen(QHostAddress::LocalHost));
    HostOptions options = optionsFor(*m_workspace);
    options.registryPort = holder.serverPort();
    Log::Store log;
    ServiceHost host(options, log);
    QSignalSpy failed(&host, &ServiceHost::startFailed);
    host.startAll();
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(failed.at(0).at(0).value<Error>().code == ErrorCode::PortInUse);
    QVERIFY(stateOf(host, QStringLiteral("registry")) == ServiceState::Failed);
    QVERIFY(host.services().front().reason.contains(QString::number(holder.serverPort())));

    holder.close();
    QSignalSpy ready(&host, &ServiceHost::ready);
    QTRY_VERIFY_WITH_TIMEOUT((host.startAll(), !ready.isEmpty()), 10'000);
}

void TestServiceHost::aServiceStopsAndStartsAgain()
{
    Log::Store log;
    ServiceHost host(optionsFor(*m_workspace), log);
    QSignalSpy ready(&host, &ServiceHost::ready);
    host.startAll();
    QTRY_COMPARE(ready.count(), 1);
    host.stop(QStringLiteral("runner-1"));
    QTRY_VERIFY(stateOf(host, QStringLiteral("runner-1")) == ServiceState::Stopped);
    QVERIFY(!host.isReady());
    host.start(QStringLiteral("runner-1"));
    QTRY_VERIFY(host.isReady());
}

void TestServiceHost::cancelEndsTheRun()
{
    writeTask(*m_workspace, R"({"mutations": [{"op": "create", "path": "a.txt", "contents": "hello\n"}],
                                "validate": {"shell": ["echo waiting; sleep 600"]}})");
    Log::Store log;
    ServiceHost host(optionsFor(*m_workspace), log);
    QSignalSpy ready(&host, &ServiceHost::ready);
    QSignalSpy finished(&host, &ServiceHost::runFinished);
    host.startAll();
    QTRY_COMPARE(ready.count(), 1);
    const quint64 ticket = host.run({.file = QStringLiteral("task.json")});
    QTRY_VERIFY(QFile::exists(m_workspace->filePath(QStringLiteral("a.txt"))));
    host.cancel(ticket);
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20'000);
    QVERIFY(finished.at(0).at(1).value<Relay::RunOutcome>().status == RunStatus::Cancelled);
    QVERIFY(!QFile::exists(m_workspace->filePath(QStringLiteral("a.txt"))));
}

void TestServiceHost::workspacesMustBeAllowed()
{
    QTemporaryDir other;
    writeTask(other, R"({"mutations": [{"op": "create", "path": "a.txt", "contents": "hello\n"}]})");
    const QString otherPath = QDir(other.path()).canonicalPath();
    Log::Store log;
    ServiceHost host(optionsFor(*m_workspace), log);
    QSignalSpy ready(&host, &ServiceHost::ready);
    QSignalSpy finished(&host, &ServiceHost::runFinished);
    host.startAll();
    QTRY_COMPARE(ready.count(), 1);
    host.run({.file = QStringLiteral("task.json"), .workspace = otherPath});
    QTRY_COMPARE(finished.count(), 1);
    const auto refused = finished.at(0).at(1).value<Relay::RunOutcome>();
    QVERIFY(refused.error && refused.error->code == ErrorCode::OutsideWorkspace);
    QVERIFY(!QFile::exists(other.filePath(QStringLiteral("a.txt"))));

    host.allowWorkspace(otherPath);
    host.run({.file = QStringLiteral("task.json"), .workspace = otherPath});
    QTRY_COMPARE(finished.count(), 2);
    QVERIFY(finished.at(1).at(1).value<Relay::RunOutcome>().status == RunStatus::Ok);
}

void TestServiceHost::usesTheRegistryThatIsNamed()
{
    writeTask(*m_workspace, R"({"mutations": [{"op": "create", "path": "a.txt", "contents": "hello\n"}]})");
    Log::Store ownersLog;
    ServiceHost owner(optionsFor(*m_workspace), ownersLog);
    QSignalSpy ownerReady(&owner, &ServiceHost::ready);
    owner.startAll();
    QTRY_COMPARE(ownerReady.count(), 1);

    HostOptions options = optionsFor(*m_workspace);
    options.registry = owner.services().front().url;
    options.runners = 0;
    Log::Store log;
    ServiceHost host(options, log);
    QSignalSpy ready(&host, &ServiceHost::ready);
    QSignalSpy finished(&host, &ServiceHost::runFinished);
    host.startAll();
    QTRY_COMPARE(ready.count(), 1);
    host.run({.file = QStringLiteral("task.json")});
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20'000);
    QVERIFY(finished.at(0).at(1).value<Relay::RunOutcome>().status == RunStatus::Ok);
    const auto hasLineOfTheOtherProcess = [&log] {
        for (qsizetype i = 0; i < log.size(); ++i) {
            if (log.at(i).service == "runner-1") {
                return true;
            }
        }
        return false;
    };
    QTRY_VERIFY(hasLineOfTheOtherProcess());
}

void TestServiceHost::showsTheRunnersOfOthers()
{
    writeTask(*m_workspace, R"({"mutations": [{"op": "create", "path": "a.txt", "contents": "hello\n"}]})");
    Log::Store ownersLog;
    auto owner = std::make_unique<ServiceHost>(optionsFor(*m_workspace), ownersLog);
    QSignalSpy ownerReady(owner.get(), &ServiceHost::ready);
    owner->startAll();
    QTRY_COMPARE(ownerReady.count(), 1);

    HostOptions options = optionsFor(*m_workspace);
    options.registry = owner->services().front().url;
    Log::Store log;
    ServiceHost host(options, log);
    QSignalSpy finished(&host, &ServiceHost::runFinished);
    host.startAll();
    const auto remote = [&host] {
        const QList<ServiceInfo> services = host.services();
        return services.size() == 3 && services.at(2).latencyMs >= 0 ? std::optional(services.at(2)) : std::nullopt;
    };
    QTRY_VERIFY(remote() && stateOf(host, QStringLiteral("runner-1")) == ServiceState::Up);
    QVERIFY(remote()->isRemote && !remote()->isStale);
    QCOMPARE(remote()->url, owner->services().at(1).url);
    QCOMPARE(remote()->name,
             QStringLiteral("runner-1@127.0.0.1:%1").arg(owner->services().at(1).url.port())); // ours has that name

    host.run({.runner = remote()->name, .file = QStringLiteral("task.json")});
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20'000);
    QVERIFY(finished.at(0).at(1).value<Relay::RunOutcome>().status == RunStatus::Ok);
    const auto sawTheRun = [](const Log::Store &store) {
        for (qsizetype i = 0; i < store.size(); ++i) {
            if (store.at(i).service == "runner-1" && !store.at(i).runId.isEmpty()) {
                return true;
            }
        }
        return false;
    };
    QTRY_VERIFY(sawTheRun(ownersLog));
    QTRY_VERIFY(sawTheRun(log)); // though our own runner has its name

    host.run({.runner = QStringLiteral("nobody"), .file = QStringLiteral("task.json")});
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 2, 20'000);
    const auto refused = finished.at(1).at(1).value<Relay::RunOutcome>();
    QVERIFY(refused.error && refused.error->code == ErrorCode::NoRunner);
    QVERIFY(refused.error->message.contains(QStringLiteral("nobody")));

    owner->stop(QStringLiteral("runner-1"));
    QTRY_COMPARE_WITH_TIMEOUT(host.services().size(), 2, 20'000);
    owner->start(QStringLiteral("runner-1"));
    QTRY_COMPARE_WITH_TIMEOUT(host.services().size(), 3, 20'000);
    owner.reset(); // its registry too: what was known of it stays, until the registry tells otherwise
    QTRY_VERIFY_WITH_TIMEOUT(stateOf(host, QStringLiteral("registry")) == ServiceState::Failed, 20'000);
}

void TestServiceHost::aServiceRestartsOnAnotherPort()
{
    Log::Store log;
    ServiceHost host(optionsFor(*m_workspace), log);
    QSignalSpy ready(&host, &ServiceHost::ready);
    host.startAll();
    QTRY_COMPARE(ready.count(), 1);
    QTcpServer probe;
    QVERIFY(probe.listen(QHostAddress::LocalHost));
    const quint16 port = probe.serverPort();
    probe.close();
    host.setPort(QStringLiteral("runner-1"), port);
    host.restart(QStringLiteral("runner-1"));
    QTRY_COMPARE(host.services().at(1).url.port(), int(port));
    QTRY_VERIFY(host.isReady());
    host.stop(QStringLiteral("runner-1"));
    QTRY_VERIFY(stateOf(host, QStringLiteral("runner-1")) == ServiceState::Stopped);
    host.restart(QStringLiteral("runner-1")); // one that is stopped starts
    QTRY_VERIFY(host.isReady());
}

void TestServiceHost::redisThatIsAwayIsTold()
{
    HostOptions options = optionsFor(*m_workspace);
    QCOMPARE(ServiceHost(options, *std::make_unique<Log::Store>()).redis().kind, RedisState::NotUsed);
    options.redisUrl = QStringLiteral("redis://:secret@127.0.0.1:%1").arg(Test::closedPort());
    Log::Store log;
    ServiceHost host(options, log);
    QTRY_COMPARE(host.redis().kind, RedisState::Unreachable);
    QVERIFY(!host.redis().reason.isEmpty());
    QVERIFY(!host.redis().reason.contains(QStringLiteral("secret")));

    Test::RedisServer server;
    QVERIFY2(server.start(), qPrintable(server.errorText()));
    options.redisUrl = server.url();
    ServiceHost other(options, log);
    QTRY_COMPARE(other.redis().kind, RedisState::Ok);
    other.reconfigure({.registryPort = 0, .runnerPort = 0});
    QCOMPARE(other.redis().kind, RedisState::NotUsed);
    other.reconfigure({.registryPort = 0, .runnerPort = 0, .redisUrl = server.url()});
    QTRY_COMPARE(other.redis().kind, RedisState::Ok);
}

void TestServiceHost::aNewPortCountsAfterARestart()
{
    Log::Store log;
    ServiceHost host(optionsFor(*m_workspace), log);
    QSignalSpy ready(&host, &ServiceHost::ready);
    host.startAll();
    QTRY_COMPARE(ready.count(), 1);
    quint16 wanted = 0;
    {
        QTcpServer finder;
        QVERIFY(finder.listen(QHostAddress::LocalHost));
        wanted = finder.serverPort();
    }
    QCOMPARE(host.reconfigure({.registryPort = wanted, .runnerPort = 0}), QStringList{QStringLiteral("registry")});
    QVERIFY(host.services().at(0).url.port() != wanted);
    host.restart(QStringList{QStringLiteral("registry")});
    QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 2, 20'000);
    QCOMPARE(host.services().at(0).url.port(), int{wanted});
    QVERIFY(host.isReady());
    host.restart(QStringList{QStringLiteral("runner-1")});
    QVERIFY(!host.isReady());
    QTRY_VERIFY_WITH_TIMEOUT(host.isReady(), 20'000);

    QSignalSpy stopped(&host, &ServiceHost::allStopped);
    host.stopAll();
    QTRY_COMPARE_WITH_TIMEOUT(stopped.count(), 1, 20'000);
    QCOMPARE(host.reconfigure({.registryPort = 0, .runnerPort = 0}), QStringList()); // nothing runs
    QVERIFY(host.services().at(0).url.isEmpty());
}

void TestServiceHost::runnersComeAndGo()
{
    Log::Store log;
    ServiceHost host(optionsFor(*m_workspace), log);
    QSignalSpy ready(&host, &ServiceHost::ready);
    QSignalSpy listed(&host, &ServiceHost::servicesListed);
    host.startAll();
    QTRY_COMPARE(ready.count(), 1);
    QCOMPARE(host.reconfigure({.registryPort = 0, .runnerPort = 0, .runners = 3}), QStringList());
    QCOMPARE(listed.count(), 1);
    QCOMPARE(host.services().size(), 4);
    QTRY_VERIFY_WITH_TIMEOUT(stateOf(host, QStringLiteral("runner-3")) == ServiceState::Up, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(stateOf(host, QStringLiteral("runner-2")) == ServiceState::Up, 20'000);
    host.reconfigure({.registryPort = 0, .runnerPort = 0, .runners = 1});
    QTRY_COMPARE_WITH_TIMEOUT(host.services().size(), 2, 20'000);
    QVERIFY(host.isReady());
    host.reconfigure({.registryPort = 0, .runnerPort = 0, .runners = 2});
    QTRY_VERIFY_WITH_TIMEOUT(stateOf(host, QStringLiteral("runner-2")) == ServiceState::Up, 20'000);
}

void TestServiceHost::whatARunnerDoesNotTakeNeedsNoRestart()
{
    Log::Store log;
    ServiceHost host(optionsFor(*m_workspace), log);
    QSignalSpy ready(&host, &ServiceHost::ready);
    host.startAll();
    QTRY_COMPARE(ready.count(), 1);
    ServiceSettings settings{.registryPort = 0, .runnerPort = 0};
    QCOMPARE(host.reconfigure(settings), QStringList());
    settings.redisUrl = QStringLiteral("redis://127.0.0.1:1");
    QCOMPARE(host.reconfigure(settings), QStringList{QStringLiteral("runner-1")});
    QCOMPARE(host.reconfigure(settings), QStringList()); // as it is already
    settings.historyLimits.runs = 7;
    QCOMPARE(host.reconfigure(settings), QStringList{QStringLiteral("runner-1")});
}

QTEST_GUILESS_MAIN(TestServiceHost)
#include "tst_servicehost.moc"
