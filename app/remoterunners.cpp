#include "app/remoterunners.h"

#include <algorithm>

namespace PatchPanel::App {

namespace {

bool isAt(const QUrl &left, const QUrl &right)
{
    return left.host() == right.host() && left.port() == right.port();
}

bool isNamed(const QList<ServiceInfo> &services, const QString &name)
{
    return std::any_of(services.begin(), services.end(), [&name](const ServiceInfo &s) { return s.name == name; });
}

} // namespace

void RemoteRunners::setInstances(const QList<Relay::Instance> &instances, bool isFresh)
{
    m_instances = instances;
    m_isFresh = isFresh;
}

RemoteRunners::Change RemoteRunners::update(const QList<ServiceInfo> &own)
{
    const bool ownMayBeNew =
        std::any_of(own.begin(), own.end(), [](const ServiceInfo &s) { return s.state == ServiceState::Starting; });
    Change change;
    QList<ServiceInfo> now;
    for (const Relay::Instance &instance : std::as_const(m_instances)) {
        if (std::any_of(own.begin(), own.end(), [&instance](const ServiceInfo &s) {
                return s.state != ServiceState::Stopped && isAt(s.url, instance.url);
            })) {
            continue;
        }
        const auto known = std::find_if(m_services.begin(), m_services.end(),
                                        [&instance](const ServiceInfo &s) { return s.id == instance.id; });
        if (known == m_services.end() && ownMayBeNew) {
            continue;
        }
        ServiceInfo service =
            known == m_services.end() ? ServiceInfo{.state = ServiceState::Up, .isRemote = true} : *known;
        const bool isNew = service.id.isEmpty();
        const bool differs = isNew || service.url != instance.url || service.isStale == m_isFresh;
        if (isNew) {
            service.id = instance.id;
            service.name = instance.name;
            if (isNamed(own, service.name) || isNamed(now, service.name)) {
                service.name += QStringLiteral("@%1:%2").arg(instance.url.host()).arg(instance.url.port());
            }
        }
        service.url = instance.url;
        service.isStale = !m_isFresh;
        now.append(service);
        if (differs) {
            change.changed.append(service);
        }
    }
    for (const ServiceInfo &service : std::as_const(m_services)) {
        if (!isNamed(now, service.name)) {
            change.removed.append(service.name);
        }
    }
    m_services = now;
    return change;
}

ServiceInfo *RemoteRunners::find(const QString &name)
{
    const auto found =
        std::find_if(m_services.begin(), m_services.end(), [&name](const ServiceInfo &s) { return s.name == name; });
    return found == m_services.end() ? nullptr : &*found;
}

QString RemoteRunners::idAt(const QUrl &url) const
{
    const auto found = std::find_if(m_instances.begin(), m_instances.end(),
                                    [&url](const Relay::Instance &instance) { return isAt(instance.url, url); });
    return found == m_instances.end() ? QString() : found->id;
}

} // namespace PatchPanel::App
