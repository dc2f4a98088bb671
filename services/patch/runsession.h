#pragma once

#include "services/patch/gaterunner.h"
#include "services/patch/gitrepository.h"
#include "services/patch/patchrun.h"
#include "services/patch/runchecks.h"
#include "services/patch/scratchworkspace.h"
#include "services/patch/transaction.h"
#include "services/patch/workspacefile.h"

#include <QElapsedTimer>

namespace PatchPanel::Patch {

// One run, from the plan to the report; runTask() is its door. Every member function that can end the run returns
// whether to go on; the one that ends it calls finish() or failAndRollBack(). Lives on the worker thread for one run.
class RunSession {
public:
    // How the run comes to its plan, with the workspace open and settled.
    using Planner = std::function<Result<Plan>(const WorkspaceRoot &)>;

    // Without a planner it is the plan of the task.
    RunSession(const Task &task, const QString &workspace, const RunOptions &options, const Log::Writer &log,
               const std::function<void(const Step &)> &stepChanged, std::stop_token stop, Planner planner = {});

    RunResult run();
    // The end of a run in which something threw: takes back what was written.
    RunResult interrupted(const char *what);

private:
    enum class Next { GoOn, Ended };

    Next open();
    Next recover();
    Next makeThePlan();
    Next findRepository();
    Next endDryRun();
    Next endNoop();
    bool hasNothingToDo() const;
    bool skipsGates() const { return !m_options.runGates && !m_result.gates.isEmpty(); }
    bool skipsCommit() const { return !m_options.commit && m_result.task.git.requested; }
    Next prepareSandbox();
    Next leaveTrace();
    Next goOnUnlessCancelled(const QString &when);
    Next probe(const QString &answerText);
    Next runPhase(Phase phase);
    Next runProofs();
    Next mutateAndProve();
    Next enterScratch();
    void leaveScratch();
    void prepareCommands(const Sandbox &sandbox);
    Next mutate();
    Next commit();
    Next commitToGit();

    GateReport runGate(Gate gate);
    void noteSideEffects(GateReport &report);
    QSet<QString> plannedPaths();
    void applyStrictAudit(GateReport &report) const;
    void applyTracePromise(GateReport &report) const;
    Next gateFailed(const GateReport &report);
    Next failAndRollBack(RunStatus status, QString message, std::optional<Error> error);
    Next leaveToTheNextHolder(const Error &error);
    Next end(const Error &error);
    void warn(const Error &problem); // of what a run can do without
    Next finish(RunStatus status, const QString &message, std::optional<Error> error = {});

    void startStep(Phase phase);
    void endStep(Phase phase, StepState state, const QString &summary);
    void settleSteps();
    QString nextOutputFile();
    const WorkspaceRoot &commandRoot() const { return m_scratch ? m_scratch->root() : *m_root; }
    Transaction *commandTransaction();
    bool hasFailedGate() const;

    const RunOptions &m_options;
    Log::Writer m_log;
    const std::function<void(const Step &)> &m_stepChanged;
    std::stop_token m_stop;
    Planner m_planner;
    QElapsedTimer m_timer;
    QElapsedTimer m_stepTimer;
    RunResult m_result;
    RunEvidence m_evidence;
    std::optional<WorkspaceRoot> m_root;
    Plan m_plan;
    std::optional<GitRepository> m_repository;
    Sandbox m_sandbox;
    std::unique_ptr<ScratchWorkspace> m_scratch; // while commands run in it
    std::optional<GateRunner> m_gates;
    std::optional<TreeStamps> m_stamps; // as the last command left the place it ran in
    int m_commands = 0; // begun
    std::optional<Transaction> m_transaction;
    bool m_reportable = false; // a report may be written
};

// How a run ends that fails with `error` before anything was written.
RunStatus statusOf(const Error &error);

} // namespace PatchPanel::Patch
