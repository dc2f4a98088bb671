#include "services/storage/history.h"

#include "services/common/savedfile.h"
#include "services/storage/historydatabase.h"
#include "services/storage/historyrebuild.h"

#include <QDir>
#include <QFile>
#include <QSqlError>
#include <QVariant>

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>

namespace PatchPanel::Storage {

namespace {

const QString columns = QStringLiteral(
    "run_id, status, rolled_back_run, task_id, task_title, task_file, task_sha256, workspace, runner, started_ms, "
    "duration_ms, created, modified, deleted, moved, gates_passed, gates_failed, commit_id, message, report_path, "
    "undo_bytes");
constexpr int columnCount = 21;

QString databaseFile(const QString &folder)
{
    return folder + QStringLiteral("/history.sqlite");
}

QVariantList valuesOf(const HistoryEntry &entry)
{
    return {entry.runId,       toString(entry.status), entry.rolledBackRun, entry.taskId,  entry.taskTitle,
            entry.taskFile,    entry.taskSha256,       entry.workspace,     entry.runner,  entry.startedMs,
            entry.durationMs,  entry.created,          entry.modified,      entry.deleted, entry.moved,
            entry.gatesPassed, entry.gatesFailed,      entry.commit,        entry.message, entry.reportPath,
            entry.undoBytes};
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
    return entry;
}

// An empty QString would be NULL.
QVariant bindable(const QVariant &value)
{
    return value.typeId() == QMetaType::QString && value.toString().isNull() ? QVariant(QLatin1String("")) : value;
}

Result<QList<HistoryEntry>> selected(const HistoryDatabase &database, const QString &rest, const QVariantList &values)
{
    QSqlQuery query = database.prepare(QStringLiteral("SELECT %1 FROM runs %2").arg(columns, rest));
    for (const QVariant &value : values) {
        query.addBindValue(bindable(value));
    }
    if (!query.exec()) {
        return database.errorOf(query);
    }
    QList<HistoryEntry> entries;
    while (query.next()) {
        entries.append(entryOf(query));
    }
    if (query.lastError().isValid()) {
        return database.errorOf(query);
    }
    return entries;
}

Result<void> insert(const HistoryDatabase &database, const HistoryEntry &entry)
{
    QStringList marks;
    marks.fill(QStringLiteral("?"), columnCount);
    QSqlQuery query = database.prepare(
        QStringLiteral("INSERT OR REPLACE INTO runs (%1) VALUES (%2)").arg(columns, marks.join(QStringLiteral(", "))));
    for (const QVariant &value : valuesOf(entry)) {
        query.addBindValue(bindable(value));
    }
    return query.exec() ? Result<void>{} : database.errorOf(query);
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

bool isDamaged(const Error &error)
{
    return error.details[QStringLiteral("damaged")].toBool();
}

// Moves the file and what belongs to it out of the way. The new name.
QString setAside(const QString &file)
{
    const QString name = asideName(file);
    for (const char *part : {"", "-wal", "-shm"}) {
        QFile::rename(file + QLatin1String(part), name + QLatin1String(part));
    }
    return name;
}

} // namespace

History::History(const QString &folder)
    : m_folder(folder)
{
}

Result<std::unique_ptr<History>> History::open(const QString &folder)
{
    if (!QDir().mkpath(folder) || ::chmod(QFile::encodeName(folder).constData(), 0700) != 0) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The folder of the history, %1, cannot be made: %2.")
                         .arg(folder, QString::fromLocal8Bit(std::strerror(errno))),
                     QStringLiteral("Runs go on without it. Name another folder with --profile."), folder};
    }
    std::unique_ptr<History> history(new History(folder));
    const QString file = databaseFile(folder);
    bool damaged = false;
    {
        const Result<HistoryDatabase> database = HistoryDatabase::open(file);
        damaged = database ? !database->isIntact() : isDamaged(database.error());
        if (!database && !damaged) {
            return database.error();
        }
    }
    if (damaged) {
        const QString aside = setAside(file);
        const Result<HistoryDatabase> fresh = HistoryDatabase::open(file);
        if (!fresh) {
            return fresh.error();
        }
        const QList<HistoryEntry> entries = entriesFromReports(folder);
        for (const HistoryEntry &entry : entries) {
            if (Result<void> added = insert(*fresh, entry); !added) {
                return added.error();
            }
        }
        history->m_notices.append(QStringLiteral("The history was damaged: it was set aside as %1 and made anew from "
                                                 "%2 reports")
                                      .arg(aside)
                                      .arg(entries.size()));
    }
    ::chmod(QFile::encodeName(file).constData(), 0600);
    return history;
}

Result<HistoryDatabase> History::connect() const
{
    return HistoryDatabase::open(databaseFile(m_folder));
}

Result<void> History::record(const HistoryEntry &entry)
{
    rememberWorkspace(m_folder, entry.workspace);
    const Result<HistoryDatabase> database = connect();
    return database ? insert(*database, entry) : database.error();
}

Result<std::optional<HistoryEntry>> History::find(const QString &runId) const
{
    const Result<HistoryDatabase> database = connect();
    if (!database) {
        return database.error();
    }
    QString pattern = containing(runId).mid(1);
    const Result<QList<HistoryEntry>> found =
        selected(*database, QStringLiteral("WHERE run_id LIKE ? ESCAPE '\\' ORDER BY run_id LIMIT 2"), {pattern});
    if (!found) {
        return found.error();
    }
    if (found->isEmpty() || runId.isEmpty()) {
        return std::optional<HistoryEntry>();
    }
    if (found->size() > 1 && found->first().runId != runId) {
        return Error{ErrorCode::BadRequest, QStringLiteral("several runs begin with \"%1\"").arg(runId),
                     QStringLiteral("give more of the id")};
    }
    return std::optional(found->first());
}

Result<HistoryPage> History::list(const HistoryQuery &query) const
{
    const Result<Conditions> conditions = conditionsOf(query);
    if (!conditions) {
        return conditions.error();
    }
    const Result<HistoryDatabase> database = connect();
    if (!database) {
        return database.error();
    }
    const QString where = conditions->texts.isEmpty()
        ? QString()
        : QStringLiteral("WHERE ") + conditions->texts.join(QStringLiteral(" AND "));
    const Result<QList<HistoryEntry>> found =
        selected(*database, where + QStringLiteral(" ORDER BY started_ms DESC, run_id DESC LIMIT ?"),
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

Result<QList<HistoryEntry>> History::surplus(const HistoryLimits &limits) const
{
    const Result<HistoryDatabase> database = connect();
    if (!database) {
        return database.error();
    }
    const QString newerAndSelf = QStringLiteral("OVER (ORDER BY started_ms DESC, run_id DESC)");
    const QString over =
        QStringLiteral("WHERE status NOT IN ('running', 'queued') AND run_id IN (SELECT run_id FROM (SELECT run_id, "
                       "count(*) %1 AS number, sum(undo_bytes) %1 AS bytes FROM runs) WHERE number > ? OR bytes > ?) "
                       "ORDER BY started_ms, run_id")
            .arg(newerAndSelf);
    return selected(*database, over, {limits.runs, limits.undoBytes});
}

Result<void> History::remove(const QString &runId)
{
    const Result<HistoryDatabase> database = connect();
    if (!database) {
        return database.error();
    }
    QSqlQuery query = database->prepare(QStringLiteral("DELETE FROM runs WHERE run_id = ?"));
    query.addBindValue(runId);
    return query.exec() ? Result<void>{} : database->errorOf(query);
}

QList<QString> History::takeNotices()
{
    const std::scoped_lock lock(m_noticing);
    return std::exchange(m_notices, {});
}

} // namespace PatchPanel::Storage
