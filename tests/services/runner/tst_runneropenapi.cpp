#include "services/runner/runnerschemas.h"
#include "tests/support/runnerserver.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace PatchPanel;
using Test::RunnerServer;

// That the document tells what the runner does: every route, every schema that is named, and the members of what goes
// in and comes out.
class TestRunnerOpenApi : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void everyRouteIsDescribed();
    void namesOnlySchemasThatThereAre();
    void onlyHealthIsOpen();
    void theRequestHasTheMembersThatAreRead();
    void answersHaveTheMembersThatAreDescribed_data();
    void answersHaveTheMembersThatAreDescribed();

private:
    QJsonObject operationOf(const Http::RequestCounts::Route &route) const;
    QString unlike(const QJsonObject &object, const QString &schema) const;

    std::unique_ptr<Test::TempWorkspace> m_workspace;
    std::unique_ptr<Test::TempWorkspace> m_state;
    std::unique_ptr<RunnerServer> m_server;
    QJsonObject m_document;
};

namespace {

// "/runs/:id" as OpenAPI writes it.
QString templateOf(QString pattern)
{
    static const QRegularExpression wildcard(QStringLiteral(":(\\w+)"));
    return pattern.replace(wildcard, QStringLiteral("{\\1}"));
}

void collectReferences(const QJsonValue &value, QSet<QString> &found)
{
    if (value.isArray()) {
        for (const QJsonValue &each : value.toArray()) {
            collectReferences(each, found);
        }
    }
    const QJsonObject object = value.toObject();
    for (auto member = object.begin(); member != object.end(); ++member) {
        if (member.key() == QLatin1String("$ref")) {
            found.insert(member.value().toString());
        }
        collectReferences(member.value(), found);
    }
}

bool fits(const QJsonValue &value, const QString &type)
{
    return type == QLatin1String("string") ? value.isString()
        : type == QLatin1String("boolean") ? value.isBool()
        : type == QLatin1String("integer") ? value.isDouble() && value.toDouble() == double(value.toInteger())
        : type == QLatin1String("array")   ? value.isArray()
        : type == QLatin1String("object")  ? value.isObject()
                                           : false;
}

} // namespace

void TestRunnerOpenApi::init()
{
    m_workspace = std::make_unique<Test::TempWorkspace>();
    m_state = std::make_unique<Test::TempWorkspace>();
    m_server = std::make_unique<RunnerServer>(*m_workspace, *m_state);
    m_document = m_server->get(QStringLiteral("/openapi.json")).json().value();
    QCOMPARE(m_document[QStringLiteral("openapi")].toString(), QStringLiteral("3.1.0"));
}

QJsonObject TestRunnerOpenApi::operationOf(const Http::RequestCounts::Route &route) const
{
    const QString method = QString::fromLatin1(Http::methodName(route.method)).toLower();
    return m_document[QStringLiteral("paths")][templateOf(route.pattern)][method].toObject();
}

void TestRunnerOpenApi::everyRouteIsDescribed()
{
    const auto &routes = m_server->server().requestCounts().routes();
    QVERIFY(routes.size() >= 11);
    QSet<QString> ids;
    for (const Http::RequestCounts::Route &route : routes) {
        const QJsonObject operation = operationOf(route);
        QVERIFY2(!operation[QStringLiteral("summary")].toString().isEmpty(), qPrintable(route.pattern));
        QVERIFY2(operation[QStringLiteral("responses")].toObject().size() >= 2, qPrintable(route.pattern));
        ids.insert(operation[QStringLiteral("operationId")].toString());
    }
    QCOMPARE(ids.size(), static_cast<qsizetype>(routes.size())); // unique, so there are no more operations than routes
    qsizetype operations = 0;
    for (const QJsonValue &path : m_document[QStringLiteral("paths")].toObject()) {
        operations += path.toObject().size();
    }
    QCOMPARE(operations, static_cast<qsizetype>(routes.size()));
}

void TestRunnerOpenApi::namesOnlySchemasThatThereAre()
{
    QSet<QString> references;
    collectReferences(m_document, references);
    QVERIFY(references.size() >= 10);
    const QJsonObject schemas = m_document[QStringLiteral("components")][QStringLiteral("schemas")].toObject();
    for (const QString &reference : std::as_const(references)) {
        QVERIFY2(schemas.contains(reference.section(u'/', -1)), qPrintable(reference));
    }
    for (const QString &schema : schemas.keys()) {
        const bool isOfEvents = schema == QLatin1String("LogLine");
        QVERIFY2(isOfEvents || references.contains(QStringLiteral("#/components/schemas/") + schema),
                 qPrintable(schema + QStringLiteral(" is named nowhere")));
    }
}

void TestRunnerOpenApi::onlyHealthIsOpen()
{
    for (const Http::RequestCounts::Route &route : m_server->server().requestCounts().routes()) {
        QCOMPARE(operationOf(route).contains(QStringLiteral("security")), route.pattern == QLatin1String("/health"));
    }
}

void TestRunnerOpenApi::theRequestHasTheMembersThatAreRead()
{
    const Http::Reply refused =
        m_server->send(Http::Method::Post, QStringLiteral("/run-patch"), {{QStringLiteral("nonsense"), true}});
    QCOMPARE(refused.status, 400);
    QStringList read = refused.failure().hint.section(QStringLiteral("known are "), 1).split(QStringLiteral(", "));
    read.sort();
    const QJsonObject schema = Runner::runnerSchemas()[QStringLiteral("RunRequest")].toObject();
    QCOMPARE(schema[QStringLiteral("properties")].toObject().keys(), read);
}

// What in `object` the schema does not allow; empty when it fits.
QString TestRunnerOpenApi::unlike(const QJsonObject &object, const QString &name) const
{
    const QJsonObject schema = m_document[QStringLiteral("components")][QStringLiteral("schemas")][name].toObject();
    for (const QJsonValue &required : schema[QStringLiteral("required")].toArray()) {
        if (!object.contains(required.toString())) {
            return required.toString() + QStringLiteral(" is missing");
        }
    }
    const QJsonObject properties = schema[QStringLiteral("properties")].toObject();
    for (auto member = object.begin(); member != object.end(); ++member) {
        const QJsonObject property = properties[member.key()].toObject();
        const QString type = property[QStringLiteral("type")].toString();
        if (!properties.contains(member.key()) || (!type.isEmpty() && !fits(member.value(), type))) {
            return member.key() + QStringLiteral(" is not as described");
        }
        if (const QJsonArray words = property[QStringLiteral("enum")].toArray();
            !words.isEmpty() && !words.contains(member.value())) {
            return member.key() + QStringLiteral(" has a word that is not described");
        }
    }
    return {};
}

void TestRunnerOpenApi::answersHaveTheMembersThatAreDescribed_data()
{
    QTest::addColumn<QString>("path"); // %1 is the run
    QTest::addColumn<QString>("member"); // of the answer; empty: all of it
    QTest::addColumn<QString>("schema");
    QTest::newRow("a run") << "/runs/%1"
                           << ""
                           << "RunResult";
    QTest::newRow("its steps") << "/runs/%1"
                               << "steps"
                               << "Step";
    QTest::newRow("the list") << "/runs"
                              << ""
                              << "RunList";
    QTest::newRow("a run in the list") << "/runs"
                                       << "runs"
                                       << "RunSummary";
    QTest::newRow("its log") << "/runs/%1/log"
                             << ""
                             << "Log";
    QTest::newRow("a line of it") << "/runs/%1/log"
                                  << "lines"
                                  << "LogLine";
    QTest::newRow("health") << "/health"
                            << ""
                            << "Health";
    QTest::newRow("a problem") << "/runs/nothing"
                               << ""
                               << "Problem";
}

void TestRunnerOpenApi::answersHaveTheMembersThatAreDescribed()
{
    QFETCH(QString, path);
    QFETCH(QString, member);
    QFETCH(QString, schema);
    const QByteArray traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const QString runId =
        Test::runIdOf(m_server->run(Test::sampleTask(QStringLiteral("true")), {{"traceparent", traceparent}}));
    const QJsonObject answer =
        parseJsonObject(m_server->get(path.contains(u'%') ? path.arg(runId) : path).body).value();
    QVERIFY(member.isEmpty() || !answer[member].toArray().isEmpty());
    const QJsonArray objects = member.isEmpty() ? QJsonArray{answer} : answer[member].toArray();
    for (const QJsonValue &object : objects) {
        QCOMPARE(unlike(object.toObject(), schema), QString());
    }
}

QTEST_GUILESS_MAIN(TestRunnerOpenApi)
#include "tst_runneropenapi.moc"
