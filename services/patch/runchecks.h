#pragma once

#include "services/patch/patchrun.h"

namespace PatchPanel::Patch {

// What a run found out while it ran, for the lines of the report that task-format.md §3 promises. Nothing is ever
// claimed that was not looked at: an empty member gives "not checked".
struct RunEvidence {
    bool planned = false; // the whole plan was produced and clean
    std::optional<Result<void>> proof = {}; // reading back every path after the switch
    QList<QString> answers = {}; // of the task's services, before and after
    QList<QString> noAnswers = {};
};

// Validation Gates, Runtime Audit, Service Uptime, Mutation Proof, Dry Run Check, in this order.
QList<Check> makeChecks(const RunResult &result, const RunOptions &options, const RunEvidence &evidence);

} // namespace PatchPanel::Patch
