#include "app/commands/junitreport.h"
#include "services/relay/outcome.h"
#include "tests/support/sampleoutcome.h"

#include <QTest>
#include <QXmlStreamReader>

using namespace PatchPanel;
using namespace PatchPanel::App;

namespace {

// The elements of a report as "element name [message|text]", one for each test case, in order.
struct ReadReport {
    QStringList suites = {};
    QStringList cases = {};
    QStringList properties = {};
    QString text = {}; // of all elements
    QString error = {};
};

ReadReport read(const QByteArray &xml)
{
    ReadReport report;
    QXmlStreamReader reader(xml);
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isCharacters()) {
            report.text += reader.text();
        }
        if (!reader.isStartElement()) {
            continue;
        }
        const QXmlStreamAttributes attributes = reader.attributes();
        const auto value = [&attributes](const char *name) {
            return attributes.value(QLatin1String(name)).toString();
        };
        if (reader.name() == QLatin1String("testsuite")) {
            report.suites << QStringList{value("name"), value("tests"), value("failures"), value("errors"),
                                         value("skipped")}
                                 .join(u' ');
        } else if (reader.name() == QLatin1String("testcase")) {
            report.cases << value("classname") + u'|' + value("name") + u'|' + value("time");
        } else if (reader.name() == QLatin1String("property")) {
            report.properties << value("name") + u'=' + value("value");
        } else if (reader.name() != QLatin1String("testsuites") && reader.name() != QLatin1String("properties")) {
            report.cases.last() += u'|' + reader.name().toString() + u' ' + value("message");
        }
    }
    report.error = reader.errorString();
    return report;
}

TaskOutcome taskOf(const QJsonObject &response)
{
    return {.task = QStringLiteral("a.json"), .outcome = Test::outcomeFrom(response)};
}

QJsonObject responseWithOutput(const QString &output)
{
    QJsonObject response = Test::sampleFailure();
    QJsonObject gate = response[QStringLiteral("gates")].toArray().first().toObject();
    gate[QStringLiteral("output")] = output;
    response[QStringLiteral("gates")] = QJsonArray{gate};
    return response;
}

} // namespace

class TestJunitReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void casesOfARun();
    void aRunThatNeverStarted_data();
    void aRunThatNeverStarted();
    void severalTasks();
    void whateverACommandPrints_data();
    void whateverACommandPrints();
    void theEndOfALongOutput();
};

void TestJunitReport::casesOfARun()
{
    const ReadReport report = read(junitReport({taskOf(Test::sampleFailure())}));
    QCOMPARE(report.error, QString());
    QCOMPARE(report.suites, QStringList{QStringLiteral("a.json 6 1 0 2")});
    QCOMPARE(report.properties, (QStringList{QStringLiteral("run=1f3a5c7e9b02"), QStringLiteral("status=failed")}));
    QCOMPARE(report.cases,
             (QStringList{QStringLiteral("a.json|pre|0.240"), QStringLiteral("a.json|mutate|0.480"),
                          QStringLiteral("a.json|build|0.720"),
                          QStringLiteral("a.json|validate: ./build/check --all|1.300|failure exited with 3"),
                          QStringLiteral("a.json|test|1.200|skipped not reached"),
                          QStringLiteral("a.json|commit|1.440|skipped not reached")}));
}

void TestJunitReport::aRunThatNeverStarted_data()
{
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("the task is invalid") << ErrorCode::InvalidTask;
    QTest::newRow("the workspace is busy") << ErrorCode::Busy;
    QTest::newRow("there is no runner") << ErrorCode::NoRunner;
}

void TestJunitReport::aRunThatNeverStarted()
{
    QFETCH(ErrorCode, code);
    const Error error{code, QStringLiteral("it did not <start> & that is \"all\"")};
    const ReadReport report =
        read(junitReport({{.task = QStringLiteral("a.json"), .outcome = Relay::outcomeOf(error)}}));
    QCOMPARE(report.error, QString());
    QCOMPARE(report.suites, QStringList{QStringLiteral("a.json 1 0 1 0")});
    QCOMPARE(report.cases, QStringList{QStringLiteral("a.json|run|0.000|error it did not <start> & that is \"all\"")});
}

void TestJunitReport::severalTasks()
{
    const ReadReport report = read(junitReport(
        {taskOf(Test::sampleSuccess()), {.task = QStringLiteral("b.json"), .outcome = {.status = RunStatus::Queued}}}));
    QCOMPARE(report.error, QString());
    QCOMPARE(report.suites, (QStringList{QStringLiteral("a.json 5 0 0 3"), QStringLiteral("b.json 1 0 0 1")}));
    QCOMPARE(report.cases.last(), QStringLiteral("b.json|run|0.000|skipped not reached"));
}

void TestJunitReport::whateverACommandPrints_data()
{
    QTest::addColumn<QString>("printed");
    QTest::addColumn<QString>("kept");
    QString controls;
    for (char16_t c = 0; c < 0x20; ++c) {
        controls += QChar(c);
    }
    QTest::newRow("control characters") << controls + QStringLiteral("end") << QStringLiteral("␀␁");
    QTest::newRow("colours") << QStringLiteral("\033[31mred\033[0m") << QStringLiteral("␛[31mred␛[0m");
    QTest::newRow("the end of CDATA") << QStringLiteral("]]> </failure>") << QStringLiteral("]]> </failure>");
    QTest::newRow("bytes that are no UTF-8")
        << QString::fromUtf8(QByteArray("a\xff\xfe\xc3")) << QStringLiteral("a\ufffd");
    QTest::newRow("half a surrogate pair") << QString(QChar(0xd800)) + u'x' << QStringLiteral("\ufffdx");
    QTest::newRow("no character") << QString(QChar(0xffff)) + u'x' << QStringLiteral("\ufffdx");
    QTest::newRow("beyond the first plane") << QStringLiteral("🙂") << QStringLiteral("🙂");
}

void TestJunitReport::whateverACommandPrints()
{
    QFETCH(QString, printed);
    QFETCH(QString, kept);
    const ReadReport report = read(junitReport({taskOf(responseWithOutput(printed))}));
    QCOMPARE(report.error, QString());
    QVERIFY2(report.text.contains(kept), qPrintable(report.text));
}

void TestJunitReport::theEndOfALongOutput()
{
    QString output;
    for (int i = 0; i < 10'000; ++i) {
        output += QStringLiteral("line %1\n").arg(i);
    }
    const ReadReport report = read(junitReport({taskOf(responseWithOutput(output))}));
    QVERIFY(report.text.contains(QStringLiteral("…\nline ")));
    QVERIFY(report.text.contains(QStringLiteral("line 9999\n")));
    QVERIFY(!report.text.contains(QStringLiteral("line 1\n")));
}

QTEST_GUILESS_MAIN(TestJunitReport)
#include "tst_junitreport.moc"
