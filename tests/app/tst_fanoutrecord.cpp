#include "app/fanoutrecord.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace PatchPanel;
using namespace PatchPanel::App;

namespace {

const FanOutPlan plan{
    .id = QStringLiteral("20261130T061900000-0badcafe"),
    .task = QStringLiteral("/tasks/a.json"),
    .taskSha256 = "aa",
    .requestSha256 = "bb",
    .options = {{QStringLiteral("fuzz"), 1}},
    .patterns = {QStringLiteral("/repos/*")},
    .workspaces = {QStringLiteral("/repos/r1"), QStringLiteral("/repos/r2"), QStringLiteral("/repos/r3")},
    .atOnce = 4,
    .startedMs = 1000};

FanOutRun endedRun(RunStatus status)
{
    return {.status = status,
            .runId = QStringLiteral("run"),
            .runner = QStringLiteral("runner-1"),
            .changes = 2,
            .added = 3,
            .removed = 1,
            .commit = QStringLiteral("c0ffee"),
            .durationMs = 12,
            .message = QStringLiteral("Committed.")};
}

} // namespace

class TestFanOutRecord : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void tellsWhatHappened();
    void isOfItsUserAlone();
    void isWrittenByOneAtATime();
    void whatIsTornIsCutOff();
    void damagedLinesAreLeftOut_data();
    void damagedLinesAreLeftOut();
    void whatIsNoRecord_data();
    void whatIsNoRecord();
    void everyCancelledRunGetsAnotherKey();
    void isCompleteWhenNothingIsLeft_data();
    void isCompleteWhenNothingIsLeft();
    void tellsWhereRunsWereSent();
    void tellsWhereTheNextAttemptWasSent();
    void oldRecordsTellNoPlace();
    void mayBeSentWhileItsKeyIsKnown_data();
    void mayBeSentWhileItsKeyIsKnown();
    void oldRecordsGo();

private:
    FanOutRecord makeRecord()
    {
        Result<FanOutRecord> record = FanOutRecord::create(m_folder, plan);
        if (!record) {
            qFatal("%s", qPrintable(record.error().toString()));
        }
        return std::move(*record);
    }
    QString path() const { return fanOutRecords(m_folder).value(0); }
    QByteArray bytes() const;
    void write(const QByteArray &text) const;

    std::unique_ptr<QTemporaryDir> m_parent;
    QString m_folder;
};

void TestFanOutRecord::init()
{
    m_parent = std::make_unique<QTemporaryDir>();
    m_folder = m_parent->filePath(QStringLiteral("fanouts"));
}

QByteArray TestFanOutRecord::bytes() const
{
    QFile file(path());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestFanOutRecord::write(const QByteArray &text) const
{
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

void TestFanOutRecord::tellsWhatHappened()
{
    {
        FanOutRecord record = makeRecord();
        QVERIFY(record.accepted(0, QStringLiteral("run"), QStringLiteral("runner-1")));
        QVERIFY(record.accepted(2, QStringLiteral("other"), QStringLiteral("runner-2")));
        QVERIFY(record.finished(0, endedRun(RunStatus::Ok)));
    }
    const Result<FanOutState> state = loadFanOut(path());
    QVERIFY2(state.ok(), state ? "" : qPrintable(state.error().toString()));
    QCOMPARE(state->plan.id, plan.id);
    QCOMPARE(state->plan.task, plan.task);
    QCOMPARE(state->plan.taskSha256, plan.taskSha256);
    QCOMPARE(state->plan.requestSha256, plan.requestSha256);
    QCOMPARE(state->plan.options, plan.options);
    QCOMPARE(state->plan.patterns, plan.patterns);
    QCOMPARE(state->plan.workspaces, plan.workspaces);
    QCOMPARE(state->plan.atOnce, 4);
    QCOMPARE(state->plan.startedMs, 1000);
    QCOMPARE(state->damagedLines, 0);
    QCOMPARE(state->runs.size(), 3);
    const FanOutRun &done = state->runs[0];
    QCOMPARE(done.workspace, QStringLiteral("/repos/r1"));
    QVERIFY(done.status == RunStatus::Ok);
    QCOMPARE(done.toJson(), [] {
        FanOutRun expected = endedRun(RunStatus::Ok);
        expected.workspace = QStringLiteral("/repos/r1");
        return expected.toJson();
    }());
    QVERIFY(done.isEarlier);
    QVERIFY(state->runs[1].status == RunStatus::Queued);
    QVERIFY(state->runs[2].status == RunStatus::Running);
    QCOMPARE(state->runs[2].runId, QStringLiteral("other"));
}

void TestFanOutRecord::isOfItsUserAlone()
{
    const FanOutRecord record = makeRecord();
    QCOMPARE(QFileInfo(path()).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QCOMPARE(QFileInfo(m_folder).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
}

void TestFanOutRecord::isWrittenByOneAtATime()
{
    {
        const FanOutRecord record = makeRecord();
        const auto second = FanOutRecord::resume(path());
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::Busy);
    }
    QVERIFY(FanOutRecord::resume(path()).ok());
}

void TestFanOutRecord::whatIsTornIsCutOff()
{
    {
        FanOutRecord record = makeRecord();
        QVERIFY(record.finished(0, endedRun(RunStatus::Ok)));
    }
    const QByteArray whole = bytes();
    write(whole + R"({"event":"finished","index":1,"sta)");
    {
        auto resumed = FanOutRecord::resume(path());
        QVERIFY(resumed.ok());
        QVERIFY(resumed->second.runs[1].status == RunStatus::Queued);
        QCOMPARE(resumed->second.damagedLines, 0);
        QVERIFY(resumed->first.accepted(1, QStringLiteral("again"), {}));
    }
    QVERIFY(bytes().startsWith(whole + "{\"event\":\"accepted\""));
    QCOMPARE(loadFanOut(path())->runs[1].runId, QStringLiteral("again"));
}

void TestFanOutRecord::damagedLinesAreLeftOut_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("no JSON") << QByteArray("\0\0\0\0", 4);
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("an array") << QByteArray("[]");
    QTest::newRow("no index") << QByteArray(R"({"event":"finished","status":"ok"})");
    QTest::newRow("an index below all") << QByteArray(R"({"event":"finished","index":-1,"status":"ok"})");
    QTest::newRow("an index above all") << QByteArray(R"({"event":"finished","index":3,"status":"ok"})");
    QTest::newRow("an index that is text") << QByteArray(R"({"event":"finished","index":"0","status":"ok"})");
    QTest::newRow("an unknown event") << QByteArray(R"({"event":"exploded","index":0})");
    QTest::newRow("an end that is none") << QByteArray(R"({"event":"finished","index":0,"status":"running"})");
}

void TestFanOutRecord::damagedLinesAreLeftOut()
{
    QFETCH(QByteArray, line);
    {
        FanOutRecord record = makeRecord();
        QVERIFY(record.finished(1, endedRun(RunStatus::Failed)));
    }
    const QByteArray whole = bytes();
    const qsizetype second = whole.indexOf('\n') + 1;
    write(whole.first(second) + line + '\n' + whole.sliced(second));
    const Result<FanOutState> state = loadFanOut(path());
    QVERIFY(state.ok());
    QCOMPARE(state->damagedLines, 1);
    QVERIFY(state->runs[0].status == RunStatus::Queued);
    QVERIFY(state->runs[1].status == RunStatus::Failed);
}

void TestFanOutRecord::whatIsNoRecord_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *name, const QByteArray &text, const char *part) {
        QTest::newRow(name) << text << QString::fromLatin1(part);
    };
    row("empty", {}, "no record of a fan-out");
    row("a torn first line", R"({"format":"patchpanel-fanout","formatVersion":1,)", "no record of a fan-out");
    row("another program", "{\"format\":\"other\",\"formatVersion\":1}\n", "no record of a fan-out");
    row("a version to come", "{\"format\":\"patchpanel-fanout\",\"formatVersion\":2}\n", "version 2");
    row("no workspace",
        R"({"format":"patchpanel-fanout","formatVersion":1,"id":"x","task":"/t","workspaces":[]})"
        "\n",
        "lacks its task or workspaces");
    row("a workspace that is relative",
        R"({"format":"patchpanel-fanout","formatVersion":1,"id":"x","task":"/t","workspaces":["a"]})"
        "\n",
        "lacks its task or workspaces");
}

void TestFanOutRecord::whatIsNoRecord()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, part);
    const Result<FanOutState> state = readFanOut(text);
    QVERIFY(!state);
    QCOMPARE(state.error().code, ErrorCode::InvalidTask);
    QVERIFY2(state.error().message.contains(part), qPrintable(state.error().message));
}

void TestFanOutRecord::everyCancelledRunGetsAnotherKey()
{
    {
        FanOutRecord record = makeRecord();
        QVERIFY(record.finished(0, endedRun(RunStatus::Cancelled)));
        QVERIFY(record.finished(0, endedRun(RunStatus::Interrupted)));
        QVERIFY(record.finished(1, endedRun(RunStatus::Unknown)));
    }
    const Result<FanOutState> state = loadFanOut(path());
    QVERIFY(state.ok());
    QCOMPARE(state->runs[0].attempt, 2);
    QCOMPARE(state->runs[1].attempt, 0); // nobody knows: its key tells
    QSet<QByteArray> keys;
    for (qsizetype workspace = 0; workspace < 3; ++workspace) {
        for (int attempt = 0; attempt < 3; ++attempt) {
            keys.insert(plan.keyOf(workspace, attempt));
        }
    }
    QCOMPARE(keys.size(), 9);
}

void TestFanOutRecord::isCompleteWhenNothingIsLeft_data()
{
    QTest::addColumn<RunStatus>("status");
    QTest::addColumn<bool>("isComplete");
    for (int i = 0; i <= static_cast<int>(RunStatus::Unknown); ++i) {
        const auto status = static_cast<RunStatus>(i);
        const QList<RunStatus> open{RunStatus::Queued,    RunStatus::Running,     RunStatus::Busy,
                                    RunStatus::Cancelled, RunStatus::Interrupted, RunStatus::Unknown};
        QTest::newRow(qPrintable(toString(status))) << status << !open.contains(status);
    }
}

void TestFanOutRecord::isCompleteWhenNothingIsLeft()
{
    QFETCH(RunStatus, status);
    const FanOutState state{.runs = {endedRun(RunStatus::Ok), endedRun(status)}};
    QTEST(state.isComplete(), "isComplete");
}

void TestFanOutRecord::tellsWhereRunsWereSent()
{
    const auto sentTo = [](const char *runner, const char *history) {
        return FanOutRun{.sentTo = {.runner = QString::fromLatin1(runner), .history = QString::fromLatin1(history)},
                         .sentMs = 5000};
    };
    {
        FanOutRecord record = makeRecord();
        QVERIFY(record.sending(0, sentTo("runner-1-a", "aa")));
        QVERIFY(record.sending(0, sentTo("runner-1-b", "bb"))); // the first did not take it
        QVERIFY(record.sending(1, sentTo("runner-1-a", "aa")));
        QVERIFY(record.accepted(1, QStringLiteral("run"), QStringLiteral("runner-1")));
        FanOutRun lost = endedRun(RunStatus::Unknown);
        lost.sentTo = sentTo("runner-1-a", "aa").sentTo;
        lost.sentMs = 5000;
        QVERIFY(record.sending(2, lost));
        QVERIFY(record.finished(2, lost));
    }
    const Result<FanOutState> state = loadFanOut(path());
    QVERIFY(state.ok());
    QCOMPARE(state->damagedLines, 0);
    QCOMPARE(state->runs[0].sentTo.runner, QStringLiteral("runner-1-b"));
    QCOMPARE(state->runs[0].sentTo.history, QStringLiteral("bb"));
    QCOMPARE(state->runs[0].sentMs, 5000);
    QVERIFY(state->runs[0].status == RunStatus::Queued);
    QVERIFY(state->runs[0].wasSent());
    QCOMPARE(state->runs[1].sentTo.history, QStringLiteral("aa"));
    QCOMPARE(state->runs[1].runId, QStringLiteral("run"));
    QCOMPARE(state->runs[2].sentTo.history, QStringLiteral("aa"));
    QCOMPARE(state->runs[2].sentMs, 5000);
    QVERIFY(!state->runs[2].isSettled());
}

// What an earlier attempt came to says nothing about one that was sent since.
void TestFanOutRecord::tellsWhereTheNextAttemptWasSent()
{
    const FanOutRun next{.sentTo = {.runner = QStringLiteral("a"), .history = QStringLiteral("aa")}, .sentMs = 5000};
    {
        FanOutRecord record = makeRecord();
        QVERIFY(record.finished(0, endedRun(RunStatus::Interrupted)));
        QVERIFY(record.sending(0, next));
        QVERIFY(record.finished(1, endedRun(RunStatus::Unknown)));
        QVERIFY(record.sending(1, next));
    }
    const Result<FanOutState> state = loadFanOut(path());
    QVERIFY(state.ok());
    for (qsizetype i = 0; i < 2; ++i) {
        const FanOutRun goingOn = state->runs[i].asToGoOn();
        QCOMPARE(goingOn.sentTo.history, QStringLiteral("aa"));
        QCOMPARE(goingOn.sentMs, 5000);
        QCOMPARE(goingOn.attempt, i == 0 ? 1 : 0);
        QCOMPARE(goingOn.runId, i == 0 ? QString() : QStringLiteral("run"));
    }
}

void TestFanOutRecord::oldRecordsTellNoPlace()
{
    {
        FanOutRecord record = makeRecord();
        QVERIFY(record.accepted(0, QStringLiteral("run"), QStringLiteral("runner-1")));
        QVERIFY(record.sending(1, {.sentTo = {.runner = QStringLiteral("a"), .history = QStringLiteral("aa")}}));
        QVERIFY(record.finished(1, endedRun(RunStatus::Unknown))); // nobody took it
    }
    const Result<FanOutState> state = loadFanOut(path());
    QVERIFY(state.ok());
    QVERIFY(state->runs[0].sentTo.isEmpty());
    QVERIFY(state->runs[0].wasSent());
    QVERIFY(state->runs[0].mayBeSent(1));
    QVERIFY(state->runs[1].sentTo.isEmpty());
    QVERIFY(!state->runs[2].wasSent());
}

void TestFanOutRecord::mayBeSentWhileItsKeyIsKnown_data()
{
    QTest::addColumn<qint64>("hoursLater");
    QTest::addColumn<bool>("maySend");
    QTest::newRow("a clock that was set back") << qint64(-1) << false;
    QTest::newRow("at once") << qint64(0) << true;
    QTest::newRow("hours later") << qint64(22) << true;
    QTest::newRow("when a runner may have forgotten it") << qint64(23) << false;
}

void TestFanOutRecord::mayBeSentWhileItsKeyIsKnown()
{
    QFETCH(qint64, hoursLater);
    constexpr qint64 sentMs = 1'000'000'000;
    const FanOutRun run{.sentTo = {.runner = QStringLiteral("a"), .history = QStringLiteral("aa")}, .sentMs = sentMs};
    QTEST(run.mayBeSent(sentMs + hoursLater * 60 * 60 * 1000), "maySend");
}

void TestFanOutRecord::oldRecordsGo()
{
    for (qsizetype i = 0; i < FanOutRecord::keptRecords + 5; ++i) {
        FanOutPlan numbered = plan;
        numbered.id = QStringLiteral("20261130-%1").arg(i, 4, 10, QLatin1Char('0'));
        QVERIFY(FanOutRecord::create(m_folder, numbered).ok());
    }
    const QStringList records = fanOutRecords(m_folder);
    QCOMPARE(records.size(), FanOutRecord::keptRecords);
    QVERIFY(records.first().endsWith(QStringLiteral("-0104.jsonl")));
    QVERIFY(records.last().endsWith(QStringLiteral("-0005.jsonl")));
}

QTEST_GUILESS_MAIN(TestFanOutRecord)
#include "tst_fanoutrecord.moc"
