#include "services/patch/recovery.h"

#include "services/patch/statefolder.h"
#include "services/patch/transaction.h"

#include <QDir>

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

Result<void> settle(const WorkspaceRoot &root, const QString &runId, RecoveryReport &report)
{
    Result<Transaction> transaction = Transaction::load(root, runId);
    if (!transaction) {
        if (transaction.error().code != ErrorCode::NotFound) {
            return transaction.error();
        }
        QDir(StateFolder(root).absolutePath(StateFolder::transaction(runId))).removeRecursively();
        return {};
    }
    if (transaction->isDone() || transaction->isCommitted()) {
        report.finished.append(runId);
        return transaction->close();
    }
    const RollbackReport rollback = transaction->rollback();
    report.rolledBack.append(runId);
    report.conflicts.append(rollback.conflicts);
    return transaction->close();
}

Result<QList<QString>> pendingRuns(const WorkspaceRoot &root)
{
    return root.namesIn(QStringLiteral(".patchpanel/") + StateFolder::transactions());
}

} // namespace

Result<RecoveryReport> recoverPending(const WorkspaceRoot &root)
{
    Result<QList<QString>> runs = pendingRuns(root);
    if (!runs) {
        return runs.error();
    }
    std::sort(runs->begin(), runs->end());
    RecoveryReport report;
    for (const QString &runId : std::as_const(*runs)) {
        if (Result<void> settled = settle(root, runId, report); !settled) {
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
