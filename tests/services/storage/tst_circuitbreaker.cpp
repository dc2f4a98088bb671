#include "services/storage/circuitbreaker.h"

#include <QTest>

using namespace PatchPanel;
using namespace std::chrono_literals;

class TestCircuitBreaker : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isClosedAtFirst();
    void waitsLongerAfterEachFailure_data();
    void waitsLongerAfterEachFailure();
    void waitsLongerThanTheFailureTook();
    void letsOneCallThroughWhenTheTimeIsOver();
    void forgetsFailuresAfterSuccess();

private:
    std::chrono::steady_clock::time_point m_now{};
    Storage::CircuitBreaker m_breaker{[this] {
        return m_now;
    }};

    void fail(int times);
};

void TestCircuitBreaker::fail(int times)
{
    m_breaker.succeeded();
    for (int i = 0; i < times; ++i) {
        m_breaker.failed();
    }
}

void TestCircuitBreaker::isClosedAtFirst()
{
    QCOMPARE(Storage::CircuitBreaker([this] { return m_now; }).retryIn(), 0ms);
}

void TestCircuitBreaker::waitsLongerAfterEachFailure_data()
{
    QTest::addColumn<int>("failures");
    QTest::addColumn<int>("leastMs");
    QTest::addColumn<int>("mostMs");
    QTest::newRow("first") << 1 << 80 << 120;
    QTest::newRow("second") << 2 << 160 << 240;
    QTest::newRow("fifth") << 5 << 1280 << 1920;
    QTest::newRow("longest") << 10 << 24'000 << 30'000;
    QTest::newRow("far beyond the longest") << 1000 << 24'000 << 30'000;
}

void TestCircuitBreaker::waitsLongerAfterEachFailure()
{
    QFETCH(int, failures);
    QFETCH(int, leastMs);
    QFETCH(int, mostMs);
    fail(failures);
    QVERIFY2(m_breaker.retryIn() >= std::chrono::milliseconds(leastMs),
             qPrintable(QString::number(m_breaker.retryIn().count())));
    QVERIFY2(m_breaker.retryIn() <= std::chrono::milliseconds(mostMs),
             qPrintable(QString::number(m_breaker.retryIn().count())));
}

void TestCircuitBreaker::waitsLongerThanTheFailureTook()
{
    m_breaker.succeeded();
    m_breaker.failed(2s); // 3.2 s ± 20 %
    QVERIFY(m_breaker.retryIn() >= 2560ms && m_breaker.retryIn() <= 3840ms);
    m_breaker.failed(2s); // and then twice as long
    QVERIFY(m_breaker.retryIn() >= 5120ms && m_breaker.retryIn() <= 7680ms);
    m_breaker.failed(1h);
    QVERIFY(m_breaker.retryIn() >= 24s && m_breaker.retryIn() <= 30s);
}

void TestCircuitBreaker::letsOneCallThroughWhenTheTimeIsOver()
{
    fail(1);
    m_now += m_breaker.retryIn() - 1ms;
    QCOMPARE(m_breaker.retryIn(), 1ms);
    m_now += 1ms;
    QCOMPARE(m_breaker.retryIn(), 0ms);
}

void TestCircuitBreaker::forgetsFailuresAfterSuccess()
{
    fail(8);
    m_breaker.succeeded();
    QCOMPARE(m_breaker.retryIn(), 0ms);
    m_breaker.failed();
    QVERIFY(m_breaker.retryIn() <= 120ms);
}

QTEST_GUILESS_MAIN(TestCircuitBreaker)
#include "tst_circuitbreaker.moc"
