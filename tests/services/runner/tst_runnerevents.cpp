#include "services/http/sseparser.h"
#include "tests/support/httprawclient.h"
#include "tests/support/runnerserver.h"

#include <QTest>

using namespace PatchPanel;
using Test::RunnerServer;
using TestSupport::RawHttpClient;
using TestSupport::rawRequest;

// Streams of runs that are in progress.
class TestRunnerEvents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void aQuietRunIsKeptAlive();
    void resumesWhileTheRunGoesOn();
    void leavesOutTheLog();

private:
    std::unique_ptr<RawHttpClient> follow(const QByteArray &headers = {}, const QByteArray &query = {});

    std::unique_ptr<Test::TempWorkspace> m_workspace;
    std::unique_ptr<Test::TempWorkspace> m_state;
    std::unique_ptr<RunnerServer> m_server;
    QString m_runId; // of a run that prints 1 to 100, waits for the file `go` and prints 101 to 200
};

namespace {

struct Received {
    QStringList numbers; // that the run printed
    QByteArray lastId;
    QByteArray lastEvent;
};

Received received(const RawHttpClient &client)
{
    const QByteArray &bytes = client.received();
    Http::SseParser parser;
    Received found;
    for (const Http::ServerEvent &event : parser.feed(QByteArrayView(bytes).sliced(bytes.indexOf("\r\n\r\n") + 4))) {
        const QString text = parseJsonObject(event.data).value()[QStringLiteral("text")].toString();
        if (text.toInt() > 0) {
            found.numbers.append(text);
        }
        found.lastEvent = event.event;
    }
    found.lastId = parser.lastEventId();
    return found;
}

} // namespace

void TestRunnerEvents::init()
{
    m_server.reset();
    m_workspace = std::make_unique<Test::TempWorkspace>();
    m_state = std::make_unique<Test::TempWorkspace>();
    Http::Limits limits;
    QCOMPARE(limits.streamKeepAlive, std::chrono::seconds(10));
    limits.streamKeepAlive = std::chrono::milliseconds(20);
    m_server = std::make_unique<RunnerServer>(*m_workspace, *m_state, Runner::RunnerSettings{}, limits);
    const QString command = QStringLiteral("seq 1 100; ") + Test::waitForGo + QStringLiteral("; seq 101 200");
    m_runId = Test::runIdOf(m_server->run(Test::sampleTask(command), {{"Prefer", "respond-async"}}));
    QTRY_VERIFY_WITH_TIMEOUT(m_workspace->exists(QStringLiteral("begun")), 30'000);
}

std::unique_ptr<RawHttpClient> TestRunnerEvents::follow(const QByteArray &headers, const QByteArray &query)
{
    auto client = std::make_unique<RawHttpClient>(m_server->url());
    client->send(rawRequest(m_server->url(), "GET /runs/" + m_runId.toUtf8() + "/events" + query + " HTTP/1.1",
                            Test::runnerToken, headers));
    return client;
}

void TestRunnerEvents::aQuietRunIsKeptAlive()
{
    const auto client = follow();
    QVERIFY(client->waitForBytes("\n: alive\n\n: alive\n\n: alive\n\n"));
    QVERIFY(m_server->get(QStringLiteral("/metrics")).body.contains("\npatchpanel_http_event_streams 1\n"));
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QVERIFY(client->waitForBytes("\nevent: result\n"));
    QVERIFY(client->waitForClose());
    QCOMPARE(received(*client).numbers.size(), 200);
}

void TestRunnerEvents::resumesWhileTheRunGoesOn()
{
    const auto first = follow();
    QVERIFY(first->waitForBytes("\"text\":\"50\""));
    const Received before = received(*first);
    first->leave();
    const auto second = follow("Last-Event-ID: " + before.lastId + "\r\n");
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QVERIFY(second->waitForClose());
    const Received after = received(*second);
    QStringList expected;
    for (int number = 1; number <= 200; ++number) {
        expected.append(QString::number(number));
    }
    QCOMPARE(before.numbers + after.numbers, expected); // none is lost, none comes twice
    QCOMPARE(after.lastEvent, QByteArray("result"));
}

// For a client that has the log already.
void TestRunnerEvents::leavesOutTheLog()
{
    const auto client = follow({}, "?log=none");
    QVERIFY(m_workspace->write(QStringLiteral("go"), ""));
    QVERIFY(client->waitForBytes("event: result"));
    QVERIFY(client->waitForClose());
    QVERIFY(client->received().contains("event: step"));
    QVERIFY(!client->received().contains("event: log"));
    QCOMPARE(received(*client).lastEvent, QByteArray("result"));
}

QTEST_GUILESS_MAIN(TestRunnerEvents)
#include "tst_runnerevents.moc"
