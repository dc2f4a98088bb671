#include "services/runner/runrequest.h"

#include "services/common/json.h"

#include <QStringList>

namespace PatchPanel::Runner {

namespace {

QStringList knownMembers()
{
    return QStringList{QStringLiteral("file"),   QStringLiteral("task"),          QStringLiteral("contentBase64"),
                       QStringLiteral("name"),   QStringLiteral("filesBeside"),   QStringLiteral("workspace"),
                       QStringLiteral("dryRun"), QStringLiteral("force"),         QStringLiteral("noCache"),
                       QStringLiteral("plan"),   QStringLiteral("timeoutSeconds")}
    + TaskOptions::memberNames() + RunSettings::memberNames();
}

Error badMember(const QString &key, const QString &message)
{
    return Error{ErrorCode::BadRequest, message, {}, QLatin1Char('/') + key};
}

Result<void> checkMembers(const QJsonObject &body)
{
    const QStringList known = knownMembers();
    QStringList unknown;
    const QStringList keys = body.keys();
    for (const QString &key : keys) {
        if (!known.contains(key)) {
            unknown.append(key);
        }
    }
    if (unknown.isEmpty()) {
        return {};
    }
    return Error{ErrorCode::BadRequest,
                 QStringLiteral("unknown members in the request: %1").arg(unknown.join(QStringLiteral(", "))),
                 QStringLiteral("known are %1").arg(known.join(QStringLiteral(", "))),
                 QLatin1Char('/') + unknown.first()};
}

Result<void> readText(const QJsonObject &body, const QString &key, QString &target)
{
    const Result<QString> text = stringMember(body, key, target);
    if (!text) {
        return text.error();
    }
    target = *text;
    return {};
}

Result<void> readFlag(const QJsonObject &body, const QString &key, bool &target)
{
    const Result<bool> flag = boolMember(body, key, target);
    if (!flag) {
        return flag.error();
    }
    target = *flag;
    return {};
}

Result<void> readNumber(const QJsonObject &body, const QString &key, int &target, int least, int most)
{
    const Result<int> number = integerMember(body, key, target, least, most);
    if (!number) {
        return number.error();
    }
    target = *number;
    return {};
}

Result<void> readContent(const QJsonObject &body, RunRequest &request)
{
    QString encoded;
    if (Result<void> text = readText(body, QStringLiteral("contentBase64"), encoded); !text) {
        return text;
    }
    const auto decoded = QByteArray::fromBase64Encoding(encoded.toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded) {
        return badMember(QStringLiteral("contentBase64"), QStringLiteral("not valid Base64"));
    }
    request.content = *decoded;
    request.contentName = QStringLiteral("the task in the request");
    return readText(body, QStringLiteral("name"), request.contentName);
}

Result<void> readTaskMember(const QJsonObject &body, RunRequest &request)
{
    const Result<QJsonObject> task = objectMember(body, QStringLiteral("task"));
    if (!task) {
        return task.error();
    }
    request.content = compactJson(*task);
    request.contentName = QStringLiteral("the task in the request");
    return readText(body, QStringLiteral("name"), request.contentName);
}

Result<void> readFilesBeside(const QJsonObject &body, RunRequest &request)
{
    const QString key = QStringLiteral("filesBeside");
    const Result<QJsonObject> files = objectMember(body, key);
    if (!files) {
        return files.error();
    }
    if (!files->isEmpty() && body.contains(QStringLiteral("file"))) {
        return badMember(key, QStringLiteral("a task that is named by its file takes its files from beside it"));
    }
    for (auto file = files->begin(); file != files->end(); ++file) {
        const auto decoded =
            QByteArray::fromBase64Encoding(file.value().toString().toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
        if (!file.value().isString() || !decoded) {
            return badMember(key, QStringLiteral("\"%1\" is not valid Base64").arg(file.key()));
        }
        request.filesBeside.insert(file.key(), *decoded);
    }
    return {};
}

Result<void> readSource(const QJsonObject &body, RunRequest &request)
{
    const bool hasFile = body.contains(QStringLiteral("file"));
    const bool hasTask = body.contains(QStringLiteral("task"));
    const bool hasContent = body.contains(QStringLiteral("contentBase64"));
    if (int(hasFile) + int(hasTask) + int(hasContent) != 1) {
        return Error{ErrorCode::BadRequest, QStringLiteral("expected exactly one of file, task and contentBase64"),
                     QStringLiteral("for example {\"file\":\"tasks/test.json\"}")};
    }
    if (Result<void> files = readFilesBeside(body, request); !files) {
        return files;
    }
    if (hasTask) {
        return readTaskMember(body, request);
    }
    if (hasContent) {
        return readContent(body, request);
    }
    Result<void> file = readText(body, QStringLiteral("file"), request.file);
    if (file && request.file.isEmpty()) {
        return badMember(QStringLiteral("file"),
                         QStringLiteral("expected the path of a task file, found an empty text"));
    }
    return file;
}

Result<void> readOptions(const QJsonObject &body, RunRequest &request)
{
    bool noCache = false;
    int timeoutSeconds = 0;
    const Result<void> results[] = {
        readText(body, QStringLiteral("workspace"), request.workspace),
        readFlag(body, QStringLiteral("dryRun"), request.dryRun),
        readFlag(body, QStringLiteral("force"), request.force),
        readFlag(body, QStringLiteral("noCache"), noCache),
        readText(body, QStringLiteral("plan"), request.planId),
        readNumber(body, QStringLiteral("timeoutSeconds"), timeoutSeconds, 1, 24 * 3600),
    };
    for (const Result<void> &result : results) {
        if (!result) {
            return result;
        }
    }
    const Result<TaskOptions> taskOptions = TaskOptions::fromJson(body);
    if (!taskOptions) {
        return taskOptions.error();
    }
    const Result<RunSettings> settings = RunSettings::fromJson(body);
    if (!settings) {
        return settings.error();
    }
    request.options = *taskOptions;
    request.settings = *settings;
    request.useCache = !noCache;
    if (timeoutSeconds > 0) {
        request.gateTimeout = std::chrono::seconds(timeoutSeconds);
    }
    return {};
}

} // namespace

Result<RunRequest> parseRunRequest(const QJsonObject &body)
{
    RunRequest request;
    if (Result<void> known = checkMembers(body); !known) {
        return known.error();
    }
    if (Result<void> source = readSource(body, request); !source) {
        return source.error();
    }
    if (Result<void> options = readOptions(body, request); !options) {
        return options.error();
    }
    return request;
}

} // namespace PatchPanel::Runner
