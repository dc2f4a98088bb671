#pragma once

#include "services/common/result.h"
#include "services/storage/historyentry.h"
#include "services/storage/keyedrun.h"

#include <QSet>
#include <QStringList>

#include <functional>
#include <memory>
#include <mutex>

namespace PatchPanel::Storage {

class HistoryThread;

// When a record has to be on the disk.
enum class Durable {
    Now, // before the call returns
    Soon, // a kill within the next tenth of a second may lose it, and the process itself sees it at once
};

// What is recorded with a run where it is not empty.
struct RecordedTexts {
    QByteArray keyedResult = {}; // see History::setKeyedResult()
    RunReport report = {};
};

// Every run of a profile, across its workspaces, in an SQLite file that several processes share (WAL, synchronous=FULL,
// versioned migrations). A file that is found damaged, at the opening or later, is set aside and made anew from the
// reports in the workspaces that the file `workspaces` beside it lists; `history.lock` keeps other processes away
// meanwhile. Any thread: each call blocks for the disk and for other processes, and for the one thread with the
// connection, which writes what waits together in one transaction.
// Errors: Io when the file cannot be used, also for one that a newer version has written.
class History {
public:
    // In `folder`, which is made (0700) when it is missing. Where it is made anew, only from the workspaces that
    // `mayRead` allows (called on any thread), later from those that another one allows; empty: from all.
    using WorkspaceFilter = std::function<bool(const QString &workspace)>;
    static Result<std::unique_ptr<History>> open(const QString &folder, const WorkspaceFilter &mayRead = {});

    ~History();

    // Unlike that of any other history, on any machine; another one when the file was made anew. Empty when unknown.
    QString identity() const;
    // Adds the run, or replaces what is known of it. With Durable::Soon the error is an earlier one.
    Result<void> record(const HistoryEntry &entry, const RecordedTexts &texts = {}, Durable durable = Durable::Now);
    // What record() was given; empty when it was given none.
    Result<RunReport> report(const QString &runId) const;
    // By its id, or a beginning of it that no other run has; absence is no error. BadRequest when several begin so.
    Result<std::optional<HistoryEntry>> find(const QString &runId) const;
    // BadRequest for a cursor that is none.
    Result<HistoryPage> list(const HistoryQuery &query) const;
    // The oldest runs that are over the limits, oldest first; never one that is running.
    Result<QList<HistoryEntry>> surplus(const HistoryLimits &limits) const;
    Result<void> remove(const QStringList &runIds);

    // The keys of requests (see KeyedRuns). They are lost with a damaged file: no report knows them.
    Result<KeyedRun> claimKey(const KeyedRun &run, qint64 keptSinceMs);
    Result<void> releaseKey(const KeyedRun &run);
    // Does nothing when the run has no key.
    Result<void> setKeyedResult(const QString &runId, const QByteArray &result);
    Result<QList<KeyedRun>> unfinishedKeyedRuns() const;

    // What a person should know of the file: that it was set aside. Each is told once.
    QList<QString> takeNotices();

private:
    explicit History(const QString &folder);

    void rememberWorkspace(const QString &workspace);

    QString m_folder;
    std::mutex m_mutex; // guards the next two
    QList<QString> m_notices;
    QSet<QString> m_workspaces; // that are in the file `workspaces`
    std::unique_ptr<HistoryThread> m_thread;
};

} // namespace PatchPanel::Storage
