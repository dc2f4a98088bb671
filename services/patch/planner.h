#pragma once

#include "services/common/result.h"
#include "services/patch/plan.h"

#include <stop_token>

namespace PatchPanel::Patch {

class WorkspaceRoot;

struct PlanOptions {
    int fuzz = 0; // context lines that may differ at a hunk's ends
    bool recount = false; // mend hunk headers whose counts are wrong
    bool skipApplied = false; // go on when some files are applied already
    OffsetChoice offset = OffsetChoice::Unique; // Nearest: as git apply does
    Whitespace whitespace = Whitespace::Exact; // Ignored: as `git apply --ignore-whitespace` compares
};

// Composes the task's ops over the workspace in memory and returns one net change per path; writes nothing.
// Reads through descriptors confined to the workspace (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS). Errors: DoesNotApply,
// Ambiguous, UnsafePath, NotFound (workspace), Io; `where` names file and op or hunk, `details` holds "path",
// "expected", "found", "line" and "problems" where they are known; Cancelled between two ops when `stop` asks.
Result<Plan> makePlan(const Task &task, const QString &workspace, const PlanOptions &options = {},
                      const std::stop_token &stop = {});
Result<Plan> makePlan(const Task &task, const WorkspaceRoot &workspace, const PlanOptions &options,
                      const std::stop_token &stop);

// Stale, naming the paths, when a path of the plan no longer stands as its `before` says.
Result<void> checkStillCurrent(const Plan &plan);

// Hexadecimal SHA-256 over the state (mode, contents or absence) of the given paths and the repository's HEAD, for the
// cache. Paths that cannot be read count as absent.
QByteArray workspaceFingerprint(const QString &workspace, const QList<QString> &paths);

// The paths that the task names, without reading the workspace; sorted, each once.
QList<QString> touchedPaths(const Task &task);

} // namespace PatchPanel::Patch
