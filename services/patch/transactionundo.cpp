#include "services/patch/atomicrename.h"
#include "services/patch/diskcalls.h"
#include "services/patch/statefolder.h"
#include "services/patch/transaction.h"
#include "services/patch/txfolders.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// The way back: everything that Transaction::rollback needs.
namespace PatchPanel::Patch {

using MissingFolders = WorkspaceRoot::MissingFolders;

RollbackReport Transaction::rollback()
{
    RollbackReport report;
    if ((m_committed || m_journal.isTorn()) && !m_journal.append(JournalEvent::RollingBack)) {
        report.conflicts.append(QStringLiteral("The journal cannot be written, so nothing was taken back."));
        return report;
    }
    m_committed = false;
    bool foldersDone = false;
    for (auto it = m_plan.actions.crbegin(); it != m_plan.actions.crend(); ++it) {
        if (it->kind == ActionKind::Remove && !foldersDone) {
            undoFolders();
            foldersDone = true;
        }
        bool changed = false;
        if (const std::optional<QString> conflict = undoOne(*it, &changed)) {
            report.conflicts.append(*conflict);
        } else if (changed) {
            report.restored.append(it->path);
        }
    }
    undoFolders();
    m_rolledBack = true;
    if (syncFolders() && m_journal.append(JournalEvent::Done)) {
        m_done = true;
    }
    return report;
}

void Transaction::undoFolders() const
{
    for (auto it = m_plan.made.crbegin(); it != m_plan.made.crend(); ++it) {
        const Result<int> parent = m_root->openParent(it->path, MissingFolders::Fail);
        if (parent) {
            const Descriptor folder(*parent);
            Disk::removeFolder(folder.get(), lastPart(it->path));
        }
    }
    for (auto it = m_plan.emptied.crbegin(); it != m_plan.emptied.crend(); ++it) {
        const Place slot{m_slots.get(), it->slot.toUtf8()};
        const Result<int> parent = m_root->openParent(it->path, MissingFolders::Fail);
        if (parent) {
            const Descriptor folder(*parent);
            moveToFree(slot, {folder.get(), lastPart(it->path)});
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
    const Result<std::optional<FileState>> held = m_root->read(
        StateFolder::pathInWorkspace(StateFolder::slotsOf(m_runId)) + u'/' + QString::fromLatin1(slot.name));
    return held && *held && sameContents(identityOf(**held), *action.before);
}

std::optional<QString> Transaction::undoOne(const TxAction &action, bool *changed)
{
    if (const Result<int> parent = m_root->openParent(action.path, MissingFolders::Fail); parent) {
        const Descriptor folder(*parent);
        if (settle(slotOf(action), {folder.get(), lastPart(action.path)}) != 0) {
            return conflictAt(action);
        }
    }
    if (!isSwitched(action)) {
        return std::nullopt;
    }
    const Result<std::optional<Identity>> current = lookAt(*m_root, action.path, action.now);
    if (!current || (!isSameContents(*current, action.now) && !isSameContents(*current, action.before))) {
        return conflictAt(action);
    }
    *changed = true;
    return putBack(action, *current);
}

std::optional<QString> Transaction::putBack(const TxAction &action, const std::optional<Identity> &current) const
{
    if (!action.before && !current) {
        return std::nullopt; // created by us, deleted by someone: absent, as before
    }
    const Result<int> parent = m_root->openParent(action.path, MissingFolders::Make);
    if (!parent) {
        return conflictAt(action);
    }
    const Descriptor folder(*parent);
    const Place target{folder.get(), lastPart(action.path)};
    const Place slot = slotOf(action);
    if (!current) {
        return moveToFree(slot, target) == 0 ? std::nullopt : std::optional(conflictAt(action));
    }
    const bool exchanging = action.before.has_value();
    const int error = exchanging ? exchange(slot, target) : moveToFree(target, slot);
    if (error != 0) {
        return conflictAt(action);
    }
    if (!isSameFileAt(slot.folder, slot.name, current)) { // written between the look and the switch: give it back
        exchanging ? exchange(slot, target) : moveToFree(slot, target);
        return conflictAt(action);
    }
    return std::nullopt;
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
    return !isEmptyFolder({m_folder.get(), "slot"});
}

} // namespace PatchPanel::Patch
