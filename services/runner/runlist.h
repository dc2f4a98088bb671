#pragma once

#include "services/http/message.h"
#include "services/runner/runhistory.h"
#include "services/runner/runner.h"

namespace PatchPanel::Runner {

// The answer of GET /runs?limit&cursor&status&task&workspace&q: {"runs":[…],"nextCursor"}, newest first. Those that
// wait or run come first, on the first page; then the history's, or, without one, those that the runner remembers.
// BadRequest for a parameter that is not understood. On the service's thread.
Result<QJsonObject> listRuns(const Http::Request &request, const Runner &runner);

} // namespace PatchPanel::Runner
