#pragma once

#include "services/patch/filediff.h"
#include "services/patch/overlay.h"
#include "services/patch/planner.h"

namespace PatchPanel::Patch {

// What applying a whole diff came to.
struct DiffOutcome {
    QList<QString> changed = {}; // paths
    QList<QString> already = {}; // paths
};

// Applies all files of a diff to the overlay, or none. A diff of which every file is applied already changes nothing;
// so does a series whose reverse, from its last file to its first, undoes everything cleanly. When some files are
// applied and some are not: DoesNotApply with the list, unless PlanOptions::skipApplied.
// Errors name the path in `where` and details["path"]; several files that fail come under details["problems"].
Result<DiffOutcome> applyDiff(Overlay &overlay, const QList<FileDiff> &files, const PlanOptions &options);

} // namespace PatchPanel::Patch
