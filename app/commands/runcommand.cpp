#include "app/commands/runcommand.h"

#include "app/commands/commands.h"
#include "app/commands/planreport.h"
#include "app/hostsetup.h"
#include "app/profile.h"
#include "app/taskrequest.h"
#include "app/unixsignals.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <cstdio>

namespace PatchPanel::App {

namespace {

constexpr int timeOutExitCode = 124; // as timeout(1)
constexpr int changesExitCode = 2; // --detailed-exitcode

// A plan's output is the plan: its log is shown only when it is asked for.
bool showsLog(const Options &options)
{
    return options.command != Command::Plan || options.logLevel == QLatin1String("debug");
}

std::FILE *logStream(const Options &options)
{
    return options.json || options.command == Command::Plan ? stderr : stdout;
}

} // namespace

RunCommand::RunCommand(const Options &options, const QString &workspace, const QByteArray &token)
    : m_options(options)
    , m_workspace(workspace)
    , m_host(hostOptionsFor(options, workspace, token), m_log)
{
    if (showsLog(options)) {
        m_console.emplace(m_log, logStream(options), leastLevel(options), options.color);
    }
    connect(&m_host, &ServiceHost::ready, this, &RunCommand::runNext);
    connect(&m_host, &ServiceHost::startFailed, this, [this](const Error &error) { stop(complain(error)); });
    connect(&m_host, &ServiceHost::runFinished, this, &RunCommand::runEnded);
    connect(&m_host, &ServiceHost::allStopped, this, [this] {
        m_console.reset();
        Q_EMIT finished(m_exitCode);
    });
    m_timeout.setSingleShot(true);
    connect(&m_timeout, &QTimer::timeout, this, &RunCommand::timeOut);
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
    if (m_stopping || m_next == m_options.files.size()) {
        return;
    }
    Result<Relay::RunRequest> request = requestForTaskFile(m_options.files[m_next++], m_workspace);
    if (!request) {
        stop(complain(request.error()));
        return;
    }
    request->dryRun = isPlan();
    request->force = m_options.force;
    request->useCache = m_options.useCache;
    request->planId = m_options.planId;
    request->fuzz = m_options.fuzz;
    request->recount = m_options.recount;
    m_ticket = m_host.run(*request);
}

void RunCommand::runEnded(quint64 ticket, const Relay::RunOutcome &outcome)
{
    if (ticket != m_ticket) {
        return;
    }
    m_ticket.reset();
    if (m_console) {
        m_console->flush();
    }
    show(outcome);
    const int exitCode = m_forcedExit.value_or(exitCodeOf(outcome));
    const bool goOn = exitCode == 0 && m_next < m_options.files.size();
    if (goOn) {
        runNext();
    } else {
        stop(exitCode);
    }
}

void RunCommand::show(const Relay::RunOutcome &outcome)
{
    if (outcome.error) {
        complain(*outcome.error);
    }
    if (m_options.json) {
        QJsonObject document = outcome.response;
        if (document.isEmpty()) {
            document = {{QStringLiteral("status"), toString(outcome.status)}};
            if (outcome.error) {
                document[QStringLiteral("error")] = outcome.error->toJson();
            }
        }
        m_documents.append(document);
    } else if (isPlan() && !outcome.response.isEmpty()) {
        const QByteArray text = planReport(outcome.response, wantsColor(m_options.color, stdout));
        std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
    } else if (!outcome.error && !isSuccess(outcome.status)) {
        explain(outcome);
    }
    std::fflush(stdout);
}

// Why a run that came to an end did not succeed.
void RunCommand::explain(const Relay::RunOutcome &outcome)
{
    const QJsonObject error = outcome.response[QStringLiteral("error")].toObject();
    QByteArray text = outcome.response[QStringLiteral("message")].toString().toUtf8() + '\n';
    if (error[QStringLiteral("details")].toObject().contains(QStringLiteral("problems"))) {
        text = problemReport(Error::fromJson(error));
    }
    std::fprintf(stderr, "patchpanel: %s", text.constData());
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
        m_options.files.size() == 1 ? QJsonDocument(m_documents.first().toObject()) : QJsonDocument(m_documents);
    std::fputs(document.toJson().constData(), stdout);
    std::fflush(stdout);
}

void RunCommand::stop(int exitCode)
{
    if (m_stopping) {
        return;
    }
    m_stopping = true;
    m_exitCode = exitCode;
    printDocuments();
    m_timeout.stop();
    m_host.stopAll();
}

int runTasks(const Options &options)
{
    const Result<QString> workspace = workspaceFor(options);
    if (!workspace) {
        return complain(workspace.error());
    }
    // Before any service is started: a name that is mistyped should cost nothing.
    for (const QString &file : options.files) {
        if (const auto request = requestForTaskFile(file, *workspace); !request) {
            return complain(request.error());
        }
    }
    const Result<QByteArray> token = loadOrCreateToken(options.profile, options.tokenFile);
    if (!token) {
        return complain(token.error());
    }
    UnixSignals unixSignals;
    RunCommand command(options, *workspace, *token);
    QObject::connect(&command, &RunCommand::finished, qApp, &QCoreApplication::exit, Qt::QueuedConnection);
    QObject::connect(&unixSignals, &UnixSignals::received, &command, &RunCommand::interrupt);
    command.start();
    return QCoreApplication::exec();
}

} // namespace PatchPanel::App
