#include "services/runner/runnerapi.h"

namespace PatchPanel::Runner {

namespace {

using Http::Method;
using Http::Operation;
using Parameter = Operation::Parameter;
using Place = Parameter::Place;

const QString json = QStringLiteral("application/json");
const QString text = QStringLiteral("string");
const QString number = QStringLiteral("integer");

// Of the requests that start a run.
QList<Parameter> startParameters()
{
    return {
        {Place::Header, QStringLiteral("Prefer"), text, QStringLiteral("respond-async: answer 202 at once.")},
        {Place::Header, QStringLiteral("Idempotency-Key"), text,
         QStringLiteral("At most 255 bytes, known for 24 hours, also after a restart. The same key with the same body "
                        "runs once: it answers with the result, or 409 and the run's id while that is in progress. "
                        "With another body it is 422.")},
        {Place::Header, QStringLiteral("traceparent"), text,
         QStringLiteral("W3C Trace Context; commands see it as TRACEPARENT. An invalid one is ignored.")}};
}

QList<Operation::Answer> startAnswers()
{
    const QString problem = QStringLiteral("application/problem+json");
    const QString schema = QStringLiteral("Problem");
    return {
        {200, QStringLiteral("The run ended; a failed one too."), json, QStringLiteral("RunResult")},
        {202, QStringLiteral("Taken; Location is the run."), json, QStringLiteral("Accepted")},
        {409, QStringLiteral("The run of this key is in progress, or there is nothing to take back."), problem, schema},
        {422, QStringLiteral("The key was used with another body."), problem, schema},
        {429, QStringLiteral("The queue is full. X-PatchPanel-Not-Started: 1 and Retry-After."), problem, schema},
        {503, QStringLiteral("Shutting down. X-PatchPanel-Not-Started: 1 and Retry-After."), problem, schema}};
}

Operation runPatchOperation()
{
    return {.method = Method::Post,
            .pattern = QStringLiteral("/run-patch"),
            .id = QStringLiteral("runPatch"),
            .summary = QStringLiteral("Run a task and wait for its result"),
            .requestSchema = QStringLiteral("RunRequest"),
            .parameters = startParameters(),
            .answers = startAnswers()};
}

Operation rollBackOperation()
{
    return {.method = Method::Post,
            .pattern = QStringLiteral("/runs/:id/rollback"),
            .id = QStringLiteral("rollBack"),
            .summary = QStringLiteral("Take a past run back and wait for the result"),
            .requestSchema = QStringLiteral("RollbackRequest"),
            .parameters = startParameters(),
            .answers = startAnswers()};
}

Operation showRunsOperation()
{
    return {
        .pattern = QStringLiteral("/runs"),
        .id = QStringLiteral("listRuns"),
        .summary = QStringLiteral("Runs, newest first, in pages"),
        .parameters = {{Place::Query, QStringLiteral("limit"), number, QStringLiteral("0 to 1000; 50")},
                       {Place::Query, QStringLiteral("cursor"), text, QStringLiteral("nextCursor of the page before")},
                       {Place::Query, QStringLiteral("status"), text, QStringLiteral("a RunStatus")},
                       {Place::Query, QStringLiteral("task"), text, QStringLiteral("part of its id, title or file")},
                       {Place::Query, QStringLiteral("workspace"), text, QStringLiteral("its canonical path")},
                       {Place::Query, QStringLiteral("q"), text,
                        QStringLiteral("part of the id, task, workspace or message")}},
        .answers = {{200, QStringLiteral("A page."), json, QStringLiteral("RunList")}}};
}

Operation showRunOperation()
{
    return {.pattern = QStringLiteral("/runs/:id"),
            .id = QStringLiteral("showRun"),
            .summary = QStringLiteral("How a run stands or ended; a past one also by the beginning of its id"),
            .answers = {{200, QStringLiteral("The run."), json, QStringLiteral("Run")}}};
}

Operation forgetRunOperation()
{
    return {.method = Method::Delete,
            .pattern = QStringLiteral("/runs/:id"),
            .id = QStringLiteral("forgetRun"),
            .summary = QStringLiteral("Remove a run that ended from the history, with its undo slots"),
            .answers = {{204, QStringLiteral("It is forgotten, and cannot be rolled back.")},
                        {409, QStringLiteral("It, or another run in its workspace, has not ended."),
                         QStringLiteral("application/problem+json"), QStringLiteral("Problem")}}};
}

Operation followRunOperation()
{
    return {.pattern = QStringLiteral("/runs/:id/events"),
            .id = QStringLiteral("followRun"),
            .summary =
                QStringLiteral("Follow a run of this process: Server-Sent Events log (LogLine), step (Step) and at "
                               "the end result (RunResult)"),
            .parameters = {{Place::Header, QStringLiteral("Last-Event-ID"), number,
                            QStringLiteral("goes on behind the event with this id")},
                           {Place::Query, QStringLiteral("log"), text, QStringLiteral("none: without the log")}},
            .answers = {
                {200, QStringLiteral("Events, and a comment line every 10 s."), QStringLiteral("text/event-stream")}}};
}

Operation showLogOperation()
{
    return {.pattern = QStringLiteral("/runs/:id/log"),
            .id = QStringLiteral("showLog"),
            .summary = QStringLiteral("The log of a run of this process"),
            .parameters = {{Place::Query, QStringLiteral("from"), number, QStringLiteral("`next` of the part before")}},
            .answers = {{200, QStringLiteral("At most 10,000 lines."), json, QStringLiteral("Log")}}};
}

Operation showReportOperation()
{
    return {.pattern = QStringLiteral("/runs/:id/report"),
            .id = QStringLiteral("showReport"),
            .summary = QStringLiteral("The report of a run that ended, by Accept"),
            .answers = {{200, QStringLiteral("The report."), QStringLiteral("text/markdown")},
                        {200, QStringLiteral("The report."), json, QStringLiteral("Run")}}};
}

Operation cancelRunOperation()
{
    return {.method = Method::Post,
            .pattern = QStringLiteral("/runs/:id/cancel"),
            .id = QStringLiteral("cancelRun"),
            .summary = QStringLiteral("Cancel a run, which takes back what it did"),
            .answers = {
                {202, QStringLiteral("It is being cancelled, or was before it began."), json, QStringLiteral("Run")},
                {409, QStringLiteral("It has ended."), QStringLiteral("application/problem+json"),
                 QStringLiteral("Problem")}}};
}

Operation healthOperation()
{
    return {.pattern = QStringLiteral("/health"),
            .id = QStringLiteral("health"),
            .summary = QStringLiteral("Whether the runner takes runs; needs no token"),
            .answers = {{200, QStringLiteral("It answers."), json, QStringLiteral("Health")}},
            .access = Http::Access::Open};
}

Operation metricsOperation()
{
    return {.pattern = QStringLiteral("/metrics"),
            .id = QStringLiteral("metrics"),
            .summary = QStringLiteral("Metrics in the Prometheus text format 0.0.4"),
            .answers = {{200, QStringLiteral("The metrics."), QStringLiteral("text/plain")}}};
}

Operation openApiOperation()
{
    return {.pattern = QStringLiteral("/openapi.json"),
            .id = QStringLiteral("openApi"),
            .summary = QStringLiteral("This document"),
            .answers = {{200, QStringLiteral("OpenAPI 3.1."), json}}};
}

} // namespace

const std::vector<RunnerApi::Route> &RunnerApi::routes()
{
    static const std::vector<Route> table{
        {runPatchOperation(), &RunnerApi::runPatch},     {rollBackOperation(), &RunnerApi::rollBack},
        {showRunsOperation(), &RunnerApi::showRuns},     {showRunOperation(), &RunnerApi::showRun},
        {followRunOperation(), &RunnerApi::followRun},   {showLogOperation(), &RunnerApi::showLog},
        {showReportOperation(), &RunnerApi::showReport}, {cancelRunOperation(), &RunnerApi::cancelRun},
        {healthOperation(), &RunnerApi::health},         {metricsOperation(), &RunnerApi::metrics},
        {openApiOperation(), &RunnerApi::openApi},       {forgetRunOperation(), &RunnerApi::forgetRun},
    };
    return table;
}

} // namespace PatchPanel::Runner
