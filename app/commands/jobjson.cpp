#include "app/commands/jobjson.h"

#include "services/common/json.h"

namespace PatchPanel::App {

QJsonObject jobJson(const Storage::JobState &state)
{
    using Storage::JobState;
    QJsonObject object{{QStringLiteral("job"), state.job.id}, {QStringLiteral("state"), toString(state.kind)}};
    if (!state.job.workspace.isEmpty()) {
        object[QStringLiteral("workspace")] = state.job.workspace;
        object[QStringLiteral("task")] = state.job.task;
        object[QStringLiteral("addedMs")] = state.job.addedMs;
        object[QStringLiteral("attempt")] = state.job.attempt;
    }
    switch (state.kind) {
    case JobState::Kind::Dead:
        object[QStringLiteral("reason")] = QString::fromUtf8(state.text);
        object[QStringLiteral("deadForMs")] = state.silentMs;
        [[fallthrough]];
    case JobState::Kind::Running:
        object[QStringLiteral("worker")] = state.worker;
        object[QStringLiteral("deliveries")] = state.deliveries;
        break;
    case JobState::Kind::Finished: {
        const Result<QJsonObject> result = parseJsonObject(state.text);
        object[QStringLiteral("result")] = result ? *result : QJsonObject();
        break;
    }
    default:
        break;
    }
    if (state.kind == JobState::Kind::Running) {
        object[QStringLiteral("silentMs")] = state.silentMs;
    }
    return object;
}

} // namespace PatchPanel::App
