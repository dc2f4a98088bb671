#pragma once

#include "services/common/ids.h"
#include "services/common/result.h"
#include "services/log/logstore.h"
#include "services/runner/runexecution.h"
#include "services/runner/runhistory.h"
#include "services/runner/runrecord.h"
#include "services/runner/runrequest.h"
#include "services/runner/workspaceroots.h"

#include <QObject>
#include <QThreadPool>

#include <memory>
#include <thread>
#include <vector>

namespace PatchPanel::Runner {

struct RunnerSettings {
    QString name = QStringLiteral("runner-1");
    QString defaultWorkspace = {}; // of a request that names none
    int queueLimit = 256; // runs that wait
    int slots = 1; // workspaces that are worked on at once
    int keptRuns = 200; // finished runs that stay known
    Http::Trust trust = {}; // of the requests to the services that tasks name
};

// Accepts runs and carries them out on worker threads: one after another per workspace, `slots` workspaces at once.
// Lives on the service's thread, where its signals come. Owned by RunnerService; the log store must outlive it.
class Runner : public QObject {
    Q_OBJECT
public:
    Runner(RunnerSettings settings, std::unique_ptr<Storage::Cache> cache, std::unique_ptr<Storage::Lock> lock,
           Log::Store &log, QObject *parent = nullptr);
    // Cancels what runs and waits until it has rolled back.
    ~Runner() override;

    void addWorkspaceRoot(const QString &path);
    // Where runs are recorded; first, on the historian's thread, those that were killed are settled: what is read there
    // later knows of it. Before any run is submitted.
    void setHistory(std::unique_ptr<RunHistory> history);
    RunHistory *history() const { return m_history.get(); } // null: none
    // One thread, which does what has to be done with the history beside the runs, in the order in which it was asked.
    QThreadPool &historian() { return m_historian; }
    // A value that tells which workspaces the runner was started for.
    const WorkspaceRoots &roots() const { return m_roots; }
    // Facts about the services, for the reports of the runs that start from now on.
    void setRuntimeNotes(const QList<QString> &notes);

    // Reads the history on its thread and goes on with what was read on that of `context`, which waits for the
    // historian before it goes.
    template <typename Read, typename Use> void readPast(QObject *context, Read read, Use use);

    // The canonical path of the workspace of a run that would be taken now. Unavailable while draining; TooManyRequests
    // when the queue is full; the errors of WorkspaceRoots::resolve.
    Result<QString> workspaceFor(const RunRequest &request) const;
    // The id of the new run, which is `runId`. On an error, one of workspaceFor(), nothing was started.
    Result<QString> submit(const RunRequest &request, const QString &runId = newRunId());
    // NotFound for an unknown run, Busy for one that has ended.
    Result<void> cancel(const QString &runId);
    // Knows that run, which has ended, no longer.
    void forget(const QString &runId);
    // No new runs from now on; those that wait are cancelled.
    void drain();
    void cancelActive();

    // Null when it is not (or no longer) known. Valid until control returns to the event loop.
    const RunRecord *find(const QString &runId) const;
    std::vector<const RunRecord *> newestFirst() const;
    int activeRuns() const { return m_active; }
    int queuedRuns() const;
    int freeSlots() const; // that nothing waits for
    bool isDraining() const { return m_draining; }
    const RunnerSettings &settings() const { return m_settings; }

Q_SIGNALS:
    void stepChanged(const QString &runId, const PatchPanel::Step &step);
    void runBegan(const QString &runId);
    void runFinished(const QString &runId);
    void becameIdle();
    void loadChanged(); // freeSlots() may give another number

private:
    struct Run;

    Run *runOf(const QString &runId) const;
    bool isWorkedOn(const QString &workspace) const;
    void startWaiting();
    void start(Run &run);
    void onStepChanged(const QString &runId, const Step &step);
    void onWorkerDone(const QString &runId, const FinishedRun &outcome);
    void finish(Run &run, const FinishedRun &outcome);
    void cancelWaiting(Run &run, const QString &reason);
    void forgetOldRuns();

    RunnerSettings m_settings;
    WorkspaceRoots m_roots;
    std::unique_ptr<RunHistory> m_history;
    RunExecution m_execution;
    Log::Store &m_log;
    std::vector<std::unique_ptr<Run>> m_runs; // in the order of submission
    QList<QString> m_runtimeNotes;
    QThreadPool m_workers; // after what its jobs use
    QThreadPool m_historian;
    std::jthread m_warmUp;
    int m_active = 0;
    bool m_draining = false;
};

template <typename Read, typename Use> void Runner::readPast(QObject *context, Read read, Use use)
{
    m_historian.start([context, read = std::move(read), use = std::move(use)]() mutable {
        QMetaObject::invokeMethod(
            context, [use = std::move(use), value = read()] { use(value); }, Qt::QueuedConnection);
    });
}

} // namespace PatchPanel::Runner
