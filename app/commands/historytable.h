#pragma once

#include "app/commands/diffstat.h"
#include "services/storage/historyentry.h"

namespace PatchPanel::App {

// Whether the runs of a table are known to be of one workspace, which then has no column.
enum class TableScope { OneWorkspace, AllWorkspaces };

// A row for each run: when (local time), sign and word of its status, id, number of changes, duration, workspace, task.
// What comes from tasks and folders cannot control a terminal.
QByteArray historyTable(const QList<Storage::HistoryEntry> &runs, TableScope scope, Ansi ansi);

// "✓ ok": a sign says the same as the colour.
QString statusText(RunStatus status);
// The terminal's code of its colour.
const char *statusColor(RunStatus status);
// "1.2 s"
QString durationText(qint64 milliseconds);
// The id of a commit as git abbreviates it.
QString commitText(const QString &id);
// In the local time zone: "2026-11-24 12:00:00".
QString timeText(qint64 msSinceEpoch);

} // namespace PatchPanel::App
