#pragma once

#include "services/common/runsettings.h"
#include "services/log/logwriter.h"
#include "services/patch/fence.h"
#include "services/patch/journal.h"
#include "services/patch/planner.h"
#include "services/patch/runresult.h"

#include <functional>
#include <stop_token>

namespace PatchPanel::Patch {

struct RunOptions {
    QString runId = {};
    QString runner = {}; // its name, for the report
    QString machine = {}; // that it runs on, likewise
    bool dryRun = false;
    bool force = false; // run a task that is disabledByDefault
    QString planId = {}; // when set: Stale unless the plan made now is this one
    PlanOptions plan = {};
    std::optional<std::chrono::milliseconds> gateTimeout = {}; // overrides every gate's own
    SandboxMode sandbox = SandboxMode::Auto;
    ValidatePlace validateIn = ValidatePlace::Workspace;
    Durability durability = Durability::Full;
    bool breakHardlinks = false; // a file with several names is written by giving it one of its own
    bool runGates = true; // false: the commands are skipped, and the result says so
    bool commit = true; // false: none is made though the task asks for it
    QString traceparent = {}; // W3C trace context of the request, for the gates and the report; may be empty
    QList<QString> runtimeNotes = {}; // facts about the services that carry the run, for the report's evidence
    // Asks a service of the task whether it answers: the evidence ("HTTP 200 in 3 ms") or why not. The engine has no
    // network; without it the task's services are reported as not checked, and a run that requires them fails.
    std::function<Result<QString>(const Probe &)> probe = {};
    // Called once, before the first command is run or file written: a run that does neither does not come so far.
    std::function<void()> aboutToAct = {};
    Fence fence = {}; // of the lock that the run holds; lost, the run ends as Interrupted
};

// Runs one task on one workspace: plan, pre gates, apply all or nothing, build, validate, test, commit, report;
// rolls back on failure. Blocking: call it on a worker thread, with the workspace's lock held. Every way to end is
// a RunResult, never an exception. `stepChanged` is called on the same thread as each step starts and ends.
// A stop request ends the running gate, rolls back and gives Cancelled.
RunResult runTask(const Task &task, const QString &workspace, const RunOptions &options, const Log::Writer &log,
                  const std::function<void(const Step &)> &stepChanged, std::stop_token stop);

// The result of a task that could not even be read, in the same form.
RunResult resultOfUnreadableTask(const Error &error, const QString &file, const QString &workspace,
                                 const RunOptions &options);

// The text of report.md.
QByteArray reportMarkdown(const RunResult &result);

} // namespace PatchPanel::Patch
