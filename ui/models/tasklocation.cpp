#include "ui/models/tasklocation.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace PatchPanel::Ui {

namespace {

bool isBeneath(const QString &path, const QString &folder)
{
    return !folder.isEmpty() && path.startsWith(QDir::cleanPath(folder) + QLatin1Char('/'));
}

QString workspaceOf(const QFileInfo &file)
{
    for (QDir folder = file.absoluteDir();;) {
        if (folder.exists(QStringLiteral(".git"))) {
            return folder.absolutePath();
        }
        if (!folder.cdUp()) {
            return file.absolutePath();
        }
    }
}

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.read(4096).trimmed() : QByteArray();
}

} // namespace

TaskLocation locateTask(const QString &path, const QString &preferredWorkspace)
{
    const QFileInfo file(QDir::cleanPath(QFileInfo(path).absoluteFilePath()));
    const QString workspace =
        isBeneath(file.filePath(), preferredWorkspace) ? QDir::cleanPath(preferredWorkspace) : workspaceOf(file);
    return {file.filePath(), workspace, QDir(workspace).relativeFilePath(file.filePath())};
}

QString branchOf(const QString &workspace)
{
    QString gitFolder = workspace + QStringLiteral("/.git");
    if (QFileInfo(gitFolder).isFile()) { // a worktree or submodule: "gitdir: PATH"
        const QByteArray link = contentsOf(gitFolder);
        gitFolder = QDir(workspace).absoluteFilePath(QString::fromUtf8(link.mid(link.indexOf(' ') + 1)));
    }
    const QByteArray head = contentsOf(gitFolder + QStringLiteral("/HEAD"));
    const QByteArray prefix = "ref: refs/heads/";
    return QString::fromUtf8(head.startsWith(prefix) ? head.mid(prefix.size()) : head.left(7));
}

} // namespace PatchPanel::Ui
