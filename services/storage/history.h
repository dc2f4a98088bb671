#pragma once

#include "services/common/result.h"
#include "services/storage/historyentry.h"

#include <memory>
#include <mutex>

namespace PatchPanel::Storage {

class HistoryDatabase;

// How much of the past is kept.
struct HistoryLimits {
    int runs = 1000;
    qint64 undoBytes = qint64(1) << 30;
};

// Every run of a profile, across its workspaces, in an SQLite file that several processes share (WAL, synchronous=FULL,
// versioned migrations). A file that is damaged is set aside and made anew from the reports in the workspaces that the
// file `workspaces` beside it lists. Any thread: each call has a connection of its own on the calling thread and blocks
// for the disk, at most five seconds for another process.
// Errors: Io when the file cannot be used, also for one that a newer version has written.
class History {
public:
    // In `folder`, which is made (0700) when it is missing.
    static Result<std::unique_ptr<History>> open(const QString &folder);

    // Adds the run, or replaces what is known of it.
    Result<void> record(const HistoryEntry &entry);
    // By its id, or a beginning of it that no other run has; absence is no error. BadRequest when several begin so.
    Result<std::optional<HistoryEntry>> find(const QString &runId) const;
    // BadRequest for a cursor that is none.
    Result<HistoryPage> list(const HistoryQuery &query) const;
    // The oldest runs that are over the limits, oldest first; never one that is running.
    Result<QList<HistoryEntry>> surplus(const HistoryLimits &limits) const;
    Result<void> remove(const QString &runId);

    // What a person should know of the file: that it was set aside. Each is told once.
    QList<QString> takeNotices();

private:
    explicit History(const QString &folder);
    Result<HistoryDatabase> connect() const;

    QString m_folder;
    mutable std::mutex m_noticing;
    QList<QString> m_notices;
};

} // namespace PatchPanel::Storage
