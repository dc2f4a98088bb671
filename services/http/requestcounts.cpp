#include "services/http/requestcounts.h"

#include <algorithm>

namespace PatchPanel::Http {

RequestCounts::RequestCounts()
    : m_counts(1)
{
}

void RequestCounts::addRoute(Method method, const QString &pattern)
{
    m_routes.push_back({method, pattern});
    m_counts.emplace_back();
}

void RequestCounts::count(int route, Method method, int status)
{
    const auto statusClass = static_cast<std::size_t>(std::clamp(status / 100, 0, int(statusClasses) - 1));
    const std::size_t row = static_cast<std::size_t>(route) + 1; // -1 wraps to 0
    ++m_counts[row][static_cast<std::size_t>(method) * statusClasses + statusClass];
}

std::vector<RequestCounts::Count> RequestCounts::counts() const
{
    std::vector<Count> found;
    for (std::size_t route = 0; route < m_counts.size(); ++route) {
        for (std::size_t i = 0; i < m_counts[route].size(); ++i) {
            if (m_counts[route][i] > 0) {
                found.push_back({route == 0 ? QString() : m_routes[route - 1].pattern,
                                 static_cast<Method>(i / statusClasses), static_cast<int>(i % statusClasses),
                                 m_counts[route][i]});
            }
        }
    }
    return found;
}

} // namespace PatchPanel::Http
