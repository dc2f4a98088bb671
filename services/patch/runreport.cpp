#include "services/patch/runreport.h"

#include "services/common/json.h"
#include "services/patch/patchrun.h"
#include "services/patch/runchecks.h"
#include "services/patch/statefolder.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QSaveFile>

namespace PatchPanel::Patch {

namespace {

Result<void> save(const QString &path, const QByteArray &text)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit()) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The report %1 cannot be written: %2.").arg(path, file.errorString())};
    }
    return {};
}

Result<void> openHistory(const StateFolder &state, const QString &runId)
{
    const Result<Descriptor> opened = state.open(StateFolder::history(runId), WorkspaceRoot::MissingFolders::Make);
    return opened ? Result<void>{} : opened.error();
}

QByteArray jsonText(const RunResult &result)
{
    return QJsonDocument(result.toJson()).toJson();
}

// What writeStartReport() told of the run.
RunResult fromStartReport(const QJsonObject &report, const QString &runId)
{
    const QJsonObject task = report[QStringLiteral("task")].toObject();
    const QJsonObject commit = report[QStringLiteral("commit")].toObject();
    RunResult result;
    result.runId = runId;
    result.runner = report[QStringLiteral("runner")].toString();
    result.machine = report[QStringLiteral("machine")].toString();
    result.workspace = report[QStringLiteral("workspace")].toString();
    result.planId = report[QStringLiteral("planId")].toString();
    result.startedMs =
        QDateTime::fromString(report[QStringLiteral("startedAt")].toString(), Qt::ISODateWithMs).toMSecsSinceEpoch();
    result.task.id = task[QStringLiteral("id")].toString();
    result.task.title = task[QStringLiteral("title")].toString();
    result.task.version = task[QStringLiteral("version")].toString();
    result.task.phase = task[QStringLiteral("phase")].toString();
    result.task.file = task[QStringLiteral("file")].toString();
    result.task.dialect = task[QStringLiteral("dialect")].toString();
    result.task.sha256 = task[QStringLiteral("sha256")].toString().toLatin1();
    result.task.retries = task[QStringLiteral("retry")].toInt();
    result.commit.state = commit[QStringLiteral("state")].toString();
    result.commit.message = commit[QStringLiteral("message")].toString();
    for (Step &step : result.steps) {
        step.state = StepState::NotReached;
    }
    return result;
}

void endAs(RunEnding ending, const QString &commit, RunResult &result)
{
    const bool wouldCommit = result.commit.state == QLatin1String("wouldCommit");
    result.commit.state = QStringLiteral("none");
    switch (ending) {
    case RunEnding::TakenBack:
        result.status = RunStatus::Interrupted;
        result.message = QStringLiteral("The run was killed before its end. The workspace is as it was before.");
        result.error = Error{ErrorCode::Cancelled, result.message};
        break;
    case RunEnding::Finished:
        result.status = wouldCommit && commit.isEmpty() ? RunStatus::AppliedNotCommitted : RunStatus::Ok;
        result.step(Phase::Mutate).state = StepState::Passed;
        result.message = QStringLiteral("The run was killed after its changes were final: they stand.");
        if (!commit.isEmpty()) {
            result.step(Phase::Commit).state = StepState::Passed;
            result.commit.state = QStringLiteral("committed");
            result.commit.id = commit;
            result.message =
                QStringLiteral("The run was killed after it had committed %1.").arg(result.commit.shortId());
        } else if (wouldCommit) {
            result.message += QStringLiteral(" They are not committed.");
        }
        break;
    case RunEnding::Conflict:
        result.status = RunStatus::RollbackFailed;
        result.message = QStringLiteral("The run was killed before its end, and not all of it could be taken back.");
        result.error =
            Error{ErrorCode::RollbackFailed, result.message, QStringLiteral("Decide which version to keep.")};
        break;
    }
}

} // namespace

Result<void> writeStartReport(const WorkspaceRoot &root, const RunResult &result)
{
    const StateFolder state(root);
    if (Result<void> opened = openHistory(state, result.runId); !opened) {
        return opened;
    }
    RunResult start = result;
    start.changes.clear(); // thousands, perhaps, and a plan is no deed
    start.gates.clear();
    return save(state.absolutePath(StateFolder::history(result.runId)) + QStringLiteral("/report.json"),
                jsonText(start));
}

Result<void> writeReports(const WorkspaceRoot &root, RunResult &result)
{
    const StateFolder state(root);
    if (Result<void> opened = openHistory(state, result.runId); !opened) {
        return opened;
    }
    const QString path = state.absolutePath(StateFolder::history(result.runId));
    result.reportPath = path + QStringLiteral("/report.md");
    Result<void> saved = save(result.reportPath, reportMarkdown(result));
    if (saved) {
        saved = save(path + QStringLiteral("/report.json"), jsonText(result));
    }
    if (!saved) {
        result.reportPath.clear();
    }
    return saved;
}

Result<QJsonObject> settleReport(const WorkspaceRoot &root, const QString &runId, RunEnding ending,
                                 const QList<QString> &notes, const QString &commit)
{
    const QString path = StateFolder::pathInWorkspace(StateFolder::history(runId)) + QStringLiteral("/report.json");
    const Result<std::optional<FileState>> file = root.read(path);
    if (!file) {
        return file.error();
    }
    if (!*file) {
        return Error{ErrorCode::NotFound, QStringLiteral("Run %1 has no report.").arg(runId), {}, path};
    }
    Result<QJsonObject> report = parseJsonObject((*file)->contents.toByteArray());
    if (!report || runStatusFromString((*report)[QStringLiteral("status")].toString()) != RunStatus::Running) {
        return report;
    }
    RunResult result = fromStartReport(*report, runId);
    result.warnings = notes;
    endAs(ending, commit, result);
    result.checks = makeChecks(result, {}, {});
    if (Result<void> written = writeReports(root, result); !written) {
        return written.error();
    }
    return result.toJson();
}

} // namespace PatchPanel::Patch
