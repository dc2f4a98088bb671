#include "services/patch/diffapplication.h"

#include "services/common/ids.h"
#include "services/patch/recovery.h"

namespace PatchPanel::Patch {

namespace {

Result<void> transact(const WorkspaceRoot &root, const Plan &plan, Durability durability)
{
    Result<Transaction> transaction = Transaction::prepare(root, plan, newRunId(), durability);
    if (!transaction) {
        return transaction.error();
    }
    Result<void> done = transaction->apply([](const TxAction &) {});
    if (done) {
        const Result<QList<QString>> committed = transaction->commit();
        done = committed ? Result<void>{} : committed.error();
    }
    if (!done) {
        const RollbackReport rollback = transaction->rollback();
        if (!rollback.isComplete()) {
            return Error{ErrorCode::RollbackFailed, rollback.problems().join(u' '),
                         QStringLiteral("Decide which version to keep.")};
        }
    }
    const Result<void> closed = transaction->close();
    return done ? closed : done;
}

} // namespace

Result<Plan> applyDiffTo(const QString &folder, const QByteArray &diff, const PlanOptions &options,
                         Durability durability, const ReadOptions &reading)
{
    const Result<WorkspaceRoot> root = WorkspaceRoot::open(folder);
    if (!root) {
        return root.error();
    }
    if (const Result<RecoveryReport> recovered = recoverPending(*root); !recovered) {
        return recovered.error();
    }
    const Result<Task> task = readTask(diff, QStringLiteral("diff"), root->path(), reading);
    if (!task) {
        return task.error();
    }
    Result<Plan> plan = makePlan(*task, root->path(), options);
    if (!plan || plan->changes.isEmpty()) {
        return plan;
    }
    const Result<void> done = transact(*root, *plan, durability);
    return done ? plan : done.error();
}

} // namespace PatchPanel::Patch
