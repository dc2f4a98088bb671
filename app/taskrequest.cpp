#include "app/taskrequest.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace PatchPanel::App {

namespace {

QFileInfo findTaskFile(const QString &file, const QString &workspace)
{
    const QFileInfo here(file);
    return here.exists() || here.isAbsolute() ? here : QFileInfo(QDir(workspace), file);
}

} // namespace

Result<Relay::RunRequest> requestForTaskFile(const QString &file, const QString &workspace)
{
    const QFileInfo info = findTaskFile(file, workspace);
    if (!info.isFile()) {
        return Error{ErrorCode::NotFound,
                     info.exists() ? QStringLiteral("the task is not a file")
                                   : QStringLiteral("there is no such task file"),
                     QStringLiteral("looked in the current folder and in %1").arg(workspace), file};
    }
    Relay::RunRequest request;
    request.workspace = workspace;
    const QString path = info.canonicalFilePath();
    if (path.startsWith(workspace + QLatin1Char('/'))) {
        request.file = path.mid(workspace.size() + 1);
        return request;
    }
    QFile content(path);
    if (!content.open(QIODevice::ReadOnly)) {
        return Error{
            ErrorCode::Io, QStringLiteral("cannot read the task file: %1").arg(content.errorString()), {}, file};
    }
    request.content = content.readAll();
    request.contentName = info.fileName();
    return request;
}

} // namespace PatchPanel::App
