#include "services/common/json.h"
#include "services/http/client.h"
#include "services/runner/runnerapi.h"
#include "tests/support/sampletask.h"
#include "tests/support/tempworkspace.h"

#include <QSignalSpy>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

using namespace PatchPanel;

namespace {

const QByteArray token = "t0ken";
const QString taskFile = QStringLiteral("tasks/test.json");

struct Event {
    QByteArray name;
    QByteArray id;
    QJsonObject data;
};

} // namespace

// A runner behind a real server on a free port; server and client share the test's thread.
class TestRunnerApi : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void waitsForTheResult_data();
    void waitsForTheResult();
    void answersAtOnceWhenAsked();
    void runsATaskFromTheRequest();
    void refusesABadRequest_data();
    void refusesABadRequest();
    void aFullQueueIsToldAsNotStarted();
    void aDrainingRunnerIsToldAsNotStarted();
    void aBusyWorkspaceIsAnAnswer();
    void aClientThatLeavesHarmsNothing();

    void listsRunsNewestFirst();
    void listsRunsOfAStatus();
    void refusesABadListParameter_data();
    void refusesABadListParameter();
    void showsARunInProgress();
    void pastRunsByTheBeginningOfTheirId();
    void unknownRunsAreNotFound_data();
    void unknownRunsAreNotFound();
    void pagesThroughTheLog();
    void reportsInTwoForms();
    void hasNoReportWhileItRuns();
    void cancelsARun();
    void cancelsARunByTheBeginningOfItsId();
    void forgetsARunThatHasEnded();
    void healthNeedsNoToken();

    void theTraceContextIsPassedOn();
    void anInvalidTraceContextIsIgnored();
    void theSameKeyIsTheSameRun();
    void theSameKeyWhileItRunsIsAConflict();
    void theSameKeyWithAnotherBodyIsRefused();
    void aRefusedRequestDoesNotUseItsKey();

    void followsARun();
    void followsARunThatHasEnded();
    void resumesBehindTheLastEvent();
    void sendsALongLogWhole();

private:
    Http::Reply send(Http::Method method, const QString &path, const QJsonObject &body = {},
                     Http::Headers headers = {});
    Http::Reply get(const QString &path) { return send(Http::Method::Get, path); }
    Http::Reply post(const QJsonObject &body, const Http::Headers &headers = {})
    {
        return send(Http::Method::Post, QStringLiteral("/run-patch"), body, headers);
    }
    QString startWaitingRun();
    void letItEnd(const QString &runId);
    QList<Event> follow(const QString &runId, const Http::Headers &headers = {});
    QJsonObject body(const QString &gate = {}) { return {{QStringLiteral("task"), Test::sampleTask(gate)}}; }
    QUrl url(const QString &path) const;

    std::unique_ptr<Test::TempWorkspace> m_workspace;
    std::unique_ptr<Log::Store> m_log;
    std::unique_ptr<Runner::Runner> m_runner;
    std::unique_ptr<Http::Server> m_server;
    std::unique_ptr<Runner::RunnerApi> m_api;
    std::unique_ptr<Http::Client> m_client;
    QUrl m_base;
};

void TestRunnerApi::init()
{
    m_workspace = std::make_unique<Test::TempWorkspace>();
    m_log = std::make_unique<Log::Store>();
    Runner::RunnerSettings settings;
    settings.defaultWorkspace = m_workspace->path();
    settings.queueLimit = 1;
    m_runner = std::make_unique<Runner::Runner>(settings, Storage::makeCache({}).value(),
                                                std::make_unique<Storage::LocalLock>(), *m_log);
    m_runner->addWorkspaceRoot(m_workspace->path());
    Http::ServerOptions options;
    options.service = settings.name;
    options.token = token;
    m_server = std::make_unique<Http::Server>(options, Log::Writer(*m_log, "runner-1"));
    m_api = std::make_unique<Runner::RunnerApi>(*m_server, *m_runner, *m_log);
    const Result<QUrl> listening = m_server->listen();
    QVERIFY2(listening.ok(), qPrintable(listening ? QString() : listening.error().toString()));
    m_base = *listening;
    m_client = std::make_unique<Http::Client>(Http::ClientOptions{.token = token});
}

void TestRunnerApi::cleanup()
{
    m_client.reset();
    m_api.reset();
    m_server.reset();
    m_runner.reset();
}

QUrl TestRunnerApi::url(const QString &path) const
{
    return QUrl(m_base.toString(QUrl::RemovePath) + path);
}

Http::Reply TestRunnerApi::send(Http::Method method, const QString &path, const QJsonObject &body,
                                Http::Headers headers)
{
    Http::ClientRequest request;
    request.method = method;
    request.url = url(path);
    request.headers = std::move(headers);
    request.timeout = std::chrono::seconds(30);
    if (method == Http::Method::Post) {
        request.body = compactJson(body);
    }
    std::optional<Http::Reply> reply;
    m_client->send(request, this, [&reply](const Http::Reply &arrived) { reply = arrived; });
    [&] {
        QTRY_VERIFY_WITH_TIMEOUT(reply.has_value(), 30'000);
    }();
    return reply.value_or(Http::Reply{});
}

// A run that stands in its gate until letItEnd().
QString TestRunnerApi::startWaitingRun()
{
    const Http::Reply reply = post(body(Test::waitForGo), {{"Prefer", "respond-async"}});
    [&] {
        QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    }();
    return reply.json().value()[QStringLiteral("runId")].toString();
}

void TestRunnerApi::letItEnd(const QString &runId)
{
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QTRY_VERIFY_WITH_TIMEOUT(isFinal(m_runner->find(runId)->status), 30'000);
}

// Reads the events of a run over a socket of its own until the server closes the stream.
QList<Event> TestRunnerApi::follow(const QString &runId, const Http::Headers &headers)
{
    QTcpSocket socket;
    socket.connectToHost(m_base.host(), static_cast<quint16>(m_base.port()));
    QByteArray request = "GET /runs/" + runId.toUtf8() + "/events HTTP/1.1\r\nHost: 127.0.0.1:"
        + QByteArray::number(m_base.port()) + "\r\nAuthorization: Bearer " + token + "\r\n";
    for (const auto &[name, value] : headers) {
        request += name + ": " + value + "\r\n";
    }
    socket.write(request + "\r\n");
    QByteArray answer;
    bool ended = false;
    connect(&socket, &QTcpSocket::readyRead, this, [&] { answer += socket.readAll(); });
    connect(&socket, &QTcpSocket::disconnected, this, [&] { ended = true; });
    [&] {
        QTRY_VERIFY_WITH_TIMEOUT(ended, 30'000);
    }();

    QList<Event> events;
    Event event;
    const QList<QByteArray> lines = answer.split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("event: ")) {
            event.name = line.mid(7).trimmed();
        } else if (line.startsWith("id: ")) {
            event.id = line.mid(4).trimmed();
        } else if (line.startsWith("data: ")) {
            event.data = parseJsonObject(line.mid(6).trimmed()).value();
            events.append(event);
        }
    }
    return events;
}

void TestRunnerApi::waitsForTheResult_data()
{
    QTest::addColumn<QString>("gate");
    QTest::addColumn<QString>("status");
    QTest::newRow("a task that passes") << "true"
                                        << "ok";
    QTest::newRow("a gate that fails") << "false"
                                       << "failed";
}

void TestRunnerApi::waitsForTheResult()
{
    QFETCH(QString, gate);
    QVERIFY(m_workspace->write(taskFile, Test::bytesOf(Test::sampleTask(gate))));
    const Http::Reply reply = post({{QStringLiteral("file"), taskFile}});
    QCOMPARE(reply.status, 200);
    const QJsonObject result = reply.json().value();
    QTEST(result[QStringLiteral("status")].toString(), "status");
    QVERIFY(!result[QStringLiteral("runId")].toString().isEmpty());
    QVERIFY(result[QStringLiteral("steps")].isArray());
}

void TestRunnerApi::answersAtOnceWhenAsked()
{
    const Http::Reply reply = post(body(Test::waitForGo), {{"Prefer", "wait=5, Respond-Async"}});
    QCOMPARE(reply.status, 202);
    const QString runId = reply.json().value()[QStringLiteral("runId")].toString();
    QCOMPARE(reply.json().value()[QStringLiteral("status")].toString(), QStringLiteral("queued"));
    QCOMPARE(Http::headerValue(reply.headers, "Location"), "/runs/" + runId.toUtf8());
    letItEnd(runId);
    QCOMPARE(get(QStringLiteral("/runs/") + runId).json().value()[QStringLiteral("status")].toString(),
             QStringLiteral("ok"));
}

void TestRunnerApi::runsATaskFromTheRequest()
{
    const QByteArray bytes = Test::bytesOf(Test::sampleTask());
    const Http::Reply reply = post({{QStringLiteral("contentBase64"), QString::fromLatin1(bytes.toBase64())},
                                    {QStringLiteral("name"), QStringLiteral("../elsewhere.json")}});
    QCOMPARE(reply.status, 200);
    QCOMPARE(reply.json().value()[QStringLiteral("status")].toString(), QStringLiteral("ok"));
    QCOMPARE(m_workspace->read(QStringLiteral("made.txt")), QByteArray("made\n"));
}

void TestRunnerApi::refusesABadRequest_data()
{
    QTest::addColumn<QJsonObject>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");
    QTest::newRow("no task") << QJsonObject{} << 400 << "bad-request";
    QTest::newRow("unknown member") << QJsonObject{{QStringLiteral("file"), taskFile}, {QStringLiteral("sudo"), true}}
                                    << 400 << "bad-request";
    QTest::newRow("workspace outside the roots")
        << QJsonObject{{QStringLiteral("file"), taskFile}, {QStringLiteral("workspace"), QStringLiteral("/etc")}} << 403
        << "outside-workspace";
}

void TestRunnerApi::refusesABadRequest()
{
    QFETCH(QJsonObject, body);
    const Http::Reply reply = post(body);
    QTEST(reply.status, "status");
    QCOMPARE(Http::headerValue(reply.headers, "Content-Type"), QByteArray("application/problem+json"));
    QTEST(parseJsonObject(reply.body).value()[QStringLiteral("code")].toString(), "code");
    QVERIFY(m_runner->newestFirst().empty());
}

void TestRunnerApi::aFullQueueIsToldAsNotStarted()
{
    const QString running = startWaitingRun();
    QCOMPARE(post(body(), {{"Prefer", "respond-async"}}).status, 202);
    const Http::Reply reply = post(body());
    QCOMPARE(reply.status, 429);
    QCOMPARE(Http::headerValue(reply.headers, "X-PatchPanel-Not-Started"), QByteArray("1"));
    QVERIFY(Http::headerValue(reply.headers, "Retry-After").toInt() > 0);
    letItEnd(running);
}

void TestRunnerApi::aDrainingRunnerIsToldAsNotStarted()
{
    m_runner->drain();
    const Http::Reply reply = post(body());
    QCOMPARE(reply.status, 503);
    QCOMPARE(Http::headerValue(reply.headers, "X-PatchPanel-Not-Started"), QByteArray("1"));
}

void TestRunnerApi::aBusyWorkspaceIsAnAnswer()
{
    const auto hold = Storage::LocalLock().acquire(m_workspace->path(), QStringLiteral("run 77 of runner-9"));
    QVERIFY(hold.ok());
    const Http::Reply reply = post(body());
    QCOMPARE(reply.status, 200);
    const QJsonObject result = reply.json().value();
    QCOMPARE(result[QStringLiteral("status")].toString(), QStringLiteral("busy"));
    QVERIFY(QString::fromUtf8(reply.body).contains(QStringLiteral("run 77 of runner-9")));
}

void TestRunnerApi::aClientThatLeavesHarmsNothing()
{
    const QByteArray json = compactJson(body(Test::waitForGo));
    QTcpSocket socket;
    socket.connectToHost(m_base.host(), static_cast<quint16>(m_base.port()));
    socket.write("POST /run-patch HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(m_base.port())
                 + "\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\nContent-Length: "
                 + QByteArray::number(json.size()) + "\r\n\r\n" + json);
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    socket.abort();
    QTRY_COMPARE(m_server->openConnections(), 0);
    const QString runId = m_runner->newestFirst().at(0)->id;
    letItEnd(runId);
    QCOMPARE(toString(m_runner->find(runId)->status), QStringLiteral("ok"));
    QCOMPARE(m_workspace->read(QStringLiteral("made.txt")), QByteArray("made\n"));
    QCOMPARE(get(QStringLiteral("/runs/") + runId).status, 200);
}

void TestRunnerApi::listsRunsNewestFirst()
{
    post(body());
    post(body());
    const QJsonArray all = get(QStringLiteral("/runs")).json().value()[QStringLiteral("runs")].toArray();
    QCOMPARE(all.size(), 2);
    QCOMPARE(all[0][QStringLiteral("status")].toString(), QStringLiteral("noop"));
    QCOMPARE(all[1][QStringLiteral("status")].toString(), QStringLiteral("ok"));
    QCOMPARE(all[0][QStringLiteral("workspace")].toString(), m_workspace->path());
    const QJsonArray one = get(QStringLiteral("/runs?limit=1")).json().value()[QStringLiteral("runs")].toArray();
    QCOMPARE(one, QJsonArray{all[0]});
}

void TestRunnerApi::listsRunsOfAStatus()
{
    post(body(QStringLiteral("false")));
    post(body());
    const QJsonArray failed =
        get(QStringLiteral("/runs?status=failed")).json().value()[QStringLiteral("runs")].toArray();
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed[0][QStringLiteral("status")].toString(), QStringLiteral("failed"));
}

void TestRunnerApi::refusesABadListParameter_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("limit is no number") << "/runs?limit=all";
    QTest::newRow("negative limit") << "/runs?limit=-1";
    QTest::newRow("unknown status") << "/runs?status=green";
    QTest::newRow("unknown parameter") << "/runs?limit=1&staus=ok";
}

void TestRunnerApi::refusesABadListParameter()
{
    QFETCH(QString, path);
    QCOMPARE(get(path).status, 400);
}

void TestRunnerApi::showsARunInProgress()
{
    const QString runId = startWaitingRun();
    const auto validate = [this, &runId] {
        const QJsonObject run = get(QStringLiteral("/runs/") + runId).json().value();
        return run[QStringLiteral("steps")][int(Phase::Validate)][QStringLiteral("state")].toString();
    };
    QTRY_COMPARE(validate(), QStringLiteral("running"));
    const QJsonObject run = get(QStringLiteral("/runs/") + runId).json().value();
    QCOMPARE(run[QStringLiteral("status")].toString(), QStringLiteral("running"));
    QCOMPARE(run[QStringLiteral("runId")].toString(), runId);
    letItEnd(runId);
}

void TestRunnerApi::pastRunsByTheBeginningOfTheirId()
{
    const Test::TempWorkspace state;
    const auto hold = Storage::LocalLock().acquire(m_workspace->path(), QStringLiteral("a run of another process"));
    auto store = Storage::History::open(state.path()).value();
    Storage::HistoryEntry entry;
    entry.workspace = m_workspace->path();
    for (const auto &[id, status] :
         {std::pair(QStringLiteral("abc1"), RunStatus::Ok), std::pair(QStringLiteral("abc2"), RunStatus::Ok),
          std::pair(QStringLiteral("fed3"), RunStatus::Running)}) {
        entry.runId = id;
        entry.status = status;
        QVERIFY(store->record(entry).ok());
    }
    m_runner->setHistory(std::make_unique<Runner::RunHistory>(std::move(store), std::make_unique<Storage::LocalLock>(),
                                                              Log::Writer(*m_log, "runner-1")));
    QCOMPARE(get(QStringLiteral("/runs/abc1")).status, 200);
    QCOMPARE(get(QStringLiteral("/runs/fe")).json().value()[QStringLiteral("status")].toString(),
             QStringLiteral("running"));
    QCOMPARE(get(QStringLiteral("/runs/abc")).status, 400); // several begin so
    QCOMPARE(get(QStringLiteral("/runs/abc/report")).status, 400);
    QCOMPARE(get(QStringLiteral("/runs/nothing")).status, 404);
    for (const auto &[id, expected] :
         {std::pair(QStringLiteral("fed3"), 409), std::pair(QStringLiteral("fe"), 409),
          std::pair(QStringLiteral("abc"), 400), std::pair(QStringLiteral("nothing"), 404)}) {
        QCOMPARE(send(Http::Method::Post, QStringLiteral("/runs/%1/rollback").arg(id)).status, expected);
        QCOMPARE(send(Http::Method::Post, QStringLiteral("/runs/%1/cancel").arg(id)).status, expected);
    }
    QVERIFY(get(QStringLiteral("/runs/fe/log")).failure().hint.contains(QStringLiteral("GET /runs/fe")));
}

void TestRunnerApi::unknownRunsAreNotFound_data()
{
    QTest::addColumn<bool>("isPost");
    QTest::addColumn<QString>("path");
    QTest::newRow("the run") << false << "/runs/abc";
    QTest::newRow("its events") << false << "/runs/abc/events";
    QTest::newRow("its log") << false << "/runs/abc/log";
    QTest::newRow("its report") << false << "/runs/abc/report";
    QTest::newRow("cancelling it") << true << "/runs/abc/cancel";
}

void TestRunnerApi::unknownRunsAreNotFound()
{
    QFETCH(bool, isPost);
    QFETCH(QString, path);
    const Http::Reply reply = send(isPost ? Http::Method::Post : Http::Method::Get, path);
    QCOMPARE(reply.status, 404);
    QVERIFY(reply.failure().message.contains(QStringLiteral("abc")));
}

void TestRunnerApi::pagesThroughTheLog()
{
    const QString runId = post(body()).json().value()[QStringLiteral("runId")].toString();
    const QString path = QStringLiteral("/runs/%1/log").arg(runId);
    const QJsonObject whole = get(path).json().value();
    const QJsonArray lines = whole[QStringLiteral("lines")].toArray();
    QVERIFY(lines.size() > 3);
    QVERIFY(whole[QStringLiteral("complete")].toBool());
    for (const QJsonValue &line : lines) {
        QCOMPARE(line[QStringLiteral("run")].toString(), runId);
    }
    const qint64 next = whole[QStringLiteral("next")].toInteger();
    const QJsonObject rest = get(path + QStringLiteral("?from=%1").arg(next)).json().value();
    QVERIFY(rest[QStringLiteral("lines")].toArray().isEmpty());
    QCOMPARE(get(path + QStringLiteral("?from=x")).status, 400);
}

void TestRunnerApi::reportsInTwoForms()
{
    const QString runId = post(body()).json().value()[QStringLiteral("runId")].toString();
    const QString path = QStringLiteral("/runs/%1/report").arg(runId);
    const Http::Reply markdown = get(path);
    QCOMPARE(markdown.status, 200);
    QVERIFY(Http::headerValue(markdown.headers, "Content-Type").startsWith("text/markdown"));
    QVERIFY(markdown.body.startsWith("# "));
    const Http::Reply json = send(Http::Method::Get, path, {}, {{"Accept", "application/json"}});
    QCOMPARE(json.json().value()[QStringLiteral("runId")].toString(), runId);
}

void TestRunnerApi::hasNoReportWhileItRuns()
{
    const QString runId = startWaitingRun();
    QCOMPARE(get(QStringLiteral("/runs/%1/report").arg(runId)).status, 409);
    letItEnd(runId);
}

void TestRunnerApi::cancelsARun()
{
    const QString runId = startWaitingRun();
    const QString path = QStringLiteral("/runs/%1/cancel").arg(runId);
    QCOMPARE(send(Http::Method::Post, path).status, 202);
    QTRY_COMPARE_WITH_TIMEOUT(toString(m_runner->find(runId)->status), QStringLiteral("cancelled"), 30'000);
    QCOMPARE(send(Http::Method::Post, path).status, 409);
}

void TestRunnerApi::cancelsARunByTheBeginningOfItsId()
{
    const Test::TempWorkspace state;
    m_runner->setHistory(std::make_unique<Runner::RunHistory>(Storage::History::open(state.path()).value(),
                                                              std::make_unique<Storage::LocalLock>(),
                                                              Log::Writer(*m_log, "runner-1")));
    const QString runId = startWaitingRun();
    const QString path = QStringLiteral("/runs/%1/cancel").arg(runId.first(8));
    QCOMPARE(send(Http::Method::Post, path).status, 202);
    QTRY_COMPARE_WITH_TIMEOUT(toString(m_runner->find(runId)->status), QStringLiteral("cancelled"), 30'000);
    QCOMPARE(send(Http::Method::Post, path).status, 409);
}

void TestRunnerApi::forgetsARunThatHasEnded()
{
    const QString waiting = startWaitingRun();
    const Http::Reply tooEarly = send(Http::Method::Delete, QStringLiteral("/runs/") + waiting);
    QCOMPARE(tooEarly.status, 409);
    letItEnd(waiting);
    const Http::Reply gone = send(Http::Method::Delete, QStringLiteral("/runs/") + waiting);
    QVERIFY2(gone.status == 204, gone.body);
    QCOMPARE(get(QStringLiteral("/runs/") + waiting).status, 404);
    QVERIFY(get(QStringLiteral("/runs")).json()->value(QStringLiteral("runs")).toArray().isEmpty());
    QCOMPARE(send(Http::Method::Delete, QStringLiteral("/runs/") + waiting).status, 404);
}

void TestRunnerApi::healthNeedsNoToken()
{
    m_client = std::make_unique<Http::Client>(Http::ClientOptions{});
    const Http::Reply reply = get(QStringLiteral("/health"));
    QCOMPARE(reply.status, 200);
    const QJsonObject health = reply.json().value();
    QCOMPARE(health[QStringLiteral("status")].toString(), QStringLiteral("passing"));
    QCOMPARE(health[QStringLiteral("service")].toString(), QStringLiteral("runner-1"));
    QCOMPARE(health[QStringLiteral("active")].toInt(-1), 0);
    QCOMPARE(health[QStringLiteral("slots")].toInt(-1), 1);
    QCOMPARE(health[QStringLiteral("runs")].toInt(-1), 0);
    QVERIFY(health[QStringLiteral("uptimeSeconds")].toInt(-1) >= 0);
    QCOMPARE(post(body()).status, 401);
    QCOMPARE(get(QStringLiteral("/runs")).status, 401);
}

void TestRunnerApi::theTraceContextIsPassedOn()
{
    const QByteArray traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const QString gate = QStringLiteral("echo $TRACEPARENT > trace; ") + Test::waitForGo;
    const Http::Reply reply = post(body(gate), {{"traceparent", traceparent}, {"Prefer", "respond-async"}});
    const QString runId = reply.json().value()[QStringLiteral("runId")].toString();
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
    const auto shown = [&] {
        return get(QStringLiteral("/runs/") + runId)
            .json()
            .value()[QStringLiteral("traceparent")]
            .toString()
            .toLatin1();
    };
    QCOMPARE(shown(), traceparent); // while it runs
    letItEnd(runId);
    QCOMPARE(shown(), traceparent);
    QCOMPARE(m_workspace->read(QStringLiteral("trace")).trimmed(), traceparent);
    const QByteArray log = get(QStringLiteral("/runs/%1/log").arg(runId)).body;
    QVERIFY(log.contains("Trace context " + traceparent));
}

void TestRunnerApi::anInvalidTraceContextIsIgnored()
{
    const QString gate = QStringLiteral("[ -z \"$TRACEPARENT\" ]");
    const QJsonObject result = post(body(gate), {{"traceparent", "00-xyz-01"}}).json().value();
    QCOMPARE(result[QStringLiteral("status")].toString(), QStringLiteral("ok"));
    QVERIFY(!result.contains(QStringLiteral("traceparent")));
}

void TestRunnerApi::theSameKeyIsTheSameRun()
{
    const QJsonObject first = post(body(), {{"Idempotency-Key", "k1"}}).json().value();
    const QJsonObject second = post(body(), {{"Idempotency-Key", "k1"}}).json().value();
    QCOMPARE(second, first);
    const Http::Reply async = post(body(), {{"Idempotency-Key", "k1"}, {"Prefer", "respond-async"}});
    QCOMPARE(async.status, 202);
    QCOMPARE(async.json().value()[QStringLiteral("runId")], first[QStringLiteral("runId")]);
    QCOMPARE(m_runner->newestFirst().size(), std::size_t(1));
}

void TestRunnerApi::theSameKeyWhileItRunsIsAConflict()
{
    const Http::Headers asynchronously{{"Idempotency-Key", "k1"}, {"Prefer", "respond-async"}};
    const QJsonObject task = body(Test::waitForGo);
    const QString runId = post(task, asynchronously).json().value()[QStringLiteral("runId")].toString();
    QCOMPARE(post(task, asynchronously).json().value()[QStringLiteral("runId")].toString(), runId);
    const Http::Reply reply = post(task, {{"Idempotency-Key", "k1"}});
    QCOMPARE(reply.status, 409);
    QCOMPARE(reply.failure().details[QStringLiteral("runId")].toString(), runId);
    letItEnd(runId);
    QCOMPARE(post(task, {{"Idempotency-Key", "k1"}}).json().value()[QStringLiteral("status")].toString(),
             QStringLiteral("ok"));
}

void TestRunnerApi::theSameKeyWithAnotherBodyIsRefused()
{
    post(body(), {{"Idempotency-Key", "k1"}});
    const Http::Reply reply = post(body(QStringLiteral("true")), {{"Idempotency-Key", "k1"}});
    QCOMPARE(reply.status, 422);
    const QJsonObject problem = parseJsonObject(reply.body).value();
    QCOMPARE(problem[QStringLiteral("code")].toString(), QStringLiteral("idempotency-key-reused"));
    QCOMPARE(problem[QStringLiteral("status")].toInt(), 422);
    QCOMPARE(m_runner->newestFirst().size(), std::size_t(1));
}

void TestRunnerApi::aRefusedRequestDoesNotUseItsKey()
{
    QCOMPARE(post({}, {{"Idempotency-Key", "k1"}}).status, 400);
    QCOMPARE(post(body(), {{"Idempotency-Key", "k1"}}).status, 200);
}

void TestRunnerApi::followsARun()
{
    const QString runId = startWaitingRun();
    QTimer::singleShot(0, this, [this] { m_workspace->write(QStringLiteral("go"), ""); });
    const QList<Event> events = follow(runId);
    QVERIFY(events.size() > 5);
    QStringList validate;
    QStringList lines;
    for (const Event &event : events) {
        if (event.name == "step" && event.data[QStringLiteral("phase")].toString() == QStringLiteral("validate")) {
            validate.append(event.data[QStringLiteral("state")].toString());
        } else if (event.name == "log") {
            lines.append(event.data[QStringLiteral("text")].toString());
        }
    }
    QCOMPARE(validate, QStringList({QStringLiteral("running"), QStringLiteral("passed")}));
    QVERIFY(lines.contains(QStringLiteral("Patch lock acquired")));
    QCOMPARE(lines.last(), QStringLiteral("Patch lock released"));
    QCOMPARE(events.last().name, QByteArray("result"));
    QCOMPARE(events.last().data, get(QStringLiteral("/runs/") + runId).json().value());
}

void TestRunnerApi::followsARunThatHasEnded()
{
    const QString runId = post(body()).json().value()[QStringLiteral("runId")].toString();
    const QList<Event> events = follow(runId);
    QCOMPARE(events.last().name, QByteArray("result"));
    QVERIFY(std::any_of(events.begin(), events.end(), [](const Event &event) { return event.name == "log"; }));
}

void TestRunnerApi::resumesBehindTheLastEvent()
{
    const QString runId = post(body()).json().value()[QStringLiteral("runId")].toString();
    const auto logEvents = [](const QList<Event> &events) {
        QList<Event> result;
        std::copy_if(events.begin(), events.end(), std::back_inserter(result),
                     [](const Event &event) { return event.name == "log"; });
        return result;
    };
    const QList<Event> all = logEvents(follow(runId));
    QVERIFY(all.size() > 3);
    const QList<Event> rest = logEvents(follow(runId, {{"Last-Event-ID", all[1].id}}));
    QCOMPARE(rest.size(), all.size() - 2);
    QCOMPARE(rest[0].data, all[2].data);
    QCOMPARE(logEvents(follow(runId, {{"Last-Event-ID", "no number"}})).size(), all.size());
}

void TestRunnerApi::sendsALongLogWhole()
{
    const QString gate = QStringLiteral("seq 1 20000");
    const QString runId = post(body(gate)).json().value()[QStringLiteral("runId")].toString();
    QStringList numbers;
    const QList<Event> events = follow(runId);
    for (const Event &event : events) {
        const QString text = event.data[QStringLiteral("text")].toString();
        if (event.name == "log" && text == QString::number(numbers.size() + 1)) {
            numbers.append(text);
        }
    }
    QCOMPARE(numbers.size(), 20000);
    QCOMPARE(events.last().name, QByteArray("result"));
}

QTEST_GUILESS_MAIN(TestRunnerApi)
#include "tst_runnerapi.moc"
