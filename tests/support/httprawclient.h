#pragma once

#include "services/http/message.h"

#include <QNetworkProxy>
#include <QTcpSocket>
#include <QUrl>

#include <memory>
#include <optional>

namespace PatchPanel::TestSupport {

// One answer as it came over the wire.
struct RawAnswer {
    int status = 0;
    Http::Headers headers = {};
    QByteArray body = {};

    QByteArray header(QByteArrayView name) const { return Http::headerValue(headers, name); }
};

// A client that sends bytes as given, well formed or not, and reads answers one at a time. It waits by running the
// event loop, so the server may live on the same thread.
class RawHttpClient {
public:
    // Connects at once, over TLS to https and whatever its certificate; isConnected() says whether that worked.
    // `readBuffer`: bytes that it takes before they are read; 0: any number.
    explicit RawHttpClient(const QUrl &server, qint64 readBuffer = 0);

    bool isConnected() const;
    void send(QByteArrayView bytes);
    void leave(); // like a process that dies

    // The next whole answer; `head` when it belongs to a HEAD request. Status 0 when none came in time.
    enum class Body { Expected, None };
    RawAnswer readAnswer(Body body = Body::Expected);
    // Waits until `part` has come; false when it does not come in time.
    bool waitForBytes(QByteArrayView part);
    // Waits for the server to close the connection.
    bool waitForClose();
    const QByteArray &received() const { return m_received; }

private:
    void readOn();
    std::optional<RawAnswer> takeAnswer(Body body);

    std::unique_ptr<QTcpSocket> m_socket;
    QByteArray m_received;
};

// "GET /path HTTP/1.1" with Host, the token (unless it is empty) and further header lines, each ending in CR LF.
QByteArray rawRequest(const QUrl &server, QByteArrayView requestLine, QByteArrayView token,
                      QByteArrayView headerLines = {}, QByteArrayView body = {});

} // namespace PatchPanel::TestSupport
