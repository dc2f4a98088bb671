#include "services/relay/ejections.h"

#include <algorithm>

namespace PatchPanel::Relay {

namespace {

using namespace std::chrono_literals;

constexpr int mostConnectFailures = 2;
constexpr int mostGatewayErrors = 3;
constexpr std::chrono::milliseconds firstTime = 10s;
constexpr std::chrono::milliseconds longestTime = 300s;
constexpr double jitter = 0.2;

} // namespace

Ejections::Ejections(std::function<double()> random)
    : m_random(std::move(random))
{
}

std::optional<Ejections::Time> Ejections::failed(const QString &id, Failure failure, Time now)
{
    Record &record = m_records[id];
    if (record.ejectedAt) {
        return std::nullopt; // it was chosen because too many are left out
    }
    ++(failure == Failure::Connect ? record.connectFailures : record.gatewayErrors);
    if (record.connectFailures < mostConnectFailures && record.gatewayErrors < mostGatewayErrors) {
        return std::nullopt;
    }
    return eject(record, now);
}

Ejections::Time Ejections::eject(Record &record, Time now)
{
    ++record.ejections;
    record.connectFailures = 0;
    record.gatewayErrors = 0;
    record.ejectedAt = now;
    const auto time = std::min(longestTime, firstTime * record.ejections);
    const double factor = 1.0 + jitter * (2.0 * m_random() - 1.0);
    return now + std::chrono::duration_cast<Time::duration>(time * factor);
}

void Ejections::succeeded(const QString &id)
{
    const auto record = m_records.find(id);
    if (record == m_records.end()) {
        return;
    }
    record->connectFailures = 0;
    record->gatewayErrors = 0;
    record->ejectedAt.reset();
    record->ejections = std::max(0, record->ejections - 1);
    if (record->ejections == 0) {
        m_records.erase(record);
    }
}

void Ejections::readmit(const QString &id)
{
    if (const auto record = m_records.find(id); record != m_records.end()) {
        record->ejectedAt.reset();
    }
}

Ejections::Time Ejections::prolong(const QString &id, Time now)
{
    return eject(m_records[id], now);
}

bool Ejections::isEjected(const QString &id) const
{
    return m_records.value(id).ejectedAt.has_value();
}

QSet<QString> Ejections::leftOut(const QList<Instance> &instances) const
{
    QList<std::pair<Time, QString>> ejected;
    for (const Instance &instance : instances) {
        if (const auto record = m_records.constFind(instance.id); record != m_records.cend() && record->ejectedAt) {
            ejected.append({*record->ejectedAt, instance.id});
        }
    }
    std::sort(ejected.begin(), ejected.end(), std::greater<>());
    QSet<QString> ids;
    for (const auto &[time, id] : ejected.first(std::min(ejected.size(), instances.size() / 2))) {
        ids.insert(id);
    }
    return ids;
}

void Ejections::keepOnly(const QList<Instance> &instances)
{
    QSet<QString> present;
    for (const Instance &instance : instances) {
        present.insert(instance.id);
    }
    m_records.removeIf([&present](const auto &record) { return !present.contains(record.key()); });
}

} // namespace PatchPanel::Relay
