#include "services/patch/runresult.h"

#include "services/common/clock.h"

#include <QJsonArray>

namespace PatchPanel::Patch {

namespace {

template <typename Container, typename Convert> QJsonArray arrayOf(const Container &items, Convert convert)
{
    QJsonArray array;
    for (const auto &item : items) {
        array.append(convert(item));
    }
    return array;
}

QJsonArray arrayOf(const QList<QString> &texts)
{
    return QJsonArray::fromStringList(texts);
}

QJsonObject taskJson(const Task &task)
{
    QJsonObject object{{QStringLiteral("id"), task.id},
                       {QStringLiteral("title"), task.title},
                       {QStringLiteral("version"), task.version},
                       {QStringLiteral("phase"), task.phase},
                       {QStringLiteral("file"), task.file},
                       {QStringLiteral("dialect"), task.dialect},
                       {QStringLiteral("sha256"), QString::fromLatin1(task.sha256)}};
    if (task.retries > 0) {
        object[QStringLiteral("retry")] = task.retries;
    }
    return object;
}

QJsonObject gateJson(const GateReport &report)
{
    return {{QStringLiteral("phase"), toString(report.gate.phase)},
            {QStringLiteral("command"), report.gate.command},
            {QStringLiteral("cwd"), report.gate.cwd},
            {QStringLiteral("timeoutMs"), static_cast<qint64>(report.gate.timeout.count())},
            {QStringLiteral("state"), toString(report.state)},
            {QStringLiteral("exitCode"), report.exitCode},
            {QStringLiteral("timedOut"), report.timedOut},
            {QStringLiteral("durationMs"), report.durationMs},
            {QStringLiteral("output"), QString::fromUtf8(report.output)},
            {QStringLiteral("outputTruncated"), report.outputTruncated},
            {QStringLiteral("outputFile"), report.outputFile},
            {QStringLiteral("note"), report.note}};
}

QJsonArray traceJson(const QList<GateReport> &gates)
{
    QJsonArray traces;
    for (const GateReport &report : gates) {
        if (report.trace.arguments.isEmpty()) {
            continue;
        }
        QJsonObject trace = report.trace.toJson();
        trace[QStringLiteral("phase")] = toString(report.gate.phase);
        trace[QStringLiteral("command")] = report.gate.command;
        trace[QStringLiteral("exitCode")] = report.exitCode;
        trace[QStringLiteral("durationMs")] = report.durationMs;
        trace[QStringLiteral("outputFile")] = report.outputFile;
        traces.append(trace);
    }
    return traces;
}

QJsonObject checkJson(const Check &check)
{
    return {{QStringLiteral("name"), check.name},
            {QStringLiteral("state"), toString(check.state)},
            {QStringLiteral("evidence"), check.evidenceText()}};
}

QJsonObject commitJson(const CommitReport &commit)
{
    return {{QStringLiteral("state"), commit.state},     {QStringLiteral("id"), commit.id},
            {QStringLiteral("message"), commit.message}, {QStringLiteral("branch"), commit.branch},
            {QStringLiteral("tag"), commit.tag},         {QStringLiteral("note"), commit.note}};
}

} // namespace

QJsonObject RunResult::toJson() const
{
    const WithDiff withDiff = dryRun ? WithDiff::Yes : WithDiff::No;
    QJsonObject object{
        {QStringLiteral("status"), toString(status)},
        {QStringLiteral("runId"), runId},
        {QStringLiteral("dryRun"), dryRun},
        {QStringLiteral("runner"), runner},
        {QStringLiteral("machine"), machine},
        {QStringLiteral("workspace"), workspace},
        {QStringLiteral("startedAt"), isoTime(startedMs)},
        {QStringLiteral("durationMs"), durationMs},
        {QStringLiteral("task"), taskJson(task)},
        {QStringLiteral("planId"), planId},
        {QStringLiteral("changes"),
         arrayOf(changes, [withDiff](const Change &change) { return Patch::toJson(change, withDiff); })},
        {QStringLiteral("alreadyApplied"), arrayOf(alreadyApplied)},
        {QStringLiteral("warnings"), arrayOf(warnings)},
        {QStringLiteral("gates"), arrayOf(gates, gateJson)},
        {QStringLiteral("steps"), arrayOf(steps, [](const Step &step) { return step.toJson(); })},
        {QStringLiteral("checks"), arrayOf(checks, checkJson)},
        {QStringLiteral("commit"), commitJson(commit)},
        {QStringLiteral("sideEffects"), sideEffects.toJson()},
        {QStringLiteral("sandbox"),
         QJsonObject{{QStringLiteral("state"), toString(sandbox.state)}, {QStringLiteral("why"), sandbox.why}}},
        {QStringLiteral("validatedIn"), toString(validatedIn)},
        {QStringLiteral("message"), message},
        {QStringLiteral("report"), reportPath},
    };
    if (!traceparent.isEmpty()) {
        object[QStringLiteral("traceparent")] = traceparent;
    }
    if (task.flags.forceRuntimeTrace) {
        object[QStringLiteral("trace")] = traceJson(gates);
    }
    if (error) {
        object[QStringLiteral("error")] = error->toJson();
    }
    return object;
}

} // namespace PatchPanel::Patch
