#include "services/http/prometheustext.h"
#include "tests/support/prometheusparser.h"

#include <QTest>

#include <limits>

using namespace PatchPanel;
using Http::PrometheusText;
using Test::PrometheusParser;

class TestPrometheusText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesFamilies();
    void escapesWhatCouldEndALine();
    void writesNumbersWhole_data();
    void writesNumbersWhole();
    void theStrictParserIsStrict_data();
    void theStrictParserIsStrict();
};

void TestPrometheusText::writesFamilies()
{
    PrometheusText text;
    text.single("up_seconds", PrometheusText::Type::Gauge, "Time.", 1.5);
    text.family("requests_total", PrometheusText::Type::Counter, "Requests.");
    text.sample("requests_total", {{"route", "/a"}, {"method", "GET"}}, 3);
    QCOMPARE(text.bytes(),
             QByteArray("# HELP up_seconds Time.\n# TYPE up_seconds gauge\nup_seconds 1.5\n"
                        "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
                        "requests_total{route=\"/a\",method=\"GET\"} 3\n"));
    QCOMPARE(text.response().contentType, QByteArray("text/plain; version=0.0.4; charset=utf-8"));
}

void TestPrometheusText::escapesWhatCouldEndALine()
{
    const QByteArray hostile = "a\"} 1\nfake_total 9 \\";
    PrometheusText text;
    text.family("m", PrometheusText::Type::Gauge, "one \\ line\nonly");
    text.sample("m", {{"label", hostile}}, 1);
    PrometheusParser parser;
    QCOMPARE(parser.parse(text.bytes()), QString());
    QCOMPARE(parser.samples().size(), 1);
    QCOMPARE(parser.samples()[0].labels.value("label"), hostile);
}

void TestPrometheusText::writesNumbersWhole_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QByteArray>("written");
    QTest::newRow("zero") << 0.0 << QByteArray("0");
    QTest::newRow("a fraction") << 0.1 << QByteArray("0.1");
    QTest::newRow("more digits than six") << 123456789.0 << QByteArray("123456789");
    QTest::newRow("beyond every bound") << std::numeric_limits<double>::infinity() << QByteArray("+Inf");
    QTest::newRow("below every bound") << -std::numeric_limits<double>::infinity() << QByteArray("-Inf");
    QTest::newRow("none") << std::numeric_limits<double>::quiet_NaN() << QByteArray("NaN");
}

void TestPrometheusText::writesNumbersWhole()
{
    QFETCH(double, value);
    QFETCH(QByteArray, written);
    PrometheusText text;
    text.sample("m", {}, value);
    QCOMPARE(text.bytes(), "m " + written + '\n');
}

void TestPrometheusText::theStrictParserIsStrict_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray head = "# HELP m A.\n# TYPE m gauge\n";
    QTest::newRow("no end of the line") << head + "m 1";
    QTest::newRow("no family") << QByteArray("m 1\n");
    QTest::newRow("another family") << head + "n 1\n";
    QTest::newRow("no value") << head + "m\n";
    QTest::newRow("a value that is none") << head + "m one\n";
    QTest::newRow("twice") << head + "m 1\nm 1\n";
    QTest::newRow("a family in two blocks") << head + "m 1\n" + head;
    QTest::newRow("a label without quotes") << head + "m{a=1} 1\n";
    QTest::newRow("an unknown escape") << head + "m{a=\"\\t\"} 1\n";
    QTest::newRow("an open label") << head + "m{a=\"b} 1\n";
    QTest::newRow("a counter without _total") << QByteArray("# HELP m A.\n# TYPE m counter\nm 1\n");
    QTest::newRow("a histogram that ends early")
        << QByteArray("# HELP h A.\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n");
    QTest::newRow("a histogram that falls") << QByteArray(
        "# HELP h A.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n");
}

void TestPrometheusText::theStrictParserIsStrict()
{
    QFETCH(QByteArray, text);
    QVERIFY(!PrometheusParser().parse(text).isEmpty());
}

QTEST_GUILESS_MAIN(TestPrometheusText)
#include "tst_prometheustext.moc"
