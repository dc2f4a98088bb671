#pragma once

#include "services/patch/runresult.h"

namespace PatchPanel::Patch {

// The words that log, messages and report share.

QString counted(qsizetype count, const QString &one, const QString &many); // "1 path", "3 paths"
QString commandCount(qsizetype count); // "2 commands"
QString doneText(ChangeKind kind); // "created"
QString summaryOf(const QList<Change> &changes); // "1 created, 2 modified", "nothing to change"
QString describe(const Change &change); // "modify src/app.js (+2 −1)"
QString failureText(const GateReport &report); // "Validate failed: `make check` exited with 2."
QString sandboxText(const SandboxReport &report); // "off (bubblewrap is not installed)"
QString gatesOffText(); // why a command of a run without gates is skipped
bool hasRun(const GateReport &report);

} // namespace PatchPanel::Patch
