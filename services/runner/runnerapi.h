#pragma once

#include "services/http/server.h"
#include "services/runner/idempotencykeys.h"
#include "services/runner/runevents.h"
#include "services/runner/runner.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>

namespace PatchPanel::Runner {

// The routes of a runner: translates between HTTP and Runner, decides nothing itself. Lives on the server's thread;
// make it before the server listens. Server, runner and log store must outlive it.
class RunnerApi : public QObject {
    Q_OBJECT
public:
    RunnerApi(Http::Server &server, Runner &runner, Log::Store &log, QObject *parent = nullptr);
    // Waits for what is being read of the history.
    ~RunnerApi() override;

private:
    // How a client wants to learn the result of its run (RFC 7240, `Prefer: respond-async`).
    enum class Respond { WithResult, AtOnce };

    void addRoutes(Http::Server &server);
    void runPatch(const Http::Request &request, const Http::Pending &pending);
    void rollBack(const Http::Request &request, const Http::Pending &pending);
    Result<RunRequest> rollbackWanted(const Http::Request &request, const Result<Storage::HistoryEntry> &past) const;
    void startOnce(const Result<RunRequest> &wanted, const Http::Request &request, const Http::Pending &pending);
    void startRun(const Result<RunRequest> &wanted, const Http::Request &request, const Http::Pending &pending);
    void answerKnownKey(const IdempotencyKeys::Known &known, const Http::Request &request,
                        const Http::Pending &pending);
    void answerRun(const QString &runId, Respond respond, const Http::Pending &pending);
    void answerWaiting(const QString &runId);

    template <typename Read, typename Use> void readPast(Read read, Use use);
    void answerLater(const Http::Pending &pending, std::function<Http::Response()> make);
    void showRuns(const Http::Request &request, const Http::Pending &pending);
    void showRun(const Http::Request &request, const Http::Pending &pending);
    Http::Response showLog(const Http::Request &request) const;
    void showReport(const Http::Request &request, const Http::Pending &pending);
    Http::Response cancelRun(const Http::Request &request);
    Http::Response health() const;

    Runner &m_runner;
    Log::Store &m_log;
    RunEvents m_events;
    IdempotencyKeys m_keys;
    QHash<QString, QList<Http::Pending>> m_waiting; // by run
    QElapsedTimer m_uptime;
};

} // namespace PatchPanel::Runner
