#pragma once

#include "services/http/requestframing.h"
#include "services/http/responsebytes.h"

#include <QHostAddress>
#include <QSslConfiguration>
#include <QTcpSocket>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

namespace PatchPanel::Http {

// A request that may go on to its handler; `route` says which.
struct Admitted {
    Request request = {};
    int route = -1;
};

// Judges a request by its head, before its body is read: what is not admitted costs no memory.
using Admission = std::function<std::variant<Admitted, Response>(const RequestHead &head, const QHostAddress &local)>;

// One finished exchange, for the access log. `path` is encoded and without the query; empty for a refused request.
struct Exchange {
    QByteArray method = {};
    QByteArray path = {};
    int status = 0;
    std::chrono::milliseconds duration = {};
    int route = -1; // that it was admitted to; -1: none
};

// The socket that QHttpServer sees: it hands over complete, admitted requests, one at a time and in canonical form, and
// answers all others itself. Behind it is the real socket, which is read only while no answer is pending: answers to
// pipelined requests come in order. Over TLS the real socket is a QSslSocket, and all is the same from the end of the
// handshake on. Lives on the server's thread; QHttpServer owns it and deletes it after disconnected().
class Connection final : public QTcpSocket {
    Q_OBJECT
public:
    enum class Phase {
        Handshake, // of TLS; plain connections begin with Idle
        Idle, // between two requests
        Reading, // a request has begun
        Handling, // its answer is pending
        Writing, // the client has not taken the answer yet
        Streaming,
        Closing, // the last answer goes out, what the client still sends is dropped
        Gone,
    };

    // `tls`: of a server that speaks it; null: plain HTTP.
    Connection(qintptr descriptor, const Limits &limits, Admission admission, const QSslConfiguration &tls,
               QObject *parent);
    ~Connection() override;

    Phase phase() const { return m_phase; }
    // The client left, or is about to be told so.
    bool isGone() const;
    // Since when the connection is in its phase or, while an answer goes out, since when the client took nothing.
    std::chrono::steady_clock::time_point since() const { return m_since; }

    // For the handler that QHttpServer calls within readyRead(): the request without its body, once.
    Admitted takeAdmitted();
    // Kept until the answer is complete: what QHttpServer needs for it (see qthttpserver_compat.h).
    void holdUntilAnswered(std::shared_ptr<void> resource);

    // Precondition of these two: the phase is Handling.
    void answer(const Response &response);
    void beginStream(const Response &head);
    // Ignored unless the phase is Streaming.
    void writeStream(QByteArrayView bytes);
    void endStream();
    qint64 bytesToWrite() const override;

    // Ends the connection without further words; gone() comes from the event loop.
    void cut();
    // Ends what waited too long: called every now and then.
    void enforceDeadline(std::chrono::steady_clock::time_point now);
    // No further request after the current one.
    void drain();

    qint64 bytesAvailable() const override;
    void disconnectFromHost() override;
    void close() override;

Q_SIGNALS:
    void gone(); // once
    void answered(const PatchPanel::Http::Exchange &exchange);

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 readLineData(char *data, qint64 maxSize) override;
    qint64 skipData(qint64 maxSize) override;
    qint64 writeData(const char *data, qint64 size) override;

private:
    void enter(Phase phase);
    void advance();
    bool readRequest();
    void judge();
    void handOver();
    void refuse(const Error &error);
    void send(const Response &response, AfterAnswer after);
    void connectWire();
    void startHandshake(const QSslConfiguration &tls);
    void handshakeDone();
    void wireWritten();
    qint64 unsentBytes() const;
    void wireGone();
    void closeGently();
    void endTls();
    void lingerWithoutTls();
    void closeLingering();
    void report(int status);

    Limits m_limits;
    Admission m_admission;
    QTcpSocket *m_wire; // a QSslSocket over TLS
    RequestFraming m_framing;
    Phase m_phase = Phase::Idle;
    std::chrono::steady_clock::time_point m_since;
    std::chrono::steady_clock::time_point m_requestBegan;
    bool m_advancing = false;
    bool m_draining = false;
    int m_lingering = -1; // the socket of m_wire, once more, while TLS ends
    bool m_shutDown = false; // our half of the connection, in Closing
    std::optional<Admitted> m_admitted;
    int m_route = -1; // of the current request
    QByteArray m_handed; // what QHttpServer has yet to read
    std::shared_ptr<void> m_held;
};

} // namespace PatchPanel::Http
