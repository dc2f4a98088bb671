#include "tests/services/relay/relayfixture.h"
#include "tests/support/closedport.h"

#include <QTest>

#include <array>

using namespace PatchPanel;
using namespace std::chrono_literals;
using PatchPanel::Test::FakeRunner;
using PatchPanel::Test::RegistryFixture;
using PatchPanel::Test::RelayFixture;

class TestRelayFailures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void triesTheNextRunner_data();
    void triesTheNextRunner();
    void triesAtMostThreeRunners();
    void leavesOutWhoCannotBeReached();
    void doesWithoutTheRegistryThatItKnew();
    void reportsARefusal_data();
    void reportsARefusal();
    void looksForTheRunnerThatHasTheWorkspace_data();
    void looksForTheRunnerThatHasTheWorkspace();
    void wrongTokenIsUnauthorized();
    void noRegistry();
    void noRunner();
    void allRunnersAreDraining();
    void runnerLostWhileItRuns();
    void runnerLostBeforeItAnswered();
    void asksTheSameRunnerByTheSameKey();
    void runnerThatForgotTheRun();
    void survivesALostConnection();
};

void TestRelayFailures::triesTheNextRunner_data()
{
    QTest::addColumn<int>("status"); // 0: nothing listens
    QTest::addColumn<QByteArray>("logged");
    QTest::newRow("connection refused") << 0 << QByteArray("nothing listens on 127.0.0.1:");
    QTest::newRow("503, not started") << 503 << QByteArray("full");
    QTest::newRow("429, not started") << 429 << QByteArray("full");
}

void TestRelayFailures::triesTheNextRunner()
{
    QFETCH(int, status);
    QFETCH(QByteArray, logged);
    RegistryFixture registry;
    FakeRunner first;
    FakeRunner second;
    registry.addRunner(QStringLiteral("runner-1"), first.port());
    registry.addRunner(QStringLiteral("runner-2"), second.port());
    if (status == 0) {
        first.die();
    }
    first.onPost = [status](const Http::Request &) {
        return FakeRunner::refusal(status, true);
    };
    second.onStream = [&] {
        second.end(QStringLiteral("ok"));
    };
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.status(), QStringLiteral("ok"));
    QCOMPARE(fixture.accepted, QStringList{QStringLiteral("r1@runner-2")});
    QVERIFY(fixture.log.at(0).toText().startsWith("[RELAY] runner-1 did not take the task: "));
    QVERIFY2(fixture.log.at(0).text.contains(logged), fixture.log.at(0).text.constData());
}

void TestRelayFailures::triesAtMostThreeRunners()
{
    RegistryFixture registry;
    for (int number = 1; number <= 4; ++number) {
        registry.addRunner(QStringLiteral("runner-%1").arg(number), Test::closedPort());
    }
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.outcomes.size(), std::size_t(1));
    QVERIFY(fixture.errorCode() == ErrorCode::NoRunner);
    QVERIFY(fixture.outcome().error->message.contains(QStringLiteral("runner-3 (")));
    QVERIFY(!fixture.outcome().error->message.contains(QStringLiteral("runner-4 (")));
    QVERIFY(fixture.lastLine().startsWith(R"([RELAY] {"status":"error",)"));
    const QByteArray error = R"("error":{"code":"no-runner","detail":"No runner took the task: runner-1 )";
    QVERIFY(fixture.lastLine().contains(error));
}

void TestRelayFailures::leavesOutWhoCannotBeReached()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.end(QStringLiteral("ok"));
    };
    registry.addRunner(QStringLiteral("runner-1"), Test::closedPort());
    registry.addRunner(QStringLiteral("runner-2"), runner.port());
    RelayFixture fixture(registry.url);
    for (quint64 number = 1; number <= 8; ++number) {
        fixture.run(number, QStringLiteral("/w%1").arg(number));
        QTRY_COMPARE(fixture.status(number), QStringLiteral("ok"));
    }
    const QList<QByteArray> lines = fixture.logLines();
    const auto count = [&lines](QByteArrayView part) {
        return std::count_if(lines.begin(), lines.end(),
                             [part](const QByteArray &line) { return line.contains(part); });
    };
    QCOMPARE(count("runner-1 did not take the task"), 2);
    QCOMPARE(count(") is left out for "), 1);
}

void TestRelayFailures::doesWithoutTheRegistryThatItKnew()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.end(QStringLiteral("ok"));
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    for (quint64 number = 1; number <= 2; ++number) {
        fixture.run(number);
        QTRY_COMPARE(fixture.status(number), QStringLiteral("ok"));
    }
    QTRY_VERIFY(fixture.relay.knowsRunners());
    registry.service.stop();
    fixture.run(3);
    QTRY_COMPARE(fixture.status(3), QStringLiteral("ok"));
}

void TestRelayFailures::reportsARefusal_data()
{
    QTest::addColumn<Error>("error");
    QTest::addColumn<int>("httpStatus");
    QTest::addColumn<QString>("status");
    const auto add = [](const char *row, ErrorCode code, int httpStatus, const char *status) {
        QTest::newRow(row) << Error{code, QStringLiteral("because")} << httpStatus << QString::fromLatin1(status);
    };
    add("task invalid", ErrorCode::InvalidTask, 422, "invalid");
    add("path unsafe", ErrorCode::UnsafePath, 422, "invalid");
    add("outside of the workspace", ErrorCode::OutsideWorkspace, 403, "invalid");
    add("no such file", ErrorCode::NotFound, 404, "invalid");
    add("does not apply", ErrorCode::DoesNotApply, 409, "conflict");
    add("stale plan", ErrorCode::Stale, 409, "stale");
    add("workspace busy", ErrorCode::Busy, 409, "busy");
    add("malformed request", ErrorCode::BadRequest, 400, "unknown");
    add("unavailable, perhaps started", ErrorCode::Unavailable, 503, "unknown");
    add("task too large", ErrorCode::PayloadTooLarge, 413, "unknown");
}

void TestRelayFailures::reportsARefusal()
{
    QFETCH(Error, error);
    QFETCH(int, httpStatus);
    QFETCH(QString, status);
    RegistryFixture registry;
    FakeRunner runner;
    FakeRunner other;
    runner.onPost = [&](const Http::Request &) {
        return Http::Response::problem(error);
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    registry.addRunner(QStringLiteral("runner-2"), other.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.status(), status);
    QVERIFY(fixture.errorCode() == error.code);
    QCOMPARE(fixture.outcome().error->message, QStringLiteral("because"));
    QCOMPARE(fixture.outcome().httpStatus, httpStatus);
    QCOMPARE(fixture.outcome().runner, QStringLiteral("runner-1"));
    QCOMPARE(fixture.outcome().response, error.toJson());
    QVERIFY2(other.posts.isEmpty(), "a refusal of the task is not a runner's fault");
}

void TestRelayFailures::looksForTheRunnerThatHasTheWorkspace_data()
{
    QTest::addColumn<int>("code");
    QTest::newRow("not started for it") << static_cast<int>(ErrorCode::OutsideWorkspace);
    QTest::newRow("no such folder") << static_cast<int>(ErrorCode::NotFound);
}

void TestRelayFailures::looksForTheRunnerThatHasTheWorkspace()
{
    QFETCH(int, code);
    constexpr int lackingRunners = 5;
    const Error lack{static_cast<ErrorCode>(code),
                     QStringLiteral("not here"),
                     {},
                     {},
                     {{QStringLiteral("workspace"), QStringLiteral("/w")}}};
    RegistryFixture registry;
    std::array<FakeRunner, lackingRunners> others;
    for (FakeRunner &other : others) {
        other.onPost = [&](const Http::Request &) {
            return Http::Response::problem(lack);
        };
        registry.addRunner(QStringLiteral("runner-%1").arg(other.port()), other.port());
    }
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.status(), QStringLiteral("invalid")); // nobody has it
    QVERIFY(fixture.errorCode() == lack.code);
    for (const FakeRunner &other : others) {
        QCOMPARE(other.posts.size(), 1);
    }

    FakeRunner runner;
    runner.onStream = [&] {
        runner.end(QStringLiteral("ok"));
    };
    registry.addRunner(QStringLiteral("runner-x"), runner.port());
    RelayFixture next(registry.url);
    next.run();
    QTRY_COMPARE(next.status(), QStringLiteral("ok"));
    QCOMPARE(runner.posts.size(), 1);
}

void TestRelayFailures::wrongTokenIsUnauthorized()
{
    RegistryFixture registry;
    FakeRunner runner("another token");
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.outcomes.size(), std::size_t(1));
    QVERIFY(fixture.errorCode() == ErrorCode::Unauthorized);
    QCOMPARE(fixture.outcome().httpStatus, 401);
    QVERIFY(fixture.outcome().error->message.startsWith(QStringLiteral("runner-1 (http://127.0.0.1:")));
    QVERIFY(fixture.outcome().error->hint.contains(QStringLiteral("patchpanel token")));
}

void TestRelayFailures::noRegistry()
{
    const QUrl nobody(QStringLiteral("http://127.0.0.1:%1").arg(Test::closedPort()));
    RelayFixture fixture(nobody);
    fixture.run();
    QTRY_COMPARE(fixture.outcomes.size(), std::size_t(1));
    QVERIFY(fixture.errorCode() == ErrorCode::NoRegistry);
    QVERIFY(fixture.outcome().error->message.contains(nobody.toString() + QStringLiteral(" does not answer")));
}

void TestRelayFailures::noRunner()
{
    RegistryFixture registry;
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.outcomes.size(), std::size_t(1));
    QVERIFY(fixture.errorCode() == ErrorCode::NoRunner);
    QVERIFY(fixture.accepted.isEmpty());
}

void TestRelayFailures::allRunnersAreDraining()
{
    RegistryFixture registry;
    FakeRunner runner;
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    registry.put("/v1/agent/check/pass/service:runner-1?note=draining");
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.outcomes.size(), std::size_t(1));
    QVERIFY(fixture.errorCode() == ErrorCode::NoRunner);
    QVERIFY(fixture.outcome().error->message.contains(QStringLiteral("draining")));
    QVERIFY(runner.posts.isEmpty());
}

void TestRelayFailures::runnerLostWhileItRuns()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.die();
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url, 300ms);
    fixture.run();
    QTRY_COMPARE(fixture.status(), QStringLiteral("unknown"));
    QVERIFY(fixture.errorCode() == ErrorCode::Unavailable);
    QCOMPARE(fixture.outcome().runId, QStringLiteral("r1"));
    QCOMPARE(fixture.outcome().runner, QStringLiteral("runner-1"));
    QVERIFY(fixture.outcome().error->message.contains(QStringLiteral("was lost during run r1")));
    QVERIFY(fixture.lastLine().startsWith(R"([RELAY] {"status":"unknown","runId":"r1","runner":"runner-1",)"));
}

void TestRelayFailures::runnerLostBeforeItAnswered()
{
    RegistryFixture registry;
    FakeRunner runner;
    FakeRunner other;
    runner.onPost = [&](const Http::Request &) {
        return std::nullopt;
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    registry.addRunner(QStringLiteral("runner-2"), other.port());
    RelayFixture fixture(registry.url, 300ms);
    fixture.run();
    QTRY_COMPARE(runner.unanswered.size(), 1);
    runner.die();
    QTRY_COMPARE(fixture.status(), QStringLiteral("unknown"));
    QVERIFY(fixture.errorCode() == ErrorCode::Unavailable);
    QVERIFY(fixture.outcome().error->message.contains(QStringLiteral("lost after the task had been sent")));
    QVERIFY2(other.posts.isEmpty(), "the task may have started: it must not run twice");
}

void TestRelayFailures::asksTheSameRunnerByTheSameKey()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onPost = [&](const Http::Request &) {
        return std::nullopt;
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(runner.unanswered.size(), 1);
    runner.die();
    runner.onPost = [](const Http::Request &) {
        return Http::Response::problem(Error{ErrorCode::Busy,
                                             QStringLiteral("the run of this key goes on"),
                                             {},
                                             {},
                                             {{QStringLiteral("runId"), QStringLiteral("r1")}}});
    };
    runner.comeBack();
    runner.onStream = [&] {
        runner.end(QStringLiteral("ok"));
    };
    QTRY_COMPARE(fixture.status(), QStringLiteral("ok"));
    QCOMPARE(runner.posts.size(), 2);
    QCOMPARE(runner.posts[0].header("Idempotency-Key"), runner.posts[1].header("Idempotency-Key"));
    QCOMPARE(runner.posts[0].body, runner.posts[1].body);
}

void TestRelayFailures::runnerThatForgotTheRun()
{
    RegistryFixture registry;
    FakeRunner runner;
    runner.onStream = [&] {
        runner.state.reset();
        runner.stream->close();
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.status(), QStringLiteral("unknown"));
    QVERIFY(fixture.errorCode() == ErrorCode::Unavailable);
    QVERIFY(fixture.outcome().error->message.contains(QStringLiteral("does not know run r1")));
}

void TestRelayFailures::survivesALostConnection()
{
    RegistryFixture registry;
    FakeRunner runner;
    bool isFirst = true;
    runner.onStream = [&] {
        if (std::exchange(isFirst, false)) {
            runner.stream.reset();
            runner.die();
            runner.comeBack();
        } else {
            runner.end(QStringLiteral("ok"));
        }
    };
    registry.addRunner(QStringLiteral("runner-1"), runner.port());
    RelayFixture fixture(registry.url);
    fixture.run();
    QTRY_COMPARE(fixture.status(), QStringLiteral("ok"));
    QCOMPARE(fixture.accepted.size(), 1);
    QCOMPARE(runner.posts.size(), 1);
}

QTEST_GUILESS_MAIN(TestRelayFailures)
#include "tst_relayfailures.moc"
