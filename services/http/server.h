#pragma once

#include "services/http/limits.h"
#include "services/http/message.h"
#include "services/http/pending.h"
#include "services/http/requestcounts.h"
#include "services/http/tlsidentity.h"
#include "services/log/logwriter.h"

#include <QObject>
#include <QUrl>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace PatchPanel::Http {

enum class Auth {
    Token, // Authorization: Bearer TOKEN, or X-Consul-Token
    None, // loopback only
};

struct ServerOptions {
    QString service = {}; // whose log lines: "registry", "runner-1"
    QString host = QStringLiteral("127.0.0.1");
    quint16 port = 0; // 0: a free one
    QString advertise = {}; // name or address by which others reach `host`; empty: `host` itself
    std::optional<TlsIdentity> tls = {}; // nothing: plain HTTP
    Auth auth = Auth::Token;
    QByteArray token = {};
    QList<QString> allowedHosts = {}; // Host header names served beside localhost and the bound address
    QList<QString> allowedOrigins = {};
    Limits limits = {};
};

enum class Access {
    Protected, // needs the token
    Open,
};

// QHttpServer with an edge: limits, time-outs, token, Host and Origin rules, problem+json errors, one guard around
// every handler, HEAD/OPTIONS/404/405. Create, use and destroy it on one thread; handlers run there and must not block.
// Register routes before listen(). Patterns are paths whose ":name" parts match one path part: "/runs/:id/events".
class Server : public QObject {
    Q_OBJECT
public:
    using Handler = std::function<Response(const Request &)>;
    using PendingHandler = std::function<void(const Request &, Pending)>;
    // Returns an error to refuse before the stream starts.
    using StreamHandler = std::function<Result<void>(const Request &, EventStream)>;

    Server(ServerOptions options, Log::Writer log, QObject *parent = nullptr);
    ~Server() override;

    void route(Method method, const QString &pattern, Handler handler, Access access = Access::Protected);
    void routePending(Method method, const QString &pattern, PendingHandler handler, Access access = Access::Protected);
    void routeStream(const QString &pattern, StreamHandler handler, Access access = Access::Protected);

    // The URL by which others reach it, https with TLS. When it listens on every address (0.0.0.0, ::) and none is
    // advertised, that of one address of this machine that others may reach. PortInUse names the process that holds the
    // port when that can be known; ServiceStart for the rest.
    Result<QUrl> listen();
    // Accepts no further connection; answers in progress go on.
    void stopAccepting();
    int openConnections() const;
    int openStreams() const;
    // Of the requests that were answered.
    const RequestCounts &requestCounts() const;

Q_SIGNALS:
    void lastConnectionGone(); // none is open any more

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace PatchPanel::Http
