#include "services/registry/registrysharing.h"
#include "services/storage/redisservices.h"
#include "tests/support/closedport.h"
#include "tests/support/redisserver.h"
#include "tests/support/registryfixture.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace PatchPanel;
using namespace PatchPanel::Registry;
using namespace std::chrono_literals;
using PatchPanel::Test::RegistryFixture;

namespace {

const QByteArray token = "test-token";
const QByteArray webPath = "/v1/health/service/web";

} // namespace

// Registries that share their services through a real Redis server.
class TestRegistrySharing : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { signal(SIGPIPE, SIG_IGN); } // as main does
    void init();
    void cleanup();
    void foundAtTheOther();
    void servicesWithoutAnAddressAreWhereTheyRegistered();
    void heartbeatsCountAtBoth();
    void heartbeatsMayGoToTheOther();
    void changesTravel_data();
    void changesTravel();
    void deregistrationTravels();
    void wakesWhoWaitsForNewsOnly();
    void outlivesItsRegistryUntilItsLeaseEnds();
    void newcomersKnowAll();
    void emptiedServerIsFilledAgain();
    void pausedServerHoldsNobodyUp();
    void serverThatComesLater();
    void otherTokensShareNothing();
    void unsignedServicesAreLeftOut();
    void removedWhileItWasDown();
    void urlThatCannotBeRead();
    void traffic();

private:
    std::unique_ptr<RegistryFixture> registry(const QByteArray &withToken = token)
    {
        return std::make_unique<RegistryFixture>(withToken, 0, QString(), m_server->url());
    }
    static void addWeb(RegistryFixture &at, const QByteArray &ttl = "30s", const QByteArray &removal = "0s")
    {
        QCOMPARE(at.put("/v1/agent/service/register",
                        R"({"Name":"web","Address":"10.0.0.7","Port":80,"Tags":["blue"],"Meta":{"zone":"ä"},)"
                        R"("Weights":{"Passing":7,"Warning":2},"Check":{"CheckID":"alive","Status":"passing","TTL":")"
                            + ttl + R"(","DeregisterCriticalServiceAfter":")" + removal + R"("}})")
                     .status,
                 200);
    }
    static QString statusAt(RegistryFixture &at) { return memberAt(at, QStringLiteral("Status")); }
    static QString outputAt(RegistryFixture &at) { return memberAt(at, QStringLiteral("Output")); }
    // Of its first check; empty without one.
    static QString memberAt(RegistryFixture &at, const QString &name)
    {
        const QJsonArray checks = at.array("/v1/health/checks/web");
        return checks.isEmpty() ? QString() : checks[0][name].toString();
    }
    static QByteArray indexAt(RegistryFixture &at)
    {
        return Http::headerValue(at.get(webPath).headers, "X-Consul-Index");
    }
    static qsizetype logged(const RegistryFixture &at, QByteArrayView part)
    {
        qsizetype count = 0;
        for (qsizetype i = 0; i < at.log.size(); ++i) {
            count += at.log.at(i).toText().contains(part) ? 1 : 0;
        }
        return count;
    }
    Result<Storage::RedisReply> ask(const QList<QByteArray> &command)
    {
        return Storage::RedisConnection(Storage::parseRedisUrl(m_server->url()).value()).command(command);
    }

    std::unique_ptr<Test::RedisServer> m_server;
    std::unique_ptr<RegistryFixture> m_a;
    std::unique_ptr<RegistryFixture> m_b;
};

void TestRegistrySharing::init()
{
    m_server = std::make_unique<Test::RedisServer>();
    QVERIFY2(m_server->start(), qPrintable(m_server->errorText()));
    m_a = registry();
    m_b = registry();
}

void TestRegistrySharing::cleanup()
{
    m_b.reset();
    m_a.reset();
    m_server.reset();
}

void TestRegistrySharing::foundAtTheOther()
{
    addWeb(*m_a);
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    QJsonObject atA = m_a->object("/v1/agent/services")[QStringLiteral("web")].toObject();
    QJsonObject atB = m_b->object("/v1/agent/services")[QStringLiteral("web")].toObject();
    for (QJsonObject *service : {&atA, &atB}) {
        service->remove(QStringLiteral("CreateIndex"));
        service->remove(QStringLiteral("ModifyIndex"));
    }
    QCOMPARE(atB, atA);
    QCOMPARE(atB[QStringLiteral("Address")].toString(), QStringLiteral("10.0.0.7"));
    QVERIFY(m_b->hasLogged("web registered at 10.0.0.7:80"));
    QCOMPARE(m_b->array("/v1/catalog/service/web").size(), 1);
}

void TestRegistrySharing::servicesWithoutAnAddressAreWhereTheyRegistered()
{
    QCOMPARE(m_a->put("/v1/agent/service/register", R"({"Name":"web","Port":80})").status, 200);
    QTRY_COMPARE(m_b->array("/v1/catalog/service/web").size(), 1);
    QCOMPARE(m_b->array("/v1/catalog/service/web")[0][QStringLiteral("ServiceAddress")].toString(), m_a->url.host());
    const QByteArray index = indexAt(*m_a);
    QCOMPARE(m_b->put("/v1/agent/service/maintenance/web?enable=true").status, 200);
    QTRY_VERIFY(indexAt(*m_a) != index);
    QCOMPARE(m_a->array("/v1/catalog/service/web").size(), 1);
}

void TestRegistrySharing::heartbeatsCountAtBoth()
{
    addWeb(*m_a, "3s");
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    const QByteArray index = indexAt(*m_b);
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 5000) {
        QCOMPARE(m_a->put("/v1/agent/check/pass/alive").status, 200);
        QCOMPARE(statusAt(*m_b), QStringLiteral("passing"));
        QTest::qWait(100);
    }
    QCOMPARE(indexAt(*m_b), index);
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("critical"));
    QTRY_COMPARE(statusAt(*m_a), QStringLiteral("critical"));
    QCOMPARE(outputAt(*m_b), QStringLiteral("TTL expired"));

    QCOMPARE(m_a->put("/v1/agent/check/pass/alive").status, 200); // as it was before, but no longer at B
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
}

void TestRegistrySharing::heartbeatsMayGoToTheOther()
{
    addWeb(*m_a, "3s");
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    m_a.reset();
    const std::unique_ptr<RegistryFixture> third = registry();
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 5000) {
        QCOMPARE(m_b->put("/v1/agent/check/pass/alive").status, 200);
        QCOMPARE(statusAt(*m_b), QStringLiteral("passing"));
        QTest::qWait(100);
    }
    QCOMPARE(statusAt(*third), QStringLiteral("passing"));
}

void TestRegistrySharing::changesTravel_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected"); // part of the health at both
    QTest::newRow("warning with a note") << QByteArray("/v1/agent/check/warn/alive?note=disk%20full") << QByteArray()
                                         << QByteArray(R"("Output":"disk full")");
    QTest::newRow("critical") << QByteArray("/v1/agent/check/fail/alive") << QByteArray()
                              << QByteArray(R"("Status":"critical")");
    QTest::newRow("update") << QByteArray("/v1/agent/check/update/alive")
                            << QByteArray(R"({"Status":"warning","Output":"\u00e4"})")
                            << QByteArray("\"Output\":\"\xc3\xa4\"");
    QTest::newRow("maintenance") << QByteArray("/v1/agent/service/maintenance/web?enable=true&reason=new%20disk")
                                 << QByteArray() << QByteArray("new disk");
    QTest::newRow("registered anew") << QByteArray("/v1/agent/service/register")
                                     << QByteArray(R"({"Name":"web","Port":81,"Check":{"CheckID":"other","TTL":"9s"}})")
                                     << QByteArray(R"("CheckID":"other")");
    QTest::newRow("under another name") << QByteArray("/v1/agent/service/register")
                                        << QByteArray(R"({"Name":"web","ID":"web","Tags":["green"],"Port":80})")
                                        << QByteArray("green");
}

void TestRegistrySharing::changesTravel()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, expected);
    addWeb(*m_a);
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    QVERIFY(!m_a->get(webPath).body.contains(expected));
    QCOMPARE(m_b->put(request, body).status, 200);
    QTRY_VERIFY(m_a->get(webPath).body.contains(expected));
    QVERIFY(m_b->get(webPath).body.contains(expected));
    QCOMPARE(m_a->array("/v1/health/checks/web").size(), m_b->array("/v1/health/checks/web").size());
    if (request.contains("maintenance")) {
        QCOMPARE(m_a->put("/v1/agent/service/maintenance/web?enable=false").status, 200);
        QTRY_COMPARE(m_b->array("/v1/health/checks/web").size(), 1);
    }
}

void TestRegistrySharing::deregistrationTravels()
{
    addWeb(*m_a);
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    QCOMPARE(m_b->put("/v1/agent/service/deregister/web").status, 200);
    QTRY_COMPARE(m_a->get(webPath).body, QByteArray("[]"));
    QCOMPARE(m_a->put("/v1/agent/check/pass/alive").status, 404); // so the service registers again
    addWeb(*m_a);
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
}

void TestRegistrySharing::wakesWhoWaitsForNewsOnly()
{
    addWeb(*m_a, "10s");
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    std::optional<Http::Reply> answer;
    QObject context;
    Http::Client waiting({.token = token});
    waiting.send({.url = m_b->at(webPath + "?wait=1m&index=" + indexAt(*m_b)), .timeout = 1min}, &context,
                 [&answer](const Http::Reply &reply) { answer = reply; });
    QTRY_COMPARE(m_b->object("/health")[QStringLiteral("blockedQueries")].toInt(), 1);
    const auto age = [this] {
        Http::ClientRequest request{.url = m_b->at("/services"), .headers = {{"Accept", "application/json"}}};
        const QJsonArray rows = QJsonDocument::fromJson(Test::exchange(m_b->client, request).body).array();
        return rows[0][QStringLiteral("lastBeatSeconds")].toInt(-1);
    };
    QTRY_VERIFY(age() >= 2);
    QCOMPARE(m_a->put("/v1/agent/check/pass/alive").status, 200);
    QTRY_VERIFY(age() < 2); // heard
    QVERIFY(!answer);

    QElapsedTimer timer;
    timer.start();
    QCOMPARE(m_a->put("/v1/agent/check/warn/alive").status, 200);
    QTRY_VERIFY(answer.has_value());
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(answer->body.contains(R"("Status":"warning")"));
}

void TestRegistrySharing::outlivesItsRegistryUntilItsLeaseEnds()
{
    addWeb(*m_a, "3s", "2s");
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    m_a.reset();
    QCOMPARE(statusAt(*m_b), QStringLiteral("passing"));
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("critical"));
    QTRY_COMPARE_WITH_TIMEOUT(m_b->get(webPath).body, QByteArray("[]"), 10'000);
    QVERIFY(m_b->hasLogged("removed: it was critical for too long"));
    const std::unique_ptr<RegistryFixture> third = registry();
    QTRY_COMPARE(ask({"ZCARD", "pp:{svc}:" + sharingGroup(token) + ":gone"})->integer, 1);
    QCOMPARE(third->get(webPath).body, QByteArray("[]"));
}

void TestRegistrySharing::newcomersKnowAll()
{
    for (int i = 0; i < 500; ++i) {
        m_a->addRunner(QStringLiteral("runner-%1").arg(i), 5050);
    }
    QTRY_COMPARE(m_b->array("/v1/health/service/runner?passing").size(), 500);
    const std::unique_ptr<RegistryFixture> third = registry();
    QTRY_COMPARE(third->array("/v1/health/service/runner?passing").size(), 500);
}

void TestRegistrySharing::emptiedServerIsFilledAgain()
{
    addWeb(*m_a);
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    const QByteArray index = indexAt(*m_b);
    QVERIFY(ask({"FLUSHALL"}).ok());
    const QByteArray entries = "pp:{svc}:" + sharingGroup(token) + ":entries";
    QTRY_COMPARE(ask({"HLEN", entries})->integer, 1);
    const std::unique_ptr<RegistryFixture> third = registry();
    QTRY_COMPARE(statusAt(*third), QStringLiteral("passing"));
    QCOMPARE(indexAt(*m_b), index);
    QCOMPARE(m_b->put("/v1/agent/check/warn/alive").status, 200);
    QTRY_COMPARE(statusAt(*m_a), QStringLiteral("warning"));

    m_server->kill();
    QVERIFY(m_server->start()); // at the same port, empty
    QTRY_COMPARE_WITH_TIMEOUT(ask({"HLEN", entries}).ok() ? ask({"HLEN", entries})->integer : 0, 1, 60'000);
    QCOMPARE(statusAt(*m_a), QStringLiteral("warning"));
}

void TestRegistrySharing::pausedServerHoldsNobodyUp()
{
    addWeb(*m_a, "4s");
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    m_server->pause();
    QTRY_COMPARE(logged(*m_b, "cannot be shared"), 1);
    QElapsedTimer pause;
    pause.start();
    while (pause.elapsed() < 6000) { // longer than the lease
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(m_a->put("/v1/agent/check/pass/alive").status, 200);
        QCOMPARE(statusAt(*m_b), QStringLiteral("passing"));
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        QTest::qWait(100);
    }
    QCOMPARE(m_a->put("/v1/agent/service/maintenance/web?enable=true&reason=meanwhile").status, 200);
    const auto warnAtB = [this] {
        return m_b->put("/v1/agent/check/warn/alive?note=slow%20disk").status == 200;
    };
    QVERIFY(warnAtB());
    m_server->resume();
    QTRY_VERIFY_WITH_TIMEOUT(m_b->get(webPath).body.contains("meanwhile"), 40'000);
    QTRY_VERIFY_WITH_TIMEOUT(warnAtB() && m_a->get(webPath).body.contains("slow disk"), 40'000);
    QVERIFY(m_b->get(webPath).body.contains("slow disk"));
    QCOMPARE(logged(*m_b, "cannot be shared"), 1);
    QCOMPARE(logged(*m_b, "shared with other registries again"), 1);
}

void TestRegistrySharing::serverThatComesLater()
{
    m_a.reset();
    m_b.reset();
    m_server->kill();
    m_a = registry();
    m_b = registry();
    addWeb(*m_a);
    QCOMPARE(statusAt(*m_a), QStringLiteral("passing"));
    QTRY_COMPARE(logged(*m_a, "cannot be shared"), 1);
    QVERIFY(m_server->start());
    QTRY_COMPARE_WITH_TIMEOUT(statusAt(*m_b), QStringLiteral("passing"), 40'000);
}

void TestRegistrySharing::otherTokensShareNothing()
{
    const std::unique_ptr<RegistryFixture> stranger = registry("another token");
    addWeb(*m_a);
    QCOMPARE(stranger->put("/v1/agent/service/register", R"({"Name":"db","Port":1})").status, 200);
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    QTRY_COMPARE(ask({"KEYS", "pp:{svc}:*:entries"})->elements.size(), 2);
    QCOMPARE(m_b->array("/v1/catalog/service/db").size(), 0);
    QCOMPARE(stranger->get(webPath).body, QByteArray("[]"));
}

void TestRegistrySharing::unsignedServicesAreLeftOut()
{
    Storage::RedisServices forger(Storage::parseRedisUrl(m_server->url()).value(), sharingGroup(token));
    const QByteArray definition = R"({"ID":"web","Name":"web","Address":"10.6.6.6","Port":80})";
    const auto forge = [&](const QByteArray &id, const QByteArray &value) {
        Storage::SharedCursor cursor = forger.turn({}, {})->cursor;
        return forger.turn(cursor, {{.id = id, .part = "d", .value = value}}).ok();
    };
    QVERIFY(forge("web", definition));
    QVERIFY(forge("web", QByteArray(64, '0') + definition));
    QVERIFY(forge("web", sealed("another token", "web", "d", definition)));
    QVERIFY(forge("web", sealed(token, "web", "m", definition)));
    QVERIFY(forge("db", sealed(token, "db", "d", "no JSON")));
    QVERIFY(forge("db2", sealed(token, "db2", "d", definition))); // of another service
    addWeb(*m_a);
    QTRY_COMPARE(statusAt(*m_b), QStringLiteral("passing"));
    QCOMPARE(m_b->object("/v1/agent/services").keys(), QStringList{QStringLiteral("web")});
    QVERIFY(!m_b->get(webPath).body.contains("10.6.6.6"));
    QVERIFY(!m_b->hasLogged("10.6.6.6"));
}

void TestRegistrySharing::removedWhileItWasDown()
{
    const QTemporaryDir folder;
    const quint16 port = Test::closedPort();
    auto kept = std::make_unique<RegistryFixture>(token, port, folder.path(), m_server->url());
    addWeb(*kept);
    QCOMPARE(kept->put("/v1/agent/service/register", R"({"Name":"db","Port":1})").status, 200);
    QTRY_COMPARE(m_b->object("/v1/agent/services").size(), 2);
    kept.reset();
    QCOMPARE(m_b->put("/v1/agent/service/deregister/db").status, 200);
    QCOMPARE(m_b->put("/v1/agent/check/warn/alive?note=newer").status, 200);
    QTRY_COMPARE(m_a->object("/v1/agent/services").size(), 1);

    kept = std::make_unique<RegistryFixture>(token, port, folder.path(), m_server->url());
    QTRY_COMPARE(kept->object("/v1/agent/services").size(), 1);
    QTRY_COMPARE(outputAt(*kept), QStringLiteral("newer"));
    QCOMPARE(outputAt(*m_a), QStringLiteral("newer"));
    kept.reset();

    QVERIFY(ask({"FLUSHALL"}).ok());
    m_a.reset();
    m_b.reset();
    QVERIFY(ask({"FLUSHALL"}).ok());
    kept = std::make_unique<RegistryFixture>(token, port, folder.path(), m_server->url());
    m_b = registry();
    QTRY_COMPARE(outputAt(*m_b), QStringLiteral("newer")); // from the file
}

void TestRegistrySharing::urlThatCannotBeRead()
{
    RegistryFixture alone(token, 0, QString(), QStringLiteral("http://secret@host"));
    QVERIFY(alone.hasLogged("Services are not shared"));
    QVERIFY(!alone.hasLogged("secret"));
    addWeb(alone);
}

void TestRegistrySharing::traffic()
{
    constexpr int services = 300;
    for (int i = 0; i < services; ++i) {
        m_a->addRunner(QStringLiteral("runner-%1").arg(i), 5050);
    }
    QTRY_COMPARE(m_b->array("/v1/health/service/runner?passing").size(), services);
    const auto calls = [this] {
        const QByteArray stats = ask({"INFO", "commandstats"})->text;
        const qsizetype at = stats.indexOf("cmdstat_evalsha:calls=");
        return stats.mid(at + 22, stats.indexOf(',', at) - at - 22).toInt();
    };
    const int before = calls();
    QVERIFY(before > 0);
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 3 * services; ++i) {
        QCOMPARE(m_a->put("/v1/agent/check/pass/service:runner-" + QByteArray::number(i % services)).status, 200);
    }
    const double seconds = std::max(1.0, static_cast<double>(timer.elapsed()) / 1000);
    QVERIFY2(calls() - before <= 2 * (3 + 2 * seconds), qPrintable(QString::number(calls() - before)));
}

QTEST_GUILESS_MAIN(TestRegistrySharing)
#include "tst_registrysharing.moc"
