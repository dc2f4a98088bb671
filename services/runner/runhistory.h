#pragma once

#include "services/log/logwriter.h"
#include "services/storage/history.h"
#include "services/storage/lock.h"

#include <QJsonObject>

#include <atomic>
#include <memory>
#include <optional>

namespace PatchPanel::Runner {

// What a runner tells the history of its runs and reads back from it. A history that cannot be used never fails a run:
// one warning says so. Blocking; worker threads, several at a time. Owned by Runner.
class RunHistory {
public:
    RunHistory(std::unique_ptr<Storage::History> store, std::unique_ptr<Storage::Lock> lock, const Log::Writer &log,
               const Storage::HistoryLimits &limits = {});

    // As the run begins, with the workspace's lock held, and again however it ended.
    void record(const Storage::HistoryEntry &entry, const Storage::RecordedTexts &texts = {},
                Storage::Durable durable = Storage::Durable::Now);
    // The same for a run that is in no list: a dry run.
    void recordKeyedResult(const QString &runId, const QByteArray &result);
    // Runs over the limits go, with their undo slots: those of workspaces that nobody works on. Never silently.
    void prune();
    // That run goes from the history, with its undo slots, and can be rolled back no more. NotFound; Busy while it, or
    // another one, works in its workspace.
    Result<void> forget(const QString &runId);
    // Runs that say "running" in a workspace that nobody works on were killed: brings their workspaces back and records
    // how they ended. So it does for runs with a key whose process is gone before they began.
    void settleInterrupted();

    // Records durably that an Idempotency-Key belongs to the run, for a day, unless it belongs to another one already.
    // The run that it belongs to now, with its result once that is known. Where the history cannot be used, `run`.
    Storage::KeyedRun claim(const Storage::KeyedRun &run);
    // The run did not come about: its key is free again.
    void release(const Storage::KeyedRun &run);

    Result<Storage::HistoryPage> list(const Storage::HistoryQuery &query) const;
    Result<std::optional<Storage::HistoryEntry>> find(const QString &runId) const;
    Storage::RunReport reportOf(const Storage::HistoryEntry &entry) const { return reportOf(entry, m_store.get()); }
    // As it stands in the workspace of the run, else in the history, if there is one; a part that is gone is empty.
    static Storage::RunReport reportOf(const Storage::HistoryEntry &entry, const Storage::History *history);
    // The report as a result; the entry as one where it is gone.
    static QJsonObject resultOf(const Storage::HistoryEntry &entry, const Storage::RunReport &report);

private:
    void warn(const Error &error);
    void tellNotices() const;
    void settle(const Storage::HistoryEntry &entry);
    void settleKeyed(Storage::KeyedRun &run);
    bool removeFolder(const Storage::HistoryEntry &entry);

    std::unique_ptr<Storage::History> m_store;
    std::unique_ptr<Storage::Lock> m_lock;
    Log::Writer m_log;
    Storage::HistoryLimits m_limits;
    std::atomic<bool> m_warned = false;
};

} // namespace PatchPanel::Runner
