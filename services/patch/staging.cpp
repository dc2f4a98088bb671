#include "services/patch/staging.h"

#include "services/common/parallel.h"
#include "services/patch/descriptor.h"
#include "services/patch/diskcalls.h"
#include "services/patch/openbeneath.h"
#include "services/patch/takeover.h"

#include <QList>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
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

// Owner, attributes and mode of the new file, in the order in which none undoes another. False, with errno, when the
// mode cannot be set.
bool dress(const WorkspaceRoot &root, const StagedContents &contents, int file, const struct stat &info)
{
    const bool moves = !contents.likeness.isEmpty() && (info.st_uid != contents.owner || info.st_gid != contents.group);
    if (moves) {
        takeOverOwner(contents.owner, contents.group, file);
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
    return hasMode || Disk::changeMode(file, mode) == 0;
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
        if (Disk::makeSymlink(target, slotFolder, name) != 0
            || ::fstatat(slotFolder, name.constData(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
            return std::nullopt;
        }
    } else {
        const Descriptor file(Disk::makeFile(slotFolder, name, O_WRONLY | O_EXCL, static_cast<mode_t>(state.mode)));
        if (!file.isOpen() || !Disk::writeAll(file.get(), bytes) || ::fstat(file.get(), &info) != 0
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

Result<void> stage(const WorkspaceRoot &root, TxDraft &draft, int slotFolder, const std::stop_token &stop)
{
    std::vector<int> errors(static_cast<size_t>(draft.contents.size()));
    TxAction *const actions = draft.plan.actions.data();
    forEachInParallel(draft.contents.size(), [&](qsizetype i, qsizetype) {
        const StagedContents &contents = std::as_const(draft.contents)[i];
        TxAction &action = actions[i];
        if (!contents.state || stop.stop_requested()) {
            return;
        }
        action.after = writeSlot(root, contents, slotFolder, QByteArray::number(action.slot));
        action.now = action.after;
        errors[static_cast<size_t>(i)] = action.after ? 0 : errno;
    });
    if (stop.stop_requested()) {
        return Error{ErrorCode::Cancelled, QStringLiteral("Cancelled while the new files were prepared.")};
    }
    for (size_t i = 0; i < errors.size(); ++i) {
        if (errors[i] != 0) {
            return stageError(errors[i], actions[i].path);
        }
    }
    return {};
}

} // namespace PatchPanel::Patch
