#include "app/singleinstance.h"

#include "app/profile.h"
#include "services/common/privatefolder.h"

#include <QCryptographicHash>
#include <QDeadlineTimer>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QThread>
#include <QTimer>

#include <optional>
#include <unistd.h>

namespace PatchPanel::App {

namespace {

const QString filesKey = QStringLiteral("files");
const QString workspaceKey = QStringLiteral("workspace");
const QString tokenKey = QStringLiteral("activationToken");
const QByteArray accepted = "ok\n";
constexpr qint64 longestRequest = 1024 * 1024;
constexpr int longestWait = 5000; // ms, for the rest of a request
constexpr int pauseMs = 20; // between two looks at a first instance that is starting or ending

QString runtimeFolder()
{
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return !runtime.isEmpty() && QFileInfo(runtime).isWritable() ? runtime + QStringLiteral("/patchpanel")
                                                                 : stateFolder({});
}

// Of user and profile, so that every pair has its own; short, as the path of a socket may have 107 bytes.
QString baseName(const QString &profile)
{
    const QString place = profile.isEmpty() ? QString() : QDir::cleanPath(QDir(profile).absolutePath());
    const QByteArray who = QByteArray::number(getuid()) + '\n' + QFile::encodeName(place);
    return QStringLiteral("window-")
        + QString::fromLatin1(QCryptographicHash::hash(who, QCryptographicHash::Sha256).toHex().left(16));
}

QByteArray lineOf(const WindowRequest &request)
{
    const QJsonObject object{{filesKey, QJsonArray::fromStringList(request.files)},
                             {workspaceKey, request.workspace},
                             {tokenKey, QString::fromLatin1(request.activationToken)}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

std::optional<WindowRequest> requestFrom(const QByteArray &line)
{
    const QJsonDocument document = QJsonDocument::fromJson(line);
    if (!document.isObject() || !document[filesKey].isArray()) {
        return std::nullopt;
    }
    WindowRequest request{.workspace = document[workspaceKey].toString(),
                          .activationToken = document[tokenKey].toString().toLatin1()};
    for (const QJsonValue &file : document[filesKey].toArray()) {
        if (!QDir::isAbsolutePath(file.toString())) {
            return std::nullopt;
        }
        request.files.append(file.toString());
    }
    return request;
}

} // namespace

SingleInstance::SingleInstance(const QString &profile, QObject *parent)
    : QObject(parent)
    , m_socketPath(QStringLiteral("%1/%2.socket").arg(runtimeFolder(), baseName(profile)))
    , m_lock(QStringLiteral("%1/%2.lock").arg(runtimeFolder(), baseName(profile)))
{
    m_lock.setStaleLockTime(0); // it is stale once its process is gone, never by age
}

SingleInstance::~SingleInstance() = default;

Result<SingleInstance::Role> SingleInstance::claim(const WindowRequest &request, std::chrono::milliseconds patience)
{
    if (!makePrivateFolder(QFileInfo(m_socketPath).absolutePath())) {
        return Role::Alone;
    }
    const QDeadlineTimer deadline(patience);
    const QByteArray line = lineOf(request);
    do { // the first may be about to listen, or about to end
        if (m_lock.tryLock(0)) {
            return listen() ? Role::First : Role::Alone;
        }
        if (m_lock.error() != QLockFile::LockFailedError) {
            return Role::Alone;
        }
        if (handOver(line, static_cast<int>(std::max<qint64>(1, deadline.remainingTime())))) {
            return Role::Further;
        }
        QThread::msleep(pauseMs);
    } while (!deadline.hasExpired());
    return Error{ErrorCode::Unavailable, QStringLiteral("the window that is open already does not answer"),
                 QStringLiteral("close it, or open another one beside it with --new-instance"), m_socketPath};
}

bool SingleInstance::listen()
{
    QLocalServer::removeServer(m_socketPath); // of a process that was killed
    m_server = std::make_unique<QLocalServer>();
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    connect(m_server.get(), &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *socket = m_server->nextPendingConnection()) {
            serve(socket);
        }
    });
    return m_server->listen(m_socketPath);
}

bool SingleInstance::handOver(const QByteArray &line, int patienceMs) const
{
    QLocalSocket socket;
    socket.connectToServer(m_socketPath);
    if (!socket.waitForConnected(patienceMs)) {
        return false;
    }
    socket.write(line);
    QByteArray answer;
    const QDeadlineTimer deadline(patienceMs);
    while (!answer.endsWith('\n') && socket.waitForReadyRead(static_cast<int>(deadline.remainingTime()))) {
        answer += socket.readAll();
    }
    return answer == accepted;
}

void SingleInstance::serve(QLocalSocket *socket)
{
    socket->setReadBufferSize(longestRequest);
    connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
    QTimer::singleShot(longestWait, socket, &QLocalSocket::abort);
    const auto read = [this, socket] {
        if (!socket->canReadLine()) {
            if (socket->bytesAvailable() >= longestRequest) {
                socket->abort();
            }
            return;
        }
        const std::optional<WindowRequest> request = requestFrom(socket->readLine());
        if (!request) {
            socket->abort();
            return;
        }
        socket->write(accepted);
        socket->disconnectFromServer(); // once it is written
        Q_EMIT requested(*request);
    };
    connect(socket, &QLocalSocket::readyRead, this, read);
    read();
}

} // namespace PatchPanel::App
