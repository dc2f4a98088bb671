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
        return Error{ErrorCode::NotFound, QStringLiteral("the workspace %1 has no such file").arg(workspace),
                     QStringLiteral("name the task file relative to the workspace"), file};
    case ELOOP:
        return Error{ErrorCode::UnsafePath, QStringLiteral("the task file is a symbolic link"),
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
        bytes = reader.read(largestTask);
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

} // namespace PatchPanel::Runner
