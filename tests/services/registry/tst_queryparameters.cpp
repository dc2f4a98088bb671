#include "services/registry/queryparameters.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Registry;
using namespace std::chrono_literals;

class TestQueryParameters : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsHowLongToWait_data();
    void readsHowLongToWait();
    void refusesWhatWouldChangeTheAnswer_data();
    void refusesWhatWouldChangeTheAnswer();
};

void TestQueryParameters::readsHowLongToWait_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<quint64>("index");
    QTest::addColumn<std::chrono::milliseconds>("wait");
    const auto row = [](const char *query, quint64 index, std::chrono::milliseconds wait) {
        QTest::newRow(query) << QString::fromLatin1(query) << index << wait;
    };
    row("", 0, 5min);
    row("index=7", 7, 5min);
    row("index=18446744073709551615", ~quint64{0}, 5min);
    row("index=7&wait=30s", 7, 30s);
    row("index=7&wait=1m30s", 7, 90s);
    row("index=7&wait=120000ms", 7, 2min);
    row("index=7&wait=0s", 7, 5min);
    row("index=7&wait=", 7, 5min);
    row("index=7&wait=10m", 7, 10min);
    row("index=7&wait=1h", 7, 10min);
    row("wait=30s", 0, 30s);
}

void TestQueryParameters::readsHowLongToWait()
{
    QFETCH(QString, query);
    QFETCH(quint64, index);
    QFETCH(std::chrono::milliseconds, wait);
    const Result<Blocking> blocking = blockingParameters(QUrlQuery(query));
    QVERIFY(blocking.ok());
    QCOMPARE(blocking->index, index);
    QCOMPARE(blocking->wait, wait);
}

void TestQueryParameters::refusesWhatWouldChangeTheAnswer_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<bool>("accepted");
    for (const char *query :
         {"near=_agent", "dc=dc1", "stale", "stale=", "consistent", "cached", "tag=a&tag=b", "token=t"}) {
        QTest::newRow(query) << QString::fromLatin1(query) << true;
    }
    for (const char *query : {"filter=ServicePort==1", "node-meta=a:b", "ns=team", "partition=p", "peer=p", "sg=g"}) {
        QTest::newRow(query) << QString::fromLatin1(query) << false;
    }
}

void TestQueryParameters::refusesWhatWouldChangeTheAnswer()
{
    QFETCH(QString, query);
    QFETCH(bool, accepted);
    QCOMPARE(refuseUnsupported(QUrlQuery(query)).ok(), accepted);
}

QTEST_GUILESS_MAIN(TestQueryParameters)
#include "tst_queryparameters.moc"
