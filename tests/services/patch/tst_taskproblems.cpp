#include "services/patch/taskreader.h"

#include <QJsonArray>
#include <QTest>

#include <sys/mman.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;

// What is refused, each with its stable code and its place.
class TestTaskProblems : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void refusal_data();
    void refusal();
    void accepted_data();
    void accepted();
    void tooLargeIsRefusedUnread();
    void everyProblemOfAFile();
    void problemsBeforeASyntaxError();
    void strictness_data();
    void strictness();
    void notesAreNeverErrors();
    void nearestKeys_data();
    void nearestKeys();
    void manyProblemsTakeNoTime();
    void codeNames();
};

namespace {

const QString root = QStringLiteral("/work/space");

TaskReading examine(const QByteArray &text, bool strict = false)
{
    return examineTask(text, QStringLiteral("task.json"), root, {.strict = strict});
}

QByteArray nested(int levels)
{
    return "{\"mutations\": [], \"metadata\": {\"x\": " + QByteArray(levels - 2, '[') + QByteArray(levels - 2, ']')
        + "}}";
}

} // namespace

void TestTaskProblems::refusal_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::addColumn<QString>("found");
    const auto row = [](const char *name, const QByteArray &text, const char *code, const char *pointer, int line,
                        int column, const char *found) {
        QTest::newRow(name) << text << QString::fromLatin1(code) << QString::fromLatin1(pointer) << line << column
                            << QString::fromUtf8(found);
    };
    row("duplicate key", "{\"mutations\": [],\n \"mutations\": []}", "duplicate-key", "/mutations", 2, 2,
        "\"mutations\"");
    row("duplicate key, escaped", R"({"a\u0062": 1, "ab": 2, "mutations": []})", "duplicate-key", "/ab", 1, 16,
        "\"ab\"");
    row("NaN", "{\"mutations\": [],\n \"metadata\": {\"x\": NaN}}", "syntax", "", 2, 20, "NaN");
    row("minus infinity", "{\"metadata\": -Infinity}", "syntax", "", 1, 14, "-Infinity");
    row("nesting of 65", nested(65), "too-deep", "", 1, 99, ("[" + QByteArray(58, ']') + "\u2026").constData());
    row("invalid UTF-8 in a string", "{\"id\": \"ab\xc3\x28\"}", "invalid-utf8", "", 1, 11, "\ufffd(\"");
    row("overlong UTF-8", "{\"id\": \"\xc0\xaf\"}", "invalid-utf8", "", 1, 9, "\ufffd\ufffd\"");
    row("UTF-8 of a surrogate", "{\"id\": \"\xed\xa0\x80\"}", "invalid-utf8", "", 1, 9, "\ufffd\ufffd\ufffd\"");
    row("lone high surrogate", R"({"id": "\ud83d"})", "lone-surrogate", "", 1, 9, "\\ud83d\"");
    row("lone low surrogate", R"({"id": "\ude00"})", "lone-surrogate", "", 1, 9, "\\ude00\"");
    row("high surrogate and a letter", R"({"id": "\ud83d\u0061"})", "lone-surrogate", "", 1, 9, "\\ud83d\\u0061\"");
    row("UTF-16 byte order mark", QByteArray("\xff\xfe{}"), "invalid-utf8", "", 1, 1, "\ufffd\ufffd{");
    row("unknown op", R"({"mutations": [{"op": "explode"}]})", "unknown-op", "/mutations/0/op", 1, 23, "\"explode\"");
    row("escaping path", R"({"mutations": [{"op": "delete", "path": "a/../../b"}]})", "unsafe-path",
        "/mutations/0/path", 1, 41, "\"a/../../b\"");
    row("absolute path elsewhere", R"({"mutations": [{"op": "delete", "path": "/etc/passwd"}]})", "outside-workspace",
        "/mutations/0/path", 1, 41, "\"/etc/passwd\"");
    row("path into the repository", R"({"mutations": [{"op": "delete", "path": ".Git/config"}]})", "unsafe-path",
        "/mutations/0/path", 1, 41, "\".Git/config\"");
    row("path of a move", R"({"mutations": [{"op": "move", "from": "a", "to": "../b"}]})", "unsafe-path",
        "/mutations/0/to", 1, 50, "\"../b\"");
    row("working directory", R"({"pre": [{"run": "x", "cwd": "/tmp"}]})", "outside-workspace", "/pre/0/cwd", 1, 30,
        "\"/tmp\"");
    row("diff of an escaping path",
        R"({"mutations": [{"op": "diff", "diff": "--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n"}]})", "unsafe-path",
        "/mutations/0", 1, 39, R"("--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n")");
    row("missing contents", R"({"mutations": [{"op": "create", "path": "a"}]})", "missing-key", "/mutations/0", 1, 16,
        R"({"op": "create", "path": "a"}]})");
    row("wrong type", R"({"mutations": {}})", "wrong-type", "/mutations", 1, 15, "{}}");
    row("setuid", R"({"mutations": [{"op": "chmod", "path": "a", "mode": "4755"}]})", "invalid-value",
        "/mutations/0/mode", 1, 53, "\"4755\"");
    row("keys that exclude each other", R"({"mutations": [{"path": "a", "contents": "", "contentsBase64": ""}]})",
        "conflicting-keys", "/mutations/0", 1, 16, R"({"path": "a", "contents": "", "contentsBase64": ""}]})");
    row("schema version", R"({"schemaVersion": 2, "mutations": []})", "schema-version", "/schemaVersion", 1, 19, "2");
    row("text patch that is no diff", R"({"target_file": "a", "patch": "rm -rf /"})", "ambiguous", "/patch", 1, 31,
        "\"rm -rf /\"");
    row("patch without a known key", R"({"patch": {"foo": 1}})", "not-a-task", "/patch", 1, 11, R"({"foo": 1}})");
    row("no task at all", R"({"foo": 1})", "not-a-task", "", 1, 1, R"({"foo": 1})");
    row("a list", "[1]", "not-a-task", "", 1, 1, "[1]");
    row("prose", "hello\n", "not-a-task", "", 0, 0, "");
    row("context diff", "*** x\n--- x\n***************\n", "invalid-diff", "", 1, 1, "");
    row("diff of a climbing path", "Prose.\n\n--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n", "unsafe-path", "", 3, 1,
        "");
    row("diff of an absolute path", "--- /etc/x\n+++ /etc/x\n@@ -1 +1 @@\n-a\n+b\n", "outside-workspace", "", 1, 1, "");
    row("diff without a diff", R"({"mutations": [{"op": "diff", "diff": "hello"}]})", "invalid-diff", "/mutations/0", 1,
        39, "\"hello\"");
    row("file beside a task that came without a file", R"({"mutations": [{"path": "a", "contentsFrom": "b"}]})",
        "unreadable-file", "/mutations/0/contentsFrom", 1, 46, "\"b\"");
}

void TestTaskProblems::refusal()
{
    QFETCH(QByteArray, text);
    const TaskReading reading = examine(text);
    QCOMPARE(reading.problems.size(), 1);
    const TaskProblem &problem = reading.problems.first();
    QTEST(toString(problem.code), "code");
    QTEST(problem.pointer, "pointer");
    QTEST(problem.line, "line");
    QTEST(problem.column, "column");
    QTEST(problem.found, "found");
    QVERIFY(!problem.message.isEmpty());
    QCOMPARE(reading.error().code, errorCodeOf(problem.code));
}

void TestTaskProblems::accepted_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nesting of 64") << nested(64);
    QTest::newRow("UTF-8 byte order mark") << QByteArray("\xef\xbb\xbf{\"mutations\": []}");
    QTest::newRow("surrogate pair") << QByteArray(R"({"id": "\ud83d\ude00", "mutations": []})");
    QTest::newRow("CRLF") << QByteArray("{\r\n\"mutations\": []\r\n}\r\n");
    QTest::newRow("null counts as missing") << QByteArray(R"({"mutations": [], "git": null, "pre": null})");
}

void TestTaskProblems::accepted()
{
    QFETCH(QByteArray, text);
    const TaskReading reading = examine(text, true);
    QVERIFY2(reading.ok(), reading.ok() ? "" : qPrintable(reading.error().toString()));
}

// The pages of this mapping are never touched: a reader that looked at them all would make the test grow by 64 MiB.
void TestTaskProblems::tooLargeIsRefusedUnread()
{
    constexpr std::size_t size = 64 * 1024 * 1024 + 1;
    void *memory = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    QVERIFY(memory != MAP_FAILED);
    const auto bytes = QByteArray::fromRawData(static_cast<const char *>(memory), static_cast<qsizetype>(size));
    const TaskReading reading = examineTask(bytes, QStringLiteral("big.json"), root);
    munmap(memory, size);
    QCOMPARE(reading.problems.size(), 1);
    QCOMPARE(toString(reading.problems.first().code), QStringLiteral("too-large"));
    QVERIFY(reading.problems.first().message.contains(QStringLiteral("67108865")));
}

void TestTaskProblems::everyProblemOfAFile()
{
    const TaskReading reading = examine("{\"mutations\": [\n"
                                        "  {\"op\": \"explode\", \"path\": \"../a\"},\n"
                                        "  {\"op\": \"insert\", \"path\": 1, \"occurrence\": 0, \"fallback\": \"?\"},\n"
                                        "  {\"op\": \"replace\", \"path\": \"a\", \"count\": -1, \"flags\": \"gy\"}],\n"
                                        " \"git\": 1, \"services\": [{}], \"test\": [{\"run\": \"\"}],\n"
                                        " \"test\": []}");
    QStringList found;
    for (const TaskProblem &problem : reading.problems) {
        found << toString(problem.code) + u' ' + problem.where();
    }
    QCOMPARE(found.join(u'\n'),
             QStringLiteral("duplicate-key /test (6:2)\n"
                            "unknown-op /mutations/0/op (2:10)\n"
                            "unsafe-path /mutations/0/path (2:29)\n"
                            "wrong-type /mutations/1/path (3:28)\n"
                            "missing-key /mutations/1 (3:3)\n"
                            "conflicting-keys /mutations/1 (3:3)\n"
                            "invalid-value /mutations/1/occurrence (3:45)\n"
                            "invalid-value /mutations/1/fallback (3:60)\n"
                            "missing-key /mutations/2 (4:3)\n"
                            "missing-key /mutations/2 (4:3)\n"
                            "invalid-value /mutations/2/count (4:43)\n"
                            "invalid-value /mutations/2/flags (4:56)\n"
                            "invalid-value /mutations/2/flags (4:56)\n"
                            "invalid-value /test/0 (5:39)\n"
                            "invalid-value /services/0 (5:25)\n"
                            "wrong-type /git (5:9)"));
    QVERIFY(reading.error().message.endsWith(QStringLiteral("(and 15 more)")));
    QCOMPARE(reading.error().details[QStringLiteral("problems")].toArray().size(), 16);
}

void TestTaskProblems::problemsBeforeASyntaxError()
{
    const TaskReading reading = examine("{\"id\": \"a\", \"id\": \"b\",}");
    QCOMPARE(reading.problems.size(), 2);
    QCOMPARE(toString(reading.problems.at(0).code), QStringLiteral("duplicate-key"));
    QCOMPARE(toString(reading.problems.at(1).code), QStringLiteral("syntax"));
}

void TestTaskProblems::strictness_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("code");
    QTest::newRow("unknown key") << QByteArray(R"({"mutations": [], "zzz": 1})") << QStringLiteral("unknown-key");
    QTest::newRow("unknown key of a mutation")
        << QByteArray(R"({"mutations": [{"path": "a", "contents": "", "overwrite": true}]})")
        << QStringLiteral("unknown-key");
    QTest::newRow("unknown key of a command")
        << QByteArray(R"({"pre": [{"run": "true", "timeout": 5}]})") << QStringLiteral("unknown-key");
    QTest::newRow("two names of one thing")
        << QByteArray(R"({"mutations": [{"op": "create", "type": "create", "path": "a", "contents": ""}]})")
        << QStringLiteral("redundant-key");
    QTest::newRow("a patch beside mutations")
        << QByteArray(R"({"mutations": [], "patch": "x"})") << QStringLiteral("unknown-key");
    QTest::newRow("commands outside the wrapped task")
        << QByteArray(R"({"validate": ["x"], "payload": {"mutations": []}})") << QStringLiteral("redundant-key");
    QTest::newRow("diff of another file than named")
        << QByteArray(R"({"target_file": "y", "patch": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"})")
        << QStringLiteral("conflicting-keys");
    QTest::newRow("groups written as in Python")
        << QByteArray(R"({"mutations": [{"op": "replace", "path": "a", "pattern": "x", "replace": "\\1"}]})")
        << QStringLiteral("invalid-value");
    QTest::newRow("dry run by itself") << QByteArray(R"({"patch": {"execution": ["x"], "options": {"dryRun": true}}})")
                                       << QStringLiteral("redundant-key");
}

void TestTaskProblems::strictness()
{
    QFETCH(QByteArray, text);
    const TaskReading lenient = examine(text);
    QVERIFY2(lenient.ok(), lenient.ok() ? "" : qPrintable(lenient.error().toString()));
    QCOMPARE(lenient.warnings.size(), 1);
    QCOMPARE(lenient.task.warnings.size(), 1);
    QTEST(toString(lenient.warnings.first().code), "code");
    QCOMPARE(lenient.warnings.first().severity, Severity::Warning);

    const TaskReading strict = examine(text, true);
    QCOMPARE(strict.problems.size(), 1);
    QTEST(toString(strict.problems.first().code), "code");
    QCOMPARE(strict.problems.first().severity, Severity::Error);
    QCOMPARE(strict.warnings.size(), 0);
}

void TestTaskProblems::notesAreNeverErrors()
{
    const TaskReading reading = examine(R"({"target_file": "a", "patch": {"pattern": "x", "replacement": ""}})", true);
    QVERIFY2(reading.ok(), reading.ok() ? "" : qPrintable(reading.error().toString()));
    QCOMPARE(reading.warnings.size(), 1);
    QCOMPARE(reading.warnings.first().severity, Severity::Note);
}

void TestTaskProblems::nearestKeys_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("hint");
    const auto row = [](const char *text, const char *meant) {
        QTest::newRow(text) << QByteArray(
            text) << (*meant == '\0' ? QString() : QStringLiteral("did you mean \"%1\"?").arg(QLatin1String(meant)));
    };
    row(R"({"mutatoins": [], "pre": []})", "mutations");
    row(R"({"mutation": [], "pre": []})", "mutations");
    row(R"({"Validate": [], "pre": []})", "validate");
    row(R"({"requireMutationProve": true, "pre": []})", "requireMutationProof");
    row(R"({"mutations": [{"path": "a", "contnets": "x", "contents": ""}]})", "contents");
    row(R"({"mutations": [{"path": "a", "contentFrom": "x", "contents": ""}]})", "contentsFrom");
    row(R"({"pre": [{"run": "x", "timeoutMS": 1}]})", "timeoutMs");
    row(R"({"pre": [], "git": {"comit": "x"}})", "commit");
    row(R"({"pre": [], "weather": "fine"})", "");
}

void TestTaskProblems::nearestKeys()
{
    QFETCH(QByteArray, text);
    const TaskReading reading = examine(text);
    QCOMPARE(reading.warnings.size(), 1);
    QTEST(reading.warnings.first().hint, "hint");
}

// A place costs a binary search and a guess is made for the first hundred keys only: each of these files would take
// minutes otherwise.
void TestTaskProblems::manyProblemsTakeNoTime()
{
    QByteArray keys = "{\"mutations\": []";
    QByteArray ops = "{\"mutations\": [1";
    for (int i = 0; i < 100'000; ++i) {
        keys += ",\n\"mutationz" + QByteArray::number(i) + "\": 1";
        ops += ",\n1";
    }
    QCOMPARE(examine(keys + '}').warnings.size(), 100'000);
    QCOMPARE(examine(ops + "]}").problems.size(), 100'001);
    QCOMPARE(examine(ops + "]}").problems.last().line, 100'001);
}

void TestTaskProblems::codeNames()
{
    for (int i = 0; i <= static_cast<int>(ProblemCode::Reading); ++i) {
        const auto code = static_cast<ProblemCode>(i);
        QVERIFY(!toString(code).isEmpty());
        QVERIFY(problemCodeFromName(toString(code)) == code);
    }
}

QTEST_GUILESS_MAIN(TestTaskProblems)
#include "tst_taskproblems.moc"
