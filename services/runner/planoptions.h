#pragma once

#include "services/common/taskoptions.h"
#include "services/patch/planner.h"

namespace PatchPanel::Runner {

// What the planner is told of a request's options. The rest of them is for the reader.
Patch::PlanOptions planOptionsFrom(const TaskOptions &options);

} // namespace PatchPanel::Runner
