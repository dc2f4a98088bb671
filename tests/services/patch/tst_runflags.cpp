#include "services/patch/patchrun.h"
#include "services/patch/taskreader.h"
#include "tests/support/gitworkspace.h"
#include "tests/support/treesnapshot.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::treeSnapshot;

namespace {

const QString runId = QStringLiteral("cafe00000001");

struct Fixture {
    GitWorkspace workspace;
    Log::Store store;
    RunOptions options;
    QMap<QString, QByteArray> before;

    Fixture()
    {
        workspace.write(QStringLiteral("a.txt"), "alpha\n");
        workspace.commitAll();
        before = treeSnapshot(workspace.path());
        options.runId = runId;
    }

    // The members of a task, with one change unless they say otherwise.
    RunResult run(const QByteArray &members)
    {
        const QByteArray change = R"("mutations": [{"op": "create", "path": "made.txt", "contents": "made\n"}])";
        const QByteArray text = R"({"id": "t", "title": "T", )"
            + (members.contains("mutations") ? QByteArray() : change + ", ") + members + "}";
        const Result<Task> task = readTask(text, QStringLiteral("t.json"), workspace.path());
        Q_ASSERT_X(task, "readTask", qPrintable(task ? QString() : task.error().toString()));
        return runTask(*task, workspace.path(), options, Log::Writer(store, "runner-1", runId.toUtf8()), {}, {});
    }
};

const Check &check(const RunResult &result, const QString &name)
{
    return *std::find_if(result.checks.begin(), result.checks.end(), [&](const Check &c) { return c.name == name; });
}

} // namespace

// What task-format.md §3 promises of each flag: kept, broken, and not to be checked.
class TestRunFlags : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void promises_data();
    void promises();
    void runtimeTrace();
    void traceThatCannotBeKeptFails();
    void uptimeOfTheServicesThatCarryTheRun();
    void commitAfterAWarning_data();
    void commitAfterAWarning();
};

void TestRunFlags::promises_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QString>("status");
    QTest::addColumn<QString>("line"); // of the report
    QTest::addColumn<QString>("state");
    QTest::addColumn<QString>("evidence"); // a part of it

    const auto row = [](const char *name, const char *members, const char *status, const char *line, const char *state,
                        const char *evidence) {
        QTest::newRow(name) << QByteArray(members) << QString::fromUtf8(status) << QString::fromUtf8(line)
                            << QString::fromUtf8(state) << QString::fromUtf8(evidence);
    };
    row("dry run check: clean plan", R"("runDryCheck": true)", "ok", "Dry Run Check", "passed",
        "before anything was written");
    row("dry run check: no plan",
        R"("runDryCheck": true, "mutations": [{"op": "update", "path": "no", "contents": ""}])", "conflict",
        "Dry Run Check", "failed", "no");
    row("dry run check: also when it is off", R"("runDryCheck": false)", "ok", "Dry Run Check", "passed", "plan");

    row("validation gate: passes", R"("validate": ["true"])", "ok", "Validation Gates", "passed", "1 command passed");
    row("validation gate: fails", R"("validate": ["exit 3"])", "failed", "Validation Gates", "failed",
        "`exit 3` failed");
    row("validation gate: only warns", R"("validate": ["exit 3"], "enforceValidationGate": false)", "ok",
        "Validation Gates", "failed", "`exit 3` failed");
    row("validation gate: none", R"("enforceValidationGate": true)", "ok", "Validation Gates", "none", "Not checked");
    row("validation gate: not reached", R"("build": ["false"], "validate": ["true"])", "failed", "Validation Gates",
        "failed", "`false` failed");

    row("mutation proof: read back", R"("requireMutationProof": true)", "ok", "Mutation Proof", "passed", "SHA-256");
    row("mutation proof: no byte changes",
        R"("requireMutationProof": true, "mutations": [{"op": "create", "path": "x", "contents": "x"},
                                                       {"op": "delete", "path": "x"}])",
        "failed", "Mutation Proof", "failed", "changes no byte");
    row("mutation proof: nothing written", R"("requireMutationProof": true, "pre": ["false"])", "failed",
        "Mutation Proof", "none", "Not checked");

    row("service uptime: no service", R"("requireServiceUptime": true)", "ok", "Service Uptime", "none", "Not checked");
    row("service uptime: cannot be asked",
        R"("requireServiceUptime": true, "services": [{"name": "w", "url": "http://w/"}])", "failed", "Service Uptime",
        "none", "Not checked: http://w/");

    row("runtime audit: clean", R"("strictRuntimeAudit": true, "build": ["true"])", "ok", "Runtime Audit", "passed",
        "Nothing was found");
    row("runtime audit: stderr", R"("strictRuntimeAudit": true, "build": ["echo oops >&2"])", "failed", "Runtime Audit",
        "failed", "wrote to stderr");
    row("runtime audit: stderr is a note", R"("strictRuntimeAudit": false, "build": ["echo oops >&2"])", "ok",
        "Runtime Audit", "passed", "wrote to stderr");
    row("runtime audit: no command", R"("strictRuntimeAudit": true)", "ok", "Runtime Audit", "none", "Not checked");
    row("runtime trace: kept", R"("forceRuntimeTrace": true, "build": ["true"])", "ok", "Runtime Audit", "passed",
        "Traced with their whole output: 1 command");
}

void TestRunFlags::promises()
{
    QFETCH(QByteArray, members);
    QFETCH(QString, status);
    QFETCH(QString, line);
    QFETCH(QString, state);
    QFETCH(QString, evidence);
    Fixture f;
    const RunResult result = f.run(members);
    QVERIFY2(toString(result.status) == status, qPrintable(result.message));
    const Check &found = check(result, line);
    QVERIFY2(toString(found.state) == state, qPrintable(found.evidenceText()));
    QVERIFY2(found.evidenceText().contains(evidence), qPrintable(found.evidenceText()));
    QCOMPARE(f.workspace.exists(QStringLiteral("made.txt")), status == QLatin1String("ok"));
    if (status != QLatin1String("ok")) {
        QCOMPARE(treeSnapshot(f.workspace.path()), f.before);
    }
}

void TestRunFlags::runtimeTrace()
{
    Fixture f;
    const QByteArray members = R"("forceRuntimeTrace": true, "build": [{"run": "yes 0123456789 | head -c 200000",
                                   "env": {"DEPLOY_TOKEN": "hush", "CI": "1"}}], "validate": ["exit 7"])";
    const RunResult result = f.run(members);
    QCOMPARE(toString(result.status), QStringLiteral("failed"));
    const QJsonArray traces = result.toJson()[QStringLiteral("trace")].toArray();
    QCOMPARE(traces.size(), 2);
    const QJsonObject build = traces.first().toObject();
    QCOMPARE(build[QStringLiteral("argv")].toArray().last().toString(),
             QStringLiteral("yes 0123456789 | head -c 200000"));
    QCOMPARE(build[QStringLiteral("exitCode")].toInt(), 0);
    const QJsonObject set = build[QStringLiteral("environment")].toObject()[QStringLiteral("set")].toObject();
    QCOMPARE(set[QStringLiteral("DEPLOY_TOKEN")].toString(), QStringLiteral("***"));
    QCOMPARE(set[QStringLiteral("CI")].toString(), QStringLiteral("1"));
    QCOMPARE(set[QStringLiteral("PATCHPANEL_RUN")].toString(), runId);
    QCOMPARE(f.workspace.read(build[QStringLiteral("outputFile")].toString()).size(), 200'000);
    QCOMPARE(traces.last().toObject()[QStringLiteral("exitCode")].toInt(), 7);

    f.options.runId = QStringLiteral("cafe00000002");
    QVERIFY(!f.run(R"("build": ["true"])").toJson().contains(QStringLiteral("trace")));
}

void TestRunFlags::traceThatCannotBeKeptFails()
{
    Fixture f;
    f.workspace.write(QStringLiteral(".patchpanel/history/%1/gates").arg(runId), "in the way\n");
    QCOMPARE(toString(f.run(R"("build": ["true"])").status), QStringLiteral("ok"));
    QFile::remove(f.workspace.absolute(QStringLiteral("made.txt")));
    const RunResult traced = f.run(R"("forceRuntimeTrace": true, "build": ["true"])");
    QCOMPARE(toString(traced.status), QStringLiteral("failed"));
    QVERIFY(traced.message.contains(QStringLiteral("could not be kept")));
    QVERIFY(!f.workspace.exists(QStringLiteral("made.txt")));
}

void TestRunFlags::uptimeOfTheServicesThatCarryTheRun()
{
    Fixture f;
    f.options.runtimeNotes = {QStringLiteral("runner-1 answered"), QStringLiteral("registry answered")};
    const RunResult result = f.run(R"("requireServiceUptime": true)");
    const Check &uptime = check(result, QStringLiteral("Service Uptime"));
    QCOMPARE(toString(uptime.state), QStringLiteral("passed"));
    QCOMPARE(uptime.evidenceText(), QStringLiteral("runner-1 answered; registry answered"));
}

void TestRunFlags::commitAfterAWarning_data()
{
    QTest::addColumn<QByteArray>("block");
    QTest::addColumn<QString>("status");
    QTest::addColumn<QString>("commit");

    QTest::newRow("by default") << QByteArray() << QStringLiteral("appliedNotCommitted") << QStringLiteral("none");
    QTest::newRow("blocked") << QByteArray(R"(, "blockCommitOnError": true)") << QStringLiteral("appliedNotCommitted")
                             << QStringLiteral("none");
    QTest::newRow("not blocked") << QByteArray(R"(, "blockCommitOnError": false)") << QStringLiteral("ok")
                                 << QStringLiteral("committed");
}

void TestRunFlags::commitAfterAWarning()
{
    QFETCH(QByteArray, block);
    QFETCH(QString, status);
    QFETCH(QString, commit);
    Fixture f;
    const RunResult result =
        f.run(R"("validate": ["false"], "enforceValidationGate": false, "git": {"commit": "made"})" + block);
    QVERIFY2(toString(result.status) == status, qPrintable(result.message));
    QCOMPARE(result.commit.state, commit);
    QVERIFY2(!result.message.endsWith(QStringLiteral("..")), qPrintable(result.message));
    QVERIFY(f.workspace.exists(QStringLiteral("made.txt")));
}

QTEST_GUILESS_MAIN(TestRunFlags)
#include "tst_runflags.moc"
