#pragma once

#include "services/common/json.h"
#include "services/runner/runnerapi.h"
#include "tests/support/httpexchange.h"
#include "tests/support/sampletask.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

namespace PatchPanel::Test {

inline const QByteArray runnerToken = "t0ken";

// A runner with a history behind a real server on a free port; all of it lives on the test's thread.
class RunnerServer {
public:
    // Another process's runner, or the next one's, with the same `state` knows its history.
    RunnerServer(const TempWorkspace &workspace, const TempWorkspace &state, Runner::RunnerSettings settings = {},
                 Http::Limits limits = {})
        : m_log(std::make_unique<Log::Store>())
    {
        settings.defaultWorkspace = workspace.path();
        m_runner = std::make_unique<Runner::Runner>(settings, Storage::makeCache({}).value(),
                                                    std::make_unique<Storage::LocalLock>(), *m_log);
        m_runner->addWorkspaceRoot(workspace.path());
        m_runner->setHistory(std::make_unique<Runner::RunHistory>(Storage::History::open(state.path()).value(),
                                                                  std::make_unique<Storage::LocalLock>(),
                                                                  Log::Writer(*m_log, "runner-1")));
        m_server = std::make_unique<Http::Server>(
            Http::ServerOptions{.service = settings.name, .token = runnerToken, .limits = limits},
            Log::Writer(*m_log, "runner-1"));
        m_api = std::make_unique<Runner::RunnerApi>(*m_server, *m_runner, *m_log);
        const Result<QUrl> listening = m_server->listen();
        m_url = listening ? *listening : QUrl();
    }

    ~RunnerServer()
    {
        m_api.reset();
        m_server.reset();
    }

    const QUrl &url() const { return m_url; }
    Runner::Runner &runner() { return *m_runner; }
    Http::Server &server() { return *m_server; }

    Http::Reply send(Http::Method method, const QString &path, const QJsonObject &body = {},
                     const Http::Headers &headers = {})
    {
        Http::ClientRequest request;
        request.method = method;
        request.url = QUrl(m_url.toString(QUrl::RemovePath) + path);
        request.headers = headers;
        request.timeout = std::chrono::seconds(30);
        if (method == Http::Method::Post) {
            request.body = compactJson(body);
        }
        return exchange(m_client, request);
    }
    Http::Reply get(const QString &path) { return send(Http::Method::Get, path); }
    Http::Reply run(const QJsonObject &task, const Http::Headers &headers = {})
    {
        return send(Http::Method::Post, QStringLiteral("/run-patch"), {{QStringLiteral("task"), task}}, headers);
    }

    bool waitForEnd(const QString &runId)
    {
        return QTest::qWaitFor([&] { return isFinal(m_runner->find(runId)->status); }, 30'000);
    }

    bool logged(const QByteArray &text) const
    {
        for (qsizetype i = 0; i < m_log->size(); ++i) {
            if (m_log->at(i).text.contains(text)) {
                return true;
            }
        }
        return false;
    }

private:
    std::unique_ptr<Log::Store> m_log;
    std::unique_ptr<Runner::Runner> m_runner;
    std::unique_ptr<Http::Server> m_server;
    std::unique_ptr<Runner::RunnerApi> m_api;
    QUrl m_url;
    Http::Client m_client{Http::ClientOptions{.token = runnerToken}};
};

inline QString runIdOf(const Http::Reply &reply)
{
    const Result<QJsonObject> body = parseJsonObject(reply.body);
    return body ? (*body)[QStringLiteral("runId")].toString() : QString();
}

} // namespace PatchPanel::Test
