#include "services/storage/keyedrun.h"

#include "services/storage/database.h"

#include <QSqlError>
#include <QVariant>

namespace PatchPanel::Storage::KeyedRuns {

namespace {

const QString columns =
    QStringLiteral("key, request, run_id, process, runner, workspace, task, dry_run, accepted_ms, result");

KeyedRun runOf(const QSqlQuery &row)
{
    return {.key = row.value(0).toByteArray(),
            .request = row.value(1).toByteArray(),
            .runId = row.value(2).toString(),
            .process = row.value(3).toString(),
            .runner = row.value(4).toString(),
            .workspace = row.value(5).toString(),
            .task = row.value(6).toString(),
            .dryRun = row.value(7).toBool(),
            .acceptedMs = row.value(8).toLongLong(),
            .result = row.value(9).isNull() ? QByteArray() : qUncompress(row.value(9).toByteArray())};
}

Result<QList<KeyedRun>> selected(const Database &database, const QString &where, const QVariantList &values = {})
{
    QSqlQuery &query = database.query(QStringLiteral("SELECT %1 FROM keyed_runs WHERE %2").arg(columns, where), values);
    QList<KeyedRun> runs;
    while (query.next()) {
        runs.append(runOf(query));
    }
    return query.lastError().isValid() ? Result<QList<KeyedRun>>(database.errorOf(query)) : runs;
}

} // namespace

Result<KeyedRun> claim(const Database &database, const KeyedRun &run, qint64 keptSinceMs)
{
    if (const Result<void> forgotten =
            database.execute(QStringLiteral("DELETE FROM keyed_runs WHERE accepted_ms < ?"), {keptSinceMs});
        !forgotten) {
        return forgotten.error();
    }
    const QString key = QString::fromLatin1(run.key);
    const Result<void> stored = database.execute(
        QStringLiteral("INSERT OR IGNORE INTO keyed_runs (%1) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)").arg(columns),
        {key, QString::fromLatin1(run.request), run.runId, run.process, run.runner, run.workspace, run.task, run.dryRun,
         run.acceptedMs});
    if (!stored) {
        return stored.error();
    }
    const Result<QList<KeyedRun>> found = selected(database, QStringLiteral("key = ?"), {key});
    return found ? Result<KeyedRun>(found->value(0)) : found.error();
}

Result<void> release(const Database &database, const KeyedRun &run)
{
    return database.execute(QStringLiteral("DELETE FROM keyed_runs WHERE key = ? AND run_id = ?"),
                            {QString::fromLatin1(run.key), run.runId});
}

Result<void> setResult(const Database &database, const QString &runId, const QByteArray &result)
{
    constexpr int fastest = 1; // it takes a tenth of the time of the default and half as many bytes again
    return database.execute(QStringLiteral("UPDATE keyed_runs SET result = ? WHERE run_id = ?"),
                            {qCompress(result, fastest), runId});
}

Result<QList<KeyedRun>> unfinished(const Database &database)
{
    return selected(database, QStringLiteral("result IS NULL"));
}

} // namespace PatchPanel::Storage::KeyedRuns
