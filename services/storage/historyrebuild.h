#pragma once

#include "services/storage/historyentry.h"

#include <QStringList>

#include <functional>

namespace PatchPanel::Storage {

// The workspaces that a history had runs in, in text files beside it (0600): what it is made anew from when it is
// damaged.

// Adds the workspace when it is not listed yet.
void rememberWorkspace(const QString &folder, const QString &workspace);
QStringList knownWorkspaces(const QString &folder);
bool hasKnownWorkspaces(const QString &folder); // whether their list is there

// Those of them whose reports were not read when the history was made anew: somebody who may read them does it later.
void setUnreadWorkspaces(const QString &folder, const QStringList &workspaces);
QStringList unreadWorkspaces(const QString &folder);

struct ReportedRuns {
    QList<HistoryEntry> entries = {};
    QStringList unread = {}; // workspaces that `mayRead` does not allow
};

// Every run that left a report in one of the workspaces that `mayRead` allows; empty: in all.
ReportedRuns runsFromReports(const QStringList &workspaces, const std::function<bool(const QString &)> &mayRead);

} // namespace PatchPanel::Storage
