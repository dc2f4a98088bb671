#include "services/patch/staging.h"

#include "services/common/ids.h"
#include "services/patch/descriptor.h"
#include "services/patch/openbeneath.h"

#include <QList>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

Error stageError(const QString &path)
{
    return {
        ErrorCode::Io,
        QStringLiteral("The new %1 could not be written: %2.").arg(path, QString::fromLocal8Bit(std::strerror(errno))),
        QStringLiteral("The workspace is as it was before. Check space and permissions."), path};
}

bool writeAll(int fd, const QByteArray &bytes)
{
    for (qsizetype done = 0; done < bytes.size();) {
        const ssize_t written = ::write(fd, bytes.constData() + done, static_cast<size_t>(bytes.size() - done));
        if (written < 0 && errno != EINTR) {
            return false;
        }
        done += std::max<ssize_t>(written, 0);
    }
    return true;
}

// Access lists are extended attributes too. What may not be copied (security labels, another owner as a normal user)
// is left as the system gives it to a new file.
void takeOver(int from, int to)
{
    struct stat info = {};
    if (::fstat(from, &info) == 0) {
        [[maybe_unused]] const int owned = ::fchown(to, info.st_uid, info.st_gid);
    }
    QByteArray names(65536, Qt::Uninitialized);
    const ssize_t size = ::flistxattr(from, names.data(), static_cast<size_t>(names.size()));
    for (const char *name = names.constData(); name < names.constData() + size; name += std::strlen(name) + 1) {
        QByteArray value(65536, Qt::Uninitialized);
        const ssize_t length = ::fgetxattr(from, name, value.data(), static_cast<size_t>(value.size()));
        if (length >= 0) {
            ::fsetxattr(to, name, value.constData(), static_cast<size_t>(length), 0);
        }
    }
}

bool writeSlot(const WorkspaceRoot &root, const StagedContents &contents, int slotFolder, const QByteArray &name)
{
    const FileState &state = *contents.state;
    if (state.symlink) {
        return ::symlinkat(state.contents.bytes().constData(), slotFolder, name.constData()) == 0;
    }
    const Descriptor file(
        ::openat(slotFolder, name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.isOpen() || !writeAll(file.get(), state.contents.bytes())) {
        return false;
    }
    if (!contents.likeness.isEmpty()) {
        const Descriptor model(
            openBeneath(root.descriptor(), contents.likeness.toUtf8(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
        if (model.isOpen()) {
            takeOver(model.get(), file.get());
        }
    }
    return ::fchmod(file.get(), static_cast<mode_t>(state.mode)) == 0;
}

std::optional<Identity> identityOfSlot(int slotFolder, const QByteArray &name, const FileState &state)
{
    struct stat info = {};
    if (::fstatat(slotFolder, name.constData(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return std::nullopt;
    }
    FileState onDisk = state;
    onDisk.inode = info.st_ino;
    onDisk.mtimeNs = qint64(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
    return identityOf(onDisk);
}

} // namespace

Result<void> stage(const WorkspaceRoot &root, TxDraft &draft, int slotFolder)
{
    for (qsizetype i = 0; i < draft.contents.size(); ++i) {
        const StagedContents &contents = draft.contents[i];
        TxAction &action = draft.plan.actions[i];
        if (!contents.state) {
            continue;
        }
        const QByteArray name = QByteArray::number(action.slot);
        if (!writeSlot(root, contents, slotFolder, name)) {
            return stageError(action.path);
        }
        action.after = identityOfSlot(slotFolder, name, *contents.state);
        action.now = action.after;
        if (!action.after) {
            return stageError(action.path);
        }
    }
    return ::syncfs(slotFolder) == 0 ? Result<void>{} : stageError(QStringLiteral("files"));
}

} // namespace PatchPanel::Patch
