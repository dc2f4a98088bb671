#pragma once

#include "services/patch/plan.h"
#include "services/patch/workspacefile.h"

namespace PatchPanel::Patch {

// What takes a past run back: every path that it changed as it was before, from the run's undo slots, with owner, mode
// and attributes. Paths that are so already are left out. `task` is what the plan is for.
// BadRequest when there is nothing to take back: no such run, none that changed anything, one that was rolled back or
// whose paths are all as before. DoesNotApply, with the paths in details["conflicts"], when any of them changed since.
Result<Plan> makeRollbackPlan(const WorkspaceRoot &root, const QString &runId, const Task &task);

} // namespace PatchPanel::Patch
