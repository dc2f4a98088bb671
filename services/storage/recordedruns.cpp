#include "services/storage/recordedruns.h"

#include "services/storage/database.h"

#include <QSqlError>
#include <QVariant>

#include <algorithm>

namespace PatchPanel::Storage::RecordedRuns {

namespace {

const QString columns = QStringLiteral(
    "run_id, status, rolled_back_run, task_id, task_title, task_file, task_sha256, workspace, runner, started_ms, "
    "duration_ms, created, modified, deleted, moved, gates_passed, gates_failed, commit_id, message, report_path, "
    "undo_bytes, machine");
constexpr int columnCount = 22;

QVariantList valuesOf(const HistoryEntry &entry)
{
    return {entry.runId,       toString(entry.status), entry.rolledBackRun, entry.taskId,  entry.taskTitle,
            entry.taskFile,    entry.taskSha256,       entry.workspace,     entry.runner,  entry.startedMs,
            entry.durationMs,  entry.created,          entry.modified,      entry.deleted, entry.moved,
            entry.gatesPassed, entry.gatesFailed,      entry.commit,        entry.message, entry.reportPath,
            entry.undoBytes,   entry.machine};
}

HistoryEntry entryOf(const QSqlQuery &row)
{
    int column = 0;
    const auto text = [&] {
        return row.value(column++).toString();
    };
    const auto number = [&] {
        return row.value(column++).toLongLong();
    };
    HistoryEntry entry;
    entry.runId = text();
    entry.status = runStatusFromString(text()).value_or(RunStatus::Unknown);
    for (QString *member : {&entry.rolledBackRun, &entry.taskId, &entry.taskTitle, &entry.taskFile, &entry.taskSha256,
                            &entry.workspace, &entry.runner}) {
        *member = text();
    }
    entry.startedMs = number();
    entry.durationMs = number();
    for (int *member :
         {&entry.created, &entry.modified, &entry.deleted, &entry.moved, &entry.gatesPassed, &entry.gatesFailed}) {
        *member = static_cast<int>(number());
    }
    for (QString *member : {&entry.commit, &entry.message, &entry.reportPath}) {
        *member = text();
    }
    entry.undoBytes = number();
    entry.machine = text();
    return entry;
}

Result<QList<HistoryEntry>> selected(const Database &database, const QString &rest, const QVariantList &values = {})
{
    QSqlQuery &query = database.query(QStringLiteral("SELECT %1 FROM runs %2").arg(columns, rest), values);
    QList<HistoryEntry> entries;
    while (query.next()) {
        entries.append(entryOf(query));
    }
    if (query.lastError().isValid()) {
        return database.errorOf(query);
    }
    return entries;
}

QString insertSql(Existing existing)
{
    QStringList marks;
    marks.fill(QStringLiteral("?"), columnCount);
    const QString otherwise = existing == Existing::Replaced ? QStringLiteral("REPLACE") : QStringLiteral("IGNORE");
    return QStringLiteral("INSERT OR %1 INTO runs (%2) VALUES (%3)")
        .arg(otherwise, columns, marks.join(QStringLiteral(", ")));
}

// A pattern for LIKE … ESCAPE '\' that finds the text anywhere.
QString containing(QString text)
{
    for (const QChar special : {u'\\', u'%', u'_'}) {
        text.replace(special, QString(u'\\') + special);
    }
    return u'%' + text + u'%';
}

// The conditions of a query and what is bound to them.
struct Conditions {
    QStringList texts = {};
    QVariantList values = {};

    void add(const QString &text, const QVariantList &bound)
    {
        texts.append(text);
        values.append(bound);
    }
    void addSearch(const QStringList &fields, const QString &text)
    {
        QStringList each;
        QVariantList bound;
        for (const QString &field : fields) {
            each.append(field + QStringLiteral(" LIKE ? ESCAPE '\\'"));
            bound.append(containing(text));
        }
        add(u'(' + each.join(QStringLiteral(" OR ")) + u')', bound);
    }
};

QString cursorAfter(const HistoryEntry &entry)
{
    return QStringLiteral("%1-%2").arg(entry.startedMs).arg(entry.runId);
}

Result<Conditions> conditionsOf(const HistoryQuery &query)
{
    const QStringList task{QStringLiteral("task_id"), QStringLiteral("task_title"), QStringLiteral("task_file")};
    Conditions conditions;
    if (query.status) {
        conditions.add(QStringLiteral("status = ?"), {toString(*query.status)});
    }
    if (!query.task.isEmpty()) {
        conditions.addSearch(task, query.task);
    }
    if (!query.text.isEmpty()) {
        conditions.addSearch(
            task + QStringList{QStringLiteral("run_id"), QStringLiteral("workspace"), QStringLiteral("message")},
            query.text);
    }
    if (!query.workspace.isEmpty()) {
        conditions.add(QStringLiteral("workspace = ?"), {query.workspace});
    }
    if (query.sinceMs > 0) {
        conditions.add(QStringLiteral("started_ms >= ?"), {query.sinceMs});
    }
    if (!query.cursor.isEmpty()) {
        bool isNumber = false;
        const qint64 time = query.cursor.section(u'-', 0, 0).toLongLong(&isNumber);
        const QString runId = query.cursor.section(u'-', 1);
        if (!isNumber || runId.isEmpty()) {
            return Error{ErrorCode::BadRequest, QStringLiteral("\"%1\" is no cursor of a page").arg(query.cursor),
                         QStringLiteral("take the one that the page before gave, or none"), QStringLiteral("cursor")};
        }
        conditions.add(QStringLiteral("(started_ms, run_id) < (?, ?)"), {time, runId});
    }
    return conditions;
}

} // namespace

Result<void> insert(const Database &database, const HistoryEntry &entry, Existing existing)
{
    static const QString replacing = insertSql(Existing::Replaced);
    static const QString keeping = insertSql(Existing::Kept);
    return database.execute(existing == Existing::Replaced ? replacing : keeping, valuesOf(entry));
}

Result<void> remove(const Database &database, const QString &runId)
{
    const Result<void> removed = database.execute(QStringLiteral("DELETE FROM reports WHERE run_id = ?"), {runId});
    return removed ? database.execute(QStringLiteral("DELETE FROM runs WHERE run_id = ?"), {runId}) : removed;
}

Result<void> setReport(const Database &database, const QString &runId, const RunReport &report)
{
    return database.execute(QStringLiteral("INSERT OR REPLACE INTO reports (run_id, json, markdown) VALUES (?, ?, ?)"),
                            {runId, report.json, report.markdown});
}

Result<RunReport> report(const Database &database, const QString &runId)
{
    QSqlQuery &query = database.query(QStringLiteral("SELECT json, markdown FROM reports WHERE run_id = ?"), {runId});
    RunReport found;
    while (query.next()) {
        found = {.json = query.value(0).toByteArray(), .markdown = query.value(1).toByteArray()};
    }
    return query.lastError().isValid() ? Result<RunReport>(database.errorOf(query)) : found;
}

Result<QList<HistoryEntry>> beginningWith(const Database &database, const QString &runId)
{
    return selected(database, QStringLiteral("WHERE run_id LIKE ? ESCAPE '\\' ORDER BY run_id LIMIT 2"),
                    {containing(runId).mid(1)});
}

Result<HistoryPage> page(const Database &database, const HistoryQuery &query)
{
    const Result<Conditions> conditions = conditionsOf(query);
    if (!conditions) {
        return conditions.error();
    }
    const QString where = conditions->texts.isEmpty()
        ? QString()
        : QStringLiteral("WHERE ") + conditions->texts.join(QStringLiteral(" AND "));
    const auto found = selected(database, where + QStringLiteral(" ORDER BY started_ms DESC, run_id DESC LIMIT ?"),
                                conditions->values + QVariantList{query.limit + 1});
    if (!found) {
        return found.error();
    }
    HistoryPage page{.entries = found->first(std::min<qsizetype>(found->size(), query.limit))};
    if (found->size() > query.limit && !page.entries.isEmpty()) {
        page.next = cursorAfter(page.entries.last());
    }
    return page;
}

Result<QList<HistoryEntry>> surplus(const Database &database, const HistoryLimits &limits)
{
    static const QString over = QStringLiteral(
        "WHERE status NOT IN ('running', 'queued') AND run_id IN (SELECT run_id FROM (SELECT run_id, "
        "count(*) OVER (PARTITION BY status IN ('noop', 'skipped') ORDER BY started_ms DESC, run_id DESC) AS number, "
        "sum(undo_bytes) OVER (ORDER BY started_ms DESC, run_id DESC) AS bytes FROM runs) "
        "WHERE number > ? OR bytes > ?) ORDER BY started_ms, run_id");
    return selected(database, over, {limits.runs, limits.undoBytes});
}

} // namespace PatchPanel::Storage::RecordedRuns
