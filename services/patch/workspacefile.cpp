#include "services/patch/workspacefile.h"

#include "services/patch/openbeneath.h"

#include <QScopeGuard>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
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

Result<QByteArray> readAll(int fd, qint64 expectedSize, const QString &path)
{
    QByteArray bytes(expectedSize, Qt::Uninitialized);
    qsizetype filled = 0;
    for (;;) {
        if (filled == bytes.size()) {
            bytes.resize(bytes.size() + 4096);
        }
        const ssize_t got = ::read(fd, bytes.data() + filled, static_cast<size_t>(bytes.size() - filled));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return Error{ErrorCode::Io, QStringLiteral("%1 could not be read: %2.").arg(path, reason(errno)), {}, path};
        }
        if (got == 0) {
            bytes.resize(filled);
            return bytes;
        }
        filled += got;
    }
}

FileState stateFrom(const struct stat &info, QByteArray contents, bool symlink)
{
    FileState state;
    state.mode = symlink ? 0777 : static_cast<int>(info.st_mode & permissionBits);
    state.symlink = symlink;
    state.inode = info.st_ino;
    state.mtimeNs = qint64(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
    state.contents = Blob(std::move(contents));
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
    return stateFrom(info, target, true);
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

struct DirCloser {
    void operator()(DIR *dir) const { ::closedir(dir); }
};

Result<QString> decodedName(const char *name, const QString &folder)
{
    const QByteArrayView bytes(name);
    if (!bytes.isValidUtf8()) {
        return Error{ErrorCode::Io, QStringLiteral("A file name in the folder %1 is not valid UTF-8.").arg(folder),
                     QStringLiteral("Rename the file."), folder};
    }
    return QString::fromUtf8(bytes);
}

QString joined(const QString &folder, const QString &name)
{
    return folder.isEmpty() ? name : folder + u'/' + name;
}

} // namespace

Result<WorkspaceRoot> WorkspaceRoot::open(const QString &path)
{
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

Result<std::optional<FileState>> WorkspaceRoot::read(const QString &path) const
{
    const QByteArray name = nameForKernel(path);
    const int place = openBeneath(m_fd, name, O_PATH | O_NOFOLLOW);
    if (place < 0) {
        return meansNothingThere(-place) ? Result<std::optional<FileState>>(std::nullopt) : openError(-place, path);
    }
    const auto closePlace = qScopeGuard([place] { ::close(place); });
    struct stat placeInfo = {};
    if (::fstat(place, &placeInfo) != 0) {
        return openError(errno, path);
    }
    const EntryKind kind = kindOfMode(placeInfo.st_mode);
    if (kind == EntryKind::Symlink) {
        Result<FileState> link = readSymlink(place, placeInfo, path);
        return link ? Result<std::optional<FileState>>(std::move(*link)) : link.error();
    }
    if (kind != EntryKind::File) {
        return notAFile(kind, path);
    }

    // Only now, knowing that it is no device, open it for reading; make sure that it is still the same file.
    const int fd = openBeneath(m_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return openError(-fd, path);
    }
    const auto closeFile = qScopeGuard([fd] { ::close(fd); });
    struct stat info = {};
    if (::fstat(fd, &info) != 0 || info.st_ino != placeInfo.st_ino || info.st_dev != placeInfo.st_dev) {
        return Error{ErrorCode::Io, QStringLiteral("%1 was replaced while it was read.").arg(path),
                     QStringLiteral("Run again when nothing else writes to the workspace."), path};
    }
    Result<QByteArray> contents = readAll(fd, info.st_size, path);
    if (!contents) {
        return contents.error();
    }
    return std::optional<FileState>(stateFrom(info, std::move(*contents), false));
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
    const std::unique_ptr<DIR, DirCloser> folder(::fdopendir(fd));
    if (!folder) {
        const int error = errno;
        ::close(fd);
        return openError(error, path);
    }
    QList<QString> names;
    while (const dirent *entry = ::readdir(folder.get())) {
        if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        Result<QString> name = decodedName(entry->d_name, path);
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
    if (::mkdirat(*above, name.constData(), 0777) == 0) {
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
