#include "app/commands/historytable.h"

#include <QDateTime>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;
using PatchPanel::Storage::HistoryEntry;

namespace {

HistoryEntry someRun(const QString &id, RunStatus status = RunStatus::Ok)
{
    HistoryEntry run;
    run.runId = id;
    run.status = status;
    run.taskFile = QStringLiteral("tasks/") + id + QStringLiteral(".json");
    run.workspace = QStringLiteral("/work/") + id;
    run.startedMs = QDateTime(QDate(2026, 11, 24), QTime(12, 0)).toMSecsSinceEpoch();
    run.durationMs = 1234;
    run.created = 1;
    run.moved = 1;
    return run;
}

const QList<HistoryEntry> runs{someRun(QStringLiteral("r1")), someRun(QStringLiteral("longer"), RunStatus::Failed)};

} // namespace

class TestHistoryTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ofOneWorkspace();
    void ofAllWorkspaces();
    void cannotControlATerminal();
};

void TestHistoryTable::ofOneWorkspace()
{
    QCOMPARE(historyTable(runs, TableScope::OneWorkspace, Ansi::Plain),
             QByteArray("WHEN                 STATUS    RUN     CHANGES   TIME  TASK\n"
                        "2026-11-24 12:00:00  ✓ ok      r1            2  1.2 s  tasks/r1.json\n"
                        "2026-11-24 12:00:00  ✗ failed  longer        2  1.2 s  tasks/longer.json\n"));
    QVERIFY(historyTable(runs, TableScope::OneWorkspace, Ansi::Colored).contains("\033[31m✗ failed\033[0m"));
}

void TestHistoryTable::ofAllWorkspaces()
{
    QCOMPARE(historyTable(runs, TableScope::AllWorkspaces, Ansi::Plain),
             QByteArray("WHEN                 STATUS    RUN     CHANGES   TIME  WORKSPACE     TASK\n"
                        "2026-11-24 12:00:00  ✓ ok      r1            2  1.2 s  /work/r1      tasks/r1.json\n"
                        "2026-11-24 12:00:00  ✗ failed  longer        2  1.2 s  /work/longer  tasks/longer.json\n"));
}

void TestHistoryTable::cannotControlATerminal()
{
    HistoryEntry run = someRun(QStringLiteral("r1"));
    run.taskFile = QStringLiteral("a\033[2Jb");
    run.workspace = QStringLiteral("/w\033[2J");
    QVERIFY(!historyTable({run}, TableScope::AllWorkspaces, Ansi::Plain).contains('\033'));
}

QTEST_GUILESS_MAIN(TestHistoryTable)
#include "tst_historytable.moc"
