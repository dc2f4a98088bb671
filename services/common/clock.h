#pragma once

#include <QString>

#include <chrono>
#include <functional>

namespace PatchPanel {

// A monotonic "now" that a test can replace.
using MonotonicClock = std::function<std::chrono::steady_clock::time_point()>;

// std::chrono::steady_clock.
MonotonicClock steadyClock();

// CLOCK_BOOTTIME: goes on while the machine sleeps.
MonotonicClock bootClock();

// Milliseconds since the epoch, UTC.
qint64 wallClockMs();

// ISO 8601 in UTC with milliseconds: 2026-11-23T14:35:58.123Z.
QString isoTime(qint64 msSinceEpoch);

} // namespace PatchPanel
