#include "services/common/clock.h"

#include <QDateTime>

namespace PatchPanel {

MonotonicClock steadyClock()
{
    return [] {
        return std::chrono::steady_clock::now();
    };
}

qint64 wallClockMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

QString isoTime(qint64 msSinceEpoch)
{
    return QDateTime::fromMSecsSinceEpoch(msSinceEpoch).toUTC().toString(Qt::ISODateWithMs);
}

} // namespace PatchPanel
