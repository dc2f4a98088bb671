#include "services/storage/database.h"

#include <QVariant>

#include <atomic>
#include <utility>

namespace PatchPanel::Storage {

namespace {

constexpr int sqliteCorrupt = 11; // sqlite3.h: SQLITE_CORRUPT, SQLITE_NOTADB
constexpr int sqliteNotADatabase = 26;

bool isDamage(const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt() & 0xff;
    return code == sqliteCorrupt || code == sqliteNotADatabase;
}

// An empty QString would be NULL.
QVariant bindable(const QVariant &value)
{
    return value.typeId() == QMetaType::QString && value.toString().isNull() ? QVariant(QLatin1String("")) : value;
}

QString newConnectionName(const DatabaseSchema &schema)
{
    static std::atomic<quint64> count = 0;
    return QStringLiteral("%1-%2").arg(QLatin1String(schema.name)).arg(++count);
}

} // namespace

Database::Database(const QString &file, const DatabaseSchema &schema)
    : m_name(newConnectionName(schema))
    , m_file(file)
    , m_schema(&schema)
{
}

Database::Database(Database &&other) noexcept
    : m_name(std::exchange(other.m_name, {}))
    , m_file(std::move(other.m_file))
    , m_schema(other.m_schema)
    , m_prepared(std::move(other.m_prepared))
{
}

Database::~Database()
{
    m_prepared.clear(); // before what they belong to
    if (!m_name.isEmpty()) {
        QSqlDatabase::database(m_name, false).close();
        QSqlDatabase::removeDatabase(m_name);
    }
}

Result<Database> Database::open(const QString &file, const DatabaseSchema &schema)
{
    Database database(file, schema);
    QSqlDatabase connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), database.m_name);
    connection.setDatabaseName(file);
    connection.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    if (!connection.open()) {
        return database.errorOf(connection.lastError());
    }
    for (const char *pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"}) {
        QSqlQuery query(connection);
        if (!query.exec(QString::fromLatin1(pragma))) {
            return database.errorOf(query.lastError());
        }
    }
    if (Result<void> migrated = database.migrate(); !migrated) {
        return migrated.error();
    }
    return database;
}

// Within a transaction that excludes other processes: one of them migrates, the others find it done.
Result<void> Database::migrate()
{
    const auto version = [this] {
        QSqlQuery query(QSqlDatabase::database(m_name, false));
        return query.exec(QStringLiteral("PRAGMA user_version")) && query.next() ? query.value(0).toInt() : -1;
    };
    const int newest = static_cast<int>(m_schema->migrations.size());
    const int found = version();
    if (found == newest) {
        return {};
    }
    if (found > newest) {
        return Error{ErrorCode::Io,
                     QStringLiteral("The %1 %2 was written by a newer version of PatchPanel (%3; this one knows %4).")
                         .arg(QLatin1String(m_schema->name), m_file)
                         .arg(found)
                         .arg(newest),
                     QStringLiteral("Use that version, or name another --profile."), m_file};
    }
    const auto fail = [&] {
        const Error error = errorOf(QSqlDatabase::database(m_name, false).lastError());
        run(QStringLiteral("ROLLBACK"));
        return error;
    };
    if (found < 0 || !run(QStringLiteral("BEGIN IMMEDIATE"))) {
        return errorOf(QSqlDatabase::database(m_name, false).lastError());
    }
    for (int next = version(); next < newest; ++next) {
        if (next < 0 || !run(QString::fromLatin1(m_schema->migrations[static_cast<std::size_t>(next)]))
            || !run(QStringLiteral("PRAGMA user_version = %1").arg(next + 1))) {
            return fail();
        }
    }
    return run(QStringLiteral("COMMIT")) ? Result<void>{} : fail();
}

bool Database::run(const QString &sql) const
{
    QSqlQuery query(QSqlDatabase::database(m_name, false));
    return query.exec(sql);
}

QSqlQuery &Database::query(const QString &sql, const QVariantList &values) const
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

Result<void> Database::execute(const QString &sql, const QVariantList &values) const
{
    const QSqlQuery &done = query(sql, values);
    return done.lastError().isValid() ? Result<void>(errorOf(done)) : Result<void>();
}

// It takes the file for writing at once: a transaction that begins by reading could not become a writer later.
Result<void> Database::inTransaction(const std::function<Result<void>()> &work) const
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

bool Database::isIntact() const
{
    QSqlQuery query(QSqlDatabase::database(m_name, false));
    return query.exec(QStringLiteral("PRAGMA quick_check(1)")) && query.next()
        && query.value(0).toString() == QLatin1String("ok");
}

Error Database::errorOf(const QSqlQuery &query) const
{
    return errorOf(query.lastError());
}

Error Database::errorOf(const QSqlError &error) const
{
    return {ErrorCode::Io,
            QStringLiteral("The %1 %2 cannot be used: %3.")
                .arg(QLatin1String(m_schema->name), m_file, error.text().trimmed()),
            QLatin1String(m_schema->hint),
            m_file,
            {{QStringLiteral("damaged"), isDamage(error)}}};
}

} // namespace PatchPanel::Storage
