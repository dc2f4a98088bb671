#include "services/http/router.h"

#include <algorithm>

namespace PatchPanel::Http {

namespace {

bool isWildcard(const QString &part)
{
    return part.startsWith(QLatin1Char(':'));
}

// A wildcard matches a part that is not empty.
bool partMatches(const QString &pattern, const QString &part)
{
    return isWildcard(pattern) ? !part.isEmpty() : pattern == part;
}

bool serves(Method routed, Method asked)
{
    return routed == asked || (routed == Method::Get && asked == Method::Head);
}

} // namespace

int Router::add(Method method, const QString &pattern)
{
    Q_ASSERT(pattern.startsWith(QLatin1Char('/')));
    const QList<QString> parts = pattern.sliced(1).split(QLatin1Char('/'));
    const auto wildcards = static_cast<int>(std::count_if(parts.begin(), parts.end(), isWildcard));
    m_routes.append(Route{method, parts, wildcards});
    return static_cast<int>(m_routes.size()) - 1;
}

// The most literal patterns first; the first registered first among equals.
QList<int> Router::routesFor(const QList<QString> &parts) const
{
    QList<int> found;
    for (int i = 0; i < m_routes.size(); ++i) {
        const QList<QString> &pattern = m_routes[i].parts;
        if (std::equal(pattern.begin(), pattern.end(), parts.begin(), parts.end(), partMatches)) {
            found.append(i);
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [this](int left, int right) { return m_routes[left].wildcards < m_routes[right].wildcards; });
    return found;
}

Router::Match Router::match(Method method, const QList<QString> &parts) const
{
    const QList<int> candidates = routesFor(parts);
    Match match;
    for (const int index : candidates) {
        const QByteArray name = methodName(m_routes[index].method);
        if (!match.allowed.contains(name)) {
            match.allowed.append(name);
        }
        // A HEAD route of its own goes before the GET route that also serves HEAD.
        const bool better =
            match.route < 0 || (m_routes[match.route].method != method && m_routes[index].method == method);
        if (serves(m_routes[index].method, method) && better) {
            match.route = index;
        }
    }
    if (match.allowed.contains("GET") && !match.allowed.contains("HEAD")) {
        match.allowed.append("HEAD");
    }
    if (!match.allowed.isEmpty()) {
        match.allowed.append("OPTIONS");
    }
    if (match.route >= 0) {
        const QList<QString> &pattern = m_routes[match.route].parts;
        for (qsizetype i = 0; i < pattern.size(); ++i) {
            if (isWildcard(pattern[i])) {
                match.captures.append(parts[i]);
            }
        }
    }
    return match;
}

} // namespace PatchPanel::Http
