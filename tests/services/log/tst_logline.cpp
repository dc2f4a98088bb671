#include "services/log/logline.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Log;

class TestLogLine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void textHasTheTag();
    void survivesTheWire();
    void brokenUtf8IsMarkedOnTheWire();
};

void TestLogLine::textHasTheTag()
{
    QCOMPARE((Line{.tag = "CACHE", .text = "Patch cached"}).toText(), QByteArray("[CACHE] Patch cached"));
    QCOMPARE((Line{.text = "Runner microservice live"}).toText(), QByteArray("Runner microservice live"));
}

void TestLogLine::survivesTheWire()
{
    const Line line{1700000000123, Level::Warning, "runner-1", "1f3a", "BUILD", "grün", Phase::Build};
    const Line received = Line::fromJson(line.toJson());
    QCOMPARE(received.timeMs, line.timeMs);
    QVERIFY(received.level == line.level);
    QCOMPARE(received.service, line.service);
    QCOMPARE(received.runId, line.runId);
    QCOMPARE(received.toText(), line.toText());
    QVERIFY(received.phase == line.phase);
}

void TestLogLine::brokenUtf8IsMarkedOnTheWire()
{
    const Line line{.text = "a\xff"};
    QCOMPARE(Line::fromJson(line.toJson()).text, QByteArray("a\xef\xbf\xbd"));
}

QTEST_GUILESS_MAIN(TestLogLine)
#include "tst_logline.moc"
