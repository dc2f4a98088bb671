#include "app/options.h"

#include "app/completion.h"
#include "app/sincetime.h"
#include "services/http/loopback.h"

#include <QCommandLineParser>
#include <QFileInfo>
#include <QHostAddress>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

namespace PatchPanel::App {

namespace {

constexpr std::array commands{
    CommandSpec{Command::Run, "run", "TASK...", "run task files, in order, and exit when done",
                "A registry and a runner are started on free ports, unless --registry names others."},
    CommandSpec{Command::Plan, "plan", "TASK", "show what a task would change; change nothing",
                "Also the commands that it would run."},
    CommandSpec{Command::Lint, "lint", "TASK...", "check task files; start nothing, change nothing",
                "Shows every problem with its place, what was found and what was expected. Exits with 3 when a file "
                "has an error; warnings alone are no error, unless --strict is given."},
    CommandSpec{Command::History, "history", "", "list the past runs, newest first; --workspace: those of one",
                "When, how they ended, id, number of changes, duration, workspace, task. Of the profile; the workspace "
                "may be gone."},
    CommandSpec{Command::Show, "show", "RUN", "the report of a past run; RUN: its id, the beginning of it, or last",
                "With --json its report.json. With --redis also a run of another machine, by its whole id, for a day; "
                "--follow prints its log as it grows and exits as run does. Where the report or the whole workspace is "
                "gone, standard error says so "
                "and what the history knows of the run is printed. The word last means the newest run of the workspace "
                "that left a report. An id is looked for in all workspaces of the profile, with --workspace in that "
                "one. A run of "
                "another profile is found in the workspace that it changed."},
    CommandSpec{
        Command::Rollback, "rollback", "RUN", "put the files back as they were before a past run",
        "RUN as for show. What the run committed stays in the repository: the files are changes of the working tree. "
        "Exits with 3 and names the files when any of them was changed since; nothing is written then. With --dry-run "
        "it shows what would come back. A rollback is a run of its own and can itself be rolled back."},
    CommandSpec{
        Command::Serve, "serve", "", "registry and runners until SIGTERM",
        "That signal lets a run in progress finish within 30 seconds; a second one cancels it, which rolls it "
        "back. A runner describes its HTTP API at /openapi.json and gives metrics for Prometheus at /metrics. "
        "The registry answers Consul's HTTP API for agent, catalog and health, with blocking queries, and "
        "knows after a restart at the same port what it knew before. With --redis it also knows what the registries "
        "of other machines know that use the same server and token."},
    CommandSpec{Command::Submit, "submit", "TASK...", "put tasks into the queue, for whichever worker takes them",
                "A job for each task and --workspace. The task is sent along; the workspace is that of the worker, "
                "which has to serve it. Prints the id of each job, which is also that of its run. Jobs are signed with "
                "the token: a worker takes only those that were signed with its own."},
    CommandSpec{Command::Queue, "queue", "[show|retry|drop JOB...]",
                "what waits in the queue, is worked on and is dead; show, retry or drop jobs",
                "A job is dead when three workers have fallen silent over it, when no worker serves its workspace, and "
                "when its workspace was busy for ten minutes. It stays until it is tried again (retry) or dropped; the "
                "word all means every dead one. Show tells what is known of a job, and its result for a day. Exits "
                "with 3 when there is no such job."},
    CommandSpec{Command::Services, "services", "", "list the services that a registry knows"},
    CommandSpec{Command::Token, "token", "", "print the token that requests must carry"},
    CommandSpec{Command::Completion, "completion", "SHELL", "print what makes bash, zsh or fish complete this program",
                "For bash put eval \"$(patchpanel completion bash)\" into .bashrc."},
    CommandSpec{Command::Manual, "manual", "", "print the manual page, which man(1) formats"},
};

constexpr int mostListedRuns = 1000;

Error usage(const QString &message, const QString &hint = QStringLiteral("see patchpanel --help"))
{
    return Error{ErrorCode::Usage, message, hint};
}

std::optional<Command> commandNamed(const QString &name)
{
    const auto spec = std::find_if(commands.begin(), commands.end(),
                                   [&name](const CommandSpec &s) { return name == QLatin1String(s.name); });
    return spec == commands.end() ? std::nullopt : std::optional(spec->command);
}

Result<int> numberOf(const QCommandLineParser &parser, const QString &option, int least, int most, int fallback)
{
    if (!parser.isSet(option)) {
        return fallback;
    }
    bool understood = false;
    const int number = parser.value(option).toInt(&understood);
    if (!understood || number < least || number > most) {
        return usage(QStringLiteral("--%1 takes a whole number from %2 to %3, not \"%4\"")
                         .arg(option)
                         .arg(least)
                         .arg(most)
                         .arg(parser.value(option)));
    }
    return number;
}

const QStringList &wordsOf(const QString &option)
{
    return std::find_if(optionTable().begin(), optionTable().end(),
                        [&option](const OptionSpec &spec) { return spec.name == option; })
        ->words;
}

// The option's word, which the table lists.
Result<QString> choiceOf(const QCommandLineParser &parser, const QString &option)
{
    const QStringList &choices = wordsOf(option);
    if (!parser.isSet(option)) {
        return choices.first();
    }
    const QString value = parser.value(option);
    if (!choices.contains(value)) {
        return usage(
            QStringLiteral("--%1 takes one of %2, not \"%3\"").arg(option, choices.join(QStringLiteral(", ")), value));
    }
    return value;
}

void setStrip(const QCommandLineParser &parser, Options &options, int strip)
{
    options.task.strip = parser.isSet(QStringLiteral("strip")) ? std::optional(strip) : std::nullopt;
}

Result<void> readTaskOptions(const QCommandLineParser &parser, TaskOptions &task)
{
    const auto offset = choiceOf(parser, QStringLiteral("offset"));
    if (!offset) {
        return offset.error();
    }
    task.nearestOffset = *offset == QLatin1String("nearest");
    const QStringList mappings = parser.values(QStringLiteral("map-root"));
    for (const QString &text : mappings) {
        const Result<RootMapping> mapping = RootMapping::fromText(text);
        if (!mapping) {
            return usage(QStringLiteral("--map-root: ") + mapping.error().message, mapping.error().hint);
        }
        task.mapRoots.append(*mapping);
    }
    task.recount = parser.isSet(QStringLiteral("recount"));
    task.ignoreWhitespace = parser.isSet(QStringLiteral("ignore-whitespace"));
    task.skipApplied = parser.isSet(QStringLiteral("skip-applied"));
    task.strict = parser.isSet(QStringLiteral("strict"));
    return {};
}

Result<void> readRunQuery(const QCommandLineParser &parser, Storage::HistoryQuery &query)
{
    const QString status = parser.value(QStringLiteral("status"));
    query.status = runStatusFromString(status);
    if (!status.isEmpty() && !query.status) {
        return usage(
            QStringLiteral("--status takes how a run ended, not \"%1\"").arg(status),
            QStringLiteral("ok, noop, skipped, failed, conflict, invalid, stale, busy, cancelled, interrupted, "
                           "appliedNotCommitted or rollbackFailed"));
    }
    query.task = parser.value(QStringLiteral("task"));
    query.cursor = parser.value(QStringLiteral("cursor"));
    if (!parser.isSet(QStringLiteral("since"))) {
        return {};
    }
    const Result<QDateTime> since = sinceTime(parser.value(QStringLiteral("since")), QDateTime::currentDateTime());
    if (!since) {
        return since.error();
    }
    query.sinceMs = since->toMSecsSinceEpoch();
    return {};
}

// The option's word among those of an enumeration whose values stand in the same order.
template <typename Choice>
Result<void> readChoice(const QCommandLineParser &parser, const QString &option, Choice &choice)
{
    const Result<QString> word = choiceOf(parser, option);
    if (!word) {
        return word.error();
    }
    choice = static_cast<Choice>(wordsOf(option).indexOf(*word));
    return {};
}

Result<void> readRunSettings(const QCommandLineParser &parser, RunSettings &run)
{
    run.breakHardlinks = parser.isSet(QStringLiteral("break-hardlinks"));
    run.runGates = !parser.isSet(QStringLiteral("no-gates"));
    run.commit = !parser.isSet(QStringLiteral("no-commit"));
    Result<void> read = readChoice(parser, QStringLiteral("sandbox"), run.sandbox);
    if (read) {
        read = readChoice(parser, QStringLiteral("validate-in"), run.validateIn);
    }
    return read ? readChoice(parser, QStringLiteral("durability"), run.durability) : read;
}

// Numbers and choices; the first that is wrong ends it.
Result<void> readValues(const QCommandLineParser &parser, Options &options)
{
    struct Number {
        const char *option;
        int least;
        int most;
        std::function<void(int)> set;
        int fallback;
    };
    const std::array numbers{
        Number{"registry-port", 0, 65535, [&](int n) { options.registryPort = static_cast<quint16>(n); },
               options.registryPort},
        Number{"runner-port", 0, 65535, [&](int n) { options.runnerPort = static_cast<quint16>(n); },
               options.runnerPort},
        Number{"runners", 1, 64, [&](int n) { options.runners = n; }, options.runners},
        Number{"slots", 1, 64, [&](int n) { options.slots = n; }, options.slots},
        Number{"max-parallel", 1, 64, [&](int n) { options.atOnce = n; }, options.atOnce},
        Number{"timeout", 0, 1'000'000, [&](int n) { options.timeoutSeconds = n; }, options.timeoutSeconds},
        Number{"fuzz", 0, mostFuzz, [&](int n) { options.task.fuzz = n; }, options.task.fuzz},
        Number{"takeover", 1, 86'400, [&](int n) { options.queueTakeoverSeconds = n; }, options.queueTakeoverSeconds},
        Number{"limit", 1, mostListedRuns, [&](int n) { options.history.limit = n; }, options.history.limit},
        Number{"strip", 0, mostStrip, [&](int n) { setStrip(parser, options, n); }, 0},
    };
    for (const Number &number : numbers) {
        const Result<int> value =
            numberOf(parser, QString::fromLatin1(number.option), number.least, number.most, number.fallback);
        if (!value) {
            return value.error();
        }
        number.set(*value);
    }
    const auto color = choiceOf(parser, QStringLiteral("color"));
    if (!color) {
        return color.error();
    }
    options.color = *color == QLatin1String("always") ? ColorMode::Always
        : *color == QLatin1String("never")            ? ColorMode::Never
                                                      : ColorMode::Auto;
    const auto level = choiceOf(parser, QStringLiteral("log-level"));
    if (!level) {
        return level.error();
    }
    options.logLevel = *level;
    const auto auth = choiceOf(parser, QStringLiteral("auth"));
    if (!auth) {
        return auth.error();
    }
    options.requireToken = *auth == QLatin1String("token");
    if (const auto query = readRunQuery(parser, options.history); !query) {
        return query.error();
    }
    if (Result<void> run = readRunSettings(parser, options.run); !run) {
        return run;
    }
    return readTaskOptions(parser, options.task);
}

void readSwitchesAndTexts(const QCommandLineParser &parser, Options &options)
{
    options.workspace = parser.value(QStringLiteral("workspace"));
    options.workspaces = parser.values(QStringLiteral("workspace"));
    options.worksForQueue = parser.isSet(QStringLiteral("queue"));
    options.queueName =
        parser.isSet(QStringLiteral("queue-name")) ? parser.value(QStringLiteral("queue-name")) : options.queueName;
    options.key = parser.value(QStringLiteral("key"));
    options.follow = parser.isSet(QStringLiteral("follow"));
    options.wait = parser.isSet(QStringLiteral("wait"));
    options.redisUrl = parser.value(QStringLiteral("redis"));
    options.sharedWorkspace = parser.value(QStringLiteral("shared-workspace"));
    options.profile = parser.value(QStringLiteral("profile"));
    options.tokenFile = parser.value(QStringLiteral("token-file"));
    options.plan = parser.value(QStringLiteral("plan"));
    options.output = parser.value(QStringLiteral("output"));
    options.junit = parser.value(QStringLiteral("junit"));
    options.report = parser.value(QStringLiteral("report"));
    options.stat = parser.isSet(QStringLiteral("stat"));
    if (parser.isSet(QStringLiteral("host"))) {
        options.host = parser.value(QStringLiteral("host"));
    }
    options.portsGiven = parser.isSet(QStringLiteral("registry-port")) || parser.isSet(QStringLiteral("runner-port"));
    options.runner = parser.value(QStringLiteral("runner"));
    options.runnersGiven = parser.isSet(QStringLiteral("runners"));
    options.slotsGiven = parser.isSet(QStringLiteral("slots"));
    options.workspacePatterns = parser.values(QStringLiteral("workspaces"));
    options.resume = parser.isSet(QStringLiteral("resume"));
    options.advertise = parser.value(QStringLiteral("advertise"));
    options.tlsCertificateFile = parser.value(QStringLiteral("tls-cert"));
    options.tlsKeyFile = parser.value(QStringLiteral("tls-key"));
    options.tlsAuthorityFile = parser.value(QStringLiteral("tls-ca"));
    options.plaintext = parser.isSet(QStringLiteral("plaintext"));
    options.json = parser.isSet(QStringLiteral("json"));
    options.events = parser.isSet(QStringLiteral("events"));
    options.keepGoing = parser.isSet(QStringLiteral("keep-going"));
    options.quiet = parser.isSet(QStringLiteral("quiet"));
    options.newInstance = parser.isSet(QStringLiteral("new-instance"));
    options.dryRun = parser.isSet(QStringLiteral("dry-run"));
    options.force = parser.isSet(QStringLiteral("force"));
    options.useCache = !parser.isSet(QStringLiteral("no-cache"));
    options.detailedExitCode = parser.isSet(QStringLiteral("detailed-exitcode"));
}

Result<void> checkRegistry(const QString &text, Options &options)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty()
        || (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https"))) {
        return usage(
            QStringLiteral("--registry takes a URL such as http://127.0.0.1:5040 or https://panel.example:5040, not "
                           "\"%1\"")
                .arg(text));
    }
    if (Http::isOpenToNetwork(url) && !options.plaintext) {
        return usage(QStringLiteral("%1 is on another machine: the token would cross the network unencrypted")
                         .arg(url.toString(QUrl::RemoveUserInfo)),
                     QStringLiteral("use https://, or add --plaintext if the network is trusted"));
    }
    options.registry = url;
    return {};
}

Result<void> checkTlsFiles(const Options &options)
{
    if (options.tlsCertificateFile.isEmpty() == options.tlsKeyFile.isEmpty()) {
        return {};
    }
    const bool lacksKey = options.tlsKeyFile.isEmpty();
    return usage(lacksKey ? QStringLiteral("--tls-cert needs --tls-key, the private key of that certificate")
                          : QStringLiteral("--tls-key needs --tls-cert, the certificate of that key"),
                 QStringLiteral("--tls-cert FILE --tls-key FILE, both PEM"));
}

Result<void> checkHost(const Options &options)
{
    if (Http::isLoopback(options.host)) {
        return {};
    }
    if (QHostAddress(options.host).isNull()) {
        return usage(QStringLiteral("--host takes an IP address, not \"%1\"").arg(options.host),
                     QStringLiteral("--advertise takes the name that others use"));
    }
    if (!options.requireToken) {
        return usage(QStringLiteral("--auth none is only possible on a loopback address, not on %1").arg(options.host),
                     QStringLiteral("a task runs commands: anybody who reaches the port could run them"));
    }
    if (options.tlsCertificateFile.isEmpty() && !options.plaintext) {
        return usage(QStringLiteral("%1 is not a loopback address: the token would cross the network unencrypted")
                         .arg(options.host),
                     QStringLiteral("give --tls-cert and --tls-key, or add --plaintext if the network is trusted"));
    }
    return {};
}

// Who may be talked to, and how: no token crosses a network unencrypted unless that is asked for.
Result<void> checkAddresses(const QCommandLineParser &parser, Options &options)
{
    if (const auto files = checkTlsFiles(options); !files) {
        return files.error();
    }
    if (parser.isSet(QStringLiteral("registry"))) {
        if (const auto registry = checkRegistry(parser.value(QStringLiteral("registry")), options); !registry) {
            return registry.error();
        }
    }
    return checkHost(options);
}

// "-p1", as patch(1) and git apply take it, is "-p 1".
QStringList withSpacedStrip(const QStringList &arguments)
{
    static const QRegularExpression joined(QStringLiteral("^-p(\\d+)$"));
    QStringList spaced;
    for (const QString &argument : arguments) {
        const QRegularExpressionMatch match = joined.match(argument);
        if (match.hasMatch()) {
            spaced << QStringLiteral("-p") << match.captured(1);
        } else {
            spaced << argument;
        }
    }
    return spaced;
}

Result<void> checkFiles(const Options &options)
{
    using enum Command;
    const QList<Command> takers{Run, Plan, Lint, Show, Rollback, Submit, Queue, Completion, Window};
    if (!takers.contains(options.command) && !options.files.isEmpty()) {
        return usage(QStringLiteral("unexpected argument \"%1\"").arg(options.files.first()));
    }
    if (options.command == Command::Lint && options.files.isEmpty()) {
        return usage(QStringLiteral("lint needs a task file"),
                     QStringLiteral("patchpanel --no-gui lint tasks/test.json"));
    }
    if (options.command == Command::Run && options.files.isEmpty() && options.plan.isEmpty() && !options.resume) {
        return usage(QStringLiteral("run needs a task file"),
                     QStringLiteral("patchpanel --no-gui run tasks/test.json"));
    }
    if (options.command == Command::Submit && options.files.isEmpty()) {
        return usage(QStringLiteral("submit needs a task file"),
                     QStringLiteral("patchpanel submit tasks/test.json --workspace /srv/shop"));
    }
    if (options.command == Command::Queue && !options.files.isEmpty()) {
        static const QStringList actions{QStringLiteral("show"), QStringLiteral("retry"), QStringLiteral("drop")};
        if (!actions.contains(options.files.first())) {
            return usage(QStringLiteral("queue takes show, retry or drop, not \"%1\"").arg(options.files.first()));
        }
        if (options.files.size() < 2) {
            return usage(QStringLiteral("queue %1 needs the id of a job").arg(options.files.first()),
                         QStringLiteral("patchpanel queue lists them"));
        }
    }
    if ((options.command == Command::Show || options.command == Command::Rollback) && options.files.size() != 1) {
        return usage(QStringLiteral("this takes one run"), QStringLiteral("its id, the beginning of it, or last"));
    }
    if (options.command == Command::Completion
        && (options.files.size() != 1 || !completionShells().contains(options.files.first()))) {
        return usage(QStringLiteral("completion takes one of %1").arg(completionShells().join(QStringLiteral(", "))));
    }
    if (options.command == Command::Plan && options.files.size() != 1) {
        return usage(QStringLiteral("plan takes one task file"));
    }
    if (options.command == Command::Window && options.files.size() > 1) {
        return usage(
            QStringLiteral("\"%1\" is not a command, and the window opens one task file").arg(options.files.first()));
    }
    return {};
}

// What --workspaces and --resume leave without a meaning, and what has none without them.
Result<void> checkFanOut(const Options &options)
{
    if (options.command != Command::Run && options.command != Command::Plan) {
        return {};
    }
    const QStringList forFanOut{QStringLiteral("max-parallel"), QStringLiteral("runners"), QStringLiteral("slots")};
    const QStringList forOneWorkspace{QStringLiteral("workspace"), QStringLiteral("shared-workspace"),
                                      QStringLiteral("report"),    QStringLiteral("plan"),
                                      QStringLiteral("output"),    QStringLiteral("stat")};
    for (const QString &name : options.isFanOut() ? forOneWorkspace : forFanOut) {
        if (options.given.contains(name)) {
            return options.isFanOut()
                ? usage(QStringLiteral("--%1 is about one workspace, and has no meaning with --workspaces").arg(name))
                : usage(QStringLiteral("--%1 has no meaning without --workspaces").arg(name));
        }
    }
    if (options.resume && options.dryRun) {
        return usage(QStringLiteral("--resume has no meaning with --dry-run, which leaves nothing to go on with"));
    }
    if (!options.isFanOut()) {
        return {};
    }
    if (!options.registry.isEmpty() && (options.runnersGiven || options.slotsGiven)) {
        return usage(QStringLiteral("--runners and --slots have no meaning with --registry, whose runners do it"));
    }
    for (const QString &file : options.files.mid(1)) {
        return QFileInfo(file).isDir()
            ? usage(QStringLiteral("%1 is a folder, not a task").arg(file),
                    QStringLiteral("put the pattern in quotes, so that the shell leaves it alone: "
                                   "--workspaces 'repos/*'"))
            : usage(QStringLiteral("--workspaces takes one task"), QStringLiteral("run them one after the other"));
    }
    return {};
}

Result<void> checkCommand(const QCommandLineParser &parser, const Options &options)
{
    for (const OptionSpec &spec : optionTable()) {
        if (parser.isSet(spec.name) && !spec.commands.isEmpty() && !spec.commands.contains(options.command)) {
            return usage(QStringLiteral("--%1 has no meaning here").arg(spec.name));
        }
    }
    if (parser.isSet(QStringLiteral("shared-workspace"))) {
        if (options.sharedWorkspace.isEmpty()) {
            return usage(QStringLiteral("--shared-workspace takes a name, which may not be empty"),
                         QStringLiteral("the same on every machine, for example --shared-workspace shop"));
        }
        if (options.redisUrl.isEmpty()) {
            return usage(QStringLiteral("--shared-workspace needs --redis, where the machines lock the workspace"),
                         QStringLiteral("add --redis redis://host:port/db"));
        }
    }
    const bool namesQueue = parser.isSet(QStringLiteral("queue-name")) || parser.isSet(QStringLiteral("takeover"));
    if (options.command == Command::Serve && namesQueue && !options.worksForQueue) {
        return usage(QStringLiteral("--queue-name and --takeover are about the queue that --queue works for"),
                     QStringLiteral("add --queue"));
    }
    const qsizetype jobs = options.files.size() * std::max<qsizetype>(1, options.workspaces.size());
    if (!options.key.isEmpty() && (jobs > 1 || !options.workspacePatterns.isEmpty())) {
        return usage(QStringLiteral("--key is about one job, and these are several"));
    }
    if (options.follow && options.redisUrl.isEmpty()) {
        return usage(QStringLiteral("--follow needs --redis, where runners tell of their runs"),
                     QStringLiteral("add --redis redis://host:port/db"));
    }
    if (options.stat && options.json) {
        return usage(QStringLiteral("--stat has no meaning with --json"));
    }
    if (options.events && options.json) {
        return usage(QStringLiteral("--events has no meaning with --json"),
                     QStringLiteral("its last line is the result"));
    }
    if (const auto fanOut = checkFanOut(options); !fanOut) {
        return fanOut.error();
    }
    if (!options.report.isEmpty() && options.files.size() > 1) {
        return usage(QStringLiteral("--report is about one task"), QStringLiteral("--junit takes several"));
    }
    return checkFiles(options);
}

} // namespace

std::span<const CommandSpec> commandTable()
{
    return commands;
}

Result<Options> parseOptions(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    for (const OptionSpec &spec : optionTable()) {
        QStringList names{spec.name};
        if (!spec.shortName.isEmpty()) {
            names << spec.shortName;
        }
        parser.addOption(QCommandLineOption(names, spec.help, spec.valueName));
    }
    if (!parser.parse(QStringList{QStringLiteral("patchpanel")} + withSpacedStrip(arguments))) {
        return usage(parser.errorText());
    }

    Options options;
    if (parser.isSet(QStringLiteral("help")) || parser.isSet(QStringLiteral("version"))) {
        options.command = parser.isSet(QStringLiteral("help")) ? Command::Help : Command::Version;
        return options;
    }
    options.files = parser.positionalArguments();
    const std::optional<Command> command = options.files.isEmpty() ? std::nullopt : commandNamed(options.files.first());
    if (command) {
        options.command = *command;
        options.files.removeFirst();
    } else if (parser.isSet(QStringLiteral("no-gui"))) {
        return usage(options.files.isEmpty() ? QStringLiteral("--no-gui needs a command")
                                             : QStringLiteral("\"%1\" is not a command").arg(options.files.first()));
    }
    for (const OptionSpec &spec : optionTable()) {
        if (parser.isSet(spec.name)) {
            options.given.append(spec.name);
        }
    }
    readSwitchesAndTexts(parser, options);
    if (const auto values = readValues(parser, options); !values) {
        return values.error();
    }
    if (const auto addresses = checkAddresses(parser, options); !addresses) {
        return addresses.error();
    }
    if (const auto fitting = checkCommand(parser, options); !fitting) {
        return fitting.error();
    }
    return options;
}

QString helpText()
{
    QString text =
        QStringLiteral("PatchPanel runs machine-written patch tasks: all or nothing, with proof and a way back.\n\n"
                       "Usage:\n"
                       "  patchpanel [FILE]                      the window; FILE opens as the task\n");
    for (const CommandSpec &spec : commands) {
        const QString call =
            QStringLiteral("patchpanel --no-gui %1 %2").arg(QLatin1String(spec.name), QLatin1String(spec.arguments));
        text += QStringLiteral("  %1 %2\n").arg(call.leftJustified(38), QLatin1String(spec.help));
    }
    text += QStringLiteral("\nA command means --no-gui by itself.\n\nOptions:\n");
    for (const OptionSpec &spec : optionTable()) {
        const QString value = spec.valueName.isEmpty() ? QString() : QLatin1Char(' ') + spec.valueName;
        QString option = QStringLiteral("--") + spec.name + value;
        option += spec.shortName.isEmpty() ? QString() : QStringLiteral(", -") + spec.shortName + value;
        text += QStringLiteral("  %1 %2\n").arg(option.leftJustified(24), spec.help);
    }
    text += QStringLiteral(
        "\nExit codes:\n"
        "  0 ok, already applied, or skipped    1 a gate failed; rolled back\n"
        "  2 changes (--detailed-exitcode)      3 the task is invalid, unsafe, stale, or does not apply\n"
        "  4 no runner, registry or lock        5 a service could not start (port in use)\n"
        "  6 the roll-back failed               64 usage\n"
        "  124 time-out                         130, 143 ended by a signal\n"
        "  With --workspaces: 1 when any of the runs did not succeed.\n");
    return text;
}

} // namespace PatchPanel::App
