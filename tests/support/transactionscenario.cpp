#include "tests/support/transactionscenario.h"

#include "services/patch/rollbackplan.h"
#include "services/patch/statefolder.h"

#include <sys/stat.h>

namespace PatchPanel::Test {

using namespace Patch;

namespace {

void ignore(const TxAction &) { }

bool commitAll(const WorkspaceRoot &root, const Plan &plan, const QString &runId)
{
    Result<Transaction> transaction = Transaction::prepare(root, plan, runId, Durability::Full, HardLinks::Break);
    return transaction && transaction->apply(ignore) && transaction->commit() && transaction->close();
}

} // namespace

void fillWorkspace(const TempWorkspace &workspace)
{
    workspace.write(QStringLiteral("a.txt"), "alpha\n");
    workspace.write(QStringLiteral("b.txt"), "beta\n");
    workspace.write(QStringLiteral("dir/inner/only.txt"), "only\n");
    workspace.write(QStringLiteral("dir/keep.txt"), "keep\n");
    workspace.write(QStringLiteral("run.sh"), "#!/bin/sh\n");
    workspace.link(QStringLiteral("a.txt"), QStringLiteral("link"));
    ::chmod(workspace.absolute(QStringLiteral("run.sh")).toUtf8().constData(), 0750);
    ::chmod(workspace.absolute(QStringLiteral("dir/inner")).toUtf8().constData(), 0710);
}

void everyKind(PlanBuilder &plan)
{
    plan.modify(QStringLiteral("a.txt"), "ALPHA\n")
        .create(QStringLiteral("new/deep/file.txt"), "new\n", 0755)
        .remove(QStringLiteral("dir/inner/only.txt"))
        .move(QStringLiteral("b.txt"), QStringLiteral("moved/b.txt"))
        .chmod(QStringLiteral("run.sh"), 0644)
        .symlink(QStringLiteral("link"), "dir/keep.txt");
}

TransactionScenario::TransactionScenario(Course course, const BuildPlan &build)
    : m_course(course)
    , m_build(build)
{
    fillWorkspace(m_workspace);
    m_root = WorkspaceRoot::open(m_workspace.path()).value();
    PlanBuilder builder(m_workspace.path());
    build(builder);
    m_plan = builder.plan();
    if (course == Course::PastRunTakenBack) {
        commitAll(*m_root, m_plan, pastRun);
    }
    m_before = now();
}

Result<Plan> TransactionScenario::planNow() const
{
    return m_course == Course::PastRunTakenBack ? makeRollbackPlan(*m_root, pastRun, {}) : Result<Plan>(m_plan);
}

bool TransactionScenario::play(const std::function<void()> &applied) const
{
    const Result<Plan> plan = planNow();
    if (!plan) {
        return false;
    }
    Result<Transaction> transaction =
        Transaction::prepare(*m_root, *plan, scenarioRun, Durability::Full, HardLinks::Break);
    if (!transaction) {
        return false;
    }
    bool done = transaction->apply(ignore).ok();
    if (done && applied) {
        applied();
    }
    if (done && m_course == Course::GateThenRolledBack) {
        done = transaction->gateBegins(QStringLiteral("format")).ok();
        done =
            done && m_workspace.write(QStringLiteral("a.txt"), "formatted by a command\n") && transaction->adopt().ok();
    }
    const bool commits = m_course != Course::RolledBack && m_course != Course::GateThenRolledBack;
    if (done && commits) {
        done = transaction->commit().ok();
    }
    if (!done || !commits || m_course == Course::RolledBackAfterCommit) {
        done = transaction->rollback().isComplete() && done;
    }
    return transaction->close().ok() && done;
}

bool isCommitted(const WorkspaceRoot &root)
{
    const StateFolder state(root);
    for (const QString &folder : {StateFolder::transaction(scenarioRun), StateFolder::undo(scenarioRun)}) {
        const Result<Descriptor> opened = state.open(folder, WorkspaceRoot::MissingFolders::Fail);
        const Result<StoredTransaction> stored =
            opened ? readTransaction(opened->get()) : Result<StoredTransaction>(opened.error());
        if (stored) {
            return stored->committed;
        }
    }
    return false;
}

} // namespace PatchPanel::Test
