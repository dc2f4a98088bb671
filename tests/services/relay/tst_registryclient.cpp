#include "services/relay/registryclient.h"
#include "tests/support/closedport.h"
#include "tests/support/registryfixture.h"

#include <QTest>

#include <optional>

using namespace PatchPanel;
using PatchPanel::Relay::Instance;
using PatchPanel::Relay::RegistryClient;
using PatchPanel::Test::RegistryFixture;

namespace {

using Resolved = std::optional<Result<QList<Instance>>>;

// Resolves "runner" and waits for what comes.
Resolved resolve(const QUrl &registry, const QByteArray &token = "test-token")
{
    Http::Client client({.token = token});
    RegistryClient registryClient(client, registry);
    Resolved resolved;
    registryClient.resolve(QStringLiteral("runner"), &registryClient,
                           [&resolved](const Result<QList<Instance>> &result) { resolved.emplace(result); });
    (void)QTest::qWaitFor([&resolved] { return resolved.has_value(); });
    return resolved;
}

// A server that answers every health query alike.
class FakeRegistry {
public:
    explicit FakeRegistry(Http::Response response)
        : m_server({.service = QStringLiteral("registry"), .auth = Http::Auth::None}, Log::Writer(m_log, "registry"))
    {
        m_server.route(Http::Method::Get, QStringLiteral("/v1/health/service/:name"),
                       [response = std::move(response)](const Http::Request &) { return response; });
        const Result<QUrl> listening = m_server.listen();
        url = listening ? *listening : QUrl();
    }

    QUrl url;

private:
    Log::Store m_log;
    Http::Server m_server;
};

} // namespace

class TestRegistryClient : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void readsInstances();
    void readsTheNoteOfTheLastHeartbeat();
    void readsWhatConsulSays_data();
    void readsWhatConsulSays();
    void leavesOutWhoIsNotPassing();
    void tellsHowManyAreNotPassing();
    void tellsThatNoneIsRegistered();
    void silentRegistryIsNoRegistry();
    void unnamedRegistryIsNoRegistry();
    void wrongTokenIsUnauthorized();
    void strangeAnswersAreNoRegistry_data();
    void strangeAnswersAreNoRegistry();
};

void TestRegistryClient::readsInstances()
{
    RegistryFixture registry;
    QCOMPARE(registry
                 .put("/v1/agent/service/register",
                      R"({"Name":"runner","ID":"host:runner-1","Address":"127.0.0.1","Port":5050,"Tags":["git"],
                          "Meta":{"name":"runner-1","slots":"1"},"Weights":{"Passing":4},
                          "Check":{"TTL":"15s","Status":"passing"}})")
                 .status,
             200);
    QCOMPARE(registry.addRunner(QStringLiteral("runner-2"), 5051).status, 200);

    const Resolved resolved = resolve(registry.url);
    QVERIFY(resolved && resolved->ok());
    const QList<Instance> instances = resolved->value();
    QCOMPARE(instances.size(), 2);
    QCOMPARE(instances[0].id, QStringLiteral("host:runner-1"));
    QCOMPARE(instances[0].name, QStringLiteral("runner-1"));
    QCOMPARE(instances[0].url, QUrl(QStringLiteral("http://127.0.0.1:5050")));
    QCOMPARE(instances[0].tags, QList<QString>{QStringLiteral("git")});
    QCOMPARE(instances[0].meta.value(QStringLiteral("slots")), QStringLiteral("1"));
    QCOMPARE(instances[0].weight, 4);
    QCOMPARE(instances[0].note, QString());
    QCOMPARE(instances[1].name, QStringLiteral("runner-2"));
    QCOMPARE(instances[1].weight, 1);
}

void TestRegistryClient::readsTheNoteOfTheLastHeartbeat()
{
    RegistryFixture registry;
    registry.addRunner(QStringLiteral("runner-1"), 5050);
    registry.put("/v1/agent/check/pass/service:runner-1?note=draining");
    const Resolved resolved = resolve(registry.url);
    QVERIFY(resolved && resolved->ok());
    QCOMPARE(resolved->value().first().note, QStringLiteral("draining"));
    QVERIFY(resolved->value().first().isDraining());
}

void TestRegistryClient::readsWhatConsulSays_data()
{
    QTest::addColumn<QByteArray>("entry");
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("note");
    QTest::newRow("address of the service goes first")
        << QByteArray(R"({"Node":{"Address":"10.0.0.1"},"Service":{"ID":"r","Address":"10.0.0.2","Port":1}})")
        << QStringLiteral("http://10.0.0.2:1") << QString();
    QTest::newRow("without one, the address of the node")
        << QByteArray(R"({"Node":{"Address":"10.0.0.1"},"Service":{"ID":"r","Address":"","Port":1}})")
        << QStringLiteral("http://10.0.0.1:1") << QString();
    QTest::newRow("IPv6") << QByteArray(R"({"Node":{},"Service":{"ID":"r","Address":"::1","Port":1}})")
                          << QStringLiteral("http://[::1]:1") << QString();
    QTest::newRow("scheme in the metadata")
        << QByteArray(R"({"Node":{},"Service":{"ID":"r","Address":"a.example","Port":1,"Meta":{"scheme":"https"}}})")
        << QStringLiteral("https://a.example:1") << QString();
    QTest::newRow("output of the node's check is no note")
        << QByteArray(
               R"({"Node":{},"Service":{"ID":"r","Address":"10.0.0.2","Port":1},
                   "Checks":[{"CheckID":"serfHealth","ServiceID":"","Output":"Agent alive"},{"ServiceID":"r","Output":"2 runs"}]})")
        << QStringLiteral("http://10.0.0.2:1") << QStringLiteral("2 runs");
    QTest::newRow("nulls for empty lists") << QByteArray(
        R"({"Node":{},"Service":{"ID":"r","Address":"10.0.0.2","Port":1,"Tags":null,"Meta":null},"Checks":null})")
                                           << QStringLiteral("http://10.0.0.2:1") << QString();
}

void TestRegistryClient::readsWhatConsulSays()
{
    QFETCH(QByteArray, entry);
    QFETCH(QString, url);
    QFETCH(QString, note);
    FakeRegistry registry(Http::Response{.contentType = "application/json", .body = '[' + entry + ']'});
    const Resolved resolved = resolve(registry.url);
    QVERIFY(resolved && resolved->ok());
    QCOMPARE(resolved->value().size(), 1);
    QCOMPARE(resolved->value().first().url.toString(), url);
    QCOMPARE(resolved->value().first().note, note);
}

void TestRegistryClient::leavesOutWhoIsNotPassing()
{
    RegistryFixture registry;
    registry.addRunner(QStringLiteral("runner-1"), 5050);
    registry.addRunner(QStringLiteral("runner-2"), 5051);
    registry.put("/v1/agent/check/fail/service:runner-1");
    const Resolved resolved = resolve(registry.url);
    QVERIFY(resolved && resolved->ok());
    QCOMPARE(resolved->value().size(), 1);
    QCOMPARE(resolved->value().first().id, QStringLiteral("runner-2"));
}

void TestRegistryClient::tellsHowManyAreNotPassing()
{
    RegistryFixture registry;
    registry.addRunner(QStringLiteral("runner-1"), 5050);
    registry.addRunner(QStringLiteral("runner-2"), 5051);
    registry.put("/v1/agent/check/fail/service:runner-1");
    registry.put("/v1/agent/check/warn/service:runner-2");
    const Resolved resolved = resolve(registry.url);
    QVERIFY(resolved && !resolved->ok());
    QVERIFY(resolved->error().code == ErrorCode::NoRunner);
    QVERIFY(resolved->error().message.contains(QStringLiteral("2 registered, none of them passing")));
    QCOMPARE(resolved->error().details[QStringLiteral("registered")].toInt(), 2);
}

void TestRegistryClient::tellsThatNoneIsRegistered()
{
    RegistryFixture registry;
    const Resolved resolved = resolve(registry.url);
    QVERIFY(resolved && !resolved->ok());
    QVERIFY(resolved->error().code == ErrorCode::NoRunner);
    QVERIFY(resolved->error().message.contains(QStringLiteral("none is registered")));
    QVERIFY(!resolved->error().hint.isEmpty());
}

void TestRegistryClient::silentRegistryIsNoRegistry()
{
    const QString url = QStringLiteral("http://127.0.0.1:%1").arg(Test::closedPort());
    const Resolved resolved = resolve(QUrl(url));
    QVERIFY(resolved && !resolved->ok());
    QVERIFY(resolved->error().code == ErrorCode::NoRegistry);
    QVERIFY(resolved->error().message.startsWith(QStringLiteral("The registry %1 does not answer: ").arg(url)));
    QVERIFY(!resolved->error().hint.isEmpty());
}

void TestRegistryClient::unnamedRegistryIsNoRegistry()
{
    const Resolved resolved = resolve({});
    QVERIFY(resolved && !resolved->ok());
    QVERIFY(resolved->error().code == ErrorCode::NoRegistry);
}

void TestRegistryClient::wrongTokenIsUnauthorized()
{
    RegistryFixture registry;
    const Resolved resolved = resolve(registry.url, "another token");
    QVERIFY(resolved && !resolved->ok());
    QVERIFY(resolved->error().code == ErrorCode::Unauthorized);
    QVERIFY(resolved->error().hint.contains(QStringLiteral("patchpanel token")));
    QVERIFY(!resolved->error().toString().contains(QStringLiteral("another token")));
}

void TestRegistryClient::strangeAnswersAreNoRegistry_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    QTest::newRow("an object") << 200 << QByteArray("{}") << QStringLiteral("expected a JSON array");
    QTest::newRow("no JSON") << 200 << QByteArray("<html>") << QStringLiteral("expected a JSON array");
    QTest::newRow("an error") << 500 << QByteArray("No cluster leader") << QStringLiteral("answered with HTTP 500");
    QTest::newRow("not found") << 404 << QByteArray("nothing here") << QStringLiteral("answered with HTTP 404");
}

void TestRegistryClient::strangeAnswersAreNoRegistry()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QString, message);
    FakeRegistry registry(Http::Response{status, "text/plain", body});
    const Resolved resolved = resolve(registry.url);
    QVERIFY(resolved && !resolved->ok());
    QVERIFY(resolved->error().code == ErrorCode::NoRegistry);
    QVERIFY2(resolved->error().message.contains(message), qPrintable(resolved->error().message));
}

QTEST_GUILESS_MAIN(TestRegistryClient)
#include "tst_registryclient.moc"
