#pragma once

#include "services/patch/planner.h"
#include "services/patch/taskreader.h"
#include "services/patch/transaction.h"

namespace PatchPanel::Patch {

// The library's way to apply a bare diff: plans `diff` (or any task file's bytes) on `folder` and makes its changes as
// one transaction, without gates, git or a report. The folder need not be a git repository; its undo slots stay under
// .patchpanel/history. Returns the plan, whose `changes` are empty when all was applied already. Errors as readTask,
// makePlan and Transaction; after an error the folder is as it was.
// Blocking; no other run may be in the folder.
Result<Plan> applyDiffTo(const QString &folder, const QByteArray &diff, const PlanOptions &options = {},
                         Durability durability = Durability::Full, const ReadOptions &reading = {});

} // namespace PatchPanel::Patch
