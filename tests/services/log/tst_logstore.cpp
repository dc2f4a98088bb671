#include "services/log/logstore.h"
#include "services/log/logwriter.h"

#include <QTest>

#include <thread>
#include <vector>

using namespace PatchPanel;
using namespace PatchPanel::Log;

class TestLogStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsLinesInOrder();
    void writerStampsServiceRunAndTime();
    void manyAppendsAreOneCall();
    void leavesOutWhatIsBelowTheLeastLevel();
    void noCallAfterTheSubscriptionEnded();
    void readersSeeWholeLinesWhileOthersWrite();
};

void TestLogStore::keepsLinesInOrder()
{
    Store store;
    for (int i = 0; i < 10'000; ++i) { // over two chunk borders
        store.append(Line{.text = QByteArray::number(i)});
    }
    QCOMPARE(store.size(), 10'000);
    QCOMPARE(store.at(0).text, QByteArray("0"));
    QCOMPARE(store.at(4096).text, QByteArray("4096"));
    QCOMPARE(store.at(9'999).text, QByteArray("9999"));
    QCOMPARE(store.dropped(), 0);
}

void TestLogStore::writerStampsServiceRunAndTime()
{
    Store store;
    const Writer writer(store, "runner-1");
    writer.forRun(QStringLiteral("1f3a")).warning("CACHE", QStringLiteral("slow"));
    writer.output(Level::Info, "BUILD", Phase::Build, "out");
    QCOMPARE(store.at(0).service, QByteArray("runner-1"));
    QCOMPARE(store.at(0).runId, QByteArray("1f3a"));
    QVERIFY(store.at(0).level == Level::Warning);
    QVERIFY(store.at(0).timeMs > 0);
    QCOMPARE(store.at(1).runId, QByteArray());
    QVERIFY(store.at(1).phase == Phase::Build);
}

void TestLogStore::manyAppendsAreOneCall()
{
    Store store;
    QObject context;
    int calls = 0;
    const auto subscription = store.subscribe(&context, [&calls] { ++calls; });
    for (int i = 0; i < 100; ++i) {
        store.append({});
    }
    QTRY_COMPARE(calls, 1);
    store.append({});
    QTRY_COMPARE(calls, 2);
}

// A line of a run is kept whatever its level: the run's log is asked for.
void TestLogStore::leavesOutWhatIsBelowTheLeastLevel()
{
    Store store;
    store.setLeastLevel(Level::Info);
    const Writer writer(store, "runner-1");
    writer.debug("HTTP", QStringLiteral("GET /"));
    writer.info("HTTP", QStringLiteral("listening"));
    writer.forRun(QStringLiteral("abc")).debug("CACHE", QStringLiteral("why"));
    QCOMPARE(store.size(), 2);
    QVERIFY(!writer.keeps(Level::Debug) && writer.keeps(Level::Info));
    QCOMPARE(store.at(1).text, QByteArray("why"));
}

void TestLogStore::noCallAfterTheSubscriptionEnded()
{
    Store store;
    QObject context;
    int calls = 0;
    auto subscription = store.subscribe(&context, [&calls] { ++calls; });
    store.append({}); // its call is on its way
    subscription.reset();
    QCoreApplication::processEvents();
    store.append({});
    QCoreApplication::processEvents();
    QCOMPARE(calls, 0);
}

void TestLogStore::readersSeeWholeLinesWhileOthersWrite()
{
    constexpr int writers = 4;
    constexpr int linesEach = 20'000;
    Store store;
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&store, w] {
            for (int i = 0; i < linesEach; ++i) {
                store.append(Line{.service = QByteArray::number(w), .text = QByteArray::number(i)});
            }
        });
    }
    std::vector<int> next(writers, 0);
    bool inOrder = true;
    for (qsizetype read = 0; read < writers * linesEach;) {
        for (const qsizetype size = store.size(); read < size; ++read) {
            const Line &line = store.at(read);
            int &expected = next[static_cast<std::size_t>(line.service.toInt())];
            inOrder = inOrder && line.text.toInt() == expected;
            ++expected;
        }
        std::this_thread::yield();
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    QVERIFY(inOrder);
    QCOMPARE(next, std::vector<int>(writers, linesEach));
}

QTEST_GUILESS_MAIN(TestLogStore)
#include "tst_logstore.moc"
