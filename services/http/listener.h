#pragma once

#include "services/http/connection.h"

#include <QList>
#include <QPointer>
#include <QTcpServer>
#include <QTimer>

namespace PatchPanel::Http {

// Accepts connections for QHttpServer, bounds their number and their waiting. Lives on the server's thread; QHttpServer
// owns it once it is bound.
class Listener final : public QTcpServer {
    Q_OBJECT
public:
    // `tls`: null for plain HTTP.
    Listener(const Limits &limits, Admission admission, QSslConfiguration tls = {});

    int connectionCount() const { return static_cast<int>(m_connections.size()); }
    // The connection whose request QHttpServer is handling just now: it handles them while they are handed over.
    Connection *current() const { return m_current; }
    // Closes the idle connections, and the others after their current answer.
    void drain();
    // Before QHttpServer is destroyed: what it keeps for pending answers must not outlive its connections.
    void releaseHolds();

Q_SIGNALS:
    void answered(const PatchPanel::Http::Exchange &exchange);
    void lastConnectionGone();

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    bool makeRoom();
    void sweep();
    void recoverFromAcceptError();

    Limits m_limits;
    Admission m_admission;
    QSslConfiguration m_tls;
    QList<Connection *> m_connections; // those that are not gone
    QPointer<Connection> m_current;
    QTimer m_sweep;
};

} // namespace PatchPanel::Http
