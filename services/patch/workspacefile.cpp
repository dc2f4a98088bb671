#include "services/patch/workspacefile.h"

#include "services/common/utf8.h"
#include "services/patch/bytearena.h"
#include "services/patch/descriptor.h"
#include "services/patch/directory.h"
#include "services/patch/diskcalls.h"
#include "services/patch/identity.h"
#include "services/patch/openbeneath.h"

#include <QDir>
#include <QScopeGuard>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utility>

namespace PatchPanel::Patch {

namespace {

constexpr int permissionBits = 07777;

QString reason(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

Error openError(int error, const QString &path)
{
    if (error == ELOOP || error == EXDEV) {
        return {ErrorCode::UnsafePath,
                QStringLiteral("The way to %1 leads through a symbolic link or out of the workspace.").arg(path),
                QStringLiteral("Name the file by its real place inside the workspace."), path};
    }
    return {ErrorCode::Io, QStringLiteral("%1 could not be opened: %2.").arg(path, reason(error)), {}, path};
}

bool meansNothingThere(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

QByteArray nameForKernel(const QString &path)
{
    return path.isEmpty() ? QByteArray(".") : path.toUtf8();
}

WorkspaceRoot::EntryKind kindOfMode(mode_t mode)
{
    using enum WorkspaceRoot::EntryKind;
    switch (mode & S_IFMT) {
    case S_IFREG:
        return File;
    case S_IFLNK:
        return Symlink;
    case S_IFDIR:
        return Directory;
    default:
        return Other;
    }
}

// The whole file, whose size may be another one by now: read until nothing more comes.
Result<Blob> readAll(int fd, qint64 expectedSize, const QString &path, ByteArena *arena)
{
    auto capacity = static_cast<size_t>(expectedSize) + 1; // one more: the end shows in the first read
    ByteArena::Room room = allocateBytes(arena, capacity);
    size_t filled = 0;
    for (;;) {
        if (filled == capacity) {
            const ByteArena::Room larger = allocateBytes(arena, capacity * 2);
            std::memcpy(larger.data, room.data, filled);
            room = larger;
            capacity *= 2;
        }
        const ssize_t got = ::read(fd, room.data + filled, capacity - filled);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return Error{ErrorCode::Io, QStringLiteral("%1 could not be read: %2.").arg(path, reason(errno)), {}, path};
        }
        filled += static_cast<size_t>(got);
        // Asked for one byte more, a regular file gave all it was said to have: that is its end.
        if (got == 0 || (filled == static_cast<size_t>(expectedSize) && filled < capacity)) {
            return Blob(QByteArrayView(room.data, static_cast<qsizetype>(filled)), room.owner);
        }
    }
}

FileState stateFrom(const struct stat &info, Blob contents, bool symlink)
{
    FileState state;
    state.mode = symlink ? 0777 : static_cast<int>(info.st_mode & permissionBits);
    state.symlink = symlink;
    state.inode = info.st_ino;
    state.mtimeNs = nanoseconds(info.st_mtim);
    state.ctimeNs = nanoseconds(info.st_ctim);
    state.owner = info.st_uid;
    state.group = info.st_gid;
    state.contents = std::move(contents);
    return state;
}

Result<FileState> readSymlink(int fd, const struct stat &info, const QString &path)
{
    QByteArray target(PATH_MAX, Qt::Uninitialized);
    const ssize_t length = ::readlinkat(fd, "", target.data(), static_cast<size_t>(target.size()));
    if (length < 0) {
        return openError(errno, path);
    }
    target.resize(length);
    return stateFrom(info, Blob(target), true);
}

Error notAFile(WorkspaceRoot::EntryKind kind, const QString &path)
{
    if (kind == WorkspaceRoot::EntryKind::Directory) {
        return {ErrorCode::DoesNotApply, QStringLiteral("%1 is a folder, a file was expected.").arg(path), {}, path};
    }
    return {ErrorCode::UnsafePath,
            QStringLiteral("%1 is a device, a pipe or a socket; only regular files can be changed.").arg(path),
            {},
            path};
}

Result<QString> decodedName(const QByteArray &bytes, const QString &folder)
{
    if (!bytes.isValidUtf8()) {
        return Error{ErrorCode::Io, QStringLiteral("A file name in the folder %1 is not valid UTF-8.").arg(folder),
                     QStringLiteral("Rename the file."), folder};
    }
    return textFromUtf8(bytes);
}

QString joined(const QString &folder, const QString &name)
{
    return folder.isEmpty() ? name : folder + u'/' + name;
}

} // namespace

// Most callers have the canonical path already: one call tells.
Result<WorkspaceRoot> WorkspaceRoot::open(const QString &path)
{
    if (path.startsWith(u'/') && QDir::cleanPath(path) == path) {
        if (const int folder = openFolderWithoutLinks(path.toUtf8()); folder >= 0) {
            return WorkspaceRoot(folder, path);
        }
    }
    const std::unique_ptr<char, decltype(&std::free)> canonical(::realpath(path.toUtf8().constData(), nullptr),
                                                                &std::free);
    const int fd = canonical ? ::open(canonical.get(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0) {
        const int error = errno;
        return Error{meansNothingThere(error) ? ErrorCode::NotFound : ErrorCode::Io,
                     QStringLiteral("The workspace %1 could not be opened: %2.").arg(path, reason(error)),
                     QStringLiteral("Name an existing folder."), path};
    }
    return WorkspaceRoot(fd, QString::fromUtf8(canonical.get()));
}

WorkspaceRoot::WorkspaceRoot(int fd, QString path)
    : m_fd(fd)
    , m_path(std::move(path))
{
}

WorkspaceRoot::WorkspaceRoot(WorkspaceRoot &&other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
    , m_path(std::move(other.m_path))
{
}

WorkspaceRoot &WorkspaceRoot::operator=(WorkspaceRoot &&other) noexcept
{
    std::swap(m_fd, other.m_fd);
    std::swap(m_path, other.m_path);
    return *this;
}

WorkspaceRoot::~WorkspaceRoot()
{
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

Result<std::optional<FileState>> WorkspaceRoot::read(const QString &path, ByteArena *arena) const
{
    // O_NONBLOCK: a pipe without a writer opens at once; what is no regular file is closed again unread.
    const QByteArray name = nameForKernel(path);
    const Descriptor file(openBeneath(m_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (!file.isOpen()) {
        const int error = -file.get();
        if (meansNothingThere(error)) {
            return std::optional<FileState>();
        }
        return error == ELOOP || error == ENXIO ? readSpecial(name, path) : openError(error, path);
    }
    struct stat info = {};
    if (::fstat(file.get(), &info) != 0) {
        return openError(errno, path);
    }
    if (kindOfMode(info.st_mode) != EntryKind::File) {
        return notAFile(kindOfMode(info.st_mode), path);
    }
    Result<Blob> contents = readAll(file.get(), info.st_size, path, arena);
    if (!contents) {
        return contents.error();
    }
    FileState state = stateFrom(info, *std::move(contents), false);
    state.hasAttributes = ::flistxattr(file.get(), nullptr, 0) > 0;
    return std::optional<FileState>(std::move(state));
}

// What cannot be opened to be read: a symbolic link, as the last part or on the way, or a socket.
Result<std::optional<FileState>> WorkspaceRoot::readSpecial(const QByteArray &name, const QString &path) const
{
    const Descriptor place(openBeneath(m_fd, name, O_PATH | O_NOFOLLOW));
    struct stat info = {};
    if (!place.isOpen() || ::fstat(place.get(), &info) != 0) {
        return openError(place.isOpen() ? errno : -place.get(), path);
    }
    const EntryKind kind = kindOfMode(info.st_mode);
    if (kind == EntryKind::Symlink) {
        Result<FileState> link = readSymlink(place.get(), info, path);
        return link ? Result<std::optional<FileState>>(std::move(*link)) : link.error();
    }
    if (kind != EntryKind::File) {
        return notAFile(kind, path);
    }
    return Error{ErrorCode::Io, QStringLiteral("%1 was replaced while it was read.").arg(path),
                 QStringLiteral("Run again when nothing else writes to the workspace."), path};
}

Result<WorkspaceRoot::EntryKind> WorkspaceRoot::kindOf(const QString &path) const
{
    const int place = openBeneath(m_fd, nameForKernel(path), O_PATH | O_NOFOLLOW);
    if (place < 0) {
        return meansNothingThere(-place) ? Result<EntryKind>(EntryKind::Absent) : openError(-place, path);
    }
    const auto closePlace = qScopeGuard([place] { ::close(place); });
    struct stat info = {};
    if (::fstat(place, &info) != 0) {
        return openError(errno, path);
    }
    return kindOfMode(info.st_mode);
}

Result<QList<QString>> WorkspaceRoot::namesIn(const QString &path) const
{
    const int fd = openBeneath(m_fd, nameForKernel(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (fd < 0) {
        return meansNothingThere(-fd) ? Result<QList<QString>>(QList<QString>{}) : openError(-fd, path);
    }
    Directory folder(fd);
    if (!folder.isOpen()) {
        return openError(errno, path);
    }
    QList<QString> names;
    while (const std::optional<QByteArray> bytes = folder.next()) {
        Result<QString> name = decodedName(*bytes, path);
        if (!name) {
            return name.error();
        }
        names.append(std::move(*name));
    }
    return names;
}

Result<QList<QString>> WorkspaceRoot::filesBeneath(const QString &path) const
{
    QList<QString> files;
    const Result<EntryKind> top = kindOf(path);
    if (!top) {
        return top.error();
    }
    QList<QString> folders = *top == EntryKind::Directory ? QList<QString>{path} : QList<QString>{};
    while (!folders.isEmpty()) {
        const QString folder = folders.takeLast();
        const Result<QList<QString>> names = namesIn(folder);
        if (!names) {
            return names.error();
        }
        for (const QString &name : *names) {
            const QString child = joined(folder, name);
            const Result<EntryKind> kind = kindOf(child);
            if (!kind) {
                return kind.error();
            }
            if (*kind == EntryKind::Directory) {
                folders.append(child);
            } else if (*kind == EntryKind::Other) {
                return notAFile(*kind, child);
            } else if (*kind != EntryKind::Absent) {
                files.append(child);
            }
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

Result<int> WorkspaceRoot::openParent(const QString &path, MissingFolders missing, QList<QString> *made) const
{
    const QString parent = path.section(u'/', 0, -2);
    const int direct = openBeneath(m_fd, nameForKernel(parent), O_PATH | O_DIRECTORY);
    if (direct >= 0) {
        return direct;
    }
    if (direct == -ENOTDIR) {
        return Error{ErrorCode::DoesNotApply,
                     QStringLiteral("%1 cannot hold files: it, or a folder above it, is a file.").arg(parent),
                     {},
                     path};
    }
    if (direct != -ENOENT) {
        return openError(-direct, path);
    }
    if (missing == MissingFolders::Fail) {
        return Error{ErrorCode::NotFound, QStringLiteral("The folder %1 does not exist.").arg(parent), {}, path};
    }
    const Result<int> above = openParent(parent, missing, made);
    if (!above) {
        return above;
    }
    const auto closeAbove = qScopeGuard([fd = *above] { ::close(fd); });
    const QByteArray name = parent.section(u'/', -1).toUtf8();
    if (Disk::makeFolder(*above, name, 0777) == 0) {
        if (made) {
            made->append(parent);
        }
    } else if (errno != EEXIST) {
        return Error{
            ErrorCode::Io, QStringLiteral("The folder %1 could not be made: %2.").arg(parent, reason(errno)), {}, path};
    }
    const int fd = openBeneath(*above, name, O_PATH | O_DIRECTORY);
    return fd >= 0 ? Result<int>(fd) : openError(-fd, path);
}

} // namespace PatchPanel::Patch
