#include "services/http/server.h"
#include "tests/services/http/testserver.h"
#include "tests/support/httprawclient.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTcpServer>

#include <stdexcept>
#include <vector>

using namespace PatchPanel;
using namespace PatchPanel::Http;
using TestSupport::RawAnswer;
using TestSupport::RawHttpClient;
using TestSupport::rawRequest;

namespace {

using std::chrono::milliseconds;

QJsonObject jsonOf(const RawAnswer &answer)
{
    return QJsonDocument::fromJson(answer.body).object();
}

QString codeOf(const RawAnswer &answer)
{
    return jsonOf(answer)[QStringLiteral("code")].toString();
}

void addRoutes(TestServer &server)
{
    server->route(
        Method::Get, QStringLiteral("/health"),
        [](const Request &) {
            return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("passing")}});
        },
        Access::Open);
    server->route(Method::Post, QStringLiteral("/echo"), [](const Request &request) {
        const Result<QJsonObject> json = request.json();
        return json ? Response::json(*json, 201) : Response::problem(json.error());
    });
    server->route(Method::Put, QStringLiteral("/things/:name/:part"), [](const Request &request) {
        return Response::json(QJsonObject{{QStringLiteral("captures"), QJsonArray::fromStringList(request.captures)},
                                          {QStringLiteral("path"), request.path},
                                          {QStringLiteral("q"), request.query.queryItemValue(QStringLiteral("q"))},
                                          {QStringLiteral("body"), QString::fromUtf8(request.body)}});
    });
    server->route(Method::Get, QStringLiteral("/number/:n"),
                  [](const Request &request) { return Response::text(request.captures.first().toUtf8()); });
    server->route(Method::Get, QStringLiteral("/throw"),
                  [](const Request &) -> Response { throw std::runtime_error("no luck"); });
}

} // namespace

class TestHttpServer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void answers_data();
    void answers();
    void decodesPathPartsQueryAndBody();
    void headHasTheLengthAndNoBody();
    void optionsNamesTheMethods();
    void wrongMethodNamesTheMethods();
    void asksForTheToken();
    void throwingHandlerHarmsNothing();
    void throwingPendingHandlerIsAnswered();
    void droppedPendingIsAnswered();
    void keepsTheConnection();
    void closesWhenAskedTo();
    void answersPipelinedRequestsInOrder();
    void readsNoFurtherRequestWhileOneIsPending();
    void sendsContinueOnlyForAnAdmittedRequest();
    void refusesALargeBodyBeforeItIsSent();
    void refusesBeforeTheBodyIsRead();
    void slowRequestTimesOut();
    void idleConnectionIsClosed();
    void pendingRequestIsNotIdle();
    void answerNobodyReadsIsCut();
    void clientsThatLeaveWhilePendingHarmNothing();
    void tellsOnceWhenAWaitingClientLeaves();
    void answersOnlyOnce();
    void oldestIdleConnectionMakesRoom();
    void slowClientsDoNotKeepOthersOut();
    void stopAcceptingLetsAnswersGoOn();
    void destroysWithPendingAnswers();
    void logsWithoutSecrets();
    void portInUseNamesItsHolder();
    void refusesToListen_data();
    void refusesToListen();
};

void TestHttpServer::answers_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");

    const QUrl anywhere(QStringLiteral("http://localhost"));
    const QByteArray json = "Content-Type: application/json\r\n";
    QTest::newRow("open route without a token") << rawRequest(anywhere, "GET /health HTTP/1.1", "") << 200 << QString();
    QTest::newRow("json") << rawRequest(anywhere, "POST /echo HTTP/1.1", testToken, json, "{}") << 201 << QString();
    QTest::newRow("no body") << rawRequest(anywhere, "POST /echo HTTP/1.1", testToken) << 201 << QString();
    QTest::newRow("broken json") << rawRequest(anywhere, "POST /echo HTTP/1.1", testToken, json, "{") << 400
                                 << QStringLiteral("bad-request");
    QTest::newRow("unknown path") << rawRequest(anywhere, "GET /nothing HTTP/1.1", testToken) << 404
                                  << QStringLiteral("not-found");
    QTest::newRow("unknown path without a token")
        << rawRequest(anywhere, "GET /nothing HTTP/1.1", "") << 401 << QStringLiteral("unauthorized");
    QTest::newRow("no token") << rawRequest(anywhere, "POST /echo HTTP/1.1", "", json, "{}") << 401
                              << QStringLiteral("unauthorized");
    QTest::newRow("wrong token") << rawRequest(anywhere, "POST /echo HTTP/1.1", "wrong", json, "{}") << 401
                                 << QStringLiteral("unauthorized");
    QTest::newRow("unknown method") << rawRequest(anywhere, "BREW /echo HTTP/1.1", testToken) << 405
                                    << QStringLiteral("method-not-allowed");
    QTest::newRow("trace") << rawRequest(anywhere, "TRACE /echo HTTP/1.1", testToken) << 405
                           << QStringLiteral("method-not-allowed");
    QTest::newRow("foreign host") << QByteArray("GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n") << 403
                                  << QStringLiteral("forbidden");
    QTest::newRow("origin") << rawRequest(anywhere, "POST /echo HTTP/1.1", testToken,
                                          json + "Origin: http://evil.example\r\n", "{}")
                            << 403 << QStringLiteral("forbidden");
    QTest::newRow("preflight of a web page")
        << rawRequest(anywhere, "OPTIONS /echo HTTP/1.1", "",
                      "Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n")
        << 403 << QStringLiteral("forbidden");
    QTest::newRow("form body") << rawRequest(anywhere, "POST /echo HTTP/1.1", testToken, "Content-Type: text/plain\r\n",
                                             "{}")
                               << 415 << QStringLiteral("unsupported-media-type");
    QTest::newRow("upgrade is ignored") << rawRequest(
        anywhere, "GET /health HTTP/1.1", "",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n")
                                        << 200 << QString();
    QTest::newRow("headers too large") << "GET /health HTTP/1.1\r\n" + QByteArray("a: b\r\n").repeated(101) << 431
                                       << QStringLiteral("headers-too-large");
    QTest::newRow("two lengths") << rawRequest(anywhere, "POST /echo HTTP/1.1", testToken,
                                               json + "Content-Length: 3\r\n", "{}")
                                 << 400 << QStringLiteral("bad-request");
    QTest::newRow("negative chunk") << rawRequest(anywhere, "POST /echo HTTP/1.1", testToken,
                                                  json + "Transfer-Encoding: chunked\r\n")
            + "-1\r\n" << 400 << QStringLiteral("bad-request");
    QTest::newRow("garbage") << QByteArray("\r\n\r\n\r\n\r\n") << 400 << QStringLiteral("bad-request");
    QTest::newRow("path that climbs") << rawRequest(anywhere, "GET /number/%2e%2e HTTP/1.1", testToken) << 400
                                      << QStringLiteral("bad-request");
}

void TestHttpServer::answers()
{
    QFETCH(QByteArray, request);
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(request);
    const RawAnswer answer = client.readAnswer();
    QTEST(answer.status, "status");
    QTEST(codeOf(answer), "code");
    if (answer.status >= 400) {
        QCOMPARE(answer.header("content-type"), QByteArray("application/problem+json"));
        QCOMPARE(jsonOf(answer)[QStringLiteral("status")].toInt(), answer.status);
    }
    const auto isCors = [](const auto &header) {
        return header.first.toLower().startsWith("access-control");
    };
    QVERIFY(std::none_of(answer.headers.begin(), answer.headers.end(), isCors));
}

void TestHttpServer::decodesPathPartsQueryAndBody()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "PUT /things/a%2Fb/%C3%A4?q=1%262 HTTP/1.1", testToken,
                           "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
                + "3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\nTrailer: t\r\n\r\n");
    const QJsonObject answer = jsonOf(client.readAnswer());
    QCOMPARE(answer[QStringLiteral("captures")].toArray(), (QJsonArray{QStringLiteral("a/b"), QStringLiteral("ä")}));
    QCOMPARE(answer[QStringLiteral("q")].toString(), QStringLiteral("1&2"));
    QCOMPARE(answer[QStringLiteral("body")].toString(), QStringLiteral("{\"a\":1}"));
}

void TestHttpServer::headHasTheLengthAndNoBody()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "HEAD /number/123 HTTP/1.1", testToken)
                + rawRequest(server.url(), "GET /number/456 HTTP/1.1", testToken));
    const RawAnswer head = client.readAnswer(RawHttpClient::Body::None);
    QCOMPARE(head.status, 200);
    QCOMPARE(head.header("content-length"), QByteArray("3"));
    QCOMPARE(client.readAnswer().body, QByteArray("456"));
}

void TestHttpServer::optionsNamesTheMethods()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "OPTIONS /number/1 HTTP/1.1", testToken));
    const RawAnswer answer = client.readAnswer(RawHttpClient::Body::None);
    QCOMPARE(answer.status, 204);
    QCOMPARE(answer.header("allow"), QByteArray("GET, HEAD, OPTIONS"));
    QVERIFY(answer.header("content-length").isEmpty());
}

void TestHttpServer::wrongMethodNamesTheMethods()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "DELETE /echo HTTP/1.1", testToken));
    const RawAnswer answer = client.readAnswer();
    QCOMPARE(answer.status, 405);
    QCOMPARE(answer.header("allow"), QByteArray("POST, OPTIONS"));
}

void TestHttpServer::asksForTheToken()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "GET /number/1 HTTP/1.1", ""));
    QCOMPARE(client.readAnswer().header("www-authenticate"), QByteArray("Bearer"));
}

void TestHttpServer::throwingHandlerHarmsNothing()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "GET /throw HTTP/1.1", testToken));
    const RawAnswer answer = client.readAnswer();
    QCOMPARE(answer.status, 500);
    QVERIFY(!answer.body.contains("no luck"));
    QVERIFY(server.logged("no luck"));
    client.send(rawRequest(server.url(), "GET /number/1 HTTP/1.1", testToken));
    QCOMPARE(client.readAnswer().status, 200);
}

void TestHttpServer::throwingPendingHandlerIsAnswered()
{
    TestServer server;
    std::vector<Pending> kept;
    server->routePending(Method::Get, QStringLiteral("/throw"), [&kept](const Request &, Pending pending) {
        kept.push_back(std::move(pending));
        throw 42;
    });
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "GET /throw HTTP/1.1", testToken));
    QCOMPARE(client.readAnswer().status, 500);
    kept.front().answer(Response::text("late"));
    client.send(rawRequest(server.url(), "GET /nothing HTTP/1.1", testToken));
    QCOMPARE(client.readAnswer().status, 404);
}

void TestHttpServer::droppedPendingIsAnswered()
{
    TestServer server;
    server->routePending(Method::Get, QStringLiteral("/drop"), [](const Request &, Pending) {});
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "GET /drop HTTP/1.1", testToken));
    QCOMPARE(client.readAnswer().status, 500);
}

void TestHttpServer::keepsTheConnection()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    for (int i = 0; i < 50; ++i) {
        client.send(rawRequest(server.url(), "GET /number/" + QByteArray::number(i) + " HTTP/1.1", testToken));
        QCOMPARE(client.readAnswer().body, QByteArray::number(i));
    }
    QCOMPARE(server->openConnections(), 1);
}

void TestHttpServer::closesWhenAskedTo()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "GET /number/1 HTTP/1.1", testToken, "Connection: close\r\n"));
    const RawAnswer answer = client.readAnswer();
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.header("connection"), QByteArray("close"));
    QVERIFY(client.waitForClose());
    QTRY_COMPARE(server->openConnections(), 0);
}

void TestHttpServer::answersPipelinedRequestsInOrder()
{
    TestServer server;
    addRoutes(server);
    std::vector<Pending> waiting;
    server->routePending(Method::Get, QStringLiteral("/later"),
                         [&waiting](const Request &, Pending pending) { waiting.push_back(std::move(pending)); });
    RawHttpClient client(server.listen());
    QByteArray requests = rawRequest(server.url(), "GET /later HTTP/1.1", testToken);
    for (int i = 0; i < 100; ++i) {
        requests += rawRequest(server.url(), "GET /number/" + QByteArray::number(i) + " HTTP/1.1", testToken);
    }
    client.send(requests + rawRequest(server.url(), "GET /later HTTP/1.1", testToken));
    QTRY_COMPARE(waiting.size(), std::size_t(1));
    waiting.front().answer(Response::text("first"));
    QCOMPARE(client.readAnswer().body, QByteArray("first"));
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(client.readAnswer().body, QByteArray::number(i));
    }
    QTRY_COMPARE(waiting.size(), std::size_t(2));
    waiting.back().answer(Response::text("last"));
    QCOMPARE(client.readAnswer().body, QByteArray("last"));
}

void TestHttpServer::readsNoFurtherRequestWhileOneIsPending()
{
    TestServer server;
    addRoutes(server);
    int served = 0;
    std::vector<Pending> waiting;
    server->routePending(Method::Get, QStringLiteral("/later"), [&](const Request &, Pending pending) {
        ++served;
        waiting.push_back(std::move(pending));
    });
    RawHttpClient client(server.listen());
    RawHttpClient other(server.url());
    const QByteArray request = rawRequest(server.url(), "GET /later HTTP/1.1", testToken);
    client.send(request + request + request);
    QTRY_COMPARE(served, 1);
    other.send(rawRequest(server.url(), "GET /number/1 HTTP/1.1", testToken)); // the server works on meanwhile
    QCOMPARE(other.readAnswer().status, 200);
    QCOMPARE(served, 1);
    waiting.front().answer(Response::empty());
    QTRY_COMPARE(served, 2);
}

void TestHttpServer::sendsContinueOnlyForAnAdmittedRequest()
{
    TestServer server;
    addRoutes(server);
    const QByteArray headers = "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n";
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "POST /echo HTTP/1.1", testToken, headers));
    QVERIFY(client.waitForBytes("HTTP/1.1 100 Continue\r\n\r\n"));
    client.send("{}");
    QCOMPARE(client.readAnswer(RawHttpClient::Body::None).status, 100);
    QCOMPARE(client.readAnswer().status, 201);

    RawHttpClient stranger(server.url());
    stranger.send(rawRequest(server.url(), "POST /echo HTTP/1.1", "wrong", headers));
    QCOMPARE(stranger.readAnswer().status, 401);
}

void TestHttpServer::refusesALargeBodyBeforeItIsSent()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "POST /echo HTTP/1.1", testToken,
                           "Content-Type: application/json\r\nContent-Length: 8388609\r\n"));
    QCOMPARE(client.readAnswer().status, 413);
    client.send(QByteArray(1024 * 1024, 'x')); // what is under way does not destroy the answer
    QVERIFY(client.waitForClose());
}

void TestHttpServer::refusesBeforeTheBodyIsRead()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "POST /echo HTTP/1.1", "wrong",
                           "Content-Type: application/json\r\nContent-Length: 8000000\r\n"));
    QCOMPARE(client.readAnswer().status, 401);
    QVERIFY(client.waitForClose());
}

void TestHttpServer::slowRequestTimesOut()
{
    Limits limits;
    limits.requestTime = milliseconds(100);
    TestServer server(limits);
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n");
    const RawAnswer answer = client.readAnswer();
    QCOMPARE(answer.status, 408);
    QCOMPARE(codeOf(answer), QStringLiteral("request-timeout"));
    QVERIFY(client.waitForClose());
}

void TestHttpServer::idleConnectionIsClosed()
{
    Limits limits;
    limits.idleTime = milliseconds(100);
    TestServer server(limits);
    addRoutes(server);
    RawHttpClient silent(server.listen());
    RawHttpClient used(server.url());
    used.send(rawRequest(server.url(), "GET /number/1 HTTP/1.1", testToken));
    QCOMPARE(used.readAnswer().status, 200);
    QVERIFY(silent.waitForClose());
    QVERIFY(used.waitForClose());
    QCOMPARE(silent.received(), QByteArray());
    QTRY_COMPARE(server->openConnections(), 0);
}

void TestHttpServer::pendingRequestIsNotIdle()
{
    Limits limits;
    limits.idleTime = milliseconds(50);
    limits.requestTime = milliseconds(50);
    TestServer server(limits);
    std::vector<Pending> waiting;
    server->routePending(Method::Get, QStringLiteral("/later"),
                         [&waiting](const Request &, Pending pending) { waiting.push_back(std::move(pending)); });
    RawHttpClient client(server.listen());
    RawHttpClient silent(server.url());
    client.send(rawRequest(server.url(), "GET /later HTTP/1.1", testToken));
    QVERIFY(silent.waitForClose()); // the limits have passed
    QElapsedTimer since;
    since.start();
    QTRY_VERIFY(since.hasExpired(150));
    QVERIFY(!waiting.front().clientIsGone());
    waiting.front().answer(Response::text("here"));
    QCOMPARE(client.readAnswer().body, QByteArray("here"));
}

void TestHttpServer::answerNobodyReadsIsCut()
{
    Limits limits;
    limits.idleTime = milliseconds(100);
    TestServer server(limits);
    server->route(Method::Get, QStringLiteral("/large"),
                  [](const Request &) { return Response::text(QByteArray(64 * 1024 * 1024, 'x')); });
    RawHttpClient client(server.listen(), 1024); // reads no more than its small buffer
    client.send(rawRequest(server.url(), "GET /large HTTP/1.1", testToken));
    QTRY_COMPARE(server->openConnections(), 1);
    QTRY_COMPARE(server->openConnections(), 0);
}

void TestHttpServer::tellsOnceWhenAWaitingClientLeaves()
{
    TestServer server;
    std::vector<Pending> waiting;
    QStringList gone;
    server->routePending(Method::Get, QStringLiteral("/later/:who"),
                         [&](const Request &request, const Pending &pending) {
                             pending.onGone([&gone, who = request.captures.first()] { gone.append(who); });
                             waiting.push_back(pending);
                         });
    server.listen();
    RawHttpClient leaving(server.url());
    leaving.send(rawRequest(server.url(), "GET /later/leaving HTTP/1.1", testToken));
    RawHttpClient staying(server.url());
    staying.send(rawRequest(server.url(), "GET /later/staying HTTP/1.1", testToken));
    QTRY_COMPARE(waiting.size(), std::size_t{2});

    leaving.leave();
    QTRY_COMPARE(gone, QStringList{QStringLiteral("leaving")});
    for (const Pending &pending : waiting) {
        pending.answer(Response::text("here"));
    }
    QCOMPARE(staying.readAnswer().body, QByteArray("here"));
    staying.leave(); // it has its answer: nobody needs to know
    QTRY_COMPARE(server->openConnections(), 0);
    QCOMPARE(gone.size(), 1);
}

void TestHttpServer::clientsThatLeaveWhilePendingHarmNothing()
{
    constexpr std::size_t clients = 150;
    TestServer server;
    addRoutes(server);
    std::vector<Pending> waiting;
    server->routePending(Method::Get, QStringLiteral("/later"),
                         [&waiting](const Request &, Pending pending) { waiting.push_back(std::move(pending)); });
    server.listen();
    std::vector<std::unique_ptr<RawHttpClient>> leaving;
    for (std::size_t i = 0; i < clients; ++i) {
        leaving.push_back(std::make_unique<RawHttpClient>(server.url()));
        leaving.back()->send(rawRequest(server.url(), "GET /later HTTP/1.1", testToken));
    }
    QTRY_COMPARE(waiting.size(), clients);
    for (std::size_t i = 0; i < clients; ++i) {
        leaving[i]->leave();
        if (i % 2 == 0) {
            waiting[i].answer(Response::text("too late, and not known yet"));
        }
    }
    QTRY_COMPARE(server->openConnections(), 0);
    for (const Pending &pending : waiting) {
        QVERIFY(pending.clientIsGone());
        pending.answer(Response::text("too late"));
    }
    RawHttpClient next(server.url());
    next.send(rawRequest(server.url(), "GET /number/1 HTTP/1.1", testToken));
    QCOMPARE(next.readAnswer().status, 200);
}

void TestHttpServer::answersOnlyOnce()
{
    TestServer server;
    addRoutes(server);
    server->routePending(Method::Get, QStringLiteral("/twice"), [](const Request &, const Pending &pending) {
        const Pending copy = pending;
        pending.answer(Response::text("one"));
        copy.answer(Response::text("two"));
    });
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "GET /twice HTTP/1.1", testToken)
                + rawRequest(server.url(), "GET /number/3 HTTP/1.1", testToken));
    QCOMPARE(client.readAnswer().body, QByteArray("one"));
    QCOMPARE(client.readAnswer().body, QByteArray("3"));
}

void TestHttpServer::oldestIdleConnectionMakesRoom()
{
    Limits limits;
    limits.connections = 3;
    TestServer server(limits);
    addRoutes(server);
    RawHttpClient oldest(server.listen());
    QTRY_COMPARE(server->openConnections(), 1);
    RawHttpClient second(server.url());
    QTRY_COMPARE(server->openConnections(), 2);
    RawHttpClient third(server.url());
    QTRY_COMPARE(server->openConnections(), 3);
    RawHttpClient fourth(server.url());
    QVERIFY(oldest.waitForClose());
    QCOMPARE(server->openConnections(), 3);
    for (RawHttpClient *client : {&second, &third, &fourth}) {
        client->send(rawRequest(server.url(), "GET /number/1 HTTP/1.1", testToken));
        QCOMPARE(client->readAnswer().status, 200);
    }
}

void TestHttpServer::slowClientsDoNotKeepOthersOut()
{
    Limits limits;
    limits.connections = 20;
    TestServer server(limits);
    addRoutes(server);
    std::vector<Pending> waiting;
    server->routePending(Method::Get, QStringLiteral("/later"),
                         [&waiting](const Request &, Pending pending) { waiting.push_back(std::move(pending)); });
    RawHttpClient patient(server.listen());
    patient.send(rawRequest(server.url(), "GET /later HTTP/1.1", testToken));
    QTRY_COMPARE(waiting.size(), std::size_t(1));
    std::vector<std::unique_ptr<RawHttpClient>> slow;
    for (int i = 0; i < 60; ++i) {
        slow.push_back(std::make_unique<RawHttpClient>(server.url()));
        slow.back()->send("GET /health HTTP/1.1\r\nX-Slow: ");
        QVERIFY(server->openConnections() <= limits.connections);
    }
    RawHttpClient quick(server.url());
    quick.send(rawRequest(server.url(), "GET /number/1 HTTP/1.1", testToken));
    QCOMPARE(quick.readAnswer().status, 200);
    waiting.front().answer(Response::text("still here"));
    QCOMPARE(patient.readAnswer().body, QByteArray("still here"));
}

void TestHttpServer::stopAcceptingLetsAnswersGoOn()
{
    TestServer server;
    std::vector<Pending> waiting;
    server->routePending(Method::Get, QStringLiteral("/later"),
                         [&waiting](const Request &, Pending pending) { waiting.push_back(std::move(pending)); });
    RawHttpClient client(server.listen());
    RawHttpClient idle(server.url());
    client.send(rawRequest(server.url(), "GET /later HTTP/1.1", testToken));
    QTRY_COMPARE(waiting.size(), std::size_t(1));
    QTRY_COMPARE(server->openConnections(), 2);
    server->stopAccepting();
    QVERIFY(idle.waitForClose());
    QVERIFY(QTcpServer().listen(QHostAddress::LocalHost, static_cast<quint16>(server.url().port())));
    waiting.front().answer(Response::text("bye"));
    const RawAnswer answer = client.readAnswer();
    QCOMPARE(answer.body, QByteArray("bye"));
    QCOMPARE(answer.header("connection"), QByteArray("close"));
    QVERIFY(client.waitForClose());
    QTRY_COMPARE(server->openConnections(), 0);
}

void TestHttpServer::destroysWithPendingAnswers()
{
    std::vector<Pending> waiting;
    std::unique_ptr<RawHttpClient> client;
    {
        TestServer server;
        server->routePending(Method::Get, QStringLiteral("/later"),
                             [&waiting](const Request &, Pending pending) { waiting.push_back(std::move(pending)); });
        client = std::make_unique<RawHttpClient>(server.listen());
        client->send(rawRequest(server.url(), "GET /later HTTP/1.1", testToken));
        QTRY_COMPARE(waiting.size(), std::size_t(1));
    }
    QVERIFY(waiting.front().clientIsGone());
    waiting.front().answer(Response::text("nobody there"));
    QVERIFY(client->waitForClose());
    QCOMPARE(client->received(), QByteArray());
}

void TestHttpServer::logsWithoutSecrets()
{
    TestServer server;
    addRoutes(server);
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "GET /number/7?key=hidden HTTP/1.1", testToken));
    QCOMPARE(client.readAnswer().status, 200);
    client.send("nonsense\r\n");
    QCOMPARE(client.readAnswer().status, 400);
    QVERIFY(server.logged("[HTTP] GET /number/7 200 "));
    QVERIFY(server.logged("[HTTP] - - 400 "));
    QVERIFY(!server.logged("hidden"));
    QVERIFY(!server.logged(testToken));
}

void TestHttpServer::portInUseNamesItsHolder()
{
    TestServer holder;
    ServerOptions options;
    options.port = static_cast<quint16>(holder.listen().port());
    TestServer second({}, options);
    const Result<QUrl> listening = second->listen();
    QVERIFY(!listening);
    QCOMPARE(listening.error().code, ErrorCode::PortInUse);
    QFile ownName(QStringLiteral("/proc/self/comm"));
    QVERIFY(ownName.open(QIODevice::ReadOnly));
    QCOMPARE(listening.error().message,
             QStringLiteral("port %1 on 127.0.0.1 is in use by pid %2 (%3)")
                 .arg(options.port)
                 .arg(QCoreApplication::applicationPid())
                 .arg(QString::fromUtf8(ownName.readAll().trimmed())));
    QVERIFY(!listening.error().hint.isEmpty());
}

void TestHttpServer::refusesToListen_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<Auth>("auth");
    QTest::addColumn<QByteArray>("token");

    QTest::newRow("every address without a token") << QStringLiteral("0.0.0.0") << Auth::None << QByteArray();
    QTest::newRow("every ipv6 address without a token") << QStringLiteral("::") << Auth::None << QByteArray();
    QTest::newRow("empty token") << QStringLiteral("127.0.0.1") << Auth::Token << QByteArray();
    QTest::newRow("host name") << QStringLiteral("panel.example") << Auth::Token << testToken;
    QTest::newRow("address of another machine") << QStringLiteral("192.0.2.1") << Auth::Token << testToken;
}

void TestHttpServer::refusesToListen()
{
    QFETCH(QString, host);
    QFETCH(Auth, auth);
    QFETCH(QByteArray, token);
    ServerOptions options;
    options.host = host;
    options.auth = auth;
    options.token = token;
    Log::Store log;
    Server server(options, Log::Writer(log, "test"));
    const Result<QUrl> listening = server.listen();
    QVERIFY(!listening);
    QCOMPARE(listening.error().code, ErrorCode::ServiceStart);
    QVERIFY(!listening.error().hint.isEmpty());
}

QTEST_GUILESS_MAIN(TestHttpServer)

#include "tst_server.moc"
