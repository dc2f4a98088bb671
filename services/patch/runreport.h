#pragma once

#include "services/patch/runresult.h"
#include "services/patch/workspacefile.h"

namespace PatchPanel::Patch {

// Writes report.md and report.json to the run's folder in the history of the workspace and sets result.reportPath to
// the first. Io or UnsafePath when they cannot be written.
Result<void> writeReports(const WorkspaceRoot &root, RunResult &result);

} // namespace PatchPanel::Patch
