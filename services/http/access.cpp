#include "services/http/access.h"

#include "services/common/ids.h"
#include "services/http/loopback.h"

#include <algorithm>

namespace PatchPanel::Http {

namespace {

constexpr QByteArrayView bearerScheme = "bearer ";

// The name of a Host value whose port is missing or `port`; empty when it is not such a value. "[::1]" loses its
// brackets.
QString hostName(const QString &host, quint16 port)
{
    const qsizetype bracket = host.lastIndexOf(QLatin1Char(']'));
    const qsizetype colon = host.indexOf(QLatin1Char(':'), std::max<qsizetype>(bracket, 0));
    if (colon >= 0 && host.sliced(colon + 1) != QString::number(port)) {
        return {};
    }
    const QString name = colon < 0 ? host : host.first(colon);
    if (name.startsWith(QLatin1Char('[')) && name.endsWith(QLatin1Char(']'))) {
        return name.sliced(1, name.size() - 2);
    }
    return name;
}

bool listHas(const QList<QString> &list, const QString &text)
{
    return std::any_of(list.begin(), list.end(),
                       [&text](const QString &entry) { return entry.compare(text, Qt::CaseInsensitive) == 0; });
}

} // namespace

AccessRules::AccessRules(const ServerOptions &options, quint16 port)
    : m_auth(options.auth)
    , m_token(options.token)
    , m_allowedHosts(options.allowedHosts)
    , m_allowedOrigins(options.allowedOrigins)
    , m_port(port)
{
}

Result<void> AccessRules::check(const Request &request, Access access, const QHostAddress &local) const
{
    if (!isServedHost(QString::fromLatin1(request.header("host")), local)) {
        return Error{ErrorCode::Forbidden, QStringLiteral("the Host header names no host that is served here"),
                     QStringLiteral("use localhost or the address of the server, or allow the name in its settings")};
    }
    if (!isServedOrigin(request.header("origin"))) {
        return Error{ErrorCode::Forbidden, QStringLiteral("requests from web pages are not served"),
                     QStringLiteral("allow the origin in the settings of the server")};
    }
    if (m_auth == Auth::Token && access == Access::Protected && !hasToken(request)) {
        return Error{ErrorCode::Unauthorized, QStringLiteral("the token is missing or wrong"),
                     QStringLiteral("send the header \"Authorization: Bearer TOKEN\"")};
    }
    return {};
}

Result<void> AccessRules::checkContentType(const Request &request, bool hasBody)
{
    const QByteArray type = request.header("content-type");
    const bool isMissing = type.isEmpty();
    if (!hasBody || (isMissing && request.method == Method::Put)) {
        return {};
    }
    if (type.split(';').first().trimmed().compare("application/json", Qt::CaseInsensitive) == 0) {
        return {};
    }
    return Error{ErrorCode::UnsupportedMediaType, QStringLiteral("the body must be JSON"),
                 QStringLiteral("send the header \"Content-Type: application/json\"")};
}

// "*.example.com" allows one label before the rest, as in a certificate (RFC 9525 §6.3).
bool AccessRules::isAllowedName(const QString &name) const
{
    const qsizetype dot = name.indexOf(QLatin1Char('.'));
    return listHas(m_allowedHosts, name) || (dot > 0 && listHas(m_allowedHosts, QLatin1Char('*') + name.sliced(dot)));
}

bool AccessRules::isServedHost(const QString &host, const QHostAddress &local) const
{
    if (listHas(m_allowedHosts, host)) {
        return true;
    }
    const QString name = hostName(host, m_port);
    if (name.isEmpty()) {
        return false;
    }
    const QHostAddress address(name);
    return isLoopback(name) || isAllowedName(name)
        || (!address.isNull() && address.isEqual(local, QHostAddress::TolerantConversion));
}

bool AccessRules::isServedOrigin(const QByteArray &origin) const
{
    return origin.isEmpty() || listHas(m_allowedOrigins, QString::fromLatin1(origin));
}

bool AccessRules::hasToken(const Request &request) const
{
    const QByteArray authorization = request.header("authorization");
    const bool isBearer = authorization.size() > bearerScheme.size()
        && authorization.first(bearerScheme.size()).compare(bearerScheme, Qt::CaseInsensitive) == 0;
    const QByteArray given =
        isBearer ? authorization.sliced(bearerScheme.size()).trimmed() : request.header("x-consul-token");
    return !m_token.isEmpty() && constantTimeEquals(given, m_token);
}

} // namespace PatchPanel::Http
