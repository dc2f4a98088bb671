#pragma once

#include "services/http/message.h"

#include <QByteArray>

namespace PatchPanel::Runner {

// The `traceparent` of a request as it is passed on (W3C Trace Context, §3.2), empty when there is none that is valid:
// an invalid one is to be ignored, and so is one that comes twice. A later version than 00 is passed on as 00.
QByteArray traceparentOf(const Http::Headers &headers);

} // namespace PatchPanel::Runner
