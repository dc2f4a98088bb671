#pragma once

#include <QString>

#include <optional>

namespace PatchPanel {

// Where a run stands or how it ended. The names are part of the HTTP API, the reports and the history.
enum class RunStatus {
    Queued,
    Running,
    Ok,
    Noop, // already applied: nothing changed
    Skipped, // the cache knows this task and workspace state
    Failed, // a gate failed; rolled back
    Conflict, // the task does not apply to the workspace
    Invalid, // the task itself is wrong or unsafe
    Stale, // the workspace changed after the plan was made
    Busy, // another run holds the workspace
    Cancelled,
    Interrupted,
    AppliedNotCommitted,
    RollbackFailed,
    Unknown, // the runner was lost and did not tell
};

QString toString(RunStatus status);
std::optional<RunStatus> runStatusFromString(const QString &name);

// False for Queued and Running.
bool isFinal(RunStatus status);

// Ok, Noop, Skipped.
bool isSuccess(RunStatus status);

// The exit code of the command line for a run that ended so.
int exitCodeFor(RunStatus status);

} // namespace PatchPanel
