#include "services/common/clock.h"
#include "services/common/json.h"
#include "services/storage/filedescriptor.h"
#include "services/storage/gitexclude.h"
#include "services/storage/lock.h"
#include "services/storage/statefolder.h"

#include <QDeadlineTimer>

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>

namespace PatchPanel::Storage {

namespace {

constexpr const char *lockFile = "lock";
constexpr int longestHolderText = 4096;
constexpr int openAttempts = 10;
constexpr std::chrono::seconds upkeepPatience{5};
constexpr std::chrono::milliseconds upkeepPoll{10};
constexpr std::chrono::minutes exclusionInterval{1};
const QString upkeepKey = QStringLiteral("upkeep");

Error unsafe(const QString &workspace, const QString &what)
{
    return Error{ErrorCode::UnsafePath, what, QStringLiteral("remove it; PatchPanel makes its own"), workspace};
}

// A file with further names could be one that matters elsewhere, and the holder's text is written into it.
Result<FileDescriptor> openLockFile(const FileDescriptor &folder, const QString &workspace)
{
    FileDescriptor file(openat(folder.get(), lockFile, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    if (!file.isOpen() && errno != ELOOP && errno != ENXIO) {
        return stateFolderError(workspace, QStringLiteral("cannot open .patchpanel/lock"));
    }
    struct stat status { };
    const bool usable = file.isOpen() && fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
    if (!usable || status.st_nlink > 1) {
        return unsafe(workspace, QStringLiteral(".patchpanel/lock is not a file of its own"));
    }
    return file;
}

// False when another file took the name between opening and locking: then the lock excludes nobody.
bool isStillTheLockFile(const FileDescriptor &folder, const FileDescriptor &file)
{
    struct stat held { };
    struct stat named { };
    return fstat(file.get(), &held) == 0 && fstatat(folder.get(), lockFile, &named, AT_SYMLINK_NOFOLLOW) == 0
        && held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

void writeHolder(const FileDescriptor &file, const QString &holder, LockUse use)
{
    const QByteArray text = compactJson({{QStringLiteral("holder"), holder},
                                         {QStringLiteral("pid"), static_cast<qint64>(getpid())},
                                         {QStringLiteral("since"), isoTime(wallClockMs())},
                                         {upkeepKey, use == LockUse::Upkeep}})
        + '\n';
    // A disk that is full does not take the lock away: the text is empty then.
    [[maybe_unused]] const int emptied = ftruncate(file.get(), 0);
    [[maybe_unused]] const auto written = pwrite(file.get(), text.constData(), static_cast<size_t>(text.size()), 0);
}

// Empty for a moment after the lock was taken, and where the disk is full.
QByteArray holderText(const FileDescriptor &file)
{
    QByteArray text(longestHolderText, '\0');
    text.resize(std::max<qsizetype>(0, pread(file.get(), text.data(), static_cast<size_t>(text.size()), 0)));
    return text;
}

QJsonObject holderIn(const QByteArray &text)
{
    const Result<QJsonObject> parsed = parseJsonObject(text);
    return parsed ? *parsed : QJsonObject();
}

// False when somebody else holds it, with EWOULDBLOCK, or when it cannot be locked.
bool lockFor(LockUse use, const FileDescriptor &file)
{
    QDeadlineTimer patience(use == LockUse::Run ? upkeepPatience : std::chrono::seconds(0));
    while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        const QByteArray holder = holderText(file);
        const bool isShort = holder.isEmpty() || holderIn(holder)[upkeepKey].toBool();
        if (reason != EWOULDBLOCK || !isShort || patience.hasExpired()) {
            errno = reason;
            return false;
        }
        std::this_thread::sleep_for(upkeepPoll);
    }
    return true;
}

Error busy(const FileDescriptor &file, const QString &workspace)
{
    const QJsonObject details = holderIn(holderText(file));
    const QString holder = details[QStringLiteral("holder")].toString().simplified();
    QString who = QStringLiteral("another run");
    if (!holder.isEmpty()) {
        who = QStringLiteral("%1 (process %2, since %3)")
                  .arg(holder)
                  .arg(details[QStringLiteral("pid")].toInteger())
                  .arg(details[QStringLiteral("since")].toString().simplified());
    }
    return Error{ErrorCode::Busy, QStringLiteral("the workspace is in use by %1").arg(who),
                 QStringLiteral("wait until it ends, or cancel it"), workspace, details};
}

class LocalHold : public LockHold {
public:
    explicit LocalHold(FileDescriptor file)
        : m_file(std::move(file))
    {
    }
    // Unlocks by name: a child between fork and exec still shares the descriptor, so closing alone would not release.
    ~LocalHold() override
    {
        [[maybe_unused]] const int emptied = ftruncate(m_file.get(), 0);
        flock(m_file.get(), LOCK_UN);
    }

private:
    FileDescriptor m_file;
};

} // namespace

// Somebody may make the repository anew, but not for every run.
void LocalLock::keepFromGit(const QString &workspace)
{
    const std::scoped_lock lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    const auto known = m_excluded.find(workspace);
    if (known == m_excluded.end() || now - known->second > exclusionInterval) {
        excludeFromGit(workspace, ".patchpanel/");
        m_excluded[workspace] = now;
    }
}

Result<std::unique_ptr<LockHold>> LocalLock::acquire(const QString &workspace, const QString &holder, LockUse use)
{
    for (int attempt = 0; attempt < openAttempts; ++attempt) {
        const Result<FileDescriptor> folder = openStateFolder(workspace);
        if (!folder) {
            return folder.error();
        }
        Result<FileDescriptor> file = openLockFile(*folder, workspace);
        if (!file) {
            return file.error();
        }
        if (!lockFor(use, *file)) {
            return errno == EWOULDBLOCK ? busy(*file, workspace)
                                        : stateFolderError(workspace, QStringLiteral("cannot lock .patchpanel/lock"));
        }
        if (!isStillTheLockFile(*folder, *file)) {
            continue;
        }
        writeHolder(*file, holder, use);
        keepFromGit(workspace);
        return std::unique_ptr<LockHold>(std::make_unique<LocalHold>(std::move(file).value()));
    }
    return Error{ErrorCode::Busy, QStringLiteral("the lock file is replaced all the time"),
                 QStringLiteral("find out which program changes .patchpanel"), workspace};
}

} // namespace PatchPanel::Storage
