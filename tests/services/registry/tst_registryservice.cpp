#include "tests/support/registryfixture.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace PatchPanel;
using PatchPanel::Test::RegistryFixture;

class TestRegistryService : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void announcesItself();
    void portInUseIsAnError();
    void stopsAndStartsAgain();
    void startingTwiceIsHarmless();
    void livesOnAThreadOfItsOwn();
};

void TestRegistryService::announcesItself()
{
    RegistryFixture registry;
    QVERIFY(registry.url.port() > 0);
    QCOMPARE(registry.log.size(), 1);
    QCOMPARE(registry.log.at(0).toText(),
             "[REGISTRY] Registry microservice live on http://127.0.0.1:" + QByteArray::number(registry.url.port()));
}

void TestRegistryService::portInUseIsAnError()
{
    RegistryFixture first;
    const Http::ServerOptions options{.port = static_cast<quint16>(first.url.port()), .token = "test-token"};
    Registry::RegistryService second(options, Log::Writer(first.log, "registry"));
    std::optional<Error> error;
    connect(&second, &Registry::RegistryService::failed, this, [&error](const Error &failure) { error = failure; });
    QSignalSpy started(&second, &Registry::RegistryService::started);
    second.start();
    QVERIFY(error.has_value());
    QCOMPARE(traitsOf(error->code).exitCode, traitsOf(ErrorCode::PortInUse).exitCode);
    QVERIFY(error->message.contains(QString::number(first.url.port())));
    QCOMPARE(started.size(), 0);
}

void TestRegistryService::stopsAndStartsAgain()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QSignalSpy stopped(&registry.service, &Registry::RegistryService::stopped);
    registry.service.stop();
    QCOMPARE(stopped.size(), 1);
    Http::Client newcomer({}); // without a connection from before
    QVERIFY(Test::exchange(newcomer, {.url = registry.at("/health")}).neverSent);

    registry.service.start();
    QCOMPARE(registry.get("/v1/agent/services").body, QByteArray("{}"));
}

void TestRegistryService::startingTwiceIsHarmless()
{
    RegistryFixture registry;
    const QUrl before = registry.url;
    registry.service.start();
    QCOMPARE(registry.url, before);
    QCOMPARE(registry.get("/health").status, 200);
}

void TestRegistryService::livesOnAThreadOfItsOwn()
{
    Log::Store log;
    QThread thread;
    thread.setObjectName(QStringLiteral("registry"));
    auto service =
        std::make_unique<Registry::RegistryService>(Http::ServerOptions{.token = "t"}, Log::Writer(log, "registry"));
    QUrl url;
    bool isStopped = false;
    connect(service.get(), &Registry::RegistryService::started, this, [&url](const QUrl &started) { url = started; });
    connect(service.get(), &Registry::RegistryService::stopped, this, [&isStopped] { isStopped = true; });
    service->moveToThread(&thread);
    thread.start();

    QMetaObject::invokeMethod(service.get(), &Registry::RegistryService::start);
    QTRY_VERIFY(!url.isEmpty());
    Http::Client client({.token = "t"});
    QCOMPARE(Test::exchange(client, {.url = url.resolved(QUrl(QStringLiteral("/v1/agent/services")))}).status, 200);

    QMetaObject::invokeMethod(service.get(), &Registry::RegistryService::stop);
    QTRY_VERIFY(isStopped);
    thread.quit();
    QVERIFY(thread.wait(5000));
}

QTEST_GUILESS_MAIN(TestRegistryService)
#include "tst_registryservice.moc"
