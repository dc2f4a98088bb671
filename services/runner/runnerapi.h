#pragma once

#include "services/http/operation.h"
#include "services/http/server.h"
#include "services/runner/runevents.h"
#include "services/runner/runintake.h"
#include "services/runner/runmetrics.h"
#include "services/runner/runner.h"

#include <QElapsedTimer>
#include <QObject>

#include <variant>
#include <vector>

namespace PatchPanel::Runner {

// The routes of a runner: translates between HTTP and Runner, decides nothing itself. All of them are in one table,
// routes(), from which they are registered and GET /openapi.json is made. Lives on the server's thread; make it before
// the server listens. Server, runner and log store must outlive it.
class RunnerApi : public QObject {
    Q_OBJECT
public:
    RunnerApi(Http::Server &server, Runner &runner, Log::Store &log, QObject *parent = nullptr);
    // Waits for what is being read of the history.
    ~RunnerApi() override;

private:
    using Answering = Http::Response (RunnerApi::*)(const Http::Request &);
    using AnsweringLater = void (RunnerApi::*)(const Http::Request &, const Http::Pending &);
    using Streaming = Result<void> (RunnerApi::*)(const Http::Request &, const Http::EventStream &);

    struct Route {
        Http::Operation operation;
        std::variant<Answering, AnsweringLater, Streaming> handler;
    };

    static const std::vector<Route> &routes();
    void serve(const Http::Operation &operation, Answering handler);
    void serve(const Http::Operation &operation, AnsweringLater handler);
    void serve(const Http::Operation &operation, Streaming handler);

    void runPatch(const Http::Request &request, const Http::Pending &pending);
    void rollBack(const Http::Request &request, const Http::Pending &pending);
    Result<RunRequest> rollbackWanted(const Http::Request &request, const Result<Storage::HistoryEntry> &past) const;
    void answerLater(const Http::Pending &pending, std::function<Http::Response()> make);
    void showRuns(const Http::Request &request, const Http::Pending &pending);
    void showRun(const Http::Request &request, const Http::Pending &pending);
    void forgetRun(const Http::Request &request, const Http::Pending &pending);
    void showReport(const Http::Request &request, const Http::Pending &pending);
    Http::Response showLog(const Http::Request &request);
    Result<void> followRun(const Http::Request &request, const Http::EventStream &stream);
    void cancelRun(const Http::Request &request, const Http::Pending &pending);
    Http::Response cancelled(const QString &runId);
    Http::Response health(const Http::Request &request);
    Http::Response metrics(const Http::Request &request);
    Http::Response openApi(const Http::Request &request);

    Http::Server &m_server;
    Runner &m_runner;
    Log::Store &m_log;
    RunEvents m_events;
    RunIntake m_intake;
    RunMetrics m_runMetrics;
    QElapsedTimer m_uptime;
};

} // namespace PatchPanel::Runner
