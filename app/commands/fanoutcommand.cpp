#include "app/commands/fanoutcommand.h"

#include "app/commands/commands.h"
#include "app/commands/fanouttable.h"
#include "app/commands/historytable.h"
#include "app/commands/junitreport.h"
#include "app/commands/runcommand.h"
#include "app/commands/runreports.h"
#include "app/hostsetup.h"
#include "app/profile.h"
#include "app/taskrequest.h"
#include "app/terminal.h"
#include "app/unixsignals.h"
#include "app/workspaceglob.h"
#include "services/common/savedfile.h"
#include "services/common/shellword.h"
#include "services/relay/outcome.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace PatchPanel::App {

namespace {

constexpr std::chrono::milliseconds progressInterval{100};

int atOnceOf(const Options &options)
{
    const int wanted = options.atOnce > 0 ? options.atOnce : std::clamp(QThread::idealThreadCount(), 1, 64);
    const bool areOwn = options.registry.isEmpty() && options.slotsGiven;
    return areOwn ? std::min(wanted, options.runners * options.slots) : wanted;
}

// Room for that many runs, where the user does not say how much there is.
Options withRoomFor(int atOnce, Options options)
{
    if (!options.slotsGiven) {
        options.slots = (atOnce + options.runners - 1) / options.runners;
    }
    return options;
}

// What makes the fan-out go on.
QString resumeCommand()
{
    QStringList words;
    static const QRegularExpression password(QStringLiteral("(redis(?:\\+unix)?://[^:@/]*):.*@"));
    for (QString argument : QCoreApplication::arguments()) {
        words.append(quotedForShell(argument.replace(password, QStringLiteral("\\1:PASSWORD@"))));
    }
    if (!words.contains(QLatin1String("--resume"))) {
        words.append(QStringLiteral("--resume"));
    }
    return words.join(u' ');
}

QStringList absolute(const QStringList &patterns)
{
    QStringList found;
    for (const QString &pattern : patterns) {
        const bool isAbsolute = pattern.startsWith(u'/') || pattern.startsWith(u'~');
        found.append(isAbsolute ? pattern : QDir::currentPath() + u'/' + pattern);
    }
    return found;
}

Relay::RunRequest requestFor(const Options &options)
{
    Relay::RunRequest request{.runner = options.runner, .options = options.task, .settings = options.run};
    request.dryRun = options.command == Command::Plan || options.dryRun;
    request.force = options.force;
    request.useCache = options.useCache;
    return request;
}

Result<FanOutJob> jobToResume(const Options &options)
{
    ResumeWish wish{.patterns = absolute(options.workspacePatterns)};
    if (!options.files.isEmpty()) {
        const Result<QString> task = findTaskFile(options.files.first(), QDir::currentPath());
        if (!task) {
            return task.error();
        }
        wish.task = *task;
    }
    const QJsonObject asked = optionsOf(requestFor(options));
    if (!asked.isEmpty()) {
        wish.options = asked;
    }
    Result<FanOutJob> job = resumedFanOut(wish, fanOutFolder(stateFolder(options.profile)));
    if (job) {
        job->request.runner = options.runner;
        job->plan.atOnce = options.atOnce > 0 ? atOnceOf(options) : job->plan.atOnce;
    }
    return job;
}

Result<FanOutJob> jobFor(const Options &options)
{
    if (options.resume) {
        return jobToResume(options);
    }
    const Result<QStringList> workspaces = workspacesMatching(options.workspacePatterns);
    if (!workspaces) {
        return workspaces.error();
    }
    const FanOutPlan wanted{
        .patterns = absolute(options.workspacePatterns), .workspaces = *workspaces, .atOnce = atOnceOf(options)};
    return newFanOut(options.files.first(), requestFor(options), wanted, fanOutFolder(stateFolder(options.profile)));
}

} // namespace

FanOutCommand::FanOutCommand(const Options &options, const Credentials &credentials, FanOutJob job)
    : m_options(withRoomFor(job.plan.atOnce, options))
    , m_names(options.events ? job.plan.workspaces : workspaceNames(job.plan.workspaces))
    , m_log(logKeepingFor(options))
    , m_host(hostOptionsFor(m_options, {}, credentials), m_log)
    , m_fanOut(m_host, std::move(job))
{
    if (options.events || showsLog(options)) {
        m_console.emplace(m_log, options.events ? stdout : logStream(options), leastLevel(options), options.color,
                          options.events ? LineFormat::Json : LineFormat::Text);
        m_console->tellWorkspaces([this](const QByteArray &runId) { return workspaceOf(runId); });
    }
    connect(&m_host, &ServiceHost::ready, this, [this] {
        m_isRunning = true;
        m_fanOut.start();
        if (m_forcedExit) {
            m_fanOut.cancel();
        }
    });
    connect(&m_host, &ServiceHost::startFailed, this, [this](const Error &error) {
        m_failure = error;
        m_forcedExit = m_forcedExit.value_or(complain(error));
        stop();
    });
    connect(&m_host, &ServiceHost::allStopped, this, &FanOutCommand::showEnd);
    connect(&m_fanOut, &FanOut::runIdTold, this,
            [this](qsizetype index, const QString &runId) { m_workspaces[runId.toUtf8()] = index; });
    if (options.events) {
        tellEvents();
    }
    connect(&m_fanOut, &FanOut::runFinished, this, &FanOutCommand::runFinished);
    connect(&m_fanOut, &FanOut::recordFailed, this, [](const Error &error) { complain(error); });
    connect(&m_fanOut, &FanOut::finished, this, [this] {
        m_isRunning = false;
        stop();
    });
    m_timeout.setSingleShot(true);
    connect(&m_timeout, &QTimer::timeout, this, &FanOutCommand::timeOut);
    connect(&m_progress, &QTimer::timeout, this, &FanOutCommand::showProgress);
}

// For --events, as they come.
void FanOutCommand::tellEvents()
{
    const QString workspace = QStringLiteral("workspace");
    connect(&m_fanOut, &FanOut::runStarted, this, [this, workspace](qsizetype index) {
        const FanOutRun &run = m_fanOut.runs()[index];
        m_console->writeEvent(
            QStringLiteral("accepted"),
            {{workspace, run.workspace}, {QStringLiteral("runId"), run.runId}, {QStringLiteral("runner"), run.runner}});
    });
    connect(&m_fanOut, &FanOut::stepChanged, this, [this, workspace](qsizetype index, const Step &step) {
        QJsonObject members = step.toJson();
        members.insert(workspace, m_fanOut.runs()[index].workspace);
        m_console->writeEvent(QStringLiteral("step"), members);
    });
}

void FanOutCommand::start()
{
    m_time.start();
    if (m_options.timeoutSeconds > 0) {
        m_timeout.start(std::chrono::seconds(m_options.timeoutSeconds));
    }
    if (m_console && m_console->hasStatusLine() && !m_options.quiet) {
        m_progress.start(progressInterval);
    }
    m_host.startAll();
}

void FanOutCommand::showProgress()
{
    m_console->setStatus(fanOutProgress(m_fanOut.counts()));
}

void FanOutCommand::interrupt(int signal)
{
    endEarly(128 + signal);
}

void FanOutCommand::timeOut()
{
    if (m_console) {
        m_console->setStatus({});
    }
    std::fprintf(stderr, "patchpanel: not done after %d s: cancelling\n", m_options.timeoutSeconds);
    endEarly(timeOutExitCode);
}

void FanOutCommand::endEarly(int exitCode)
{
    m_forcedExit = m_forcedExit.value_or(exitCode);
    if (m_isRunning) {
        m_fanOut.cancel();
    } else {
        stop();
    }
}

void FanOutCommand::runFinished(qsizetype index, const Relay::RunOutcome &outcome)
{
    m_workspaces[outcome.runId.toUtf8()] = index;
    m_outcomes[index] = outcome;
    if (!m_console) {
        return;
    }
    m_console->flush();
    if (m_options.events) {
        m_console->writeEvent(QStringLiteral("result"), m_fanOut.runs()[index].toJson());
    }
}

void FanOutCommand::stop()
{
    if (m_isStopping) {
        return;
    }
    m_isStopping = true;
    m_timeout.stop();
    m_progress.stop();
    m_host.stopAll();
}

// After the last line of the log.
void FanOutCommand::showEnd()
{
    if (m_options.events) {
        m_console->writeEvent(QStringLiteral("summary"), document());
    }
    m_console.reset();
    if (m_options.json) {
        std::fputs(QJsonDocument(document()).toJson().constData(), stdout);
    } else if (!m_options.events && !m_failure) {
        showTable();
    }
    std::fflush(stdout);
    if (canGoOn()) {
        std::fprintf(stderr, "patchpanel: this was not the end of it; to go on:\n  %s\n",
                     resumeCommand().toLocal8Bit().constData());
    }
    leaveAnnotations();
    leaveJunit();
    Q_EMIT finished(exitCode());
}

void FanOutCommand::showTable() const
{
    const bool isTerminal = isatty(STDOUT_FILENO) == 1;
    const FanOutTableStyle style{.dryRun = isPlan(),
                                 .ansi = wantsColor(m_options.color, stdout) ? Ansi::Colored : Ansi::Plain,
                                 .width = isTerminal ? terminalWidth(stdout) : 0};
    std::fputs(fanOutTable(m_fanOut.runs(), style).constData(), stdout);
    std::printf("%s in %s\n", fanOutSummary(m_fanOut.counts()).toUtf8().constData(),
                durationText(m_time.elapsed()).toUtf8().constData());
}

void FanOutCommand::leaveAnnotations() const
{
    const QList<TaskOutcome> outcomes = taskOutcomes();
    for (qsizetype i = 0; i < outcomes.size(); ++i) {
        annotate(m_options, outcomes[i].task, {{.task = m_fanOut.plan().task, .outcome = outcomes[i].outcome}},
                 m_names[i]);
    }
}

void FanOutCommand::leaveJunit()
{
    if (m_options.junit.isEmpty()) {
        return;
    }
    if (const auto saved = saveFile(m_options.junit, junitReport(taskOutcomes())); !saved) {
        const int failure = complain(saved.error());
        m_forcedExit = exitCode() == 0 ? failure : exitCode();
    }
}

int FanOutCommand::exitCode() const
{
    const FanOutCounts counts = m_fanOut.counts();
    if (m_forcedExit || !counts.areAllFine()) {
        return m_forcedExit.value_or(exitCodeFor(RunStatus::Failed));
    }
    const bool hasChanges = std::any_of(m_fanOut.runs().begin(), m_fanOut.runs().end(), [](const FanOutRun &run) {
        return run.status == RunStatus::Ok && run.changes > 0;
    });
    return m_options.detailedExitCode && hasChanges ? changesExitCode : 0;
}

QJsonObject FanOutCommand::document() const
{
    const FanOutCounts counts = m_fanOut.counts();
    QJsonArray runs;
    for (const FanOutRun &run : m_fanOut.runs()) {
        runs.append(run.toJson());
    }
    const RunStatus status = counts.areAllFine() ? RunStatus::Ok
        : counts.failed > 0 || m_failure         ? RunStatus::Failed
                                                 : RunStatus::Cancelled;
    QJsonObject document{{QStringLiteral("status"), toString(status)},
                         {QStringLiteral("dryRun"), isPlan()},
                         {QStringLiteral("task"), m_fanOut.plan().task},
                         {QStringLiteral("total"), counts.total},
                         {QStringLiteral("ok"), counts.ok},
                         {QStringLiteral("noop"), counts.noop},
                         {QStringLiteral("skipped"), counts.skipped},
                         {QStringLiteral("failed"), counts.failed},
                         {QStringLiteral("cancelled"), counts.cancelled},
                         {QStringLiteral("notStarted"), counts.waiting + counts.running},
                         {QStringLiteral("durationMs"), m_time.elapsed()},
                         {QStringLiteral("runs"), runs}};
    if (m_failure) {
        document.insert(QStringLiteral("error"), m_failure->toJson());
    }
    if (canGoOn()) {
        document.insert(QStringLiteral("resume"), resumeCommand());
    }
    return document;
}

// A suite for each workspace; of a run that ended before, the record knows less.
QList<TaskOutcome> FanOutCommand::taskOutcomes() const
{
    QList<TaskOutcome> outcomes;
    for (qsizetype i = 0; i < m_fanOut.runs().size(); ++i) {
        const FanOutRun &run = m_fanOut.runs()[i];
        const Relay::RunOutcome known{
            .status = run.status, .runId = run.runId, .response = run.toJson(), .error = run.error};
        outcomes.append({.task = run.workspace, .outcome = m_outcomes.value(i, known)});
    }
    return outcomes;
}

std::optional<QString> FanOutCommand::workspaceOf(const QByteArray &runId) const
{
    const auto index = m_workspaces.constFind(runId);
    return index == m_workspaces.constEnd() ? std::nullopt : std::optional(m_names[*index]);
}

bool FanOutCommand::canGoOn() const
{
    return m_fanOut.canBeResumed()
        && std::any_of(m_fanOut.runs().begin(), m_fanOut.runs().end(),
                       [](const FanOutRun &run) { return !run.isSettled(); });
}

int fanOut(const Options &options)
{
    const Result<Credentials> credentials = loadCredentials(options);
    if (!credentials) {
        return complain(credentials.error());
    }
    Result<FanOutJob> job = jobFor(options);
    if (!job) {
        return refuse(options, job.error());
    }
    if (job->damagedLines > 0) {
        std::fprintf(stderr,
                     "patchpanel: %d lines of the fan-out's record are damaged: the runners are asked instead\n",
                     job->damagedLines);
    }
    UnixSignals unixSignals;
    FanOutCommand command(options, *credentials, std::move(*job));
    QObject::connect(&command, &FanOutCommand::finished, qApp, &QCoreApplication::exit, Qt::QueuedConnection);
    QObject::connect(&unixSignals, &UnixSignals::received, &command, &FanOutCommand::interrupt);
    command.start();
    return QCoreApplication::exec();
}

} // namespace PatchPanel::App
