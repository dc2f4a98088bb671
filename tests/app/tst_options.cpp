#include "app/options.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

class TestOptions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void commands_data();
    void commands();
    void values();
    void howTasksAreRead();
    void howRunsAreCarriedOut();
    void stripInEveryForm_data();
    void stripInEveryForm();
    void networks_data();
    void networks();
    void refusals_data();
    void refusals();
    void helpNamesEveryOption();
};

void TestOptions::commands_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<Command>("command");
    QTest::addColumn<QStringList>("files");
    const auto row = [](const char *name, const char *line, Command command, const QStringList &files) {
        QTest::newRow(name) << QString::fromLatin1(line).split(QLatin1Char(' '), Qt::SkipEmptyParts) << command
                            << files;
    };
    row("nothing opens the window", "", Command::Window, {});
    row("a file opens in the window", "a.json", Command::Window, {QStringLiteral("a.json")});
    row("run", "--no-gui run a.json b.patch", Command::Run, {QStringLiteral("a.json"), QStringLiteral("b.patch")});
    row("a command means no window", "run a.json", Command::Run, {QStringLiteral("a.json")});
    row("options anywhere", "run a.json --workspace /tmp", Command::Run, {QStringLiteral("a.json")});
    row("plan", "plan a.json", Command::Plan, {QStringLiteral("a.json")});
    row("serve", "--no-gui serve --runners 3", Command::Serve, {});
    row("services", "services --registry http://127.0.0.1:5040", Command::Services, {});
    row("lint", "--no-gui lint a.json b.patch --strict", Command::Lint,
        {QStringLiteral("a.json"), QStringLiteral("b.patch")});
    row("a saved plan needs no task", "run --plan p.json", Command::Run, {});
    row("one task in many workspaces", "run a.json --workspaces repos/* --max-parallel 4 --slots 2", Command::Run,
        {QStringLiteral("a.json")});
    row("a plan of many workspaces", "plan a.json --workspaces repos/*", Command::Plan, {QStringLiteral("a.json")});
    row("to go on needs no task", "run --resume", Command::Run, {});
    row("history", "history --status failed --since 7d --limit 5", Command::History, {});
    row("show", "show last", Command::Show, {QStringLiteral("last")});
    row("rollback", "rollback 1f3a --dry-run", Command::Rollback, {QStringLiteral("1f3a")});
    row("token", "token", Command::Token, {});
    row("completion", "completion fish", Command::Completion, {QStringLiteral("fish")});
    row("help wins", "run --help", Command::Help, {});
    row("short help", "-h", Command::Help, {});
    row("version", "--version", Command::Version, {});
}

void TestOptions::commands()
{
    QFETCH(QStringList, arguments);
    const auto options = parseOptions(arguments);
    QVERIFY2(options.ok(), options.ok() ? "" : qPrintable(options.error().toString()));
    QTEST(options->command, "command");
    if (options->command != Command::Help) {
        QTEST(options->files, "files");
    }
}

void TestOptions::values()
{
    const auto options = parseOptions(
        {QStringLiteral("run"), QStringLiteral("a.json"), QStringLiteral("--workspace"), QStringLiteral("/w"),
         QStringLiteral("--redis"), QStringLiteral("redis://h:1"), QStringLiteral("--timeout=7"),
         QStringLiteral("--shared-workspace"), QStringLiteral("shop"), QStringLiteral("--fuzz"), QStringLiteral("2"),
         QStringLiteral("--no-cache"), QStringLiteral("--json"), QStringLiteral("--runner-port"), QStringLiteral("0"),
         QStringLiteral("--color"), QStringLiteral("never")});
    QVERIFY(options);
    QCOMPARE(options->given,
             QStringList({QStringLiteral("workspace"), QStringLiteral("runner-port"), QStringLiteral("redis"),
                          QStringLiteral("shared-workspace"), QStringLiteral("no-cache"), QStringLiteral("timeout"),
                          QStringLiteral("fuzz"), QStringLiteral("json"), QStringLiteral("color")}));
    QCOMPARE(options->workspace, QStringLiteral("/w"));
    QCOMPARE(options->redisUrl, QStringLiteral("redis://h:1"));
    QCOMPARE(options->sharedWorkspace, QStringLiteral("shop"));
    QCOMPARE(options->timeoutSeconds, 7);
    QCOMPARE(options->task.fuzz, 2);
    QCOMPARE(options->useCache, false);
    QCOMPARE(options->json, true);
    QCOMPARE(options->portsGiven, true);
    QCOMPARE(options->runnerPort, quint16{0});
    QCOMPARE(options->registryPort, quint16{5040});
    QCOMPARE(options->color, ColorMode::Never);
    QCOMPARE(options->runnersGiven, false);
    const auto window = parseOptions({QStringLiteral("--registry"), QStringLiteral("http://127.0.0.1:5040"),
                                      QStringLiteral("--runners"), QStringLiteral("2")});
    QVERIFY(window);
    QCOMPARE(window->command, Command::Window);
    QVERIFY(window->runnersGiven);
    const auto named = parseOptions(
        {QStringLiteral("run"), QStringLiteral("a.json"), QStringLiteral("--runner"), QStringLiteral("build-07")});
    QVERIFY(named);
    QCOMPARE(named->runner, QStringLiteral("build-07"));
}

void TestOptions::howTasksAreRead()
{
    const auto options = parseOptions(QStringLiteral("plan a.patch -p2 --offset nearest --ignore-whitespace --recount "
                                                     "--skip-applied --strict --map-root /r=. --map-root /r/lib=lib")
                                          .split(QLatin1Char(' ')));
    QVERIFY2(options, options ? "" : qPrintable(options.error().toString()));
    const TaskOptions expected{
        .recount = true,
        .strip = 2,
        .nearestOffset = true,
        .ignoreWhitespace = true,
        .skipApplied = true,
        .strict = true,
        .mapRoots = {{QStringLiteral("/r"), QStringLiteral(".")}, {QStringLiteral("/r/lib"), QStringLiteral("lib")}}};
    QVERIFY(options->task == expected);
}

void TestOptions::howRunsAreCarriedOut()
{
    const auto standard = parseOptions({QStringLiteral("run"), QStringLiteral("a.json")});
    QVERIFY(standard);
    QVERIFY(standard->run == RunSettings{});
    const auto options = parseOptions(
        QStringLiteral("run a.json --sandbox require --validate-in=scratch --durability process --break-hardlinks "
                       "--no-gates --no-commit")
            .split(QLatin1Char(' ')));
    QVERIFY2(options, options ? "" : qPrintable(options.error().toString()));
    const RunSettings expected{.sandbox = SandboxMode::Require,
                               .validateIn = ValidatePlace::Scratch,
                               .durability = WriteDurability::Process,
                               .breakHardlinks = true,
                               .runGates = false,
                               .commit = false};
    QVERIFY(options->run == expected);
}

void TestOptions::stripInEveryForm_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("strip"); // -1: unset
    QTest::newRow("not given") << QStringLiteral("run a.patch") << -1;
    QTest::newRow("long") << QStringLiteral("run a.patch --strip 0") << 0;
    QTest::newRow("short") << QStringLiteral("run -p 3 a.patch") << 3;
    QTest::newRow("as patch(1)") << QStringLiteral("run -p1 a.patch") << 1;
}

void TestOptions::stripInEveryForm()
{
    QFETCH(QString, line);
    QFETCH(int, strip);
    const auto options = parseOptions(line.split(QLatin1Char(' ')));
    QVERIFY2(options, options ? "" : qPrintable(options.error().toString()));
    QCOMPARE(options->task.strip, strip < 0 ? std::nullopt : std::optional(strip));
    QCOMPARE(options->files, QStringList{QStringLiteral("a.patch")});
}

void TestOptions::networks_data()
{
    QTest::addColumn<QString>("line");
    QTest::newRow("serve over TLS") << QStringLiteral("serve --host 0.0.0.0 --tls-cert c.pem --tls-key k.pem");
    QTest::newRow("serve unencrypted") << QStringLiteral("serve --host :: --plaintext");
    QTest::newRow("window over TLS") << QStringLiteral("--host 192.0.2.1 --tls-cert c.pem --tls-key k.pem");
    QTest::newRow("registry over TLS") << QStringLiteral("run a.json --registry https://panel.example --tls-ca ca.pem");
    QTest::newRow("registry unencrypted") << QStringLiteral("services --registry http://192.0.2.1:8500 --plaintext");
    QTest::newRow("registry on this machine") << QStringLiteral("services --registry http://localhost:5040");
}

void TestOptions::networks()
{
    QFETCH(QString, line);
    const auto options = parseOptions(line.split(QLatin1Char(' ')));
    QVERIFY2(options, options ? "" : qPrintable(options.error().toString()));
}

void TestOptions::refusals_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *name, const char *line, const char *part) {
        QTest::newRow(name) << QString::fromLatin1(line).split(QLatin1Char(' '), Qt::SkipEmptyParts)
                            << QString::fromLatin1(part);
    };
    row("unknown option", "run a.json --fast", "fast");
    row("option without its value", "run a.json --workspace", "workspace");
    row("no command", "--no-gui", "needs a command");
    row("unknown command", "--no-gui deploy", "\"deploy\" is not a command");
    row("two files for the window", "rnu a.json", "\"rnu\" is not a command");
    row("run without a task", "run", "needs a task file");
    row("plan of two tasks", "plan a b", "one task file");
    row("argument that nobody wants", "serve a.json", "unexpected argument");
    row("port too high", "serve --runner-port 65536", "0 to 65535");
    row("port that is no number", "serve --registry-port http", "not \"http\"");
    row("no runner at all", "serve --runners 0", "1 to 64");
    row("a status that no run has", "history --status fine", "not \"fine\"");
    row("a time that is none", "history --since yesterday", "--since takes");
    row("history of a run", "history last", "unexpected argument");
    row("rollback of nothing", "rollback", "takes one run");
    row("show of two runs", "show a b", "takes one run");
    row("one report of two tasks", "run a.json b.json --report r.md", "--report is about one task");
    row("many workspaces and one", "run a.json --workspaces r/* --workspace r/1", "--workspace is about one workspace");
    row("one report of many workspaces", "run a.json --workspaces r/* --report r.md",
        "--report is about one workspace");
    row("a saved plan for many workspaces", "run --plan p.json --workspaces r/*", "--plan is about one workspace");
    row("a plan of many workspaces to a file", "plan a.json --workspaces r/* --output p", "--output is about one");
    row("two tasks in many workspaces", "run a.json b.json --workspaces r/*", "takes one task");
    row("a pattern that the shell has read", "run a.json --workspaces /usr /tmp", "/tmp is a folder, not a task");
    row("no task in many workspaces", "run --workspaces r/*", "needs a task file");
    row("runners of one run", "run a.json --runners 2", "--runners has no meaning without --workspaces");
    row("several at once of one run", "run a.json --max-parallel 2", "--max-parallel has no meaning without");
    row("none at once", "run a.json --workspaces r/* --max-parallel 0", "1 to 64");
    row("runners of another registry", "run a.json --workspaces r/* --runners 2 --registry http://127.0.0.1:1",
        "no meaning with --registry");
    row("to go on with a dry run", "run a.json --resume --dry-run", "--resume has no meaning with --dry-run");
    row("to go on with a plan", "plan a.json --resume", "--resume has no meaning here");
    row("JUnit report of a plan", "plan a.json --junit j.xml", "--junit has no meaning");
    row("lint without a task", "lint", "needs a task file");
    row("strip that is negative", "run a.json --strip=-1", "0 to 64");
    row("unknown offset", "run a.json --offset far", "unique, nearest");
    row("mapping without a target", "run a.json --map-root /r", "--map-root");
    row("mapping of a relative path", "run a.json --map-root r=.", "--map-root");
    row("lint runs nothing", "lint a.json --fuzz 1", "--fuzz has no meaning");
    row("table as JSON", "plan a.json --stat --json", "--stat has no meaning with --json");
    row("output of a run", "run a.json --output p.json", "--output has no meaning");
    row("too much fuzz", "run a.json --fuzz 3", "0 to 2");
    row("unknown sandbox", "run a.json --sandbox on", "auto, require, off");
    row("unknown place", "run a.json --validate-in copy", "place, scratch");
    row("a shared workspace without Redis", "run a.json --shared-workspace shop", "--shared-workspace needs --redis");
    row("a shared workspace without a name", "serve --redis redis://h:1 --shared-workspace=", "may not be empty");
    row("a plan of a shared workspace", "plan a.json --redis redis://h:1 --shared-workspace shop", "no meaning here");
    row("unknown shell", "completion csh", "bash, zsh, fish");
    row("no shell", "completion", "bash, zsh, fish");
    row("events and one document", "run a.json --events --json", "--events has no meaning with --json");
    row("events of a list", "history --events", "no meaning here");
    row("unknown durability", "run a.json --durability none", "full, process");
    row("sandbox of a plan", "plan a.json --sandbox off", "--sandbox has no meaning");
    row("unknown colour mode", "run a.json --color blue", "auto, always, never");
    row("option of another command", "serve --dry-run", "--dry-run has no meaning");
    row("registry without a scheme", "run a.json --registry 127.0.0.1:5040", "--registry takes a URL");
    row("registry of another scheme", "run a.json --registry ftp://127.0.0.1:21", "--registry takes a URL");
    row("registry on another machine, unencrypted", "run a.json --registry http://192.0.2.1:5040", "unencrypted");
    row("registry of a name, unencrypted", "services --registry http://panel.example:5040", "unencrypted");
    row("certificate without its key", "serve --tls-cert c.pem", "--tls-cert needs --tls-key");
    row("key without its certificate", "serve --tls-key k.pem", "--tls-key needs --tls-cert");
    row("certificate of a run", "run a.json --tls-cert c.pem --tls-key k.pem", "--tls-cert has no meaning");
    row("every address of IPv6", "serve --host ::", "not a loopback");
    row("remote without a token, over TLS", "serve --host 0.0.0.0 --tls-cert c --tls-key k --auth none",
        "only possible on a loopback");
    row("host that is a name", "serve --host example.org --plaintext", "IP address");
    row("remote without a word on encryption", "serve --host 192.0.2.1", "not a loopback");
    row("remote without a token", "serve --host 192.0.2.1 --plaintext --auth none", "only possible on a loopback");
}

void TestOptions::refusals()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, part);
    const auto options = parseOptions(arguments);
    QVERIFY(!options);
    QCOMPARE(options.error().code, ErrorCode::Usage);
    QVERIFY2(options.error().message.contains(part), qPrintable(options.error().message));
}

void TestOptions::helpNamesEveryOption()
{
    const QString help = helpText();
    for (const OptionSpec &spec : optionTable()) {
        QVERIFY2(help.contains(QStringLiteral("--") + spec.name), qPrintable(spec.name));
    }
}

QTEST_GUILESS_MAIN(TestOptions)
#include "tst_options.moc"
