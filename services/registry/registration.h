#pragma once

#include "services/common/result.h"
#include "services/registry/serviceinstance.h"

#include <QJsonObject>

namespace PatchPanel::Registry {

// What PUT /v1/agent/check/update/:id carries.
struct CheckUpdate {
    CheckStatus status = CheckStatus::Critical;
    QString output = {};
};

// Read the bodies that Consul's HTTP API defines. Keys count without case and underscores (ServiceID, serviceId,
// service_id), null counts as missing, unknown members are ignored. BadRequest says which member is wrong and why.
Result<ServiceDefinition> readRegistration(const QJsonObject &body);
Result<CheckUpdate> readCheckUpdate(const QJsonObject &body);

// The body that readRegistration reads as this definition.
QJsonObject registrationJson(const ServiceDefinition &definition);

} // namespace PatchPanel::Registry
