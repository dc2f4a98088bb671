#pragma once

#include "services/common/result.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>

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

    // Prepared, or with its lastError().
    QSqlQuery prepare(const QString &sql) const;
    // Whether the whole file can be read.
    bool isIntact() const;

    Error errorOf(const QSqlQuery &query) const;

private:
    HistoryDatabase(const QString &name, const QString &file);
    Result<void> migrate();
    bool execute(const QString &sql) const;

    QString m_name; // of the connection; empty when moved from
    QString m_file;
};

} // namespace PatchPanel::Storage
