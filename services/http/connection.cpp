#include "services/http/connection.h"

#include <QScopedValueRollback>
#include <QSslSocket>

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace PatchPanel::Http {

namespace {

using std::chrono::steady_clock;

// What one connection may make the server hold before it is admitted.
constexpr qint64 wireBufferBytes = 16 * 1024;
// For the client to close its half after our last answer: closing at once could destroy the answer on its way
// (RFC 9112 §9.6).
constexpr std::chrono::milliseconds lingerTime = std::chrono::seconds(2);

// Read, and dropped, while a connection lingers.
constexpr qint64 lingerBufferBytes = 64 * 1024;

constexpr QByteArrayView continueBytes = "HTTP/1.1 100 Continue\r\n\r\n";

} // namespace

Connection::Connection(qintptr descriptor, const Limits &limits, Admission admission, const QSslConfiguration &tls,
                       QObject *parent)
    : QTcpSocket(parent)
    , m_limits(limits)
    , m_admission(std::move(admission))
    , m_wire(tls.isNull() ? new QTcpSocket(this) : new QSslSocket(this))
    , m_framing(limits)
    , m_since(steady_clock::now())
    , m_requestBegan(m_since)
{
    m_wire->setReadBufferSize(wireBufferBytes);
    if (!m_wire->setSocketDescriptor(descriptor)) {
        ::close(static_cast<int>(descriptor));
        QMetaObject::invokeMethod(this, &Connection::wireGone, Qt::QueuedConnection);
    }
    m_wire->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    setSocketState(QAbstractSocket::ConnectedState);
    setOpenMode(QIODevice::ReadWrite | QIODevice::Unbuffered); // what is handed over is buffered already
    setLocalAddress(m_wire->localAddress());
    setLocalPort(m_wire->localPort());
    setPeerAddress(m_wire->peerAddress());
    setPeerPort(m_wire->peerPort());
    connectWire();
    if (!tls.isNull()) {
        startHandshake(tls);
    }
}

void Connection::connectWire()
{
    connect(m_wire, &QTcpSocket::readyRead, this, &Connection::advance);
    connect(m_wire, &QTcpSocket::bytesWritten, this, &Connection::wireWritten);
    // Queued: nobody who writes shall find the connection ended under his hands.
    connect(m_wire, &QTcpSocket::disconnected, this, &Connection::wireGone, Qt::QueuedConnection);
}

void Connection::startHandshake(const QSslConfiguration &tls)
{
    auto *wire = static_cast<QSslSocket *>(m_wire);
    enter(Phase::Handshake);
    wire->setSslConfiguration(tls);
    connect(wire, &QSslSocket::encryptedBytesWritten, this, &Connection::wireWritten);
    connect(wire, &QSslSocket::encrypted, this, &Connection::handshakeDone);
    wire->startServerEncryption();
}

void Connection::handshakeDone()
{
    if (m_phase == Phase::Handshake) {
        enter(Phase::Idle);
        advance();
    }
}

Connection::~Connection()
{
    m_wire->disconnect(this);
    closeLingering();
    setSocketState(QAbstractSocket::UnconnectedState);
}

bool Connection::isGone() const
{
    return m_phase == Phase::Gone || m_phase == Phase::Closing || m_wire->state() != QAbstractSocket::ConnectedState;
}

void Connection::holdUntilAnswered(std::shared_ptr<void> resource)
{
    m_held = std::move(resource);
}

void Connection::enter(Phase phase)
{
    m_phase = phase;
    m_since = steady_clock::now();
}

// Reads and hands over requests until one is answered later, or bytes are missing.
void Connection::advance()
{
    if (m_advancing) {
        return;
    }
    const QScopedValueRollback guard(m_advancing, true);
    while ((m_phase == Phase::Idle || m_phase == Phase::Reading) && readRequest()) { }
    if (m_phase == Phase::Closing) {
        m_wire->readAll();
    }
}

bool Connection::readRequest()
{
    // Not readAll(): so the buffer itself is handed over, and a connection that waits keeps none.
    m_framing.append(m_wire->read(m_wire->bytesAvailable()));
    if (m_phase == Phase::Idle && m_framing.hasStarted()) {
        enter(Phase::Reading);
        m_requestBegan = m_since;
    }
    switch (m_framing.next()) {
    case RequestFraming::Step::NeedMore:
        return m_wire->bytesAvailable() > 0;
    case RequestFraming::Step::HeadComplete:
        judge();
        return true;
    case RequestFraming::Step::Complete:
        handOver();
        return true;
    case RequestFraming::Step::Refused:
        refuse(m_framing.refusal());
        break;
    }
    return false;
}

void Connection::judge()
{
    const RequestHead &head = m_framing.head();
    auto verdict = m_admission(head, m_wire->localAddress());
    if (auto *response = std::get_if<Response>(&verdict)) {
        // The body of a refused request is not worth reading, so the connection cannot go on after it.
        const bool goesOn = head.keepAlive && !head.hasBody() && !m_draining;
        send(*response, goesOn ? AfterAnswer::KeepOpen : AfterAnswer::Close);
        return;
    }
    m_admitted = std::get<Admitted>(std::move(verdict));
    m_route = m_admitted->route;
    if (head.expectsContinue && head.hasBody()) {
        m_wire->write(continueBytes.data(), continueBytes.size());
    }
}

void Connection::handOver()
{
    m_handed = canonicalBytes(m_framing.head(), m_framing.body());
    enter(Phase::Handling);
    Q_EMIT readyRead();
    if (m_admitted || bytesAvailable() > 0) {
        // QHttpServer read the request differently: nothing on this connection can be trusted.
        cut();
    }
}

Admitted Connection::takeAdmitted()
{
    return std::exchange(m_admitted, {}).value_or(Admitted{});
}

void Connection::answer(const Response &response)
{
    Q_ASSERT(m_phase == Phase::Handling);
    const bool goesOn = m_framing.head().keepAlive && !m_draining;
    send(response, goesOn ? AfterAnswer::KeepOpen : AfterAnswer::Close);
    m_held.reset();
    if (m_phase == Phase::Idle && !m_advancing) {
        QMetaObject::invokeMethod(this, &Connection::advance, Qt::QueuedConnection);
    }
}

void Connection::refuse(const Error &error)
{
    send(Response::problem(error), AfterAnswer::Close);
}

void Connection::send(const Response &response, AfterAnswer after)
{
    const bool isHead = m_framing.head().method == "HEAD";
    report(response.status);
    if (m_wire->state() == QAbstractSocket::ConnectedState) {
        m_wire->write(responseBytes(response, isHead ? BodyPart::Omitted : BodyPart::Included, after));
    }
    enter(after == AfterAnswer::Close ? Phase::Closing : Phase::Writing);
    m_framing.startNext();
    m_wire->flush();
    wireWritten();
}

void Connection::beginStream(const Response &head)
{
    Q_ASSERT(m_phase == Phase::Handling);
    report(head.status);
    m_wire->write(streamHeadBytes(head));
    enter(Phase::Streaming);
    m_wire->flush();
}

void Connection::writeStream(QByteArrayView bytes)
{
    if (m_phase == Phase::Streaming && !isGone()) {
        m_wire->write(bytes.data(), bytes.size());
    }
}

void Connection::endStream()
{
    if (m_phase == Phase::Streaming) {
        m_held.reset();
        enter(Phase::Closing);
        wireWritten();
    }
}

void Connection::wireWritten()
{
    if (m_phase != Phase::Writing && m_phase != Phase::Closing) {
        return;
    }
    m_since = m_shutDown ? m_since : steady_clock::now();
    if (unsentBytes() > 0) {
        return;
    }
    if (m_phase == Phase::Closing) {
        closeGently();
        return;
    }
    enter(Phase::Idle);
    if (!m_advancing) {
        QMetaObject::invokeMethod(this, &Connection::advance, Qt::QueuedConnection);
    }
}

// What the client has not taken yet; over TLS with what is encrypted already.
qint64 Connection::unsentBytes() const
{
    const auto *encrypting = qobject_cast<QSslSocket *>(m_wire);
    return m_wire->bytesToWrite() + (encrypting == nullptr ? 0 : encrypting->encryptedBytesToWrite());
}

void Connection::closeGently()
{
    if (m_shutDown || m_wire->state() != QAbstractSocket::ConnectedState) {
        return;
    }
    m_shutDown = true;
    if (qobject_cast<QSslSocket *>(m_wire) != nullptr) {
        endTls();
        return;
    }
    ::shutdown(static_cast<int>(m_wire->socketDescriptor()), SHUT_WR);
    m_wire->readAll();
}

// TLS tells its end with an alert (RFC 8446 §6.1), which QSslSocket sends only when it closes its descriptor too. So
// the connection goes on with another descriptor of the same socket, without TLS: from here on nothing is sent, and
// what comes is dropped.
void Connection::endTls()
{
    m_lingering = ::fcntl(static_cast<int>(m_wire->socketDescriptor()), F_DUPFD_CLOEXEC, 0);
    if (m_lingering >= 0) {
        disconnect(m_wire, &QTcpSocket::disconnected, this, &Connection::wireGone);
        connect(m_wire, &QTcpSocket::disconnected, this, &Connection::lingerWithoutTls, Qt::QueuedConnection);
    }
    m_wire->disconnectFromHost();
}

void Connection::lingerWithoutTls()
{
    m_wire->disconnect(this);
    m_wire->deleteLater();
    m_wire = new QTcpSocket(this);
    m_wire->setReadBufferSize(lingerBufferBytes);
    connectWire();
    if (m_lingering < 0 || !m_wire->setSocketDescriptor(m_lingering)) {
        closeLingering();
        wireGone();
        return;
    }
    ::shutdown(std::exchange(m_lingering, -1), SHUT_WR);
}

void Connection::closeLingering()
{
    if (m_lingering >= 0) {
        ::close(std::exchange(m_lingering, -1));
    }
}

void Connection::wireGone()
{
    if (m_phase == Phase::Gone) {
        return;
    }
    enter(Phase::Gone);
    setSocketState(QAbstractSocket::UnconnectedState);
    m_held.reset();
    Q_EMIT gone();
    Q_EMIT disconnected();
}

void Connection::cut()
{
    closeLingering();
    m_wire->abort();
}

void Connection::drain()
{
    m_draining = true;
    if (m_phase == Phase::Handshake) {
        cut(); // nothing was asked yet
    } else if (m_phase == Phase::Idle) {
        enter(Phase::Closing);
        closeGently();
    }
}

void Connection::enforceDeadline(steady_clock::time_point now)
{
    const auto waited = now - m_since;
    switch (m_phase) {
    case Phase::Handshake:
        if (waited >= m_limits.requestTime) {
            cut();
        }
        break;
    case Phase::Idle:
    case Phase::Writing:
        if (waited >= m_limits.idleTime) {
            cut();
        }
        break;
    case Phase::Reading:
        if (waited >= m_limits.requestTime) {
            refuse(
                Error{ErrorCode::RequestTimeout,
                      QStringLiteral("the request was not complete within %1 ms").arg(m_limits.requestTime.count())});
        }
        break;
    case Phase::Closing:
        if (waited >= (m_shutDown ? std::min(lingerTime, m_limits.idleTime) : m_limits.idleTime)) {
            cut();
        }
        break;
    case Phase::Handling:
    case Phase::Streaming:
    case Phase::Gone:
        break;
    }
}

void Connection::report(int status)
{
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - m_requestBegan);
    const RequestHead &head = m_framing.head();
    Q_EMIT answered(Exchange{head.method, head.path().toByteArray(), status, took, std::exchange(m_route, -1)});
}

qint64 Connection::bytesAvailable() const
{
    return QIODevice::bytesAvailable() + m_handed.size();
}

qint64 Connection::bytesToWrite() const
{
    return unsentBytes();
}

qint64 Connection::readData(char *data, qint64 maxSize)
{
    const qsizetype size = std::min<qint64>(maxSize, m_handed.size());
    std::memcpy(data, m_handed.constData(), static_cast<std::size_t>(size));
    m_handed.remove(0, size);
    return size;
}

qint64 Connection::readLineData(char *data, qint64 maxSize)
{
    return QIODevice::readLineData(data, maxSize);
}

qint64 Connection::skipData(qint64 maxSize)
{
    return QIODevice::skipData(maxSize);
}

// QHttpServer itself writes only when a request did not reach our handler, which cannot be; answers come by answer().
qint64 Connection::writeData(const char *data, qint64 size)
{
    Q_UNUSED(data)
    return size;
}

void Connection::disconnectFromHost()
{
    cut();
}

void Connection::close()
{
    cut();
}

} // namespace PatchPanel::Http
