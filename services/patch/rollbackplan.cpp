#include "services/patch/rollbackplan.h"

#include "services/common/parallel.h"
#include "services/patch/identity.h"
#include "services/patch/plannedchanges.h"
#include "services/patch/statefolder.h"
#include "services/patch/storedtransaction.h"

#include <QJsonArray>
#include <QSet>

#include <algorithm>
#include <vector>

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype namedConflicts = 10; // in the message; all of them are in its details

Error nothingToTakeBack(const QString &why)
{
    return {ErrorCode::BadRequest, why, QStringLiteral("See the history for the runs that can be rolled back.")};
}

Result<StoredTransaction> committedTransaction(const WorkspaceRoot &root, const QString &runId)
{
    const Result<Descriptor> folder =
        StateFolder(root).open(StateFolder::undo(runId), WorkspaceRoot::MissingFolders::Fail);
    if (!folder) {
        return folder.error().code == ErrorCode::NotFound
            ? nothingToTakeBack(QStringLiteral("There is nothing to take back of run %1: it changed no file of this "
                                               "workspace, or its undo slots are gone.")
                                    .arg(runId))
            : folder.error();
    }
    Result<StoredTransaction> stored = readTransaction(folder->get());
    if (!stored && stored.error().code != ErrorCode::NotFound) {
        return stored;
    }
    if (!stored || !stored->committed) {
        return nothingToTakeBack(
            QStringLiteral("Run %1 ended with its changes taken back: the workspace does not hold them.").arg(runId));
    }
    return stored;
}

// What became of one path of the past run.
struct Return {
    std::optional<Change> change = {}; // none: it is as before already
    std::optional<Error> problem = {};
};

class Planner {
public:
    Planner(const WorkspaceRoot &root, const QString &runId, const TxPlan &past)
        : m_root(root)
        , m_past(past)
        , m_slots(StateFolder::pathInWorkspace(StateFolder::undo(runId)) + QStringLiteral("/slot/"))
    {
        for (const MadeFolder &folder : past.made) {
            m_made.insert(folder.path);
        }
    }

    Return giveBack(const TxAction &action) const;
    FolderChanges folders() const;

private:
    Result<std::optional<FileState>> current(const QString &path) const;

    const WorkspaceRoot &m_root;
    const TxPlan &m_past;
    QString m_slots;
    QSet<QString> m_made;
};

// A folder that the run made where a file had stood makes way for it.
Result<std::optional<FileState>> Planner::current(const QString &path) const
{
    Result<std::optional<FileState>> found = m_root.read(path);
    const bool isMadeFolder = !found && found.error().code == ErrorCode::DoesNotApply && m_made.contains(path);
    return isMadeFolder ? std::optional<FileState>() : found;
}

Return Planner::giveBack(const TxAction &action) const
{
    const Result<std::optional<FileState>> found = current(action.path);
    if (!found && found.error().code == ErrorCode::Io) {
        return {.problem = found.error()};
    }
    const std::optional<Identity> now =
        found && *found ? std::optional(identityOf(**found)) : std::optional<Identity>();
    if (found && isSameContents(now, action.before)) {
        return {};
    }
    if (!found || !isSameContents(now, action.now)) {
        return {.problem = Error{ErrorCode::DoesNotApply, {}, {}, action.path}};
    }
    Change change;
    change.path = action.path;
    change.before = *found;
    if (action.before) {
        change.likeness = m_slots + QString::number(action.slot);
        const Result<std::optional<FileState>> old = m_root.read(change.likeness);
        if (!old || !*old) {
            return {.problem = old
                        ? Error{ErrorCode::Io,
                                QStringLiteral("The undo slot of %1 is gone: %2.").arg(action.path, change.likeness),
                                QStringLiteral("Nothing was written."), action.path}
                        : old.error()};
        }
        change.after = *old;
        if (!sameContents(identityOf(**old), *action.before)) {
            change.notes.append(QStringLiteral("the old file was written to after the run had put it away: that "
                                               "version comes back"));
        }
    }
    change.kind = !change.before ? ChangeKind::Create : change.after ? ChangeKind::Modify : ChangeKind::Delete;
    if (change.before && change.after && change.before->contents == change.after->contents
        && change.before->symlink == change.after->symlink) {
        change.kind = ChangeKind::Chmod;
    }
    return {.change = change};
}

FolderChanges Planner::folders() const
{
    FolderChanges folders;
    for (const MadeFolder &made : m_past.made) {
        folders.removed.append(made.path);
    }
    for (const EmptiedFolder &emptied : m_past.emptied) {
        folders.made.append({emptied.path, m_slots + emptied.slot});
    }
    return folders;
}

Error changedSince(const QString &runId, const QList<QString> &paths)
{
    QString named = paths.first(std::min(paths.size(), namedConflicts)).join(QStringLiteral(", "));
    if (paths.size() > namedConflicts) {
        named += QStringLiteral(" and %1 more").arg(paths.size() - namedConflicts);
    }
    return {ErrorCode::DoesNotApply,
            QStringLiteral("Changed since run %1: %2.").arg(runId, named),
            QStringLiteral("Nothing was written. Take the later changes back first, or put these files right by hand: "
                           "the old versions are in .patchpanel/%1/slot.")
                .arg(StateFolder::undo(runId)),
            paths.first(),
            {{QStringLiteral("conflicts"), QJsonArray::fromStringList(paths)}}};
}

} // namespace

Result<Plan> makeRollbackPlan(const WorkspaceRoot &root, const QString &runId, const Task &task)
{
    const Result<StoredTransaction> stored = committedTransaction(root, runId);
    if (!stored) {
        return stored.error();
    }
    const Planner planner(root, runId, stored->plan);
    const QList<TxAction> &actions = stored->plan.actions;
    std::vector<Return> returns(static_cast<size_t>(actions.size()));
    forEachInParallel(actions.size(), [&](qsizetype i, qsizetype) {
        returns[static_cast<size_t>(i)] = planner.giveBack(actions.at(i));
    });
    Plan plan;
    plan.task = task;
    plan.workspace = root.path();
    plan.folders = planner.folders();
    QList<QString> conflicts;
    for (const Return &result : returns) {
        if (result.problem && result.problem->code != ErrorCode::DoesNotApply) {
            return *result.problem;
        }
        if (result.problem) {
            conflicts.append(result.problem->where);
        } else if (result.change) {
            plan.changes.append(*result.change);
        }
    }
    if (!conflicts.isEmpty()) {
        return changedSince(runId, conflicts);
    }
    if (plan.changes.isEmpty()) {
        return nothingToTakeBack(
            QStringLiteral("Run %1 is taken back already: every path is as it was before it.").arg(runId));
    }
    std::sort(plan.changes.begin(), plan.changes.end(),
              [](const Change &left, const Change &right) { return left.path < right.path; });
    completePlan(plan);
    return plan;
}

} // namespace PatchPanel::Patch
