#pragma once

#include "services/common/step.h"
#include "services/relay/runrequest.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace PatchPanel::Test {

inline Relay::RunOutcome outcomeFrom(const QJsonObject &response)
{
    Relay::RunOutcome outcome;
    outcome.status = runStatusFromString(response[QStringLiteral("status")].toString()).value_or(RunStatus::Unknown);
    outcome.httpStatus = 200;
    outcome.runId = response[QStringLiteral("runId")].toString();
    outcome.runner = response[QStringLiteral("runner")].toString();
    outcome.response = response;
    outcome.body = QJsonDocument(response).toJson(QJsonDocument::Compact);
    outcome.totalMs = response[QStringLiteral("durationMs")].toInteger();
    return outcome;
}

inline QJsonObject sampleChange(const char *kind, const char *path, int added, int removed, const char *diff)
{
    return {{QStringLiteral("kind"), QLatin1String(kind)},
            {QStringLiteral("path"), QLatin1String(path)},
            {QStringLiteral("added"), added},
            {QStringLiteral("removed"), removed},
            {QStringLiteral("diff"), QString::fromUtf8(diff)}};
}

inline QJsonObject sampleGate(Phase phase, const char *command, StepState state)
{
    return {{QStringLiteral("phase"), toString(phase)},
            {QStringLiteral("command"), QLatin1String(command)},
            {QStringLiteral("cwd"), QString()},
            {QStringLiteral("timeoutMs"), 600000},
            {QStringLiteral("state"), toString(state)},
            {QStringLiteral("exitCode"), 0},
            {QStringLiteral("timedOut"), false},
            {QStringLiteral("durationMs"), 1300},
            {QStringLiteral("output"), QStringLiteral("ok")}};
}

inline QJsonArray sampleSteps(std::array<StepState, allPhases.size()> states)
{
    QJsonArray steps;
    for (const Phase phase : allPhases) {
        const StepState state = states[static_cast<std::size_t>(phase)];
        steps.append(Step{phase, state, 240 * (static_cast<int>(phase) + 1), {}}.toJson());
    }
    return steps;
}

// What a runner answers to a dry run of a task that creates one file, changes one, and has three gates.
inline QJsonObject samplePreview()
{
    const QJsonArray changes{
        sampleChange("create", "src/queue.hpp", 4, 0,
                     "diff --git a/src/queue.hpp b/src/queue.hpp\nnew file mode 100644\n--- /dev/null\n"
                     "+++ b/src/queue.hpp\n@@ -0,0 +1,4 @@\n+#pragma once\n+\n+// Runs wait here.\n+class Queue;\n"),
        sampleChange("modify", "src/app.cpp", 3, 2,
                     "diff --git a/src/app.cpp b/src/app.cpp\n--- a/src/app.cpp\n+++ b/src/app.cpp\n"
                     "@@ -118,9 +118,10 @@ void App::start()\n {\n     auto config = load();\n-    start(config);\n-\n"
                     "+    if (!start(config)) {\n+        log(\"start failed\");\n+    }\n     listen();\n }\n \n"
                     " void App::stop()\n {\n"),
        sampleChange("delete", "old/notes.txt", 0, 1,
                     "diff --git a/old/notes.txt b/old/notes.txt\ndeleted file mode 100644\n--- a/old/notes.txt\n"
                     "+++ /dev/null\n@@ -1 +0,0 @@\n-nothing\n"),
    };
    return {
        {QStringLiteral("status"), QStringLiteral("ok")},
        {QStringLiteral("runId"), QStringLiteral("1f3a5c7e9b02")},
        {QStringLiteral("runner"), QStringLiteral("runner-1")},
        {QStringLiteral("dryRun"), true},
        {QStringLiteral("durationMs"), 84},
        {QStringLiteral("planId"), QStringLiteral("c0ffee")},
        {QStringLiteral("changes"), changes},
        {QStringLiteral("warnings"), QJsonArray{}},
        {QStringLiteral("gates"),
         QJsonArray{sampleGate(Phase::Pre, "test -f CMakeLists.txt", StepState::WouldRun),
                    sampleGate(Phase::Build, "cmake --build build", StepState::WouldRun),
                    sampleGate(Phase::Validate, "./build/check --all", StepState::WouldRun)}},
        {QStringLiteral("steps"),
         sampleSteps({StepState::WouldRun, StepState::WouldRun, StepState::WouldRun, StepState::WouldRun,
                      StepState::None, StepState::WouldRun})},
    };
}

// The same task after it ran and was committed.
inline QJsonObject sampleSuccess()
{
    QJsonObject response = samplePreview();
    response[QStringLiteral("dryRun")] = false;
    response[QStringLiteral("durationMs")] = 41234;
    response[QStringLiteral("steps")] = sampleSteps({StepState::Passed, StepState::Passed, StepState::Passed,
                                                     StepState::Passed, StepState::None, StepState::Passed});
    response[QStringLiteral("commit")] = QJsonObject{{QStringLiteral("state"), QStringLiteral("committed")},
                                                     {QStringLiteral("id"), QStringLiteral("abc1234def5678900000")},
                                                     {QStringLiteral("branch"), QStringLiteral("main")}};
    response[QStringLiteral("report")] = QStringLiteral("/work/.patchpanel/history/1f3a5c7e9b02/report.md");
    return response;
}

// The same task, rolled back after its validate gate failed.
inline QJsonObject sampleFailure()
{
    QJsonObject response = sampleSuccess();
    QJsonObject gate = sampleGate(Phase::Validate, "./build/check --all", StepState::Failed);
    gate[QStringLiteral("exitCode")] = 3;
    response[QStringLiteral("status")] = QStringLiteral("failed");
    response[QStringLiteral("commit")] = QJsonObject{{QStringLiteral("state"), QStringLiteral("none")}};
    response[QStringLiteral("gates")] = QJsonArray{gate};
    response[QStringLiteral("steps")] = sampleSteps({StepState::Passed, StepState::Passed, StepState::Passed,
                                                     StepState::Failed, StepState::NotReached, StepState::NotReached});
    return response;
}

// A dry run of a task whose hunk does not match.
inline QJsonObject sampleConflict()
{
    const Error error{ErrorCode::DoesNotApply,
                      QStringLiteral("hunk 2 does not match the file"),
                      QStringLiteral("Make the patch again from the current file."),
                      QStringLiteral("src/app.cpp, hunk 2"),
                      {{QStringLiteral("path"), QStringLiteral("src/app.cpp")},
                       {QStringLiteral("line"), 121},
                       {QStringLiteral("expected"), QStringLiteral("    start(config);")},
                       {QStringLiteral("found"), QStringLiteral("    start(config, true);")}}};
    return {{QStringLiteral("status"), QStringLiteral("conflict")},
            {QStringLiteral("dryRun"), true},
            {QStringLiteral("error"), error.toJson()},
            {QStringLiteral("steps"),
             sampleSteps({StepState::NotReached, StepState::NotReached, StepState::NotReached, StepState::NotReached,
                          StepState::NotReached, StepState::NotReached})}};
}

} // namespace PatchPanel::Test
