#include "app/taskrequest.h"

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
    return request;
}

} // namespace PatchPanel::App
