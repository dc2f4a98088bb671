#include "services/log/logwriter.h"
#include "ui/models/outputwatch.h"

#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

class TestOutputWatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void silenceIsToldUntilItEnds();
    void linesOfOthersDoNotEndIt();
    void nothingIsToldWithoutARun();
};

void TestOutputWatch::silenceIsToldUntilItEnds()
{
    Log::Store store;
    OutputWatch watch(store);
    watch.setLimit(40);
    watch.setInterval(10);
    QSignalSpy told(&watch, &OutputWatch::silenceChanged);
    watch.start(QStringLiteral("run-a"));
    QTRY_VERIFY(told.size() >= 3);
    QVERIFY(told.first().first().toLongLong() >= 40);
    QVERIFY(told.last().first().toLongLong() > told.first().first().toLongLong());
    Log::Writer(store, "runner-1", "run-a").info("", QStringLiteral("output"));
    QTRY_COMPARE(told.last().first().toLongLong(), 0);
    QTRY_VERIFY(told.last().first().toLongLong() >= 40); // and it is silent again
    watch.stop();
    QCOMPARE(told.last().first().toLongLong(), 0);
}

void TestOutputWatch::linesOfOthersDoNotEndIt()
{
    Log::Store store;
    OutputWatch watch(store);
    watch.setLimit(40);
    watch.setInterval(10);
    QSignalSpy told(&watch, &OutputWatch::silenceChanged);
    watch.start(QStringLiteral("run-a"));
    const auto isSilent = [&] {
        Log::Writer(store, "registry").info("", QStringLiteral("a request"));
        Log::Writer(store, "runner-2", "run-b").info("", QStringLiteral("another run"));
        return !told.isEmpty();
    };
    QTRY_VERIFY(isSilent());
    const qsizetype before = told.size();
    const auto goesOn = [&] {
        isSilent();
        return told.size() > before + 2;
    };
    QTRY_VERIFY(goesOn());
    QVERIFY(!told.contains(QVariantList{qint64{0}}));
}

void TestOutputWatch::nothingIsToldWithoutARun()
{
    Log::Store store;
    OutputWatch watch(store);
    watch.setLimit(1);
    watch.setInterval(1);
    QSignalSpy told(&watch, &OutputWatch::silenceChanged);
    watch.start(QStringLiteral("run-a"));
    watch.stop();
    QTest::qWait(20);
    QVERIFY(told.isEmpty());
}

QTEST_GUILESS_MAIN(TestOutputWatch)
#include "tst_outputwatch.moc"
