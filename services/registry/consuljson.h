#pragma once

#include "services/registry/node.h"
#include "services/registry/serviceinstance.h"

#include <QJsonArray>
#include <QJsonObject>

namespace PatchPanel::Registry {

// The JSON forms of Consul's HTTP API. Lists and maps are never null.

// The parts that several forms share.
QJsonObject stringMapJson(const QMap<QString, QString> &map);
QJsonObject weightsJson(const ServiceDefinition &definition);
// One element of /v1/catalog/nodes.
QJsonObject nodeJson(const Node &node);
// One value of /v1/agent/services.
QJsonObject agentServiceJson(const Node &node, const ServiceInstance &instance);
// One element of /v1/catalog/service/:name.
QJsonObject catalogServiceJson(const Node &node, const ServiceInstance &instance);
// One element of /v1/health/checks/:name and its like.
QJsonObject checkJson(const Node &node, const ServiceInstance &instance, const Check &check);
// One element of /v1/health/service/:name.
QJsonObject healthEntryJson(const Node &node, const ServiceInstance &instance);

} // namespace PatchPanel::Registry
