#include "services/storage/historyrebuild.h"

#include "services/storage/workspacereports.h"

#include <QFile>

namespace PatchPanel::Storage {

namespace {

QString listFile(const QString &folder)
{
    return folder + QStringLiteral("/workspaces");
}

QString unreadFile(const QString &folder)
{
    return folder + QStringLiteral("/workspaces.unread");
}

QStringList linesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts)
                                          : QStringList();
}

void writeLines(const QString &path, QIODevice::OpenMode mode, const QStringList &lines)
{
    QFile file(path);
    if (file.open(mode)) {
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.write(lines.join(u'\n').toUtf8() + '\n');
    }
}

} // namespace

void rememberWorkspace(const QString &folder, const QString &workspace)
{
    if (!workspace.isEmpty() && !workspace.contains(u'\n') && !knownWorkspaces(folder).contains(workspace)) {
        writeLines(listFile(folder), QIODevice::WriteOnly | QIODevice::Append, {workspace});
    }
}

bool hasKnownWorkspaces(const QString &folder)
{
    return QFile::exists(listFile(folder));
}

QStringList knownWorkspaces(const QString &folder)
{
    return linesOf(listFile(folder));
}

void setUnreadWorkspaces(const QString &folder, const QStringList &workspaces)
{
    if (workspaces.isEmpty()) {
        QFile::remove(unreadFile(folder));
    } else {
        writeLines(unreadFile(folder), QIODevice::WriteOnly | QIODevice::Truncate, workspaces);
    }
}

QStringList unreadWorkspaces(const QString &folder)
{
    return linesOf(unreadFile(folder));
}

ReportedRuns runsFromReports(const QStringList &workspaces, const std::function<bool(const QString &)> &mayRead)
{
    ReportedRuns runs;
    for (const QString &workspace : workspaces) {
        if (mayRead && !mayRead(workspace)) {
            runs.unread.append(workspace);
            continue;
        }
        for (const QString &runId : runIdsIn(workspace)) {
            if (const auto entry = entryFromReport(workspace, runId)) {
                runs.entries.append(*entry);
            }
        }
    }
    return runs;
}

} // namespace PatchPanel::Storage
