#pragma once

#include "app/commands/taskoutcome.h"
#include "app/options.h"

namespace PatchPanel::App {

// What a run leaves for others: the files of --junit and --report and, under GitHub Actions, annotations on the stream
// of the log. `outcomes` has one entry for each task, of status Queued when it was not reached. Every part is tried;
// the error is that of the last that failed: Io, or NotFound when the run made no report.
Result<void> leaveReports(const Options &options, const QString &workspace, const QList<TaskOutcome> &outcomes);

} // namespace PatchPanel::App
