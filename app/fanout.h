#pragma once

#include "app/fanoutjob.h"
#include "services/common/step.h"
#include "services/relay/lookup.h"

#include <QHash>
#include <QObject>
#include <QSet>
#include <QThreadPool>

#include <deque>

namespace PatchPanel::App {

class ServiceHost;

// Runs one task in many workspaces: so many at once, each once, whatever becomes of the others. What happens is
// recorded on a thread of its own, so that another FanOut can go on where this one was ended. Lives on the thread of
// the host, which must outlive it and have its services up.
class FanOut : public QObject {
    Q_OBJECT
public:
    FanOut(ServiceHost &host, FanOutJob job, QObject *parent = nullptr);
    // Waits until the record is on the disk. Runs in progress go on.
    ~FanOut() override;

    // Ends with finished().
    void start();
    // Cancels the runs in progress and starts no more.
    void cancel();

    const FanOutPlan &plan() const { return m_job.plan; }
    const QList<FanOutRun> &runs() const { return m_job.runs; }
    FanOutCounts counts() const { return FanOutCounts(m_job.runs); }
    bool canBeResumed() const { return m_job.record != nullptr; }

Q_SIGNALS:
    // A run in that workspace has this id, the one that is taken back before it too: `index` is its place in runs().
    void runIdTold(qsizetype index, const QString &runId);
    // A runner took the run in that workspace.
    void runStarted(qsizetype index);
    void stepChanged(qsizetype index, const PatchPanel::Step &step);
    void runFinished(qsizetype index, const PatchPanel::Relay::RunOutcome &outcome);
    // Once: from now on, resuming it may have to ask the runners what became of the runs.
    void recordFailed(const PatchPanel::Error &error);
    void finished();

private:
    void startNext();
    qsizetype inProgress() const { return m_runs.size() + m_looks.size() + m_rollbacks.size() + m_questions; }
    void begin(qsizetype index);
    void send(qsizetype index);
    void lookAt(qsizetype index);
    void lookedAt(qsizetype index, const Relay::LookupAnswer &answer);
    void chosen(quint64 ticket, const Relay::Instance &runner);
    void accepted(qsizetype index, const QString &runId, const QString &runner);
    void ended(qsizetype index, Relay::RunOutcome outcome);
    void askWorkspace(qsizetype index, const Relay::RunOutcome &unknown);
    void takeBack(qsizetype index, const Relay::RunOutcome &outcome);
    void takenBack(qsizetype index, const Relay::RunOutcome &rollback);
    void settle(qsizetype index, const Relay::RunOutcome &outcome);
    void sendAgain(qsizetype index);
    bool isOfEarlier(const Relay::RunOutcome &outcome) const;
    void end();
    template <typename Write> void record(Write write);

    ServiceHost &m_host;
    FanOutJob m_job;
    QThreadPool m_writer; // one thread: in order
    std::deque<qsizetype> m_waiting;
    QHash<quint64, qsizetype> m_runs; // by ticket: those in progress
    QHash<quint64, qsizetype> m_looks; // by ticket: those that are asked after
    QHash<quint64, qsizetype> m_rollbacks; // by ticket: of those that were killed before their commit
    QSet<qsizetype> m_sentBefore; // of those in progress: the ones that were sent already, to what came of it
    QHash<qsizetype, Relay::RunOutcome> m_killed; // these runs
    int m_questions = 0; // workspaces that are asked how a run ended
    qint64 m_startedMs = 0;
    bool m_isCancelled = false;
    bool m_isEnding = false;
    bool m_hasRecordFailed = false;
};

} // namespace PatchPanel::App
