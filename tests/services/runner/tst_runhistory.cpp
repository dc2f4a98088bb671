#include "services/patch/runreport.h"
#include "services/patch/transaction.h"
#include "services/runner/runhistory.h"
#include "tests/support/planbuilder.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace PatchPanel;
using PatchPanel::Runner::RunHistory;
using PatchPanel::Storage::HistoryEntry;
using PatchPanel::Test::PlanBuilder;
using PatchPanel::Test::TempWorkspace;

class TestRunHistory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killedRunIsSettled_data();
    void killedRunIsSettled();
    void forgedReportChangesNoOtherRun();
    void runInProgressIsLeftAlone();
    void workspaceThatIsGone();
    void undoSlotsOfASettledRunCount();
    void damageIsToldOfInTheLog();
    void pruningTakesTheUndoSlotsToo();
    void pruningLeavesAWorkspaceInUse();
    void pruningNeverLeavesTheHistory();
    void readsWhatTheWorkspaceKept();
    void keepsTheReportThatTheWorkspaceHasNot();
};

namespace {

const QString runId = QStringLiteral("aaaaaaaaaaaa");

struct Fixture {
    TempWorkspace state;
    TempWorkspace workspace;
    Log::Store log;

    std::unique_ptr<RunHistory> open(const Storage::HistoryLimits &limits = {})
    {
        return std::make_unique<RunHistory>(Storage::History::open(state.path()).value(),
                                            std::make_unique<Storage::LocalLock>(), Log::Writer(log, "runner-1"),
                                            limits);
    }
    HistoryEntry entry(const QString &id, RunStatus status, qint64 startedMs = 1) const
    {
        HistoryEntry result;
        result.runId = id;
        result.status = status;
        result.startedMs = startedMs;
        result.workspace = workspace.path();
        result.taskFile = QStringLiteral("tasks/t.json");
        return result;
    }
    QByteArray logged() const
    {
        QByteArray text;
        for (qsizetype i = 0; i < log.size(); ++i) {
            text += log.at(i).tag + ' ' + log.at(i).text + '\n';
        }
        return text;
    }
    QString statusOf(const QString &id)
    {
        const auto found = open()->find(id);
        return found && *found ? toString((*found)->status) : QStringLiteral("none");
    }
};

enum class Traces { None, Report, HalfDone };

// What a killed run leaves in its workspace.
void leave(Traces traces, const QString &workspace)
{
    const Patch::WorkspaceRoot root = Patch::WorkspaceRoot::open(workspace).value();
    if (traces != Traces::None) {
        Patch::RunResult start;
        start.runId = runId;
        start.status = RunStatus::Running;
        start.workspace = workspace;
        start.task.title = QStringLiteral("A task");
        (void)Patch::writeStartReport(root, start);
    }
    if (traces == Traces::HalfDone) {
        PlanBuilder plan(workspace);
        plan.modify(QStringLiteral("a.txt"), "half\n");
        (void)Patch::Transaction::prepare(root, plan.plan(), runId)->apply([](const Patch::TxAction &) {});
    }
}

} // namespace

Q_DECLARE_METATYPE(Traces)

void TestRunHistory::killedRunIsSettled_data()
{
    QTest::addColumn<Traces>("traces");

    QTest::newRow("before it left any") << Traces::None;
    QTest::newRow("in its first command") << Traces::Report;
    QTest::newRow("with its files switched") << Traces::HalfDone;
}

void TestRunHistory::killedRunIsSettled()
{
    QFETCH(Traces, traces);
    Fixture f;
    QVERIFY(f.workspace.write(QStringLiteral("a.txt"), "alpha\n"));
    f.open()->record(f.entry(runId, RunStatus::Running));
    const pid_t child = ::fork();
    if (child == 0) {
        leave(traces, f.workspace.path());
        ::raise(SIGKILL);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    f.open()->settleInterrupted();
    QCOMPARE(f.statusOf(runId), QStringLiteral("interrupted"));
    QCOMPARE(f.workspace.read(QStringLiteral("a.txt")), QByteArray("alpha\n"));
    QVERIFY2(f.logged().contains("HISTORY Run aaaaaaaaaaaa"), f.logged().constData());
    const qsizetype lines = f.log.size();
    f.open()->settleInterrupted(); // there is nothing left to settle
    QCOMPARE(f.log.size(), lines);
}

void TestRunHistory::forgedReportChangesNoOtherRun()
{
    Fixture f;
    f.open()->record(f.entry(QStringLiteral("other"), RunStatus::Ok));
    f.open()->record(f.entry(runId, RunStatus::Running));
    QVERIFY(f.workspace.write(QStringLiteral(".patchpanel/history/%1/report.json").arg(runId),
                              "{\"runId\":\"other\",\"status\":\"failed\",\"workspace\":\"/elsewhere\"}"));
    f.open()->settleInterrupted();
    QCOMPARE(f.statusOf(QStringLiteral("other")), QStringLiteral("ok"));
    QCOMPARE(f.statusOf(runId), QStringLiteral("failed"));
    QCOMPARE((*f.open()->find(runId))->workspace, f.workspace.path());
}

void TestRunHistory::runInProgressIsLeftAlone()
{
    Fixture f;
    f.open()->record(f.entry(runId, RunStatus::Running));
    const auto hold = Storage::LocalLock().acquire(f.workspace.path(), QStringLiteral("the run itself"));
    QVERIFY(hold.ok());
    f.open()->settleInterrupted();
    QCOMPARE(f.statusOf(runId), QStringLiteral("running"));
    QCOMPARE(f.log.size(), 0);
}

void TestRunHistory::workspaceThatIsGone()
{
    Fixture f;
    HistoryEntry entry = f.entry(runId, RunStatus::Running);
    entry.workspace = f.workspace.absolute(QStringLiteral("gone"));
    f.open()->record(entry);
    f.open()->settleInterrupted();
    QCOMPARE(f.statusOf(runId), QStringLiteral("interrupted"));
    const Storage::RunReport report = f.open()->reportOf(entry);
    QVERIFY(report.markdown.isEmpty());
    QCOMPARE(RunHistory::resultOf(entry, report)[QStringLiteral("runId")].toString(), runId);
}

void TestRunHistory::undoSlotsOfASettledRunCount()
{
    Fixture f;
    f.open()->record(f.entry(runId, RunStatus::Running));
    leave(Traces::Report, f.workspace.path());
    QVERIFY(f.workspace.write(QStringLiteral(".patchpanel/history/%1/undo/slot/0").arg(runId), QByteArray(100, 'u')));
    f.open()->settleInterrupted();
    QCOMPARE((*f.open()->find(runId))->undoBytes, 100);
}

void TestRunHistory::damageIsToldOfInTheLog()
{
    Fixture f;
    f.open()->record(f.entry(runId, RunStatus::Ok));
    const auto history = f.open();
    QVERIFY(f.state.write(QStringLiteral("history.sqlite"), "no database, but text that is longer than nothing"));
    QVERIFY(history->list({}).ok());
    QVERIFY2(f.logged().contains("HISTORY The history was damaged"), f.logged().constData());
}

void TestRunHistory::pruningTakesTheUndoSlotsToo()
{
    Fixture f;
    const auto history = f.open({.runs = 1});
    const QString old = QStringLiteral(".patchpanel/history/old/undo/slot/0");
    const QString young = QStringLiteral(".patchpanel/history/young/undo/slot/0");
    QVERIFY(f.workspace.write(old, "x") && f.workspace.write(young, "y"));
    history->record(f.entry(QStringLiteral("old"), RunStatus::Ok, 1));
    history->record(f.entry(QStringLiteral("young"), RunStatus::Ok, 2));
    history->prune();
    QCOMPARE(f.statusOf(QStringLiteral("old")), QStringLiteral("none"));
    QCOMPARE(f.statusOf(QStringLiteral("young")), QStringLiteral("ok"));
    QVERIFY(!f.workspace.exists(QStringLiteral(".patchpanel/history/old")));
    QVERIFY(f.workspace.exists(young));
    QVERIFY2(f.logged().contains("Run old of"), f.logged().constData());
}

void TestRunHistory::pruningLeavesAWorkspaceInUse()
{
    Fixture f;
    const auto history = f.open({.runs = 0});
    QVERIFY(f.workspace.write(QStringLiteral(".patchpanel/history/old/report.md"), "x"));
    history->record(f.entry(QStringLiteral("old"), RunStatus::Ok));
    {
        const auto hold = Storage::LocalLock().acquire(f.workspace.path(), QStringLiteral("a run"));
        history->prune();
        QCOMPARE(f.statusOf(QStringLiteral("old")), QStringLiteral("ok"));
    }
    history->prune();
    QCOMPARE(f.statusOf(QStringLiteral("old")), QStringLiteral("none"));
}

void TestRunHistory::pruningNeverLeavesTheHistory()
{
    Fixture f;
    QVERIFY(f.workspace.write(QStringLiteral("victim/file"), "mine"));
    QVERIFY(f.workspace.write(QStringLiteral(".patchpanel/history/x/report.json"), "{}"));
    const auto history = f.open({.runs = 0});
    history->record(f.entry(QStringLiteral("../../victim"), RunStatus::Ok));
    history->record(f.entry(QStringLiteral(".."), RunStatus::Ok));
    history->prune();
    QVERIFY(f.workspace.exists(QStringLiteral("victim/file")));
    QVERIFY(f.workspace.exists(QStringLiteral(".patchpanel/history/x/report.json")));
}

void TestRunHistory::readsWhatTheWorkspaceKept()
{
    Fixture f;
    const HistoryEntry entry = f.entry(runId, RunStatus::Ok);
    const QString folder = QStringLiteral(".patchpanel/history/%1/").arg(runId);
    QVERIFY(f.workspace.write(folder + QStringLiteral("report.md"), "# Report\n"));
    QVERIFY(f.workspace.write(folder + QStringLiteral("report.json"), "{\"runId\":\"x\",\"message\":\"whole\"}"));
    const Storage::RunReport report = f.open()->reportOf(entry);
    QCOMPARE(report.markdown, QByteArray("# Report\n"));
    QCOMPARE(RunHistory::resultOf(entry, report)[QStringLiteral("message")].toString(), QStringLiteral("whole"));
}

void TestRunHistory::keepsTheReportThatTheWorkspaceHasNot()
{
    Fixture f;
    const HistoryEntry entry = f.entry(runId, RunStatus::Noop);
    f.open()->record(entry, {.report = {.json = "{\"message\":\"kept\"}", .markdown = "# Kept\n"}});
    const Storage::RunReport report = f.open()->reportOf(entry);
    QCOMPARE(report.markdown, QByteArray("# Kept\n"));
    QCOMPARE(RunHistory::resultOf(entry, report)[QStringLiteral("message")].toString(), QStringLiteral("kept"));
}

QTEST_GUILESS_MAIN(TestRunHistory)
#include "tst_runhistory.moc"
