#include "services/storage/circuitbreaker.h"

#include <QRandomGenerator>

#include <algorithm>

namespace PatchPanel::Storage {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds firstDelay{100};
constexpr milliseconds longestDelay{30'000};
constexpr int doublings = 9; // 100 ms · 2⁹ is over the longest delay

milliseconds delayAfter(int failures)
{
    const milliseconds delay = std::min(firstDelay * (1 << std::min(failures - 1, doublings)), longestDelay);
    const auto permille = QRandomGenerator::global()->bounded(800, 1200);
    return std::min(delay * permille / 1000, longestDelay);
}

} // namespace

CircuitBreaker::CircuitBreaker(MonotonicClock clock)
    : m_clock(std::move(clock))
{
}

milliseconds CircuitBreaker::retryIn() const
{
    if (m_failures == 0) {
        return milliseconds::zero();
    }
    return std::max(milliseconds::zero(), std::chrono::ceil<milliseconds>(m_retryAt - m_clock()));
}

void CircuitBreaker::failed(milliseconds took)
{
    do {
        ++m_failures;
    } while (m_failures <= doublings && firstDelay * (1 << (m_failures - 1)) <= took);
    m_retryAt = m_clock() + delayAfter(m_failures);
}

void CircuitBreaker::succeeded()
{
    m_failures = 0;
}

} // namespace PatchPanel::Storage
