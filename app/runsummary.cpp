#include "app/runsummary.h"

#include "services/common/clock.h"
#include "services/common/json.h"

#include <QFile>
#include <QJsonArray>

#include <algorithm>

namespace PatchPanel::App {

namespace {

std::optional<RunSummary> summaryOf(const PastRun &run)
{
    QFile file(run.jsonReportPath());
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const Result<QJsonObject> report = parseJsonObject(file.readAll());
    return report ? std::optional(RunSummary::fromReport(*report)) : std::nullopt;
}

bool fits(const RunSummary &run, const RunQuery &query)
{
    return (!query.status || run.status == *query.status) && run.task.contains(query.task, Qt::CaseInsensitive)
        && (!query.since.isValid() || run.startedAt >= query.since);
}

} // namespace

RunSummary RunSummary::fromReport(const QJsonObject &report)
{
    const QJsonValue task = report[QStringLiteral("task")];
    const QString file = task[QStringLiteral("file")].toString();
    return {.runId = report[QStringLiteral("runId")].toString(),
            .status = runStatusFromString(report[QStringLiteral("status")].toString()).value_or(RunStatus::Unknown),
            .task = file.isEmpty() ? task[QStringLiteral("title")].toString() : file,
            .workspace = report[QStringLiteral("workspace")].toString(),
            .startedAt = QDateTime::fromString(report[QStringLiteral("startedAt")].toString(), Qt::ISODateWithMs),
            .durationMs = report[QStringLiteral("durationMs")].toInteger(),
            .changes = report[QStringLiteral("changes")].toArray().size()};
}

QJsonObject RunSummary::toJson() const
{
    return {{QStringLiteral("runId"), runId},
            {QStringLiteral("status"), toString(status)},
            {QStringLiteral("task"), task},
            {QStringLiteral("workspace"), workspace},
            {QStringLiteral("startedAt"), isoTime(startedAt.toMSecsSinceEpoch())},
            {QStringLiteral("durationMs"), durationMs},
            {QStringLiteral("changes"), static_cast<qint64>(changes)}};
}

Result<RunPage> listRuns(const QList<PastRun> &newestFirst, const RunQuery &query)
{
    auto run = newestFirst.begin();
    if (!query.cursor.isEmpty()) {
        run = std::find_if(run, newestFirst.end(), [&query](const PastRun &r) { return r.id == query.cursor; });
        if (run == newestFirst.end()) {
            return Error{ErrorCode::NotFound, QStringLiteral("there is no page \"%1\"").arg(query.cursor),
                         QStringLiteral("take the cursor that the page before it named")};
        }
        ++run;
    }
    RunPage page;
    for (; run != newestFirst.end(); ++run) {
        const std::optional<RunSummary> summary = summaryOf(*run);
        if (!summary || !fits(*summary, query)) {
            continue;
        }
        if (page.runs.size() == query.limit) {
            page.nextCursor = page.runs.last().runId;
            break;
        }
        page.runs.append(*summary);
    }
    return page;
}

} // namespace PatchPanel::App
