#pragma once

#include "app/commands/taskoutcome.h"
#include "app/console.h"
#include "app/credentials.h"
#include "app/fanout.h"
#include "app/options.h"
#include "app/servicehost.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <optional>

namespace PatchPanel::App {

// `run` and `plan` with --workspaces: starts registry and runners (or uses --registry), lets a FanOut do the runs,
// shuts down and shows what became of them. Lives on the main thread.
class FanOutCommand : public QObject {
    Q_OBJECT
public:
    FanOutCommand(const Options &options, const Credentials &credentials, FanOutJob job);

    void start();
    // A signal came: cancels what runs, and ends with 128 + signal.
    void interrupt(int signal);

Q_SIGNALS:
    void finished(int exitCode);

private:
    void tellEvents();
    void showProgress();
    void timeOut();
    void endEarly(int exitCode);
    void runFinished(qsizetype index, const Relay::RunOutcome &outcome);
    void stop();
    void showEnd();
    void showTable() const;
    void leaveAnnotations() const; // one for each workspace
    void leaveJunit();
    int exitCode() const;
    QJsonObject document() const;
    QList<TaskOutcome> taskOutcomes() const;
    std::optional<QString> workspaceOf(const QByteArray &runId) const;
    bool isPlan() const { return m_options.command == Command::Plan || m_options.dryRun; }
    bool canGoOn() const;

    Options m_options;
    QStringList m_names; // of the workspaces, as the log shows them
    Log::Store m_log;
    std::optional<Console> m_console;
    ServiceHost m_host;
    FanOut m_fanOut;
    QTimer m_progress;
    QTimer m_timeout;
    QElapsedTimer m_time;
    QHash<qsizetype, Relay::RunOutcome> m_outcomes; // of the runs that ended now
    QHash<QByteArray, qsizetype> m_workspaces; // by run id
    std::optional<int> m_forcedExit; // a signal, the time-out or a service that did not start decided it
    std::optional<Error> m_failure; // why nothing could be run
    bool m_isRunning = false; // the fan-out has begun and has not ended
    bool m_isStopping = false;
};

} // namespace PatchPanel::App
