#include "services/http/openapi.h"

#include <QJsonArray>
#include <QTest>

using namespace PatchPanel;
using Http::Operation;

class TestOpenApi : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void describesAnOperation();
    void answersOfOneStatusAreOne();
    void operationsOfOnePathAreTogether();
};

namespace {

const QString json = QStringLiteral("application/json");

QJsonObject documentOf(const std::vector<Operation> &operations)
{
    return Http::openApiDocument(QStringLiteral("Things"), operations, {{QStringLiteral("Problem"), QJsonObject()}});
}

QJsonValue at(const QJsonObject &document, const QStringList &path)
{
    QJsonValue value = document;
    for (const QString &key : path) {
        value = value[key];
    }
    return value;
}

} // namespace

void TestOpenApi::describesAnOperation()
{
    const QJsonObject document = documentOf({{.method = Http::Method::Post,
                                              .pattern = QStringLiteral("/things/:id/parts/:part"),
                                              .id = QStringLiteral("change"),
                                              .summary = QStringLiteral("Change a part"),
                                              .requestSchema = QStringLiteral("Thing"),
                                              .parameters = {{Operation::Parameter::Place::Query, QStringLiteral("q"),
                                                              QStringLiteral("integer"), QStringLiteral("how often")}},
                                              .answers = {{201, QStringLiteral("Made"), json, QStringLiteral("Thing")}},
                                              .access = Http::Access::Open}});
    QCOMPARE(document[QStringLiteral("openapi")].toString(), QStringLiteral("3.1.0"));
    const QJsonObject operation =
        at(document, {QStringLiteral("paths"), QStringLiteral("/things/{id}/parts/{part}"), QStringLiteral("post")})
            .toObject();
    QCOMPARE(operation[QStringLiteral("operationId")].toString(), QStringLiteral("change"));
    QCOMPARE(operation[QStringLiteral("security")].toArray().size(), 0);
    QVERIFY(operation.contains(QStringLiteral("security")));
    const QJsonArray parameters = operation[QStringLiteral("parameters")].toArray();
    QCOMPARE(parameters.size(), 3);
    QCOMPARE(parameters[1][QStringLiteral("name")].toString(), QStringLiteral("part"));
    QVERIFY(parameters[1][QStringLiteral("required")].toBool());
    QCOMPARE(parameters[2][QStringLiteral("in")].toString(), QStringLiteral("query"));
    const QStringList schema{QStringLiteral("content"), json, QStringLiteral("schema"), QStringLiteral("$ref")};
    const QString reference = QStringLiteral("#/components/schemas/Thing");
    QCOMPARE(at(operation, QStringList{QStringLiteral("requestBody")} + schema).toString(), reference);
    QCOMPARE(at(operation, QStringList{QStringLiteral("responses"), QStringLiteral("201")} + schema).toString(),
             reference);
    QVERIFY(operation[QStringLiteral("responses")].toObject().contains(QStringLiteral("default")));
}

void TestOpenApi::answersOfOneStatusAreOne()
{
    const QJsonObject document =
        documentOf({{.pattern = QStringLiteral("/r"),
                     .answers = {{200, QStringLiteral("It"), QStringLiteral("text/plain")},
                                 {200, QStringLiteral("It"), json, QStringLiteral("Thing")}}}});
    const QJsonObject content = at(document,
                                   {QStringLiteral("paths"), QStringLiteral("/r"), QStringLiteral("get"),
                                    QStringLiteral("responses"), QStringLiteral("200"), QStringLiteral("content")})
                                    .toObject();
    QCOMPARE(content.keys(), QStringList({json, QStringLiteral("text/plain")}));
}

void TestOpenApi::operationsOfOnePathAreTogether()
{
    const QJsonObject document = documentOf({{.method = Http::Method::Get, .pattern = QStringLiteral("/r")},
                                             {.method = Http::Method::Delete, .pattern = QStringLiteral("/r")}});
    QCOMPARE(at(document, {QStringLiteral("paths"), QStringLiteral("/r")}).toObject().keys(),
             QStringList({QStringLiteral("delete"), QStringLiteral("get")}));
}

QTEST_GUILESS_MAIN(TestOpenApi)
#include "tst_openapi.moc"
