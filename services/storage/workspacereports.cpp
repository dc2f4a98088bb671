#include "services/storage/workspacereports.h"

#include "services/common/json.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>

namespace PatchPanel::Storage {

namespace {

constexpr qint64 largestReport = 256 * 1024 * 1024;

QString historyOf(const QString &workspace)
{
    return workspace + QStringLiteral("/.patchpanel/history");
}

} // namespace

QStringList runIdsIn(const QString &workspace)
{
    return QDir(historyOf(workspace)).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks);
}

std::optional<HistoryEntry> entryFromReport(const QString &workspace, const QString &runId)
{
    QFile file(historyOf(workspace) + u'/' + runId + QStringLiteral("/report.json"));
    if (!file.open(QIODevice::ReadOnly) || file.size() > largestReport) {
        return std::nullopt;
    }
    const Result<QJsonObject> object = parseJsonObject(file.readAll());
    HistoryEntry entry = object ? HistoryEntry::fromReport(*object) : HistoryEntry();
    if (entry.runId != runId) {
        return std::nullopt;
    }
    entry.workspace = workspace;
    entry.undoBytes = undoBytesOf(workspace, runId);
    return entry;
}

qint64 undoBytesOf(const QString &workspace, const QString &runId)
{
    QDirIterator files(historyOf(workspace) + u'/' + runId + QStringLiteral("/undo/slot"),
                       QDir::Files | QDir::Hidden | QDir::NoSymLinks, QDirIterator::Subdirectories);
    qint64 bytes = 0;
    while (files.hasNext()) {
        files.next();
        bytes += files.fileInfo().size();
    }
    return bytes;
}

} // namespace PatchPanel::Storage
