#include "services/runner/planoptions.h"

namespace PatchPanel::Runner {

Patch::PlanOptions planOptionsFrom(const TaskOptions &options)
{
    Patch::PlanOptions plan;
    plan.fuzz = options.fuzz;
    plan.recount = options.recount;
    plan.skipApplied = options.skipApplied;
    plan.offset = options.nearestOffset ? Patch::OffsetChoice::Nearest : Patch::OffsetChoice::Unique;
    plan.whitespace = options.ignoreWhitespace ? Patch::Whitespace::Ignored : Patch::Whitespace::Exact;
    return plan;
}

} // namespace PatchPanel::Runner
