#include "services/storage/historydatabase.h"

#include <QSqlError>
#include <QVariant>

#include <array>
#include <atomic>
#include <utility>

namespace PatchPanel::Storage {

namespace {

// Each brings the tables from its index to the next version. Never change one that was released: add another.
constexpr std::array migrations{
    "CREATE TABLE runs ("
    " run_id TEXT PRIMARY KEY, status TEXT NOT NULL, rolled_back_run TEXT NOT NULL,"
    " task_id TEXT NOT NULL, task_title TEXT NOT NULL, task_file TEXT NOT NULL, task_sha256 TEXT NOT NULL,"
    " workspace TEXT NOT NULL, runner TEXT NOT NULL, started_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL,"
    " created INTEGER NOT NULL, modified INTEGER NOT NULL, deleted INTEGER NOT NULL, moved INTEGER NOT NULL,"
    " gates_passed INTEGER NOT NULL, gates_failed INTEGER NOT NULL,"
    " commit_id TEXT NOT NULL, message TEXT NOT NULL, report_path TEXT NOT NULL, undo_bytes INTEGER NOT NULL"
    ") WITHOUT ROWID",
    "CREATE INDEX runs_by_time ON runs (started_ms DESC, run_id DESC)",
    "CREATE TABLE keyed_runs ("
    " key TEXT PRIMARY KEY, request TEXT NOT NULL, run_id TEXT NOT NULL, process TEXT NOT NULL, runner TEXT NOT NULL,"
    " workspace TEXT NOT NULL, task TEXT NOT NULL, dry_run INTEGER NOT NULL, accepted_ms INTEGER NOT NULL, result BLOB"
    ")",
    "CREATE INDEX keyed_runs_by_run ON keyed_runs (run_id)",
    "CREATE INDEX keyed_runs_by_time ON keyed_runs (accepted_ms)",
    "CREATE TABLE reports (run_id TEXT PRIMARY KEY, json BLOB NOT NULL, markdown BLOB NOT NULL)",
    "CREATE INDEX keyed_runs_unfinished ON keyed_runs (run_id) WHERE result IS NULL",
};

constexpr int sqliteCorrupt = 11; // sqlite3.h: SQLITE_CORRUPT, SQLITE_NOTADB
constexpr int sqliteNotADatabase = 26;

bool isDamage(const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt() & 0xff;
    return code == sqliteCorrupt || code == sqliteNotADatabase;
}

Error historyError(const QSqlError &error, const QString &file)
{
    return {ErrorCode::Io,
            QStringLiteral("The history %1 cannot be used: %2.").arg(file, error.text().trimmed()),
            QStringLiteral("Runs go on without it. Check the file, its folder and the space on its disk."),
            file,
            {{QStringLiteral("damaged"), isDamage(error)}}};
}

// An empty QString would be NULL.
QVariant bindable(const QVariant &value)
{
    return value.typeId() == QMetaType::QString && value.toString().isNull() ? QVariant(QLatin1String("")) : value;
}

QString newConnectionName()
{
    static std::atomic<quint64> count = 0;
    return QStringLiteral("history-%1").arg(++count);
}

} // namespace

HistoryDatabase::HistoryDatabase(const QString &name, const QString &file)
    : m_name(name)
    , m_file(file)
{
}

HistoryDatabase::HistoryDatabase(HistoryDatabase &&other) noexcept
    : m_name(std::exchange(other.m_name, {}))
    , m_file(std::move(other.m_file))
    , m_prepared(std::move(other.m_prepared))
{
}

HistoryDatabase::~HistoryDatabase()
{
    m_prepared.clear(); // before what they belong to
    if (!m_name.isEmpty()) {
        QSqlDatabase::database(m_name, false).close();
        QSqlDatabase::removeDatabase(m_name);
    }
}

Result<HistoryDatabase> HistoryDatabase::open(const QString &file)
{
    HistoryDatabase database(newConnectionName(), file);
    QSqlDatabase connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), database.m_name);
    connection.setDatabaseName(file);
    connection.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    if (!connection.open()) {
        return historyError(connection.lastError(), file);
    }
    for (const char *pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"}) {
        QSqlQuery query(connection);
        if (!query.exec(QString::fromLatin1(pragma))) {
            return historyError(query.lastError(), file);
        }
    }
    if (Result<void> migrated = database.migrate(); !migrated) {
        return migrated.error();
    }
    return database;
}

// Within a transaction that excludes other processes: one of them migrates, the others find it done.
Result<void> HistoryDatabase::migrate()
{
    const auto version = [this] {
        QSqlQuery query(QSqlDatabase::database(m_name, false));
        return query.exec(QStringLiteral("PRAGMA user_version")) && query.next() ? query.value(0).toInt() : -1;
    };
    const int newest = static_cast<int>(migrations.size());
    const int found = version();
    if (found == newest) {
        return {};
    }
    if (found > newest) {
        return Error{
            ErrorCode::Io,
            QStringLiteral("The history %1 was written by a newer version of PatchPanel (%2; this one knows %3).")
                .arg(m_file)
                .arg(found)
                .arg(newest),
            QStringLiteral("Use that version, or name another --profile."), m_file};
    }
    const auto fail = [&] {
        const Error error = historyError(QSqlDatabase::database(m_name, false).lastError(), m_file);
        run(QStringLiteral("ROLLBACK"));
        return error;
    };
    if (found < 0 || !run(QStringLiteral("BEGIN IMMEDIATE"))) {
        return historyError(QSqlDatabase::database(m_name, false).lastError(), m_file);
    }
    for (int next = version(); next < newest; ++next) {
        if (next < 0 || !run(QString::fromLatin1(migrations[static_cast<std::size_t>(next)]))
            || !run(QStringLiteral("PRAGMA user_version = %1").arg(next + 1))) {
            return fail();
        }
    }
    return run(QStringLiteral("COMMIT")) ? Result<void>{} : fail();
}

bool HistoryDatabase::run(const QString &sql) const
{
    QSqlQuery query(QSqlDatabase::database(m_name, false));
    return query.exec(sql);
}

QSqlQuery &HistoryDatabase::query(const QString &sql, const QVariantList &values) const
{
    auto found = m_prepared.find(sql);
    if (found == m_prepared.end()) {
        found = m_prepared.emplace(sql, QSqlQuery(QSqlDatabase::database(m_name, false))).first;
        found->second.setForwardOnly(true);
        found->second.prepare(sql);
    }
    QSqlQuery &prepared = found->second;
    for (qsizetype index = 0; index < values.size(); ++index) {
        prepared.bindValue(static_cast<int>(index), bindable(values[index]));
    }
    prepared.exec();
    return prepared;
}

Result<void> HistoryDatabase::execute(const QString &sql, const QVariantList &values) const
{
    const QSqlQuery &done = query(sql, values);
    return done.lastError().isValid() ? Result<void>(errorOf(done)) : Result<void>();
}

// It takes the file for writing at once: a transaction that begins by reading could not become a writer later.
Result<void> HistoryDatabase::inTransaction(const std::function<Result<void>()> &work) const
{
    if (const Result<void> begun = execute(QStringLiteral("BEGIN IMMEDIATE")); !begun) {
        return begun;
    }
    Result<void> done = work();
    done = done ? execute(QStringLiteral("COMMIT")) : done;
    if (!done) {
        run(QStringLiteral("ROLLBACK"));
    }
    return done;
}

bool HistoryDatabase::isIntact() const
{
    QSqlQuery query(QSqlDatabase::database(m_name, false));
    return query.exec(QStringLiteral("PRAGMA quick_check(1)")) && query.next()
        && query.value(0).toString() == QLatin1String("ok");
}

Error HistoryDatabase::errorOf(const QSqlQuery &query) const
{
    return historyError(query.lastError(), m_file);
}

} // namespace PatchPanel::Storage
