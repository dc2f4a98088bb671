#pragma once

#include "services/http/server.h"

#include <QHostAddress>

namespace PatchPanel::Http {

// Who may ask: the rules against web pages (a page that rebinds a DNS name to this machine, a page that posts to it)
// and the token. Pure: values in, a verdict out. All messages are safe to send.
class AccessRules {
public:
    // `port` is the one the server listens on.
    AccessRules(const ServerOptions &options, quint16 port);

    // Host, then Origin (Forbidden), then the token (Unauthorized). `local` is the address the client connected to.
    Result<void> check(const Request &request, Access access, const QHostAddress &local) const;

    // UnsupportedMediaType for a body that is not declared as application/json. A PUT without a Content-Type passes:
    // Consul clients send those.
    static Result<void> checkContentType(const Request &request, bool hasBody);

private:
    bool isAllowedName(const QString &name) const;
    bool isServedHost(const QString &host, const QHostAddress &local) const;
    bool isServedOrigin(const QByteArray &origin) const;
    bool hasToken(const Request &request) const;

    Auth m_auth;
    QByteArray m_token;
    QList<QString> m_allowedHosts;
    QList<QString> m_allowedOrigins;
    quint16 m_port;
};

} // namespace PatchPanel::Http
