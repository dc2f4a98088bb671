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

} // namespace PatchPanel::Registry
