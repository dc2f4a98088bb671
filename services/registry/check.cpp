#include "services/registry/check.h"

#include <algorithm>
#include <array>

namespace PatchPanel::Registry {

namespace {

// The same heartbeat is not heard at quite the same time twice.
constexpr std::chrono::milliseconds heardTolerance{250};
constexpr std::array statusNames{"passing", "warning", "critical"};

} // namespace

QString toString(CheckStatus status)
{
    return QString::fromLatin1(statusNames[static_cast<std::size_t>(status)]);
}

std::optional<CheckStatus> checkStatusFromString(const QString &name)
{
    for (std::size_t i = 0; i < statusNames.size(); ++i) {
        if (name == QLatin1String(statusNames[i])) {
            return static_cast<CheckStatus>(i);
        }
    }
    return std::nullopt;
}

void Check::beat(CheckStatus newStatus, const QString &newOutput, Time now)
{
    setStatus(newStatus, now);
    output = newOutput;
    lastBeat = now;
    isFromElsewhere = false;
    if (definition.ttl.count() > 0) {
        leaseEnd = now + definition.ttl;
    }
}

void Check::hear(const HeardCheck &heard, Time now)
{
    const Time::duration tolerance = std::min<Time::duration>(heardTolerance, definition.ttl / 4);
    const bool isNews = !lastBeat || heard.beat > *lastBeat + tolerance;
    const bool isExpired = definition.ttl.count() > 0 && !leaseEnd;
    if (!isNews && isExpired) {
        return;
    }
    setStatus(heard.status, heard.since);
    output = heard.output;
    if (!isNews) {
        return;
    }
    lastBeat = heard.beat;
    isFromElsewhere = true;
    leaseEnd = heard.beat + definition.ttl;
    if (*leaseEnd <= now) {
        expire(*leaseEnd);
    }
}

void Check::expire(Time now)
{
    setStatus(CheckStatus::Critical, now);
    leaseEnd.reset();
    // The wording of Consul, which its clients show.
    output = output.isEmpty() ? QStringLiteral("TTL expired")
                              : QStringLiteral("TTL expired (last output before timeout follows): ") + output;
}

void Check::excuse(Time now, Time::duration pause)
{
    if (leaseEnd) {
        leaseEnd = now + definition.ttl;
    }
    if (criticalSince) {
        *criticalSince += pause;
    }
}

bool Check::isSilent(Time now, Time::duration untilNextSweep) const
{
    return hasLeaseToLose() && *leaseEnd <= now + std::min<Time::duration>(untilNextSweep, definition.ttl / 3);
}

std::optional<Check::Time> Check::removalTime() const
{
    if (!criticalSince || definition.deregisterAfter.count() == 0) {
        return std::nullopt;
    }
    return *criticalSince + definition.deregisterAfter;
}

std::optional<Check::Time> Check::dueTime() const
{
    const std::optional<Time> removal = removalTime();
    if (!leaseEnd || !removal) {
        return leaseEnd ? leaseEnd : removal;
    }
    return std::min(*leaseEnd, *removal);
}

bool Check::looksLike(const Check &other) const
{
    return definition.id == other.definition.id && definition.name == other.definition.name
        && definition.notes == other.definition.notes && status == other.status && output == other.output;
}

void Check::setStatus(CheckStatus newStatus, Time now)
{
    status = newStatus;
    if (status != CheckStatus::Critical) {
        criticalSince.reset();
    } else if (!criticalSince) {
        criticalSince = now;
    }
}

} // namespace PatchPanel::Registry
