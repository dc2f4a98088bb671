#pragma once

#include "services/common/runstatus.h"
#include "services/common/step.h"
#include "services/http/trust.h"
#include "services/log/logwriter.h"
#include "services/runner/runrequest.h"
#include "services/storage/cache.h"
#include "services/storage/lock.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <stop_token>

namespace PatchPanel::Patch {
struct RunResult;
}

namespace PatchPanel::Runner {

class RunHistory;

// One accepted run, as a worker gets it.
struct RunJob {
    QString runId;
    QString workspace; // canonical path
    RunRequest request;
    QList<QString> runtimeNotes; // for the report's evidence
};

struct FinishedRun {
    RunStatus status = RunStatus::Unknown;
    QJsonObject result = {};
    QByteArray text = {}; // the result as compact JSON
    QByteArray report = {}; // report.md
};

// Carries one run from its task file to its result: cache, lock, engine, in the order of the documented log.
// Blocking; called on worker threads, several at a time for different workspaces. Owned by Runner.
class RunExecution {
public:
    RunExecution(QString runner, std::unique_ptr<Storage::Cache> cache, std::unique_ptr<Storage::Lock> lock,
                 Log::Store &log);

    // Where every run that is no dry run is recorded; null: nowhere. It must outlive this.
    void setHistory(RunHistory *history) { m_history = history; }
    // By whose word the services of a task are believed over https. Before the first run.
    void setTrust(const Http::Trust &trust) { m_trust = trust; }

    // Every way to end is a FinishedRun; nothing is thrown. `stepChanged` is called on the same thread.
    FinishedRun execute(const RunJob &job, const std::function<void(const Step &)> &stepChanged, std::stop_token stop);
    // The result of a run that was cancelled while it waited. Does not block, and does not record it.
    FinishedRun cancelledBeforeStart(const RunJob &job, const QString &reason) const;
    // In the history, however it ended; of a dry run only the result for its Idempotency-Key.
    void record(const RunJob &job, const FinishedRun &run) const;

private:
    class Attempt;

    FinishedRun finished(const RunJob &job, const Patch::RunResult &result) const;
    void tidyUp(RunStatus status);

    QString m_runner;
    std::unique_ptr<Storage::Cache> m_cache;
    std::mutex m_cacheUse; // a Cache serves one thread at a time
    std::unique_ptr<Storage::Lock> m_lock;
    Log::Store &m_log;
    Http::Trust m_trust;
    RunHistory *m_history = nullptr;
    std::atomic<qint64> m_tidiedMs = std::numeric_limits<qint64>::min() / 2; // of the monotonic clock
};

} // namespace PatchPanel::Runner
