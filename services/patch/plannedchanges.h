#pragma once

#include "services/patch/overlay.h"

namespace PatchPanel::Patch {

// The plan that an overlay amounts to: one net change per path, in path order, with line counts and the plan's id.
Plan finishedPlan(const Task &task, const Overlay &overlay, const QList<QString> &warnings);

// Counts the lines of the changes and gives the plan its id.
void completePlan(Plan &plan);

// DoesNotApply when a path that comes into being differs from another one in letter case only: on file systems that
// ignore case the two are one file.
Result<void> checkCaseCollisions(const Overlay &overlay);

} // namespace PatchPanel::Patch
