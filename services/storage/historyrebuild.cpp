#include "services/storage/historyrebuild.h"

#include "services/common/json.h"

#include <QDir>
#include <QFile>
#include <QStringList>

namespace PatchPanel::Storage {

namespace {

constexpr qint64 largestReport = 256 * 1024 * 1024;

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

std::optional<HistoryEntry> entryFrom(const QString &report)
{
    QFile file(report);
    if (!file.open(QIODevice::ReadOnly) || file.size() > largestReport) {
        return std::nullopt;
    }
    const Result<QJsonObject> object = parseJsonObject(file.readAll());
    HistoryEntry entry = object ? HistoryEntry::fromReport(*object) : HistoryEntry();
    return entry.runId.isEmpty() ? std::nullopt : std::optional(entry);
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
        const QDir runs(workspace + QStringLiteral("/.patchpanel/history"));
        for (const QString &run : runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks)) {
            if (const auto entry = entryFrom(runs.filePath(run) + QStringLiteral("/report.json"))) {
                entries.append(*entry);
            }
        }
    }
    return entries;
}

} // namespace PatchPanel::Storage
