#include "services/storage/historyrebuild.h"

#include "services/storage/workspacereports.h"

#include <QFile>

namespace PatchPanel::Storage {

namespace {

QString listFile(const QString &folder)
{
    return folder + QStringLiteral("/workspaces");
}

} // namespace

void rememberWorkspace(const QString &folder, const QString &workspace)
{
    if (workspace.isEmpty() || workspace.contains(u'\n') || knownWorkspaces(folder).contains(workspace)) {
        return;
    }
    QFile file(listFile(folder));
    if (file.open(QIODevice::WriteOnly | QIODevice::Append)) {
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.write(workspace.toUtf8() + '\n');
    }
}

QStringList knownWorkspaces(const QString &folder)
{
    QFile file(listFile(folder));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts)
                                          : QStringList();
}

ReportedRuns runsFromReports(const QString &folder, const std::function<bool(const QString &)> &mayRead)
{
    ReportedRuns runs;
    for (const QString &workspace : knownWorkspaces(folder)) {
        if (mayRead && !mayRead(workspace)) {
            ++runs.leftOut;
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
