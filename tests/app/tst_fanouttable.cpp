#include "app/commands/fanouttable.h"

#include <QJsonArray>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

namespace {

FanOutRun endedRun(const QString &workspace, RunStatus status, const QString &message)
{
    return {.workspace = workspace,
            .status = status,
            .changes = 2,
            .added = 3,
            .removed = 1,
            .commit = status == RunStatus::Ok ? QStringLiteral("c0ffee123456") : QString(),
            .durationMs = 1234,
            .message = message};
}

QList<FanOutRun> runs()
{
    QList<FanOutRun> list{
        endedRun(QStringLiteral("/w/r1"), RunStatus::Ok, QStringLiteral("Committed v1.2 as c0ffee1. All is well.")),
        endedRun(QStringLiteral("/w/repo-10"), RunStatus::Failed, QStringLiteral("Build failed.\nMore.")),
        {.workspace = QStringLiteral("/w/r3")}};
    list[0].isEarlier = true;
    return list;
}

} // namespace

class TestFanOutTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rows();
    void rowsOfADryRun();
    void staysWithinTheTerminal();
    void cannotControlATerminal();
    void counts();
    void takesWhatTheRunnerSays();
    void takesWhyThereIsNoResult();
};

void TestFanOutTable::rows()
{
    QCOMPARE(fanOutTable(runs(), {}),
             QByteArray("WORKSPACE  STATUS    CHANGES  COMMIT    TIME  MESSAGE\n"
                        "r1         ✓ ok            2  c0ffee1  1.2 s  Before: Committed v1.2 as c0ffee1.\n"
                        "repo-10    ✗ failed        2           1.2 s  Build failed.\n"
                        "r3         ! queued                           Not started.\n"));
    QVERIFY(fanOutTable(runs(), {.ansi = Ansi::Colored}).contains("\033[31m✗ failed\033[0m"));
}

void TestFanOutTable::rowsOfADryRun()
{
    const QByteArray table = fanOutTable(runs(), {.dryRun = true});
    QVERIFY2(table.startsWith("WORKSPACE  STATUS    CHANGES  LINES   TIME  MESSAGE\n"
                              "r1         ✓ ok            2  +3 −1  1.2 s  "),
             table);
}

void TestFanOutTable::staysWithinTheTerminal()
{
    const QByteArray table = fanOutTable(runs(), {.width = 60});
    QVERIFY(table.contains("1.2 s  Before: Commi…\n"));
    const QStringList lines = QString::fromUtf8(table).split(u'\n');
    for (const QString &line : lines) {
        QVERIFY2(line.size() <= 60, qPrintable(line));
    }
}

void TestFanOutTable::cannotControlATerminal()
{
    const QByteArray table =
        fanOutTable({endedRun(QStringLiteral("/w\033[2J"), RunStatus::Ok, QStringLiteral("\033[31mred"))}, {});
    QVERIFY(!table.contains('\033'));
}

void TestFanOutTable::counts()
{
    const FanOutCounts some(runs());
    QCOMPARE(fanOutSummary(some), QStringLiteral("3 workspaces: 1 ok, 1 failed, 1 not started"));
    QCOMPARE(fanOutProgress(some), QStringLiteral("2 of 3 done, 1 failed, 0 running"));
    QVERIFY(!some.areAllFine());
    const FanOutCounts one({endedRun(QStringLiteral("/w"), RunStatus::Noop, {})});
    QCOMPARE(fanOutSummary(one), QStringLiteral("1 workspace: 1 noop"));
    QVERIFY(one.areAllFine());
}

void TestFanOutTable::takesWhatTheRunnerSays()
{
    const QJsonArray changes{QJsonObject{{QStringLiteral("added"), 3}, {QStringLiteral("removed"), 1}},
                             QJsonObject{{QStringLiteral("added"), 2}}};
    FanOutRun run;
    run.take({.status = RunStatus::Ok,
              .runId = QStringLiteral("r"),
              .response = {{QStringLiteral("changes"), changes},
                           {QStringLiteral("commit"), QJsonObject{{QStringLiteral("id"), QStringLiteral("c0ffee")}}},
                           {QStringLiteral("durationMs"), 7},
                           {QStringLiteral("message"), QStringLiteral("Done.")}}});
    QCOMPARE(run.changes, 2);
    QCOMPARE(run.added, 5);
    QCOMPARE(run.removed, 1);
    QCOMPARE(run.commit, QStringLiteral("c0ffee"));
    QCOMPARE(run.durationMs, 7);
    FanOutRun listed; // what the history answers of a run whose report is gone
    listed.take({.status = RunStatus::Ok,
                 .response = {{QStringLiteral("changes"), 2}, {QStringLiteral("commit"), QStringLiteral("c0ffee")}}});
    QCOMPARE(listed.changes, 2);
    QCOMPARE(listed.commit, QStringLiteral("c0ffee"));
}

void TestFanOutTable::takesWhyThereIsNoResult()
{
    FanOutRun run;
    run.take({.status = RunStatus::Unknown,
              .totalMs = 5,
              .error = Error{ErrorCode::NoRunner, QStringLiteral("No runner is up. Start one.")}});
    QCOMPARE(run.firstSentence(), QStringLiteral("No runner is up."));
    QCOMPARE(run.durationMs, 5);
    QCOMPARE(FanOutRun::fromJson(run.toJson()).error->code, ErrorCode::NoRunner);
}

QTEST_GUILESS_MAIN(TestFanOutTable)
#include "tst_fanouttable.moc"
