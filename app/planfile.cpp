#include "app/planfile.h"

#include "services/common/ids.h"
#include "services/common/json.h"
#include "services/common/savedfile.h"
#include "services/patch/workspacefile.h"

#include <QFile>

namespace PatchPanel::App {

namespace {

const QString formatName = QStringLiteral("patchpanel-plan");
constexpr int formatVersion = 1;

Error invalid(const QString &message)
{
    return Error{ErrorCode::InvalidTask, message,
                 QStringLiteral("Make the plan again: patchpanel --no-gui plan TASK --output FILE")};
}

QString base64(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toBase64());
}

QByteArray fromBase64(const QJsonValue &text)
{
    return QByteArray::fromBase64(text.toString().toLatin1());
}

QJsonArray withoutDiffs(const QJsonArray &changes)
{
    QJsonArray kept;
    for (const QJsonValue &change : changes) {
        QJsonObject object;
        for (const char *key : {"path", "from", "kind", "before", "after", "added", "removed"}) {
            object.insert(QLatin1String(key), change[QLatin1String(key)]);
        }
        kept.append(object);
    }
    return kept;
}

Result<QJsonValue> hashOf(const Patch::WorkspaceRoot &root, const QString &path)
{
    const auto state = root.read(path);
    if (!state) {
        return state.error();
    }
    return *state ? QJsonValue(QString::fromLatin1((*state)->contents.sha256())) : QJsonValue(QJsonValue::Null);
}

} // namespace

QByteArray PlanFile::toBytes() const
{
    QJsonObject files;
    for (auto file = filesBeside.begin(); file != filesBeside.end(); ++file) {
        files.insert(file.key(), base64(*file));
    }
    const QJsonObject document{
        {QStringLiteral("format"), formatName},
        {QStringLiteral("formatVersion"), formatVersion},
        {QStringLiteral("planId"), planId},
        {QStringLiteral("task"),
         QJsonObject{{QStringLiteral("file"), taskName},
                     {QStringLiteral("sha256"), QString::fromLatin1(sha256Hex(task))},
                     {QStringLiteral("contentBase64"), base64(task)}}},
        {QStringLiteral("filesBeside"), files},
        {QStringLiteral("workspace"), workspace},
        {QStringLiteral("options"), options.toJson()},
        {QStringLiteral("changes"), withoutDiffs(changes)},
    };
    return QJsonDocument(document).toJson();
}

Result<PlanFile> PlanFile::fromBytes(QByteArrayView bytes)
{
    const Result<QJsonObject> document = parseJsonObject(bytes);
    if (!document || (*document)[QStringLiteral("format")].toString() != formatName) {
        return invalid(QStringLiteral("this is no saved plan"));
    }
    if (const int version = (*document)[QStringLiteral("formatVersion")].toInt(); version != formatVersion) {
        return invalid(
            QStringLiteral("the saved plan has format version %1, known is %2").arg(version).arg(formatVersion));
    }
    const QJsonObject taskObject = (*document)[QStringLiteral("task")].toObject();
    const QJsonObject files = (*document)[QStringLiteral("filesBeside")].toObject();
    const Result<TaskOptions> options = TaskOptions::fromJson((*document)[QStringLiteral("options")].toObject());
    if (!options) {
        return invalid(QStringLiteral("the options of the saved plan are wrong: %1").arg(options.error().toString()));
    }
    PlanFile plan{.planId = (*document)[QStringLiteral("planId")].toString(),
                  .taskName = taskObject[QStringLiteral("file")].toString(),
                  .task = fromBase64(taskObject[QStringLiteral("contentBase64")]),
                  .workspace = (*document)[QStringLiteral("workspace")].toString(),
                  .options = *options,
                  .changes = (*document)[QStringLiteral("changes")].toArray()};
    for (auto file = files.begin(); file != files.end(); ++file) {
        plan.filesBeside.insert(file.key(), fromBase64(file.value()));
    }
    const QString sha256 = taskObject[QStringLiteral("sha256")].toString();
    if (plan.planId.isEmpty() || plan.task.isEmpty() || sha256 != QString::fromLatin1(sha256Hex(plan.task))) {
        return invalid(QStringLiteral("the saved plan was changed: its task does not have its SHA-256"));
    }
    return plan;
}

Relay::RunRequest PlanFile::request(const QString &inWorkspace) const
{
    return {.content = task,
            .contentName = taskName,
            .filesBeside = filesBeside,
            .workspace = inWorkspace,
            .planId = planId,
            .options = options};
}

Result<void> savePlan(const PlanFile &plan, const QString &path)
{
    return saveFile(path, plan.toBytes());
}

Result<PlanFile> loadPlan(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{file.exists() ? ErrorCode::Io : ErrorCode::NotFound,
                     QStringLiteral("cannot read the saved plan: %1").arg(file.errorString()),
                     {},
                     path};
    }
    Result<PlanFile> plan = PlanFile::fromBytes(file.readAll());
    if (plan) {
        return plan;
    }
    Error error = plan.error();
    error.where = path;
    return error;
}

Result<void> checkNotStale(const PlanFile &plan, const QString &workspace)
{
    const Result<Patch::WorkspaceRoot> root = Patch::WorkspaceRoot::open(workspace);
    if (!root) {
        return root.error();
    }
    QStringList stale;
    for (const QJsonValue &change : plan.changes) {
        const QString from = change[QStringLiteral("from")].toString();
        const QString path = from.isEmpty() ? change[QStringLiteral("path")].toString() : from;
        const Result<QJsonValue> now = hashOf(*root, path);
        if (!now || *now != change[QStringLiteral("before")]) {
            stale << path;
        }
    }
    if (stale.isEmpty()) {
        return {};
    }
    return Error{
        ErrorCode::Stale,
        QStringLiteral("the workspace is no longer as the plan saw it: %1").arg(stale.join(QStringLiteral(", "))),
        QStringLiteral("make the plan again and look at it"),
        {},
        {{QStringLiteral("paths"), QJsonArray::fromStringList(stale)}}};
}

} // namespace PatchPanel::App
