#include "app/pastruns.h"
#include "tests/support/tempworkspace.h"

#include <QDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;
using PatchPanel::Storage::HistoryEntry;
using PatchPanel::Test::TempWorkspace;

namespace {

HistoryEntry run(const char *id, const char *report = "report.md")
{
    HistoryEntry entry;
    entry.runId = QString::fromLatin1(id);
    entry.reportPath = QString::fromLatin1(report);
    return entry;
}

QList<HistoryEntry> someRuns()
{
    return {run("1f5500", ""), run("1f3a00"), run("1f9b00"), run("1f")};
}

QString found(const Result<HistoryEntry> &run)
{
    return run ? run->runId : run.error().toString();
}

bool addReport(const TempWorkspace &workspace, const QString &id, const char *startedAt)
{
    return workspace.write(QStringLiteral(".patchpanel/history/%1/report.json").arg(id),
                           "{\"runId\":\"" + id.toUtf8() + "\",\"status\":\"ok\",\"report\":\"x\",\"startedAt\":\""
                               + startedAt + "\"}");
}

} // namespace

class TestPastRuns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void byName_data();
    void byName();
    void ofTheHistoryAndOfTheWorkspace();
    void aWorkspaceThatIsGone();
    void aHistoryThatCannotBeUsed();
    void whatLeftNothingCannotBeRolledBack();
};

void TestPastRuns::byName_data()
{
    QTest::addColumn<QList<HistoryEntry>>("runs");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("id");
    const auto row = [](const char *situation, const QList<HistoryEntry> &runs, const char *name, const char *id) {
        QTest::newRow(situation) << runs << QString::fromLatin1(name) << QString::fromUtf8(id);
    };
    row("the whole id", someRuns(), "1f3a00", "1f3a00");
    row("a beginning that is unique", someRuns(), "1f9", "1f9b00");
    row("an id that others begin with", someRuns(), "1f", "1f");
    row("the newest with a report", someRuns(), "last", "1f3a00");
    row("an unknown one", someRuns(), "2", "no run is called \"2\" (the newest ones are 1f5500, 1f3a00, 1f9b00, 1f)");
    row("a beginning of two", {run("ab1"), run("ab2")}, "ab", "2 runs begin with \"ab\" (they are ab1, ab2)");
    row("nothing ran", {}, "last", "no run has left a report here (name the workspace of the run with --workspace)");
    row("nothing left a report", {run("ab1", "")}, "last",
        "no run has left a report here (name the workspace of the run with --workspace)");
}

void TestPastRuns::byName()
{
    QFETCH(QList<HistoryEntry>, runs);
    QFETCH(QString, name);
    QTEST(found(findPastRun(runs, name)), "id");
}

void TestPastRuns::ofTheHistoryAndOfTheWorkspace()
{
    const TempWorkspace profile;
    const TempWorkspace workspace;
    Options options;
    options.profile = profile.path();
    options.workspace = workspace.path();
    HistoryEntry elsewhere = run("bb1");
    elsewhere.workspace = QStringLiteral("/elsewhere");
    HistoryEntry here = run("aa1");
    here.workspace = workspace.path();
    here.startedMs = 1;
    const auto history = Storage::History::open(profile.path()).value();
    QVERIFY(history->record(elsewhere) && history->record(here));
    QVERIFY(addReport(workspace, QStringLiteral("cc1"), "2026-11-24T12:00:00.000Z"));
    QVERIFY(addReport(workspace, QStringLiteral("cc0"), "2026-11-23T12:00:00.000Z"));
    const auto named = [&options](const char *name) {
        options.files = {QString::fromLatin1(name)};
        return found(pastRunFor(options));
    };
    QCOMPARE(named("aa"), QStringLiteral("aa1"));
    QCOMPARE(named("cc0"), QStringLiteral("cc0"));
    QCOMPARE(named("last"), QStringLiteral("cc1"));
    QVERIFY(named("bb1").contains(QStringLiteral("no run is called")));
    options.workspace.clear();
    QCOMPARE(named("bb1"), QStringLiteral("bb1"));
}

void TestPastRuns::aWorkspaceThatIsGone()
{
    const TempWorkspace parent;
    Options options;
    QCOMPARE(namedWorkspace(options), QString());
    options.workspace = parent.absolute(QStringLiteral("there/../gone"));
    QCOMPARE(namedWorkspace(options), QDir(parent.path()).filePath(QStringLiteral("gone")));
    options.workspace = parent.path() + QStringLiteral("/.");
    QCOMPARE(namedWorkspace(options), QFileInfo(parent.path()).canonicalFilePath());
}

void TestPastRuns::aHistoryThatCannotBeUsed()
{
    const TempWorkspace workspace;
    QVERIFY(workspace.write(QStringLiteral("profile"), "a file in the way"));
    QVERIFY(addReport(workspace, QStringLiteral("cc1"), "2026-11-24T12:00:00.000Z"));
    Options options;
    options.profile = workspace.absolute(QStringLiteral("profile"));
    options.workspace = workspace.path();
    options.files = {QStringLiteral("last")};
    QCOMPARE(found(pastRunFor(options)), QStringLiteral("cc1"));
}

void TestPastRuns::whatLeftNothingCannotBeRolledBack()
{
    const auto ended = [](const char *id, RunStatus status, int modified = 0) {
        HistoryEntry entry = run(id);
        entry.status = status;
        entry.modified = modified;
        entry.taskFile = QStringLiteral("a.json");
        return entry;
    };
    HistoryEntry rollback = ended("e1", RunStatus::Ok, 1);
    rollback.rolledBackRun = QStringLiteral("c1");
    HistoryEntry elsewhere = ended("d1", RunStatus::Ok, 1);
    elsewhere.workspace = QStringLiteral("/elsewhere");
    const QList<HistoryEntry> runs{ended("g1", RunStatus::Noop),
                                   ended("f1", RunStatus::Failed, 2),
                                   rollback,
                                   elsewhere,
                                   ended("c1", RunStatus::Ok, 1),
                                   ended("b1", RunStatus::AppliedNotCommitted, 1)};
    for (const char *id : {"e1", "c1", "b1"}) { // of c1 the runner says that it is done already
        QVERIFY(checkCanBeRolledBack(*findPastRun(runs, QLatin1String(id)), runs).ok());
    }
    QVERIFY(checkCanBeRolledBack(ended("a1", RunStatus::RollbackFailed), runs).ok());
    QVERIFY(checkCanBeRolledBack(ended("a1", RunStatus::Interrupted), runs).ok());
    QCOMPARE(checkCanBeRolledBack(runs[0], runs).error().toString(),
             QStringLiteral("run g1 left nothing to take back: it ended as noop (the newest run that did is b1, of "
                            "a.json)"));
    QCOMPARE(
        checkCanBeRolledBack(runs[1], {runs[1]}).error().toString(),
        QStringLiteral("run f1 left nothing to take back: it ended as failed (no run that is known of this workspace "
                       "left anything)"));
}

QTEST_GUILESS_MAIN(TestPastRuns)
#include "tst_pastruns.moc"
