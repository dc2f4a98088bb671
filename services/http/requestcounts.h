#pragma once

#include "services/http/message.h"

#include <array>
#include <vector>

namespace PatchPanel::Http {

// How many requests a server answered, by route, method and class of status; what was refused before it came to a route
// counts with an empty pattern. Counting is two look-ups in arrays. Lives on the server's thread, owned by the server.
class RequestCounts {
public:
    struct Route {
        Method method = Method::Get;
        QString pattern = {};
    };
    struct Count {
        QString pattern = {};
        Method method = Method::Get;
        int statusClass = 0; // 2 for 2xx
        quint64 requests = 0;
    };

    RequestCounts();
    // Routes are numbered from 0.
    void addRoute(Method method, const QString &pattern);
    // `route` is -1 for a request that came to none.
    void count(int route, Method method, int status);

    const std::vector<Route> &routes() const { return m_routes; }
    // Those that are not 0.
    std::vector<Count> counts() const;

private:
    static constexpr std::size_t methods = static_cast<std::size_t>(Method::Other) + 1;
    static constexpr std::size_t statusClasses = 6;
    using OfRoute = std::array<quint64, methods * statusClasses>;

    std::vector<Route> m_routes;
    std::vector<OfRoute> m_counts; // the first are those of no route
};

} // namespace PatchPanel::Http
