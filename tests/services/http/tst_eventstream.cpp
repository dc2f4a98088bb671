#include "services/http/client.h"
#include "services/http/sseparser.h"
#include "tests/services/http/testserver.h"
#include "tests/support/httprawclient.h"

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

// Serves /events and keeps what the handler was given.
struct StreamServer {
    explicit StreamServer(const Limits &limits = {}, quint16 port = 0)
        : server(limits, onPort(port))
    {
        server->routeStream(QStringLiteral("/events"), [this](const Request &request, EventStream stream) {
            stream.onClosed([this] { ++closed; });
            lastIds.append(request.header("last-event-id"));
            streams.push_back(std::move(stream));
            return Result<void>{};
        });
        server->routeStream(QStringLiteral("/refused"), [](const Request &, const EventStream &stream) -> Result<void> {
            stream.send("log", "1", "never seen");
            return Error{ErrorCode::NotFound, QStringLiteral("no such run")};
        });
        server->routeStream(QStringLiteral("/throw"), [](const Request &, const EventStream &) -> Result<void> {
            throw std::runtime_error("no luck");
        });
        server->routeStream(QStringLiteral("/forgotten"),
                            [](const Request &, const EventStream &) { return Result<void>{}; });
        server->route(Method::Get, QStringLiteral("/plain"), [](const Request &) { return Response::text("plain"); });
        server.listen();
    }

    static ServerOptions onPort(quint16 port)
    {
        ServerOptions options;
        options.port = port;
        return options;
    }

    QByteArray request(const QByteArray &path, const QByteArray &method = "GET") const
    {
        return rawRequest(server.url(), method + ' ' + path + " HTTP/1.1", testToken);
    }

    QUrl urlOf(const QString &path) const
    {
        QUrl url = server.url();
        url.setPath(path);
        return url;
    }

    int closed = 0;
    QList<QByteArray> lastIds;
    std::vector<EventStream> streams;
    TestServer server;
};

// What an EventSource told.
struct Followed {
    explicit Followed(EventSource &source)
    {
        QObject::connect(&source, &EventSource::eventReceived, &context,
                         [this](const QByteArray &event, const QByteArray &id, const QByteArray &data) {
                             events.append(event + ' ' + id + ' ' + data);
                         });
        QObject::connect(&source, &EventSource::connectionLost, &context,
                         [this](const Error &error) { lost.append(error); });
        QObject::connect(&source, &EventSource::refused, &context,
                         [this](const Error &error) { refused.append(error); });
    }

    QList<QByteArray> events;
    QList<Error> lost;
    QList<Error> refused;
    QObject context;
};

} // namespace

class TestEventStream : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void sendsEvents();
    void eventsSentByTheHandlerComeFirst();
    void lineBreaksCannotForgeEvents();
    void closeEndsTheAnswer();
    void answersInstead_data();
    void answersInstead();
    void headHasNoEvents();
    void keepsTheConnectionAlive();
    void tellsThatTheClientLeft();
    void cutsOffAClientThatReadsTooSlowly();
    void cutOffStreamTellsItLater();
    void boundsTheNumberOfStreams();
    void destroysWithOpenStreams();

    void sourceFollows();
    void sourceResumesWithTheLastId();
    void sourceTriesUntilTheServerIsThere();
    void sourceStopsWhenRefused_data();
    void sourceStopsWhenRefused();
    void closedSourceIsSilent();
    void sourceMayBeDeletedByItsReceiver();
    void manySourcesDoNotWaitForEachOther();
};

void TestEventStream::sendsEvents()
{
    StreamServer server;
    RawHttpClient client(server.server.url());
    client.send(server.request("/events"));
    const RawAnswer head = client.readAnswer(RawHttpClient::Body::None);
    QCOMPARE(head.status, 200);
    QCOMPARE(head.header("content-type"), QByteArray("text/event-stream"));
    QCOMPARE(head.header("cache-control"), QByteArray("no-store"));
    server.streams.front().send("log", "1", "{\"a\":1}");
    server.streams.front().send({}, {}, "{}");
    QVERIFY(client.waitForBytes("event: log\nid: 1\ndata: {\"a\":1}\n\ndata: {}\n\n"));
    QVERIFY(!server.streams.front().clientIsGone());
}

void TestEventStream::eventsSentByTheHandlerComeFirst()
{
    TestServer server;
    std::vector<EventStream> streams;
    server->routeStream(QStringLiteral("/events"), [&streams](const Request &, EventStream stream) {
        stream.send("log", "1", "early");
        streams.push_back(std::move(stream));
        return Result<void>{};
    });
    RawHttpClient client(server.listen());
    client.send(rawRequest(server.url(), "GET /events HTTP/1.1", testToken));
    QCOMPARE(client.readAnswer(RawHttpClient::Body::None).status, 200);
    streams.front().send("log", "2", "later");
    QVERIFY(client.waitForBytes("data: early\n\nevent: log\nid: 2\ndata: later\n\n"));
}

void TestEventStream::lineBreaksCannotForgeEvents()
{
    StreamServer server;
    RawHttpClient client(server.server.url());
    client.send(server.request("/events"));
    QCOMPARE(client.readAnswer(RawHttpClient::Body::None).status, 200);
    server.streams.front().send("log\nevent: fake", "1\r\n\r\n", "a\n\nevent: fake\r\nb");
    server.streams.front().send("end", {}, "end");
    QVERIFY(client.waitForBytes("event: end\ndata: end\n\n"));
    const QList<ServerEvent> events = SseParser().feed(client.received());
    QCOMPARE(events.size(), 2);
    QCOMPARE(events.first().event, QByteArray("log event: fake"));
    QCOMPARE(events.first().data, QByteArray("a\n\nevent: fake\nb"));
}

void TestEventStream::closeEndsTheAnswer()
{
    StreamServer server;
    RawHttpClient client(server.server.url());
    client.send(server.request("/events"));
    QTRY_COMPARE(server.streams.size(), std::size_t(1));
    server.streams.front().send("log", "1", "last");
    server.streams.front().close();
    server.streams.front().send("log", "2", "dropped");
    QVERIFY(server.streams.front().clientIsGone());
    QVERIFY(client.waitForClose());
    QVERIFY(client.received().endsWith("data: last\n\n"));
    QTRY_COMPARE(server.server->openConnections(), 0);
    QCOMPARE(server.closed, 0);
}

void TestEventStream::answersInstead_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");

    QTest::newRow("refused by the handler") << QByteArray("/refused") << 404;
    QTest::newRow("handler throws") << QByteArray("/throw") << 500;
}

void TestEventStream::answersInstead()
{
    QFETCH(QByteArray, path);
    StreamServer server;
    RawHttpClient client(server.server.url());
    client.send(server.request(path) + server.request("/plain"));
    const RawAnswer answer = client.readAnswer();
    QTEST(answer.status, "status");
    QCOMPARE(answer.header("content-type"), QByteArray("application/problem+json"));
    QCOMPARE(client.readAnswer().body, QByteArray("plain"));
}

void TestEventStream::headHasNoEvents()
{
    StreamServer server;
    RawHttpClient client(server.server.url());
    client.send(server.request("/events", "HEAD") + server.request("/plain"));
    QCOMPARE(client.readAnswer(RawHttpClient::Body::None).header("content-type"), QByteArray("text/event-stream"));
    QCOMPARE(client.readAnswer().body, QByteArray("plain"));
    QVERIFY(server.streams.empty());
}

void TestEventStream::keepsTheConnectionAlive()
{
    Limits limits;
    limits.streamKeepAlive = milliseconds(20);
    limits.idleTime = milliseconds(50); // a stream is never idle
    StreamServer server(limits);
    RawHttpClient client(server.server.url());
    client.send(server.request("/events"));
    QVERIFY(client.waitForBytes(
        QByteArray("\n: alive\n\n: alive\n\n: alive\n\n: alive\n\n: alive\n\n: alive\n\n").sliced(1)));
    server.streams.front().send("log", {}, "x");
    QVERIFY(client.waitForBytes("event: log\ndata: x\n\n"));
}

void TestEventStream::tellsThatTheClientLeft()
{
    StreamServer server;
    RawHttpClient client(server.server.url());
    client.send(server.request("/events"));
    QTRY_COMPARE(server.streams.size(), std::size_t(1));
    QCOMPARE(server.closed, 0);
    client.leave();
    QTRY_COMPARE(server.closed, 1);
    QVERIFY(server.streams.front().clientIsGone());
    server.streams.front().send("log", "1", "nobody reads");
    server.streams.front().close();
    QTRY_COMPARE(server.server->openConnections(), 0);
    QCOMPARE(server.closed, 1);
}

void TestEventStream::cutsOffAClientThatReadsTooSlowly()
{
    Limits limits;
    limits.streamBacklogBytes = 64 * 1024;
    StreamServer server(limits);
    RawHttpClient client(server.server.url(), 1024);
    client.send(server.request("/events"));
    QTRY_COMPARE(server.streams.size(), std::size_t(1));
    const QByteArray data(32 * 1024, 'x');
    qint64 sent = 0;
    const auto sendUntilCut = [&] {
        server.streams.front().send("log", {}, data);
        sent += data.size();
        return server.closed == 1;
    };
    QTRY_VERIFY_WITH_TIMEOUT(sendUntilCut(), 20'000);
    QVERIFY(server.server.logged("reads too slowly"));
    QTRY_COMPARE(server.server->openConnections(), 0);
}

void TestEventStream::cutOffStreamTellsItLater()
{
    Limits limits;
    limits.streamBacklogBytes = 0;
    StreamServer server(limits);
    RawHttpClient client(server.server.url());
    client.send(server.request("/events"));
    QTRY_COMPARE(server.streams.size(), std::size_t(1));
    server.streams.front().send("log", {}, QByteArray(16 * 1024 * 1024, 'x'));
    QCOMPARE(server.closed, 0); // the sender may be in the middle of its list of streams
    QVERIFY(server.streams.front().clientIsGone());
    QTRY_COMPARE(server.closed, 1);
}

void TestEventStream::boundsTheNumberOfStreams()
{
    Limits limits;
    limits.eventStreams = 2;
    StreamServer server(limits);
    RawHttpClient first(server.server.url());
    first.send(server.request("/events"));
    QCOMPARE(first.readAnswer(RawHttpClient::Body::None).status, 200);
    RawHttpClient second(server.server.url());
    second.send(server.request("/events"));
    QCOMPARE(second.readAnswer(RawHttpClient::Body::None).status, 200);
    RawHttpClient third(server.server.url());
    third.send(server.request("/events"));
    const RawAnswer refused = third.readAnswer();
    QCOMPARE(refused.status, 429);
    QVERIFY(!refused.header("retry-after").isEmpty());
    first.leave();
    QTRY_COMPARE(server.closed, 1);
    third.send(server.request("/forgotten"));
    QVERIFY(third.waitForClose()); // a stream that nobody keeps ends, and gives its place back
    RawHttpClient fourth(server.server.url());
    fourth.send(server.request("/events"));
    QCOMPARE(fourth.readAnswer(RawHttpClient::Body::None).status, 200);
}

void TestEventStream::destroysWithOpenStreams()
{
    std::vector<EventStream> survivors;
    std::unique_ptr<RawHttpClient> client;
    {
        StreamServer server;
        client = std::make_unique<RawHttpClient>(server.server.url());
        client->send(server.request("/events"));
        QTRY_COMPARE(server.streams.size(), std::size_t(1));
        survivors = server.streams;
    }
    QVERIFY(client->waitForClose());
    QVERIFY(survivors.front().clientIsGone());
    survivors.front().send("log", "1", "nobody there");
    survivors.front().close();
}

void TestEventStream::sourceFollows()
{
    StreamServer server;
    Client client(testClient());
    EventSource source(client, server.urlOf(QStringLiteral("/events")));
    Followed followed(source);
    QTRY_COMPARE(server.streams.size(), std::size_t(1));
    server.streams.front().send("log", "1", "{}");
    server.streams.front().send("step", "2", "{\"x\":1}");
    QTRY_COMPARE(followed.events, (QList<QByteArray>{"log 1 {}", "step 2 {\"x\":1}"}));
    QVERIFY(followed.lost.isEmpty());
    source.close();
    QTRY_COMPARE(server.closed, 1);
}

void TestEventStream::sourceResumesWithTheLastId()
{
    StreamServer server;
    Client client(testClient());
    EventSource source(client, server.urlOf(QStringLiteral("/events")));
    Followed followed(source);
    QTRY_COMPARE(server.streams.size(), std::size_t(1));
    server.streams.back().send("log", "17", "a");
    server.streams.back().close();
    QTRY_COMPARE(server.streams.size(), std::size_t(2));
    server.streams.back().send("log", "18", "b");
    QTRY_COMPARE(followed.events, (QList<QByteArray>{"log 17 a", "log 18 b"}));
    QCOMPARE(server.lastIds, (QList<QByteArray>{"", "17"}));
    QCOMPARE(followed.lost.size(), 1);
    QCOMPARE(followed.lost.first().code, ErrorCode::Unavailable);
}

void TestEventStream::sourceTriesUntilTheServerIsThere()
{
    QTcpServer placeholder;
    QVERIFY(placeholder.listen(QHostAddress::LocalHost));
    const quint16 port = placeholder.serverPort();
    placeholder.close();
    Client client(testClient());
    const QString scheme = overTls() ? QStringLiteral("https") : QStringLiteral("http");
    EventSource source(client, QUrl(QStringLiteral("%1://127.0.0.1:%2/events").arg(scheme).arg(port)));
    Followed followed(source);
    QTRY_VERIFY(followed.lost.size() >= 2);
    StreamServer server({}, port);
    QTRY_COMPARE(server.streams.size(), std::size_t(1));
    server.streams.front().send("log", "1", "here");
    QTRY_COMPARE(followed.events, (QList<QByteArray>{"log 1 here"}));
}

void TestEventStream::sourceStopsWhenRefused_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<ErrorCode>("code");

    QTest::newRow("by the handler") << QStringLiteral("/refused") << testToken << ErrorCode::NotFound;
    QTest::newRow("wrong token") << QStringLiteral("/events") << QByteArray("wrong") << ErrorCode::Unauthorized;
    QTest::newRow("no event stream") << QStringLiteral("/plain") << testToken << ErrorCode::Internal;
}

void TestEventStream::sourceStopsWhenRefused()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, token);
    StreamServer server;
    ClientOptions options = testClient();
    options.token = token;
    Client client(options);
    EventSource source(client, server.urlOf(path));
    Followed followed(source);
    QTRY_COMPARE(followed.refused.size(), 1);
    QTEST(followed.refused.first().code, "code");
    QVERIFY(followed.lost.isEmpty());
}

void TestEventStream::closedSourceIsSilent()
{
    StreamServer server;
    Client client(testClient());
    EventSource source(client, server.urlOf(QStringLiteral("/events")));
    EventSource other(client, server.urlOf(QStringLiteral("/events")));
    Followed followed(source);
    Followed otherFollowed(other);
    QTRY_COMPARE(server.streams.size(), std::size_t(2));
    for (const EventStream &stream : server.streams) {
        stream.send("log", "1", "x");
    }
    source.close();
    QTRY_COMPARE(otherFollowed.events.size(), 1);
    QTRY_COMPARE(server.closed, 1);
    QVERIFY(followed.events.isEmpty());
    QVERIFY(followed.lost.isEmpty());
}

void TestEventStream::sourceMayBeDeletedByItsReceiver()
{
    StreamServer server;
    Client client(testClient());
    auto source = std::make_unique<EventSource>(client, server.urlOf(QStringLiteral("/events")));
    int received = 0;
    connect(source.get(), &EventSource::eventReceived, this, [&] {
        ++received;
        source.reset();
    });
    QTRY_COMPARE(server.streams.size(), std::size_t(1));
    server.streams.front().send("log", "1", "a");
    server.streams.front().send("log", "2", "b");
    QTRY_COMPARE(server.closed, 1);
    QCOMPARE(received, 1);
}

void TestEventStream::manySourcesDoNotWaitForEachOther()
{
    constexpr int count = 12;
    StreamServer server;
    Client client(testClient());
    std::vector<std::unique_ptr<EventSource>> sources;
    for (int i = 0; i < count; ++i) {
        sources.push_back(std::make_unique<EventSource>(client, server.urlOf(QStringLiteral("/events"))));
    }
    QTRY_COMPARE(server.streams.size(), std::size_t(count));
    bool answered = false;
    client.send({.url = server.urlOf(QStringLiteral("/plain"))}, this,
                [&](const Reply &reply) { answered = reply.ok(); });
    QTRY_VERIFY(answered);
}

QTEST_GUILESS_MAIN(TestEventStream)

#include "tst_eventstream.moc"
