#pragma once

#include "services/http/clientoptions.h"
#include "services/http/message.h"

#include <QObject>
#include <QUrl>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace PatchPanel::Http {

struct Reply {
    int status = 0; // 0: no answer came
    Headers headers = {};
    QByteArray body = {};
    std::optional<Error> error =
        {}; // transport only: Unavailable (refused, reset, lookup), UntrustedCertificate, Forbidden (the token may not
            // go there unencrypted) or TimedOut; a 404 is no error here
    bool neverSent = false; // with an error: the connection was not made, so the request cannot have started anything

    bool ok() const { return !error && status >= 200 && status < 300; }
    // The problem+json body, else the status, as an Error. Precondition: !ok().
    Error failure() const;
    Result<QJsonObject> json() const;
};

struct ClientRequest {
    Method method = Method::Get;
    QUrl url = {};
    QByteArray body = {}; // sent as application/json when it is not empty
    Headers headers = {};
    std::chrono::milliseconds timeout = std::chrono::seconds(10);
};

// Asynchronous JSON over HTTP/1.1. Lives on one thread; callbacks come there, from the event loop, once for each
// request unless `context` or the client is gone first. No proxy, no redirects, no cookies.
// https: certificates are always verified. The token goes over http to this machine alone, unless the options say more.
class Client : public QObject {
    Q_OBJECT
public:
    explicit Client(ClientOptions options, QObject *parent = nullptr);
    ~Client() override;

    void send(const ClientRequest &request, QObject *context, std::function<void(const Reply &)> done);

private:
    friend class EventSource;
    class Call;
    struct Lane;

    Lane &freeLane();

    ClientOptions m_options;
    std::vector<std::unique_ptr<Lane>> m_lanes; // a QNetworkAccessManager runs at most six requests to one host at once
};

// Reads a Server-Sent Events stream: reconnects with Last-Event-ID after a lost connection (100 ms doubling to 3 s)
// until close(). Lives on its client's thread.
class EventSource : public QObject {
    Q_OBJECT
public:
    EventSource(Client &client, QUrl url, QObject *parent = nullptr);
    ~EventSource() override;
    void close();

Q_SIGNALS:
    void eventReceived(const QByteArray &event, const QByteArray &id, const QByteArray &data);
    void connectionLost(const PatchPanel::Error &error); // it tries again
    void refused(const PatchPanel::Error &error); // an HTTP error status: it does not try again

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace PatchPanel::Http
