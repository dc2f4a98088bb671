#pragma once

#include "services/registry/check.h"

#include <QList>
#include <QMap>
#include <QMetaType>
#include <QString>

namespace PatchPanel::Registry {

// What an instance of a service says of itself when it registers.
struct ServiceDefinition {
    QString id = {}; // unique in the registry; empty: the name
    QString name = {};
    QList<QString> tags = {};
    QString address = {}; // empty: the address of the node
    quint16 port = 0;
    QMap<QString, QString> meta = {};
    int passingWeight = 1;
    int warningWeight = 1;
    QList<CheckDefinition> checks = {};

    bool operator==(const ServiceDefinition &) const = default;
};

// One registered instance.
struct ServiceInstance {
    ServiceDefinition definition = {};
    QList<Check> checks = {}; // those of the definition, then the one of the maintenance mode
    quint64 createIndex = 0;
    quint64 modifyIndex = 0; // of the definition; each check has its own

    // The worst of its checks; passing without any.
    CheckStatus status() const;
    bool isInMaintenance() const;
    // Ignores case, as Consul does.
    bool hasTag(const QString &tag) const;
    const Check *findCheck(const QString &checkId) const;
    Check *findCheck(const QString &checkId);
    // The newest of its checks' heartbeats; absent when there was none.
    std::optional<Check::Time> lastBeat() const;
};

// The id of the check that stands for the maintenance mode of service `id`.
QString maintenanceCheckId(const QString &id);
// That check; an empty reason is told to be none.
Check maintenanceCheck(const QString &id, const QString &reason, Check::Time now);

// Gives the parts that a registration may leave out their default.
void complete(ServiceDefinition &definition);
// The initial status is an instruction, not a property: it does not make two definitions differ.
ServiceDefinition withoutStatus(ServiceDefinition definition);
// Whether a client would see no difference.
bool looksLike(const ServiceInstance &left, const ServiceInstance &right);

} // namespace PatchPanel::Registry

Q_DECLARE_METATYPE(PatchPanel::Registry::ServiceInstance)
