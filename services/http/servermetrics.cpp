#include "services/http/servermetrics.h"

namespace PatchPanel::Http {

void appendServerMetrics(PrometheusText &text, const Server &server)
{
    using Type = PrometheusText::Type;
    constexpr const char *requests = "patchpanel_http_requests_total";
    text.family(requests, Type::Counter,
                "Answered HTTP requests; an empty route is what was refused before it came to one.");
    for (const RequestCounts::Count &count : server.requestCounts().counts()) {
        text.sample(requests,
                    {{"route", count.pattern.toUtf8()},
                     {"method", methodName(count.method)},
                     {"status", QByteArray::number(count.statusClass) + "xx"}},
                    static_cast<double>(count.requests));
    }
    text.single("patchpanel_http_open_connections", Type::Gauge, "Open HTTP connections.", server.openConnections());
    text.single("patchpanel_http_event_streams", Type::Gauge, "Open event streams.", server.openStreams());
    text.family("patchpanel_build_info", Type::Gauge, "1, with the version of PatchPanel and of Qt.");
    text.sample("patchpanel_build_info", {{"version", PATCHPANEL_VERSION}, {"qt", qVersion()}}, 1);
}

} // namespace PatchPanel::Http
