#include "services/http/server.h"
#include "services/registry/registryservice.h"
#include "services/runner/registration.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace PatchPanel;
using Runner::Registration;
using namespace std::chrono_literals;

namespace {

const QByteArray token = "t0ken";

quint16 freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : 0;
}

} // namespace

// Everything runs on the test's thread, so signals may be spied on.
class TestRegistration : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void isKnownAndPassing();
    void heartbeatsCarryTheNote();
    void beatsAtOnceWhenTold();
    void registersAgainWhenTheRegistryRestarted();
    void keepsTryingUntilTheRegistryIsThere();
    void isGoneAtTheEnd();
    void endsAlsoWhenTheRegistryIsGone();
    void tellsThatItWasRefused();
    void complainsOnceWhileTheRegistryIsLost();

private:
    void startRegistry();
    std::unique_ptr<Registration> makeRegistration(const QByteArray &withToken = token);
    QJsonArray health();
    QString noteInRegistry();
    int linesWith(const QByteArray &text) const;

    std::unique_ptr<Log::Store> m_log;
    std::unique_ptr<Registry::RegistryService> m_registry;
    quint16 m_port = 0;
    QByteArray m_note;
};

void TestRegistration::init()
{
    m_log = std::make_unique<Log::Store>();
    m_port = freePort();
    m_note = R"({"active":0})";
    startRegistry();
}

void TestRegistration::cleanup()
{
    m_registry.reset();
}

void TestRegistration::startRegistry()
{
    Http::ServerOptions options;
    options.service = QStringLiteral("registry");
    options.port = m_port;
    options.token = token;
    m_registry = std::make_unique<Registry::RegistryService>(options, Log::Writer(*m_log, "registry"));
    QSignalSpy started(m_registry.get(), &Registry::RegistryService::started);
    m_registry->start();
    QCOMPARE(started.size(), 1);
}

std::unique_ptr<Registration> TestRegistration::makeRegistration(const QByteArray &withToken)
{
    Runner::RegistrationOptions options;
    options.registry = QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_port));
    options.client.token = withToken;
    options.id = QStringLiteral("runner-1");
    options.name = QStringLiteral("first");
    options.slots = 3;
    options.history = QStringLiteral("c0ffee");
    options.address = QUrl(QStringLiteral("http://127.0.0.1:5999"));
    options.heartbeat = 30ms;
    return std::make_unique<Registration>(
        options, [this] { return m_note; }, Log::Writer(*m_log, "runner-1"));
}

// What GET /v1/health/service/runner?passing answers.
QJsonArray TestRegistration::health()
{
    Http::Client client({.token = token});
    Http::ClientRequest request;
    request.url = QUrl(QStringLiteral("http://127.0.0.1:%1/v1/health/service/runner?passing").arg(m_port));
    std::optional<Http::Reply> reply;
    client.send(request, this, [&reply](const Http::Reply &arrived) { reply = arrived; });
    [&] {
        QTRY_VERIFY(reply.has_value());
    }();
    return QJsonDocument::fromJson(reply->body).array();
}

QString TestRegistration::noteInRegistry()
{
    const QJsonArray checks = health().first()[QStringLiteral("Checks")].toArray();
    return checks.first()[QStringLiteral("Output")].toString();
}

int TestRegistration::linesWith(const QByteArray &text) const
{
    int count = 0;
    for (qsizetype i = 0; i < m_log->size(); ++i) {
        count += m_log->at(i).text.contains(text) ? 1 : 0;
    }
    return count;
}

void TestRegistration::isKnownAndPassing()
{
    const auto registration = makeRegistration();
    QSignalSpy registered(registration.get(), &Registration::registered);
    registration->start();
    QTRY_COMPARE(registered.size(), 1);
    const QJsonArray instances = health();
    QCOMPARE(instances.size(), 1);
    const QJsonObject service = instances[0][QStringLiteral("Service")].toObject();
    QCOMPARE(service[QStringLiteral("Service")].toString(), QStringLiteral("runner"));
    QCOMPARE(service[QStringLiteral("ID")].toString(), QStringLiteral("runner-1"));
    QCOMPARE(service[QStringLiteral("Address")].toString(), QStringLiteral("127.0.0.1"));
    QCOMPARE(service[QStringLiteral("Port")].toInt(), 5999);
    const QJsonObject meta = service[QStringLiteral("Meta")].toObject();
    QCOMPARE(meta[QStringLiteral("name")].toString(), QStringLiteral("first"));
    QCOMPARE(meta[QStringLiteral("slots")].toString(), QStringLiteral("3"));
    QCOMPARE(meta[QStringLiteral("history")].toString(), QStringLiteral("c0ffee"));
    QCOMPARE(meta[QStringLiteral("scheme")].toString(), QStringLiteral("http"));
}

void TestRegistration::heartbeatsCarryTheNote()
{
    const auto registration = makeRegistration();
    m_note = R"({"active":1,"text":"50 % & more + ?"})";
    registration->start();
    QTRY_COMPARE(noteInRegistry(), QString::fromUtf8(m_note));
}

void TestRegistration::beatsAtOnceWhenTold()
{
    const auto registration = makeRegistration();
    QSignalSpy registered(registration.get(), &Registration::registered);
    registration->start();
    QTRY_COMPARE(registered.size(), 1);
    m_note = "draining";
    registration->beat();
    QTRY_COMPARE(noteInRegistry(), QStringLiteral("draining"));
}

void TestRegistration::registersAgainWhenTheRegistryRestarted()
{
    const auto registration = makeRegistration();
    QSignalSpy registered(registration.get(), &Registration::registered);
    registration->start();
    QTRY_COMPARE(registered.size(), 1);
    m_registry.reset();
    startRegistry();
    QTRY_COMPARE_WITH_TIMEOUT(registered.size(), 2, 15'000);
    QCOMPARE(health().size(), 1);
}

void TestRegistration::keepsTryingUntilTheRegistryIsThere()
{
    m_registry.reset();
    const auto registration = makeRegistration();
    QSignalSpy registered(registration.get(), &Registration::registered);
    registration->start();
    QTRY_COMPARE(linesWith("Not registered at"), 1);
    QCOMPARE(registered.size(), 0);
    startRegistry();
    QTRY_COMPARE_WITH_TIMEOUT(registered.size(), 1, 15'000);
}

void TestRegistration::isGoneAtTheEnd()
{
    const auto registration = makeRegistration();
    QSignalSpy registered(registration.get(), &Registration::registered);
    QSignalSpy ended(registration.get(), &Registration::ended);
    registration->start();
    QTRY_COMPARE(registered.size(), 1);
    registration->end();
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(health().size(), 0);
}

void TestRegistration::endsAlsoWhenTheRegistryIsGone()
{
    const auto registration = makeRegistration();
    QSignalSpy registered(registration.get(), &Registration::registered);
    QSignalSpy ended(registration.get(), &Registration::ended);
    registration->start();
    QTRY_COMPARE(registered.size(), 1);
    m_registry.reset();
    registration->end();
    QTRY_COMPARE(ended.size(), 1);
}

void TestRegistration::tellsThatItWasRefused()
{
    const auto registration = makeRegistration("another");
    QSignalSpy refused(registration.get(), &Registration::refused);
    registration->start();
    QTRY_VERIFY(!refused.isEmpty());
    QCOMPARE(refused[0][0].value<Error>().code, ErrorCode::Unauthorized);
}

void TestRegistration::complainsOnceWhileTheRegistryIsLost()
{
    m_registry.reset();
    QTcpServer dropping;
    int attempts = 0;
    connect(&dropping, &QTcpServer::newConnection, this, [&] {
        ++attempts;
        dropping.nextPendingConnection()->abort();
    });
    QVERIFY(dropping.listen(QHostAddress::LocalHost, m_port));
    const auto registration = makeRegistration();
    registration->start();
    QTRY_VERIFY_WITH_TIMEOUT(attempts >= 3, 15'000);
    QCOMPARE(linesWith("Not registered at"), 1);
}

QTEST_GUILESS_MAIN(TestRegistration)
#include "tst_runnerregistration.moc"
