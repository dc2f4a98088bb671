#include "services/patch/recovery.h"

#include "services/patch/gitrepository.h"
#include "services/patch/runreport.h"
#include "services/patch/statefolder.h"
#include "services/patch/transaction.h"

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

// A report that cannot be written does not keep the workspace from being settled.
void tell(const WorkspaceRoot &root, const QString &runId, RunEnding ending, const QList<QString> &notes = {})
{
    QString commit;
    if (ending == RunEnding::Finished) {
        const Result<std::optional<GitRepository>> repository = GitRepository::find(root);
        commit = repository && *repository ? (*repository)->commitOfRun(runId) : QString();
    }
    [[maybe_unused]] const Result<QJsonObject> report = settleReport(root, runId, ending, notes, commit);
}

// Nobody can tell what it switched: what it left is kept for a person.
Result<void> setAside(const WorkspaceRoot &root, const QString &runId, const Error &damage, RecoveryReport &report)
{
    const QString conflict = QStringLiteral("Run %1: %2 Its slots are in .patchpanel/%3.")
                                 .arg(runId, damage.message, StateFolder::undo(runId));
    report.conflicts.append(conflict);
    tell(root, runId, RunEnding::Conflict, {conflict});
    return StateFolder(root).move(StateFolder::transaction(runId), StateFolder::history(runId), QStringLiteral("undo"));
}

Result<void> takeBack(const WorkspaceRoot &root, const QString &runId, Transaction &transaction, const Fence &fence,
                      RecoveryReport &report)
{
    QList<QString> notes;
    if (transaction.isGateOpen()) {
        const Result<QList<QString>> changed = transaction.adopt();
        if (!changed) {
            return changed.error();
        }
        report.putAside.append(*changed);
        for (const QString &path : *changed) {
            notes.append(QStringLiteral("%1 had been changed by a command: that version is in .patchpanel/%2/slot.")
                             .arg(path, StateFolder::undo(runId)));
        }
    }
    const RollbackReport rollback = transaction.rollback();
    if (Result<void> held = fence.ask(); !held) {
        return held; // perhaps it is the next holder who took it back
    }
    report.rolledBack.append(runId);
    report.conflicts.append(rollback.problems());
    if (!rollback.failures.isEmpty()) {
        return {}; // it stays pending
    }
    tell(root, runId, rollback.isComplete() ? RunEnding::TakenBack : RunEnding::Conflict, notes + rollback.conflicts);
    return {};
}

// It switched nothing, so it can wait when its run, which is alive, still puts files into it.
Result<void> removeUnprepared(const WorkspaceRoot &root, const QString &runId, const Fence &fence)
{
    Result<void> removed = StateFolder(root).remove(StateFolder::transaction(runId));
    return removed || fence.number == 0 ? removed : Result<void>{};
}

Result<void> settle(const WorkspaceRoot &root, const QString &runId, const Fence &fence, RecoveryReport &report)
{
    Result<Transaction> transaction = Transaction::load(root, runId, fence);
    if (!transaction && transaction.error().code == ErrorCode::RollbackFailed) {
        return setAside(root, runId, transaction.error(), report);
    }
    if (!transaction && transaction.error().code == ErrorCode::NotFound) {
        tell(root, runId, RunEnding::TakenBack);
        return removeUnprepared(root, runId, fence);
    }
    if (!transaction) {
        return transaction.error();
    }
    if (transaction->isDone() || transaction->isCommitted()) {
        tell(root, runId, transaction->isCommitted() ? RunEnding::Finished : RunEnding::TakenBack);
        report.finished.append(runId);
    } else if (Result<void> taken = takeBack(root, runId, *transaction, fence, report); !taken) {
        return taken;
    }
    return transaction->close();
}

Result<QList<QString>> pendingRuns(const WorkspaceRoot &root)
{
    return root.namesIn(StateFolder::pathInWorkspace(StateFolder::transactions()));
}

// A run that had committed, and was alive, has come to its end meanwhile.
bool hasLeft(const WorkspaceRoot &root, const QString &runId)
{
    const Result<QList<QString>> runs = pendingRuns(root);
    return runs && !runs->contains(runId);
}

} // namespace

Result<RecoveryReport> recoverPending(const WorkspaceRoot &root, const Fence &fence)
{
    Result<QList<QString>> runs = pendingRuns(root);
    if (!runs) {
        return runs.error();
    }
    std::sort(runs->begin(), runs->end());
    RecoveryReport report;
    for (const QString &runId : std::as_const(*runs)) {
        const Result<void> settled = settle(root, runId, fence, report);
        if (!settled && !(fence.number != 0 && hasLeft(root, runId))) {
            return settled.error();
        }
    }
    return report;
}

bool isRecoveryPending(const WorkspaceRoot &root)
{
    const Result<QList<QString>> runs = pendingRuns(root);
    return runs && !runs->isEmpty();
}

} // namespace PatchPanel::Patch
