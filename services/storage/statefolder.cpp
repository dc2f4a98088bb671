#include "services/storage/statefolder.h"

#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

namespace PatchPanel::Storage {

namespace {

constexpr const char *stateFolder = ".patchpanel";

} // namespace

Error stateFolderError(const QString &workspace, const QString &what)
{
    return Error{ErrorCode::Io, QStringLiteral("%1: %2").arg(what, QString::fromLocal8Bit(std::strerror(errno))),
                 QStringLiteral("the workspace must be a folder that this user can write"), workspace};
}

Result<FileDescriptor> openStateFolder(const QString &workspace)
{
    const FileDescriptor root(open(QFile::encodeName(workspace).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.isOpen()) {
        return stateFolderError(workspace, QStringLiteral("cannot open the workspace"));
    }
    if (mkdirat(root.get(), stateFolder, 0700) != 0 && errno != EEXIST) {
        return stateFolderError(workspace, QStringLiteral("cannot make the folder .patchpanel"));
    }
    FileDescriptor folder(openat(root.get(), stateFolder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.isOpen() && (errno == ELOOP || errno == ENOTDIR)) {
        return Error{ErrorCode::UnsafePath, QStringLiteral(".patchpanel is not a folder of its own"),
                     QStringLiteral("remove it; PatchPanel makes its own"), workspace};
    }
    if (!folder.isOpen()) {
        return stateFolderError(workspace, QStringLiteral("cannot open the folder .patchpanel"));
    }
    return folder;
}

} // namespace PatchPanel::Storage
