#include "services/common/json.h"
#include "services/registry/registration.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Registry;
using namespace std::chrono_literals;

class TestRegistration : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEveryKeyCase_data();
    void readsEveryKeyCase();
    void nullCountsAsMissing();
    void readsDurationsAsNanoseconds();
    void readsCheckAndChecks();
    void keepsKeysOfMeta();
    void refuses_data();
    void refuses();
    void readsCheckUpdate_data();
    void readsCheckUpdate();
};

void TestRegistration::readsEveryKeyCase_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("Pascal") << QByteArray(
        R"({"Name":"runner","ID":"runner-1","Tags":["a","b"],"Address":"127.0.0.1","Port":5050,"Meta":{"slots":"1"},
            "Weights":{"Passing":3,"Warning":2},
            "Check":{"CheckID":"c","Name":"n","Notes":"o","TTL":"15s","Status":"passing","DeregisterCriticalServiceAfter":"1m"}})");
    QTest::newRow("camel") << QByteArray(
        R"({"name":"runner","id":"runner-1","tags":["a","b"],"address":"127.0.0.1","port":5050,"meta":{"slots":"1"},
            "weights":{"passing":3,"warning":2},
            "check":{"checkId":"c","name":"n","notes":"o","ttl":"15s","status":"passing","deregisterCriticalServiceAfter":"1m"}})");
    QTest::newRow("snake") << QByteArray(
        R"({"name":"runner","id":"runner-1","tags":["a","b"],"address":"127.0.0.1","port":5050,"meta":{"slots":"1"},
            "weights":{"passing":3,"warning":2},
            "check":{"check_id":"c","name":"n","notes":"o","ttl":"15s","status":"passing","deregister_critical_service_after":"1m"}})");
}

void TestRegistration::readsEveryKeyCase()
{
    QFETCH(QByteArray, body);
    const Result<QJsonObject> object = parseJsonObject(body);
    QVERIFY(object.ok());
    const Result<ServiceDefinition> definition = readRegistration(*object);
    QVERIFY2(definition.ok(), definition.ok() ? "" : qPrintable(definition.error().toString()));
    const ServiceDefinition expected{
        .id = QStringLiteral("runner-1"),
        .name = QStringLiteral("runner"),
        .tags = {QStringLiteral("a"), QStringLiteral("b")},
        .address = QStringLiteral("127.0.0.1"),
        .port = 5050,
        .meta = {{QStringLiteral("slots"), QStringLiteral("1")}},
        .passingWeight = 3,
        .warningWeight = 2,
        .checks = {CheckDefinition{QStringLiteral("c"), QStringLiteral("n"), QStringLiteral("o"), 15s, 1min,
                                   CheckStatus::Passing}},
    };
    QVERIFY(*definition == expected);
}

void TestRegistration::nullCountsAsMissing()
{
    const Result<QJsonObject> object =
        parseJsonObject(R"({"Name":"web","ID":null,"Tags":null,"Meta":null,"Check":null,"Checks":null,"Weights":null,
                              "Port":null,"Kind":"","Connect":null})");
    QVERIFY(object.ok());
    const Result<ServiceDefinition> definition = readRegistration(*object);
    QVERIFY(definition.ok());
    QVERIFY(*definition == ServiceDefinition{.name = QStringLiteral("web")});
}

void TestRegistration::readsDurationsAsNanoseconds()
{
    const Result<ServiceDefinition> definition =
        readRegistration(*parseJsonObject(R"({"Name":"web","Check":{"TTL":15000000000}})"));
    QVERIFY(definition.ok());
    QCOMPARE(definition->checks.first().ttl, 15s);
}

void TestRegistration::readsCheckAndChecks()
{
    const Result<ServiceDefinition> definition = readRegistration(*parseJsonObject(
        R"({"Name":"web","Check":{"CheckID":"a","TTL":"1s"},"Checks":[{"CheckID":"b","TTL":"2s"},{"CheckID":"c","TTL":"3s"}]})"));
    QVERIFY(definition.ok());
    QCOMPARE(definition->checks.size(), 3);
    QCOMPARE(definition->checks[2].id, QStringLiteral("c"));
    QVERIFY(!definition->checks[2].status.has_value());
}

void TestRegistration::keepsKeysOfMeta()
{
    const Result<ServiceDefinition> definition =
        readRegistration(*parseJsonObject(R"({"Name":"web","Meta":{"Git_Version":"2.39"}})"));
    QVERIFY(definition.ok());
    QCOMPARE(definition->meta.value(QStringLiteral("Git_Version")), QStringLiteral("2.39"));
}

void TestRegistration::refuses_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    QTest::newRow("name is a number") << QByteArray(R"({"Name":5})") << QStringLiteral("Name: expected a string");
    QTest::newRow("port too large") << QByteArray(R"({"Name":"a","Port":70000})")
                                    << QStringLiteral("Port: expected a whole number from 0 to 65535");
    QTest::newRow("port with a fraction")
        << QByteArray(R"({"Name":"a","Port":1.5})") << QStringLiteral("Port: expected a whole number from 0 to 65535");
    QTest::newRow("port as text") << QByteArray(R"({"Name":"a","Port":"5050"})")
                                  << QStringLiteral("Port: expected a whole number from 0 to 65535");
    QTest::newRow("tags as text") << QByteArray(R"({"Name":"a","Tags":"x"})")
                                  << QStringLiteral("Tags: expected a list");
    QTest::newRow("tag is a number") << QByteArray(R"({"Name":"a","Tags":[1]})")
                                     << QStringLiteral("Tags: expected a list of strings");
    QTest::newRow("meta value is a number")
        << QByteArray(R"({"Name":"a","Meta":{"k":1}})")
        << QStringLiteral("Meta: expected strings, found another value under \"k\"");
    QTest::newRow("weight of zero") << QByteArray(R"({"Name":"a","Weights":{"Passing":0}})")
                                    << QStringLiteral("Weights.Passing: expected a whole number from 1 to 65535");
    QTest::newRow("check is text") << QByteArray(R"({"Name":"a","Check":"x"})")
                                   << QStringLiteral("Check: expected an object");
    QTest::newRow("TTL without a unit") << QByteArray(R"({"Name":"a","Check":{"TTL":"15"}})")
                                        << QStringLiteral("Check.TTL: expected a duration such as \"15s\"");
    QTest::newRow("unknown status")
        << QByteArray(R"({"Name":"a","Checks":[{"TTL":"1s"},{"TTL":"1s","Status":"fine"}]})")
        << QStringLiteral("Checks[1].Status: expected passing, warning or critical, found \"fine\"");
}

void TestRegistration::refuses()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, message);
    const Result<ServiceDefinition> definition = readRegistration(*parseJsonObject(body));
    QVERIFY(!definition.ok());
    QCOMPARE(definition.error().code, ErrorCode::BadRequest);
    QCOMPARE(definition.error().message, message);
}

void TestRegistration::readsCheckUpdate_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("found");
    QTest::newRow("Pascal") << QByteArray(R"({"Status":"warning","Output":"slow"})") << QStringLiteral("warning slow");
    QTest::newRow("camel") << QByteArray(R"({"status":"passing","output":"well"})") << QStringLiteral("passing well");
    QTest::newRow("without an output") << QByteArray(R"({"Status":"critical"})") << QStringLiteral("critical ");
    QTest::newRow("unknown status") << QByteArray(R"({"Status":"fine"})")
                                    << QStringLiteral("Status: expected passing, warning or critical, found \"fine\"");
    QTest::newRow("no status") << QByteArray(R"({"Output":"x"})")
                               << QStringLiteral("Status: expected passing, warning or critical");
}

void TestRegistration::readsCheckUpdate()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, found);
    const Result<CheckUpdate> update = readCheckUpdate(*parseJsonObject(body));
    QCOMPARE(update.ok() ? toString(update->status) + u' ' + update->output : update.error().message, found);
}

QTEST_GUILESS_MAIN(TestRegistration)
#include "tst_registration.moc"
