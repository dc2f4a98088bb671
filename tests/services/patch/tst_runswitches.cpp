#include "services/patch/patchrun.h"
#include "services/patch/taskreader.h"
#include "tests/support/gitworkspace.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::GitWorkspace;

namespace {

const QString runId = QStringLiteral("cafe00000002");

struct Fixture {
    GitWorkspace workspace;
    Log::Store store;
    RunOptions options;

    Fixture()
    {
        workspace.write(QStringLiteral("a.txt"), "alpha\n");
        workspace.commitAll();
        options.runId = runId;
    }

    RunResult run(const QByteArray &text)
    {
        const Result<Task> task = readTask(text, QStringLiteral("t.json"), workspace.path());
        Q_ASSERT_X(task, "readTask", qPrintable(task ? QString() : task.error().toString()));
        return runTask(*task, workspace.path(), options, Log::Writer(store, "runner-1", runId.toUtf8()), {}, {});
    }

    bool logged(const QByteArray &text) const
    {
        for (qsizetype i = 0; i < store.size(); ++i) {
            if (store.at(i).text.contains(text)) {
                return true;
            }
        }
        return false;
    }
};

// Each of its commands would fail, and leave a trace.
const QByteArray gated = R"({"id": "t", "title": "T", "requireMutationProof": true,
    "mutations": [{"op": "create", "path": "made.txt", "contents": "made\n"}],
    "pre": ["touch ran-pre; false"], "build": ["touch ran-build; false"], "validate": ["touch ran-validate; false"],
    "test": ["touch ran-test; false"], "git": {"commit": "Made"}})";

const QByteArray gatesOnly = R"({"id": "g", "title": "G", "validate": ["touch ran-validate"]})";

QString states(const RunResult &result)
{
    QStringList words;
    for (const Step &step : result.steps) {
        words.append(toString(step.state));
    }
    return words.join(u' ');
}

const Check &check(const RunResult &result, const QString &name)
{
    return *std::find_if(result.checks.begin(), result.checks.end(), [&](const Check &c) { return c.name == name; });
}

} // namespace

// Runs whose gates or commit were switched off: less is done, and nothing looks more proved than it is.
class TestRunSwitches : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void withoutGatesNoCommandRuns_data();
    void withoutGatesNoCommandRuns();
    void withoutGatesTheReportSaysSo();
    void withoutGatesTheDryRunSaysSo();
    void withoutGatesACommandsOnlyTaskDoesNothing();
    void withoutCommitTheRepositoryStays();
    void switchesThatTheTaskDoesNotNeed();
};

void TestRunSwitches::withoutGatesNoCommandRuns_data()
{
    QTest::addColumn<ValidatePlace>("place");
    QTest::newRow("in the workspace") << ValidatePlace::Workspace;
    QTest::newRow("in a copy") << ValidatePlace::Scratch;
}

void TestRunSwitches::withoutGatesNoCommandRuns()
{
    QFETCH(ValidatePlace, place);
    Fixture f;
    f.options.runGates = false;
    f.options.validateIn = place;
    const RunResult result = f.run(gated);
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QCOMPARE(states(result), QStringLiteral("skipped passed skipped skipped skipped passed"));
    QCOMPARE(f.workspace.read(QStringLiteral("made.txt")), QByteArray("made\n"));
    for (const char *trace : {"ran-pre", "ran-build", "ran-validate", "ran-test"}) {
        QVERIFY2(!f.workspace.exists(QLatin1String(trace)), trace);
    }
    QCOMPARE(f.workspace.git({QStringLiteral("log"), QStringLiteral("-1"), QStringLiteral("--format=%s")}),
             QByteArray("Made")); // that was not switched off
}

void TestRunSwitches::withoutGatesTheReportSaysSo()
{
    Fixture f;
    f.options.runGates = false;
    const RunResult result = f.run(gated);
    QVERIFY2(result.message.contains(QStringLiteral("4 commands skipped, as gates were off")),
             qPrintable(result.message));
    QCOMPARE(result.warnings.size(), 1);
    QVERIFY2(result.warnings.first().startsWith(QStringLiteral("Gates are off for this run: 4 commands skipped")),
             qPrintable(result.warnings.first()));
    QVERIFY(f.logged("Gates are off for this run: 4 commands skipped"));
    QCOMPARE(toString(check(result, QStringLiteral("Validation Gates")).state), toString(StepState::None));
    QCOMPARE(check(result, QStringLiteral("Validation Gates")).evidenceText(),
             QStringLiteral("Not checked: 4 commands were not run, as gates were off"));
    QCOMPARE(toString(check(result, QStringLiteral("Runtime Audit")).state), toString(StepState::None));
    QCOMPARE(toString(check(result, QStringLiteral("Mutation Proof")).state), toString(StepState::Passed));
    const QJsonArray gates = result.toJson()[QStringLiteral("gates")].toArray();
    QCOMPARE(gates.size(), 4);
    for (const QJsonValue &gate : gates) {
        QCOMPARE(gate[QStringLiteral("state")].toString(), QStringLiteral("skipped"));
        QCOMPARE(gate[QStringLiteral("note")].toString(), QStringLiteral("gates are off for this run"));
    }
    const QByteArray report = reportMarkdown(result);
    QVERIFY(report.contains("**Status**: ⚠️ APPLIED, GATES SKIPPED"));
    QVERIFY(!report.contains("SUCCESS"));
    QVERIFY(report.contains("- **Result**: Skipped (gates are off for this run)"));
    QVERIFY(report.contains("**Validation Gates**: ➖ Not checked"));
}

void TestRunSwitches::withoutGatesTheDryRunSaysSo()
{
    Fixture f;
    f.options.runGates = false;
    f.options.dryRun = true;
    const RunResult result = f.run(gated);
    QVERIFY(result.status == RunStatus::Ok);
    QCOMPARE(states(result), QStringLiteral("skipped wouldRun skipped skipped skipped wouldRun"));
    QVERIFY2(result.message.contains(QStringLiteral("4 commands would be skipped, as gates are off")),
             qPrintable(result.message));
    QCOMPARE(result.warnings.size(), 1);
}

void TestRunSwitches::withoutGatesACommandsOnlyTaskDoesNothing()
{
    Fixture f;
    f.options.runGates = false;
    const RunResult result = f.run(gatesOnly);
    QVERIFY2(result.status == RunStatus::Noop, qPrintable(result.message));
    QCOMPARE(result.message,
             QStringLiteral("Nothing was done: the task changes no file, and its commands were skipped."));
    QCOMPARE(states(result), QStringLiteral("none none none skipped none none"));
    QVERIFY(!f.workspace.exists(QStringLiteral("ran-validate")));
}

void TestRunSwitches::withoutCommitTheRepositoryStays()
{
    Fixture f;
    f.options.commit = false;
    const QByteArray head = f.workspace.git({QStringLiteral("rev-parse"), QStringLiteral("HEAD")});
    const RunResult result = f.run(R"({"id": "t", "title": "T",
        "mutations": [{"op": "create", "path": "made.txt", "contents": "made\n"}],
        "validate": ["test -f made.txt"], "git": {"commit": "Made"}})");
    QVERIFY2(result.status == RunStatus::Ok, qPrintable(result.message));
    QCOMPARE(f.workspace.git({QStringLiteral("rev-parse"), QStringLiteral("HEAD")}), head);
    QVERIFY(f.workspace.exists(QStringLiteral("made.txt")));
    QCOMPARE(states(result), QStringLiteral("none passed none passed none skipped"));
    QCOMPARE(result.commit.state, QStringLiteral("none"));
    QVERIFY2(result.message.endsWith(QStringLiteral("; not committed, as commits are off.")),
             qPrintable(result.message));
    QVERIFY(reportMarkdown(result).contains("Not committed.\nCommits are off for this run."));
    QVERIFY(reportMarkdown(result).contains("SUCCESS")); // its gates have run
}

void TestRunSwitches::switchesThatTheTaskDoesNotNeed()
{
    Fixture f;
    f.options.runGates = false;
    f.options.commit = false;
    const RunResult result =
        f.run(R"({"id": "t", "title": "T", "mutations": [{"op": "create", "path": "made.txt", "contents": ""}]})");
    QVERIFY(result.status == RunStatus::Ok);
    QCOMPARE(states(result), QStringLiteral("none passed none none none none"));
    QVERIFY(result.warnings.isEmpty());
    QVERIFY(reportMarkdown(result).contains("✅ SUCCESS"));
}

QTEST_GUILESS_MAIN(TestRunSwitches)
#include "tst_runswitches.moc"
