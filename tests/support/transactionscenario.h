#pragma once

#include "services/patch/transaction.h"
#include "tests/support/planbuilder.h"
#include "tests/support/tempworkspace.h"
#include "tests/support/treesnapshot.h"

#include <functional>

namespace PatchPanel::Test {

const QString scenarioRun = QStringLiteral("aaaaaaaaaaaa");
const QString pastRun = QStringLiteral("bbbbbbbbbbbb");

using BuildPlan = std::function<void(PlanBuilder &)>;

// The workspace that the tests of transactions start from.
void fillWorkspace(const TempWorkspace &workspace);

// A change of each kind in that workspace.
void everyKind(PlanBuilder &plan);

// What is done with the workspace, as far as it gets.
enum class Course {
    Committed, // prepare, apply, commit, close
    RolledBack, // prepare, apply, rollback, close
    RolledBackAfterCommit, // a commit of git failed, for instance
    GateThenRolledBack, // a gate rewrites planned files before
    PastRunTakenBack, // the workspace starts out as a committed run left it, and that run is taken back
};

// One run in a workspace of its own.
class TransactionScenario {
public:
    TransactionScenario(Course course, const BuildPlan &build);

    const TempWorkspace &workspace() const { return m_workspace; }
    const Patch::WorkspaceRoot &root() const { return *m_root; }
    const QMap<QString, QByteArray> &before() const { return m_before; }
    QMap<QString, QByteArray> now() const { return treeSnapshot(m_workspace.path()); }

    // Plays it to its end, or until a step fails; `applied` is told when every switch was made. Whether it ended as it
    // should.
    bool play(const std::function<void()> &applied = {}) const;

private:
    Result<Patch::Plan> planNow() const;

    Course m_course;
    BuildPlan m_build;
    TempWorkspace m_workspace;
    std::optional<Patch::WorkspaceRoot> m_root;
    Patch::Plan m_plan;
    QMap<QString, QByteArray> m_before;
};

// Whether the journal of the scenario's run has a COMMIT that was not taken back.
bool isCommitted(const Patch::WorkspaceRoot &root);

} // namespace PatchPanel::Test
