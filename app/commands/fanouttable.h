#pragma once

#include "app/commands/diffstat.h"
#include "app/fanoutrun.h"

namespace PatchPanel::App {

struct FanOutTableStyle {
    bool dryRun = false; // nothing was committed: how many lines would change stands in its place
    Ansi ansi = Ansi::Plain;
    int width = 0; // columns of the terminal; 0: as wide as it wants
};

// A row for each workspace: its name, sign and word of its status, number of changes, commit (short) or lines, time,
// and the first sentence of the message.
QByteArray fanOutTable(const QList<FanOutRun> &runs, const FanOutTableStyle &style);

// "50 workspaces: 47 ok, 2 failed, 1 cancelled"
QString fanOutSummary(const FanOutCounts &counts);
// "31 of 50 done, 2 failed, 4 running"
QString fanOutProgress(const FanOutCounts &counts);

} // namespace PatchPanel::App
