#include "services/registry/goduration.h"

#include <QTest>

using namespace PatchPanel::Registry;

class TestGoDuration : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
};

void TestGoDuration::reads_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("milliseconds");
    QTest::newRow("seconds") << QStringLiteral("15s") << qint64(15'000);
    QTest::newRow("milliseconds") << QStringLiteral("250ms") << qint64(250);
    QTest::newRow("minutes") << QStringLiteral("5m") << qint64(300'000);
    QTest::newRow("several units") << QStringLiteral("1h2m3s") << qint64(3'723'000);
    QTest::newRow("fraction") << QStringLiteral("1.5h") << qint64(5'400'000);
    QTest::newRow("bare zero") << QStringLiteral("0") << qint64(0);
    QTest::newRow("zero with a unit") << QStringLiteral("0s") << qint64(0);
    QTest::newRow("below a millisecond") << QStringLiteral("10us") << qint64(1);
    QTest::newRow("micro sign") << QStringLiteral("2000\u00b5s") << qint64(2);
    QTest::newRow("nanoseconds") << QStringLiteral("15000000000ns") << qint64(15'000);
}

void TestGoDuration::reads()
{
    QFETCH(QString, text);
    QFETCH(qint64, milliseconds);
    const auto parsed = parseGoDuration(text);
    QVERIFY(parsed.has_value());
    QCOMPARE(parsed->count(), milliseconds);
}

void TestGoDuration::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << QString();
    QTest::newRow("no unit") << QStringLiteral("15");
    QTest::newRow("unknown unit") << QStringLiteral("15d");
    QTest::newRow("no number") << QStringLiteral("s");
    QTest::newRow("negative") << QStringLiteral("-5s");
    QTest::newRow("space") << QStringLiteral("5 s");
    QTest::newRow("two dots") << QStringLiteral("1.2.3s");
    QTest::newRow("a dot alone") << QStringLiteral(".s");
    QTest::newRow("rest after a good part") << QStringLiteral("5sx");
    QTest::newRow("too long") << QStringLiteral("99999999999999h");
}

void TestGoDuration::refuses()
{
    QFETCH(QString, text);
    QVERIFY(!parseGoDuration(text).has_value());
}

QTEST_GUILESS_MAIN(TestGoDuration)
#include "tst_goduration.moc"
