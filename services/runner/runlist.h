#pragma once

#include "services/http/message.h"
#include "services/runner/runhistory.h"
#include "services/runner/runner.h"

#include <QJsonArray>

namespace PatchPanel::Runner {

// GET /runs?limit&cursor&status&task&workspace&q answers {"runs":[…],"nextCursor"}, newest first.

// What is asked for. BadRequest for a parameter that is not known or not understood.
Result<Storage::HistoryQuery> runListQuery(const Http::Request &request);

// Those of the runner itself, for the first page: runs that wait or run, and, without a history, those that it still
// remembers. On the service's thread, before the history is read: what ends meanwhile is then in the history.
QJsonArray rememberedRuns(const Runner &runner, const Storage::HistoryQuery &query);

// The answer: each run once.
QJsonObject runList(const QJsonArray &remembered, const Storage::HistoryPage &page);

} // namespace PatchPanel::Runner
