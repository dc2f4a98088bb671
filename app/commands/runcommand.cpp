#include "app/commands/runcommand.h"

#include "app/commands/commands.h"
#include "app/commands/failurereport.h"
#include "app/commands/planreport.h"
#include "app/commands/runreports.h"
#include "app/hostsetup.h"
#include "app/planfile.h"
#include "app/taskrequest.h"
#include "app/terminal.h"
#include "app/unixsignals.h"
#include "services/common/ids.h"
#include "services/relay/outcome.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <cstdio>
#include <unistd.h>

namespace PatchPanel::App {

RunCommand::RunCommand(const Options &options, const QString &workspace, const Credentials &credentials,
                       const QList<Relay::RunRequest> &requests)
    : m_options(options)
    , m_workspace(workspace)
    , m_requests(requests)
    , m_log(logKeepingFor(options))
    , m_host(hostOptionsFor(options, workspace, credentials), m_log)
{
    if (options.events) {
        m_console.emplace(m_log, stdout, leastLevel(options), options.color, LineFormat::Json);
        tellEvents();
    } else if (showsLog(options)) {
        m_console.emplace(m_log, logStream(options), leastLevel(options), options.color);
        if (!options.quiet) {
            m_progress.emplace(*m_console);
            connect(&m_host, &ServiceHost::stepChanged, &*m_progress,
                    [this](quint64, const Step &step) { m_progress->stepChanged(step); });
        }
    }
    connect(&m_host, &ServiceHost::ready, this, &RunCommand::runNext);
    connect(&m_host, &ServiceHost::startFailed, this, [this](const Error &error) {
        m_outcomes.append(Relay::outcomeOf(error));
        stop(complain(error));
    });
    connect(&m_host, &ServiceHost::runFinished, this, &RunCommand::runEnded);
    connect(&m_host, &ServiceHost::allStopped, this, [this] {
        m_progress.reset();
        m_console.reset();
        Q_EMIT finished(m_exitCode);
    });
    m_timeout.setSingleShot(true);
    connect(&m_timeout, &QTimer::timeout, this, &RunCommand::timeOut);
}

// For --events, as they come.
void RunCommand::tellEvents()
{
    connect(&m_host, &ServiceHost::runAccepted, this, [this](quint64, const QString &runId, const QString &runner) {
        m_console->writeEvent(QStringLiteral("accepted"),
                              {{QStringLiteral("task"), taskName(m_next - 1)},
                               {QStringLiteral("runId"), runId},
                               {QStringLiteral("runner"), runner}});
    });
    connect(&m_host, &ServiceHost::stepChanged, this,
            [this](quint64, const Step &step) { m_console->writeEvent(QStringLiteral("step"), step.toJson()); });
}

void RunCommand::start()
{
    if (m_options.timeoutSeconds > 0) {
        m_timeout.start(std::chrono::seconds(m_options.timeoutSeconds));
    }
    m_host.startAll();
}

void RunCommand::interrupt(int signal)
{
    m_forcedExit = 128 + signal;
    if (m_ticket) {
        m_host.cancel(*m_ticket);
        return;
    }
    stop(*m_forcedExit);
}

void RunCommand::timeOut()
{
    if (m_progress) {
        m_progress->end();
    }
    std::fprintf(stderr, "patchpanel: not done after %d s: cancelling\n", m_options.timeoutSeconds);
    m_forcedExit = timeOutExitCode;
    if (m_ticket) {
        m_host.cancel(*m_ticket);
        return;
    }
    stop(timeOutExitCode);
}

void RunCommand::runNext()
{
    if (m_stopping || m_next == m_requests.size()) {
        return;
    }
    Relay::RunRequest request = m_requests[m_next++];
    request.runner = m_options.runner;
    request.dryRun = isPlan();
    request.force = m_options.force;
    request.useCache = m_options.useCache;
    request.settings = m_options.run;
    if (m_progress) {
        m_progress->begin(taskName(m_next - 1), m_next, m_requests.size());
    }
    m_ticket = m_host.run(request,
                          request.file.isEmpty() ? QString() : QDir(request.workspace).absoluteFilePath(request.file));
}

void RunCommand::runEnded(quint64 ticket, const Relay::RunOutcome &outcome)
{
    if (ticket != m_ticket) {
        return;
    }
    m_ticket.reset();
    if (m_progress) {
        m_progress->end();
    }
    if (m_console) {
        m_console->flush();
    }
    show(outcome);
    m_outcomes.append(outcome);
    int exitCode = m_forcedExit.value_or(exitCodeOf(outcome));
    if (!m_options.output.isEmpty() && isSuccess(outcome.status)) {
        const Result<void> saved = savePlanOf(outcome.response);
        exitCode = saved ? exitCode : complain(saved.error());
    }
    m_exitCode = m_exitCode == 0 ? exitCode : m_exitCode;
    const bool goOn = exitCode == 0 || (m_options.keepGoing && !m_forcedExit);
    if (goOn && m_next < m_requests.size()) {
        runNext();
    } else {
        stop(m_forcedExit.value_or(m_exitCode));
    }
}

void RunCommand::show(const Relay::RunOutcome &outcome)
{
    if (outcome.error) {
        explain(*outcome.error);
    }
    if (m_options.json) {
        m_documents.append(documentOf(outcome));
    }
    if (m_options.events) {
        m_console->writeEvent(QStringLiteral("result"), documentOf(outcome));
    }
    if (!outcome.error && !isSuccess(outcome.status)) {
        explain(TaskOutcome{.outcome = outcome}.error().value());
    } else if (!m_options.json && !m_options.events && isPlan() && !outcome.response.isEmpty()) {
        showPlan(outcome.response);
    }
    std::fflush(stdout);
}

// The response, or what takes its place.
QJsonObject RunCommand::documentOf(const Relay::RunOutcome &outcome)
{
    if (!outcome.response.isEmpty()) {
        return outcome.response;
    }
    QJsonObject document{{QStringLiteral("status"), toString(outcome.status)}};
    if (outcome.error) {
        document[QStringLiteral("error")] = outcome.error->toJson();
    }
    return document;
}

void RunCommand::showPlan(const QJsonObject &response)
{
    const PlanReportStyle style{.body = m_options.stat ? PlanReportStyle::Body::Stat : PlanReportStyle::Body::Diff,
                                .ansi = wantsColor(m_options.color, stdout) ? Ansi::Colored : Ansi::Plain,
                                .toTerminal = isatty(STDOUT_FILENO) == 1,
                                .width = terminalWidth(stdout)};
    const QByteArray text = planReport(response, style);
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
}

// The task is read again to go into the file: it must be the one that was planned.
Result<void> RunCommand::savePlanOf(const QJsonObject &response) const
{
    const Result<Relay::RunRequest> task = embeddedTask(m_options.files.first(), m_workspace, m_options.task);
    if (!task) {
        return task.error();
    }
    const QJsonObject planned = response[QStringLiteral("task")].toObject();
    if (planned[QStringLiteral("sha256")].toString() != QString::fromLatin1(sha256Hex(task->content))) {
        return Error{ErrorCode::Stale, QStringLiteral("the task file was changed while it was planned"),
                     QStringLiteral("plan it again"), m_options.files.first()};
    }
    const PlanFile plan{.planId = response[QStringLiteral("planId")].toString(),
                        .taskName = planned[QStringLiteral("file")].toString(),
                        .task = task->content,
                        .filesBeside = task->filesBeside,
                        .workspace = m_workspace,
                        .options = m_options.task,
                        .changes = response[QStringLiteral("changes")].toArray()};
    return savePlan(plan, m_options.output);
}

// Why a run did not succeed.
void RunCommand::explain(const Error &error)
{
    std::fprintf(stderr, "patchpanel: %s", failureReport(error).constData());
}

int RunCommand::exitCodeOf(const Relay::RunOutcome &outcome) const
{
    if (outcome.error) {
        return traitsOf(outcome.error->code).exitCode;
    }
    const bool hasChanges = !outcome.response[QStringLiteral("changes")].toArray().isEmpty();
    if (m_options.detailedExitCode && outcome.status == RunStatus::Ok && hasChanges) {
        return changesExitCode;
    }
    return exitCodeFor(outcome.status);
}

// stdout is one JSON document: the result of one task, an array of the results of several.
void RunCommand::printDocuments()
{
    if (m_documents.isEmpty()) {
        return;
    }
    const QJsonDocument document =
        m_requests.size() == 1 ? QJsonDocument(m_documents.first().toObject()) : QJsonDocument(m_documents);
    std::fputs(document.toJson().constData(), stdout);
    std::fflush(stdout);
}

// As it was named.
QString RunCommand::taskName(qsizetype index) const
{
    if (index < m_options.files.size()) {
        return m_options.files.at(index);
    }
    const Relay::RunRequest &request = m_requests.at(index);
    return request.file.isEmpty() ? request.contentName : request.file;
}

// One for each task; those that were not reached are Queued.
QList<TaskOutcome> RunCommand::taskOutcomes() const
{
    QList<TaskOutcome> tasks;
    for (qsizetype i = 0; i < m_requests.size(); ++i) {
        tasks.append({.task = taskName(i), .outcome = m_outcomes.value(i, {.status = RunStatus::Queued})});
    }
    return tasks;
}

void RunCommand::stop(int exitCode)
{
    if (m_stopping) {
        return;
    }
    m_stopping = true;
    m_exitCode = exitCode;
    printDocuments();
    const Result<void> reported = leaveReports(m_options, m_workspace, taskOutcomes());
    if (!reported) {
        const int failure = complain(reported.error());
        m_exitCode = exitCode == 0 ? failure : exitCode;
    }
    m_timeout.stop();
    m_host.stopAll();
}

namespace {

// What the task files ask for.
Result<QList<Relay::RunRequest>> requestsForFiles(const Options &options, const QString &workspace)
{
    QList<Relay::RunRequest> requests;
    for (const QString &file : options.files) {
        Result<Relay::RunRequest> request = requestForTaskFile(file, workspace, options.task);
        if (!request) {
            return request.error();
        }
        request->planId = options.plan;
        requests.append(*request);
    }
    return requests;
}

// A task that is named beside a saved plan must be the one in it, and the options are those in it.
Result<void> checkAgainstPlan(const Options &options, const PlanFile &plan, const QString &workspace)
{
    if (options.task != TaskOptions{}) {
        return Error{ErrorCode::Usage, QStringLiteral("the options of a saved plan cannot be changed"),
                     QStringLiteral("leave them out, or make the plan again with them")};
    }
    if (options.files.size() > 1) {
        return Error{ErrorCode::Usage, QStringLiteral("a saved plan is about one task")};
    }
    if (!options.files.isEmpty()) {
        const Result<Relay::RunRequest> task = embeddedTask(options.files.first(), workspace, plan.options);
        if (!task) {
            return task.error();
        }
        if (task->content != plan.task || task->filesBeside != plan.filesBeside) {
            return Error{
                ErrorCode::Stale,
                QStringLiteral("this is not the task that the saved plan was made from (%1)").arg(plan.taskName),
                QStringLiteral("leave the task out to run the plan, or make the plan again"), options.files.first()};
        }
    }
    return checkNotStale(plan, workspace);
}

Result<QList<Relay::RunRequest>> requestsFor(const Options &options, const std::optional<PlanFile> &plan,
                                             const QString &workspace)
{
    if (!plan) {
        return requestsForFiles(options, workspace);
    }
    const Result<void> checked = checkAgainstPlan(options, *plan, workspace);
    return checked ? Result(QList{plan->request(workspace)}) : checked.error();
}

// The saved plan that --plan names; nothing when it names the id of a plan.
Result<std::optional<PlanFile>> savedPlan(const Options &options)
{
    if (options.plan.isEmpty() || !QFileInfo(options.plan).isFile()) {
        if (options.files.isEmpty()) {
            return Error{ErrorCode::Usage, QStringLiteral("there is no saved plan %1").arg(options.plan),
                         QStringLiteral("name the file that plan --output wrote, or the task beside the plan's id")};
        }
        return std::optional<PlanFile>();
    }
    Result<PlanFile> plan = loadPlan(options.plan);
    return plan ? Result(std::optional(*plan)) : plan.error();
}

} // namespace

int refuse(const Options &options, const Error &error)
{
    const Relay::RunOutcome outcome = Relay::outcomeOf(error);
    if (options.json) {
        const QJsonObject document{{QStringLiteral("status"), toString(outcome.status)},
                                   {QStringLiteral("error"), error.toJson()}};
        std::fputs(QJsonDocument(document).toJson().constData(), stdout);
    }
    QList<TaskOutcome> tasks;
    for (const QString &file : options.files.isEmpty() ? QStringList{options.plan} : options.files) {
        tasks.append({.task = file, .outcome = outcome});
    }
    if (const auto reported = leaveReports(options, QDir::currentPath(), tasks); !reported) {
        complain(reported.error());
    }
    return complain(error);
}

int runRequests(const Options &options, const QString &workspace, const QList<Relay::RunRequest> &requests)
{
    const Result<Credentials> credentials = loadCredentials(options);
    if (!credentials) {
        return complain(credentials.error());
    }
    UnixSignals unixSignals;
    RunCommand command(options, workspace, *credentials, requests);
    QObject::connect(&command, &RunCommand::finished, qApp, &QCoreApplication::exit, Qt::QueuedConnection);
    QObject::connect(&unixSignals, &UnixSignals::received, &command, &RunCommand::interrupt);
    command.start();
    return QCoreApplication::exec();
}

int runTasks(const Options &options)
{
    if (options.isFanOut()) {
        return fanOut(options);
    }
    const Result<std::optional<PlanFile>> plan = savedPlan(options);
    if (!plan) {
        return refuse(options, plan.error());
    }
    Options placed = options;
    if (*plan && options.workspace.isEmpty()) {
        placed.workspace = (*plan)->workspace;
    }
    const Result<QString> workspace = workspaceFor(placed);
    if (!workspace) {
        return refuse(options, workspace.error());
    }
    const Result<QList<Relay::RunRequest>> requests = requestsFor(options, *plan, *workspace);
    if (!requests) {
        return refuse(options, requests.error());
    }
    return runRequests(placed, *workspace, *requests);
}

} // namespace PatchPanel::App
