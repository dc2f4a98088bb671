#pragma once

#include "app/options.h"
#include "services/storage/history.h"

#include <memory>

namespace PatchPanel::App {

// The history of the profile that the options name. What there is to tell of it goes to stderr.
Result<std::unique_ptr<Storage::History>> openHistory(const Options &options);

// The workspace that --workspace names, canonical while it exists; empty without that option.
QString namedWorkspace(const Options &options);

// What is known of that run: as RunHistory::reportOf().
Storage::RunReport reportOfPastRun(const Storage::HistoryEntry &run, const Options &options);

// The runs that `show` and `rollback` may mean, newest first.
QList<Storage::HistoryEntry> pastRunsFor(const Options &options);

// The run that `show` and `rollback` are about. The history knows it, or its workspace, which is --workspace or the
// current folder: a run of another profile leaves its report there. `last` is the newest of the workspace.
Result<Storage::HistoryEntry> pastRunFor(const Options &options);

// The run that a person means: by its id, by the beginning of it that no other run has, or by "last", the newest that
// left a report. NotFound, with the runs that it may have been.
Result<Storage::HistoryEntry> findPastRun(const QList<Storage::HistoryEntry> &newestFirst, const QString &name);

// Whether the run may have left anything that can be rolled back. DoesNotApply when it ended without, with the newest
// of the runs of its workspace that did.
Result<void> checkCanBeRolledBack(const Storage::HistoryEntry &run, const QList<Storage::HistoryEntry> &newestFirst);

} // namespace PatchPanel::App
