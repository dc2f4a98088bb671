#pragma once

#include "app/commands/taskoutcome.h"
#include "app/options.h"

namespace PatchPanel::App {

// Under GitHub Actions, writes the annotations of what failed there to the stream of the log. `place`: see
// annotations().
void annotate(const Options &options, const QString &workspace, const QList<TaskOutcome> &outcomes,
              const QString &place = {});

// What a run leaves for others: the files of --junit and --report and, under GitHub Actions, annotations on the stream
// of the log. `outcomes` has one entry for each task, of status Queued when it was not reached. Every part is tried;
// the error is that of the last that failed: Io, or NotFound when the run made no report.
Result<void> leaveReports(const Options &options, const QString &workspace, const QList<TaskOutcome> &outcomes);

} // namespace PatchPanel::App
