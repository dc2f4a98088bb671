#include "app/sincetime.h"

#include <QTest>

using namespace PatchPanel;
using PatchPanel::App::sinceTime;

class TestSinceTime : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void understands_data();
    void understands();
    void refuses_data();
    void refuses();
};

void TestSinceTime::understands_data()
{
    QTest::addColumn<QDateTime>("time");
    const auto at = [](int day, int hour, int minute = 0) {
        return QDateTime(QDate(2026, 11, day), QTime(hour, minute));
    };
    QTest::newRow("30m") << at(24, 14, 30);
    QTest::newRow("2h") << at(24, 13);
    QTest::newRow("7d") << at(17, 15);
    QTest::newRow("1w") << at(17, 15);
    QTest::newRow("2026-11-20") << at(20, 0);
    QTest::newRow("2026-11-20T08:15") << at(20, 8, 15);
}

void TestSinceTime::understands()
{
    const Result<QDateTime> time =
        sinceTime(QLatin1String(QTest::currentDataTag()), QDateTime(QDate(2026, 11, 24), QTime(15, 0)));
    QVERIFY(time.ok());
    QTEST(*time, "time");
}

void TestSinceTime::refuses_data()
{
    QTest::addColumn<int>("unused");
    for (const char *text : {"yesterday", "7", "d", "7y", "-7d", "2026-13-01", "99999999d"}) {
        QTest::newRow(text) << 0;
    }
}

void TestSinceTime::refuses()
{
    const Result<QDateTime> time = sinceTime(QLatin1String(QTest::currentDataTag()), QDateTime::currentDateTime());
    QVERIFY(!time.ok());
    QCOMPARE(time.error().code, ErrorCode::Usage);
}

QTEST_GUILESS_MAIN(TestSinceTime)
#include "tst_sincetime.moc"
