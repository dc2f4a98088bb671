#pragma once

#include "services/common/json.h"
#include "services/http/server.h"

#include <QJsonArray>
#include <QTest>

#include <functional>
#include <memory>
#include <optional>

namespace PatchPanel::Test {

// A runner that answers as a test tells it to, on the test's thread. It knows one run, "r1".
class FakeRunner {
public:
    explicit FakeRunner(const QByteArray &token = "test-token")
        : m_token(token)
    {
        listen(0);
    }

    quint16 port() const { return m_port; }
    bool isListening() const { return m_server != nullptr; }
    // The process is gone: connections break, new ones are refused.
    void die() { m_server.reset(); }
    void comeBack() { listen(m_port); }

    static Http::Response accepted()
    {
        Http::Response response = Http::Response::json(
            {{QStringLiteral("runId"), QStringLiteral("r1")}, {QStringLiteral("status"), QStringLiteral("queued")}},
            202);
        response.headers.emplaceBack("Location", "/runs/r1");
        return response;
    }

    static Http::Response refusal(int status, bool notStarted)
    {
        Http::Response response = Http::Response::text("full", status);
        if (notStarted) {
            response.headers.emplaceBack("X-PatchPanel-Not-Started", "1");
        }
        return response;
    }

    static QJsonObject result(const QString &status)
    {
        return {{QStringLiteral("runId"), QStringLiteral("r1")},
                {QStringLiteral("status"), status},
                {QStringLiteral("runner"), QStringLiteral("runner-1")},
                {QStringLiteral("changes"), QJsonArray{QJsonObject{}, QJsonObject{}}},
                {QStringLiteral("commit"), QJsonObject{{QStringLiteral("id"), QStringLiteral("c0ffee")}}},
                {QStringLiteral("durationMs"), 12},
                {QStringLiteral("report"), QStringLiteral("/w/report.md")}};
    }

    void send(QByteArrayView event, const QJsonObject &data)
    {
        stream->send(event, QByteArray::number(++m_eventId), compactJson(data));
    }

    // The run ends: from now on its state is `status`, and whoever listens hears of it.
    void end(const QString &status)
    {
        state = result(status);
        if (stream) {
            send("result", *state);
        }
    }

    // What it does. Pending answers of posts that are answered by nobody wait in `unanswered`.
    std::function<std::optional<Http::Response>(const Http::Request &)> onPost = [](const Http::Request &) {
        return accepted();
    };
    std::function<void()> onStream = [this] {
        if (state && state->value(QStringLiteral("status")) != QStringLiteral("running")) {
            send("result", *state);
        }
    };
    bool hasStreams = true;
    std::optional<QJsonObject> state = QJsonObject{{QStringLiteral("runId"), QStringLiteral("r1")},
                                                   {QStringLiteral("status"), QStringLiteral("running")}};

    // What it saw.
    QList<Http::Request> posts;
    int cancels = 0;
    std::optional<Http::EventStream> stream;
    QString streamQuery = {}; // of the request for it
    QList<Http::Pending> unanswered;

private:
    void listen(quint16 port)
    {
        const Http::ServerOptions options{.service = QStringLiteral("runner"), .port = port, .token = m_token};
        m_server = std::make_unique<Http::Server>(options, Log::Writer(m_log, "runner"));
        const auto takePost = [this](const Http::Request &request, const Http::Pending &pending) {
            posts.append(request);
            if (const std::optional<Http::Response> response = onPost(request)) {
                pending.answer(*response);
            } else {
                unanswered.append(pending);
            }
        };
        m_server->routePending(Http::Method::Post, QStringLiteral("/run-patch"), takePost);
        m_server->routePending(Http::Method::Post, QStringLiteral("/runs/:id/rollback"), takePost);
        m_server->route(Http::Method::Get, QStringLiteral("/runs/:id"), [this](const Http::Request &) {
            return state ? Http::Response::json(*state)
                         : Http::Response::problem(Error{ErrorCode::NotFound, QStringLiteral("no such run")});
        });
        m_server->route(Http::Method::Post, QStringLiteral("/runs/:id/cancel"), [this](const Http::Request &) {
            ++cancels;
            end(QStringLiteral("cancelled"));
            return Http::Response::empty(202);
        });
        m_server->routeStream(QStringLiteral("/runs/:id/events"),
                              [this](const Http::Request &request, const Http::EventStream &opened) -> Result<void> {
                                  if (!hasStreams) {
                                      return Error{ErrorCode::TooManyRequests, QStringLiteral("too many streams")};
                                  }
                                  stream = opened;
                                  streamQuery = request.query.toString();
                                  QMetaObject::invokeMethod(
                                      m_server.get(), [this] { onStream(); }, Qt::QueuedConnection);
                                  return {};
                              });
        const Result<QUrl> url = m_server->listen();
        QVERIFY(url.ok());
        m_port = static_cast<quint16>(url->port());
    }

    QByteArray m_token;
    Log::Store m_log;
    std::unique_ptr<Http::Server> m_server;
    quint16 m_port = 0;
    int m_eventId = 0;
};

} // namespace PatchPanel::Test
