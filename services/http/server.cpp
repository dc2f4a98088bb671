#include "services/http/server.h"

#include "services/http/access.h"
#include "services/http/eventstreamstate.h"
#include "services/http/guard.h"
#include "services/http/listener.h"
#include "services/http/pendingstate.h"
#include "services/http/portholder.h"
#include "services/http/qthttpserver_compat.h"
#include "services/http/router.h"

#include <QHttpServer>
#include <QNetworkInterface>

#include <utility>
#include <variant>
#include <vector>

namespace PatchPanel::Http {

namespace {

using Endpoint = std::variant<Server::Handler, Server::PendingHandler, Server::StreamHandler>;

struct Route {
    Endpoint endpoint;
    Access access;
};

Error internalFailure()
{
    return Error{ErrorCode::Internal, QStringLiteral("the server failed on this request"),
                 QStringLiteral("its log says why")};
}

Error portInUse(quint16 port, const QString &host)
{
    const auto holder = findPortHolder(port);
    const QString message = holder ? QStringLiteral("port %1 on %2 is in use by pid %3 (%4)")
                                         .arg(QString::number(port), host, QString::number(holder->pid), holder->name)
                                   : QStringLiteral("port %1 on %2 is in use").arg(QString::number(port), host);
    return Error{ErrorCode::PortInUse, message, QStringLiteral("stop that program, or choose another port")};
}

Error listenError(const QTcpServer &server, const ServerOptions &options)
{
    if (server.serverError() == QAbstractSocket::AddressInUseError) {
        return portInUse(options.port, options.host);
    }
    return Error{
        ErrorCode::ServiceStart,
        QStringLiteral("cannot listen on port %1 of %2: %3").arg(options.port).arg(options.host, server.errorString()),
        QStringLiteral("choose an address of this machine and a port above 1023")};
}

Result<QHostAddress> hostAddress(const QString &host)
{
    if (host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0) {
        return QHostAddress(QHostAddress::LocalHost);
    }
    const QHostAddress address(host);
    if (address.isNull()) {
        return Error{ErrorCode::ServiceStart, QStringLiteral("\"%1\" is no IP address to listen on").arg(host),
                     QStringLiteral("give an address of this machine, for example 127.0.0.1")};
    }
    return address;
}

Result<void> checkAuth(const ServerOptions &options, const QHostAddress &address)
{
    if (options.auth == Auth::None && !address.isLoopback()) {
        return Error{ErrorCode::ServiceStart,
                     QStringLiteral("%1 can be reached from other machines, so it needs a token").arg(options.host),
                     QStringLiteral("listen on 127.0.0.1, or do not turn the token off")};
    }
    if (options.auth == Auth::Token && options.token.isEmpty()) {
        return Error{ErrorCode::ServiceStart, QStringLiteral("%1 has no token to ask for").arg(options.service),
                     QStringLiteral("set a token")};
    }
    return {};
}

bool isEveryAddress(const QHostAddress &address)
{
    return address == QHostAddress(QHostAddress::AnyIPv4) || address == QHostAddress(QHostAddress::AnyIPv6)
        || address == QHostAddress(QHostAddress::Any);
}

// The first address of a running interface that is neither loopback nor link-local; one that is loopback where there is
// no other.
QHostAddress reachableAddress(QAbstractSocket::NetworkLayerProtocol protocol)
{
    for (const QNetworkInterface &network : QNetworkInterface::allInterfaces()) {
        if (!network.flags().testFlag(QNetworkInterface::IsRunning)) {
            continue;
        }
        for (const QNetworkAddressEntry &entry : network.addressEntries()) {
            const QHostAddress address = entry.ip();
            if (address.protocol() == protocol && !address.isLoopback() && !address.isLinkLocal()) {
                return address;
            }
        }
    }
    return protocol == QAbstractSocket::IPv6Protocol ? QHostAddress::LocalHostIPv6 : QHostAddress::LocalHost;
}

QUrl urlOf(const ServerOptions &options, const QHostAddress &address, quint16 port)
{
    QUrl url;
    url.setScheme(options.tls ? QStringLiteral("https") : QStringLiteral("http"));
    if (!options.advertise.isEmpty()) {
        url.setHost(options.advertise);
    } else {
        url.setHost((isEveryAddress(address) ? reachableAddress(address.protocol()) : address).toString());
    }
    url.setPort(port);
    return url;
}

// The names by which clients may call it: what it calls itself, and what its certificate says it is.
ServerOptions withServedNames(ServerOptions options)
{
    if (!options.advertise.isEmpty()) {
        options.allowedHosts.append(options.advertise);
    }
    if (options.tls) {
        options.allowedHosts.append(options.tls->names);
    }
    return options;
}

} // namespace

class Server::Private {
public:
    Private(ServerOptions serverOptions, Log::Writer writer)
        : options(withServedNames(std::move(serverOptions)))
        , log(std::move(writer))
    {
    }

    void add(Method method, const QString &pattern, Endpoint endpoint, Access access);
    std::variant<Admitted, Response> admit(const RequestHead &head, const QHostAddress &local) const;
    void handle(const QByteArray &body, QtHold &hold);
    void dispatch(const Handler &handler, const Request &request, Connection *connection);
    void dispatch(const PendingHandler &handler, const Request &request, Connection *connection);
    void dispatch(const StreamHandler &handler, const Request &request, Connection *connection);
    std::shared_ptr<void> takeStreamPlace();
    void report(const Exchange &exchange);
    Access accessOf(const Router::Match &match) const;

    ServerOptions options;
    Log::Writer log;
    Router router;
    std::vector<Route> routes; // by Router's numbers
    RequestCounts counts;
    std::optional<AccessRules> rules;
    std::shared_ptr<int> streamPlaces = std::make_shared<int>(0);
    std::unique_ptr<QHttpServer> server; // owns the listener once it listens
    QPointer<Listener> listener;
};

void Server::Private::add(Method method, const QString &pattern, Endpoint endpoint, Access access)
{
    router.add(method, pattern);
    counts.addRoute(method, pattern);
    routes.push_back(Route{std::move(endpoint), access});
}

// Where there is no route to say otherwise, the token is needed: what exists is not told to strangers.
Access Server::Private::accessOf(const Router::Match &match) const
{
    return match.route < 0 ? Access::Protected : routes[static_cast<std::size_t>(match.route)].access;
}

std::variant<Admitted, Response> Server::Private::admit(const RequestHead &head, const QHostAddress &local) const
{
    Result<Request> request = toRequest(head);
    if (!request) {
        return Response::problem(request.error());
    }
    const Router::Match match = router.match(request->method, pathParts(head.path()));
    if (const auto allowed = rules->check(*request, accessOf(match), local); !allowed) {
        return Response::problem(allowed.error());
    }
    if (match.route < 0 && match.allowed.isEmpty()) {
        return Response::problem(
            Error{ErrorCode::NotFound, QStringLiteral("there is nothing at %1").arg(request->path)});
    }
    if (match.route < 0) {
        Response response = request->method == Method::Options
            ? Response::empty(204)
            : Response::problem(
                Error{ErrorCode::MethodNotAllowed,
                      QStringLiteral("%1 does not take %2").arg(request->path, QString::fromLatin1(head.method))});
        response.headers.append(Headers::value_type{"Allow", match.allowed.join(", ")});
        return response;
    }
    if (const auto typed = AccessRules::checkContentType(*request, head.hasBody()); !typed) {
        return Response::problem(typed.error());
    }
    request->captures = match.captures;
    return Admitted{std::move(*request), match.route};
}

void Server::Private::handle(const QByteArray &body, QtHold &hold)
{
    const QPointer<Connection> connection = listener->current();
    Admitted admitted = connection->takeAdmitted();
    if (admitted.route < 0) {
        return;
    }
    admitted.request.body = body;
    const Endpoint &endpoint = routes[static_cast<std::size_t>(admitted.route)].endpoint;
    std::visit([&](const auto &handler) { dispatch(handler, admitted.request, connection); }, endpoint);
    if (connection
        && (connection->phase() == Connection::Phase::Handling
            || connection->phase() == Connection::Phase::Streaming)) {
        connection->holdUntilAnswered(hold.take());
    }
}

void Server::Private::dispatch(const Handler &handler, const Request &request, Connection *connection)
{
    std::optional<Response> response;
    runGuarded(log, request.path, [&] { response = handler(request); });
    connection->answer(response ? *response : Response::problem(internalFailure()));
}

void Server::Private::dispatch(const PendingHandler &handler, const Request &request, Connection *connection)
{
    const auto state = std::make_shared<Pending::State>(connection);
    if (!runGuarded(log, request.path, [&] { handler(request, Pending(state)); })) {
        state->answer(Response::problem(internalFailure()));
    }
}

void Server::Private::dispatch(const StreamHandler &handler, const Request &request, Connection *connection)
{
    if (request.method == Method::Head) {
        connection->answer(Response{200, "text/event-stream"});
        return;
    }
    auto place = takeStreamPlace();
    if (!place) {
        Response full = Response::problem(
            Error{ErrorCode::TooManyRequests,
                  QStringLiteral("%1 event streams are open already").arg(options.limits.eventStreams),
                  QStringLiteral("close one, or try again later")});
        full.headers.append(Headers::value_type{"Retry-After", "5"});
        connection->answer(full);
        return;
    }
    const auto state = std::make_shared<EventStream::State>(connection, options.limits, std::move(place), log);
    Result<void> accepted = internalFailure();
    runGuarded(log, request.path, [&] { accepted = handler(request, EventStream(state)); });
    if (accepted) {
        state->open();
        return;
    }
    state->refuse();
    connection->answer(Response::problem(accepted.error()));
}

// Free again when the last owner lets it go; null when all are taken.
std::shared_ptr<void> Server::Private::takeStreamPlace()
{
    if (*streamPlaces >= options.limits.eventStreams) {
        return {};
    }
    ++*streamPlaces;
    return std::shared_ptr<void>(streamPlaces.get(), [places = streamPlaces](void *) { --*places; });
}

void Server::Private::report(const Exchange &exchange)
{
    counts.count(exchange.route, methodFromName(exchange.method), exchange.status);
    if (!log.keeps(Log::Level::Debug)) {
        return;
    }
    constexpr qsizetype longestPath = 200;
    const QByteArray method = exchange.method.isEmpty() ? QByteArray("-") : exchange.method;
    const QByteArray path =
        exchange.path.isEmpty() ? QByteArray("-") : exchange.path.first(std::min(exchange.path.size(), longestPath));
    log.debug("HTTP",
              QStringLiteral("%1 %2 %3 %4 ms")
                  .arg(QString::fromLatin1(method), QString::fromLatin1(path))
                  .arg(exchange.status)
                  .arg(exchange.duration.count()));
}

Server::Server(ServerOptions options, Log::Writer log, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(std::move(options), std::move(log)))
{
}

Server::~Server()
{
    if (d->listener) {
        d->listener->releaseHolds();
    }
}

void Server::route(Method method, const QString &pattern, Handler handler, Access access)
{
    d->add(method, pattern, std::move(handler), access);
}

void Server::routePending(Method method, const QString &pattern, PendingHandler handler, Access access)
{
    d->add(method, pattern, std::move(handler), access);
}

void Server::routeStream(const QString &pattern, StreamHandler handler, Access access)
{
    d->add(Method::Get, pattern, std::move(handler), access);
}

Result<QUrl> Server::listen()
{
    const ServerOptions &options = d->options;
    const Result<QHostAddress> address = hostAddress(options.host);
    if (!address) {
        return address.error();
    }
    if (const auto allowed = checkAuth(options, *address); !allowed) {
        return allowed.error();
    }
    auto listener = std::make_unique<Listener>(
        options.limits, [this](const RequestHead &head, const QHostAddress &local) { return d->admit(head, local); },
        options.tls ? options.tls->configuration : QSslConfiguration());
    if (!listener->listen(*address, options.port)) {
        return listenError(*listener, options);
    }
    const quint16 port = listener->serverPort();
    connect(listener.get(), &Listener::answered, this, [this](const Exchange &exchange) { d->report(exchange); });
    connect(listener.get(), &Listener::lastConnectionGone, this, &Server::lastConnectionGone);
    d->rules.emplace(options, port);
    d->listener = listener.get();
    d->server = std::make_unique<QHttpServer>();
    serveWith(*d->server, listener.release(), [this](const QByteArray &body, QtHold &hold) { d->handle(body, hold); });
    return urlOf(options, *address, port);
}

void Server::stopAccepting()
{
    if (d->listener) {
        d->listener->close();
        d->listener->drain();
    }
}

int Server::openConnections() const
{
    return d->listener ? d->listener->connectionCount() : 0;
}

int Server::openStreams() const
{
    return *d->streamPlaces;
}

const RequestCounts &Server::requestCounts() const
{
    return d->counts;
}

} // namespace PatchPanel::Http
