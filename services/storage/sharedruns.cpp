#include "services/storage/sharedruns.h"

#include <algorithm>

namespace PatchPanel::Storage {

namespace {

constexpr int entriesAtOnce = 100; // of a log

QByteArray runKey(const QString &runId)
{
    return "pp:{run:" + runId.toUtf8() + "}";
}

QByteArray logKey(const QString &runId)
{
    return runKey(runId) + ":log";
}

} // namespace

SharedRuns::SharedRuns(const RedisUrl &url, std::chrono::seconds kept)
    : m_redis(url)
    , m_kept(kept)
{
}

Result<void> SharedRuns::publish(const SharedRun &run, const QByteArray &logLines)
{
    QList<QByteArray> arguments{QByteArray::number(qint64(m_kept.count())),
                                QByteArray::number(mostSharedLogBytes),
                                logLines,
                                isFinal(run.status) ? "1" : "0",
                                "status",
                                toString(run.status).toUtf8()};
    const auto add = [&arguments](const char *name, const QByteArray &value) {
        if (!value.isEmpty()) {
            arguments << name << value;
        }
    };
    add("task", run.task.toUtf8());
    add("workspace", run.workspace.toUtf8());
    add("runner", run.runner.toUtf8());
    add("machine", run.machine.toUtf8());
    add("result", run.result);
    add("report", run.report);
    const Result<RedisReply> reply =
        m_redis.evaluate(RedisScripts::runPublish(), {runKey(run.runId), logKey(run.runId)}, arguments);
    return reply ? Result<void>{} : reply.error();
}

Result<std::optional<SharedRun>> SharedRuns::find(const QString &runId)
{
    const Result<RedisReply> reply = m_redis.command(
        {"HMGET", runKey(runId), "status", "task", "workspace", "runner", "machine", "result", "report"});
    if (!reply) {
        return reply.error();
    }
    const auto text = [&reply](qsizetype index) {
        return reply->elements.value(index).text;
    };
    if (text(0).isEmpty()) {
        return std::optional<SharedRun>();
    }
    return std::optional(
        SharedRun{.runId = runId,
                  .status = runStatusFromString(QString::fromUtf8(text(0))).value_or(RunStatus::Unknown),
                  .task = QString::fromUtf8(text(1)),
                  .workspace = QString::fromUtf8(text(2)),
                  .runner = QString::fromUtf8(text(3)),
                  .machine = QString::fromUtf8(text(4)),
                  .result = text(5),
                  .report = text(6)});
}

Result<SharedLogPart> SharedRuns::readLog(const QString &runId, const QByteArray &from, std::chrono::milliseconds time)
{
    SharedLogPart part{.next = from.isEmpty() ? QByteArray("0-0") : from};
    const Result<RedisReply> reply =
        m_redis.command({"XREAD", "COUNT", QByteArray::number(entriesAtOnce), "BLOCK",
                         QByteArray::number(std::max<qint64>(1, time.count())), "STREAMS", logKey(runId), part.next});
    if (!reply) {
        return reply.error();
    }
    for (const RedisReply &entry : reply->elements.value(0).elements.value(1).elements) {
        part.next = entry.elements.value(0).text;
        const RedisReply fields = entry.elements.value(1);
        const QByteArray name = fields.elements.value(0).text;
        part.lines += name == "lines" ? fields.elements.value(1).text : QByteArray();
        part.isCut = part.isCut || name == "cut";
        part.hasEnded = part.hasEnded || name == "ended";
    }
    return part;
}

} // namespace PatchPanel::Storage
