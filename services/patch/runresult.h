#pragma once

#include "services/common/error.h"
#include "services/common/runstatus.h"
#include "services/common/step.h"
#include "services/patch/commandtrace.h"
#include "services/patch/plan.h"
#include "services/patch/sandbox.h"
#include "services/patch/sideeffects.h"

#include <QJsonObject>

#include <array>
#include <optional>

namespace PatchPanel::Patch {

// What a gate did.
struct GateReport {
    Gate gate = {};
    StepState state = StepState::NotReached; // Passed, Failed, Warned, WouldRun, NotReached
    int exitCode = -1; // -1: none (signal, time-out, not started)
    bool timedOut = false;
    qint64 durationMs = 0;
    QByteArray output = {}; // the last 64 KiB of both streams, as printed
    bool outputTruncated = false;
    QString outputFile = {}; // the whole of it, relative to the workspace (from GateRunner: absolute); empty: not kept
    CommandTrace trace = {}; // empty until it was started
    QString note = {}; // "killed after 600 s", "ended by signal 9"
    QList<QString> leftBehind = {}; // names of processes that outlived the command and were ended
    QList<QString> changedPaths = {}; // planned paths whose file it changed
    bool wroteErrors = false; // anything on stderr
    SideEffects sideEffects = {}; // what it did to other files
};

// One promise of the task and what was found: task-format.md §3.
struct Check {
    QString name; // "Mutation Proof"
    StepState state; // Passed, Failed, None (not checked)
    QList<QString> evidence; // what was looked at and found; why it was not checked

    QString evidenceText() const { return evidence.join(QStringLiteral("; ")); }
};

struct CommitReport {
    QString state = QStringLiteral("none"); // "committed", "none", "failed", "wouldCommit"
    QString id = {};
    QString message = {};
    QString branch = {};
    QString tag = {};
    QString note = {};

    QString shortId() const { return id.left(7); } // as git abbreviates it
};

// A run as a value: what report.md, report.json, the HTTP answer and the history are made of.
struct RunResult {
    QString runId = {};
    RunStatus status = RunStatus::Unknown;
    bool dryRun = false;
    QString runner = {};
    QString machine = {}; // of the runner
    QString traceparent = {}; // W3C trace context of the request; empty: none came
    QString workspace = {};
    qint64 startedMs = 0; // since the epoch
    qint64 durationMs = 0;
    Task task = {};
    QString planId = {};
    QList<Change> changes = {};
    QList<QString> alreadyApplied = {};
    QList<QString> warnings = {};
    QList<GateReport> gates = {};
    std::array<Step, 6> steps = {Step{Phase::Pre},      Step{Phase::Mutate}, Step{Phase::Build},
                                 Step{Phase::Validate}, Step{Phase::Test},   Step{Phase::Commit}};
    QList<Check> checks = {};
    CommitReport commit = {};
    SandboxReport sandbox = {};
    ValidatePlace validatedIn = ValidatePlace::Workspace; // where build, validate and test commands ran
    SideEffects sideEffects = {}; // of all commands; a roll-back leaves these files as they are
    QString message = {}; // one sentence: what happened
    std::optional<Error> error = {};
    QString reportPath = {}; // report.md; empty when none was written

    Step &step(Phase phase) { return steps[static_cast<std::size_t>(phase)]; }
    const Step &step(Phase phase) const { return steps[static_cast<std::size_t>(phase)]; }

    // {"status","runId","dryRun","runner","machine","workspace","startedAt","durationMs","task":{id,title,version,phase,file,
    //  dialect,sha256,"retry" where it is not 0},"planId","changes":[…],"alreadyApplied":[…],"warnings":[…],
    //  "gates":[{"phase","command","cwd","timeoutMs","state","exitCode","timedOut","durationMs","output",
    //  "outputTruncated","outputFile","note"}],"steps":[…],"checks":[{"name","state","evidence"}],
    //  "commit":{"state","id","message","branch","tag","note"},"sandbox":{"state","why"},"validatedIn",
    //  "sideEffects":{"files":[{"path","kind"}],"total","ignored","notChecked"},"message","error":{…},"report"}.
    //  Diffs only in a dry run.
    // "traceparent" only when there is one. With forceRuntimeTrace also
    // "trace":[{"phase","command","argv","cwd","environment":{"set","dropped"},"exitCode", "durationMs","outputFile"}],
    // for each command that ran.
    QJsonObject toJson() const;
};

} // namespace PatchPanel::Patch
