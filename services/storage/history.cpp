#include "services/storage/history.h"

#include "services/common/privatefolder.h"
#include "services/common/savedfile.h"
#include "services/storage/filelock.h"
#include "services/storage/historydatabase.h"
#include "services/storage/historyrebuild.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QSqlError>
#include <QVariant>

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

QString lockFile(const QString &folder)
{
    return folder + QStringLiteral("/history.lock");
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

enum class Existing { Replaced, Kept };

Result<void> insert(const HistoryDatabase &database, const HistoryEntry &entry, Existing existing = Existing::Replaced)
{
    QStringList marks;
    marks.fill(QStringLiteral("?"), columnCount);
    const QString otherwise = existing == Existing::Replaced ? QStringLiteral("REPLACE") : QStringLiteral("IGNORE");
    QSqlQuery query = database.prepare(QStringLiteral("INSERT OR %1 INTO runs (%2) VALUES (%3)")
                                           .arg(otherwise, columns, marks.join(QStringLiteral(", "))));
    for (const QVariant &value : valuesOf(entry)) {
        query.addBindValue(bindable(value));
    }
    return query.exec() ? Result<void>{} : database.errorOf(query);
}

Result<void> insertMissing(const HistoryDatabase &database, const QList<HistoryEntry> &entries)
{
    const auto execute = [&database](const QString &sql) {
        QSqlQuery query = database.prepare(sql);
        return query.exec() ? Result<void>{} : database.errorOf(query);
    };
    Result<void> added = execute(QStringLiteral("BEGIN"));
    for (const HistoryEntry &entry : entries) {
        added = added ? insert(database, entry, Existing::Kept) : added;
    }
    return added ? execute(QStringLiteral("COMMIT")) : added;
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

bool isEmptied(const QString &file)
{
    return QFileInfo::exists(file) && QFileInfo(file).size() == 0
        && QFileInfo(file + QStringLiteral("-wal")).size() == 0;
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

History::History(const QString &folder, const WorkspaceFilter &mayRead)
    : m_folder(folder)
    , m_mayRead(mayRead)
{
}

Result<std::unique_ptr<History>> History::open(const QString &folder, const WorkspaceFilter &mayRead)
{
    if (!makePrivateFolder(folder)) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The folder of the history, %1, cannot be made: %2.")
                         .arg(folder, QString::fromLocal8Bit(std::strerror(errno))),
                     QStringLiteral("Runs go on without it. Name another folder with --profile."), folder};
    }
    std::unique_ptr<History> history(new History(folder, mayRead));
    if (Result<void> mended = history->mend(); !mended) {
        return mended.error();
    }
    ::chmod(QFile::encodeName(databaseFile(folder)).constData(), 0600);
    return history;
}

// A file that was cut off to nothing would pass for a new one.
Result<bool> History::isBroken() const
{
    const QString file = databaseFile(m_folder);
    if (isEmptied(file) && !knownWorkspaces(m_folder).isEmpty()) {
        return true;
    }
    const Result<HistoryDatabase> database = HistoryDatabase::open(file);
    if (database) {
        return !database->isIntact();
    }
    return isDamaged(database.error()) ? Result(true) : database.error();
}

// Another thread or process may have done it already.
Result<void> History::mend() const
{
    const FileLock lock(lockFile(m_folder), FileLock::Mode::Exclusive);
    const Result<bool> broken = isBroken();
    if (!broken) {
        return broken.error();
    }
    return *broken ? rebuild() : catchUp();
}

Result<void> History::rebuild() const
{
    const QString aside = setAside(databaseFile(m_folder));
    const Result<qsizetype> added = addFromReports(knownWorkspaces(m_folder));
    if (!added) {
        return added.error();
    }
    QString notice = QStringLiteral("The history was damaged: it was set aside as %1 and made anew from %2 reports")
                         .arg(aside)
                         .arg(*added);
    if (const qsizetype unread = unreadWorkspaces(m_folder).size(); unread > 0) {
        notice += QStringLiteral("; %1 workspaces wait for a process that may read them").arg(unread);
    }
    tell(notice);
    return {};
}

// The process that made the history anew could not read every workspace; this one perhaps can.
Result<void> History::catchUp() const
{
    const QStringList unread = unreadWorkspaces(m_folder);
    if (unread.isEmpty()) {
        return {};
    }
    const Result<qsizetype> added = addFromReports(unread);
    if (added && *added > 0) {
        tell(QStringLiteral("The history was damaged: %1 more reports were read into the new one").arg(*added));
    }
    return added ? Result<void>{} : added.error();
}

Result<qsizetype> History::addFromReports(const QStringList &workspaces) const
{
    const Result<HistoryDatabase> database = HistoryDatabase::open(databaseFile(m_folder));
    if (!database) {
        return database.error();
    }
    const ReportedRuns runs = runsFromReports(workspaces, m_mayRead);
    if (const Result<void> added = insertMissing(*database, runs.entries); !added) {
        return added.error();
    }
    setUnreadWorkspaces(m_folder, runs.unread);
    return runs.entries.size();
}

void History::tell(const QString &notice) const
{
    const std::scoped_lock lock(m_noticing);
    m_notices.append(notice);
}

template <typename Value, typename Use> Result<Value> History::attempt(const Use &use) const
{
    const FileLock lock(lockFile(m_folder), FileLock::Mode::Shared);
    const Result<HistoryDatabase> database = HistoryDatabase::open(databaseFile(m_folder));
    return database ? use(*database) : Result<Value>(database.error());
}

// Once more after the file was mended, when it turns out to be damaged.
template <typename Value, typename Use> Result<Value> History::with(const Use &use) const
{
    Result<Value> result = attempt<Value>(use);
    if (result || !isDamaged(result.error())) {
        return result;
    }
    if (const Result<void> mended = mend(); !mended) {
        return mended.error();
    }
    return attempt<Value>(use);
}

Result<void> History::record(const HistoryEntry &entry, const QByteArray &keyedResult)
{
    rememberWorkspace(m_folder, entry.workspace);
    return with<void>([&](const HistoryDatabase &database) {
        const Result<void> inserted = insert(database, entry);
        return inserted && !keyedResult.isEmpty() ? KeyedRuns::setResult(database, entry.runId, keyedResult) : inserted;
    });
}

Result<std::optional<HistoryEntry>> History::find(const QString &runId) const
{
    const QString pattern = containing(runId).mid(1);
    const auto found = with<QList<HistoryEntry>>([&pattern](const HistoryDatabase &database) {
        return selected(database, QStringLiteral("WHERE run_id LIKE ? ESCAPE '\\' ORDER BY run_id LIMIT 2"), {pattern});
    });
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
    const QString where = conditions->texts.isEmpty()
        ? QString()
        : QStringLiteral("WHERE ") + conditions->texts.join(QStringLiteral(" AND "));
    const auto found = with<QList<HistoryEntry>>([&](const HistoryDatabase &database) {
        return selected(database, where + QStringLiteral(" ORDER BY started_ms DESC, run_id DESC LIMIT ?"),
                        conditions->values + QVariantList{query.limit + 1});
    });
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
    const QString newerAndSelf = QStringLiteral("OVER (ORDER BY started_ms DESC, run_id DESC)");
    const QString over =
        QStringLiteral("WHERE status NOT IN ('running', 'queued') AND run_id IN (SELECT run_id FROM (SELECT run_id, "
                       "count(*) %1 AS number, sum(undo_bytes) %1 AS bytes FROM runs) WHERE number > ? OR bytes > ?) "
                       "ORDER BY started_ms, run_id")
            .arg(newerAndSelf);
    return with<QList<HistoryEntry>>([&](const HistoryDatabase &database) {
        return selected(database, over, {limits.runs, limits.undoBytes});
    });
}

Result<void> History::remove(const QString &runId)
{
    return with<void>([&runId](const HistoryDatabase &database) {
        QSqlQuery query = database.prepare(QStringLiteral("DELETE FROM runs WHERE run_id = ?"));
        query.addBindValue(runId);
        return query.exec() ? Result<void>{} : database.errorOf(query);
    });
}

Result<KeyedRun> History::claimKey(const KeyedRun &run, qint64 keptSinceMs)
{
    return with<KeyedRun>(
        [&](const HistoryDatabase &database) { return KeyedRuns::claim(database, run, keptSinceMs); });
}

Result<void> History::releaseKey(const KeyedRun &run)
{
    return with<void>([&run](const HistoryDatabase &database) { return KeyedRuns::release(database, run); });
}

Result<void> History::setKeyedResult(const QString &runId, const QByteArray &result)
{
    return with<void>([&](const HistoryDatabase &database) { return KeyedRuns::setResult(database, runId, result); });
}

Result<QList<KeyedRun>> History::unfinishedKeyedRuns() const
{
    return with<QList<KeyedRun>>(KeyedRuns::unfinished);
}

QList<QString> History::takeNotices()
{
    const std::scoped_lock lock(m_noticing);
    return std::exchange(m_notices, {});
}

} // namespace PatchPanel::Storage
