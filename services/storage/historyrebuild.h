#pragma once

#include "services/storage/historyentry.h"

#include <QStringList>

#include <functional>

namespace PatchPanel::Storage {

// The workspaces that a history had runs in, in a text file beside it (0600): what it is made anew from when it is
// damaged.

// Adds the workspace when it is not listed yet.
void rememberWorkspace(const QString &folder, const QString &workspace);

QStringList knownWorkspaces(const QString &folder);

struct ReportedRuns {
    QList<HistoryEntry> entries = {};
    int leftOut = 0; // workspaces that were not read
};

// Every run that left a report in one of the listed workspaces that `mayRead` allows; empty: in all.
ReportedRuns runsFromReports(const QString &folder, const std::function<bool(const QString &)> &mayRead);

} // namespace PatchPanel::Storage
