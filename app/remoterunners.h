#pragma once

#include "app/servicehost.h"
#include "services/relay/instance.h"

namespace PatchPanel::App {

// Which runners of the registry belong to other processes, and how each of them is shown. A value of ServiceHost; any
// one thread.
class RemoteRunners {
public:
    struct Change {
        QList<ServiceInfo> changed = {};
        QStringList removed = {}; // names
    };

    // What the registry told last; not `isFresh`: before it stopped answering.
    void setInstances(const QList<Relay::Instance> &instances, bool isFresh);
    // Tells them apart from the services of this process. While one of those starts, it may be what the registry told
    // of: nothing new is added then.
    Change update(const QList<ServiceInfo> &own);

    const QList<ServiceInfo> &services() const { return m_services; }
    ServiceInfo *find(const QString &name); // null: there is none
    // The id that the registry has for the runner at `url`; empty: none.
    QString idAt(const QUrl &url) const;

private:
    QList<Relay::Instance> m_instances;
    QList<ServiceInfo> m_services;
    bool m_isFresh = false;
};

} // namespace PatchPanel::App
