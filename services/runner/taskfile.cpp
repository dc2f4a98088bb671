#include "services/runner/taskfile.h"

#include "services/patch/taskreader.h"
#include "services/patch/workspacefile.h"

#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace PatchPanel::Runner {

namespace {

constexpr qint64 largestTask = 64 * 1024 * 1024;

Error notOpened(const QString &file, const QString &workspace)
{
    switch (errno) {
    case ENOENT:
        return Error{ErrorCode::NotFound, QStringLiteral("there is no file %1 in %2").arg(file, workspace),
                     QStringLiteral("name the file relative to the folder"), file};
    case ELOOP:
        return Error{ErrorCode::UnsafePath, QStringLiteral("%1 is a symbolic link").arg(file),
                     QStringLiteral("name the file it leads to"), file};
    default:
        return Error{ErrorCode::Io,
                     QStringLiteral("cannot open: %1").arg(QString::fromLocal8Bit(std::strerror(errno))),
                     {},
                     file};
    }
}

Result<QByteArray> readRegularFile(int descriptor, const QString &file)
{
    struct stat status { };
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        return Error{ErrorCode::InvalidTask, QStringLiteral("not a regular file"), {}, file};
    }
    if (status.st_size > largestTask) {
        return Error{ErrorCode::InvalidTask,
                     QStringLiteral("%1 bytes is more than a task file may have (64 MiB)").arg(status.st_size),
                     {},
                     file};
    }
    QFile reader;
    QByteArray bytes;
    if (reader.open(descriptor, QIODevice::ReadOnly)) {
        bytes = reader.read(status.st_size + 1); // not more: the memory for it is taken first
        if (bytes.size() > status.st_size) {
            bytes += reader.read(largestTask - bytes.size()); // it has grown
        }
    }
    if (reader.error() != QFileDevice::NoError) {
        return Error{ErrorCode::Io, QStringLiteral("cannot read: %1").arg(reader.errorString()), {}, file};
    }
    return bytes;
}

} // namespace

Result<QByteArray> readTaskFile(const QString &workspace, const QString &file)
{
    const Result<QString> path = Patch::confinedPath(file, workspace);
    if (!path) {
        return path.error();
    }
    const Result<Patch::WorkspaceRoot> root = Patch::WorkspaceRoot::open(workspace);
    if (!root) {
        return root.error();
    }
    const Result<int> folder = root->openParent(*path, Patch::WorkspaceRoot::MissingFolders::Fail);
    if (!folder) {
        return folder.error();
    }
    const QByteArray name = QFile::encodeName(path->section(QLatin1Char('/'), -1));
    const int descriptor = openat(*folder, name.constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) {
        const Error error = notOpened(file, workspace);
        close(*folder);
        return error;
    }
    close(*folder);
    Result<QByteArray> bytes = readRegularFile(descriptor, file);
    close(descriptor);
    return bytes;
}

Result<QByteArray> readFileBeside(const QString &workspace, const QString &taskFile, const QString &name)
{
    const Result<QString> path = Patch::confinedPath(taskFile, workspace);
    if (!path) {
        return path.error();
    }
    const qsizetype nameStart = path->lastIndexOf(QLatin1Char('/')) + 1;
    const QString folder = path->left(nameStart);
    const Result<QString> inside = Patch::confinedPath(name, workspace + QLatin1Char('/') + folder);
    if (!inside) {
        return inside.error();
    }
    return readTaskFile(workspace, folder + *inside);
}

} // namespace PatchPanel::Runner
