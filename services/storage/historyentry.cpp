#include "services/storage/historyentry.h"

#include "services/common/clock.h"

#include <QDateTime>
#include <QJsonArray>

namespace PatchPanel::Storage {

namespace {

const QString rollbackPrefix = QStringLiteral("rollback-");

int countOf(const QJsonArray &objects, const QString &key, const QList<QString> &values)
{
    int count = 0;
    for (const QJsonValue &object : objects) {
        count += values.contains(object[key].toString()) ? 1 : 0;
    }
    return count;
}

} // namespace

HistoryEntry HistoryEntry::fromReport(const QJsonObject &report)
{
    const QJsonObject task = report[QStringLiteral("task")].toObject();
    const QJsonArray changes = report[QStringLiteral("changes")].toArray();
    const QJsonArray gates = report[QStringLiteral("gates")].toArray();
    const QString kind = QStringLiteral("kind");
    const QString state = QStringLiteral("state");
    HistoryEntry entry;
    entry.runId = report[QStringLiteral("runId")].toString();
    entry.status = runStatusFromString(report[QStringLiteral("status")].toString()).value_or(RunStatus::Unknown);
    entry.taskId = task[QStringLiteral("id")].toString();
    entry.taskTitle = task[QStringLiteral("title")].toString();
    entry.taskFile = task[QStringLiteral("file")].toString();
    entry.taskSha256 = task[QStringLiteral("sha256")].toString();
    if (task[QStringLiteral("dialect")].toString() == QLatin1String("rollback")) {
        entry.rolledBackRun = entry.taskId.mid(rollbackPrefix.size());
    }
    entry.workspace = report[QStringLiteral("workspace")].toString();
    entry.runner = report[QStringLiteral("runner")].toString();
    entry.machine = report[QStringLiteral("machine")].toString();
    entry.startedMs =
        QDateTime::fromString(report[QStringLiteral("startedAt")].toString(), Qt::ISODateWithMs).toMSecsSinceEpoch();
    entry.durationMs = report[QStringLiteral("durationMs")].toInteger();
    entry.created = countOf(changes, kind, {QStringLiteral("create")});
    entry.modified = countOf(changes, kind, {QStringLiteral("modify"), QStringLiteral("chmod")});
    entry.deleted = countOf(changes, kind, {QStringLiteral("delete")});
    entry.moved = countOf(changes, kind, {QStringLiteral("move")});
    entry.gatesPassed = countOf(gates, state, {QStringLiteral("passed")});
    entry.gatesFailed = countOf(gates, state, {QStringLiteral("failed"), QStringLiteral("warned")});
    entry.commit = report[QStringLiteral("commit")][QStringLiteral("id")].toString();
    entry.message = report[QStringLiteral("message")].toString();
    entry.reportPath = report[QStringLiteral("report")].toString();
    return entry;
}

QJsonObject HistoryEntry::toJson() const
{
    return {{QStringLiteral("runId"), runId},
            {QStringLiteral("status"), toString(status)},
            {QStringLiteral("task"), taskName()},
            {QStringLiteral("title"), taskTitle},
            {QStringLiteral("workspace"), workspace},
            {QStringLiteral("runner"), runner},
            {QStringLiteral("machine"), machine},
            {QStringLiteral("startedAt"), isoTime(startedMs)},
            {QStringLiteral("submittedAt"), isoTime(startedMs)},
            {QStringLiteral("durationMs"), durationMs},
            {QStringLiteral("changes"), changes()},
            {QStringLiteral("commit"), commit},
            {QStringLiteral("message"), message},
            {QStringLiteral("dryRun"), false},
            {QStringLiteral("rolledBackRun"), rolledBackRun}};
}

QJsonObject HistoryPage::toJson() const
{
    QJsonArray runs;
    for (const HistoryEntry &entry : entries) {
        runs.append(entry.toJson());
    }
    QJsonObject page{{QStringLiteral("runs"), runs}};
    if (!next.isEmpty()) {
        page.insert(QStringLiteral("nextCursor"), next);
    }
    return page;
}

} // namespace PatchPanel::Storage
