#pragma once

#include <QJsonObject>

namespace PatchPanel::Runner {

// components/schemas of the runner's OpenAPI document: what goes in and out as JSON.
QJsonObject runnerSchemas();

} // namespace PatchPanel::Runner
