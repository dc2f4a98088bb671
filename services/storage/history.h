#pragma once

#include "services/common/result.h"
#include "services/storage/historyentry.h"
#include "services/storage/keyedrun.h"

#include <functional>
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
// versioned migrations). A file that is found damaged, at the opening or later, is set aside and made anew from the
// reports in the workspaces that the file `workspaces` beside it lists; `history.lock` keeps other processes away
// meanwhile. Any thread: each call has a connection of its own on the calling thread and blocks for the disk and for
// other processes.
// Errors: Io when the file cannot be used, also for one that a newer version has written.
class History {
public:
    // In `folder`, which is made (0700) when it is missing. Where it is made anew, only from the workspaces that
    // `mayRead` allows (called on any thread), later from those that another one allows; empty: from all.
    using WorkspaceFilter = std::function<bool(const QString &workspace)>;
    static Result<std::unique_ptr<History>> open(const QString &folder, const WorkspaceFilter &mayRead = {});

    // Adds the run, or replaces what is known of it. `keyedResult` as in setKeyedResult(), unless it is empty.
    Result<void> record(const HistoryEntry &entry, const QByteArray &keyedResult = {});
    // By its id, or a beginning of it that no other run has; absence is no error. BadRequest when several begin so.
    Result<std::optional<HistoryEntry>> find(const QString &runId) const;
    // BadRequest for a cursor that is none.
    Result<HistoryPage> list(const HistoryQuery &query) const;
    // The oldest runs that are over the limits, oldest first; never one that is running.
    Result<QList<HistoryEntry>> surplus(const HistoryLimits &limits) const;
    Result<void> remove(const QString &runId);

    // The keys of requests (see KeyedRuns). They are lost with a damaged file: no report knows them.
    Result<KeyedRun> claimKey(const KeyedRun &run, qint64 keptSinceMs);
    Result<void> releaseKey(const KeyedRun &run);
    // Does nothing when the run has no key.
    Result<void> setKeyedResult(const QString &runId, const QByteArray &result);
    Result<QList<KeyedRun>> unfinishedKeyedRuns() const;

    // What a person should know of the file: that it was set aside. Each is told once.
    QList<QString> takeNotices();

private:
    History(const QString &folder, const WorkspaceFilter &mayRead);

    template <typename Value, typename Use> Result<Value> attempt(const Use &use) const;
    template <typename Value, typename Use> Result<Value> with(const Use &use) const;
    Result<bool> isBroken() const;
    Result<void> mend() const;
    Result<void> rebuild() const;
    Result<void> catchUp() const;
    Result<qsizetype> addFromReports(const QStringList &workspaces) const;
    void tell(const QString &notice) const;

    QString m_folder;
    WorkspaceFilter m_mayRead;
    mutable std::mutex m_noticing;
    mutable QList<QString> m_notices;
};

} // namespace PatchPanel::Storage
