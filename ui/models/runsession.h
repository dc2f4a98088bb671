#pragma once

#include "app/servicehost.h"
#include "ui/models/tasklocation.h"

#include <QObject>

namespace PatchPanel::Ui {

// The current task from pick to result: previews it, runs exactly the plan that was previewed, and knows why it cannot.
// GUI thread; owned by the window; the host must outlive it.
class RunSession : public QObject {
    Q_OBJECT
public:
    // What is known of the current task's plan.
    enum class PlanState {
        None, // never previewed, or the services went away meanwhile
        Applies,
        Noop, // all of it is there already
        Rejected, // invalid, or it does not apply
        Outdated, // the workspace changed since: by a run, or behind our back
    };

    struct Fix {
        QString text = {}; // the words of the link
        QString action = {}; // "open", "preview", "start:NAME", "port:NAME", "runner:" (any)
    };

    // Why Run cannot be pressed, and what helps. Empty text: nothing is in the way; no fix: only waiting helps.
    struct Obstacle {
        QString text = {};
        QList<Fix> fixes = {};
    };

    // How runs are carried out that nobody said more about.
    struct RunDefaults {
        RunSettings settings = {};
        bool useCache = true;
        int commandSeconds = 0; // 0: as the task says
    };

    // `workspace`: preferred for task files beneath it; may be empty.
    RunSession(App::ServiceHost &host, QString workspace, QObject *parent = nullptr);

    // Of the runs that start from now on. Previews anew what the plan shows of them: commands and commit.
    void setRunDefaults(const RunDefaults &defaults);

    // For the tasks that are opened from now on.
    void setPreferredWorkspace(const QString &workspace) { m_preferredWorkspace = workspace; }

    void open(const QString &path);
    void preview(); // waits for the services when they are not up yet
    void run(); // previews first when the plan is not fresh
    void cancel();
    // Waits no longer for the run in progress: it ends here as one with an unknown end.
    void abandon();
    // The runner that has to do it, by its name in the host's services; empty: any. Previews anew.
    void setRunner(const QString &name);
    // Takes a past run back, like a run of the task. Not while one is in progress.
    void rollBack(const QString &runId, const QString &workspace);

    const TaskLocation &task() const { return m_task; }
    PlanState planState() const { return m_plan; }
    const QString &runner() const { return m_runner; }
    // Of another process; empty: ours, or any.
    QString remoteRunner() const;
    // The chosen runner's own workspace, which the plan is for as that runner does not have the task's; empty: it has.
    const QString &foreignWorkspace() const { return m_foreignWorkspace; }
    bool isRunning() const { return m_runTicket != 0; }
    bool isPreviewing() const { return m_previewTicket != 0; }
    bool canPreview() const;
    bool canRun() const;
    Obstacle obstacle() const;
    // Why nothing can be rolled back now; empty: nothing is in the way.
    QString rollbackObstacle() const;
    // The same run for a terminal or a CI job; empty without a task.
    QString commandLine() const;

Q_SIGNALS:
    void changed(); // any of the above
    void taskChanged(const PatchPanel::Ui::TaskLocation &task);
    void taskRejected(const QString &path, const QString &reason);
    void previewStarted();
    void previewFinished(const PatchPanel::Relay::RunOutcome &outcome);
    void planExpired(); // Run found files changed since the preview; a new preview is on its way
    void runStarted(const QString &what); // the task's file, or "rollback of run …"
    void runAccepted(const QString &runId, const QString &runner);
    void stepChanged(const PatchPanel::Step &step);
    void runCancelling();
    // The runner stopped answering; empty: it is back. What the run does meanwhile is not known.
    void connectionChanged(const QString &problem);
    void runFinished(const PatchPanel::Relay::RunOutcome &outcome);

private:
    Relay::RunRequest request() const;
    void startRun();
    void forgetPlan();
    void servicesChanged();
    bool isWorkspaceUnknownThere(const Relay::RunOutcome &preview) const;
    void finishPreview(const Relay::RunOutcome &outcome);
    void finishRun(const Relay::RunOutcome &outcome);
    Obstacle serviceObstacle() const;
    bool canReachRunner() const { return serviceObstacle().text.isEmpty(); }
    Obstacle obstacleOf(const App::ServiceInfo &service) const;
    const App::ServiceInfo *chosenIn(const QList<App::ServiceInfo> &services) const;

    App::ServiceHost &m_host;
    QString m_preferredWorkspace;
    QString m_runner; // empty: any
    RunDefaults m_defaults;
    TaskLocation m_task;
    PlanState m_plan = PlanState::None;
    QString m_planId;
    QString m_rejection;
    quint64 m_previewTicket = 0; // 0: none
    quint64 m_runTicket = 0;
    bool m_previewWhenReady = false;
    bool m_runAfterPreview = false;
    bool m_wasReady = false;
    bool m_useForeignWorkspace = false;
    QString m_foreignWorkspace;
};

} // namespace PatchPanel::Ui
