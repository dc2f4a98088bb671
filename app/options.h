#pragma once

#include "services/common/result.h"
#include "services/common/runsettings.h"
#include "services/common/taskoptions.h"
#include "services/storage/historyentry.h"

#include <QList>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <span>

namespace PatchPanel::App {

enum class Command {
    Window,
    Run,
    Plan,
    Lint,
    History,
    Show,
    Rollback,
    Serve,
    Submit,
    Queue,
    Services,
    Token,
    Completion,
    Manual,
    Help,
    Version
};

enum class ColorMode { Auto, Always, Never };

// What the command line asks for. Every member has the value it takes when its option is not given.
struct Options {
    Command command = Command::Window;
    QStringList given = {}; // names of the options that were named, without dashes
    QStringList files = {}; // task files; of show and rollback: the run
    QStringList workspaces = {}; // of submit: every --workspace
    QString workspace = {}; // empty: the current folder; of history: all
    QUrl registry = {}; // empty: start one here
    quint16 registryPort = 5040;
    quint16 runnerPort = 5050;
    bool portsGiven = false; // a run on free ports keeps those that were named
    QString runner = {}; // name or id of the one that does it; empty: any
    int runners = 1;
    bool runnersGiven = false;
    int slots = 1; // of each runner
    bool slotsGiven = false;
    QStringList workspacePatterns = {}; // one run of the task in each folder that they match
    int atOnce = 0; // of these runs; 0: as many as the machine has cores
    bool resume = false; // goes on with such runs
    QString redisUrl = {};
    QString sharedWorkspace = {}; // id of the workspace among machines that share its disk; empty: it is not shared
    bool worksForQueue = false; // the runners take jobs from it
    QString queueName = QStringLiteral("default");
    int queueTakeoverSeconds = 60; // after which a worker that is silent loses its jobs
    QString key = {}; // of the jobs that are submitted; empty: none
    bool follow = false; // a run that goes on, by its log
    bool wait = false; // until the submitted jobs are done
    QString host = QStringLiteral("127.0.0.1");
    bool requireToken = true;
    bool plaintext = false;
    QString advertise = {}; // name or address by which others reach `host`; empty: itself
    QString tlsCertificateFile = {}; // given with tlsKeyFile; empty: the services speak plain HTTP
    QString tlsKeyFile = {};
    QString tlsAuthorityFile = {}; // whose certificates are believed beside the system's
    QString profile = {};
    bool newInstance = false; // a window beside the one that may be open
    QString tokenFile = {};
    bool json = false;
    bool quiet = false;
    QString logLevel = QStringLiteral("info");
    ColorMode color = ColorMode::Auto;
    bool dryRun = false;
    QString plan = {}; // an id, or a file that `plan --output` wrote
    QString output = {}; // where to save the plan; empty: nowhere
    bool stat = false; // a table of the changes instead of the diff
    bool force = false;
    bool useCache = true;
    int timeoutSeconds = 0; // 0: none
    TaskOptions task = {}; // how tasks are read and planned
    RunSettings run = {}; // how runs are carried out
    bool detailedExitCode = false;
    bool events = false; // JSON Lines on stdout instead of text
    bool keepGoing = false; // to the next task after one that failed
    QString junit = {}; // where to write the JUnit report; empty: nowhere
    Storage::HistoryQuery history{.limit = 20}; // which past runs are listed, but for their workspace
    QString report = {}; // where to copy the run's report; empty: nowhere

    // One task, many workspaces.
    bool isFanOut() const { return resume || !workspacePatterns.isEmpty(); }
};

// One option as parser, --help and the documentation tests know it.
struct OptionSpec {
    QString name; // without dashes
    QString shortName; // one letter; usually empty
    QString valueName; // empty: a switch
    QString help;
    QList<Command> commands; // where it has a meaning; empty: everywhere
    QStringList words = {}; // that its value is one of, the default first; empty: anything
    QString more = {}; // further sentences, for the manual
};

// One command, likewise.
struct CommandSpec {
    Command command;
    const char *name;
    const char *arguments;
    const char *help;
    const char *more = ""; // further sentences, for the manual
};

// Every command, in the order of --help.
std::span<const CommandSpec> commandTable();

// Every option, in the order of --help.
const QList<OptionSpec> &optionTable();

// Reads the arguments that follow the program's name. Usage for what is not understood, with the nearest option.
Result<Options> parseOptions(const QStringList &arguments);

// The text of --help.
QString helpText();

} // namespace PatchPanel::App
