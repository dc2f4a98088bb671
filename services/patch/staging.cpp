#include "services/patch/staging.h"

#include "services/common/parallel.h"
#include "services/patch/descriptor.h"
#include "services/patch/openbeneath.h"

#include <QList>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <vector>

namespace PatchPanel::Patch {

namespace {

Error stageError(int error, const QString &path)
{
    return {
        ErrorCode::Io,
        QStringLiteral("The new %1 could not be written: %2.").arg(path, QString::fromLocal8Bit(std::strerror(error))),
        QStringLiteral("The workspace is as it was before. Check space and permissions."), path};
}

bool writeAll(int fd, QByteArrayView bytes)
{
    for (qsizetype done = 0; done < bytes.size();) {
        const ssize_t written = ::write(fd, bytes.data() + done, static_cast<size_t>(bytes.size() - done));
        if (written < 0 && errno != EINTR) {
            return false;
        }
        done += std::max<ssize_t>(written, 0);
    }
    return true;
}

// Access lists are extended attributes too. What may not be copied (security labels) is left as the system gives it to
// a new file.
void takeOverAttributes(int from, int to)
{
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

// Owner, attributes and mode of the new file, in the order in which none undoes another. Another owner's file is the
// user's own afterwards when the user may not give it away. False, with errno, when the mode cannot be set.
bool dress(const WorkspaceRoot &root, const StagedContents &contents, int file, const struct stat &info)
{
    const bool moves = !contents.likeness.isEmpty() && (info.st_uid != contents.owner || info.st_gid != contents.group);
    if (moves) {
        [[maybe_unused]] const int owned = ::fchown(file, contents.owner, contents.group);
    }
    if (contents.takesAttributes) {
        const Descriptor model(
            openBeneath(root.descriptor(), contents.likeness.toUtf8(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
        if (model.isOpen()) {
            takeOverAttributes(model.get(), file);
        }
    }
    const auto mode = static_cast<mode_t>(contents.state->mode);
    const bool hasMode = !moves && !contents.takesAttributes && (info.st_mode & 07777) == mode;
    return hasMode || ::fchmod(file, mode) == 0;
}

// The identity of the new file in its slot; nothing, with errno, when it could not be written.
std::optional<Identity> writeSlot(const WorkspaceRoot &root, const StagedContents &contents, int slotFolder,
                                  const QByteArray &name)
{
    const FileState &state = *contents.state;
    const QByteArrayView bytes = state.contents.bytes();
    struct stat info = {};
    if (state.symlink) {
        const QByteArray target = bytes.toByteArray(); // ends in a NUL
        if (::symlinkat(target.constData(), slotFolder, name.constData()) != 0
            || ::fstatat(slotFolder, name.constData(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
            return std::nullopt;
        }
    } else {
        const Descriptor file(::openat(slotFolder, name.constData(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                       static_cast<mode_t>(state.mode)));
        if (!file.isOpen() || !writeAll(file.get(), bytes) || ::fstat(file.get(), &info) != 0
            || !dress(root, contents, file.get(), info)) {
            return std::nullopt;
        }
    }
    Identity identity = identityOf(state);
    identity.inode = info.st_ino;
    identity.mtimeNs = nanoseconds(info.st_mtim);
    return identity;
}

} // namespace

Result<void> stage(const WorkspaceRoot &root, TxDraft &draft, int slotFolder, Durability durability)
{
    std::vector<int> errors(static_cast<size_t>(draft.contents.size()));
    TxAction *const actions = draft.plan.actions.data();
    forEachInParallel(draft.contents.size(), [&](qsizetype i, qsizetype) {
        const StagedContents &contents = std::as_const(draft.contents)[i];
        TxAction &action = actions[i];
        if (!contents.state) {
            return;
        }
        action.after = writeSlot(root, contents, slotFolder, QByteArray::number(action.slot));
        action.now = action.after;
        errors[static_cast<size_t>(i)] = action.after ? 0 : errno;
    });
    for (size_t i = 0; i < errors.size(); ++i) {
        if (errors[i] != 0) {
            return stageError(errors[i], actions[i].path);
        }
    }
    const bool synced = durability == Durability::Process || ::syncfs(slotFolder) == 0;
    return synced ? Result<void>{} : stageError(errno, QStringLiteral("files"));
}

} // namespace PatchPanel::Patch
