#include "app/taskrequest.h"

#include "services/http/limits.h"
#include "services/patch/taskreader.h"
#include "services/runner/taskfile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace PatchPanel::App {

namespace {

constexpr qint64 largestTask = 64 * 1024 * 1024;

// Reads what the task names with "contentsFrom" from its folder.
Result<QMap<QString, QByteArray>> filesBeside(const QByteArray &task, const QFileInfo &taskFile,
                                              const QString &workspace, const TaskOptions &options)
{
    QMap<QString, QByteArray> files;
    bool failed = false;
    const auto read = [&](const QString &name) {
        Result<QByteArray> bytes = Runner::readFileBeside(taskFile.path(), taskFile.fileName(), name);
        if (bytes) {
            files.insert(name, *bytes);
        }
        failed = failed || !bytes;
        return bytes;
    };
    const Patch::TaskReading reading =
        Patch::examineTask(task, taskFile.fileName(), workspace,
                           {.mappedRoots = options.mapRoots, .strict = options.strict, .fileBeside = read});
    return failed ? Result<QMap<QString, QByteArray>>(reading.error()) : files;
}

qint64 base64Size(qint64 bytes)
{
    return (bytes + 2) / 3 * 4;
}

// Whether a runner takes the request: the limit of its server, less what stands around the contents.
Result<void> checkSize(const Relay::RunRequest &request, const QString &file)
{
    constexpr qint64 aroundIt = 64 * 1024;
    const qint64 limit = Http::Limits().bodyBytes - aroundIt;
    qint64 size = base64Size(request.content.size());
    for (auto beside = request.filesBeside.begin(); beside != request.filesBeside.end(); ++beside) {
        size += base64Size(beside->size()) + beside.key().size();
    }
    if (size <= limit) {
        return {};
    }
    return Error{
        ErrorCode::PayloadTooLarge,
        QStringLiteral("the task, with the files that it needs, is too large to be sent to a runner: %1 bytes, "
                       "at most %2 are taken")
            .arg(size / 4 * 3)
            .arg(limit / 4 * 3),
        QStringLiteral("put it into the workspace of the runner"), file};
}

} // namespace

Result<QString> findTaskFile(const QString &file, const QString &workspace)
{
    const QFileInfo here(file);
    const QFileInfo info = here.exists() || here.isAbsolute() ? here : QFileInfo(QDir(workspace), file);
    if (!info.isFile()) {
        return Error{ErrorCode::NotFound,
                     info.exists() ? QStringLiteral("the task is not a file")
                                   : QStringLiteral("there is no such task file"),
                     QStringLiteral("looked in the current folder and in %1").arg(workspace), file};
    }
    return info.canonicalFilePath();
}

Result<QByteArray> readTaskBytes(const QString &path)
{
    QFile content(path);
    if (!content.open(QIODevice::ReadOnly)) {
        return Error{
            ErrorCode::Io, QStringLiteral("cannot read the task file: %1").arg(content.errorString()), {}, path};
    }
    if (content.size() > largestTask) {
        return Error{ErrorCode::InvalidTask,
                     QStringLiteral("%1 bytes is more than a task file may have (64 MiB)").arg(content.size()),
                     {},
                     path};
    }
    return content.readAll();
}

Result<Relay::RunRequest> requestForTaskFile(const QString &file, const QString &workspace, const TaskOptions &options)
{
    const Result<QString> path = findTaskFile(file, workspace);
    if (!path) {
        return path.error();
    }
    if (!path->startsWith(workspace + QLatin1Char('/'))) {
        return embeddedTask(file, workspace, options);
    }
    Relay::RunRequest request;
    request.workspace = workspace;
    request.options = options;
    request.file = path->mid(workspace.size() + 1);
    return request;
}

Result<Relay::RunRequest> embeddedTask(const QString &file, const QString &workspace, const TaskOptions &options)
{
    const Result<QString> path = findTaskFile(file, workspace);
    if (!path) {
        return path.error();
    }
    const Result<QByteArray> bytes = readTaskBytes(*path);
    if (!bytes) {
        return bytes.error();
    }
    if (bytes->isEmpty()) {
        return Error{ErrorCode::InvalidTask, QStringLiteral("the task file is empty"), {}, file};
    }
    const QFileInfo info(*path);
    const auto files = filesBeside(*bytes, info, workspace, options);
    if (!files) {
        return files.error();
    }
    Relay::RunRequest request;
    request.workspace = workspace;
    request.options = options;
    request.content = *bytes;
    request.contentName = info.fileName();
    request.filesBeside = *files;
    const Result<void> sendable = checkSize(request, file);
    return sendable ? Result(request) : sendable.error();
}

Result<Relay::RunRequest> withContents(const Relay::RunRequest &request, const QString &taskFile)
{
    const Result<Relay::RunRequest> embedded = embeddedTask(taskFile, request.workspace, request.options);
    if (!embedded) {
        const bool mayBeThere = embedded.error().code == ErrorCode::PayloadTooLarge && !request.workspace.isEmpty();
        return mayBeThere ? Result(request) : embedded.error();
    }
    Relay::RunRequest sent = request;
    sent.content = embedded->content;
    sent.contentName = request.file;
    sent.filesBeside = embedded->filesBeside;
    return sent;
}

} // namespace PatchPanel::App
