#pragma once

#include "services/http/prometheustext.h"
#include "services/http/server.h"

namespace PatchPanel::Http {

// What every service tells of its server in GET /metrics: requests by route, method and class of status, open
// connections and event streams, and the build. On the server's thread.
void appendServerMetrics(PrometheusText &text, const Server &server);

} // namespace PatchPanel::Http
