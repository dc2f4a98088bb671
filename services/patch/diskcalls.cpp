#include "services/patch/diskcalls.h"

#include "services/patch/directory.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace PatchPanel::Patch::Disk {

namespace {

Observer observer; // set before any thread makes a call

template <typename Make> auto observed(Call call, Make make) -> decltype(make())
{
    if (observer.before) {
        if (const int error = observer.before(call); error != 0) {
            errno = error;
            return -1;
        }
    }
    const auto result = make();
    if (observer.after) {
        const int error = errno;
        call.result = static_cast<long>(result);
        observer.after(call);
        errno = error;
    }
    return result;
}

} // namespace

void observe(const Observer &newObserver)
{
    observer = newObserver;
}

int makeFile(int folder, const QByteArray &name, int flags, mode_t mode)
{
    return observed(Call{.operation = Operation::MakeFile, .descriptor = folder, .name = name, .mode = mode},
                    [&] { return ::openat(folder, name.constData(), flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode); });
}

bool writeAll(int file, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = observed(Call{.operation = Operation::Write, .descriptor = file, .data = bytes}, [&] {
            return ::write(file, bytes.data(), static_cast<size_t>(bytes.size()));
        });
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes = bytes.sliced(std::max<ssize_t>(written, 0));
    }
    return true;
}

int truncate(int file, off_t size)
{
    return observed(Call{.operation = Operation::Truncate, .descriptor = file, .size = size},
                    [&] { return ::ftruncate(file, size); });
}

int changeOwner(int file, uid_t owner, gid_t group)
{
    return observed(Call{.operation = Operation::ChangeOwner, .descriptor = file},
                    [&] { return ::fchown(file, owner, group); });
}

int changeMode(int file, mode_t mode)
{
    return observed(Call{.operation = Operation::ChangeMode, .descriptor = file, .mode = mode},
                    [&] { return ::fchmod(file, mode); });
}

int setAttribute(int file, const char *name, QByteArrayView value)
{
    return observed(Call{.operation = Operation::SetAttribute, .descriptor = file, .name = name, .data = value},
                    [&] { return ::fsetxattr(file, name, value.data(), static_cast<size_t>(value.size()), 0); });
}

int makeSymlink(const QByteArray &target, int folder, const QByteArray &name)
{
    return observed(Call{.operation = Operation::MakeSymlink, .descriptor = folder, .name = name, .data = target},
                    [&] { return ::symlinkat(target.constData(), folder, name.constData()); });
}

int makeFolder(int folder, const QByteArray &name, mode_t mode)
{
    return observed(Call{.operation = Operation::MakeFolder, .descriptor = folder, .name = name, .mode = mode},
                    [&] { return ::mkdirat(folder, name.constData(), mode); });
}

int removeFile(int folder, const QByteArray &name)
{
    return observed(Call{.operation = Operation::RemoveFile, .descriptor = folder, .name = name},
                    [&] { return ::unlinkat(folder, name.constData(), 0); });
}

int removeFolder(int folder, const QByteArray &name)
{
    return observed(Call{.operation = Operation::RemoveFolder, .descriptor = folder, .name = name},
                    [&] { return ::unlinkat(folder, name.constData(), AT_REMOVEDIR); });
}

int rename(int folder, const QByteArray &name, int toFolder, const QByteArray &toName, unsigned int flags)
{
    return observed(Call{.operation = Operation::Rename,
                         .descriptor = folder,
                         .name = name,
                         .toDescriptor = toFolder,
                         .toName = toName,
                         .flags = flags},
                    [&] { return ::renameat2(folder, name.constData(), toFolder, toName.constData(), flags); });
}

int link(int folder, const QByteArray &name, int toFolder, const QByteArray &toName)
{
    return observed(Call{.operation = Operation::Link,
                         .descriptor = folder,
                         .name = name,
                         .toDescriptor = toFolder,
                         .toName = toName},
                    [&] { return ::linkat(folder, name.constData(), toFolder, toName.constData(), 0); });
}

int syncFile(int file)
{
    return observed(Call{.operation = Operation::SyncFile, .descriptor = file}, [&] { return ::fsync(file); });
}

int syncFilesystem(int file)
{
    return observed(Call{.operation = Operation::SyncFilesystem, .descriptor = file}, [&] { return ::syncfs(file); });
}

bool removeTree(int folder, const QByteArray &name)
{
    if (removeFile(folder, name) == 0 || errno == ENOENT) {
        return true;
    }
    Directory inside(::openat(folder, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!inside.isOpen()) {
        return false;
    }
    while (const std::optional<QByteArray> child = inside.next()) {
        if (!removeTree(inside.descriptor(), *child)) {
            return false;
        }
    }
    return removeFolder(folder, name) == 0;
}

} // namespace PatchPanel::Patch::Disk
