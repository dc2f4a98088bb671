#pragma once

#include "app/commands/diffstat.h"
#include "app/runsummary.h"

namespace PatchPanel::App {

// A row for each run: when (local time), sign and word of its status, id, number of changes, duration, task. What comes
// from tasks cannot control a terminal.
QByteArray historyTable(const QList<RunSummary> &runs, Ansi ansi);

} // namespace PatchPanel::App
