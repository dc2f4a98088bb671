#include "services/patch/txdraft.h"

#include "services/common/parallel.h"
#include "services/patch/descriptor.h"

#include <QHash>
#include <QMap>
#include <QSet>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vector>

namespace PatchPanel::Patch {

namespace {

struct PathChange {
    const FileState *before = nullptr;
    StagedContents contents = {};
};

// What the change stages, at its path.
StagedContents contentsOf(const Change &change)
{
    StagedContents contents;
    contents.state = &*change.after;
    if (!change.likeness.isEmpty()) {
        contents.likeness = change.likeness;
        contents.owner = change.after->owner;
        contents.group = change.after->group;
        contents.takesAttributes = true;
    } else if (change.before) {
        const bool moves = change.kind == ChangeKind::Move;
        contents.likeness = moves ? change.from : change.path;
        contents.isLikeBefore = !moves;
        contents.owner = change.before->owner;
        contents.group = change.before->group;
        contents.changedNs = change.before->ctimeNs;
        contents.takesAttributes = change.before->hasAttributes;
    }
    return contents;
}

// What happens to each path, in path order: a move touches two of them.
QMap<QString, PathChange> byPath(const QList<Change> &changes)
{
    QMap<QString, PathChange> paths;
    for (const Change &change : changes) {
        if (change.before) {
            paths[change.kind == ChangeKind::Move ? change.from : change.path].before = &*change.before;
        }
        if (change.after) {
            paths[change.path].contents = contentsOf(change);
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

// The folder that a worker looked at last.
struct CheckedFolder {
    QString path = {};
    Descriptor descriptor = {};
    bool isChecked = false;
};

class Drafter {
public:
    Drafter(const WorkspaceRoot &root, const Plan &plan, HardLinks hardLinks)
        : m_root(root)
        , m_plan(plan)
        , m_hardLinks(hardLinks)
        , m_paths(byPath(plan.changes))
    {
    }

    Result<TxDraft> draft();

private:
    void addActions(bool removals);
    void findFolders();
    Result<void> checkBefore();
    Result<void> checkAction(TxAction &action, StagedContents &contents, CheckedFolder &folder) const;
    Result<void> openFolder(const QString &path, CheckedFolder &folder) const;
    Result<void> checkSpace() const;
    bool isFreedByPlan(const QString &path) const;

    const WorkspaceRoot &m_root;
    const Plan &m_plan;
    HardLinks m_hardLinks;
    QMap<QString, PathChange> m_paths;
    QSet<QString> m_removed;
    TxDraft m_draft;
};

void Drafter::addActions(bool removals)
{
    m_draft.plan.actions.reserve(m_paths.size());
    m_draft.contents.reserve(m_paths.size());
    for (auto it = m_paths.cbegin(); it != m_paths.cend(); ++it) {
        const PathChange &change = it.value();
        if ((change.contents.state == nullptr) != removals) {
            continue;
        }
        TxAction action;
        action.kind = removals ? ActionKind::Remove : change.before ? ActionKind::Replace : ActionKind::Create;
        action.path = it.key();
        action.slot = static_cast<int>(m_draft.plan.actions.size());
        action.before = change.before ? std::optional(identityOf(*change.before)) : std::nullopt;
        m_draft.plan.actions.append(action);
        m_draft.contents.append(change.contents);
        if (removals) {
            m_removed.insert(it.key());
        }
    }
}

bool exists(const WorkspaceRoot &root, const QString &folder)
{
    const Result<int> inside = root.openParent(folder + QStringLiteral("/x"), WorkspaceRoot::MissingFolders::Fail);
    const Descriptor descriptor(inside ? *inside : -1);
    return descriptor.isOpen();
}

void Drafter::findFolders()
{
    QSet<QString> needed;
    QSet<QString> left;
    QString last; // neighbours mostly share their folder
    for (const TxAction &action : std::as_const(m_draft.plan.actions)) {
        const QString parent = action.path.section(u'/', 0, -2);
        if (parent == last && action.kind != ActionKind::Remove && !parent.isEmpty() && needed.contains(parent)) {
            continue;
        }
        last = parent;
        for (const QString &folder : foldersAbove(action.path)) {
            (action.kind == ActionKind::Remove ? left : needed).insert(folder);
        }
    }
    if (m_plan.folders) {
        left = QSet<QString>(m_plan.folders->removed.begin(), m_plan.folders->removed.end());
    }
    QList<QString> emptied = (left - needed).values();
    std::sort(emptied.begin(), emptied.end(), std::greater<>()); // innermost first
    for (const QString &folder : std::as_const(emptied)) {
        if (exists(m_root, folder)) {
            m_draft.plan.emptied.append({folder, QStringLiteral("d%1").arg(m_draft.plan.emptied.size())});
        }
    }
    QHash<QString, QString> likenesses;
    for (const MadeFolder &folder : m_plan.folders ? m_plan.folders->made : QList<MadeFolder>()) {
        likenesses.insert(folder.path, folder.likeness);
    }
    QList<QString> made = needed.values();
    std::sort(made.begin(), made.end());
    for (const QString &folder : std::as_const(made)) {
        if (!exists(m_root, folder)) {
            m_draft.plan.made.append({folder, likenesses.value(folder)});
        }
    }
}

// Something stands at the path, or above it, that a removal of the same plan takes away first.
bool Drafter::isFreedByPlan(const QString &path) const
{
    const QList<QString> above = foldersAbove(path);
    const auto isPath = [&path](const EmptiedFolder &folder) {
        return folder.path == path;
    };
    return std::any_of(above.begin(), above.end(), [this](const QString &folder) { return m_removed.contains(folder); })
        || std::any_of(m_draft.plan.emptied.begin(), m_draft.plan.emptied.end(), isPath);
}

Result<void> Drafter::checkBefore()
{
    // What was found at each path: nothing for a path that is as planned.
    std::vector<std::optional<Error>> problems(static_cast<size_t>(m_draft.plan.actions.size()));
    std::vector<CheckedFolder> folders(static_cast<size_t>(workersFor(m_draft.plan.actions.size())));
    TxAction *const actions = m_draft.plan.actions.data();
    StagedContents *const contents = m_draft.contents.data();
    forEachInParallel(m_draft.plan.actions.size(), [&](qsizetype i, qsizetype worker) {
        const Result<void> checked = checkAction(actions[i], contents[i], folders[static_cast<size_t>(worker)]);
        if (!checked) {
            problems[static_cast<size_t>(i)] = checked.error();
        }
    });
    QList<QString> stale;
    for (const std::optional<Error> &problem : problems) {
        if (problem && problem->code != ErrorCode::Stale) {
            return *problem;
        }
        if (problem) {
            stale.append(problem->where);
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

// Stale, with the path in `where`, when another file stands there than the plan saw.
Result<void> Drafter::checkAction(TxAction &action, StagedContents &contents, CheckedFolder &folder) const
{
    if (!action.before && isFreedByPlan(action.path)) {
        return {};
    }
    if (Result<void> usable = openFolder(action.path, folder); !usable) {
        return usable;
    }
    struct stat info = {};
    const bool found = folder.descriptor.isOpen()
        && ::fstatat(folder.descriptor.get(), lastPart(action.path).constData(), &info, AT_SYMLINK_NOFOLLOW) == 0;
    const bool asPlanned = action.before ? found && isSameFile(*action.before, info)
            && (action.before->symlink || action.before->mode == static_cast<int>(info.st_mode & 07777))
                                         : !found;
    if (!asPlanned) {
        const Result<std::optional<Identity>> now = lookAt(m_root, action.path, action.before);
        if (!now) {
            return now.error();
        }
        if (!isSameContents(*now, action.before)) {
            return Error{ErrorCode::Stale, {}, {}, action.path};
        }
        action.before = *now;
        contents.takesAttributes = contents.takesAttributes || contents.isLikeBefore;
    }
    if (found && contents.isLikeBefore && nanoseconds(info.st_ctim) != contents.changedNs) {
        contents.owner = info.st_uid;
        contents.group = info.st_gid;
        contents.takesAttributes = true;
    }
    if (action.kind == ActionKind::Replace && info.st_nlink > 1 && m_hardLinks == HardLinks::Keep) {
        return Error{ErrorCode::DoesNotApply,
                     QStringLiteral("%1 has %2 hard links: replacing it would part it from the others.")
                         .arg(action.path)
                         .arg(info.st_nlink),
                     QStringLiteral("Part it from them with --break-hardlinks, or copy the file over itself."),
                     action.path};
    }
    return {};
}

// Opens the folder that holds `path`, unless it is open already, and checks that files can be switched in it. A folder
// that does not exist yet is none.
Result<void> Drafter::openFolder(const QString &path, CheckedFolder &folder) const
{
    const QStringView parentPath = QStringView(path).first(std::max<qsizetype>(path.lastIndexOf(u'/'), 0));
    if (folder.isChecked && folder.path == parentPath) {
        return {};
    }
    folder = {};
    const Result<int> parent = m_root.openParent(path, WorkspaceRoot::MissingFolders::Fail);
    if (!parent) {
        return parent.error().code == ErrorCode::NotFound ? Result<void>{} : parent.error();
    }
    folder.descriptor = Descriptor(*parent);
    struct stat rootInfo = {};
    struct stat info = {};
    if (::fstat(m_root.descriptor(), &rootInfo) != 0 || ::fstat(folder.descriptor.get(), &info) != 0
        || rootInfo.st_dev != info.st_dev) {
        return Error{
            ErrorCode::DoesNotApply,
            QStringLiteral("%1 is on another filesystem than the workspace, so it cannot be switched as a whole.")
                .arg(path),
            QStringLiteral("Run the task in a workspace on that filesystem."), path};
    }
    if (::faccessat(folder.descriptor.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
        return Error{ErrorCode::DoesNotApply,
                     QStringLiteral("The folder of %1 may not be written: %2.")
                         .arg(path, QString::fromLocal8Bit(std::strerror(errno))),
                     QStringLiteral("Change its permissions, or run as its owner."), path};
    }
    folder.path = parentPath.toString();
    folder.isChecked = true;
    return {};
}

Result<void> Drafter::checkSpace() const
{
    struct statvfs disk = {};
    if (::fstatvfs(m_root.descriptor(), &disk) != 0) {
        return {};
    }
    const quint64 block = std::max<quint64>(disk.f_frsize, 1);
    const quint64 free = quint64(::geteuid() == 0 ? disk.f_bfree : disk.f_bavail) * block;
    quint64 needed = 0;
    quint64 files = 0;
    for (const StagedContents &contents : m_draft.contents) {
        if (contents.state) {
            needed += (static_cast<quint64>(contents.state->contents.size()) + block - 1) / block * block;
            ++files;
        }
    }
    const bool knowsFiles = disk.f_files > 0; // some filesystems do not count them
    if (needed <= free && (!knowsFiles || files <= disk.f_ffree)) {
        return {};
    }
    return Error{ErrorCode::Io,
                 QStringLiteral("The disk of the workspace is too full: %1 bytes in %2 files are needed, %3 bytes and "
                                "%4 files are free.")
                     .arg(needed)
                     .arg(files)
                     .arg(free)
                     .arg(quint64(disk.f_ffree)),
                 QStringLiteral("Nothing was written. Make space and run again.")};
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
    return std::move(m_draft);
}

} // namespace

Result<TxDraft> draftTransaction(const WorkspaceRoot &root, const Plan &plan, HardLinks hardLinks)
{
    return Drafter(root, plan, hardLinks).draft();
}

} // namespace PatchPanel::Patch
