#include "services/http/client.h"
#include "tests/services/http/testserver.h"

#include <QTcpServer>
#include <QTcpSocket>

#include <vector>

using namespace PatchPanel;
using namespace PatchPanel::Http;

namespace {

using std::chrono::milliseconds;

// Answers every connection with the bytes it was given, after the first bytes came, and counts requests.
class CannedServer : public QTcpServer {
public:
    enum class Then { Close, StayOpen };

    CannedServer(QByteArray answer, Then then)
    {
        connect(this, &QTcpServer::newConnection, this, [this, answer = std::move(answer), then] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket, answer, then] {
                received += socket->readAll();
                socket->write(answer);
                if (then == Then::Close) {
                    socket->disconnectFromHost();
                }
            });
        });
        listen(QHostAddress::LocalHost);
    }

    QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1/").arg(serverPort())); }

    QByteArray received;
};

QUrl at(const TestServer &server, const QString &path)
{
    QUrl url = server.url();
    url.setPath(path);
    return url;
}

} // namespace

class TestClient : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void sends_data();
    void sends();
    void problemBecomesItsError();
    void otherStatusBecomesAnError_data();
    void otherStatusBecomesAnError();
    void wrongTokenIsUnauthorized();
    void refusedConnectionWasNeverSent();
    void unknownHostWasNeverSent();
    void lostConnectionMayHaveStarted();
    void isNotSentTwice_data();
    void isNotSentTwice();
    void cutAnswerIsNoAnswer();
    void timesOut();
    void followsNoRedirect();
    void keepsNoCookies();
    void callbackDiesWithItsContext();
    void callbackDiesWithTheClient();
    void clientMayBeDeletedInTheCallback();
    void manyRequestsRunAtOnce();

private:
    Reply sendAndWait(Client &client, const ClientRequest &request);
};

Reply TestClient::sendAndWait(Client &client, const ClientRequest &request)
{
    std::optional<Reply> result;
    client.send(request, this, [&result](const Reply &reply) { result = reply; });
    const bool answered = !result && QTest::qWaitFor([&result] { return result.has_value(); }, 20'000);
    return answered ? *result : Reply{.error = Error{ErrorCode::Internal, QStringLiteral("no callback")}};
}

void TestClient::sends_data()
{
    QTest::addColumn<Method>("method");
    QTest::addColumn<QByteArray>("body");

    QTest::newRow("get") << Method::Get << QByteArray();
    QTest::newRow("post") << Method::Post << QByteArray("{\"a\":1}");
    QTest::newRow("post without a body") << Method::Post << QByteArray();
    QTest::newRow("large post") << Method::Post << "{\"a\":\"" + QByteArray(2 * 1024 * 1024, 'x') + "\"}";
    QTest::newRow("put") << Method::Put << QByteArray("{}");
    QTest::newRow("put without a body") << Method::Put << QByteArray();
    QTest::newRow("delete") << Method::Delete << QByteArray();
    QTest::newRow("patch") << Method::Patch << QByteArray("{}");
}

void TestClient::sends()
{
    QFETCH(Method, method);
    QFETCH(QByteArray, body);
    TestServer server;
    Request seen;
    server->route(method, QStringLiteral("/echo"), [&seen](const Request &request) {
        seen = request;
        return Response::json(QJsonObject{{QStringLiteral("ok"), true}}, 202);
    });
    server.listen();
    Client client(testClient());
    const Reply reply = sendAndWait(client, {method, at(server, QStringLiteral("/echo")), body, {{"X-Mine", "1"}}});
    QVERIFY2(reply.ok(), reply.ok() ? "" : qPrintable(reply.failure().message));
    QCOMPARE(reply.status, 202);
    QVERIFY(!reply.neverSent);
    QCOMPARE(headerValue(reply.headers, "content-type"), QByteArray("application/json"));
    QCOMPARE(reply.json()->value(QStringLiteral("ok")).toBool(), true);
    QCOMPARE(seen.body, body);
    QCOMPARE(seen.header("x-mine"), QByteArray("1"));
}

void TestClient::problemBecomesItsError()
{
    TestServer server;
    server->route(Method::Get, QStringLiteral("/busy"), [](const Request &) {
        return Response::problem(Error{ErrorCode::Stale, QStringLiteral("it changed"), QStringLiteral("look again")});
    });
    server.listen();
    Client client(testClient());
    const Reply reply = sendAndWait(client, {.url = at(server, QStringLiteral("/busy"))});
    QVERIFY(!reply.ok());
    QVERIFY(!reply.error);
    QCOMPARE(reply.status, 409);
    QCOMPARE(reply.failure().code, ErrorCode::Stale);
    QCOMPARE(reply.failure().message, QStringLiteral("it changed"));
    QCOMPARE(reply.failure().hint, QStringLiteral("look again"));
    QCOMPARE(reply.json().error().code, ErrorCode::Stale);
}

void TestClient::otherStatusBecomesAnError_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("status");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("message");

    QTest::newRow("text") << QByteArray("HTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n\r\nUnknown ID x") << 404
                          << ErrorCode::NotFound << QStringLiteral("the server answered with status 404: Unknown ID x");
    QTest::newRow("empty") << QByteArray("HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n") << 503
                           << ErrorCode::Unavailable << QStringLiteral("the server answered with status 503");
    QTest::newRow("status without a code")
        << QByteArray("HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n") << 418 << ErrorCode::Internal
        << QStringLiteral("the server answered with status 418");
    QTest::newRow("broken problem") << QByteArray(
        "HTTP/1.1 400 Bad\r\nContent-Type: application/problem+json\r\nContent-Length: 1\r\n\r\n{")
                                    << 400 << ErrorCode::BadRequest
                                    << QStringLiteral("the server answered with status 400: {");
}

void TestClient::otherStatusBecomesAnError()
{
    QFETCH(QByteArray, answer);
    CannedServer server(answer, CannedServer::Then::Close);
    Client client(testClient());
    const Reply reply = sendAndWait(client, {.url = server.url()});
    QVERIFY(!reply.error);
    QTEST(reply.status, "status");
    QTEST(reply.failure().code, "code");
    QTEST(reply.failure().message, "message");
}

void TestClient::wrongTokenIsUnauthorized()
{
    TestServer server;
    server.listen();
    ClientOptions wrong = testClient();
    wrong.token = "wrong";
    Client client(wrong);
    const Reply reply = sendAndWait(client, {.url = at(server, QStringLiteral("/x"))});
    QCOMPARE(reply.status, 401);
    QCOMPARE(reply.failure().code, ErrorCode::Unauthorized);
}

void TestClient::refusedConnectionWasNeverSent()
{
    QTcpServer placeholder;
    QVERIFY(placeholder.listen(QHostAddress::LocalHost));
    const QUrl url(QStringLiteral("http://127.0.0.1:%1/").arg(placeholder.serverPort()));
    placeholder.close();
    Client client(testClient());
    const Reply reply = sendAndWait(client, {.method = Method::Post, .url = url, .body = "{}"});
    QVERIFY(reply.error);
    QCOMPARE(reply.error->code, ErrorCode::Unavailable);
    QCOMPARE(reply.error->message, QStringLiteral("nothing listens on ") + url.authority());
    QVERIFY(reply.neverSent);
    QCOMPARE(reply.status, 0);
}

void TestClient::unknownHostWasNeverSent()
{
    Client client({.token = testToken, .plaintext = true});
    const Reply reply = sendAndWait(client, {.url = QUrl(QStringLiteral("http://no-such-host.invalid/"))});
    QVERIFY(reply.error);
    QCOMPARE(reply.error->code, ErrorCode::Unavailable);
    QVERIFY(reply.neverSent);
}

void TestClient::lostConnectionMayHaveStarted()
{
    CannedServer server({}, CannedServer::Then::Close);
    Client client(testClient());
    const Reply reply = sendAndWait(client, {.method = Method::Post, .url = server.url(), .body = "{}"});
    QVERIFY(reply.error);
    QCOMPARE(reply.error->code, ErrorCode::Unavailable);
    QVERIFY(!reply.neverSent);
}

void TestClient::isNotSentTwice_data()
{
    QTest::addColumn<Method>("method");
    QTest::addColumn<QByteArray>("body");

    QTest::newRow("post") << Method::Post << QByteArray("{}");
    QTest::newRow("post without a body") << Method::Post << QByteArray();
    QTest::newRow("large post") << Method::Post << QByteArray(256 * 1024, ' ');
    QTest::newRow("patch") << Method::Patch << QByteArray("{}");
}

void TestClient::isNotSentTwice()
{
    QFETCH(Method, method);
    QFETCH(QByteArray, body);
    CannedServer server({}, CannedServer::Then::Close);
    Client client(testClient());
    QVERIFY(sendAndWait(client, {.method = method, .url = server.url(), .body = body}).error);
    QCOMPARE(server.received.count(methodName(method) + ' '), 1);
}

void TestClient::cutAnswerIsNoAnswer()
{
    CannedServer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", CannedServer::Then::Close);
    Client client(testClient());
    const Reply reply = sendAndWait(client, {.url = server.url()});
    QVERIFY(reply.error);
    QVERIFY(!reply.ok());
    QVERIFY(!reply.neverSent);
}

void TestClient::timesOut()
{
    CannedServer server({}, CannedServer::Then::StayOpen);
    Client client(testClient());
    const Reply reply = sendAndWait(client, {.url = server.url(), .timeout = milliseconds(50)});
    QVERIFY(reply.error);
    QCOMPARE(reply.error->code, ErrorCode::TimedOut);
    QVERIFY(!reply.neverSent);
    QVERIFY(reply.error->message.contains(server.url().authority()));
}

void TestClient::followsNoRedirect()
{
    CannedServer server("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n",
                        CannedServer::Then::Close);
    Client client(testClient());
    const Reply reply = sendAndWait(client, {.url = server.url()});
    QCOMPARE(reply.status, 302);
    QVERIFY(!reply.ok());
    QVERIFY(!server.received.contains("/other"));
}

void TestClient::keepsNoCookies()
{
    CannedServer server("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n", CannedServer::Then::Close);
    Client client(testClient());
    QVERIFY(sendAndWait(client, {.url = server.url()}).ok());
    QVERIFY(sendAndWait(client, {.url = server.url()}).ok());
    QCOMPARE(server.received.count("GET "), 2);
    QVERIFY(!server.received.toLower().contains("\r\ncookie:"));
    QVERIFY(server.received.toLower().contains("authorization: bearer " + testToken));
}

void TestClient::callbackDiesWithItsContext()
{
    TestServer server;
    std::vector<Pending> waiting;
    server->routePending(Method::Get, QStringLiteral("/later"),
                         [&waiting](const Request &, Pending pending) { waiting.push_back(std::move(pending)); });
    server.listen();
    Client client(testClient());
    auto context = std::make_unique<QObject>();
    bool called = false;
    client.send({.url = at(server, QStringLiteral("/later"))}, context.get(),
                [&called](const Reply &) { called = true; });
    QTRY_COMPARE(waiting.size(), std::size_t(1));
    context.reset();
    QTRY_VERIFY(waiting.front().clientIsGone()); // nobody waits any more, so the connection ends
    QVERIFY(!called);
}

void TestClient::callbackDiesWithTheClient()
{
    TestServer server;
    std::vector<Pending> waiting;
    server->routePending(Method::Get, QStringLiteral("/later"),
                         [&waiting](const Request &, Pending pending) { waiting.push_back(std::move(pending)); });
    server.listen();
    auto client = std::make_unique<Client>(testClient());
    bool called = false;
    client->send({.url = at(server, QStringLiteral("/later"))}, this, [&called](const Reply &) { called = true; });
    QTRY_COMPARE(waiting.size(), std::size_t(1));
    client.reset();
    QTRY_VERIFY(waiting.front().clientIsGone());
    QVERIFY(!called);
}

void TestClient::clientMayBeDeletedInTheCallback()
{
    TestServer server;
    server.listen();
    auto client = std::make_unique<Client>(testClient());
    client->send({.url = at(server, QStringLiteral("/x"))}, this, [&client](const Reply &) { client.reset(); });
    QTRY_VERIFY(!client);
}

void TestClient::manyRequestsRunAtOnce()
{
    constexpr std::size_t count = 20;
    TestServer server;
    std::vector<Pending> waiting;
    server->routePending(Method::Get, QStringLiteral("/later"),
                         [&waiting](const Request &, Pending pending) { waiting.push_back(std::move(pending)); });
    server.listen();
    Client client(testClient());
    std::size_t answered = 0;
    for (std::size_t i = 0; i < count; ++i) {
        client.send({.url = at(server, QStringLiteral("/later"))}, this,
                    [&answered](const Reply &reply) { answered += reply.ok() ? 1 : 0; });
    }
    QTRY_COMPARE(waiting.size(), count);
    for (const Pending &pending : waiting) {
        pending.answer(Response::empty());
    }
    QTRY_COMPARE(answered, count);
}

QTEST_GUILESS_MAIN(TestClient)

#include "tst_client.moc"
