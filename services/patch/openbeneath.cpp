#include "services/patch/openbeneath.h"

#include <QList>

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

// openat2 answers EAGAIN when a rename somewhere made it impossible to prove that the path stayed beneath the root.
constexpr int maxRetries = 64;

std::atomic<bool> kernelLacksOpenat2 = false;

int openPart(int folder, const QByteArray &name, int flags)
{
    const int fd = ::openat(folder, name.constData(), flags | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

// openat2(2), negative for its errno.
int openAsTold(int folder, const QByteArray &path, int flags, quint64 resolve)
{
    open_how how = {};
    how.flags = static_cast<quint64>(flags | O_CLOEXEC);
    how.resolve = resolve;
    for (int attempt = 0; attempt < maxRetries; ++attempt) {
        const long fd = ::syscall(SYS_openat2, folder, path.constData(), &how, sizeof how);
        if (fd >= 0) {
            return static_cast<int>(fd);
        }
        if (errno != EAGAIN && errno != EINTR) {
            return -errno;
        }
    }
    return -EAGAIN;
}

} // namespace

int openBeneathByKernel(int root, const QByteArray &path, int flags)
{
    return openAsTold(root, path, flags, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

int openFolderWithoutLinks(const QByteArray &path)
{
    return openAsTold(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

int openBeneathByWalk(int root, const QByteArray &path, int flags)
{
    if (path == ".") {
        return openPart(root, path, flags);
    }
    const QList<QByteArray> parts = path.split('/');
    int folder = root;
    int result = -ENOENT;
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const QByteArray &part = parts.at(i);
        const bool last = i + 1 == parts.size();
        if (part.isEmpty() || part == "." || part == "..") {
            result = -EXDEV;
        } else if (last) {
            result = openPart(folder, part, flags);
        } else {
            result = openPart(folder, part, O_PATH | O_DIRECTORY);
            if (result == -ENOTDIR) {
                // O_DIRECTORY says ENOTDIR for a symbolic link as well: tell the two apart as openat2 does.
                char target = 0;
                result = ::readlinkat(folder, part.constData(), &target, 1) >= 0 ? -ELOOP : -ENOTDIR;
            }
        }
        if (folder != root) {
            ::close(folder);
        }
        if (last || result < 0) {
            return result;
        }
        folder = result;
    }
    return result;
}

int openBeneath(int root, const QByteArray &path, int flags)
{
    if (!kernelLacksOpenat2.load(std::memory_order_relaxed)) {
        const int fd = openBeneathByKernel(root, path, flags);
        if (fd != -ENOSYS && fd != -EPERM) {
            return fd;
        }
        // Some container runtimes answer EPERM for system calls that they do not know.
        kernelLacksOpenat2.store(fd == -ENOSYS, std::memory_order_relaxed);
    }
    return openBeneathByWalk(root, path, flags);
}

} // namespace PatchPanel::Patch
