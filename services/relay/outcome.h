#pragma once

#include "services/http/client.h"
#include "services/relay/runrequest.h"

namespace PatchPanel::Relay {

// The outcome that an answer carrying a final result tells. Absent when it carries none.
std::optional<RunOutcome> outcomeOf(const Http::Reply &reply);

// The outcome of a run that brought no result.
RunOutcome outcomeOf(const Error &error);

// What the log says last of a run: compact JSON with "status" first, then runId, runner, changes (their number), gates
// ("skipped", where they were), commit (its id), durationMs, report (its path) and error ({code, detail}); what is
// absent is left out. Status "error": nothing ran.
QByteArray summaryLine(const RunOutcome &outcome);

} // namespace PatchPanel::Relay
