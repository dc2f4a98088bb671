#include "tests/support/httprawclient.h"

#include <QSslSocket>
#include <QTest>

namespace PatchPanel::TestSupport {

namespace {

constexpr int patience = 10'000; // ms; only a failing test waits so long

} // namespace

RawHttpClient::RawHttpClient(const QUrl &server, qint64 readBuffer)
{
    const auto port = static_cast<quint16>(server.port());
    if (server.scheme() == QLatin1String("https")) {
        auto socket = std::make_unique<QSslSocket>();
        socket->setProxy(QNetworkProxy::NoProxy);
        socket->setPeerVerifyMode(QSslSocket::VerifyNone);
        socket->setReadBufferSize(readBuffer);
        socket->connectToHostEncrypted(server.host(), port);
        m_socket = std::move(socket);
    } else {
        m_socket = std::make_unique<QTcpSocket>();
        m_socket->setProxy(QNetworkProxy::NoProxy);
        m_socket->setReadBufferSize(readBuffer);
        m_socket->connectToHost(server.host(), port);
    }
    [[maybe_unused]] const bool connected = QTest::qWaitFor([this] { return isConnected(); }, patience);
}

bool RawHttpClient::isConnected() const
{
    const auto *encrypting = qobject_cast<const QSslSocket *>(m_socket.get());
    return m_socket->state() == QAbstractSocket::ConnectedState && (encrypting == nullptr || encrypting->isEncrypted());
}

void RawHttpClient::send(QByteArrayView bytes)
{
    if (isConnected()) {
        m_socket->write(bytes.data(), bytes.size());
        m_socket->flush();
    }
}

void RawHttpClient::leave()
{
    m_socket->abort();
}

RawAnswer RawHttpClient::readAnswer(Body body)
{
    std::optional<RawAnswer> answer;
    const auto hasAnswer = [&] {
        readOn();
        answer = takeAnswer(body);
        return answer.has_value();
    };
    return QTest::qWaitFor(hasAnswer, patience) ? *answer : RawAnswer{};
}

bool RawHttpClient::waitForBytes(QByteArrayView part)
{
    return QTest::qWaitFor(
        [&] {
            readOn();
            return m_received.contains(part);
        },
        patience);
}

bool RawHttpClient::waitForClose()
{
    return QTest::qWaitFor(
        [this] {
            readOn();
            return m_socket->state() == QAbstractSocket::UnconnectedState;
        },
        patience);
}

void RawHttpClient::readOn()
{
    if (m_socket->isOpen()) {
        m_received.append(m_socket->readAll());
    }
}

std::optional<RawAnswer> RawHttpClient::takeAnswer(Body body)
{
    const qsizetype headEnd = m_received.indexOf("\r\n\r\n");
    if (headEnd < 0) {
        return {};
    }
    const QList<QByteArray> lines = m_received.first(headEnd).split('\n');
    RawAnswer answer;
    answer.status = lines.first().split(' ').value(1).toInt();
    for (const QByteArray &line : lines.sliced(1)) {
        const qsizetype colon = line.indexOf(':');
        answer.headers.append(Http::Headers::value_type{line.first(colon), line.sliced(colon + 1).trimmed()});
    }
    const qsizetype length = body == Body::None ? 0 : answer.header("content-length").toLongLong();
    if (m_received.size() < headEnd + 4 + length) {
        return {};
    }
    answer.body = m_received.mid(headEnd + 4, length);
    m_received.remove(0, headEnd + 4 + length);
    return answer;
}

QByteArray rawRequest(const QUrl &server, QByteArrayView requestLine, QByteArrayView token, QByteArrayView headerLines,
                      QByteArrayView body)
{
    QByteArray bytes = requestLine.toByteArray() + "\r\nHost: " + server.authority().toLatin1() + "\r\n";
    if (!token.isEmpty()) {
        bytes += "Authorization: Bearer " + token.toByteArray() + "\r\n";
    }
    if (!body.isEmpty()) {
        bytes += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    }
    return bytes.append(headerLines).append("\r\n").append(body);
}

} // namespace PatchPanel::TestSupport
