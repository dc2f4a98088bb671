#include "services/http/listener.h"

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace PatchPanel::Http {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds acceptPause{100};

// Deadlines are kept to within a quarter, which one timer for all connections makes cheap.
milliseconds sweepInterval(const Limits &limits)
{
    return std::clamp(std::min(limits.requestTime, limits.idleTime) / 4, milliseconds(5), milliseconds(500));
}

// Begun, and not complete: a request or, before it, the handshake of TLS.
bool isReading(Connection::Phase phase)
{
    return phase == Connection::Phase::Reading || phase == Connection::Phase::Handshake;
}

bool isDispensable(Connection::Phase phase)
{
    return isReading(phase) || phase == Connection::Phase::Idle || phase == Connection::Phase::Closing;
}

// What goes first when room is needed: the longest idle, then the slowest request; what is being answered stays.
Connection *leastUseful(const QList<Connection *> &connections)
{
    Connection *victim = nullptr;
    for (Connection *candidate : connections) {
        const auto phase = candidate->phase();
        if (!isDispensable(phase)) {
            continue;
        }
        const bool candidateReads = isReading(phase);
        const bool victimReads = victim != nullptr && isReading(victim->phase());
        if (victim == nullptr || (victimReads && !candidateReads)
            || (victimReads == candidateReads && candidate->since() < victim->since())) {
            victim = candidate;
        }
    }
    return victim;
}

} // namespace

Listener::Listener(const Limits &limits, Admission admission, QSslConfiguration tls)
    : m_limits(limits)
    , m_admission(std::move(admission))
    , m_tls(std::move(tls))
{
    // As many as are taken in all: of what comes in one burst nothing has to be sent again a second later, as happens
    // when the system's queue is full.
    setListenBacklogSize(limits.connections);
    m_sweep.setInterval(sweepInterval(limits));
    connect(&m_sweep, &QTimer::timeout, this, &Listener::sweep);
    connect(this, &QTcpServer::acceptError, this, &Listener::recoverFromAcceptError);
}

void Listener::incomingConnection(qintptr descriptor)
{
    if (!makeRoom()) {
        ::close(static_cast<int>(descriptor));
        return;
    }
    auto *connection = new Connection(descriptor, m_limits, m_admission, m_tls, this);
    m_connections.append(connection);
    connect(connection, &Connection::gone, this, [this, connection] {
        if (m_connections.removeOne(connection) && m_connections.isEmpty()) {
            Q_EMIT lastConnectionGone();
        }
    });
    connect(connection, &Connection::answered, this, &Listener::answered);
    // Connected before QHttpServer's own slot, so it runs before it.
    connect(connection, &Connection::readyRead, this, [this, connection] { m_current = connection; });
    addPendingConnection(connection);
    if (!m_sweep.isActive()) {
        m_sweep.start();
    }
}

bool Listener::makeRoom()
{
    if (m_connections.size() < m_limits.connections) {
        return true;
    }
    Connection *victim = leastUseful(m_connections);
    if (victim == nullptr) {
        return false;
    }
    m_connections.removeOne(victim);
    victim->cut();
    return true;
}

void Listener::sweep()
{
    const auto now = std::chrono::steady_clock::now();
    const QList<Connection *> connections = m_connections;
    for (Connection *connection : connections) {
        connection->enforceDeadline(now);
    }
    if (m_connections.isEmpty()) {
        m_sweep.stop();
    }
}

void Listener::drain()
{
    const QList<Connection *> connections = m_connections;
    for (Connection *connection : connections) {
        connection->drain();
    }
}

void Listener::releaseHolds()
{
    for (Connection *connection : std::as_const(m_connections)) {
        connection->holdUntilAnswered({});
    }
}

// QTcpServer stops accepting for good when the process has no file descriptor left.
void Listener::recoverFromAcceptError()
{
    if (Connection *victim = leastUseful(m_connections)) {
        victim->cut();
    }
    QTimer::singleShot(acceptPause, this, &QTcpServer::resumeAccepting);
}

} // namespace PatchPanel::Http
