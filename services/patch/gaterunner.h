#pragma once

#include "services/log/logwriter.h"
#include "services/patch/runresult.h"
#include "services/patch/sandbox.h"
#include "services/patch/workspacefile.h"

#include <stop_token>

namespace PatchPanel::Patch {

// Runs the commands that must pass: `sh -c` in the workspace or a folder of it, in a session of its own, with nothing
// on stdin and an environment of allowed variables, the gate's own and PATCHPANEL_RUN, _TASK and _PHASE, and
// TRACEPARENT where there is one.
// A gate that hangs, floods, fails to start or is killed is a failed gate, never an engine error.
// Lives on the worker thread, for one run; the workspace root must outlive it.
class GateRunner {
public:
    GateRunner(const WorkspaceRoot &root, const QString &runId, const QString &taskId, const Log::Writer &log);

    void setSandbox(const Sandbox &sandbox) { m_sandbox = sandbox; } // none before
    void setTraceparent(const QString &traceparent) { m_traceparent = traceparent; } // empty: none
    void setKillAfter(std::chrono::milliseconds time) { m_killAfter = time; } // from SIGTERM to SIGKILL; 5 s

    // Blocks until the command and everything that it started are gone. Passed or Failed; cancelled by `stop` is
    // Failed. The whole output goes to `outputFile`, absolute; empty: nowhere.
    GateReport run(const Gate &gate, const QString &outputFile, const std::stop_token &stop);

private:
    QList<std::pair<QString, QString>> environmentOf(const Gate &gate) const;

    const WorkspaceRoot &m_root;
    QString m_runId;
    QString m_taskId;
    Sandbox m_sandbox;
    QString m_traceparent;
    Log::Writer m_log;
    std::chrono::milliseconds m_killAfter = std::chrono::seconds(5);
};

} // namespace PatchPanel::Patch
