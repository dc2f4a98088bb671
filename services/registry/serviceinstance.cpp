#include "services/registry/serviceinstance.h"

#include <algorithm>

namespace PatchPanel::Registry {

namespace {

auto hasId(const QString &checkId)
{
    return [&checkId](const Check &check) {
        return check.definition.id == checkId;
    };
}

} // namespace

CheckStatus ServiceInstance::status() const
{
    CheckStatus worst = CheckStatus::Passing;
    for (const Check &check : checks) {
        worst = std::max(worst, check.status);
    }
    return worst;
}

bool ServiceInstance::isInMaintenance() const
{
    return findCheck(maintenanceCheckId(definition.id)) != nullptr;
}

bool ServiceInstance::hasTag(const QString &tag) const
{
    return std::any_of(definition.tags.begin(), definition.tags.end(),
                       [&tag](const QString &own) { return own.compare(tag, Qt::CaseInsensitive) == 0; });
}

const Check *ServiceInstance::findCheck(const QString &checkId) const
{
    const auto found = std::find_if(checks.begin(), checks.end(), hasId(checkId));
    return found == checks.end() ? nullptr : &*found;
}

Check *ServiceInstance::findCheck(const QString &checkId)
{
    const auto found = std::find_if(checks.begin(), checks.end(), hasId(checkId));
    return found == checks.end() ? nullptr : &*found;
}

std::optional<Check::Time> ServiceInstance::lastBeat() const
{
    std::optional<Check::Time> newest;
    for (const Check &check : checks) {
        if (check.definition.ttl.count() > 0) {
            newest = std::max(newest, check.lastBeat); // absent is less than any time
        }
    }
    return newest;
}

QString maintenanceCheckId(const QString &id)
{
    return QStringLiteral("_service_maintenance:") + id;
}

void complete(ServiceDefinition &definition)
{
    if (definition.id.isEmpty()) {
        definition.id = definition.name;
    }
    for (qsizetype i = 0; i < definition.checks.size(); ++i) {
        CheckDefinition &check = definition.checks[i];
        if (check.id.isEmpty()) {
            check.id = QStringLiteral("service:") + definition.id;
            if (definition.checks.size() > 1) {
                check.id += QStringLiteral(":%1").arg(i + 1);
            }
        }
        if (check.name.isEmpty()) {
            check.name = QStringLiteral("Service '%1' check").arg(definition.name);
        }
    }
}

ServiceDefinition withoutStatus(ServiceDefinition definition)
{
    for (CheckDefinition &check : definition.checks) {
        check.status.reset();
    }
    return definition;
}

Check maintenanceCheck(const QString &id, const QString &reason, Check::Time now)
{
    Check check;
    check.definition.id = maintenanceCheckId(id);
    check.definition.name = QStringLiteral("Service Maintenance Mode");
    check.definition.notes = reason.isEmpty()
        ? QStringLiteral("Maintenance mode is enabled for this service, but no reason was given.")
        : reason;
    check.beat(CheckStatus::Critical, {}, now);
    return check;
}

bool looksLike(const ServiceInstance &left, const ServiceInstance &right)
{
    return left.definition == right.definition
        && std::equal(left.checks.begin(), left.checks.end(), right.checks.begin(), right.checks.end(),
                      [](const Check &a, const Check &b) { return a.looksLike(b); });
}

} // namespace PatchPanel::Registry
