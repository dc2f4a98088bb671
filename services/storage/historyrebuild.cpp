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

// The report is a file of a workspace, which anybody may have written: what it says of its own place does not count.
std::optional<HistoryEntry> entryFrom(const QString &workspace, const QString &folder)
{
    QFile file(workspace + QStringLiteral("/.patchpanel/history/") + folder + QStringLiteral("/report.json"));
    if (!file.open(QIODevice::ReadOnly) || file.size() > largestReport) {
        return std::nullopt;
    }
    const Result<QJsonObject> object = parseJsonObject(file.readAll());
    HistoryEntry entry = object ? HistoryEntry::fromReport(*object) : HistoryEntry();
    entry.workspace = workspace;
    return entry.runId == folder ? std::optional(entry) : std::nullopt;
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
            if (const auto entry = entryFrom(workspace, run)) {
                entries.append(*entry);
            }
        }
    }
    return entries;
}

} // namespace PatchPanel::Storage
