#pragma once

#include "services/common/result.h"
#include "services/registry/learnedservice.h"

#include <QByteArray>

namespace PatchPanel::Registry {

// How registries write down for each other what they know: a service is parts, each of which changes by itself. "d" is
// its definition, "m" its maintenance mode, "c" and the id a check. Every part is JSON, signed with the token of the
// registries, because whoever can write to their Redis must not be able to invent a runner.
using SharedParts = QMap<QByteArray, QByteArray>; // by name, without signatures

inline const QByteArray definitionPart = "d";
inline const QByteArray maintenancePart = "m";
QByteArray checkPart(const QString &checkId);
// Absent when it is no check.
std::optional<QString> checkIdOf(const QByteArray &part);

// A service without an address is at `nodeAddress`, which the others cannot know.
SharedParts sharedParts(const ServiceInstance &instance, const QString &nodeAddress);

// A part of service `id` as it is told, and back. Absent when it was not signed with this token, for another place, or
// is too long.
QByteArray sealed(const QByteArray &token, const QByteArray &id, const QByteArray &part, const QByteArray &value);
std::optional<QByteArray> unsealed(const QByteArray &token, const QByteArray &id, const QByteArray &part,
                                   const QByteArray &value);

// The parts of one service are read one by one. BadRequest says what is wrong.
Result<ServiceDefinition> readSharedDefinition(const QByteArray &id, const QByteArray &value);
Result<HeardCheck> readSharedCheck(const QByteArray &value); // without times
Result<std::optional<QString>> readSharedMaintenance(const QByteArray &value);

} // namespace PatchPanel::Registry
