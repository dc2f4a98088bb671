#include "services/storage/historyrebuild.h"

#include "services/storage/workspacereports.h"

#include <QFile>
#include <QStringList>

namespace PatchPanel::Storage {

namespace {

QString listFile(const QString &folder)
{
    return folder + QStringLiteral("/workspaces");
}

QStringList knownWorkspaces(const QString &folder)
{
    QFile file(listFile(folder));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts)
                                          : QStringList();
}

} // namespace

void rememberWorkspace(const QString &folder, const QString &workspace)
{
    if (workspace.isEmpty() || workspace.contains(u'\n') || knownWorkspaces(folder).contains(workspace)) {
        return;
    }
    QFile file(listFile(folder));
    if (file.open(QIODevice::WriteOnly | QIODevice::Append)) {
        file.write(workspace.toUtf8() + '\n');
    }
}

QList<HistoryEntry> entriesFromReports(const QString &folder)
{
    QList<HistoryEntry> entries;
    for (const QString &workspace : knownWorkspaces(folder)) {
        for (const QString &runId : runIdsIn(workspace)) {
            if (const auto entry = entryFromReport(workspace, runId)) {
                entries.append(*entry);
            }
        }
    }
    return entries;
}

} // namespace PatchPanel::Storage
