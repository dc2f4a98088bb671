#include "services/runner/rollbackrequest.h"

#include "services/common/json.h"

namespace PatchPanel::Runner {

Result<RunRequest> parseRollbackRequest(const QString &runId, const QString &workspace, const QJsonObject &body)
{
    const QString workspaceKey = QStringLiteral("workspace");
    const QString dryRunKey = QStringLiteral("dryRun");
    for (const QString &key : body.keys()) {
        if (key != workspaceKey && key != dryRunKey) {
            return Error{ErrorCode::BadRequest, QStringLiteral("unknown member in the request: %1").arg(key),
                         QStringLiteral("known are workspace and dryRun"), u'/' + key};
        }
    }
    const Result<QString> named = stringMember(body, workspaceKey, workspace);
    if (!named) {
        return named.error();
    }
    const Result<bool> dryRun = boolMember(body, dryRunKey, false);
    if (!dryRun) {
        return dryRun.error();
    }
    return RunRequest{.rollbackOf = runId, .workspace = *named, .dryRun = *dryRun, .useCache = false};
}

} // namespace PatchPanel::Runner
