#pragma once

#include "services/common/result.h"
#include "services/http/trust.h"
#include "services/patch/task.h"

#include <chrono>

namespace PatchPanel::Runner {

// How long a service may take to answer.
constexpr std::chrono::milliseconds probeTime = std::chrono::seconds(5);

// Asks a service of a task whether it is up: GET its URL, which must be http or https and answer 2xx in time. The
// evidence ("HTTP 200 in 3 ms"), or InvalidTask, Unavailable, TimedOut. Our token is not sent along. `trust`: whom it
// believes over https. Blocking; called on worker threads.
Result<QString> probeService(const Patch::Probe &service, std::chrono::milliseconds timeout = probeTime,
                             const Http::Trust &trust = {});

} // namespace PatchPanel::Runner
