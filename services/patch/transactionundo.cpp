#include "services/patch/atomicrename.h"
#include "services/patch/diskcalls.h"
#include "services/patch/statefolder.h"
#include "services/patch/transaction.h"
#include "services/patch/txfolders.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// The way back: everything that Transaction::rollback needs.
namespace PatchPanel::Patch {

namespace {

using MissingFolders = WorkspaceRoot::MissingFolders;

QString failureAt(const QString &path, int error)
{
    return QStringLiteral("%1 could not be put back: %2. The next run in this workspace tries it again.")
        .arg(path, QString::fromLocal8Bit(std::strerror(error)));
}

} // namespace

RollbackReport Transaction::rollback()
{
    RollbackReport report;
    m_stuck = true;
    if ((m_committed || m_journal.isTorn()) && !m_journal.append(JournalEvent::RollingBack)) {
        report.failures.append(QStringLiteral("The journal cannot be written, so nothing was taken back."));
        return report;
    }
    m_committed = false;
    bool foldersDone = false;
    for (auto it = m_plan.actions.crbegin(); it != m_plan.actions.crend(); ++it) {
        if (it->kind == ActionKind::Remove && !foldersDone) {
            undoFolders(report);
            foldersDone = true;
            if (!report.failures.isEmpty()) {
                return report; // a file is put back into its own folder, or not yet
            }
        }
        undoOne(*it, report);
    }
    if (!foldersDone) {
        undoFolders(report);
    }
    if (!report.failures.isEmpty()) {
        return report;
    }
    Result<void> ended = syncFolders();
    if (ended) {
        ended = m_journal.append(JournalEvent::Done);
    }
    if (!ended) {
        report.failures.append(ended.error().message);
        return report;
    }
    m_stuck = false;
    m_rolledBack = true;
    m_done = true;
    return report;
}

// A made folder that holds something is the user's by now, and one that is there again is as the user wants it.
void Transaction::undoFolders(RollbackReport &report) const
{
    const auto note = [&report](const QString &path, int error, std::initializer_list<int> fine) {
        if (error != 0 && std::find(fine.begin(), fine.end(), error) == fine.end()) {
            report.failures.append(failureAt(path, error));
        }
    };
    for (auto it = m_plan.made.crbegin(); it != m_plan.made.crend(); ++it) {
        if (const Result<int> parent = m_root->openParent(it->path, MissingFolders::Fail); parent) {
            const Descriptor folder(*parent);
            const int error = Disk::removeFolder(folder.get(), lastPart(it->path)) == 0 ? 0 : errno;
            note(it->path, error, {ENOENT, ENOTEMPTY, EEXIST, ENOTDIR});
        }
    }
    for (auto it = m_plan.emptied.crbegin(); it != m_plan.emptied.crend(); ++it) {
        if (const Result<int> parent = m_root->openParent(it->path, MissingFolders::Fail); parent) {
            const Descriptor folder(*parent);
            const Place slot = slotNamed(it->slot.toUtf8());
            note(it->path, moveToFree(slot, {folder.get(), lastPart(it->path)}), {ENOENT, EEXIST});
        }
    }
}

// The disk tells whether a switch was made: the old file itself is in the slot, or a created one has left it.
bool Transaction::isSwitched(const TxAction &action) const
{
    if (action.before) {
        return holdsOldFile(action);
    }
    const Place slot = slotOf(action);
    return ::faccessat(slot.folder, slot.name.constData(), F_OK, AT_SYMLINK_NOFOLLOW) != 0;
}

// By inode; where inodes are not what they were (a restored or copied workspace) by contents.
bool Transaction::holdsOldFile(const TxAction &action) const
{
    const Place slot = slotOf(action);
    struct stat info = {};
    if (::fstatat(slot.folder, slot.name.constData(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return false;
    }
    if (info.st_ino == action.before->inode || (action.after && info.st_ino == action.after->inode)) {
        return info.st_ino == action.before->inode;
    }
    const Result<std::optional<FileState>> held =
        m_root->read(StateFolder::pathInWorkspace(StateFolder::slotsOf(m_runId, QString::fromUtf8(m_slotFolder))) + u'/'
                     + QString::number(action.slot));
    return held && *held && sameContents(identityOf(**held), *action.before);
}

void Transaction::undoOne(const TxAction &action, RollbackReport &report)
{
    int error = 0;
    if (const Result<int> parent = m_root->openParent(action.path, MissingFolders::Fail); parent) {
        const Descriptor folder(*parent);
        error = settle(slotOf(action), {folder.get(), lastPart(action.path)});
    }
    if (error == 0 && !isSwitched(action)) {
        return;
    }
    if (error == 0) {
        const Result<std::optional<Identity>> current = lookAt(*m_root, action.path, action.now);
        const bool ours = current && (isSameContents(*current, action.now) || isSameContents(*current, action.before));
        error = ours ? putBack(action, *current) : EEXIST;
    }
    if (error == 0) {
        report.restored.append(action.path);
    } else if (error == EEXIST || error == ENOENT || error == ENOTDIR || error == ELOOP) {
        report.conflicts.append(conflictAt(action));
    } else {
        report.failures.append(failureAt(action.path, error));
    }
}

// Returns 0 or an errno; EEXIST when something else was put there.
int Transaction::putBack(const TxAction &action, const std::optional<Identity> &current) const
{
    if (!action.before && !current) {
        return 0; // created by us, deleted by someone: absent, as before
    }
    const Result<int> parent = m_root->openParent(action.path, MissingFolders::Make);
    if (!parent) {
        return parent.error().code == ErrorCode::Io ? EIO : ENOTDIR;
    }
    const Descriptor folder(*parent);
    const Place target{folder.get(), lastPart(action.path)};
    const Place slot = slotOf(action);
    if (!current) {
        return moveToFree(slot, target);
    }
    const bool exchanging = action.before.has_value();
    const int error = exchanging ? exchange(slot, target) : moveToFree(target, slot);
    if (error != 0) {
        return error;
    }
    if (!isSameFileAt(slot.folder, slot.name, current)) { // written between the look and the switch: give it back
        exchanging ? exchange(slot, target) : moveToFree(slot, target);
        return EEXIST;
    }
    return 0;
}

QString Transaction::conflictAt(const TxAction &action) const
{
    const QString kept = action.before
        ? QStringLiteral("; the version from before the run is in .patchpanel/%1/slot/%2")
              .arg(StateFolder::undo(m_runId))
              .arg(action.slot)
        : QString();
    return QStringLiteral("%1 was changed by something else after the run wrote it: it was left as it is%2.")
        .arg(action.path, kept);
}

// After a rollback a slot holds what the plan staged, which nobody misses, or what a gate made of it.
void Transaction::dropStagedSlots() const
{
    for (const TxAction &action : m_plan.actions) {
        const Place slot = slotOf(action);
        const bool touched = action.after && action.now && sameContents(*action.after, *action.now);
        if (isSameFileAt(slot.folder, slot.name, action.after)
            || (touched && isSameFileAt(slot.folder, slot.name, action.now))) {
            Disk::removeFile(slot.folder, slot.name);
        }
    }
}

bool Transaction::isAnythingKept() const
{
    return !isEmptyFolder({m_folder.get(), m_slotFolder});
}

} // namespace PatchPanel::Patch
