#include "services/storage/processidentity.h"
#include "tests/support/runnerserver.h"

#include <QSignalSpy>
#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

using namespace PatchPanel;
using Test::runIdOf;
using Test::RunnerServer;
using Test::sampleTask;

// What an Idempotency-Key means with a history: beyond the life and the memory of one runner.
class TestRunnerKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anotherRunnerKnowsTheResult();
    void aDryRunIsKnownToo();
    void anotherBodyIsRefusedByAnotherRunner();
    void aRunOfAnotherRunnerIsInProgress();
    void aRunThatIsNoLongerRememberedIsKnown();
    void theKeyIsOnTheDiskBeforeTheAnswer();
    void aRunThatNeverBeganIsInterrupted_data();
    void aRunThatNeverBeganIsInterrupted();
    void aKilledRunIsInterrupted();
    void twoAtOnceAreOneRun();
    void aRefusedRunLeavesItsKeyFree();
    void aRollbackIsDoneOnce();
    void aKeyThatIsTooLongIsRefused();
    void aHistoryThatCannotBeUsedStopsNoRun();

private:
    static Http::Headers key(const QByteArray &text = "k1") { return {{"Idempotency-Key", text}}; }
    static Http::Headers asyncKey() { return {{"Idempotency-Key", "k1"}, {"Prefer", "respond-async"}}; }
};

namespace {

struct Fixture {
    Test::TempWorkspace workspace;
    Test::TempWorkspace state;
    RunnerServer server{workspace, state};

    std::unique_ptr<RunnerServer> another(const Runner::RunnerSettings &settings = {.name = QStringLiteral("runner-2")})
    {
        return std::make_unique<RunnerServer>(workspace, state, settings);
    }
    std::unique_ptr<Storage::History> history() const { return Storage::History::open(state.path()).value(); }
};

QString statusOf(const Http::Reply &reply)
{
    const Result<QJsonObject> body = parseJsonObject(reply.body);
    return body ? (*body)[QStringLiteral("status")].toString() : QString();
}

QJsonObject bodyOf(const QJsonObject &task, bool dryRun = false)
{
    QJsonObject body{{QStringLiteral("task"), task}};
    if (dryRun) {
        body[QStringLiteral("dryRun")] = true;
    }
    return body;
}

// The identity of a process that is gone.
QString deadProcess()
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::pause();
    }
    QString identity = Storage::processIdentity(child);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    return identity;
}

Storage::KeyedRun keyedRun(const Fixture &f, const QJsonObject &body, const QString &process)
{
    return {.key = sha256Hex("k1"),
            .request = sha256Hex(compactJson(body)),
            .runId = QStringLiteral("aaaaaaaaaaaa"),
            .process = process,
            .runner = QStringLiteral("runner-9"),
            .workspace = f.workspace.path(),
            .task = QStringLiteral("tasks/t.json"),
            .dryRun = body[QStringLiteral("dryRun")].toBool(),
            .acceptedMs = wallClockMs()};
}

} // namespace

void TestRunnerKeys::anotherRunnerKnowsTheResult()
{
    Fixture f;
    const QJsonObject first = f.server.run(sampleTask(), key()).json().value();
    QCOMPARE(first[QStringLiteral("status")].toString(), QStringLiteral("ok"));
    const auto another = f.another();
    const Http::Reply again = another->run(sampleTask(), key());
    QCOMPARE(again.status, 200);
    QCOMPARE(again.json().value(), first);
    QCOMPARE(another->run(sampleTask(), asyncKey()).json().value(), first);
    QVERIFY(another->runner().newestFirst().empty());
}

void TestRunnerKeys::aDryRunIsKnownToo()
{
    Fixture f;
    const auto send = [&](RunnerServer &server) {
        return server.send(Http::Method::Post, QStringLiteral("/run-patch"), bodyOf(sampleTask(), true), key());
    };
    const QJsonObject first = send(f.server).json().value();
    QVERIFY(!first[QStringLiteral("changes")].toArray().isEmpty());
    const auto another = f.another();
    QCOMPARE(send(*another).json().value(), first);
    QVERIFY(another->runner().newestFirst().empty());
}

void TestRunnerKeys::anotherBodyIsRefusedByAnotherRunner()
{
    Fixture f;
    f.server.run(sampleTask(), key());
    const auto another = f.another();
    QCOMPARE(another->run(sampleTask(QStringLiteral("true")), key()).status, 422);
    QVERIFY(another->runner().newestFirst().empty());
}

void TestRunnerKeys::aRunOfAnotherRunnerIsInProgress()
{
    Fixture f;
    const QString runId = runIdOf(f.server.run(sampleTask(Test::waitForGo), asyncKey()));
    const auto another = f.another();
    const Http::Reply reply = another->run(sampleTask(Test::waitForGo), key());
    QCOMPARE(reply.status, 409);
    QCOMPARE(reply.failure().details[QStringLiteral("runId")].toString(), runId);
    QVERIFY(f.workspace.write(QStringLiteral("go"), ""));
    QVERIFY(f.server.waitForEnd(runId));
    QTRY_COMPARE(another->run(sampleTask(Test::waitForGo), key()).status, 200);
}

void TestRunnerKeys::aRunThatIsNoLongerRememberedIsKnown()
{
    Fixture f;
    const auto forgetful = f.another({.keptRuns = 1});
    const QJsonObject first = forgetful->run(sampleTask(), key()).json().value();
    forgetful->run(sampleTask({}, QStringLiteral("other\n")));
    QVERIFY(!forgetful->runner().find(first[QStringLiteral("runId")].toString()));
    QCOMPARE(forgetful->run(sampleTask(), key()).json().value(), first);
}

void TestRunnerKeys::theKeyIsOnTheDiskBeforeTheAnswer()
{
    Fixture f;
    const QString runId = runIdOf(f.server.run(sampleTask(Test::waitForGo), asyncKey()));
    const QList<Storage::KeyedRun> stored = f.history()->unfinishedKeyedRuns().value();
    QCOMPARE(stored.size(), 1);
    QCOMPARE(stored[0].runId, runId);
    QCOMPARE(stored[0].workspace, f.workspace.path());
    QVERIFY(Storage::isAlive(stored[0].process));
    QVERIFY(f.workspace.write(QStringLiteral("go"), ""));
    QVERIFY(f.server.waitForEnd(runId));
    QTRY_VERIFY(f.history()->unfinishedKeyedRuns().value().isEmpty());
}

void TestRunnerKeys::aRunThatNeverBeganIsInterrupted_data()
{
    QTest::addColumn<bool>("dryRun");
    QTest::newRow("a run that waited") << false;
    QTest::newRow("a dry run") << true;
}

void TestRunnerKeys::aRunThatNeverBeganIsInterrupted()
{
    QFETCH(bool, dryRun);
    Fixture f;
    const QJsonObject body = bodyOf(sampleTask(), dryRun);
    QVERIFY(f.history()->claimKey(keyedRun(f, body, deadProcess()), 0).ok());
    const Http::Reply reply = f.server.send(Http::Method::Post, QStringLiteral("/run-patch"), body, key());
    QCOMPARE(reply.status, 200);
    QCOMPARE(statusOf(reply), QStringLiteral("interrupted"));
    QCOMPARE(runIdOf(reply), QStringLiteral("aaaaaaaaaaaa"));
    QVERIFY(reply.json().value()[QStringLiteral("message")].toString().contains(QStringLiteral("Nothing was changed")));
    QVERIFY(!f.workspace.exists(QStringLiteral("made.txt")));
    QCOMPARE(f.server.get(QStringLiteral("/runs/aaaaaaaaaaaa")).status, dryRun ? 404 : 200); // dry runs are not listed
}

void TestRunnerKeys::aKilledRunIsInterrupted()
{
    Fixture f;
    const QJsonObject body = bodyOf(sampleTask());
    const Storage::KeyedRun run = keyedRun(f, body, deadProcess());
    QVERIFY(f.history()->claimKey(run, 0).ok());
    Storage::HistoryEntry begun;
    begun.runId = run.runId;
    begun.status = RunStatus::Running;
    begun.workspace = run.workspace;
    QVERIFY(f.history()->record(begun).ok());
    const auto next = f.another(); // settles it as it starts
    QTRY_COMPARE(next->send(Http::Method::Post, QStringLiteral("/run-patch"), body, key()).status, 200);
    QCOMPARE(statusOf(next->send(Http::Method::Post, QStringLiteral("/run-patch"), body, key())),
             QStringLiteral("interrupted"));
    QVERIFY(!f.workspace.exists(QStringLiteral("made.txt")));
}

void TestRunnerKeys::twoAtOnceAreOneRun()
{
    Fixture f;
    Http::Client client({.token = Test::runnerToken});
    QStringList runIds;
    for (int i = 0; i < 2; ++i) {
        Http::ClientRequest request;
        request.method = Http::Method::Post;
        request.url = f.server.url();
        request.url.setPath(QStringLiteral("/run-patch"));
        request.body = compactJson(bodyOf(sampleTask()));
        request.headers = asyncKey();
        client.send(request, this, [&runIds](const Http::Reply &reply) { runIds.append(runIdOf(reply)); });
    }
    QTRY_COMPARE(runIds.size(), 2);
    QVERIFY(!runIds[0].isEmpty());
    QCOMPARE(runIds[0], runIds[1]);
    QCOMPARE(f.server.runner().newestFirst().size(), std::size_t(1));
    QVERIFY(f.server.waitForEnd(runIds[0]));
}

void TestRunnerKeys::aRefusedRunLeavesItsKeyFree()
{
    Fixture f;
    const auto full = f.another({.queueLimit = 0});
    const Http::Reply refused = full->run(sampleTask(), key());
    QCOMPARE(refused.status, 429);
    QCOMPARE(Http::headerValue(refused.headers, "X-PatchPanel-Not-Started"), QByteArray("1"));
    QVERIFY(!Http::headerValue(refused.headers, "Retry-After").isEmpty());
    QCOMPARE(statusOf(f.server.run(sampleTask(), key())), QStringLiteral("ok"));
    f.server.runner().drain();
    const Http::Reply draining = f.server.run(sampleTask(), key("k2"));
    QCOMPARE(draining.status, 503);
    QCOMPARE(Http::headerValue(draining.headers, "X-PatchPanel-Not-Started"), QByteArray("1"));
    QVERIFY(!Http::headerValue(draining.headers, "Retry-After").isEmpty());
    QCOMPARE(statusOf(f.another()->run(sampleTask(), key("k2"))), QStringLiteral("noop"));
}

void TestRunnerKeys::aRollbackIsDoneOnce()
{
    Fixture f;
    const QString runId = runIdOf(f.server.run(sampleTask()));
    const QString path = QStringLiteral("/runs/%1/rollback").arg(runId);
    const QJsonObject taken = f.server.send(Http::Method::Post, path, {}, key()).json().value();
    QCOMPARE(taken[QStringLiteral("status")].toString(), QStringLiteral("ok"));
    const auto another = f.another();
    QCOMPARE(another->send(Http::Method::Post, path, {}, key()).json().value(), taken);
    const Http::Reply refused = another->send(Http::Method::Post, path, {}, key("k2"));
    QCOMPARE(refused.status, 409);
    const Http::Reply again = f.server.send(Http::Method::Post, path, {}, key("k2"));
    QCOMPARE(again.status, 409);
    QCOMPARE(again.body, refused.body);
}

void TestRunnerKeys::aKeyThatIsTooLongIsRefused()
{
    Fixture f;
    QCOMPARE(f.server.run(sampleTask(), key(QByteArray(256, 'k'))).status, 400);
    QCOMPARE(f.server.run(sampleTask(), key(QByteArray(255, 'k'))).status, 200);
}

void TestRunnerKeys::aHistoryThatCannotBeUsedStopsNoRun()
{
    Fixture f;
    QVERIFY(QDir().rename(f.state.path(), f.workspace.absolute(QStringLiteral("away"))));
    const QJsonObject first = f.server.run(sampleTask(), key()).json().value();
    QCOMPARE(first[QStringLiteral("status")].toString(), QStringLiteral("ok"));
    QCOMPARE(f.server.run(sampleTask(), key()).json().value(), first); // from memory
    QTRY_VERIFY(f.server.logged("cannot be used"));
}

QTEST_GUILESS_MAIN(TestRunnerKeys)
#include "tst_runnerkeys.moc"
