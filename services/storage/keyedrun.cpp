#include "services/storage/keyedrun.h"

#include "services/storage/historydatabase.h"

#include <QSqlError>
#include <QVariant>

namespace PatchPanel::Storage::KeyedRuns {

namespace {

const QString columns =
    QStringLiteral("key, request, run_id, process, runner, workspace, task, dry_run, accepted_ms, result");

Result<QSqlQuery> executed(const HistoryDatabase &database, const QString &sql, const QVariantList &values = {})
{
    QSqlQuery query = database.prepare(sql);
    for (const QVariant &value : values) {
        query.addBindValue(value);
    }
    if (!query.exec()) {
        return database.errorOf(query);
    }
    return query;
}

Result<void> done(const HistoryDatabase &database, const QString &sql, const QVariantList &values = {})
{
    const Result<QSqlQuery> query = executed(database, sql, values);
    return query ? Result<void>{} : query.error();
}

// An empty text would be NULL, were it null.
QString bindable(const QString &text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

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

Result<QList<KeyedRun>> selected(const HistoryDatabase &database, const QString &where, const QVariantList &values = {})
{
    Result<QSqlQuery> query =
        executed(database, QStringLiteral("SELECT %1 FROM keyed_runs WHERE %2").arg(columns, where), values);
    if (!query) {
        return query.error();
    }
    QList<KeyedRun> runs;
    while (query->next()) {
        runs.append(runOf(*query));
    }
    return query->lastError().isValid() ? Result<QList<KeyedRun>>(database.errorOf(*query)) : runs;
}

Result<KeyedRun> storeOrFind(const HistoryDatabase &database, const KeyedRun &run, qint64 keptSinceMs)
{
    if (const Result<void> forgotten =
            done(database, QStringLiteral("DELETE FROM keyed_runs WHERE accepted_ms < ?"), {keptSinceMs});
        !forgotten) {
        return forgotten.error();
    }
    const Result<void> stored = done(
        database,
        QStringLiteral("INSERT OR IGNORE INTO keyed_runs (%1) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)").arg(columns),
        {QString::fromLatin1(run.key), QString::fromLatin1(run.request), run.runId, bindable(run.process),
         bindable(run.runner), bindable(run.workspace), bindable(run.task), run.dryRun, run.acceptedMs});
    if (!stored) {
        return stored.error();
    }
    const Result<QList<KeyedRun>> found = selected(database, QStringLiteral("key = ?"), {QString::fromLatin1(run.key)});
    return found ? Result<KeyedRun>(found->value(0)) : found.error();
}

} // namespace

Result<KeyedRun> claim(const HistoryDatabase &database, const KeyedRun &run, qint64 keptSinceMs)
{
    if (const Result<void> begun = done(database, QStringLiteral("BEGIN IMMEDIATE")); !begun) {
        return begun.error();
    }
    const Result<KeyedRun> owner = storeOrFind(database, run, keptSinceMs);
    const Result<void> ended = done(database, owner ? QStringLiteral("COMMIT") : QStringLiteral("ROLLBACK"));
    return owner && !ended ? Result<KeyedRun>(ended.error()) : owner;
}

Result<void> release(const HistoryDatabase &database, const KeyedRun &run)
{
    return done(database, QStringLiteral("DELETE FROM keyed_runs WHERE key = ? AND run_id = ?"),
                {QString::fromLatin1(run.key), run.runId});
}

Result<void> setResult(const HistoryDatabase &database, const QString &runId, const QByteArray &result)
{
    return done(database, QStringLiteral("UPDATE keyed_runs SET result = ? WHERE run_id = ?"),
                {qCompress(result), runId});
}

Result<QList<KeyedRun>> unfinished(const HistoryDatabase &database)
{
    return selected(database, QStringLiteral("result IS NULL"));
}

} // namespace PatchPanel::Storage::KeyedRuns
