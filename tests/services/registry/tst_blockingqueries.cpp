#include "tests/support/httprawclient.h"
#include "tests/support/registryfixture.h"

#include <QElapsedTimer>
#include <QTest>

#include <sys/resource.h>

using namespace PatchPanel;
using PatchPanel::Test::RegistryFixture;
using PatchPanel::TestSupport::RawAnswer;
using PatchPanel::TestSupport::RawHttpClient;

class TestBlockingQueries : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void newsAnswer_data();
    void newsAnswer();
    void everyChangeOfAServiceIsNews_data();
    void everyChangeOfAServiceIsNews();
    void whatIsNoNewsDoesNotAnswer_data();
    void whatIsNoNewsDoesNotAnswer();
    void lostLeaseIsNews();
    void answersAtOnce_data();
    void answersAtOnce();
    void refusesNonsense_data();
    void refusesNonsense();
    void waitEnds();
    void waiterGoesWithItsSocket();
    void oneConnectionCanWaitAgainAndAgain();
    void manyWaitAndTooManyAreRefused();
    void stopAnswersThoseWhoWait();
};

namespace {

constexpr int most = 1024;

QByteArray indexOf(RegistryFixture &registry, const QByteArray &path)
{
    return Http::headerValue(registry.get(path).headers, "X-Consul-Index");
}

QByteArray withIndex(const QByteArray &path, const QByteArray &index)
{
    return path + (path.contains('?') ? "&index=" : "?index=") + index;
}

// A client that waits for news of `path` since `index`.
std::unique_ptr<RawHttpClient> waitingClient(const RegistryFixture &registry, const QByteArray &path,
                                             const QByteArray &index)
{
    auto client = std::make_unique<RawHttpClient>(registry.url);
    client->send(TestSupport::rawRequest(registry.url, "GET " + withIndex(path, index) + " HTTP/1.1", "test-token"));
    return client;
}

int blocked(RegistryFixture &registry)
{
    return registry.object("/health")[QStringLiteral("blockedQueries")].toInt(-1);
}

// The test holds both ends of every connection.
bool allowDescriptors(rlim_t count)
{
    rlimit limit = {};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(count, limit.rlim_max));
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= count;
}

} // namespace

void TestBlockingQueries::newsAnswer_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path :
         {"/v1/catalog/services", "/v1/catalog/service/web", "/v1/health/service/web", "/v1/health/service/web?passing",
          "/v1/health/checks/web", "/v1/health/state/any", "/v1/health/state/passing"}) {
        QTest::newRow(path) << QByteArray(path);
    }
    QTest::newRow("node") << QByteArray("/v1/health/node/NODE");
}

void TestBlockingQueries::newsAnswer()
{
    QFETCH(QByteArray, path);
    RegistryFixture registry;
    const QByteArray node = registry.array("/v1/catalog/nodes")[0][QStringLiteral("Node")].toString().toUtf8();
    path.replace("NODE", node.toPercentEncoding());
    const QByteArray before = indexOf(registry, path);
    const auto client = waitingClient(registry, path, before);
    QTRY_COMPARE(blocked(registry), 1);

    QCOMPARE(
        registry.put("/v1/agent/service/register", R"({"Name":"web","Check":{"TTL":"15s","Status":"passing"}})").status,
        200);
    const RawAnswer answer = client->readAnswer();
    QCOMPARE(answer.status, 200);
    QVERIFY(answer.header("X-Consul-Index").toULongLong() > before.toULongLong());
    QCOMPARE(answer.header("X-Consul-KnownLeader"), QByteArray("true"));
    QVERIFY2(answer.body.contains("web"), answer.body.constData());
    QCOMPARE(answer.body, registry.get(path).body);
    QCOMPARE(blocked(registry), 0);
}

void TestBlockingQueries::everyChangeOfAServiceIsNews_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::newRow("another note") << QByteArray("/v1/agent/check/pass/service:runner-1?note=draining");
    QTest::newRow("warning") << QByteArray("/v1/agent/check/warn/service:runner-1");
    QTest::newRow("critical") << QByteArray("/v1/agent/check/fail/service:runner-1");
    QTest::newRow("maintenance") << QByteArray("/v1/agent/service/maintenance/runner-1?enable=true");
    QTest::newRow("gone") << QByteArray("/v1/agent/service/deregister/runner-1");
}

void TestBlockingQueries::everyChangeOfAServiceIsNews()
{
    QFETCH(QByteArray, change);
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const QByteArray path = "/v1/health/service/runner";
    const auto client = waitingClient(registry, path, indexOf(registry, path));
    QTRY_COMPARE(blocked(registry), 1);
    QCOMPARE(registry.put(change).status, 200);
    QCOMPARE(client->readAnswer().body, registry.get(path).body);
}

void TestBlockingQueries::whatIsNoNewsDoesNotAnswer_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("body");
    const QByteArray runner = "/v1/health/service/runner";
    QTest::newRow("the same heartbeat") << runner << QByteArray("/v1/agent/check/pass/service:runner-1")
                                        << QByteArray();
    QTest::newRow("another service registers")
        << runner << QByteArray("/v1/agent/service/register") << QByteArray(R"({"Name":"db"})");
    QTest::newRow("another service is unwell")
        << runner << QByteArray("/v1/agent/check/fail/service:web") << QByteArray();
    QTest::newRow("the list of services, while one is unwell")
        << QByteArray("/v1/catalog/services") << QByteArray("/v1/agent/check/fail/service:web") << QByteArray();
    QTest::newRow("nodes") << QByteArray("/v1/catalog/nodes") << QByteArray("/v1/agent/check/fail/service:web")
                           << QByteArray();
}

void TestBlockingQueries::whatIsNoNewsDoesNotAnswer()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, body);
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QCOMPARE(
        registry.put("/v1/agent/service/register", R"({"Name":"web","Check":{"TTL":"15s","Status":"passing"}})").status,
        200);
    const auto client = waitingClient(registry, path, indexOf(registry, path));
    QTRY_COMPARE(blocked(registry), 1);
    QCOMPARE(registry.put(request, body).status, 200);
    QCOMPARE(blocked(registry), 1); // asked over the event loop, where the answer would have gone out before
    QCOMPARE(client->received(), QByteArray());
}

void TestBlockingQueries::lostLeaseIsNews()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050, QStringLiteral("300ms")).status, 200);
    const QByteArray path = "/v1/health/service/runner?passing";
    const auto client = waitingClient(registry, path, indexOf(registry, path));
    QTRY_COMPARE(blocked(registry), 1);
    QCOMPARE(client->readAnswer().body, QByteArray("[]")); // from the sweep: nobody else asks
}

void TestBlockingQueries::answersAtOnce_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<int>("status");
    QTest::newRow("no index") << QByteArray("wait=10m") << 200;
    QTest::newRow("index 0") << QByteArray("index=0&wait=10m") << 200;
    QTest::newRow("empty index") << QByteArray("index=&wait=10m") << 200;
    QTest::newRow("an index of the past") << QByteArray("index=1&wait=10m") << 200;
    QTest::newRow("an index ahead") << QByteArray("index=999999&wait=10m") << 200;
    QTest::newRow("a query that cannot be answered") << QByteArray("index=CURRENT&passing=maybe") << 400;
    QTest::newRow("another datacenter") << QByteArray("index=CURRENT&dc=elsewhere") << 500;
    QTest::newRow("a filter") << QByteArray("index=CURRENT&filter=Port%3D%3D1") << 400;
}

void TestBlockingQueries::answersAtOnce()
{
    QFETCH(QByteArray, query);
    QFETCH(int, status);
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const QByteArray path = "/v1/health/service/runner";
    query.replace("CURRENT", indexOf(registry, path));
    QCOMPARE(registry.get(path + '?' + query).status, status);
}

void TestBlockingQueries::refusesNonsense_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("index") << QByteArray("index=soon")
                           << QByteArray("Invalid value for ?index: expected a whole number");
    QTest::newRow("negative index") << QByteArray("index=-1") << QByteArray("Invalid value for ?index");
    QTest::newRow("wait without a unit") << QByteArray("index=1&wait=10")
                                         << QByteArray("Invalid value for ?wait: expected a duration");
    QTest::newRow("negative wait") << QByteArray("index=1&wait=-1s") << QByteArray("Invalid value for ?wait");
}

void TestBlockingQueries::refusesNonsense()
{
    QFETCH(QByteArray, query);
    QFETCH(QByteArray, text);
    RegistryFixture registry;
    const Http::Reply reply = registry.get("/v1/health/service/runner?" + query);
    QCOMPARE(reply.status, 400);
    QVERIFY2(reply.body.startsWith(text), reply.body.constData());
}

void TestBlockingQueries::waitEnds()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const QByteArray path = "/v1/health/service/runner";
    const QByteArray index = indexOf(registry, path);
    QElapsedTimer since;
    since.start();
    const Http::Reply reply = registry.get(withIndex(path, index) + "&wait=160ms");
    QVERIFY(since.hasExpired(160));
    QCOMPARE(reply.status, 200);
    QCOMPARE(Http::headerValue(reply.headers, "X-Consul-Index"), index);
    QCOMPARE(reply.body, registry.get(path).body);
}

void TestBlockingQueries::waiterGoesWithItsSocket()
{
    RegistryFixture registry;
    const QByteArray path = "/v1/health/service/runner";
    const auto leaving = waitingClient(registry, path, indexOf(registry, path));
    const auto staying = waitingClient(registry, path, indexOf(registry, path));
    QTRY_COMPARE(blocked(registry), 2);
    leaving->leave();
    QTRY_COMPARE(blocked(registry), 1);
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QCOMPARE(staying->readAnswer().status, 200);
}

void TestBlockingQueries::oneConnectionCanWaitAgainAndAgain()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const QByteArray path = "/v1/health/service/runner";
    QByteArray index = indexOf(registry, path);
    RawHttpClient client(registry.url);
    for (int round = 0; round < 5; ++round) {
        client.send(TestSupport::rawRequest(registry.url, "GET " + withIndex(path, index) + " HTTP/1.1", "test-token"));
        QTRY_COMPARE(blocked(registry), 1);
        const QByteArray note = "round-" + QByteArray::number(round);
        QCOMPARE(registry.put("/v1/agent/check/pass/service:runner-1?note=" + note).status, 200);
        const RawAnswer answer = client.readAnswer();
        QVERIFY2(answer.body.contains(note), answer.body.constData());
        QVERIFY(answer.header("X-Consul-Index").toULongLong() > index.toULongLong());
        index = answer.header("X-Consul-Index");
    }
}

void TestBlockingQueries::manyWaitAndTooManyAreRefused()
{
    QVERIFY2(allowDescriptors(2 * most + 200), "raise the limit of open files: ulimit -Hn 4096");
    RegistryFixture registry;
    const QByteArray path = "/v1/health/service/runner";
    const QByteArray index = indexOf(registry, path);
    std::vector<std::unique_ptr<RawHttpClient>> clients;
    for (int i = 0; i < most; ++i) {
        clients.push_back(waitingClient(registry, path, index));
    }
    QTRY_COMPARE(blocked(registry), most);

    const Http::Reply refused = registry.get(withIndex(path, index));
    QCOMPARE(refused.status, 429);
    QCOMPARE(Http::headerValue(refused.headers, "Retry-After"), QByteArray("5"));
    QVERIFY2(refused.body.startsWith("1024 queries wait for news already"), refused.body.constData());
    QCOMPARE(registry.get(path).status, 200); // only waiting is refused

    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    for (const auto &client : clients) {
        const RawAnswer answer = client->readAnswer();
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.body.contains("runner-1"));
    }
    QCOMPARE(blocked(registry), 0);
}

void TestBlockingQueries::stopAnswersThoseWhoWait()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const QByteArray path = "/v1/health/service/runner";
    const QByteArray index = indexOf(registry, path);
    const auto client = waitingClient(registry, path, index);
    QTRY_COMPARE(blocked(registry), 1);
    registry.service.stop();
    const RawAnswer answer = client->readAnswer();
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.header("X-Consul-Index"), index);
}

QTEST_GUILESS_MAIN(TestBlockingQueries)
#include "tst_blockingqueries.moc"
