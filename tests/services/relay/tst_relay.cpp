#include "tests/services/relay/relayfixture.h"

#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using PatchPanel::Relay::RunOutcome;
using PatchPanel::Relay::RunRequest;
using PatchPanel::Test::FakeRunner;
using PatchPanel::Test::RegistryFixture;
using PatchPanel::Test::RelayFixture;
using PatchPanel::Test::ticket;

namespace {

// Two runners at one registry.
struct TwoRunners {
    RegistryFixture registry;
    FakeRunner first;
    FakeRunner second;

    TwoRunners()
    {
        registry.addRunner(QStringLiteral("runner-1"), first.port());
        registry.addRunner(QStringLiteral("runner-2"), second.port());
    }
};

} // namespace

class TestRelay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void runsATask();
    void sendsWhatTheRunnerNeeds();
    void goesOnWithTheRunOfItsKey();
    void takesAPastRunBack();
    void aRollbackThatIsRefused();
    void passesEventsOn();
    void asksARunnerOfItsProcessForNoLog();
    void endsAsTheRunnerSays_data();
    void endsAsTheRunnerSays();
    void stateComesFromTheRunAndNotFromItsEvents();
    void takesAResultAtOnce();
    void worksWithoutEventStreams();
    void cancelsARun();
    void cancelsBeforeItWasSent();
    void cancelsWhileItIsBeingSent();
    void cancelOfAnUnknownTicketIsIgnored();
    void spreadsRunsOfDifferentWorkspaces();
    void keepsAWorkspaceOnItsRunner();
    void waitsForAFreeSlot();
    void cancelsARunThatWaits();
    void stopForgetsItsRuns();
    void registryCanBeChanged();
    void runBeforeStartIsAnError();
    void looksAtARun();
    void looksWithoutARunner();
    void waitsBeforeItSends();
    void asksOnlyWhoKnows();
};

void TestRelay::runsATask()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.end(QStringLiteral("ok"));
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();

    QTRY_COMPARE(fixture.status(), QStringLiteral("ok"));
    const RunOutcome &outcome = fixture.outcome();
    QVERIFY(!outcome.error);
    QCOMPARE(outcome.httpStatus, 200);
    QCOMPARE(outcome.runId, QStringLiteral("r1"));
    QCOMPARE(outcome.runner, QStringLiteral("runner-1"));
    QCOMPARE(outcome.response, FakeRunner::result(QStringLiteral("ok")));
    QCOMPARE(outcome.body, compactJson(outcome.response));
    QCOMPARE(fixture.accepted, QStringList{QStringLiteral("r1@runner-1")});
    QCOMPARE(
        fixture.lastLine(),
        QByteArray(
            R"([RELAY] {"status":"ok","runId":"r1","runner":"runner-1","changes":2,"commit":"c0ffee","durationMs":12,"report":"/w/report.md"})"));
    QCOMPARE(fixture.log.at(fixture.log.size() - 1).runId, QByteArray("r1"));
}

void TestRelay::sendsWhatTheRunnerNeeds()
{
    RegistryFixture registry;
    FakeRunner runner;
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run(1);
    fixture.run(2);
    QTRY_COMPARE(runner.posts.size(), 2);
    const Http::Request &first = runner.posts.first();
    QCOMPARE(first.body, QByteArray(R"({"file":"tasks/test.json"})"));
    QCOMPARE(first.header("Prefer"), QByteArray("respond-async"));
    QCOMPARE(first.header("Idempotency-Key").size(), 32);
    QVERIFY(first.header("Idempotency-Key") != runner.posts.last().header("Idempotency-Key"));
}

void TestRelay::goesOnWithTheRunOfItsKey()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onPost = [](const Http::Request &) {
        return Http::Response::problem(Error{ErrorCode::Busy,
                                             QStringLiteral("the run of this Idempotency-Key is in progress"),
                                             {},
                                             {},
                                             {{QStringLiteral("runId"), QStringLiteral("r1")}}});
    };
    runner.onStream = [&] {
        runner.end(QStringLiteral("ok"));
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.relay.run(ticket, {.file = QStringLiteral("tasks/test.json"), .key = "mine"});
    QTRY_COMPARE(fixture.status(), QStringLiteral("ok"));
    QCOMPARE(runner.posts.first().header("Idempotency-Key"), QByteArray("mine"));
    QCOMPARE(fixture.accepted, QStringList{QStringLiteral("r1@runner-1")});

    fixture.run(8);
    QTRY_COMPARE(fixture.status(8), QStringLiteral("busy")); // its own key cannot be in progress
}

void TestRelay::takesAPastRunBack()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.end(QStringLiteral("ok"));
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.relay.run(ticket, {.rollbackOf = QStringLiteral("r0"), .workspace = QStringLiteral("/w")});

    QTRY_COMPARE(fixture.status(), QStringLiteral("ok"));
    QCOMPARE(runner.posts.first().path, QStringLiteral("/runs/r0/rollback"));
    QCOMPARE(runner.posts.first().body, QByteArray(R"({"workspace":"/w"})"));
    QVERIFY(!runner.posts.first().header("Idempotency-Key").isEmpty());
    QCOMPARE(fixture.accepted, QStringList{QStringLiteral("r1@runner-1")});
}

void TestRelay::aRollbackThatIsRefused()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onPost = [](const Http::Request &) {
        return Http::Response::problem(Error{ErrorCode::DoesNotApply, QStringLiteral("files changed since")});
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.relay.run(ticket, {.rollbackOf = QStringLiteral("r0")});

    QTRY_COMPARE(fixture.status(), QStringLiteral("conflict"));
    QCOMPARE(fixture.outcome().error->message, QStringLiteral("files changed since"));
}

void TestRelay::looksAtARun()
{
    RegistryFixture registry;
    FakeRunner runner;
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    QSignalSpy answers(&fixture.relay, &Relay::Relay::answered);
    fixture.relay.look(1, {.path = QStringLiteral("/runs/r1")});
    QTRY_COMPARE(answers.size(), 1);
    const auto found = answers[0][1].value<Relay::LookupAnswer>();
    QVERIFY(!found.error);
    QCOMPARE(found.body, compactJson(*runner.state));

    runner.state.reset();
    fixture.relay.look(2, {.path = QStringLiteral("/runs/r2")});
    QTRY_COMPARE(answers.size(), 2);
    QCOMPARE(answers[1][0].toULongLong(), 2);
    QCOMPARE(answers[1][1].value<Relay::LookupAnswer>().error->message, QStringLiteral("no such run"));
}

void TestRelay::looksWithoutARunner()
{
    RegistryFixture registry;
    RelayFixture fixture(registry.url);
    QSignalSpy answers(&fixture.relay, &Relay::Relay::answered);
    fixture.relay.look(1, {.path = QStringLiteral("/runs")});
    QTRY_COMPARE(answers.size(), 1);
    QCOMPARE(answers[0][1].value<Relay::LookupAnswer>().error->code, ErrorCode::NoRunner);
    fixture.relay.stop();
    fixture.relay.look(2, {.path = QStringLiteral("/runs")});
    QCOMPARE(answers.size(), 2);
    QCOMPARE(answers[1][1].value<Relay::LookupAnswer>().error->code, ErrorCode::Unavailable);
}

void TestRelay::waitsBeforeItSends()
{
    RegistryFixture registry;
    FakeRunner runner;
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    QSignalSpy chosen(&fixture.relay, &Relay::Relay::runnerChosen);
    fixture.relay.run(1, {.waitsBeforeSending = true});
    fixture.relay.run(2, {.waitsBeforeSending = true});
    QTRY_COMPARE(chosen.size(), 2);
    QCOMPARE(chosen[0][1].value<Relay::Instance>().history(), QStringLiteral("runner-1"));
    fixture.relay.cancel(1);
    QCOMPARE(fixture.status(1), QStringLiteral("cancelled"));
    fixture.relay.proceed(1);
    QCOMPARE(runner.posts.size(), 0);
    fixture.relay.proceed(2);
    QTRY_COMPARE(fixture.accepted.size(), 1);
    QCOMPARE(runner.posts.size(), 1);
}

void TestRelay::asksOnlyWhoKnows()
{
    TwoRunners runners;
    FakeRunner &first = runners.first;
    FakeRunner &second = runners.second;
    RelayFixture fixture(runners.registry.url);
    const auto at = [](const char *id) {
        return Relay::Place{.runner = QString::fromLatin1(id), .history = QString::fromLatin1(id)};
    };
    QSignalSpy answers(&fixture.relay, &Relay::Relay::answered);
    first.state.reset();
    fixture.relay.look(1, {.path = QStringLiteral("/runs/r1"), .place = at("runner-2")});
    QTRY_COMPARE(answers.size(), 1);
    QVERIFY(!answers[0][1].value<Relay::LookupAnswer>().error);
    fixture.relay.look(2, {.path = QStringLiteral("/runs/r1"), .place = at("runner-3")});
    QTRY_COMPARE(answers.size(), 2);
    QCOMPARE(answers[1][1].value<Relay::LookupAnswer>().error->code, ErrorCode::NoRunner);

    for (quint64 number = 1; number <= 4; ++number) {
        fixture.relay.run(number,
                          {.workspace = QStringLiteral("/w%1").arg(number),
                           .key = "key" + QByteArray::number(number),
                           .sentTo = at("runner-2")});
    }
    QTRY_COMPARE(second.posts.size(), 4);
    fixture.relay.run(ticket, {.key = "key", .sentTo = at("runner-3")});
    QTRY_COMPARE(fixture.status(), QStringLiteral("unknown"));
    QCOMPARE(fixture.errorCode(), ErrorCode::NoRunner);
    QVERIFY(fixture.outcome().error->message.contains(QStringLiteral("runner-3")));
    QCOMPARE(first.posts.size(), 0);
}

void TestRelay::passesEventsOn()
{
    RegistryFixture registry;
    FakeRunner runner;
    const Step step{Phase::Build, StepState::Passed, 40, QStringLiteral("2 commands")};
    const Log::Line line{.timeMs = 5, .tag = "BUILD", .text = "all well"};
    runner.onStream = [&] {
        runner.send("log", line.toJson());
        runner.send("step", step.toJson());
        runner.end(QStringLiteral("ok"));
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.status(), QStringLiteral("ok"));
    QCOMPARE(fixture.lines, QList<QByteArray>{"[BUILD] all well"});
    QCOMPARE(fixture.steps.size(), 1);
    QVERIFY(fixture.steps.first() == step);
    QCOMPARE(runner.streamQuery, QString());
}

// It writes into the same log.
void TestRelay::asksARunnerOfItsProcessForNoLog()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.end(QStringLiteral("ok"));
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.relay.setOwnRunners({QUrl(QStringLiteral("http://127.0.0.1:%1").arg(runner.port()))});
    fixture.run();
    QTRY_COMPARE(fixture.status(), QStringLiteral("ok"));
    QCOMPARE(runner.streamQuery, QStringLiteral("log=none"));
}

void TestRelay::endsAsTheRunnerSays_data()
{
    QTest::addColumn<QString>("status");
    for (const char *status : {"ok", "noop", "skipped", "failed", "conflict", "invalid", "stale", "busy", "cancelled",
                               "interrupted", "appliedNotCommitted", "rollbackFailed"}) {
        QTest::newRow(status) << QString::fromLatin1(status);
    }
}

void TestRelay::endsAsTheRunnerSays()
{
    QFETCH(QString, status);
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.end(status);
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.status(), status);
    QVERIFY(!fixture.outcome().error);
    QVERIFY(fixture.lastLine().startsWith("[RELAY] {\"status\":\"" + status.toUtf8() + '"'));
    const bool isInfo = fixture.log.at(fixture.log.size() - 1).level == Log::Level::Info;
    QCOMPARE(isInfo, isSuccess(fixture.outcome().status));
}

void TestRelay::stateComesFromTheRunAndNotFromItsEvents()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.state = FakeRunner::result(QStringLiteral("failed"));
        runner.send("result", FakeRunner::result(QStringLiteral("ok")));
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.status(), QStringLiteral("failed"));
}

void TestRelay::takesAResultAtOnce()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onPost = [](const Http::Request &) {
        return Http::Response::json(FakeRunner::result(QStringLiteral("noop")));
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.status(), QStringLiteral("noop"));
    QCOMPARE(fixture.accepted, QStringList{QStringLiteral("r1@runner-1")});
    QVERIFY(!runner.stream);
}

void TestRelay::worksWithoutEventStreams()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.hasStreams = false;
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.accepted.size(), 1);
    runner.end(QStringLiteral("ok"));
    QTRY_COMPARE(fixture.status(), QStringLiteral("ok"));
}

void TestRelay::cancelsARun()
{
    RegistryFixture registry;
    FakeRunner runner;
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_VERIFY(runner.stream);
    fixture.relay.cancel(ticket);
    QTRY_COMPARE(fixture.status(), QStringLiteral("cancelled"));
    QCOMPARE(runner.cancels, 1);
    QVERIFY(!fixture.outcome().error);
}

void TestRelay::cancelsBeforeItWasSent()
{
    RegistryFixture registry;
    FakeRunner runner;
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    fixture.relay.cancel(ticket);
    QCOMPARE(fixture.status(), QStringLiteral("cancelled"));
    QVERIFY(fixture.errorCode() == ErrorCode::Cancelled);

    fixture.run(8); // by the time it was accepted the first would have been sent, too
    QTRY_COMPARE(fixture.accepted.size(), 1);
    QCOMPARE(runner.posts.size(), 1);
}

void TestRelay::cancelsWhileItIsBeingSent()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onPost = [](const Http::Request &) {
        return std::nullopt;
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(runner.unanswered.size(), 1);
    fixture.relay.cancel(ticket);
    QVERIFY2(fixture.outcomes.empty(), "it may run: only the runner can tell");
    runner.unanswered.first().answer(FakeRunner::accepted());
    QTRY_COMPARE(fixture.status(), QStringLiteral("cancelled"));
    QCOMPARE(runner.cancels, 1);
}

void TestRelay::cancelOfAnUnknownTicketIsIgnored()
{
    RegistryFixture registry;
    RelayFixture fixture(registry.url);
    fixture.relay.cancel(99);
    QVERIFY(fixture.outcomes.empty());
    QCOMPARE(fixture.log.size(), 0);
}

void TestRelay::spreadsRunsOfDifferentWorkspaces()
{
    TwoRunners runners;
    FakeRunner &first = runners.first;
    FakeRunner &second = runners.second;
    RelayFixture fixture(runners.registry.url);
    fixture.run(1, QStringLiteral("/a"));
    fixture.run(2, QStringLiteral("/b"));
    QTRY_COMPARE(fixture.accepted.size(), 2);
    QCOMPARE(first.posts.size(), 1);
    QCOMPARE(second.posts.size(), 1);
}

void TestRelay::keepsAWorkspaceOnItsRunner()
{
    TwoRunners runners;
    FakeRunner &first = runners.first;
    FakeRunner &second = runners.second;
    RelayFixture fixture(runners.registry.url);
    fixture.run(1, QStringLiteral("/a"));
    fixture.run(2, QStringLiteral("/a"));
    QTRY_COMPARE(fixture.accepted.size(), 2);
    QCOMPARE(first.posts.size(), 2);
    first.end(QStringLiteral("ok"));
    QTRY_COMPARE(fixture.outcomes.size(), std::size_t(2));

    fixture.run(3, QStringLiteral("/a"));
    QTRY_COMPARE(fixture.accepted.size(), 3);
    QCOMPARE(second.posts.size(), 1);
}

void TestRelay::waitsForAFreeSlot()
{
    RegistryFixture registry;
    FakeRunner runner;
    registry.addRunner(QStringLiteral("runner-1"), runner.port(), QStringLiteral("15s"), 1);
    RelayFixture fixture(registry.url);
    fixture.run(1, QStringLiteral("/a"));
    QTRY_COMPARE(runner.posts.size(), 1);
    QTRY_VERIFY(runner.stream);
    fixture.run(2, QStringLiteral("/b"));
    fixture.run(3, QStringLiteral("/a")); // behind the first one, at its runner
    QTRY_COMPARE(runner.posts.size(), 2);
    QVERIFY(fixture.hasLogged("Waiting for a runner"));
    QCOMPARE(parseJsonObject(runner.posts.last().body)->value(QStringLiteral("workspace")).toString(),
             QStringLiteral("/a"));
    runner.end(QStringLiteral("ok"));
    QTRY_COMPARE(runner.posts.size(), 3);
    QTRY_COMPARE(fixture.outcomes.size(), std::size_t(3));
}

void TestRelay::cancelsARunThatWaits()
{
    RegistryFixture registry;
    FakeRunner runner;
    registry.addRunner(QStringLiteral("runner-1"), runner.port(), QStringLiteral("15s"), 1);
    RelayFixture fixture(registry.url);
    fixture.run(1, QStringLiteral("/a"));
    QTRY_VERIFY(runner.stream);
    fixture.run(2, QStringLiteral("/b"));
    QTRY_VERIFY(fixture.hasLogged("Waiting for a runner"));
    fixture.relay.cancel(2);
    QTRY_COMPARE(fixture.status(2), QStringLiteral("cancelled"));
    runner.end(QStringLiteral("ok"));
    QTRY_COMPARE(fixture.status(1), QStringLiteral("ok"));
    QCOMPARE(runner.posts.size(), 1);
}

void TestRelay::stopForgetsItsRuns()
{
    RegistryFixture registry;
    FakeRunner runner;
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    bool isStopped = false;
    connect(&fixture.relay, &PatchPanel::Relay::Relay::stopped, this, [&isStopped] { isStopped = true; });
    fixture.run();
    QTRY_VERIFY(runner.stream);
    fixture.relay.stop();
    QVERIFY(isStopped);
    QTRY_VERIFY(runner.stream->clientIsGone());
    QVERIFY(fixture.outcomes.empty());
    QCOMPARE(runner.cancels, 0);
}

void TestRelay::registryCanBeChanged()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.end(QStringLiteral("ok"));
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture({});
    fixture.run(1);
    QTRY_COMPARE(fixture.outcomes.size(), std::size_t(1));
    QVERIFY(fixture.outcomes[1].error->code == ErrorCode::NoRegistry);
    fixture.relay.setRegistry(registry.url);
    fixture.run(2);
    QTRY_COMPARE(fixture.status(2), QStringLiteral("ok"));
}

void TestRelay::runBeforeStartIsAnError()
{
    Log::Store log;
    PatchPanel::Relay::Relay relay({}, Log::Writer(log, "relay"));
    std::optional<RunOutcome> outcome;
    connect(&relay, &PatchPanel::Relay::Relay::runFinished, this,
            [&outcome](quint64, const RunOutcome &finished) { outcome = finished; });
    relay.run(ticket, RunRequest{.file = QStringLiteral("a.json")});
    QVERIFY(outcome && outcome->error);
    QVERIFY(outcome->error->code == ErrorCode::Unavailable);
}

QTEST_GUILESS_MAIN(TestRelay)
#include "tst_relay.moc"
