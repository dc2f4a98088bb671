#include "services/runner/runrecord.h"

#include "services/common/clock.h"
#include "services/common/json.h"

#include <QJsonArray>

namespace PatchPanel::Runner {

QByteArray RunRecord::toJson() const
{
    if (isFinal(status)) {
        return result;
    }
    QJsonArray stepList;
    for (const Step &step : steps) {
        stepList.append(step.toJson());
    }
    QJsonObject object{{QStringLiteral("status"), toString(status)},
                       {QStringLiteral("runId"), id},
                       {QStringLiteral("steps"), stepList}};
    if (!traceparent.isEmpty()) {
        object[QStringLiteral("traceparent")] = traceparent;
    }
    return compactJson(object);
}

QJsonObject RunRecord::summary() const
{
    return {{QStringLiteral("runId"), id},
            {QStringLiteral("status"), toString(status)},
            {QStringLiteral("task"), taskName},
            {QStringLiteral("workspace"), workspace},
            {QStringLiteral("dryRun"), dryRun},
            {QStringLiteral("submittedAt"), isoTime(submittedMs)},
            {QStringLiteral("durationMs"), durationMs},
            {QStringLiteral("message"), message}};
}

} // namespace PatchPanel::Runner
