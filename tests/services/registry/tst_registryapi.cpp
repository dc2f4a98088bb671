#include "tests/support/prometheusparser.h"
#include "tests/support/registryfixture.h"

#include <QTest>

using namespace PatchPanel;
using PatchPanel::Test::RegistryFixture;

class TestRegistryApi : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void needsTheToken_data();
    void needsTheToken();
    void acceptsConsulsTokenHeader();
    void registersInEveryKeyCase_data();
    void registersInEveryKeyCase();
    void entryHasWhatConsulClientsRead();
    void listsAreNeverNull();
    void heartbeatsSetStatusAndOutput_data();
    void heartbeatsSetStatusAndOutput();
    void leaseExpiresWithoutHeartbeats();
    void deregisters();
    void maintenance();
    void idsAreDecoded_data();
    void idsAreDecoded();
    void selectsHealthyAndTagged_data();
    void selectsHealthyAndTagged();
    void refusesWithText_data();
    void refusesWithText();
    void refusesUnsupportedParameters_data();
    void refusesUnsupportedParameters();
    void answersCarryTheIndex_data();
    void answersCarryTheIndex();
    void quietHeartbeatKeepsTheIndex();
    void describesTheAgent();
    void describesTheCatalog();
    void healthByNodeNameAndState();
    void foreignDatacenterIsAnError();
    void servicesForPeople();
    void servicesForPrograms();
    void tellsMetricsOfItsServer();
    void healthIsOpen();
};

namespace {

QByteArray indexOf(const Http::Reply &reply)
{
    return Http::headerValue(reply.headers, "X-Consul-Index");
}

QStringList idsOf(const QJsonArray &entries)
{
    QStringList ids;
    for (const QJsonValue &entry : entries) {
        ids.append(entry[QStringLiteral("Service")][QStringLiteral("ID")].toString());
    }
    return ids;
}

QString statusOf(RegistryFixture &registry, const QString &id)
{
    for (const QJsonValue &entry : registry.array("/v1/health/service/runner")) {
        if (entry[QStringLiteral("Service")][QStringLiteral("ID")].toString() == id) {
            return entry[QStringLiteral("Checks")][0][QStringLiteral("Status")].toString();
        }
    }
    return {};
}

// runner-1 passing (tags a, b), runner-2 passing (a), runner-3 warning (a), runner-4 critical (b).
void addFour(RegistryFixture &registry)
{
    const std::pair<QByteArray, QByteArray> runners[] = {
        {R"(["a","b"])", "passing"}, {R"(["a"])", "passing"}, {R"(["a"])", "warning"}, {R"(["b"])", "critical"}};
    int number = 0;
    for (const auto &[tags, status] : runners) {
        const QByteArray id = "runner-" + QByteArray::number(++number);
        QCOMPARE(registry
                     .put("/v1/agent/service/register",
                          "{\"Name\":\"runner\",\"ID\":\"" + id + "\",\"Tags\":" + tags
                              + ",\"Check\":{\"TTL\":\"15s\",\"Status\":\"" + status + "\"}}")
                     .status,
                 200);
    }
}

} // namespace

void TestRegistryApi::needsTheToken_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path : {"/v1/agent/self", "/v1/agent/services", "/v1/agent/checks", "/v1/status/leader",
                             "/v1/catalog/services", "/v1/health/service/runner", "/services", "/metrics"}) {
        QTest::newRow(path) << QByteArray(path);
    }
}

void TestRegistryApi::needsTheToken()
{
    QFETCH(QByteArray, path);
    RegistryFixture registry;
    Http::Client stranger({});
    QCOMPARE(Test::exchange(stranger, {.url = registry.at(path)}).status, 401);
    QCOMPARE(registry.get(path).status, 200);
}

void TestRegistryApi::acceptsConsulsTokenHeader()
{
    RegistryFixture registry("secret");
    Http::Client consul({});
    const Http::ClientRequest request{.url = registry.at("/v1/agent/self"), .headers = {{"X-Consul-Token", "secret"}}};
    QCOMPARE(Test::exchange(consul, request).status, 200);
}

void TestRegistryApi::registersInEveryKeyCase_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("Pascal") << QByteArray(
        R"({"Name":"runner","ID":"runner-1","Port":5050,"Check":{"CheckID":"c","TTL":"15s","Status":"passing"}})");
    QTest::newRow("camel") << QByteArray(
        R"({"name":"runner","id":"runner-1","port":5050,"check":{"checkId":"c","ttl":"15s","status":"passing"}})");
    QTest::newRow("snake") << QByteArray(
        R"({"name":"runner","id":"runner-1","port":5050,"check":{"check_id":"c","ttl":"15s","status":"passing"}})");
}

void TestRegistryApi::registersInEveryKeyCase()
{
    QFETCH(QByteArray, body);
    RegistryFixture registry;
    const Http::Reply reply = registry.put("/v1/agent/service/register", body);
    QCOMPARE(reply.status, 200);
    QCOMPARE(reply.body, QByteArray());

    const QJsonArray entries = registry.array("/v1/health/service/runner?passing");
    QCOMPARE(idsOf(entries), QStringList{QStringLiteral("runner-1")});
    QCOMPARE(entries[0][QStringLiteral("Checks")][0][QStringLiteral("CheckID")].toString(), QStringLiteral("c"));
    QVERIFY(registry.hasLogged("[REGISTRY] runner-1 (runner) registered at 127.0.0.1:5050"));
}

void TestRegistryApi::entryHasWhatConsulClientsRead()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const QJsonValue entry = registry.array("/v1/health/service/runner")[0];

    const QJsonValue node = entry[QStringLiteral("Node")];
    QVERIFY(!node[QStringLiteral("ID")].toString().isEmpty());
    QVERIFY(!node[QStringLiteral("Node")].toString().isEmpty());
    QCOMPARE(node[QStringLiteral("Address")].toString(), QStringLiteral("127.0.0.1"));
    QCOMPARE(node[QStringLiteral("Datacenter")].toString(), QStringLiteral("dc1"));

    const QJsonValue service = entry[QStringLiteral("Service")];
    QCOMPARE(service[QStringLiteral("Service")].toString(), QStringLiteral("runner"));
    QCOMPARE(service[QStringLiteral("Address")].toString(), QStringLiteral("127.0.0.1"));
    QCOMPARE(service[QStringLiteral("Port")].toInt(), 5050);
    QCOMPARE(service[QStringLiteral("Weights")][QStringLiteral("Passing")].toInt(), 1);
    QVERIFY(service[QStringLiteral("ModifyIndex")].toInt() > 0);

    const QJsonValue check = entry[QStringLiteral("Checks")][0];
    QCOMPARE(check[QStringLiteral("CheckID")].toString(), QStringLiteral("service:runner-1"));
    QCOMPARE(check[QStringLiteral("Status")].toString(), QStringLiteral("passing"));
    QCOMPARE(check[QStringLiteral("ServiceName")].toString(), QStringLiteral("runner"));
    QCOMPARE(check[QStringLiteral("Type")].toString(), QStringLiteral("ttl"));
}

void TestRegistryApi::listsAreNeverNull()
{
    RegistryFixture registry;
    QCOMPARE(registry.put("/v1/agent/service/register", R"({"Name":"web","Tags":null,"Meta":null})").status, 200);
    const QJsonValue entry = registry.array("/v1/health/service/web")[0];
    QVERIFY(entry[QStringLiteral("Checks")].isArray());
    QVERIFY(entry[QStringLiteral("Service")][QStringLiteral("Tags")].isArray());
    QVERIFY(entry[QStringLiteral("Service")][QStringLiteral("Meta")].isObject());
    QVERIFY(registry.array("/v1/catalog/service/web")[0][QStringLiteral("ServiceTags")].isArray());
    QCOMPARE(registry.get("/v1/health/service/nobody").body, QByteArray("[]"));
    QCOMPARE(registry.get("/v1/catalog/service/nobody").body, QByteArray("[]"));
    QCOMPARE(registry.get("/v1/health/checks/nobody").body, QByteArray("[]"));
    QCOMPARE(registry.get("/v1/health/node/nobody").body, QByteArray("[]"));
}

void TestRegistryApi::heartbeatsSetStatusAndOutput_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("status");
    QTest::addColumn<QString>("output");
    QTest::newRow("pass") << QByteArray("/v1/agent/check/pass/service:runner-1") << QByteArray()
                          << QStringLiteral("passing") << QString();
    QTest::newRow("pass with a note") << QByteArray("/v1/agent/check/pass/service:runner-1?note=2%20runs")
                                      << QByteArray() << QStringLiteral("passing") << QStringLiteral("2 runs");
    QTest::newRow("warn") << QByteArray("/v1/agent/check/warn/service:runner-1?note=disk%2090%25") << QByteArray()
                          << QStringLiteral("warning") << QStringLiteral("disk 90%");
    QTest::newRow("fail") << QByteArray("/v1/agent/check/fail/service:runner-1?note=down") << QByteArray()
                          << QStringLiteral("critical") << QStringLiteral("down");
    QTest::newRow("update") << QByteArray("/v1/agent/check/update/service:runner-1")
                            << QByteArray(R"({"Status":"warning","Output":"slow"})") << QStringLiteral("warning")
                            << QStringLiteral("slow");
    QTest::newRow("check id with its colon encoded") << QByteArray("/v1/agent/check/fail/service%3Arunner-1")
                                                     << QByteArray() << QStringLiteral("critical") << QString();
}

void TestRegistryApi::heartbeatsSetStatusAndOutput()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, body);
    QFETCH(QString, status);
    QFETCH(QString, output);
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const Http::Reply reply = registry.put(path, body);
    QCOMPARE(reply.status, 200);
    const QJsonValue check = registry.array("/v1/health/checks/runner")[0];
    QCOMPARE(check[QStringLiteral("Status")].toString(), status);
    QCOMPARE(check[QStringLiteral("Output")].toString(), output);
}

void TestRegistryApi::leaseExpiresWithoutHeartbeats()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050, QStringLiteral("50ms")).status, 200);
    QTRY_COMPARE(statusOf(registry, QStringLiteral("runner-1")), QStringLiteral("critical"));
    QCOMPARE(registry.array("/v1/health/checks/runner")[0][QStringLiteral("Output")].toString(),
             QStringLiteral("TTL expired"));
    QCOMPARE(registry.get("/v1/health/service/runner?passing").body, QByteArray("[]"));
    QVERIFY(registry.hasLogged("[REGISTRY] The lease of runner-1 (runner) expired: no heartbeat for 0.05 s"));

    QCOMPARE(registry.put("/v1/agent/check/pass/service:runner-1").status, 200);
    QVERIFY(registry.get("/v1/agent/checks").body.contains(R"("CheckID":"service:runner-1")"));
}

void TestRegistryApi::deregisters()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QCOMPARE(registry.put("/v1/agent/service/deregister/runner-1").status, 200);
    QCOMPARE(registry.get("/v1/agent/services").body, QByteArray("{}"));
    QVERIFY(registry.hasLogged("[REGISTRY] runner-1 (runner) deregistered"));
}

void TestRegistryApi::maintenance()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QCOMPARE(registry.put("/v1/agent/service/maintenance/runner-1?enable=true&reason=new%20disk").status, 200);
    const QJsonObject check =
        registry.object("/v1/agent/checks")[QStringLiteral("_service_maintenance:runner-1")].toObject();
    QCOMPARE(check[QStringLiteral("Status")].toString(), QStringLiteral("critical"));
    QCOMPARE(check[QStringLiteral("Notes")].toString(), QStringLiteral("new disk"));
    QCOMPARE(registry.get("/v1/health/service/runner?passing").body, QByteArray("[]"));

    QCOMPARE(registry.put("/v1/agent/service/maintenance/runner-1?enable=false").status, 200);
    QCOMPARE(registry.array("/v1/health/service/runner?passing").size(), 1);
}

void TestRegistryApi::idsAreDecoded_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QByteArray>("encoded");
    QTest::newRow("space") << QStringLiteral("runner 1") << QByteArray("runner%201");
    QTest::newRow("slash") << QStringLiteral("host/runner") << QByteArray("host%2Frunner");
    QTest::newRow("percent sign") << QStringLiteral("50%2F") << QByteArray("50%252F");
    QTest::newRow("not ASCII") << QStringLiteral("l\u00e4ufer") << QByteArray("l%C3%A4ufer");
}

void TestRegistryApi::idsAreDecoded()
{
    QFETCH(QString, id);
    QFETCH(QByteArray, encoded);
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(id, 5050).status, 200);
    QCOMPARE(registry.put("/v1/agent/check/warn/service:" + encoded).status, 200);
    QCOMPARE(statusOf(registry, id), QStringLiteral("warning"));
    QCOMPARE(registry.put("/v1/agent/service/deregister/" + encoded).status, 200);
}

void TestRegistryApi::selectsHealthyAndTagged_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QString>("ids");
    QTest::newRow("all") << QByteArray() << QStringLiteral("runner-1 runner-2 runner-3 runner-4");
    QTest::newRow("passing, bare") << QByteArray("?passing") << QStringLiteral("runner-1 runner-2");
    QTest::newRow("passing=true") << QByteArray("?passing=true") << QStringLiteral("runner-1 runner-2");
    QTest::newRow("passing=1") << QByteArray("?passing=1") << QStringLiteral("runner-1 runner-2");
    QTest::newRow("passing=false") << QByteArray("?passing=false")
                                   << QStringLiteral("runner-1 runner-2 runner-3 runner-4");
    QTest::newRow("one tag") << QByteArray("?tag=b") << QStringLiteral("runner-1 runner-4");
    QTest::newRow("tag in another case") << QByteArray("?tag=B") << QStringLiteral("runner-1 runner-4");
    QTest::newRow("two tags") << QByteArray("?tag=a&tag=b") << QStringLiteral("runner-1");
    QTest::newRow("tag and passing") << QByteArray("?tag=a&passing") << QStringLiteral("runner-1 runner-2");
    QTest::newRow("tag that nobody has") << QByteArray("?tag=c") << QString();
    QTest::newRow("what changes nothing on one node")
        << QByteArray("?passing&near=_agent&dc=dc1&stale&consistent") << QStringLiteral("runner-1 runner-2");
}

void TestRegistryApi::selectsHealthyAndTagged()
{
    QFETCH(QByteArray, query);
    QFETCH(QString, ids);
    RegistryFixture registry;
    addFour(registry);
    QCOMPARE(idsOf(registry.array("/v1/health/service/runner" + query)).join(u' '), ids);
}

void TestRegistryApi::refusesWithText_data()
{
    QTest::addColumn<Http::Method>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("text");
    const auto put = Http::Method::Put;
    const auto get = Http::Method::Get;
    QTest::newRow("deregister an unknown id") << put << QByteArray("/v1/agent/service/deregister/nobody")
                                              << QByteArray() << 404 << QByteArray("Unknown service ID \"nobody\".");
    QTest::newRow("maintenance of an unknown id")
        << put << QByteArray("/v1/agent/service/maintenance/nobody?enable=true") << QByteArray() << 404
        << QByteArray("Unknown service ID \"nobody\".");
    QTest::newRow("heartbeat of an unknown check") << put << QByteArray("/v1/agent/check/pass/nobody") << QByteArray()
                                                   << 404 << QByteArray("Unknown check ID \"nobody\".");
    QTest::newRow("update of an unknown check")
        << put << QByteArray("/v1/agent/check/update/nobody") << QByteArray(R"({"Status":"passing"})") << 404
        << QByteArray("Unknown check ID \"nobody\".");
    QTest::newRow("register without a body")
        << put << QByteArray("/v1/agent/service/register") << QByteArray() << 400 << QByteArray("Missing service name");
    QTest::newRow("register what is not JSON")
        << put << QByteArray("/v1/agent/service/register") << QByteArray("{") << 400 << QByteArray("not valid JSON");
    QTest::newRow("register a wrong port")
        << put << QByteArray("/v1/agent/service/register") << QByteArray(R"({"Name":"a","Port":-1})") << 400
        << QByteArray("Port: expected a whole number");
    QTest::newRow("register an HTTP check")
        << put << QByteArray("/v1/agent/service/register")
        << QByteArray(R"({"Name":"a","Check":{"HTTP":"http://127.0.0.1/","Interval":"10s"}})") << 400
        << QByteArray("Check \"service:a\" has no TTL");
    QTest::newRow("update without a status")
        << put << QByteArray("/v1/agent/check/update/service:a") << QByteArray("{}") << 400
        << QByteArray("Status: expected passing, warning or critical");
    QTest::newRow("maintenance without enable") << put << QByteArray("/v1/agent/service/maintenance/a") << QByteArray()
                                                << 400 << QByteArray("Missing value for enable");
    QTest::newRow("maintenance with a strange enable")
        << put << QByteArray("/v1/agent/service/maintenance/a?enable=maybe") << QByteArray() << 400
        << QByteArray("Invalid value for ?enable");
    QTest::newRow("a strange passing") << get << QByteArray("/v1/health/service/a?passing=maybe") << QByteArray() << 400
                                       << QByteArray("Invalid value for ?passing");
    QTest::newRow("an unknown state") << get << QByteArray("/v1/health/state/fine") << QByteArray() << 400
                                      << QByteArray("Unknown state \"fine\"");
}

void TestRegistryApi::refusesWithText()
{
    QFETCH(Http::Method, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    QFETCH(QByteArray, text);
    RegistryFixture registry;
    const Http::Reply reply =
        Test::exchange(registry.client, {.method = method, .url = registry.at(path), .body = body});
    QCOMPARE(reply.status, status);
    QVERIFY(Http::headerValue(reply.headers, "Content-Type").startsWith("text/plain"));
    QVERIFY2(reply.body.startsWith(text), reply.body.constData());
}

void TestRegistryApi::refusesUnsupportedParameters_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path : {"/v1/agent/services", "/v1/agent/checks", "/v1/catalog/services",
                             "/v1/catalog/service/runner", "/v1/catalog/nodes", "/v1/health/service/runner",
                             "/v1/health/checks/runner", "/v1/health/node/any", "/v1/health/state/any"}) {
        QTest::newRow(path) << QByteArray(path);
    }
}

void TestRegistryApi::refusesUnsupportedParameters()
{
    QFETCH(QByteArray, path);
    RegistryFixture registry;
    QCOMPARE(registry.get(path).status, 200);
    const Http::Reply reply = registry.get(path + "?filter=Service.Port%20%3D%3D%205050");
    QCOMPARE(reply.status, 400);
    QVERIFY(reply.body.contains("\"filter\" is not supported"));
}

void TestRegistryApi::answersCarryTheIndex_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path :
         {"/v1/catalog/services", "/v1/catalog/service/runner", "/v1/catalog/service/nobody", "/v1/catalog/nodes",
          "/v1/catalog/datacenters", "/v1/health/service/runner", "/v1/health/service/nobody",
          "/v1/health/checks/runner", "/v1/health/node/any", "/v1/health/state/passing"}) {
        QTest::newRow(path) << QByteArray(path);
    }
}

void TestRegistryApi::answersCarryTheIndex()
{
    QFETCH(QByteArray, path);
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const Http::Reply reply = registry.get(path);
    QVERIFY(indexOf(reply).toULongLong() > 0);
    QCOMPARE(Http::headerValue(reply.headers, "X-Consul-KnownLeader"), QByteArray("true"));
    QCOMPARE(Http::headerValue(reply.headers, "X-Consul-LastContact"), QByteArray("0"));
}

void TestRegistryApi::quietHeartbeatKeepsTheIndex()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const QByteArray before = indexOf(registry.get("/v1/health/service/runner"));
    QCOMPARE(registry.put("/v1/agent/check/pass/service:runner-1").status, 200);
    QCOMPARE(indexOf(registry.get("/v1/health/service/runner")), before);
    QCOMPARE(registry.put("/v1/agent/check/pass/service:runner-1?note=draining").status, 200);
    QVERIFY(indexOf(registry.get("/v1/health/service/runner")).toULongLong() > before.toULongLong());
}

void TestRegistryApi::describesTheAgent()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    const QJsonValue config = registry.object("/v1/agent/self")[QStringLiteral("Config")];
    QCOMPARE(config[QStringLiteral("Datacenter")].toString(), QStringLiteral("dc1"));
    QVERIFY(!config[QStringLiteral("NodeName")].toString().isEmpty());

    const QJsonValue service = registry.object("/v1/agent/services")[QStringLiteral("runner-1")];
    QCOMPARE(service[QStringLiteral("Service")].toString(), QStringLiteral("runner"));
    QCOMPARE(service[QStringLiteral("Port")].toInt(), 5050);

    const QByteArray self = registry.url.authority().toUtf8();
    QCOMPARE(registry.get("/v1/status/leader").body, '"' + self + '"');
    QCOMPARE(registry.get("/v1/status/peers").body, "[\"" + self + "\"]");
}

void TestRegistryApi::describesTheCatalog()
{
    RegistryFixture registry;
    addFour(registry);
    QCOMPARE(registry.get("/v1/catalog/services").body, QByteArray(R"({"runner":["a","b"]})"));
    QCOMPARE(registry.get("/v1/catalog/datacenters").body, QByteArray(R"(["dc1"])"));
    QCOMPARE(registry.array("/v1/catalog/nodes").size(), 1);
    const QJsonArray services = registry.array("/v1/catalog/service/runner?tag=b");
    QCOMPARE(services.size(), 2);
    QCOMPARE(services[1][QStringLiteral("ServiceID")].toString(), QStringLiteral("runner-4"));
    QCOMPARE(services[1][QStringLiteral("Address")].toString(), QStringLiteral("127.0.0.1"));
}

void TestRegistryApi::healthByNodeNameAndState()
{
    RegistryFixture registry;
    addFour(registry);
    const QByteArray node = registry.array("/v1/catalog/nodes")[0][QStringLiteral("Node")].toString().toUtf8();
    QCOMPARE(registry.array("/v1/health/node/" + node.toPercentEncoding()).size(), 4);
    QCOMPARE(registry.array("/v1/health/checks/runner").size(), 4);
    QCOMPARE(registry.array("/v1/health/state/any").size(), 4);
    QCOMPARE(registry.array("/v1/health/state/passing").size(), 2);
    QCOMPARE(registry.array("/v1/health/state/warning").size(), 1);
    QCOMPARE(registry.array("/v1/health/state/critical").size(), 1);
}

void TestRegistryApi::foreignDatacenterIsAnError()
{
    RegistryFixture registry;
    const Http::Reply reply = registry.get("/v1/health/service/runner?dc=dc2");
    QCOMPARE(reply.status, 500);
    QCOMPARE(reply.body, QByteArray("No path to datacenter"));
}

void TestRegistryApi::servicesForPeople()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QCOMPARE(registry.put("/v1/agent/check/pass/service:runner-1?note=draining").status, 200);
    const Http::Reply reply = registry.get("/services");
    QVERIFY(Http::headerValue(reply.headers, "Content-Type").startsWith("text/plain"));
    const QList<QByteArray> lines = reply.body.split('\n');
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0].simplified(), QByteArray("NAME ID ADDRESS STATUS LAST BEAT NOTE"));
    QCOMPARE(lines[1].simplified(), QByteArray("runner runner-1 127.0.0.1:5050 passing 0 s ago draining"));
    QCOMPARE(lines[0].indexOf("STATUS"), lines[1].indexOf("passing"));
}

void TestRegistryApi::servicesForPrograms()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QCOMPARE(registry.put("/v1/agent/service/register", R"({"Name":"web","Port":80})").status, 200);
    QCOMPARE(registry.put("/v1/agent/service/maintenance/runner-1?enable=1&reason=new%20disk").status, 200);
    const Http::Reply reply =
        Test::exchange(registry.client, {.url = registry.at("/services"), .headers = {{"Accept", "application/json"}}});
    QCOMPARE(
        reply.body,
        QByteArray(
            R"([{"address":"127.0.0.1:5050","id":"runner-1","lastBeatSeconds":0,"name":"runner","note":"new disk","status":"maintenance"},)"
            R"({"address":"127.0.0.1:80","id":"web","lastBeatSeconds":null,"name":"web","note":"","status":"passing"}])"));
}

void TestRegistryApi::healthIsOpen()
{
    RegistryFixture registry;
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    Http::Client stranger({});
    const Result<QJsonObject> health = Test::exchange(stranger, {.url = registry.at("/health")}).json();
    QVERIFY(health.ok());
    QCOMPARE((*health)[QStringLiteral("status")].toString(), QStringLiteral("passing"));
    QCOMPARE((*health)[QStringLiteral("service")].toString(), QStringLiteral("registry"));
    QCOMPARE((*health)[QStringLiteral("services")].toInt(), 1);
}

void TestRegistryApi::tellsMetricsOfItsServer()
{
    RegistryFixture registry;
    registry.get("/v1/health/service/web");
    registry.get("/v1/health/service/api");
    Test::PrometheusParser metrics;
    QCOMPARE(metrics.parse(registry.get("/metrics").body), QString());
    QCOMPARE(metrics.value("patchpanel_http_requests_total",
                           {{"route", "/v1/health/service/:name"}, {"method", "GET"}, {"status", "2xx"}}),
             2.0);
}

QTEST_GUILESS_MAIN(TestRegistryApi)
#include "tst_registryapi.moc"
