#pragma once

#include "services/common/result.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QString>
#include <QVariantList>

#include <functional>
#include <map>
#include <span>

namespace PatchPanel::Storage {

// What a file is for, and how its tables came to be.
struct DatabaseSchema {
    const char *name; // of what is in it, in messages and connections
    const char *hint; // what an error of the file means, and what to do
    // Each brings the tables from its index to the next version. Never change one that was released: add another.
    std::span<const char *const> migrations;
};

// One connection to an SQLite file (WAL, synchronous=FULL), on the thread that made it, closed with the object.
class Database {
public:
    // Opens or makes the file and brings its tables up to date. Io; details["damaged"] is true when it is no SQLite
    // file, or a broken one. The schema must outlive it.
    static Result<Database> open(const QString &file, const DatabaseSchema &schema);
    Database(Database &&other) noexcept;
    Database &operator=(Database &&) = delete;
    ~Database();

    // Executed with these values, or with its lastError(). To be read to its end before the next use of the same text,
    // whose statement is compiled once.
    QSqlQuery &query(const QString &sql, const QVariantList &values = {}) const;
    // Of what gives no rows.
    Result<void> execute(const QString &sql, const QVariantList &values = {}) const;
    // Nothing of it has happened when it gives an error; once it returns, it survives a crash.
    Result<void> inTransaction(const std::function<Result<void>()> &work) const;
    // Whether the whole file can be read.
    bool isIntact() const;

    Error errorOf(const QSqlQuery &query) const;

private:
    Database(const QString &file, const DatabaseSchema &schema);
    Result<void> migrate();
    bool run(const QString &sql) const;
    Error errorOf(const QSqlError &error) const;

    QString m_name; // of the connection; empty when moved from
    QString m_file;
    const DatabaseSchema *m_schema;
    mutable std::map<QString, QSqlQuery> m_prepared;
};

} // namespace PatchPanel::Storage
