#pragma once

#include "services/relay/instance.h"

#include <QHash>
#include <QSet>

#include <chrono>
#include <functional>
#include <optional>

namespace PatchPanel::Relay {

// Which runners are left out because they failed of late: services.md §4. Two connections that cannot be made or three
// gateway errors (502, 503, 504), with no answer between, eject a runner for 10 s times the number of its ejections,
// 300 s at most, ±20 %, so that not all come back together. When that time is over it must prove itself before it is
// back. At most half of the runners are left out, and never the last. Time is given, not read. A value.
class Ejections {
public:
    using Time = std::chrono::steady_clock::time_point;
    enum class Failure { Connect, Gateway };

    // `random` gives numbers from 0 to below 1.
    explicit Ejections(std::function<double()> random);

    // The runner failed. When that ejects it: until when, from which on it may prove itself.
    std::optional<Time> failed(const QString &id, Failure failure, Time now);
    // It answered as it should. Each such answer makes its next ejection one step shorter.
    void succeeded(const QString &id);
    // It proved itself: it is back.
    void readmit(const QString &id);
    // It could not: until when it is left out now.
    Time prolong(const QString &id, Time now);

    bool isEjected(const QString &id) const;
    // Those of `instances` that are left out: the ejected ones, but of more than half only those that were ejected
    // last.
    QSet<QString> leftOut(const QList<Instance> &instances) const;
    // Forgets every runner that is not among `instances`.
    void keepOnly(const QList<Instance> &instances);

private:
    struct Record {
        int connectFailures = 0;
        int gatewayErrors = 0;
        int ejections = 0; // so far, less what later answers made good
        std::optional<Time> ejectedAt = {};
    };
    Time eject(Record &record, Time now);

    std::function<double()> m_random;
    QHash<QString, Record> m_records;
};

} // namespace PatchPanel::Relay
