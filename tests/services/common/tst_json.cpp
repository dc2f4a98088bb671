#include "services/common/json.h"

#include <QTest>

using namespace PatchPanel;

class TestJson : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void badTextNamesItsPlace_data();
    void badTextNamesItsPlace();
    void membersAreChecked();
};

void TestJson::badTextNamesItsPlace_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("line");
    QTest::newRow("empty") << QByteArray() << QStringLiteral("1");
    QTest::newRow("an array") << QByteArray("[1]") << QStringLiteral("1");
    QTest::newRow("third line") << QByteArray("{\n\"a\": 1,\n\"b\" 2}") << QStringLiteral("3");
    QTest::newRow("cut off") << QByteArray("{\"a\":") << QStringLiteral("1");
}

void TestJson::badTextNamesItsPlace()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, line);
    const auto object = parseJsonObject(text);
    QVERIFY(!object);
    QCOMPARE(object.error().code, ErrorCode::BadRequest);
    QCOMPARE(object.error().where.section(QLatin1Char(':'), 0, 0), line);
}

void TestJson::membersAreChecked()
{
    const auto object = parseJsonObject(R"({"name": "x", "on": true, "map": {"k": 1}, "wrong": 5})");
    QVERIFY(object);
    QCOMPARE(*stringMember(*object, QStringLiteral("name")), QStringLiteral("x"));
    QCOMPARE(*stringMember(*object, QStringLiteral("missing"), QStringLiteral("d")), QStringLiteral("d"));
    QCOMPARE(*boolMember(*object, QStringLiteral("on"), false), true);
    QCOMPARE(*boolMember(*object, QStringLiteral("missing"), true), true);
    QCOMPARE(objectMember(*object, QStringLiteral("map"))->size(), 1);
    const auto wrong = stringMember(*object, QStringLiteral("wrong"));
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().where, QStringLiteral("/wrong"));
    QCOMPARE(wrong.error().message, QStringLiteral("expected a string, found a number"));
    QVERIFY(!boolMember(*object, QStringLiteral("wrong"), false));
    QVERIFY(!objectMember(*object, QStringLiteral("wrong")));
}

QTEST_GUILESS_MAIN(TestJson)
#include "tst_json.moc"
