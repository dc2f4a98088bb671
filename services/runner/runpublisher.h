#pragma once

#include "services/common/complaintpause.h"
#include "services/log/logstore.h"
#include "services/log/logwriter.h"
#include "services/runner/runner.h"
#include "services/storage/sharedruns.h"

#include <QObject>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace PatchPanel::Runner {

// Tells other machines, through Redis, what the runs of a runner do: their log as it grows, and how they end. On a
// thread of its own, so that a server which does not answer holds up nobody; what it could not be told meanwhile it is
// told later, and why, the log says once a minute. Lives on the service's thread; owned by RunnerService. The runner
// and the log store must outlive it.
class RunPublisher : public QObject {
    Q_OBJECT
public:
    RunPublisher(Runner &runner, const Storage::RedisUrl &redis, Log::Store &store, const Log::Writer &log,
                 QObject *parent = nullptr);
    // Tries once more to tell what is left.
    ~RunPublisher() override;

private:
    // A run of which not all is told yet.
    struct Untold {
        Storage::SharedRun run;
        qsizetype logNext = 0; // index of the first line that is not told
        qsizetype logEnd = -1; // -1: it goes on
        bool isBegun = false; // its beginning is told
    };

    void onRunBegan(const QString &runId);
    void onRunFinished(const QString &runId);
    Storage::SharedRun describe(const RunRecord &record) const;
    void loop();
    bool tellAll(Storage::SharedRuns &shared);
    Result<void> tell(Storage::SharedRuns &shared, Untold &untold);
    QByteArray nextLines(Untold &untold) const;
    void outage(const Error &error);

    Runner &m_runner;
    const Storage::RedisUrl m_url;
    Log::Store &m_store;
    Log::Writer m_log;
    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::map<QString, Untold> m_untold; // by run
    bool m_ending = false;
    ComplaintPause m_complaint; // of the thread alone
    std::thread m_thread;
};

} // namespace PatchPanel::Runner
