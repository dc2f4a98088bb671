#include "services/patch/treecopy.h"

#include "services/common/parallel.h"
#include "services/patch/descriptor.h"
#include "services/patch/directory.h"
#include "services/patch/diskcalls.h"

#include <QFile>
#include <QList>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace PatchPanel::Patch {

namespace {

constexpr mode_t permissionBits = 07777;
constexpr qsizetype copyBuffer = 256 * 1024;
constexpr size_t mostAtOnce = size_t(1) << 30;

std::array<timespec, 2> timesOf(const struct stat &info)
{
    return {info.st_atim, info.st_mtim};
}

// By reading and writing, from where both files stand.
bool copyThroughBuffer(int from, int to)
{
    QByteArray buffer(copyBuffer, Qt::Uninitialized);
    while (true) {
        const ssize_t got = ::read(from, buffer.data(), static_cast<size_t>(buffer.size()));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0;
        }
        if (!Disk::writeAll(to, QByteArrayView(buffer).first(got))) {
            return false;
        }
    }
}

// Inside the kernel, where it can; some filesystems refuse that from the start.
bool copyBytes(int from, int to)
{
    while (true) {
        const ssize_t copied = ::copy_file_range(from, nullptr, to, nullptr, mostAtOnce, 0);
        if (copied == 0) {
            // also what files that have no size until they are read give: procfs(5)
            return copyThroughBuffer(from, to);
        }
        if (copied < 0 && errno != EINTR) {
            const bool refused = errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS
                || errno == EPERM || errno == EBADF;
            return refused && copyThroughBuffer(from, to);
        }
    }
}

// The walk, a level of folders after the other; the entries of a level are copied in parallel.
class Copier {
public:
    Copier(int source, int target, const std::stop_token &stop)
        : m_source(source)
        , m_target(target)
        , m_stop(stop)
    {
    }

    Result<TreeCopy> run();

private:
    struct Entry {
        QByteArray path = {};
        struct stat info = {};
    };
    struct Counts {
        std::atomic<qsizetype> files = 0;
        std::atomic<qint64> bytes = 0;
        std::atomic<qsizetype> cloned = 0;
        std::atomic<qsizetype> skipped = 0;
    };

    bool list(const QByteArray &folder, QList<Entry> &entries) const;
    int copy(const Entry &entry); // 0, or an errno
    bool copyFile(const Entry &entry);
    bool copyLink(const Entry &entry);
    Result<void> copyLevel(const QList<QByteArray> &level);
    Result<void> dressFolders();
    static Error problem(int error, const QByteArray &path);

    int m_source;
    int m_target;
    const std::stop_token &m_stop;
    QList<Entry> m_folders; // outermost first
    Counts m_counts;
};

Error Copier::problem(int error, const QByteArray &path)
{
    if (error == ECANCELED) {
        return Error{ErrorCode::Cancelled, QStringLiteral("Cancelled while the workspace was copied.")};
    }
    return Error{ErrorCode::Io,
                 QStringLiteral("The workspace could not be copied: %1: %2.")
                     .arg(QFile::decodeName(path), QString::fromLocal8Bit(std::strerror(error))),
                 QStringLiteral("Make it readable, or make space; or run with --validate-in=place."),
                 QFile::decodeName(path)};
}

bool Copier::list(const QByteArray &folder, QList<Entry> &entries) const
{
    const QByteArray name = folder.isEmpty() ? QByteArrayLiteral(".") : folder;
    Directory directory(::openat(m_source, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory.isOpen()) {
        return errno == ENOENT; // it is gone by now
    }
    while (const std::optional<QByteArray> child = directory.next()) {
        if (folder.isEmpty() && *child == ".patchpanel") {
            continue;
        }
        Entry entry{folder.isEmpty() ? *child : folder + '/' + *child};
        if (::fstatat(directory.descriptor(), child->constData(), &entry.info, AT_SYMLINK_NOFOLLOW) == 0) {
            entries.append(entry);
        } else if (errno != ENOENT) {
            return false;
        }
    }
    return true;
}

bool Copier::copyFile(const Entry &entry)
{
    // without O_NONBLOCK a pipe that has taken the place of the file would hold the run
    const Descriptor from(::openat(m_source, entry.path.constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!from.isOpen()) {
        return errno == ENOENT;
    }
    const Descriptor to(
        ::openat(m_target, entry.path.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!to.isOpen()) {
        return false;
    }
    if (::ioctl(to.get(), FICLONE, from.get()) == 0) {
        ++m_counts.cloned;
    } else if (!copyBytes(from.get(), to.get())) {
        return false;
    }
    ++m_counts.files;
    m_counts.bytes += entry.info.st_size;
    return ::fchmod(to.get(), entry.info.st_mode & permissionBits) == 0
        && ::futimens(to.get(), timesOf(entry.info).data()) == 0;
}

bool Copier::copyLink(const Entry &entry)
{
    QByteArray text(PATH_MAX, '\0');
    const ssize_t length =
        ::readlinkat(m_source, entry.path.constData(), text.data(), static_cast<size_t>(text.size() - 1));
    if (length < 0) {
        return errno == ENOENT;
    }
    text.truncate(length);
    ++m_counts.files;
    return ::symlinkat(text.constData(), m_target, entry.path.constData()) == 0
        && ::utimensat(m_target, entry.path.constData(), timesOf(entry.info).data(), AT_SYMLINK_NOFOLLOW) == 0;
}

int Copier::copy(const Entry &entry)
{
    if (m_stop.stop_requested()) {
        return ECANCELED;
    }
    if (S_ISDIR(entry.info.st_mode)) {
        return ::mkdirat(m_target, entry.path.constData(), 0700) == 0 ? 0 : errno;
    }
    if (S_ISREG(entry.info.st_mode)) {
        return copyFile(entry) ? 0 : errno;
    }
    if (S_ISLNK(entry.info.st_mode)) {
        return copyLink(entry) ? 0 : errno;
    }
    ++m_counts.skipped;
    return 0;
}

Result<void> Copier::copyLevel(const QList<QByteArray> &level)
{
    QList<Entry> entries;
    for (const QByteArray &folder : level) {
        if (!list(folder, entries)) {
            return problem(errno, folder);
        }
    }
    std::vector<int> errors(static_cast<size_t>(entries.size()));
    forEachInParallel(entries.size(),
                      [&](qsizetype i, qsizetype) { errors[static_cast<size_t>(i)] = copy(entries.at(i)); });
    for (qsizetype i = 0; i < entries.size(); ++i) {
        if (const int error = errors[static_cast<size_t>(i)]; error != 0) {
            return problem(error, entries.at(i).path);
        }
        if (S_ISDIR(entries.at(i).info.st_mode)) {
            m_folders.append(entries.at(i));
        }
    }
    return {};
}

// When nothing more is put into them: a folder may be read-only, and has its time of change from its entries.
Result<void> Copier::dressFolders()
{
    for (auto folder = m_folders.crbegin(); folder != m_folders.crend(); ++folder) {
        const char *path = folder->path.constData();
        if (::fchmodat(m_target, path, folder->info.st_mode & permissionBits, 0) != 0
            || ::utimensat(m_target, path, timesOf(folder->info).data(), AT_SYMLINK_NOFOLLOW) != 0) {
            return problem(errno, folder->path);
        }
    }
    return {};
}

Result<TreeCopy> Copier::run()
{
    QList<QByteArray> level{QByteArray()};
    while (!level.isEmpty()) {
        const qsizetype known = m_folders.size();
        if (Result<void> copied = copyLevel(level); !copied) {
            return copied.error();
        }
        level.clear();
        for (qsizetype i = known; i < m_folders.size(); ++i) {
            level.append(m_folders.at(i).path);
        }
    }
    if (Result<void> dressed = dressFolders(); !dressed) {
        return dressed.error();
    }
    return TreeCopy{m_counts.files, m_counts.bytes, m_counts.cloned, m_counts.skipped};
}

} // namespace

Result<TreeCopy> copyTree(const WorkspaceRoot &root, int target, const std::stop_token &stop)
{
    return Copier(root.descriptor(), target, stop).run();
}

} // namespace PatchPanel::Patch
