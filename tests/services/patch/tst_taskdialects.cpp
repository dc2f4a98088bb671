#include "services/patch/taskreader.h"

#include <QJsonArray>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using namespace std::chrono_literals;

// Every form of a task that is in use: what it is told by, and what it is read as.
class TestTaskDialects : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void dialect_data();
    void dialect();
    void gateForms_data();
    void gateForms();
    void gateOrder();
    void regexNeedsBoth_data();
    void regexNeedsBoth();
    void patchAs_data();
    void patchAs();
    void wrapped_data();
    void wrapped();
    void outerWordsHaveNoEffect();
    void outerDisabledKeepsItFromRunning();
    void operationalTimeOut();
    void mailWithSeveralPatches();
    void diffDialects_data();
    void diffDialects();
};

namespace {

const QString root = QStringLiteral("/work/space");
const QByteArray hunk = "@@ -1 +1 @@\n-a\n+b\n";

TaskReading examine(const QByteArray &text)
{
    return examineTask(text, QStringLiteral("task"), root);
}

QString failureOf(const TaskReading &reading)
{
    return reading.ok() ? QString() : reading.error().toString();
}

QString gatesOf(const Task &task)
{
    QStringList gates;
    for (const Gate &gate : task.gates) {
        gates << toString(gate.phase) + u':' + gate.command;
    }
    return gates.join(u' ');
}

} // namespace

void TestTaskDialects::dialect_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<int>("ops");
    QTest::addColumn<QString>("gates");
    const auto row = [](const char *name, const QByteArray &text, const char *dialect, int ops, const char *gates) {
        QTest::newRow(name) << text << QString::fromLatin1(dialect) << ops << QString::fromLatin1(gates);
    };
    row("native", R"({"mutations": [{"path": "a", "contents": ""}], "pre": ["p"]})", "native", 1, "pre:p");
    for (const char *key : {"preMutationValidation", "preMutation", "preMutationBuild", "preCommit"}) {
        row(key, QByteArray("{\"mutations\": [], \"") + key + "\": \"p\"}", "block", 0, "pre:p");
    }
    row("block by its id", R"({"blockId": "b", "mutations": []})", "block", 0, "");
    row("block with a final step", R"({"mutations": [], "final": {"git": {"commit": "c"}}})", "block", 0, "");
    row("block with a summary file", R"({"mutations": [], "summaryFile": "s.md"})", "block", 0, "");
    row("block, after the mutations", R"({"mutations": [], "postMutationBuild": {"shell": ["b"]}, "testing": ["t"]})",
        "block", 0, "build:b test:t");
    row("regex", R"({"id": "r", "role": "x", "target_file": "a", "patch": {"pattern": "x", "replacement": "y"}})",
        "regex", 1, "");
    row("regex with commands", R"({"target_file": "a", "patch": {"pattern": "x", "replacement": ""}, "test": "t"})",
        "regex", 1, "test:t");
    row("text patch", R"({"target_file": "a", "patch": "@@ -1 +1 @@\n-a\n+b\n"})", "text patch", 1, "");
    row("envelope", R"({"patch": {"mutations": [{"path": "a", "contents": ""}], "pre": "p"}})", "envelope", 1, "pre:p");
    row("envelope by payload", R"({"payload": {"pre": "p"}})", "envelope", 0, "pre:p");
    row("envelope of a regex task",
        R"({"payload": {"target_file": "a", "patch": {"pattern": "x", "replacement": ""}}})", "envelope", 1, "");
    row("envelope of an operational task", R"({"payload": {"kind": "k", "execution": ["e"], "validation": ["v"]}})",
        "envelope", 0, "build:e validate:v");
    row("operational", R"({"patch": {"id": "o", "kind": "k", "preflight": ["p"], "execution": ["e"],
                           "validation": ["v"], "options": {"dryRun": false, "timeoutMs": 5}}})",
        "operational", 0, "pre:p build:e validate:v");
    row("operational, only executes", R"({"patch": {"id": "o", "execution": [{"run": "e"}]}})", "operational", 0,
        "build:e");
    row("gates only", R"({"validate": {"shell": ["v"]}})", "gates only", 0, "validate:v");
    row("flags instead of commands", R"({"mutations": [], "validate": {"strictRuntimeAudit": true}})", "native", 0, "");
    row("diff", "--- a/x\n+++ b/x\n" + hunk, "diff", 1, "");
}

void TestTaskDialects::dialect()
{
    QFETCH(QByteArray, text);
    QFETCH(int, ops);
    const TaskReading reading = examine(text);
    QVERIFY2(reading.ok(), qPrintable(failureOf(reading)));
    QTEST(reading.task.dialect, "dialect");
    QCOMPARE(reading.task.ops.size(), ops);
    QTEST(gatesOf(reading.task), "gates");
    for (const TaskProblem &warning : reading.warnings) {
        QCOMPARE(warning.severity, Severity::Note);
    }
}

void TestTaskDialects::gateForms_data()
{
    QTest::addColumn<QByteArray>("gate");
    QTest::newRow("shell with a list") << QByteArray(R"({"shell": ["x"]})");
    QTest::newRow("shell with one string") << QByteArray(R"({"shell": "x"})");
    QTest::newRow("list") << QByteArray(R"(["x"])");
    QTest::newRow("one string") << QByteArray(R"("x")");
    QTest::newRow("list of objects") << QByteArray(R"([{"run": "x"}])");
}

void TestTaskDialects::gateForms()
{
    QFETCH(QByteArray, gate);
    struct Row {
        const char *key;
        Phase phase;
    };
    for (const Row &row :
         {Row{"pre", Phase::Pre}, Row{"preMutationValidation", Phase::Pre}, Row{"preMutation", Phase::Pre},
          Row{"preMutationBuild", Phase::Pre}, Row{"preflight", Phase::Pre}, Row{"preCommit", Phase::Pre},
          Row{"build", Phase::Build}, Row{"postMutationBuild", Phase::Build}, Row{"validate", Phase::Validate},
          Row{"test", Phase::Test}, Row{"testing", Phase::Test}}) {
        const TaskReading reading = examine("{\"mutations\": [], \"" + QByteArray(row.key) + "\": " + gate + '}');
        QVERIFY2(reading.ok(), row.key);
        QCOMPARE(reading.task.gates.size(), 1);
        QCOMPARE(reading.task.gates.first().command, QStringLiteral("x"));
        QVERIFY(reading.task.gates.first().phase == row.phase);
    }
}

void TestTaskDialects::gateOrder()
{
    const TaskReading reading = examine(R"({"mutations": [], "testing": "8", "postMutationBuild": "6", "validate": "7",
        "preCommit": "5", "preflight": "4", "preMutationBuild": "3", "preMutation": "2", "preMutationValidation": "1"})");
    QCOMPARE(gatesOf(reading.task), QStringLiteral("pre:1 pre:2 pre:3 pre:4 pre:5 build:6 validate:7 test:8"));
}

void TestTaskDialects::regexNeedsBoth_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("where");
    QTest::addColumn<QString>("message");
    QTest::newRow("no pattern") << QByteArray(R"({"target_file": "a", "patch": {"replacement": "x"}})")
                                << "/patch (1:31)"
                                << "\"pattern\" is missing.";
    QTest::newRow("no replacement") << QByteArray(R"({"target_file": "a", "patch": {"pattern": "x"}})")
                                    << "/patch (1:31)"
                                    << "\"replacement\" is missing.";
    QTest::newRow("no target") << QByteArray(R"({"patch": {"pattern": "x", "replacement": ""}})") << "1:1"
                               << "\"target_file\" must name the file to change.";
}

void TestTaskDialects::regexNeedsBoth()
{
    QFETCH(QByteArray, text);
    const TaskReading reading = examine(text);
    QCOMPARE(reading.problems.size(), 1);
    QTEST(reading.problems.first().where(), "where");
    QTEST(reading.problems.first().message, "message");
}

void TestTaskDialects::patchAs_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<bool>("good");
    QTest::addColumn<OpKind>("kind");
    QTest::newRow("contents") << QByteArray(R"("patch": "rm -rf /", "patchAs": "contents")") << true << OpKind::Upsert;
    QTest::newRow("contents that look like a diff")
        << QByteArray(R"("patch": "@@ -1 +1 @@\n-a\n+b\n", "patchAs": "contents")") << true << OpKind::Upsert;
    QTest::newRow("diff") << QByteArray(R"("patch": "@@ -1 +1 @@\n-a\n+b\n", "patchAs": "diff")") << true
                          << OpKind::Diff;
    QTest::newRow("no diff, though it says so")
        << QByteArray(R"("patch": "rm -rf /", "patchAs": "diff")") << false << OpKind::Diff;
    QTest::newRow("unknown word") << QByteArray(R"("patch": "x", "patchAs": "shell")") << false << OpKind::Diff;
    QTest::newRow("nothing said") << QByteArray(R"("patch": "rm -rf /")") << false << OpKind::Diff;
}

void TestTaskDialects::patchAs()
{
    QFETCH(QByteArray, members);
    QFETCH(bool, good);
    const TaskReading reading = examine("{\"target_file\": \"a\", " + members + '}');
    QCOMPARE(reading.ok(), good);
    QVERIFY(reading.task.gates.isEmpty());
    if (good) {
        QTEST(reading.task.ops.first().kind, "kind");
        QCOMPARE(reading.task.warnings, QList<QString>());
    }
}

void TestTaskDialects::wrapped_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("pointer"); // of the first mutation; empty: refused
    QTest::newRow("once") << QByteArray(R"({"patch": {"mutations": [{"path": "a", "contents": ""}]}})")
                          << "/patch/mutations/0";
    QTest::newRow("twice") << QByteArray(R"({"patch": {"patch": {"mutations": [{"path": "a", "contents": ""}]}}})")
                           << "/patch/patch/mutations/0";
    QTest::newRow("twice, mixed") << QByteArray(
        R"({"patch": {"payload": {"mutations": [{"path": "a", "contents": ""}]}}})")
                                  << "/patch/payload/mutations/0";
    QTest::newRow("three times") << QByteArray(R"({"payload": {"payload": {"payload": {"mutations": []}}}})") << "";
    QTest::newRow("of a list") << QByteArray(R"({"payload": []})") << "";
    QTest::newRow("of a text") << QByteArray(R"({"payload": "rm -rf /"})") << "";
}

void TestTaskDialects::wrapped()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, pointer);
    const TaskReading reading = examine(text);
    QCOMPARE(reading.ok(), !pointer.isEmpty());
    if (reading.ok()) {
        QCOMPARE(reading.task.ops.first().pointer, pointer);
        QCOMPARE(reading.task.dialect, QStringLiteral("envelope"));
    }
}

void TestTaskDialects::outerWordsHaveNoEffect()
{
    const TaskReading reading = examine(R"({"target_file": "/elsewhere", "sender": "s", "validate": ["rm"],
        "git": {"commit": "c"}, "enforceValidationGate": false, "payload": {"mutations": []}})");
    QVERIFY2(reading.ok(), qPrintable(failureOf(reading)));
    QVERIFY(reading.task.gates.isEmpty());
    QVERIFY(!reading.task.git.requested);
    QVERIFY(reading.task.flags.enforceValidationGate);
    QCOMPARE(reading.task.metadata.value(QStringLiteral("sender")).toString(), QStringLiteral("s"));
    QStringList warned;
    for (const TaskProblem &warning : reading.warnings) {
        warned << warning.pointer;
    }
    QCOMPARE(warned.join(u' '), QStringLiteral("/validate /git /enforceValidationGate"));
}

void TestTaskDialects::outerDisabledKeepsItFromRunning()
{
    QVERIFY(examine(R"({"disabledByDefault": true, "payload": {"mutations": []}})").task.flags.disabledByDefault);
    QVERIFY(!examine(R"({"disabledByDefault": false, "payload": {"mutations": []}})").task.flags.disabledByDefault);
}

void TestTaskDialects::operationalTimeOut()
{
    const TaskReading reading = examine(R"({"patch": {"execution": ["e", {"run": "f", "timeoutMs": 7}],
                                            "options": {"timeoutMs": 1500}}})");
    QCOMPARE(reading.task.gates.at(0).timeout, 1500ms);
    QCOMPARE(reading.task.gates.at(1).timeout, 7ms);
}

void TestTaskDialects::mailWithSeveralPatches()
{
    const auto mail = [](const QByteArray &number, const QByteArray &name) {
        return "From 0123456789abcdef Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nDate: Tue, 3 Mar 2026 10:00:00 +0000\n"
               "Subject: [PATCH "
            + number + "/2] change " + name + "\n\nWhy.\n---\n x | 2 +-\n 1 file changed\n\ndiff --git a/" + name
            + " b/" + name + "\nindex 7898192..6178079 100644\n--- a/" + name + "\n+++ b/" + name + '\n' + hunk
            + "-- \n2.39.5\n\n";
    };
    const TaskReading reading = examine(mail("1", "x") + mail("2", "y"));
    QVERIFY2(reading.ok(), qPrintable(failureOf(reading)));
    QCOMPARE(reading.task.title, QStringLiteral("change x"));
    QCOMPARE(reading.task.metadata.value(QStringLiteral("author")).toString(), QStringLiteral("A <a@b>"));
    QCOMPARE(reading.task.ops.size(), 1);
}

void TestTaskDialects::diffDialects_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("code"); // empty: read
    QTest::newRow("plain") << "--- a/x\n+++ b/x\n" + hunk << "";
    QTest::newRow("without prefixes") << "--- x\n+++ x\n" + hunk << "";
    QTest::newRow("with time stamps") << "--- x\t2024-01-01 00:00:00\n+++ x\t2024-01-02 00:00:00\n" + hunk << "";
    QTest::newRow("git") << "diff --git a/x b/x\nindex 7898192..6178079 100644\n--- a/x\n+++ b/x\n" + hunk << "";
    QTest::newRow("Subversion") << "Index: x\n===================================================================\n"
                                   "--- x\t(revision 1)\n+++ x\t(working copy)\n"
            + hunk << "";
    QTest::newRow("CRLF") << QByteArray("--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n") << "";
    QTest::newRow("rename only") << QByteArray(
        "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n")
                                 << "";
    QTest::newRow("mode only") << QByteArray("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n") << "";
    QTest::newRow("context") << QByteArray("*** x\n--- x\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n")
                             << "invalid-diff";
    QTest::newRow("ed") << QByteArray("1c\nb\n.\n") << "invalid-diff";
    QTest::newRow("absolute") << "--- /etc/x\n+++ /etc/x\n" + hunk << "outside-workspace";
    QTest::newRow("climbing") << "--- a/../x\n+++ b/../x\n" + hunk << "unsafe-path";
    QTest::newRow("into the repository") << "--- a/.git/hooks/x\n+++ b/.git/hooks/x\n" + hunk << "unsafe-path";
}

void TestTaskDialects::diffDialects()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, code);
    const TaskReading reading = examine(text);
    QCOMPARE(reading.ok() ? QString() : toString(reading.problems.first().code), code);
}

QTEST_GUILESS_MAIN(TestTaskDialects)
#include "tst_taskdialects.moc"
