#pragma once

#include "services/storage/historyentry.h"

namespace PatchPanel::Storage {

// The workspaces that a history had runs in, in a text file beside it: what it is made anew from when it is damaged.

// Adds the workspace when it is not listed yet.
void rememberWorkspace(const QString &folder, const QString &workspace);

// Every run that left a report in one of the listed workspaces.
QList<HistoryEntry> entriesFromReports(const QString &folder);

} // namespace PatchPanel::Storage
