#pragma once

#include "services/patch/patchrun.h"

namespace PatchPanel::Patch {

// Takes a past run of the workspace back, as a run of its own with a transaction, a report and undo slots, so that a
// rollback can itself be rolled back. No command runs, and what the past run committed in git stays committed: the
// restored files are changes of the working tree.
// Blocking, on a worker thread, with the workspace's lock held; never throws. Ok; Invalid when there is nothing to take
// back (no such run, it changed nothing, its changes are gone already); Conflict when files changed since, with their
// paths in error.details["conflicts"] and nothing written; else as runTask().
RunResult rollBackRun(const QString &workspace, const QString &pastRunId, const RunOptions &options,
                      const Log::Writer &log, const std::function<void(const Step &)> &stepChanged,
                      std::stop_token stop);

} // namespace PatchPanel::Patch
