#pragma once

#include "services/http/message.h"

namespace PatchPanel::Http {

// Finds the route of a request: method and a pattern whose ":name" parts match one path part. Where several patterns
// match, the one with the fewest ":name" parts wins. Pure: knows routes by number.
class Router {
public:
    struct Match {
        int route = -1; // -1: none; see `allowed`
        QList<QString> captures = {};
        QList<QByteArray> allowed = {}; // methods that the path has, for Allow; empty: the path is unknown
    };

    // Numbers the routes from 0. Precondition: `pattern` begins with '/'.
    int add(Method method, const QString &pattern);

    // `parts` are the decoded path parts. HEAD falls back to GET (RFC 9110 §9.3.2).
    Match match(Method method, const QList<QString> &parts) const;

private:
    struct Route {
        Method method;
        QList<QString> parts;
        int wildcards;
    };

    QList<int> routesFor(const QList<QString> &parts) const;

    QList<Route> m_routes;
};

} // namespace PatchPanel::Http
