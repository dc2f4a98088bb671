#include "tests/support/redisserver.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>

#include <csignal>

namespace PatchPanel::Test {

namespace {

constexpr int portAttempts = 5;
constexpr int startTimeMs = 10'000;
constexpr int pollTimeMs = 20;

quint16 freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : 0;
}

} // namespace

RedisServer::~RedisServer()
{
    kill();
}

bool RedisServer::start(const QByteArray &password)
{
    m_password = password;
    const quint16 earlier = m_port; // a restart keeps its port
    for (int attempt = 0; attempt < portAttempts; ++attempt) {
        if (tryPort(earlier != 0 ? earlier : freePort())) {
            return true;
        }
    }
    return false;
}

bool RedisServer::tryPort(quint16 port)
{
    kill();
    QStringList arguments{QStringLiteral("--port"),       QString::number(port),
                          QStringLiteral("--bind"),       QStringLiteral("127.0.0.1"),
                          QStringLiteral("--unixsocket"), socketPath(),
                          QStringLiteral("--dir"),        m_folder.path(),
                          QStringLiteral("--save"),       QString(),
                          QStringLiteral("--appendonly"), QStringLiteral("no"),
                          QStringLiteral("--daemonize"),  QStringLiteral("no")};
    if (!m_password.isEmpty()) {
        arguments << QStringLiteral("--requirepass") << QString::fromUtf8(m_password);
    }
    arguments << m_arguments;
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(QStringLiteral("redis-server"), arguments);
    const QDeadlineTimer deadline(startTimeMs);
    while (!deadline.hasExpired()) {
        if (answersPing(port)) {
            m_port = port;
            return true;
        }
        if (m_process.waitForFinished(pollTimeMs) || m_process.state() == QProcess::NotRunning) {
            break;
        }
    }
    m_error =
        QStringLiteral("redis-server: %1 %2").arg(m_process.errorString(), QString::fromLocal8Bit(m_process.readAll()));
    return false;
}

bool RedisServer::answersPing(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), port);
    if (!socket.waitForConnected(pollTimeMs)) {
        return false;
    }
    if (!m_password.isEmpty()) {
        socket.write("AUTH " + m_password + "\r\n");
    }
    socket.write("PING\r\n");
    QByteArray answer;
    while (!answer.contains("+PONG") && socket.waitForReadyRead(pollTimeMs * 10)) {
        answer += socket.readAll();
    }
    return answer.contains("+PONG");
}

void RedisServer::kill()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished(startTimeMs);
    }
}

// The signal takes a moment to reach a process that is at work: proc(5) tells when it stands still.
void RedisServer::pause()
{
    ::kill(static_cast<pid_t>(m_process.processId()), SIGSTOP);
    const QString stat = QStringLiteral("/proc/%1/stat").arg(m_process.processId());
    const QDeadlineTimer deadline(startTimeMs);
    for (bool stands = false; !stands && !deadline.hasExpired();) {
        QFile file(stat);
        const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        stands = text.mid(text.lastIndexOf(')') + 2, 1) == "T";
    }
}

void RedisServer::resume()
{
    ::kill(static_cast<pid_t>(m_process.processId()), SIGCONT);
}

} // namespace PatchPanel::Test
