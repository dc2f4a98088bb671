#pragma once

#include "app/commands/runprogress.h"
#include "app/commands/taskoutcome.h"
#include "app/console.h"
#include "app/credentials.h"
#include "app/options.h"
#include "app/servicehost.h"

#include <QJsonArray>
#include <QObject>
#include <QTimer>

#include <optional>

namespace PatchPanel::App {

// `run`, `plan` and `rollback`: starts registry and runner (or uses --registry), relays each request in order, stops at
// the first that does not succeed unless --keep-going says otherwise, then shuts down. Lives on the main thread.
class RunCommand : public QObject {
    Q_OBJECT
public:
    // One run for each of the requests, which are about the workspace.
    RunCommand(const Options &options, const QString &workspace, const Credentials &credentials,
               const QList<Relay::RunRequest> &requests);

    void start();
    // A signal came: cancels the run, which rolls it back, and ends with 128 + signal.
    void interrupt(int signal);

Q_SIGNALS:
    void finished(int exitCode);

private:
    void tellEvents();
    void runNext();
    void runEnded(quint64 ticket, const Relay::RunOutcome &outcome);
    void timeOut();
    void show(const Relay::RunOutcome &outcome);
    static QJsonObject documentOf(const Relay::RunOutcome &outcome);
    void showPlan(const QJsonObject &response);
    static void explain(const Error &error);
    Result<void> savePlanOf(const QJsonObject &response) const;
    void printDocuments();
    QString taskName(qsizetype index) const;
    QList<TaskOutcome> taskOutcomes() const;
    int exitCodeOf(const Relay::RunOutcome &outcome) const;
    void stop(int exitCode);
    bool isPlan() const { return m_options.command == Command::Plan || m_options.dryRun; }

    Options m_options;
    QString m_workspace;
    QList<Relay::RunRequest> m_requests;
    Log::Store m_log;
    std::optional<Console> m_console;
    std::optional<RunProgress> m_progress; // of the console
    ServiceHost m_host;
    QTimer m_timeout;
    qsizetype m_next = 0;
    QList<Relay::RunOutcome> m_outcomes; // of the tasks so far
    QJsonArray m_documents; // with --json: a result each, printed at the end
    std::optional<quint64> m_ticket; // of the run in progress
    std::optional<int> m_forcedExit; // a signal or the time-out decided it
    int m_exitCode = 0;
    bool m_stopping = false;
};

// Runs the requests to their end and returns the exit code.
int runRequests(const Options &options, const QString &workspace, const QList<Relay::RunRequest> &requests);

// Tells that nothing was run, before any service is started: what is mistyped or stale should cost nothing. Returns
// the exit code.
int refuse(const Options &options, const Error &error);

} // namespace PatchPanel::App
