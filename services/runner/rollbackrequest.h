#pragma once

#include "services/runner/runrequest.h"

namespace PatchPanel::Runner {

// Reads the body of POST /runs/:id/rollback: workspace (else `workspace`, where the run was) and dryRun. BadRequest
// with the JSON Pointer for a wrong type, and naming every member that is unknown.
Result<RunRequest> parseRollbackRequest(const QString &runId, const QString &workspace, const QJsonObject &body);

} // namespace PatchPanel::Runner
