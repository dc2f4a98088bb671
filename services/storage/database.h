#pragma once

#include "services/common/result.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>
#include <QVariantList>

#include <functional>
#include <map>

namespace PatchPanel::Storage {

// One connection to a history file, on the thread that made it, closed with the object.
class HistoryDatabase {
public:
    // Opens or makes the file and brings its tables up to date. Io; details["damaged"] is true when it is no SQLite
    // file, or a broken one.
    static Result<HistoryDatabase> open(const QString &file);
    HistoryDatabase(HistoryDatabase &&other) noexcept;
    HistoryDatabase &operator=(HistoryDatabase &&) = delete;
    ~HistoryDatabase();

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
    HistoryDatabase(const QString &name, const QString &file);
    Result<void> migrate();
    bool run(const QString &sql) const;

    QString m_name; // of the connection; empty when moved from
    QString m_file;
    mutable std::map<QString, QSqlQuery> m_prepared;
};

} // namespace PatchPanel::Storage
