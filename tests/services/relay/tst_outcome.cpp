#include "services/common/json.h"
#include "services/relay/outcome.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Relay;

class TestOutcome : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsOnlyFinalResults_data();
    void readsOnlyFinalResults();
    void summarises_data();
    void summarises();
};

void TestOutcome::readsOnlyFinalResults_data()
{
    QTest::addColumn<int>("httpStatus");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("status"); // empty: no result
    QTest::newRow("ok") << 200 << QByteArray(R"({"status":"ok","runId":"r1"})") << QStringLiteral("ok");
    QTest::newRow("failed gate") << 200 << QByteArray(R"({"status":"failed"})") << QStringLiteral("failed");
    QTest::newRow("running") << 200 << QByteArray(R"({"status":"running"})") << QString();
    QTest::newRow("queued") << 202 << QByteArray(R"({"status":"queued"})") << QString();
    QTest::newRow("unknown word") << 200 << QByteArray(R"({"status":"splendid"})") << QString();
    QTest::newRow("no status") << 200 << QByteArray("{}") << QString();
    QTest::newRow("no JSON") << 200 << QByteArray("ok") << QString();
    QTest::newRow("error status") << 500 << QByteArray(R"({"status":"ok"})") << QString();
}

void TestOutcome::readsOnlyFinalResults()
{
    QFETCH(int, httpStatus);
    QFETCH(QByteArray, body);
    QFETCH(QString, status);
    const std::optional<RunOutcome> outcome = outcomeOf(Http::Reply{.status = httpStatus, .body = body});
    QCOMPARE(outcome ? toString(outcome->status) : QString(), status);
    if (outcome) {
        QCOMPARE(outcome->body, body);
        QCOMPARE(outcome->httpStatus, httpStatus);
    }
}

void TestOutcome::summarises_data()
{
    QTest::addColumn<RunOutcome>("outcome");
    QTest::addColumn<QByteArray>("line");
    const auto result = [](const char *json) {
        return *outcomeOf(Http::Reply{.status = 200, .body = json});
    };
    QTest::newRow("everything")
        << result(
               R"({"changes":[{},{},{}],"commit":{"id":"abc"},"durationMs":5,"report":"/w/r.md","runId":"r1","runner":"runner-1","status":"ok","gates":[{}]})")
        << QByteArray(
               R"({"status":"ok","runId":"r1","runner":"runner-1","changes":3,"commit":"abc","durationMs":5,"report":"/w/r.md"})");
    QTest::newRow("without its gates")
        << result(R"({"changes":[{}],"durationMs":5,"runId":"r1","status":"ok","gates":[{"state":"skipped"}]})")
        << QByteArray(R"({"status":"ok","runId":"r1","changes":1,"gates":"skipped","durationMs":5})");
    QTest::newRow("without commit and report")
        << result(
               R"({"status":"noop","runId":"r1","runner":"runner-1","changes":[],"commit":{"state":"none","id":""},"durationMs":5,"report":""})")
        << QByteArray(R"({"status":"noop","runId":"r1","runner":"runner-1","changes":0,"durationMs":5})");
    QTest::newRow("with the error of the result")
        << result(
               R"({"status":"failed","runId":"r1","changes":[],"durationMs":5,"error":{"code":"gate-failed","detail":"\"false\" ended with 1","hint":"x"}})")
        << QByteArray(
               R"({"status":"failed","runId":"r1","changes":0,"durationMs":5,"error":{"code":"gate-failed","detail":"\"false\" ended with 1"}})");
    RunOutcome refused = outcomeOf(Error{ErrorCode::NoRunner, QStringLiteral("nobody")});
    refused.totalMs = 3;
    QTest::newRow("nothing ran")
        << refused << QByteArray(R"({"status":"error","durationMs":3,"error":{"code":"no-runner","detail":"nobody"}})");
    RunOutcome lost = outcomeOf(Error{ErrorCode::Unavailable, QStringLiteral("gone")});
    lost.runId = QStringLiteral("r1");
    QTest::newRow("lost")
        << lost
        << QByteArray(
               R"({"status":"unknown","runId":"r1","durationMs":0,"error":{"code":"unavailable","detail":"gone"}})");
    QTest::newRow("refused as invalid")
        << outcomeOf(Error{ErrorCode::InvalidTask, QStringLiteral("bad")})
        << QByteArray(R"({"status":"invalid","durationMs":0,"error":{"code":"invalid-task","detail":"bad"}})");
}

void TestOutcome::summarises()
{
    QFETCH(RunOutcome, outcome);
    QFETCH(QByteArray, line);
    QCOMPARE(summaryLine(outcome), line);
}

QTEST_GUILESS_MAIN(TestOutcome)
#include "tst_outcome.moc"
