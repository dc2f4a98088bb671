#include "app/fanoutjob.h"
#include "app/taskrequest.h"
#include "app/workspaceglob.h"
#include "services/http/client.h"
#include "services/http/server.h"
#include "services/patch/patchrun.h"
#include "services/patch/rollbackrun.h"
#include "services/patch/taskreader.h"
#include "services/relay/registryclient.h"
#include "services/storage/lock.h"
#include "services/storage/redisurl.h"
#include "tests/support/closedport.h"
#include "tests/ui/desk.h"
#include "tests/ui/pseudolocale.h"
#include "ui/desktop/language.h"
#include "ui/models/outcome.h"
#include "ui/models/problems.h"
#include "ui/models/servicetexts.h"
#include "ui/panels/problembox.h"
#include "ui/panels/steprow.h"

#include <QRegularExpression>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using Test::GitWorkspace;

namespace {

// Of those that no German word is spelt like.
bool hasEnglish(const QString &text)
{
    static const QRegularExpression words(
        QStringLiteral("\\b(?:the|a|is|are|not|of|and|with|cannot|could|that|has|it|expected|found|does|be|by|from|for|"
                       "failed|task|file|folder|line|which|its|this|there|nothing|could)\\b"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression data(QStringLiteral("`[^`]*`|\"[^\"]*\"|„[^“]*“|--[\\w-]+|[\\w.-]*[/.]\\S+"));
    return words.match(QString(text).remove(data)).hasMatch();
}

// What services said, each once, with what is wrong about it in German.
class Spoken {
public:
    void add(const QString &text)
    {
        if (!text.isEmpty() && !m_texts.contains(text)) {
            m_texts.append(text);
        }
    }
    void add(const Error &error)
    {
        add(error.message);
        add(error.hint);
        for (const Ui::Problem &problem : Ui::problemsOf(error)) {
            add(problem.message);
            add(problem.hint);
        }
    }
    void add(const RunResult &result)
    {
        add(result.message);
        add(result.commit.note);
        if (result.error) {
            add(*result.error);
        }
        for (const QString &warning : result.warnings) {
            add(warning);
        }
        for (const Step &step : result.steps) {
            static const QRegularExpression dataOnly(QStringLiteral("^(?:`.*`|[0-9a-f]{7})$"));
            add(dataOnly.match(step.summary).hasMatch() ? QString() : step.summary);
        }
        for (const GateReport &gate : result.gates) {
            add(gate.note);
        }
        for (const Change &change : result.changes) {
            for (const QString &note : change.notes) {
                add(note);
            }
        }
    }
    template <typename T> void add(const Result<T> &result)
    {
        if (result) {
            qFatal("an error was expected");
        }
        add(result.error());
    }

    qsizetype count() const { return m_texts.size(); }

    // Everything is known: nothing but the places of a task file is left of it in a language that nobody speaks, and
    // no English word in German.
    QStringList notGerman() const
    {
        static const QRegularExpression place(QStringLiteral("^(?:/[\\w/]*(?: \\(\\d+:\\d+\\))?|[\\w/]+\\.\\w+): "));
        QStringList found;
        {
            const Test::PseudoLocale pseudo;
            for (const QString &text : m_texts) {
                const QString rest =
                    Test::PseudoLocale::untranslated(Ui::translatedServiceText(QString(text).remove(place)));
                if (std::any_of(rest.begin(), rest.end(), [](QChar c) { return c.isLetter(); })) {
                    found.append(QStringLiteral("not known: %1: %2").arg(rest, text));
                }
            }
        }
        Ui::setLanguage(QStringLiteral("de"));
        for (const QString &text : m_texts) {
            const QString german = Ui::translatedServiceText(text);
            if (german == text || hasEnglish(german)) {
                found.append(QStringLiteral("not German: %1: %2").arg(german, text));
            }
            if (qEnvironmentVariableIsSet("PATCHPANEL_SHOW_GERMAN")) {
                qInfo("%s\n    %s", qPrintable(text), qPrintable(german));
            }
        }
        Ui::setLanguage(QStringLiteral("en"));
        return found;
    }

private:
    QStringList m_texts;
};

#define VERIFY_GERMAN(spoken)                                                                                          \
    do {                                                                                                               \
        const QStringList found = (spoken).notGerman();                                                                \
        QVERIFY2(found.isEmpty(), qPrintable(u'\n' + found.join(u'\n')));                                              \
    } while (false)

Result<QByteArray> noFile(const QString &name)
{
    return Error{ErrorCode::NotFound, QStringLiteral("there is no file %1 in %2").arg(name, QStringLiteral("/w"))};
}

QByteArray nested(int levels)
{
    return "{\"mutations\": [], \"metadata\": {\"x\": " + QByteArray(levels - 2, '[') + QByteArray(levels - 2, ']')
        + "}}";
}

// Of every kind of problem that a task file can have.
QList<QByteArray> wrongTasks()
{
    const auto mutation = [](const char *text) {
        return QByteArray("{\"mutations\": [") + text + "]}";
    };
    return {
        "{\"mutations\": [",
        "{\"mutations\": []",
        "{\"mutations\": [] \"a\": 1}",
        "{\"mutations\": [1 2]}",
        "{\"mutations\": [],}",
        "{mutations: []}",
        "{\"mutations\" []}",
        "{\"mutations\": []} x",
        "{\"a\": 01}",
        "{\"a\": 1.}",
        "{\"a\": 1e}",
        "{\"a\": \"x",
        "{\"a\": \"\\x\"}",
        "{\"a\": \"\\u12\"}",
        "{\"a\": \"\t\"}",
        "{\"a\": }",
        "{\"a\": NaN}",
        "{\"a\": -Infinity}",
        "{\"id\": \"ab\xc3\x28\"}",
        "{\"id\": \"\\ud83d\"}",
        "{\"id\": \"\\ude00\"}",
        QByteArray("\xff\xfe{}"),
        nested(65),
        "[1]",
        "hello\n",
        "{\"foo\": 1}",
        "{\"patch\": {\"foo\": 1}}",
        "{\"patch\": 1}",
        "{\"schemaVersion\": 2, \"mutations\": []}",
        "{\"mutations\": [], \"mutations\": []}",
        "{\"mutations\": {}}",
        "{\"mutations\": [], \"valdiate\": \"x\", \"xyzzy\": 1}",
        "{\"mutations\": [], \"pre\": [\" \", {\"run\": 1}, {\"timeoutMs\": 1}, {\"run\": \"x\", \"timeoutMs\": 0}]}",
        "{\"mutations\": [], \"pre\": [1, {\"run\": \"x\", \"cwd\": \"/tmp\", \"env\": {\"=\": \"1\"}}]}",
        "{\"mutations\": [], \"pre\": {\"shell\": [{\"run\": \"x\", \"env\": 1}, {\"run\": \"\\u0000\"}]}}",
        "{\"mutations\": [], \"services\": [{\"name\": \"x\"}, 1], \"requireMutationProof\": \"yes\", \"git\": 1}",
        "{\"mutations\": [], \"services\": 1, \"git\": {\"commit\": 1}}",
        mutation(R"({"op": "explode", "path": "../a"})"),
        mutation(R"({"op": "delte", "path": "a"})"),
        mutation(R"({"op": 1})"),
        mutation(R"({"reason": "x"})"),
        mutation("1"),
        mutation(R"({"op": "delete"})"),
        mutation(R"({"op": "delete", "path": 1})"),
        mutation(R"({"op": "delete", "path": ""})"),
        mutation(R"({"op": "delete", "path": "a//b"})"),
        mutation(R"({"op": "delete", "path": "a/../../b"})"),
        mutation(R"({"op": "delete", "path": "/etc/passwd"})"),
        mutation(R"({"op": "delete", "path": ".Git/config"})"),
        mutation(R"({"op": "delete", "path": "a\u0007"})"),
        mutation(R"({"op": "create", "path": "a"})"),
        mutation(R"({"op": "create", "path": "a", "contents": 1, "mode": 493})"),
        mutation(R"({"op": "chmod", "path": "a"})"),
        mutation(R"({"op": "chmod", "path": "a", "mode": "4755"})"),
        mutation(R"({"op": "chmod", "path": "a", "mode": "x"})"),
        mutation(R"({"path": "a", "contents": "", "contentsBase64": ""})"),
        mutation(R"({"path": "a", "contentsBase64": "***"})"),
        mutation(R"({"path": "a", "contentsFrom": 1})"),
        mutation(R"({"path": "a", "contentsFrom": "b"})"),
        mutation(R"({"op": "replace", "path": "a", "find": "", "replace": "c"})"),
        mutation(R"({"op": "replace", "path": "a", "find": "b"})"),
        mutation(R"({"op": "replace", "path": "a", "replace": "b"})"),
        mutation(R"({"op": "replace", "path": "a", "find": "b", "pattern": "b", "replace": "c", "count": -1})"),
        mutation(R"({"op": "replace", "path": "a", "pattern": "b", "replace": "\\1", "flags": "gx", "count": "x"})"),
        mutation(R"({"op": "insert", "path": "a", "contents": ""})"),
        mutation(R"({"op": "insert", "path": "a", "contents": "b", "after": ""})"),
        mutation(R"({"op": "insert", "path": "a", "contents": "b", "at": 0})"),
        mutation(R"({"op": "insert", "path": "a", "contents": "b", "after": "x", "occurrence": 0, "fallback": "y"})"),
        mutation(R"({"op": "diff", "path": "a"})"),
        mutation(R"({"op": "diff", "diff": "hello"})"),
        mutation(R"({"op": "diff", "diff": "--- a/x\n+++ b/x\n@@ -1 @@@\n"})"),
        mutation(R"({"op": "diff", "diff": "--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-a\n+b\n"})"),
        mutation(R"({"op": "diff", "diff": "@@ -1 +1 @@\n-a\n+b\n"})"),
        mutation(R"({"op": "move", "from": "a", "overwrite": 1})"),
        "{\"target_file\": \"a\", \"patch\": \"rm -rf /\"}",
        "{\"target_file\": 1, \"patch\": {\"pattern\": \"a\", \"replacement\": \"b\"}}",
        "*** x\n--- x\n***************\n",
        "1c1\n< a\n---\n> b\n",
        "diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n",
        "diff --git a/x b/x\nnew file mode 123456\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n",
        "diff --git a/x b/y\nrename from x\n",
        "--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n",
        "--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n",
        "--- /etc/x\n+++ /etc/x\n@@ -1 +1 @@\n-a\n+b\n",
    };
}

} // namespace

// Real errors of the services, as the German window tells them.
class TestGermanServices : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void problemsOfTaskFiles();
    void whatDoesNotApply();
    void howRunsEnd();
    void rollbacks();
    void servicesAndStorage();
    void tasksAndWorkspaces();
    void window();
};

void TestGermanServices::problemsOfTaskFiles()
{
    Spoken spoken;
    QSet<ProblemCode> codes;
    QList<QByteArray> tasks = wrongTasks();
    tasks.append(QByteArray(64 * 1024 * 1024 + 1, ' '));
    const auto examine = [&](const QByteArray &text, const ReadOptions &options) {
        const TaskReading reading = examineTask(text, QStringLiteral("t.json"), QStringLiteral("/work/space"), options);
        for (const TaskProblem &problem : reading.problems + reading.warnings) {
            codes.insert(problem.code);
            spoken.add(problem.message);
            spoken.add(problem.hint);
            const bool isText = problem.expected.contains(u' ') && !problem.expected.startsWith(u'/');
            spoken.add(isText ? problem.expected : QString());
        }
        for (const QString &warning : reading.task.warnings) {
            spoken.add(warning);
        }
        if (!reading.ok()) {
            spoken.add(reading.error());
        }
    };
    for (const QByteArray &text : tasks) {
        examine(text, {});
        examine(text, {.hunkCounts = HunkCounts::Checked, .fileBeside = noFile});
    }
    examine(R"({"mutations": [{"op": "upsert", "type": "upsert", "path": "a", "contents": "", "dryRun": true}]})", {});
    examine(R"({"patch": {"mutations": []}, "extra": 1, "dryRun": true})", {});
    examine(R"({"target_file": "a", "patch": {"pattern": "a", "replacement": "b"}})", {});
    for (int code = 0; !toString(static_cast<ProblemCode>(code)).isEmpty(); ++code) {
        QVERIFY2(codes.contains(static_cast<ProblemCode>(code)), qPrintable(toString(static_cast<ProblemCode>(code))));
    }
    QVERIFY(spoken.count() > 120);
    VERIFY_GERMAN(spoken);
}

namespace {

// A workspace in which tasks run.
struct Bench {
    GitWorkspace space;
    Log::Store store;
    int runs = 0;

    Bench()
    {
        space.write(QStringLiteral("a.txt"), "alpha\nbeta\ngamma\nbeta\n");
        space.write(QStringLiteral("ordner/b.txt"), "b\n");
        space.write(QStringLiteral("data.bin"), QByteArray("\0\1\2", 3));
        space.link(QStringLiteral("a.txt"), QStringLiteral("link.txt"));
        space.commitAll();
    }

    RunOptions options()
    {
        RunOptions made;
        made.runId = QStringLiteral("cafe%1").arg(++runs, 8, 10, QLatin1Char('0'));
        made.runner = QStringLiteral("runner-1");
        made.sandbox = SandboxMode::Off;
        return made;
    }
    RunResult run(const QByteArray &json, const RunOptions &with, std::stop_token stop = {})
    {
        const Result<Task> task = readTask(json, QStringLiteral("t.json"), space.path(), {.fileBeside = noFile});
        if (!task) {
            qFatal("%s", qPrintable(task.error().toString()));
        }
        return runTask(
            *task, space.path(), with, Log::Writer(store, "runner-1"), [](const Step &) {}, std::move(stop));
    }
    RunResult run(const QByteArray &json) { return run(json, options()); }
    RunResult plan(const QByteArray &json)
    {
        RunOptions dry = options();
        dry.dryRun = true;
        return run(json, dry);
    }
};

} // namespace

void TestGermanServices::whatDoesNotApply()
{
    Bench bench;
    Spoken spoken;
    const auto mutations = [&](const char *list) {
        const RunResult result = bench.plan(QByteArray("{\"mutations\": [") + list + "]}");
        QVERIFY2(result.error, list);
        spoken.add(result);
    };
    const auto diff = [&](const QByteArray &text) {
        const RunResult result = bench.plan(text);
        QVERIFY2(result.error, text.constData());
        spoken.add(result);
    };
    mutations(R"({"op": "create", "path": "a.txt", "contents": "x"})");
    mutations(R"({"op": "update", "path": "no.txt", "contents": "x"})");
    mutations(R"({"op": "create", "path": "a.txt/b", "contents": "x"})");
    mutations(R"({"op": "create", "path": "ordner", "contents": "x"})");
    mutations(R"({"op": "update", "path": "link.txt", "contents": "x"})");
    mutations(
        R"({"op": "create", "path": "new.txt", "contents": ""}, {"op": "create", "path": "NEW.txt", "contents": ""})");
    mutations(R"({"op": "replace", "path": "a.txt", "find": "omega", "replace": "x"})");
    mutations(R"({"op": "replace", "path": "a.txt", "find": "beta", "replace": "x", "expectMatches": 5})");
    mutations(R"({"op": "replace", "path": "a.txt", "pattern": "om(ega", "replace": "x"})");
    mutations(R"({"op": "replace", "path": "a.txt", "pattern": "omega", "replace": "x"})");
    mutations(R"({"op": "replace", "path": "a.txt", "pattern": "alpha", "replace": "$7"})");
    mutations(R"({"op": "insert", "path": "a.txt", "contents": "x\n", "after": "omega"})");
    mutations(R"({"op": "insert", "path": "a.txt", "contents": "x\n", "after": "beta"})");
    mutations(R"({"op": "insert", "path": "a.txt", "contents": "x\n", "after": "beta", "occurrence": 7})");
    mutations(R"({"op": "insert", "path": "a.txt", "contents": "x\n", "at": 99})");
    mutations(R"({"op": "move", "from": "a.txt", "to": "ordner/b.txt"})");
    mutations(R"({"op": "move", "from": "no.txt", "to": "x.txt"}, {"op": "copy", "from": "no.txt", "to": "y.txt"})");
    diff("--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n alpha\n-omega\n+x\n");
    diff("--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n alpha\n-beta \n+x\n");
    diff("--- a/a.txt\n+++ b/a.txt\n@@ -3,3 +3,3 @@\n gamma\n beta\n-delta\n+x\n");
    diff("--- a/a.txt\n+++ b/a.txt\n@@ -9,1 +9,1 @@\n-beta\n+x\n");
    diff("--- a/a.txt\n+++ b/a.txt\n@@ -9,0 +9,1 @@\n+x\n");
    diff("--- a/no.txt\n+++ b/no.txt\n@@ -1 +1 @@\n-a\n+b\n");
    diff("--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+b\n");
    diff("--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-alpha\n");
    diff("--- a/link.txt\n+++ b/link.txt\n@@ -1 +1 @@\n-alpha\n+b\n");
    const RunResult notes = bench.plan("--- a/a.txt\n+++ b/a.txt\n@@ -7,2 +7,2 @@\n alpha\n-beta\n+x\n");
    QVERIFY(!notes.error);
    spoken.add(notes);
    spoken.add(bench.plan(R"({"mutations": [
        {"op": "replace", "path": "a.txt", "find": "beta", "replace": "BETA", "count": 1},
        {"op": "insert", "path": "a.txt", "contents": "x\n", "after": "omega", "fallback": "skip"},
        {"op": "insert", "path": "a.txt", "contents": "x\n", "after": "omega", "fallback": "append"},
        {"op": "copy", "from": "a.txt", "to": "c.txt"}, {"op": "delete", "path": "ordner/b.txt"},
        {"op": "chmod", "path": "data.bin", "mode": "0755"}], "build": "true"})"));
    QVERIFY(spoken.count() > 45);
    VERIFY_GERMAN(spoken);
}

void TestGermanServices::howRunsEnd()
{
    Bench bench;
    Spoken spoken;
    const auto task = [](const QByteArray &rest) {
        return QByteArray(R"({"mutations": [{"op": "upsert", "path": "n.txt", "contents": "n\n"}], )") + rest + '}';
    };
    using enum RunStatus;
    const auto end = [&](const RunResult &result, RunStatus status) {
        QVERIFY2(result.status == status, qPrintable(toString(result.status) + u' ' + result.message));
        spoken.add(result);
    };
    const auto with = [&](const std::function<void(RunOptions &)> &change) {
        RunOptions options = bench.options();
        change(options);
        return options;
    };
    for (const char *phase : {"pre", "build", "validate", "test"}) {
        end(bench.run(task(QByteArray("\"") + phase + "\": \"exit 3\"")), Failed);
    }
    end(bench.run(task(R"("build": {"run": "sleep 60", "timeoutMs": 50})")), Failed);
    end(bench.run(task(R"("build": "kill -9 $$")")), Failed);
    end(bench.run(task(R"("build": {"run": "true", "cwd": "no"})")), Failed);
    end(bench.run(task(R"("strictRuntimeAudit": true, "build": "echo x >&2")")), Failed);
    end(bench.run(task(R"("strictRuntimeAudit": true, "build": "echo x >other.txt")")), Failed);
    end(bench.run(task(R"("strictRuntimeAudit": true, "build": "echo x >n.txt")")), Failed);
    end(bench.run(task(R"("services": [{"name": "db", "url": "http://127.0.0.1:1/"}], "requireServiceUptime": true)")),
        Failed);
    end(bench.run(R"({"disabledByDefault": true, "mutations": []})"), Invalid);
    std::stop_source stopped;
    stopped.request_stop();
    end(bench.run(task(R"("build": "true")"), bench.options(), stopped.get_token()), Cancelled);
    end(bench.run(task(R"("build": "true")"),
                  with([](RunOptions &o) { o.planId = QStringLiteral("0123456789abcdef"); })),
        Stale);
    end(bench.run(task(R"("build": "true", "git": {"commit": "x", "branch": "a..b"})")), Invalid);
    end(bench.run(task(R"("build": "true", "git": {"commit": "x", "tag": "a..b"})")), Invalid);
    end(bench.run(task(R"("build": "true", "git": {"commit": "x"})"), with([](RunOptions &o) { o.commit = false; })),
        Ok);
    end(bench.run(task(R"("build": "true")")), Noop);
    end(bench.run(R"({"mutations": [{"op": "upsert", "path": "n.txt", "contents": "n\n"}]})"), Noop);
    end(bench.run(R"({"build": "true"})", with([](RunOptions &o) { o.runGates = false; })), Noop);
    end(bench.run(R"({"mutations": [{"op": "upsert", "path": "m.txt", "contents": "m\n"}], "build": "true",
                      "git": {"commit": "Add m"}})"),
        Ok);
    end(bench.run(R"({"mutations": [{"op": "upsert", "path": "m.txt", "contents": "M\n"}], "build": "true",
                      "validate": "exit 2", "enforceValidationGate": false})",
                  with([](RunOptions &o) { o.runGates = false; })),
        Ok);
    end(bench.run(R"({"mutations": [{"op": "upsert", "path": "m.txt", "contents": "x\n"}], "validate": "exit 2",
                      "enforceValidationGate": false, "blockCommitOnError": true, "git": {"commit": "x"}})"),
        AppliedNotCommitted);
    RunOptions dry = bench.options();
    dry.dryRun = true;
    end(bench.run(R"({"mutations": [{"op": "delete", "path": "m.txt"}], "build": "true", "git": {"commit": "x"}})",
                  dry),
        Ok);
    dry.runGates = false;
    end(bench.run(R"({"mutations": [{"op": "delete", "path": "m.txt"}], "build": ["true", "true"]})", dry), Ok);
    QVERIFY(spoken.count() > 50);
    VERIFY_GERMAN(spoken);
}

void TestGermanServices::rollbacks()
{
    Bench bench;
    Spoken spoken;
    const Log::Writer log(bench.store, "runner-1");
    const auto back = [&](const QString &runId) {
        return rollBackRun(bench.space.path(), runId, bench.options(), log, [](const Step &) {}, {});
    };
    spoken.add(back(QStringLiteral("../x")));
    spoken.add(back(QStringLiteral("0123")));
    const RunResult run = bench.run(R"({"mutations": [{"op": "upsert", "path": "a.txt", "contents": "x\n"}]})");
    QVERIFY(run.status == RunStatus::Ok);
    bench.space.write(QStringLiteral("a.txt"), "later\n");
    spoken.add(back(run.runId));
    bench.space.write(QStringLiteral("a.txt"), "x\n");
    const RunResult done = back(run.runId);
    QVERIFY(done.status == RunStatus::Ok);
    spoken.add(done);
    spoken.add(back(run.runId));
    VERIFY_GERMAN(spoken);
}

void TestGermanServices::servicesAndStorage()
{
    Spoken spoken;
    Log::Store store;
    const Log::Writer log(store, "registry");
    Http::Server first({.token = "t"}, log);
    const Result<QUrl> url = first.listen();
    QVERIFY(url);
    const auto listen = [&](const Http::ServerOptions &options) {
        Http::Server server(options, log);
        spoken.add(server.listen());
    };
    listen({.port = static_cast<quint16>(url->port()), .token = "t"});
    listen({.host = QStringLiteral("nowhere"), .token = "t"});
    listen({.service = QStringLiteral("registry"), .host = QStringLiteral("0.0.0.0"), .auth = Http::Auth::None});
    listen({.service = QStringLiteral("registry")});

    for (const QUrl &registry : {QUrl(QStringLiteral("http://127.0.0.1:%1").arg(Test::closedPort())), QUrl(), *url}) {
        Http::Client client({.token = "wrong"});
        Relay::RegistryClient registryClient(client, registry);
        std::optional<Result<QList<Relay::Instance>>> answer;
        registryClient.resolve(QStringLiteral("runner"), &registryClient,
                               [&answer](const Result<QList<Relay::Instance>> &result) { answer.emplace(result); });
        QTRY_VERIFY(answer.has_value());
        spoken.add(*answer);
    }

    for (const char *redis : {"x", "http://a", "redis://", "redis://a:x", "redis://a:99999", "redis://a/x",
                              "redis://a?b=1", "redis://u@a", "redis://a#b", "rediss://a", "redis+unix://a/b"}) {
        spoken.add(Storage::parseRedisUrl(QString::fromLatin1(redis)));
    }

    const Test::TempWorkspace space;
    Storage::LocalLock lock;
    const auto held = lock.acquire(space.path(), QStringLiteral("run 12ab of runner-1"));
    QVERIFY(held);
    spoken.add(lock.acquire(space.path(), QStringLiteral("run 34cd of runner-1")));
    spoken.add(lock.acquire(QStringLiteral("/no/such/place"), QStringLiteral("run 34cd of runner-1")));
    VERIFY_GERMAN(spoken);
}

void TestGermanServices::tasksAndWorkspaces()
{
    Spoken spoken;
    const Test::TempWorkspace space;
    space.write(QStringLiteral("t/empty.json"), "");
    space.write(QStringLiteral("b/c/x"), "");
    spoken.add(App::findTaskFile(QStringLiteral("no.json"), space.path()));
    spoken.add(App::findTaskFile(space.path(), space.path()));
    spoken.add(App::readTaskBytes(space.absolute(QStringLiteral("no.json"))));
    spoken.add(App::embeddedTask(space.absolute(QStringLiteral("t/empty.json")), space.path()));
    spoken.add(App::workspacesMatching({space.absolute(QStringLiteral("no*"))}));
    spoken.add(App::workspacesMatching({space.absolute(QStringLiteral("t/*"))}));
    spoken.add(App::workspacesMatching({space.absolute(QStringLiteral("b")), space.absolute(QStringLiteral("b/c"))}));
    spoken.add(App::resumedFanOut({}, space.absolute(QStringLiteral("none"))));
    VERIFY_GERMAN(spoken);
}

namespace {

QString bannersOf(const QWidget &window)
{
    QStringList texts;
    for (const Ui::Banner *banner : window.findChildren<Ui::Banner *>()) {
        texts += banner->isHidden() ? QString() : banner->text();
    }
    return texts.join(u'\n');
}

} // namespace

void TestGermanServices::window()
{
    Ui::setLanguage(QStringLiteral("de"));
    {
        Test::Desk desk;
        Ui::MainWindow &window = *desk.window;
        QVERIFY(desk.openReady("tasks/bad-gate.json"));
        QTest::mouseClick(desk.run(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(bannersOf(window).contains(QStringLiteral("Prüfen gescheitert")), 60'000);
        const QString told = bannersOf(window).remove(QStringLiteral("echo 'check: 1 of 12 failed' >&2; exit 3"));
        QVERIFY2(!hasEnglish(told), qPrintable(told));
        for (const Ui::StepRow *row : window.findChildren<Ui::StepRow *>()) {
            QVERIFY2(!hasEnglish(row->accessibleDescription()), qPrintable(row->accessibleDescription()));
        }

        window.openTask(desk.space.absolute(QStringLiteral("tasks/invalid.json")));
        const auto *problem = window.findChild<Ui::ProblemBox *>();
        QTRY_VERIFY_WITH_TIMEOUT(problem->message().contains(QStringLiteral("explode")), 20'000);
        QVERIFY2(!hasEnglish(problem->message()), qPrintable(problem->message()));
        QTRY_VERIFY(bannersOf(window).contains(QStringLiteral("explode")));
        QVERIFY2(!hasEnglish(bannersOf(window)), qPrintable(bannersOf(window)));
    }
    Ui::setLanguage(QStringLiteral("en"));
}

QTEST_MAIN(TestGermanServices)
#include "tst_germanservices.moc"
