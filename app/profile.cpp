#include "app/profile.h"

#include "services/common/ids.h"
#include "services/common/privatefolder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace PatchPanel::App {

namespace {

constexpr int tokenBytes = 32; // 256 bits

QString tokenFolder(const QString &profile)
{
    if (!profile.isEmpty()) {
        return profile;
    }
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (!runtime.isEmpty() && QFileInfo(runtime).isWritable()) {
        return runtime + QStringLiteral("/patchpanel");
    }
    return stateFolder(profile);
}

Error ioError(const QString &path, const QString &what)
{
    return Error{
        ErrorCode::Io, QStringLiteral("%1: %2").arg(what, QString::fromLocal8Bit(std::strerror(errno))), {}, path};
}

Result<QByteArray> readToken(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return ioError(path, QStringLiteral("cannot read the token"));
    }
    struct stat status = {};
    if (fstat(file.handle(), &status) == 0 && (status.st_mode & 077) != 0) {
        return Error{ErrorCode::Io, QStringLiteral("other users may read the token"),
                     QStringLiteral("chmod 600 %1, or remove it to have a new one made").arg(path), path};
    }
    const QByteArray token = file.readAll().trimmed();
    if (token.size() < 16) {
        return Error{ErrorCode::Io, QStringLiteral("the token is too short: %1 characters").arg(token.size()),
                     QStringLiteral("remove the file to have a new one made"), path};
    }
    return token;
}

// Written beside its place and linked into it: two processes that start together agree on one token, and nobody
// ever reads half of it.
Result<QByteArray> makeToken(const QString &folder, const QString &path)
{
    if (!makePrivateFolder(folder)) {
        return ioError(folder, QStringLiteral("cannot make the folder"));
    }
    const QByteArray draft = QFile::encodeName(path) + '.' + randomHex(8);
    const int fd = open(draft.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return ioError(path, QStringLiteral("cannot make the token"));
    }
    const QByteArray text = randomHex(tokenBytes) + '\n';
    const bool written = write(fd, text.constData(), static_cast<std::size_t>(text.size())) == text.size();
    close(fd);
    const bool linked =
        written && (link(draft.constData(), QFile::encodeName(path).constData()) == 0 || errno == EEXIST);
    const int linkError = errno;
    unlink(draft.constData());
    if (!linked) {
        errno = linkError;
        return ioError(path, QStringLiteral("cannot write the token"));
    }
    return readToken(path);
}

} // namespace

QString stateFolder(const QString &profile)
{
    if (!profile.isEmpty()) {
        return profile;
    }
    const QString named = qEnvironmentVariable("XDG_STATE_HOME");
    const QString state = named.isEmpty() ? QDir::homePath() + QStringLiteral("/.local/state") : named;
    return state + QStringLiteral("/patchpanel");
}

Result<QByteArray> loadOrCreateToken(const QString &profile, const QString &tokenFile)
{
    if (const QByteArray fromEnvironment = qgetenv("PATCHPANEL_TOKEN").trimmed(); !fromEnvironment.isEmpty()) {
        return fromEnvironment;
    }
    if (!tokenFile.isEmpty()) {
        return readToken(tokenFile);
    }
    const QString folder = tokenFolder(profile);
    const QString path = folder + QStringLiteral("/token");
    return QFileInfo::exists(path) ? readToken(path) : makeToken(folder, path);
}

} // namespace PatchPanel::App
