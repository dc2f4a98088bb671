#include "services/patch/txdraft.h"

#include "services/patch/descriptor.h"

#include <QMap>
#include <QSet>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

struct PathChange {
    const FileState *before = nullptr;
    const FileState *after = nullptr;
    QString likeness = {};
};

// What happens to each path, in path order: a move touches two of them.
QMap<QString, PathChange> byPath(const QList<Change> &changes)
{
    QMap<QString, PathChange> paths;
    for (const Change &change : changes) {
        const QString source = change.kind == ChangeKind::Move ? change.from : change.path;
        if (change.before) {
            paths[source].before = &*change.before;
        }
        if (change.after) {
            PathChange &target = paths[change.path];
            target.after = &*change.after;
            target.likeness = change.before ? source : QString();
        }
    }
    return paths;
}

QList<QString> foldersAbove(const QString &path)
{
    QList<QString> folders;
    for (qsizetype slash = path.indexOf(u'/'); slash > 0; slash = path.indexOf(u'/', slash + 1)) {
        folders.append(path.first(slash));
    }
    return folders;
}

class Drafter {
public:
    Drafter(const WorkspaceRoot &root, const Plan &plan)
        : m_root(root)
        , m_paths(byPath(plan.changes))
    {
    }

    Result<TxDraft> draft();

private:
    void addActions(bool removals);
    void findFolders();
    Result<void> checkBefore();
    Result<void> checkSwitchable(const TxAction &action) const;
    Result<void> checkSpace() const;
    bool isFreedByPlan(const QString &path) const;

    const WorkspaceRoot &m_root;
    QMap<QString, PathChange> m_paths;
    QSet<QString> m_removed;
    TxDraft m_draft;
};

void Drafter::addActions(bool removals)
{
    for (auto it = m_paths.cbegin(); it != m_paths.cend(); ++it) {
        const PathChange &change = it.value();
        if ((change.after == nullptr) != removals) {
            continue;
        }
        TxAction action;
        action.kind = removals ? ActionKind::Remove : change.before ? ActionKind::Replace : ActionKind::Create;
        action.path = it.key();
        action.slot = static_cast<int>(m_draft.plan.actions.size());
        action.before = change.before ? std::optional(identityOf(*change.before)) : std::nullopt;
        m_draft.plan.actions.append(action);
        m_draft.contents.append({change.after, change.likeness});
        if (removals) {
            m_removed.insert(it.key());
        }
    }
}

int modeOf(const WorkspaceRoot &root, const QString &folder)
{
    const Result<int> inside = root.openParent(folder + QStringLiteral("/x"), WorkspaceRoot::MissingFolders::Fail);
    if (!inside) {
        return -1;
    }
    const Descriptor descriptor(*inside);
    struct stat info = {};
    return ::fstat(descriptor.get(), &info) == 0 ? static_cast<int>(info.st_mode & 07777) : -1;
}

void Drafter::findFolders()
{
    QSet<QString> needed;
    QSet<QString> left;
    for (const TxAction &action : std::as_const(m_draft.plan.actions)) {
        for (const QString &folder : foldersAbove(action.path)) {
            (action.kind == ActionKind::Remove ? left : needed).insert(folder);
        }
    }
    for (const QString &folder : left - needed) {
        if (const int mode = modeOf(m_root, folder); mode >= 0) {
            m_draft.plan.emptied.append({folder, mode});
        }
    }
    for (const QString &folder : needed) {
        if (modeOf(m_root, folder) < 0) {
            m_draft.plan.made.append({folder});
        }
    }
    const auto outermostFirst = [](const TxFolder &a, const TxFolder &b) {
        return a.path < b.path;
    };
    std::sort(m_draft.plan.made.begin(), m_draft.plan.made.end(), outermostFirst);
    std::sort(m_draft.plan.emptied.rbegin(), m_draft.plan.emptied.rend(), outermostFirst);
}

// Something stands at the path, or above it, that a removal of the same plan takes away first.
bool Drafter::isFreedByPlan(const QString &path) const
{
    const QList<QString> above = foldersAbove(path);
    const auto isPath = [&path](const TxFolder &folder) {
        return folder.path == path;
    };
    return std::any_of(above.begin(), above.end(), [this](const QString &folder) { return m_removed.contains(folder); })
        || std::any_of(m_draft.plan.emptied.begin(), m_draft.plan.emptied.end(), isPath);
}

Result<void> Drafter::checkBefore()
{
    QList<QString> stale;
    for (TxAction &action : m_draft.plan.actions) {
        if (!action.before && isFreedByPlan(action.path)) {
            continue;
        }
        const Result<std::optional<Identity>> found = lookAt(m_root, action.path, action.before);
        if (!found) {
            return found.error();
        }
        if (found->has_value() != action.before.has_value() || (*found && !sameContents(**found, *action.before))) {
            stale.append(action.path);
            continue;
        }
        action.before = *found;
        if (Result<void> switchable = checkSwitchable(action); !switchable) {
            return switchable;
        }
    }
    if (!stale.isEmpty()) {
        return Error{ErrorCode::Stale,
                     QStringLiteral("Changed after the plan was made: %1.").arg(stale.join(QStringLiteral(", "))),
                     QStringLiteral("Nothing was written. Run again to plan against the files as they are now."),
                     stale.first()};
    }
    return {};
}

Result<void> Drafter::checkSwitchable(const TxAction &action) const
{
    const Result<int> parent = m_root.openParent(action.path, WorkspaceRoot::MissingFolders::Fail);
    if (!parent) {
        return parent.error().code == ErrorCode::NotFound ? Result<void>{} : parent.error();
    }
    const Descriptor folder(*parent);
    struct stat rootInfo = {};
    struct stat folderInfo = {};
    if (::fstat(m_root.descriptor(), &rootInfo) != 0 || ::fstat(folder.get(), &folderInfo) != 0
        || rootInfo.st_dev != folderInfo.st_dev) {
        return Error{
            ErrorCode::DoesNotApply,
            QStringLiteral("%1 is on another filesystem than the workspace, so it cannot be switched as a whole.")
                .arg(action.path),
            QStringLiteral("Run the task in a workspace on that filesystem."), action.path};
    }
    if (::faccessat(folder.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
        return Error{ErrorCode::DoesNotApply,
                     QStringLiteral("The folder of %1 may not be written: %2.")
                         .arg(action.path, QString::fromLocal8Bit(std::strerror(errno))),
                     QStringLiteral("Change its permissions, or run as its owner."), action.path};
    }
    struct stat info = {};
    if (action.kind == ActionKind::Replace
        && ::fstatat(folder.get(), lastPart(action.path).constData(), &info, AT_SYMLINK_NOFOLLOW) == 0
        && info.st_nlink > 1) {
        return Error{ErrorCode::DoesNotApply,
                     QStringLiteral("%1 has %2 hard links: replacing it would part it from the others.")
                         .arg(action.path)
                         .arg(info.st_nlink),
                     QStringLiteral("Copy the file over itself to part it, then run again."), action.path};
    }
    return {};
}

Result<void> Drafter::checkSpace() const
{
    quint64 needed = 0;
    for (const StagedContents &contents : m_draft.contents) {
        needed += contents.state ? static_cast<quint64>(contents.state->contents.size()) : 0;
    }
    struct statvfs disk = {};
    if (::fstatvfs(m_root.descriptor(), &disk) == 0 && needed > quint64(disk.f_bavail) * disk.f_frsize) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The disk of the workspace is too full: %1 bytes are needed, %2 are free.")
                         .arg(needed)
                         .arg(quint64(disk.f_bavail) * disk.f_frsize),
                     QStringLiteral("Nothing was written. Make space and run again.")};
    }
    return {};
}

Result<TxDraft> Drafter::draft()
{
    addActions(true);
    addActions(false);
    findFolders();
    if (Result<void> current = checkBefore(); !current) {
        return current.error();
    }
    if (Result<void> space = checkSpace(); !space) {
        return space.error();
    }
    return m_draft;
}

} // namespace

Result<TxDraft> draftTransaction(const WorkspaceRoot &root, const Plan &plan)
{
    return Drafter(root, plan).draft();
}

} // namespace PatchPanel::Patch
