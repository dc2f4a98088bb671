#include "services/common/clock.h"

#include <QDateTime>

#include <ctime>

namespace PatchPanel {

MonotonicClock steadyClock()
{
    return [] {
        return std::chrono::steady_clock::now();
    };
}

MonotonicClock bootClock()
{
    return [] {
        timespec time = {};
        clock_gettime(CLOCK_BOOTTIME, &time);
        return std::chrono::steady_clock::time_point(std::chrono::seconds(time.tv_sec)
                                                     + std::chrono::nanoseconds(time.tv_nsec));
    };
}

qint64 wallClockMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

QString isoTime(qint64 msSinceEpoch)
{
    return QDateTime::fromMSecsSinceEpoch(msSinceEpoch, Qt::UTC).toString(Qt::ISODateWithMs);
}

} // namespace PatchPanel
