#pragma once

#include "services/patch/runresult.h"
#include "services/patch/workspacefile.h"

namespace PatchPanel::Patch {

// Before a run writes or starts anything: report.json with the status "running" and what is known of it, so that a run
// that is killed leaves a trace. Io or UnsafePath when it cannot be written.
Result<void> writeStartReport(const WorkspaceRoot &root, const RunResult &result);

// Writes report.md and report.json to the run's folder in the history of the workspace and sets result.reportPath to
// the first. Io or UnsafePath when they cannot be written.
Result<void> writeReports(const WorkspaceRoot &root, RunResult &result);

// How a run was found that did not live to write its own end.
enum class RunEnding {
    TakenBack, // the workspace is as it was before
    Finished, // it had committed: its changes stand
    Conflict, // not all of it could be taken back
};

// The report of a run that is over, from its report.json. Where that still says "running", the run was killed: then
// both reports are written anew as the ending says, with the notes as warnings; `commit` is what git has of a Finished
// one. Call it with the workspace's lock held, after recoverPending(), which settles the runs with a transaction
// itself. NotFound without a report, Io.
Result<QJsonObject> settleReport(const WorkspaceRoot &root, const QString &runId,
                                 RunEnding ending = RunEnding::TakenBack, const QList<QString> &notes = {},
                                 const QString &commit = {});

} // namespace PatchPanel::Patch
