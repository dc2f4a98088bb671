#pragma once

#include <QString>

namespace PatchPanel::Registry {

// The one machine of this registry, as Consul's API describes the node on which a service runs.
struct Node {
    QString id = {}; // a UUID
    QString name = {};
    QString address = {};
    QString datacenter = QStringLiteral("dc1");
    quint16 port = 0; // of the registry's HTTP server
};

} // namespace PatchPanel::Registry
