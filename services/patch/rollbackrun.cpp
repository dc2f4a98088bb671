#include "services/patch/rollbackrun.h"

#include "services/common/json.h"
#include "services/patch/rollbackplan.h"
#include "services/patch/runsession.h"
#include "services/patch/statefolder.h"

#include <QRegularExpression>

#include <exception>

namespace PatchPanel::Patch {

namespace {

// A run id is a name in the history folder, never a way out of it.
bool isRunId(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$"));
    return form.match(text).hasMatch();
}

Task rollbackTask(const QString &pastRunId)
{
    Task task;
    task.dialect = QStringLiteral("rollback");
    task.id = QStringLiteral("rollback-") + pastRunId;
    task.title = QStringLiteral("Roll back run ") + pastRunId;
    return task;
}

// What the past run left in the repository.
QList<QString> commitNotes(const WorkspaceRoot &root, const QString &pastRunId)
{
    const Result<std::optional<FileState>> file =
        root.read(StateFolder::pathInWorkspace(StateFolder::history(pastRunId)) + QStringLiteral("/report.json"));
    const Result<QJsonObject> report =
        file && *file ? parseJsonObject((*file)->contents.toByteArray()) : Result(QJsonObject());
    const QJsonObject commit = report ? (*report)[QStringLiteral("commit")].toObject() : QJsonObject();
    const QString id = commit[QStringLiteral("id")].toString();
    if (id.isEmpty()) {
        return {};
    }
    return {QStringLiteral("The commit %1 of run %2 stays in the repository: the restored files are not committed.")
                .arg(id.left(7), pastRunId)};
}

Result<Plan> planFor(const WorkspaceRoot &root, const QString &pastRunId, const Task &task)
{
    if (!isRunId(pastRunId)) {
        return Error{ErrorCode::BadRequest, QStringLiteral("\"%1\" is no id of a run.").arg(pastRunId),
                     QStringLiteral("The history lists the runs with their ids.")};
    }
    Result<Plan> plan = makeRollbackPlan(root, pastRunId, task);
    if (plan) {
        plan->warnings = commitNotes(root, pastRunId);
    }
    return plan;
}

} // namespace

RunResult rollBackRun(const QString &workspace, const QString &pastRunId, const RunOptions &options,
                      const Log::Writer &log, const std::function<void(const Step &)> &stepChanged,
                      std::stop_token stop)
{
    const Task task = rollbackTask(pastRunId);
    const std::function<void(const Step &)> changed = stepChanged ? stepChanged : [](const Step &) {
    };
    RunSession run(task, workspace, options, log, changed, std::move(stop),
                   [&](const WorkspaceRoot &root) { return planFor(root, pastRunId, task); });
    try {
        return run.run();
    } catch (const std::exception &exception) {
        return run.interrupted(exception.what());
    }
}

} // namespace PatchPanel::Patch
