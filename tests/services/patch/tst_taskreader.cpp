#include "services/common/ids.h"
#include "services/patch/taskreader.h"

#include <QJsonArray>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using namespace std::chrono_literals;

class TestTaskReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheDocumentedForm();
    void opWords_data();
    void opWords();
    void insertPlaces_data();
    void insertPlaces();
    void contentsAreBytes();
    void emptyContentsAreContents();
    void refuses_data();
    void refuses();
    void everyProblemIsReported();
    void unknownKeysAreWarnings();
    void limits_data();
    void limits();
    void blockDialect();
    void finalGitFillsGit();
    void regexDialect();
    void textPatch_data();
    void textPatch();
    void textPatchAsContents();
    void envelope();
    void operational();
    void gatesOnly_data();
    void gatesOnly();
    void validateOfBooleansIsFlags();
    void absolutePathBeneathTheWorkspace();
    void plainDiff_data();
    void plainDiff();
    void mailTellsTheTitle();
    void displayNames();
};

namespace {

const QString root = QStringLiteral("/work/space");

Result<Task> read(const QByteArray &text, const QString &file = QStringLiteral("task.json"))
{
    return readTask(text, file, root);
}

Task good(const QByteArray &text)
{
    const Result<Task> task = read(text);
    if (!task) {
        qWarning("%s", qPrintable(task.error().toString()));
        return {};
    }
    return *task;
}

QByteArray withMutation(const QByteArray &mutation)
{
    return "{\"mutations\": [" + mutation + "]}";
}

QList<QString> problemsOf(const Error &error)
{
    QList<QString> list;
    for (const QJsonValue &value : error.details.value(QStringLiteral("problems")).toArray()) {
        list.append(value[QStringLiteral("where")].toString() + u'|' + value[QStringLiteral("message")].toString());
    }
    return list;
}

const QByteArray diffOfX = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";
const QByteArray diffOfXInJson = "--- a/x\\n+++ b/x\\n@@ -1 +1 @@\\n-a\\n+b\\n";

} // namespace

void TestTaskReader::readsTheDocumentedForm()
{
    const QByteArray text = R"({
      "schemaVersion": 1, "id": "patch-v3", "version": "3.1.0", "phase": "P3.03", "title": "T", "description": "D",
      "mutations": [{"op": "create", "path": "src/relay.js", "contents": "c\n", "mode": "0755", "purpose": "why"}],
      "pre": {"shell": ["test -f package.json"]},
      "build": {"shell": ["npm run build"]},
      "validate": {"shell": [{"run": "node check.js", "timeoutMs": 60000, "cwd": "tools", "env": {"CI": "1"}}]},
      "test": {"shell": [{"run": "npm test", "network": true}]}, "network": false,
      "services": [{"name": "runner", "url": "http://127.0.0.1:5050/health"}],
      "git": {"branch": "b", "commit": "message", "tag": "t"},
      "runDryCheck": true, "enforceValidationGate": false, "requireMutationProof": true,
      "requireServiceUptime": true, "strictRuntimeAudit": true, "forceRuntimeTrace": true, "blockCommitOnError": false,
      "nextSteps": ["one", "two"], "metadata": {"k": 1}})";
    const Task task = good(text);
    QCOMPARE(task.dialect, QStringLiteral("native"));
    QCOMPARE(task.sha256, sha256Hex(text));
    QCOMPARE(task.file, QStringLiteral("task.json"));
    QCOMPARE(task.id, QStringLiteral("patch-v3"));
    QCOMPARE(task.version, QStringLiteral("3.1.0"));
    QCOMPARE(task.phase, QStringLiteral("P3.03"));
    QCOMPARE(task.description, QStringLiteral("D"));
    QCOMPARE(task.ops.size(), 1);
    QCOMPARE(task.ops.first().kind, OpKind::Create);
    QCOMPARE(task.ops.first().path, QStringLiteral("src/relay.js"));
    QCOMPARE(*task.ops.first().mode, 0755);
    QCOMPARE(task.ops.first().purpose, QStringLiteral("why"));
    QCOMPARE(task.ops.first().pointer, QStringLiteral("/mutations/0"));
    QCOMPARE(task.gates.size(), 4);
    QVERIFY(task.gates.at(0).phase == Phase::Pre);
    QCOMPARE(task.gates.at(0).timeout, 10min);
    QVERIFY(task.gates.at(2).phase == Phase::Validate);
    QCOMPARE(task.gates.at(2).command, QStringLiteral("node check.js"));
    QCOMPARE(task.gates.at(2).timeout, 60s);
    QCOMPARE(task.gates.at(2).cwd, QStringLiteral("tools"));
    QCOMPARE(task.gates.at(2).environment.first().second, QStringLiteral("1"));
    QVERIFY(task.gates.at(2).network == Network::None && task.gates.at(3).network == Network::Shared);
    QCOMPARE(task.services.first().url, QStringLiteral("http://127.0.0.1:5050/health"));
    QVERIFY(task.git.requested);
    QCOMPARE(task.git.commit, QStringLiteral("message"));
    QVERIFY(!task.flags.enforceValidationGate && !task.flags.blockCommitOnError);
    QVERIFY(task.flags.requireMutationProof && task.flags.requireServiceUptime);
    QVERIFY(task.flags.strictRuntimeAudit && task.flags.forceRuntimeTrace);
    QCOMPARE(task.nextSteps.size(), 2);
    QCOMPARE(task.metadata.value(QStringLiteral("k")).toInt(), 1);
    QCOMPARE(task.warnings, QList<QString>());
}

void TestTaskReader::opWords_data()
{
    QTest::addColumn<QByteArray>("mutation");
    QTest::addColumn<OpKind>("kind");
    const auto row = [](const char *mutation, OpKind kind) {
        QTest::newRow(mutation) << QByteArray(mutation) << kind;
    };
    using enum OpKind;
    for (const char *key : {"op", "type", "action"}) {
        QTest::newRow(key) << QByteArray("{\"") + key + R"(": "create", "path": "a", "contents": ""})" << Create;
    }
    row(R"({"op": "add", "path": "a", "contents": ""})", Create);
    row(R"({"op": "CREATE", "path": "a", "contents": ""})", Create);
    row(R"({"op": "update", "path": "a", "contents": ""})", Update);
    row(R"({"op": "modify", "path": "a", "contents": ""})", Update);
    row(R"({"op": "edit", "path": "a", "contents": ""})", Update);
    row(R"({"op": "upsert", "path": "a", "contents": ""})", Upsert);
    row(R"({"op": "write", "path": "a", "contents": ""})", Upsert);
    row(R"({"path": "a", "contents": ""})", Upsert);
    row(R"({"op": "replace", "path": "a", "find": "x", "replace": ""})", ReplaceLiteral);
    row(R"({"op": "replace", "path": "a", "pattern": "x", "replace": ""})", ReplacePattern);
    row(R"({"op": "insert", "path": "a", "after": "x", "contents": "y"})", Insert);
    row(R"({"op": "mutation", "path": "a", "insertAfter": "x", "contents": "y"})", Insert);
    row(R"({"op": "diff", "diff": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"})", Diff);
    row(R"({"op": "patch", "patch": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"})", Diff);
    row(R"({"op": "diff", "path": "x", "diff": "@@ -1 +1 @@\n-a\n+b\n"})", Diff);
    row(R"({"op": "move", "from": "a", "to": "b"})", Move);
    row(R"({"op": "rename", "from": "a", "to": "b"})", Move);
    row(R"({"op": "copy", "from": "a", "to": "b"})", Copy);
    row(R"({"op": "delete", "path": "a"})", Delete);
    row(R"({"op": "remove", "path": "a"})", Delete);
    row(R"({"op": "chmod", "path": "a", "mode": "0755"})", Chmod);
}

void TestTaskReader::opWords()
{
    QFETCH(QByteArray, mutation);
    const Task task = good(withMutation(mutation));
    QCOMPARE(task.ops.size(), 1);
    QTEST(task.ops.first().kind, "kind");
    QCOMPARE(task.warnings, QList<QString>());
}

void TestTaskReader::insertPlaces_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<InsertPlace>("place");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("occurrence");
    using enum InsertPlace;
    QTest::newRow("after") << QByteArray(R"("after": "x")") << After << 0 << 0;
    QTest::newRow("insertBefore, last") << QByteArray(R"("insertBefore": "x", "occurrence": "last")") << Before << 0
                                        << -1;
    QTest::newRow("first") << QByteArray(R"("before": "x", "occurrence": "first")") << Before << 0 << 1;
    QTest::newRow("third") << QByteArray(R"("before": "x", "occurrence": 3)") << Before << 0 << 3;
    QTest::newRow("line") << QByteArray(R"("at": 12)") << AtLine << 12 << 0;
    QTest::newRow("start") << QByteArray(R"("insertAt": "start")") << Start << 0 << 0;
    QTest::newRow("end") << QByteArray(R"("at": "end")") << End << 0 << 0;
}

void TestTaskReader::insertPlaces()
{
    QFETCH(QByteArray, members);
    const Task task = good(withMutation(R"({"op": "insert", "path": "a", "contents": "y", )" + members + '}'));
    QCOMPARE(task.ops.size(), 1);
    QTEST(task.ops.first().place, "place");
    QTEST(task.ops.first().line, "line");
    QTEST(task.ops.first().occurrence, "occurrence");
}

void TestTaskReader::contentsAreBytes()
{
    const Task task =
        good("{\"mutations\": [{\"path\": \"a\", \"contents\": \"$(date)\\u0000\\u00e9\\ud83d\\ude00\\r\\n\"},"
             "{\"path\": \"b\", \"contentsBase64\": \"AP8=\"}]}");
    QCOMPARE(task.ops.size(), 2);
    QCOMPARE(task.ops.at(0).contents, QByteArray("$(date)\0\xc3\xa9\xf0\x9f\x98\x80\r\n", 16));
    QCOMPARE(task.ops.at(1).contents, QByteArray("\0\xff", 2));
}

void TestTaskReader::emptyContentsAreContents()
{
    const Task task = good(withMutation(R"({"op": "create", "path": "a", "contents": ""})"));
    QCOMPARE(task.ops.size(), 1);
    QCOMPARE(task.ops.first().contents, QByteArray());
}

void TestTaskReader::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("where");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QByteArray &text, const char *where, const char *message,
                        ErrorCode code = ErrorCode::InvalidTask) {
        QTest::newRow(name) << text << code << QString::fromUtf8(where) << QString::fromUtf8(message);
    };
    const auto mutation = [&row](const char *name, const QByteArray &text, const char *where, const char *message,
                                 ErrorCode code = ErrorCode::InvalidTask) {
        row(name, withMutation(text), where, message, code);
    };
    row("empty", "", "", "neither a JSON task nor a unified diff");
    row("prose", "just words\n", "", "neither a JSON task nor a unified diff");
    row("list", "[1]", "1:1", "found a list");
    row("no task", R"({"foo": 1})", "1:1", "neither mutations");
    row("syntax", "{\"mutations\": [}\n", "1:16", "a value is expected");
    row("syntax in line 3", "{\n \"a\": 1,\n \"b\" 2}", "3:6", "colon");
    row("text after the end", "{} x", "1:4", "more text after");
    row("comment", "{// c\n}", "1:2", "a key");
    row("trailing comma", "{\"a\": 1,}", "1:9", "a key");
    row("NaN", "{\"a\": NaN}", "1:7", "a value is expected");
    row("unfinished string", "{\"a", "1:2", "no end");
    row("raw line feed in a string", "{\"a\": \"\n\"}", "1:8", "control character");
    row("invalid UTF-8", "{\"a\": \"\xff\"}", "1:8", "not UTF-8");
    row("lone surrogate", "{\"a\": \"\\ud800\"}", "1:8", "surrogate");
    row("bad escape", "{\"a\": \"\\x\"}", "1:8", "escape");
    row("number with a leading zero", "{\"mode\": 0644}", "1:10", "may not begin with 0");
    row("duplicate key", R"({"mutations": [], "mutations": []})", "/mutations (1:19)", "twice");
    row("duplicate key deep inside", R"({"mutations": [{"path": "a", "contents": "", "path": "b"}]})",
        "/mutations/0/path (1:46)", "twice");
    row("wrong schema", R"({"schemaVersion": 2, "mutations": []})", "/schemaVersion (1:19)", "not known");
    row("mutations is an object", R"({"mutations": {}})", "/mutations (1:15)", "a list of mutations");
    row("flag is a string", R"({"mutations": [], "runDryCheck": "yes"})", "/runDryCheck (1:34)", "true or false");
    mutation("mutation is a string", R"("x")", "/mutations/0 (1:16)", "found a string");
    mutation("unknown op", R"({"op": "explode", "path": "a"})", "/mutations/0/op (1:23)", "\"explode\" is not known");
    mutation("op is a number", R"({"op": 1, "path": "a"})", "/mutations/0/op (1:23)", "found a number");
    mutation("no op and nothing to tell it by", R"({})", "/mutations/0 (1:16)", "\"op\" is missing");
    mutation("missing path", R"({"op": "create", "contents": ""})", "/mutations/0 (1:16)", "\"path\" is missing");
    mutation("missing contents", R"({"op": "create", "path": "a"})", "/mutations/0 (1:16)", "\"contents\" is missing");
    mutation("contents is null", R"({"op": "create", "path": "a", "contents": null})", "/mutations/0 (1:16)",
             "\"contents\" is missing");
    mutation("contents is a number", R"({"op": "create", "path": "a", "contents": 1})", "/mutations/0/contents (1:58)",
             "Expected a string");
    mutation("bad base64", R"({"op": "create", "path": "a", "contentsBase64": "***"})",
             "/mutations/0/contentsBase64 (1:64)", "base64");
    mutation("mode as a number", R"({"op": "chmod", "path": "a", "mode": 493})", "/mutations/0/mode (1:53)", "octal");
    mutation("mode is no octal", R"({"op": "chmod", "path": "a", "mode": "0888"})", "/mutations/0/mode (1:53)",
             "octal");
    mutation("setuid", R"({"op": "chmod", "path": "a", "mode": "4755"})", "/mutations/0/mode (1:53)", "setuid");
    mutation("find and pattern", R"({"op": "replace", "path": "a", "find": "x", "pattern": "x", "replace": ""})",
             "/mutations/0 (1:16)", "Both");
    mutation("nothing to find", R"({"op": "replace", "path": "a", "replace": ""})", "/mutations/0 (1:16)", "\"find\"");
    mutation("empty find", R"({"op": "replace", "path": "a", "find": "", "replace": ""})", "/mutations/0 (1:16)",
             "text to find");
    mutation("no replacement", R"({"op": "replace", "path": "a", "find": "x"})", "/mutations/0 (1:16)", "\"replace\"");
    mutation("negative count", R"({"op": "replace", "path": "a", "find": "x", "replace": "", "count": -1})",
             "/mutations/0/count (1:84)", "at least 0");
    mutation("unknown flag", R"({"op": "replace", "path": "a", "pattern": "x", "replace": "", "flags": "g"})",
             "/mutations/0/flags (1:87)", "\"g\"");
    mutation("two anchors", R"({"op": "insert", "path": "a", "after": "x", "at": 1, "contents": "y"})",
             "/mutations/0 (1:16)", "exactly one");
    mutation("empty anchor", R"({"op": "insert", "path": "a", "after": "", "contents": "y"})", "/mutations/0 (1:16)",
             "anchor");
    mutation("line 0", R"({"op": "insert", "path": "a", "at": 0, "contents": "y"})", "/mutations/0/at (1:52)",
             "line number");
    mutation("unknown fallback", R"({"op": "insert", "path": "a", "at": 1, "contents": "y", "fallback": "guess"})",
             "/mutations/0/fallback (1:84)", "\"append\"");
    mutation("diff without a diff in it", R"({"op": "diff", "diff": "hello"})", "/mutations/0 (1:39)",
             "no unified diff");
    mutation("move without target", R"({"op": "move", "from": "a"})", "/mutations/0 (1:16)", "\"to\" is missing");
    mutation("escaping path", R"({"path": "../a", "contents": ""})", "/mutations/0/path (1:25)", "\"..\"",
             ErrorCode::UnsafePath);
    mutation("git path", R"({"path": ".GIT/config", "contents": ""})", "/mutations/0/path (1:25)", "belongs to git",
             ErrorCode::UnsafePath);
    mutation("absolute path elsewhere", R"({"path": "/etc/passwd", "contents": ""})", "/mutations/0/path (1:25)",
             "outside the workspace", ErrorCode::OutsideWorkspace);
    mutation("diff of an escaping path", R"({"op": "diff", "diff": "--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n"})",
             "/mutations/0 (1:39)", "\"..\"", ErrorCode::UnsafePath);
    row("empty command", R"({"pre": [" "]})", "/pre/0 (1:10)", "empty");
    row("command is a number", R"({"pre": [1]})", "/pre/0 (1:10)", "found a number");
    row("time-out of 0", R"({"pre": [{"run": "x", "timeoutMs": 0}]})", "/pre/0/timeoutMs (1:36)", "at least 1");
    row("cwd outside", R"({"pre": [{"run": "x", "cwd": "../y"}]})", "/pre/0/cwd (1:30)", "\"..\"",
        ErrorCode::UnsafePath);
    row("service without url", R"({"mutations": [], "services": [{"name": "x"}]})", "/services/0 (1:32)", "http");
    row("patch is a number", R"({"patch": 1})", "/patch (1:11)", "a string or an object");
    row("patch without a known key", R"({"patch": {"foo": 1}})", "/patch (1:11)", "none of the keys");
    row("three wrappers", R"({"patch": {"patch": {"patch": {"mutations": []}}}})", "/patch/patch/patch (1:31)",
        "wrapped");
    row("text patch that is no diff", R"({"target_file": "x", "patch": "rm -rf /"})", "/patch (1:31)", "ambiguous",
        ErrorCode::Ambiguous);
    row("context diff", "*** x\n--- x\n***************\n", "1:1", "context diff");
    row("binary patch", "diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\n", "4:1", "literal");
}

void TestTaskReader::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(ErrorCode, code);
    QFETCH(QString, where);
    QFETCH(QString, message);
    const Result<Task> task = read(text);
    QVERIFY(!task.ok());
    QCOMPARE(task.error().code, code);
    QCOMPARE(task.error().where, where);
    QVERIFY2(task.error().message.contains(message), qPrintable(task.error().message));
}

void TestTaskReader::everyProblemIsReported()
{
    const Result<Task> task = read("{\"mutations\": [\n"
                                   "  {\"op\": \"explode\"},\n"
                                   "  {\"path\": \"../x\", \"contents\": \"\"},\n"
                                   "  {\"op\": \"create\", \"path\": \"/etc/x\"}],\n"
                                   " \"pre\": [\"\"]}");
    QVERIFY(!task.ok());
    const QList<QString> problems = problemsOf(task.error());
    QCOMPARE(problems.size(), 5);
    QVERIFY(problems.at(0).startsWith(QStringLiteral("/mutations/0/op (2:10)|")));
    QVERIFY(problems.at(1).startsWith(QStringLiteral("/mutations/1/path (3:12)|")));
    QVERIFY(problems.at(2).startsWith(QStringLiteral("/mutations/2/path (4:28)|")));
    QVERIFY(problems.at(3).contains(QStringLiteral("\"contents\" is missing")));
    QVERIFY(problems.at(4).startsWith(QStringLiteral("/pre/0 (5:10)|")));
    QVERIFY(task.error().message.endsWith(QStringLiteral("(and 4 more)")));
}

void TestTaskReader::unknownKeysAreWarnings()
{
    const Task task =
        good(R"({"mutations": [{"path": "a", "contents": "", "prupose": "x"}], "valdiate": ["x"], "zzz": 1})");
    QCOMPARE(task.warnings.size(), 3);
    QVERIFY(task.warnings.at(0).contains(QStringLiteral("\"prupose\"")));
    QVERIFY(task.warnings.at(0).endsWith(QStringLiteral("did you mean \"purpose\"?")));
    QVERIFY(task.warnings.at(1).endsWith(QStringLiteral("did you mean \"validate\"?")));
    QVERIFY(task.warnings.at(2).endsWith(QStringLiteral("has no effect")));
    QVERIFY(task.gates.isEmpty());
}

void TestTaskReader::limits_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("accepted");
    const auto nested = [](int levels) {
        return "{\"mutations\": [], \"metadata\": {\"x\": " + QByteArray(levels - 2, '[') + QByteArray(levels - 2, ']')
            + "}}";
    };
    QTest::newRow("64 levels") << nested(64) << true;
    QTest::newRow("65 levels") << nested(65) << false;
    QTest::newRow("a million levels") << QByteArray(1'000'000, '[') << false;
}

void TestTaskReader::limits()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, accepted);
    QCOMPARE(read(text).ok(), accepted);
}

void TestTaskReader::blockDialect()
{
    const Task task = good(R"({"blockId": "b1", "mutations": [{"path": "a", "contents": "x"}],
        "testing": "t1", "validate": ["v1"], "postMutationBuild": {"shell": ["b1"]}, "preCommit": "p5",
        "preflight": "p4", "preMutationBuild": {"shell": "p3"}, "preMutation": ["p2"], "preMutationValidation": "p1",
        "execution": {"autoReleaseTimeoutMs": 5000}, "final": {"git": {"commit": "c", "tag": "t"}, "summary": "s"},
        "summaryFile": "out.md", "autoExecute": true, "disabledByDefault": true})");
    QCOMPARE(task.dialect, QStringLiteral("block"));
    QCOMPARE(task.id, QStringLiteral("b1"));
    QStringList order;
    for (const Gate &gate : task.gates) {
        order.append(toString(gate.phase) + u':' + gate.command);
        QCOMPARE(gate.timeout, 5s);
    }
    QCOMPARE(order.join(u' '), QStringLiteral("pre:p1 pre:p2 pre:p3 pre:p4 pre:p5 build:b1 validate:v1 test:t1"));
    QVERIFY(task.git.requested);
    QCOMPARE(task.git.commit, QStringLiteral("c"));
    QCOMPARE(task.git.tag, QStringLiteral("t"));
    QCOMPARE(task.metadata.value(QStringLiteral("summary")).toString(), QStringLiteral("s"));
    QVERIFY(task.flags.disabledByDefault);
    QCOMPARE(task.warnings, QList<QString>());
}

void TestTaskReader::finalGitFillsGit()
{
    const Task task = good(R"({"blockId": "b", "mutations": [], "git": {"branch": "main", "commit": "own"},
                               "final": {"git": {"commit": "other", "tag": "t"}}})");
    QCOMPARE(task.git.commit, QStringLiteral("own"));
    QCOMPARE(task.git.branch, QStringLiteral("main"));
    QCOMPARE(task.git.tag, QStringLiteral("t"));
}

void TestTaskReader::regexDialect()
{
    const Task task = good(R"({"id": "r", "role": "fixer", "target_file": "src/a.js",
                               "patch": {"pattern": "v(\\d+).*end", "replacement": "$\\1 \\g<name>\\n"}})");
    QCOMPARE(task.dialect, QStringLiteral("regex"));
    QCOMPARE(task.ops.size(), 1);
    const Op op = task.ops.first();
    QCOMPARE(op.kind, OpKind::ReplacePattern);
    QCOMPARE(op.path, QStringLiteral("src/a.js"));
    QCOMPARE(op.find, QByteArray("v(\\d+).*end"));
    QCOMPARE(op.replacement, QByteArray("$$${1} ${name}\n"));
    QCOMPARE(op.patternFlags, QStringLiteral("s"));
    QCOMPARE(op.count, 0);
    QCOMPARE(task.warnings.size(), 1); // how it was read
}

void TestTaskReader::textPatch_data()
{
    QTest::addColumn<QByteArray>("patch");
    QTest::newRow("with header") << diffOfXInJson;
    QTest::newRow("hunks only") << QByteArray("@@ -1 +1 @@\\n-a\\n+b\\n");
}

void TestTaskReader::textPatch()
{
    QFETCH(QByteArray, patch);
    const Task task = good("{\"target_file\": \"x\", \"patch\": \"" + patch + "\"}");
    QCOMPARE(task.dialect, QStringLiteral("text patch"));
    QCOMPARE(task.ops.size(), 1);
    QCOMPARE(task.ops.first().kind, OpKind::Diff);
    QCOMPARE(task.ops.first().contents, diffOfX);
    QVERIFY(task.gates.isEmpty());
}

void TestTaskReader::textPatchAsContents()
{
    const Task task = good(R"({"target_file": "x", "patch": "rm -rf /", "patchAs": "contents"})");
    QCOMPARE(task.ops.size(), 1);
    QCOMPARE(task.ops.first().kind, OpKind::Upsert);
    QCOMPARE(task.ops.first().contents, QByteArray("rm -rf /"));
}

void TestTaskReader::envelope()
{
    for (const QByteArray key : {"patch", "payload"}) {
        const Task task = good("{\"id\": \"outer\", \"target_file\": \"/somewhere/else\", \"sender\": \"me\", \"" + key
                               + "\": {\"title\": \"inner\", \"mutations\": [{\"path\": \"a\", \"contents\": \"\"}]}}");
        QCOMPARE(task.dialect, QStringLiteral("envelope"));
        QCOMPARE(task.title, QStringLiteral("inner"));
        QCOMPARE(task.id, QStringLiteral("outer"));
        QCOMPARE(task.ops.first().path, QStringLiteral("a"));
        QCOMPARE(task.metadata.value(QStringLiteral("sender")).toString(), QStringLiteral("me"));
        QCOMPARE(task.metadata.value(QStringLiteral("target_file")).toString(), QStringLiteral("/somewhere/else"));
    }
    const Task twice = good(R"({"payload": {"patch": {"mutations": [{"path": "a", "contents": ""}]}}})");
    QCOMPARE(twice.ops.first().pointer, QStringLiteral("/payload/patch/mutations/0"));
}

void TestTaskReader::operational()
{
    const Task task = good(R"({"patch": {"id": "o", "kind": "restart", "preflight": ["p"], "execution": ["e"],
                               "validation": ["v"], "options": {"dryRun": true, "timeoutMs": 1500}}})");
    QCOMPARE(task.dialect, QStringLiteral("operational"));
    QCOMPARE(task.id, QStringLiteral("o"));
    QVERIFY(task.ops.isEmpty());
    QCOMPARE(task.gates.size(), 3);
    QVERIFY(task.gates.at(0).phase == Phase::Pre);
    QVERIFY(task.gates.at(1).phase == Phase::Build);
    QVERIFY(task.gates.at(2).phase == Phase::Validate);
    QCOMPARE(task.gates.at(2).timeout, 1500ms);
    QVERIFY(!task.git.requested);
}

void TestTaskReader::gatesOnly_data()
{
    QTest::addColumn<QByteArray>("gate");
    QTest::newRow("object with list") << QByteArray(R"({"shell": ["make"]})");
    QTest::newRow("object with string") << QByteArray(R"({"shell": "make"})");
    QTest::newRow("list") << QByteArray(R"(["make"])");
    QTest::newRow("string") << QByteArray(R"("make")");
    QTest::newRow("list of objects") << QByteArray(R"([{"run": "make"}])");
    QTest::newRow("command key") << QByteArray(R"([{"command": "make"}])");
}

void TestTaskReader::gatesOnly()
{
    QFETCH(QByteArray, gate);
    const Task task = good("{\"validate\": " + gate + '}');
    QCOMPARE(task.dialect, QStringLiteral("gates only"));
    QCOMPARE(task.gates.size(), 1);
    QCOMPARE(task.gates.first().command, QStringLiteral("make"));
    QVERIFY(task.gates.first().phase == Phase::Validate);
}

void TestTaskReader::validateOfBooleansIsFlags()
{
    const Task task = good(R"({"mutations": [], "validate": {"requireMutationProof": true, "syntax": true}})");
    QVERIFY(task.gates.isEmpty());
    QVERIFY(task.flags.requireMutationProof);
    QVERIFY(task.metadata.value(QStringLiteral("syntax")).toBool());
}

void TestTaskReader::absolutePathBeneathTheWorkspace()
{
    const Task task = good(withMutation(R"({"path": "/work/space/src/a", "contents": ""})"));
    QCOMPARE(task.ops.first().path, QStringLiteral("src/a"));
}

void TestTaskReader::plainDiff_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("plain") << diffOfX;
    QTest::newRow("prose before") << QByteArray("Hello,\nhere it is:\n\n") + diffOfX;
    QTest::newRow("git") << QByteArray("diff --git a/x b/x\nindex 1..2 100644\n") + diffOfX;
    QTest::newRow("two files") << diffOfX + QByteArray("--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n");
    QTest::newRow("wrong counts, for --recount") << QByteArray("--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-a\n+b\n");
}

void TestTaskReader::plainDiff()
{
    QFETCH(QByteArray, text);
    const Result<Task> task = read(text, QStringLiteral("misnamed.json"));
    QVERIFY(task.ok());
    QCOMPARE(task->dialect, QStringLiteral("diff"));
    QCOMPARE(task->ops.size(), 1);
    QCOMPARE(task->ops.first().contents, text);
    QVERIFY(!task->git.requested);
}

void TestTaskReader::mailTellsTheTitle()
{
    const Task task =
        good("From 01 Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: [PATCH] fix: it\n\n---\n" + diffOfX);
    QCOMPARE(task.title, QStringLiteral("fix: it"));
    QCOMPARE(task.metadata.value(QStringLiteral("author")).toString(), QStringLiteral("A <a@b>"));
}

void TestTaskReader::displayNames()
{
    QCOMPARE(good(R"({"title": "T", "id": "i", "mutations": []})").displayName(), QStringLiteral("T"));
    QCOMPARE(good(R"({"id": "i", "mutations": []})").displayName(), QStringLiteral("i"));
    QCOMPARE(readTask("{\"mutations\": []}", QStringLiteral("dir/f.json"), root)->displayName(),
             QStringLiteral("f.json"));
}

QTEST_GUILESS_MAIN(TestTaskReader)
#include "tst_taskreader.moc"
