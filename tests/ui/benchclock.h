#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTest>
#include <QTextLayout>
#include <QTimer>
#include <QWidget>

#include <algorithm>
#include <ctime>

namespace PatchPanel::Test {

inline double milliseconds(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

inline double processorMs(clockid_t clock)
{
    timespec time = {};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// The longest time that the thread of the event loop did not get to a timer of a millisecond; and of its own processor
// time, which does not grow when other programs take the machine.
class BlockWatch {
public:
    BlockWatch()
    {
        m_timer.callOnTimeout([this] {
            const double now = processorMs(CLOCK_THREAD_CPUTIME_ID);
            if (m_since.isValid()) {
                m_longest = std::max(m_longest, milliseconds(m_since) - 1);
                m_longestCpu = std::max(m_longestCpu, now - m_processor);
            }
            m_since.start();
            m_processor = now;
        });
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.start(1);
    }
    double longest() const { return m_longest; }
    double longestCpu() const { return m_longestCpu; }

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    double m_processor = 0;
    double m_longest = 0;
    double m_longestCpu = 0;
};

// The processor time that a fixed piece of a window's work takes this machine now: what blocks are judged by on slower
// ones.
inline double referenceCpuMs()
{
    double least = 0;
    for (int round = 0; round < 5; ++round) {
        const double before = processorMs(CLOCK_THREAD_CPUTIME_ID);
        for (int i = 0; i < 500; ++i) {
            QTextLayout layout(QStringLiteral("%1 the quick brown fox jumps over the lazy dog").arg(i), QFont());
            layout.beginLayout();
            layout.createLine();
            layout.endLayout();
        }
        const double took = processorMs(CLOCK_THREAD_CPUTIME_ID) - before;
        least = round == 0 ? took : std::min(least, took);
    }
    return least;
}

// How long the thread of a window may work between two events, of its own processor time.
inline double longestBlockMs()
{
#ifdef PATCHPANEL_SANITIZED
    constexpr double limit = 1000;
#else
    constexpr double limit = 50;
#endif
    constexpr double referenceMs = 3.3; // of referenceCpuMs() where the limit holds
    return limit * std::max(1.0, referenceCpuMs() / referenceMs);
}

// How long it took until the condition held; patienceMs at most. Sleeps where nothing is to be done.
template <typename Condition> double waitMs(Condition condition, qint64 patienceMs = 120'000)
{
    QTimer wake;
    wake.start(1);
    QElapsedTimer timer;
    timer.start();
    while (!condition() && timer.elapsed() < patienceMs) {
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    }
    return milliseconds(timer);
}

inline void showForMeasuring(QWidget &view)
{
    view.resize(1280, 400);
    view.show();
    waitMs([&view] { return QTest::qWaitForWindowExposed(&view, 50); });
}

} // namespace PatchPanel::Test
