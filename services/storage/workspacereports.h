#pragma once

#include "services/storage/historyentry.h"

#include <QStringList>

#include <optional>

namespace PatchPanel::Storage {

// What past runs left in `.patchpanel/history` of a workspace. Anybody may have written there: what a report says of
// its own place does not count.

// The runs that have a folder there, unsorted.
QStringList runIdsIn(const QString &workspace);

// From the run's report.json; absent when it has none that can be read.
std::optional<HistoryEntry> entryFromReport(const QString &workspace, const QString &runId);

// What the run's undo slots take on the disk.
qint64 undoBytesOf(const QString &workspace, const QString &runId);

} // namespace PatchPanel::Storage
