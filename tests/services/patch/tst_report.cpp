#include "services/common/ids.h"
#include "services/patch/patchrun.h"

#include <QJsonArray>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;

namespace {

FileState state(const QByteArray &contents, int mode = 0644)
{
    FileState file;
    file.contents = Blob(contents);
    file.mode = mode;
    return file;
}

RunResult sample()
{
    RunResult result;
    result.runId = QStringLiteral("cafe00000001");
    result.status = RunStatus::Ok;
    result.runner = QStringLiteral("runner-1");
    result.workspace = QStringLiteral("/w");
    result.startedMs = 1'753'104'600'000;
    result.durationMs = 42;
    result.message = QStringLiteral("1 created; 2 commands run; committed 12345678.");
    result.task.version = QStringLiteral("3.1.0");
    result.task.phase = QStringLiteral("P3.03");
    result.task.title = QStringLiteral("Inter-service Communication");
    result.task.file = QStringLiteral("tasks/test.json");
    result.task.dialect = QStringLiteral("native");
    result.task.sha256 = sha256Hex("task");
    result.task.nextSteps = {QStringLiteral("Load balancing")};
    result.planId = QStringLiteral("0123456789abcdef");

    Change created;
    created.kind = ChangeKind::Create;
    created.path = QStringLiteral("services/relay/index.js");
    created.after = state("relay\n");
    created.added = 1;
    created.purpose = QStringLiteral("Relay microservice");
    Change moved;
    moved.kind = ChangeKind::Move;
    moved.from = QStringLiteral("a.txt");
    moved.path = QStringLiteral("b.txt");
    moved.before = state("x\n");
    moved.after = state("x\n", 0755);
    moved.notes = {QStringLiteral("hunk 2 applied 12 lines below its stated place")};
    result.changes = {created, moved};

    GateReport build{Gate{Phase::Build, QStringLiteral("make")}};
    build.state = StepState::Passed;
    build.exitCode = 0;
    build.durationMs = 7;
    build.output = "built ```odd``` output\n";
    GateReport validate{Gate{Phase::Validate, QStringLiteral("check")}};
    validate.state = StepState::Passed;
    validate.exitCode = 0;
    result.gates = {build, validate};
    result.step(Phase::Mutate) = Step{Phase::Mutate, StepState::Passed, 3, QStringLiteral("1 created")};
    result.checks = {
        {QStringLiteral("Validation Gates"), StepState::Passed, {QStringLiteral("2 commands passed")}},
        {QStringLiteral("Runtime Audit"), StepState::None, {QStringLiteral("Not checked: no command ran")}},
        {QStringLiteral("Service Uptime"), StepState::None, {QStringLiteral("Not checked")}},
        {QStringLiteral("Mutation Proof"),
         StepState::Passed,
         {QStringLiteral("2 read back"), QStringLiteral("all equal; also the modes")}},
        {QStringLiteral("Dry Run Check"), StepState::Passed, {QStringLiteral("planned in memory")}}};
    result.commit.state = QStringLiteral("committed");
    result.commit.id = QStringLiteral("1234567890");
    result.commit.branch = QStringLiteral("main");
    result.commit.message = QStringLiteral("[P3.03] relay live");
    return result;
}

QList<QByteArray> headings(const QByteArray &report, const QByteArray &prefix)
{
    QList<QByteArray> found;
    for (const QByteArray &line : report.split('\n')) {
        if (line.startsWith(prefix)) {
            found.append(line);
        }
    }
    return found;
}

} // namespace

class TestReport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hasTheSections();
    void tellsTheFacts();
    void statusLine_data();
    void statusLine();
    void titleWithoutParts_data();
    void titleWithoutParts();
    void takenBackChangesAreNotClaimed_data();
    void takenBackChangesAreNotClaimed();
    void textCannotBreakTheForm();
    void controlCharactersAreShown();
    void emptyRunSaysSo();
    void jsonHoldsEverything();
};

void TestReport::hasTheSections()
{
    const QByteArray report = reportMarkdown(sample());
    QCOMPARE(headings(report, "# "), QList<QByteArray>{"# Patch v3.1.0(P3.03) - Inter-service Communication"});
    QCOMPARE(headings(report, "## "),
             (QList<QByteArray>{"## Summary", "## Mutations Applied", "## Post-Mutation Build Results",
                                "## Validation Results", "## Runtime Validation", "## Technical Implementation",
                                "## Next Steps", "## Commit Message"}));
    QCOMPARE(headings(report, "**"),
             (QList<QByteArray>{"**Status**: ✅ SUCCESS  ", "**Phase**: P3.03  ", "**Date**: 2025-07-21T13:30:00.000Z  ",
                                "**Validation Gates**: ✅ Passed  ", "**Runtime Audit**: ➖ Not checked  ",
                                "**Service Uptime**: ➖ Not checked  ", "**Mutation Proof**: ✅ Passed  ",
                                "**Dry Run Check**: ✅ Passed  "}));
}

void TestReport::tellsTheFacts()
{
    const QByteArray report = reportMarkdown(sample());
    QVERIFY(report.contains(
        "### 1. Created `services/relay/index.js`\n- **Purpose**: Relay microservice\n- **Lines**: +1 −0\n"
        "- **SHA-256**: before absent, after "
        + sha256Hex("relay\n")));
    QVERIFY(report.contains("### 2. Moved `a.txt` to `b.txt`\n"));
    QVERIFY(report.contains("- **Mode**: 0644 to 0755\n"));
    QVERIFY(report.contains("- hunk 2 applied 12 lines below its stated place\n"));
    QVERIFY(report.contains("### ✅ Build\n```bash\nmake\n```\n- **Result**: Passed in 7 ms, exit code 0\n"));
    QVERIFY(report.contains("- **Output**: none\n"));
    QVERIFY(report.contains("- 2 read back\n- all equal; also the modes\n"));
    QVERIFY(report.contains("- **Run**: cafe00000001 on runner runner-1\n"));
    QVERIFY(report.contains("2. Mutations: passed in 3 ms (1 created)\n"));
    QVERIFY(report.contains("- Load balancing\n"));
    QVERIFY(report.contains("```\n[P3.03] relay live\n```\nCommitted as 1234567890 on `main`.\n"));
}

void TestReport::statusLine_data()
{
    QTest::addColumn<RunStatus>("status");
    QTest::addColumn<bool>("dryRun");
    QTest::addColumn<QByteArray>("line");

    QTest::newRow("noop") << RunStatus::Noop << false << QByteArray("✅ SUCCESS (noop)");
    QTest::newRow("failed") << RunStatus::Failed << false << QByteArray("❌ FAILED (failed)");
    QTest::newRow("conflict") << RunStatus::Conflict << false << QByteArray("❌ FAILED (conflict)");
    QTest::newRow("not committed") << RunStatus::AppliedNotCommitted << false
                                   << QByteArray("⚠️ APPLIED, NOT COMMITTED");
    QTest::newRow("dry run") << RunStatus::Ok << true << QByteArray("➖ DRY RUN (ok)");
    QTest::newRow("dry run of a conflict") << RunStatus::Conflict << true << QByteArray("❌ FAILED (conflict)");
}

void TestReport::statusLine()
{
    QFETCH(RunStatus, status);
    QFETCH(bool, dryRun);
    QFETCH(QByteArray, line);
    RunResult result = sample();
    result.status = status;
    result.dryRun = dryRun;
    QVERIFY(reportMarkdown(result).contains("**Status**: " + line + "  \n"));
}

void TestReport::titleWithoutParts_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<QString>("phase");
    QTest::addColumn<QByteArray>("title");

    QTest::newRow("neither") << QString() << QString() << QByteArray("# Patch - Inter-service Communication\n");
    QTest::newRow("version") << QStringLiteral("v2") << QString()
                             << QByteArray("# Patch v2 - Inter-service Communication\n");
    QTest::newRow("phase") << QString() << QStringLiteral("P1")
                           << QByteArray("# Patch (P1) - Inter-service Communication\n");
}

void TestReport::titleWithoutParts()
{
    QFETCH(QString, version);
    QFETCH(QString, phase);
    QFETCH(QByteArray, title);
    RunResult result = sample();
    result.task.version = version;
    result.task.phase = phase;
    QVERIFY(reportMarkdown(result).startsWith(title));
}

void TestReport::takenBackChangesAreNotClaimed_data()
{
    QTest::addColumn<RunStatus>("status");
    QTest::addColumn<StepState>("mutate");
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("failed gate") << RunStatus::Failed << StepState::Passed
                                 << QByteArray("Applied, then taken back: every path");
    QTest::newRow("cancelled") << RunStatus::Cancelled << StepState::Passed
                               << QByteArray("Applied, then taken back: every path");
    QTest::newRow("not reached") << RunStatus::Failed << StepState::NotReached
                                 << QByteArray("Planned, but not applied");
    QTest::newRow("rollback failed") << RunStatus::RollbackFailed << StepState::Passed
                                     << QByteArray("taken back as far as that was possible");
}

void TestReport::takenBackChangesAreNotClaimed()
{
    QFETCH(RunStatus, status);
    QFETCH(StepState, mutate);
    QFETCH(QByteArray, text);
    RunResult result = sample();
    QVERIFY(!reportMarkdown(result).contains(text));
    result.status = status;
    result.step(Phase::Mutate).state = mutate;
    QVERIFY(reportMarkdown(result).contains(text));
}

void TestReport::textCannotBreakTheForm()
{
    RunResult result = sample();
    result.task.title = QStringLiteral("One\n## Two");
    result.changes[0].path = QStringLiteral("odd`name");
    result.commit.message = QStringLiteral("```\n# not a heading");
    const QByteArray report = reportMarkdown(result);
    QVERIFY(report.startsWith("# Patch v3.1.0(P3.03) - One ## Two\n"));
    QVERIFY(report.contains("### 1. Created `` odd`name ``\n"));
    QVERIFY(report.contains("````\n```\n# not a heading\n````\n"));
    QVERIFY(report.contains("  ````\n  built ```odd``` output\n  ````\n"));
}

void TestReport::controlCharactersAreShown()
{
    RunResult result = sample();
    result.gates[0].output = QByteArray("a\033[31mred\0b\377", 10);
    const QByteArray report = reportMarkdown(result);
    QVERIFY(!report.contains('\033') && !report.contains('\0'));
    QVERIFY(QString::fromUtf8(report).contains(QStringLiteral("a\uFFFD[31mred")));
}

void TestReport::emptyRunSaysSo()
{
    const QByteArray report = reportMarkdown(RunResult{});
    QVERIFY(report.contains("## Mutations Applied\n\nNone.\n"));
    QCOMPARE(report.count("Not checked: the task has no such commands."), 2);
    QVERIFY(report.contains("## Next Steps\nNone named.\n"));
    QVERIFY(report.contains("Not committed.\n"));
    QVERIFY(report.contains("**Mutation Proof**: ➖ Not checked  \n"));
    QVERIFY(!report.contains("✅"));
}

void TestReport::jsonHoldsEverything()
{
    RunResult result = sample();
    result.error = Error{ErrorCode::GateFailed, QStringLiteral("It failed.")};
    const QJsonObject json = result.toJson();
    const QStringList keys{QStringLiteral("alreadyApplied"), QStringLiteral("changes"),   QStringLiteral("checks"),
                           QStringLiteral("commit"),         QStringLiteral("dryRun"),    QStringLiteral("durationMs"),
                           QStringLiteral("error"),          QStringLiteral("gates"),     QStringLiteral("machine"),
                           QStringLiteral("message"),        QStringLiteral("planId"),    QStringLiteral("report"),
                           QStringLiteral("runId"),          QStringLiteral("runner"),    QStringLiteral("sandbox"),
                           QStringLiteral("sideEffects"),    QStringLiteral("startedAt"), QStringLiteral("status"),
                           QStringLiteral("steps"),          QStringLiteral("task"),      QStringLiteral("validatedIn"),
                           QStringLiteral("warnings"),       QStringLiteral("workspace")};
    QCOMPARE(json.keys(), keys);
    QCOMPARE(json[QStringLiteral("startedAt")].toString(), QStringLiteral("2025-07-21T13:30:00.000Z"));
    QCOMPARE(json[QStringLiteral("steps")].toArray().size(), 6);
    const QJsonObject gate = json[QStringLiteral("gates")].toArray().first().toObject();
    QCOMPARE(gate[QStringLiteral("phase")].toString(), QStringLiteral("build"));
    QCOMPARE(gate[QStringLiteral("timeoutMs")].toInteger(), 600'000);
    QCOMPARE(gate[QStringLiteral("state")].toString(), QStringLiteral("passed"));
    QCOMPARE(json[QStringLiteral("commit")].toObject()[QStringLiteral("branch")].toString(), QStringLiteral("main"));
    QCOMPARE(json[QStringLiteral("task")].toObject()[QStringLiteral("file")].toString(),
             QStringLiteral("tasks/test.json"));
    QVERIFY(!json[QStringLiteral("changes")].toArray().first().toObject().contains(QStringLiteral("diff")));
    result.dryRun = true;
    QVERIFY(result.toJson()[QStringLiteral("changes")].toArray().first().toObject().contains(QStringLiteral("diff")));
}

QTEST_APPLESS_MAIN(TestReport)
#include "tst_report.moc"
