#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace PatchPanel::Test {

// A redis-server of the test's own on a free loopback port and a Unix socket, without persistence, in a folder that
// goes with it. Ended by its process id.
class RedisServer {
public:
    ~RedisServer();

    // Starts it and waits, at most 10 s, until it answers PING. `password` is asked for when it is not empty.
    // False when it cannot be started; errorText() says why.
    bool start(const QByteArray &password = {});
    // Further arguments of redis-server, from the next start on.
    void setArguments(const QStringList &arguments) { m_arguments = arguments; }
    // SIGKILL, then waits for the end.
    void kill();
    // SIGSTOP: it accepts connections (the kernel does) but answers nothing until resume().
    void pause();
    void resume();

    quint16 port() const { return m_port; }
    QString url() const { return QStringLiteral("redis://127.0.0.1:%1/0").arg(m_port); }
    QString socketPath() const { return m_folder.filePath(QStringLiteral("redis.sock")); }
    QString errorText() const { return m_error; }

private:
    bool tryPort(quint16 port);
    bool answersPing(quint16 port);

    QTemporaryDir m_folder;
    QProcess m_process;
    QByteArray m_password;
    QStringList m_arguments;
    quint16 m_port = 0;
    QString m_error;
};

} // namespace PatchPanel::Test
