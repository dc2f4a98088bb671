#pragma once

#include "services/http/operation.h"

#include <QJsonObject>

#include <vector>

namespace PatchPanel::Http {

// The OpenAPI 3.1 document of a service. `schemas` goes to components/schemas and has to hold "Problem" (RFC 9457) and
// what the operations name.
QJsonObject openApiDocument(const QString &title, const std::vector<Operation> &operations, const QJsonObject &schemas);

} // namespace PatchPanel::Http
