#pragma once

#include <QString>

#include <chrono>
#include <optional>

namespace PatchPanel::Registry {

// Ordered from good to bad: the status of an instance is the greatest of its checks.
enum class CheckStatus { Passing, Warning, Critical };

QString toString(CheckStatus status); // "passing", "warning", "critical"
std::optional<CheckStatus> checkStatusFromString(const QString &name);

// What a registration says of a check.
struct CheckDefinition {
    QString id = {};
    QString name = {};
    QString notes = {};
    std::chrono::milliseconds ttl = {}; // length of the lease; 0: it never ends (maintenance)
    std::chrono::milliseconds deregisterAfter = {}; // critical for so long: the service is removed; 0: never
    std::optional<CheckStatus> status = {}; // to start with; absent: as it was, critical when it is new

    bool operator==(const CheckDefinition &) const = default;
};

// How a check stands at another registry.
struct HeardCheck {
    using Time = std::chrono::steady_clock::time_point;

    CheckStatus status = CheckStatus::Critical;
    QString output = {};
    Time since = {};
    Time beat = {}; // its last heartbeat there
};

// A check and how it stands.
struct Check {
    using Time = std::chrono::steady_clock::time_point;

    CheckDefinition definition = {};
    CheckStatus status = CheckStatus::Critical;
    QString output = {}; // the note of the last heartbeat
    quint64 createIndex = 0;
    quint64 modifyIndex = 0;
    std::optional<Time> lastBeat = {}; // absent: none since the registry started
    std::optional<Time> leaseEnd = {}; // absent: ended already, or endless
    std::optional<Time> criticalSince = {};
    bool isFromElsewhere = false; // the last heartbeat came to another registry

    // Restarts the lease.
    void beat(CheckStatus newStatus, const QString &newOutput, Time now);
    // It stands so elsewhere. What was heard here since then counts more.
    void hear(const HeardCheck &heard, Time now);
    // Critical, "TTL expired" and the last output.
    void expire(Time now);
    // For so long nobody could send a heartbeat: a running lease begins anew, the rest of the time does not count.
    void excuse(Time now, Time::duration pause);
    // Whether it is about to expire: at the next sweep if none comes, unless that is early in its lease.
    bool isSilent(Time now, Time::duration untilNextSweep) const;
    // Whether it holds a lease whose end makes it critical.
    bool hasLeaseToLose() const { return leaseEnd && status != CheckStatus::Critical; }
    // The time after which the service is removed on account of this check.
    std::optional<Time> removalTime() const;
    // The next time at which something happens to it by itself.
    std::optional<Time> dueTime() const;
    // Whether a client would see no difference.
    bool looksLike(const Check &other) const;

private:
    void setStatus(CheckStatus newStatus, Time now);
};

} // namespace PatchPanel::Registry
