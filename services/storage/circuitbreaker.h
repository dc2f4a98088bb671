#pragma once

#include "services/common/clock.h"

#include <chrono>

namespace PatchPanel::Storage {

// Keeps callers away from a server that fails: after each failure it stays closed to them for 100 ms · 2ⁿ, at most 30
// s, with ±20 % jitter, and for longer than the failure took, so that a dead server costs one time-out and not one per
// command. Any one thread at a time.
class CircuitBreaker {
public:
    explicit CircuitBreaker(MonotonicClock clock);

    // Zero when a call may be tried now.
    std::chrono::milliseconds retryIn() const;
    void failed(std::chrono::milliseconds took = {});
    void succeeded();

private:
    MonotonicClock m_clock;
    int m_failures = 0;
    std::chrono::steady_clock::time_point m_retryAt = {};
};

} // namespace PatchPanel::Storage
