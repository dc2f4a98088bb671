#include "ui/models/runsession.h"

#include "services/common/shellword.h"
#include "ui/models/outcome.h"
#include "ui/models/servicelook.h"
#include "ui/models/servicetexts.h"

#include <QFileInfo>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

using App::ServiceInfo;
using App::ServiceKind;
using App::ServiceState;

RunSession::PlanState planStateFor(const Relay::RunOutcome &preview)
{
    using PlanState = RunSession::PlanState;
    switch (preview.status) {
    case RunStatus::Ok:
        return PlanState::Applies;
    case RunStatus::Noop:
    case RunStatus::Skipped:
        return PlanState::Noop;
    case RunStatus::Cancelled:
    case RunStatus::Busy:
    case RunStatus::Unknown:
        return PlanState::None;
    default:
        return PlanState::Rejected;
    }
}

bool isIn(const QList<ServiceInfo> &services, ServiceState state)
{
    return std::any_of(services.begin(), services.end(), [state](const ServiceInfo &s) { return s.state == state; });
}

const ServiceInfo *firstOf(const QList<ServiceInfo> &services, ServiceKind kind)
{
    const auto found =
        std::find_if(services.begin(), services.end(), [kind](const ServiceInfo &s) { return s.kind == kind; });
    return found == services.end() ? nullptr : &*found;
}

QString urlOf(const ServiceInfo &service)
{
    return service.url.toString(QUrl::RemoveUserInfo);
}

// What the command line needs to carry a run out like that.
QString optionsFor(const RunSettings &settings)
{
    const RunSettings standard;
    QString text;
    const auto add = [&text](const char *option, auto value, auto normal, const QStringList &words) {
        if (value != normal) {
            text += QStringLiteral(" --%1 %2").arg(QLatin1String(option), words.at(static_cast<int>(value)));
        }
    };
    add("sandbox", settings.sandbox, standard.sandbox, sandboxWords());
    add("validate-in", settings.validateIn, standard.validateIn, validatePlaceWords());
    add("durability", settings.durability, standard.durability, durabilityWords());
    text += settings.breakHardlinks ? QStringLiteral(" --break-hardlinks") : QString();
    text += settings.runGates ? QString() : QStringLiteral(" --no-gates");
    return text + (settings.commit ? QString() : QStringLiteral(" --no-commit"));
}

} // namespace

RunSession::RunSession(App::ServiceHost &host, QString workspace, QObject *parent)
    : QObject(parent)
    , m_host(host)
    , m_preferredWorkspace(std::move(workspace))
    , m_wasReady(host.isReady())
{
    connect(&host, &App::ServiceHost::serviceChanged, this, &RunSession::servicesChanged);
    connect(&host, &App::ServiceHost::serviceRemoved, this, &RunSession::servicesChanged);
    connect(&host, &App::ServiceHost::ready, this, &RunSession::servicesChanged);
    connect(&host, &App::ServiceHost::runConnectionChanged, this, [this](quint64 ticket, const QString &problem) {
        if (ticket == m_runTicket) {
            Q_EMIT connectionChanged(problem);
        }
    });
    connect(&host, &App::ServiceHost::runAccepted, this,
            [this](quint64 ticket, const QString &runId, const QString &runner) {
                if (ticket == m_runTicket) {
                    Q_EMIT runAccepted(runId, runner);
                }
            });
    connect(&host, &App::ServiceHost::stepChanged, this, [this](quint64 ticket, const Step &step) {
        if (ticket == m_runTicket) {
            Q_EMIT stepChanged(step);
        }
    });
    connect(&host, &App::ServiceHost::runFinished, this, [this](quint64 ticket, const Relay::RunOutcome &outcome) {
        if (ticket == m_previewTicket) {
            finishPreview(outcome);
        } else if (ticket == m_runTicket) {
            finishRun(outcome);
        }
    });
}

void RunSession::setRunDefaults(const RunDefaults &defaults)
{
    const RunSettings before = std::exchange(m_defaults, defaults).settings;
    const bool showsOther = before.runGates != defaults.settings.runGates || before.commit != defaults.settings.commit;
    if (!showsOther || isRunning() || m_task.isEmpty()) {
        return;
    }
    if (isPreviewing()) {
        m_host.cancel(std::exchange(m_previewTicket, 0));
    }
    forgetPlan();
    preview();
}

void RunSession::open(const QString &path)
{
    if (isRunning()) {
        Q_EMIT taskRejected(path, tr("a run is in progress"));
        return;
    }
    const QFileInfo file(path);
    if (!file.exists()) {
        Q_EMIT taskRejected(path, tr("there is no such file"));
        return;
    }
    if (!file.isFile() || !file.isReadable()) {
        Q_EMIT taskRejected(path, tr("it is not a file that can be read"));
        return;
    }
    if (isPreviewing()) {
        m_host.cancel(m_previewTicket);
        m_previewTicket = 0;
    }
    m_task = locateTask(path, m_preferredWorkspace);
    forgetPlan();
    m_rejection.clear();
    m_runAfterPreview = false;
    m_host.allowWorkspace(m_task.workspace);
    Q_EMIT taskChanged(m_task);
    preview();
}

void RunSession::preview()
{
    if (!canPreview()) {
        return;
    }
    m_previewWhenReady = !canReachRunner();
    if (!m_previewWhenReady) {
        Relay::RunRequest dryRun = request();
        dryRun.dryRun = true;
        m_previewTicket = m_host.run(dryRun, m_task.path);
        Q_EMIT previewStarted();
    }
    Q_EMIT changed();
}

void RunSession::run()
{
    if (!canRun()) {
        return;
    }
    const bool fresh = m_plan == PlanState::Applies || m_plan == PlanState::Noop;
    if (fresh && !isPreviewing()) {
        startRun();
        return;
    }
    m_runAfterPreview = true;
    preview();
}

void RunSession::cancel()
{
    m_runAfterPreview = false;
    if (isPreviewing()) {
        m_host.cancel(m_previewTicket);
    }
    if (isRunning()) {
        m_host.cancel(m_runTicket);
        Q_EMIT runCancelling();
    }
}

void RunSession::abandon()
{
    if (!isRunning()) {
        return;
    }
    Relay::RunOutcome outcome;
    outcome.error = Error{ErrorCode::Unavailable, tr("Nobody waits for the run any more; it may still go on"),
                          tr("the history tells its end")};
    finishRun(outcome);
}

void RunSession::setRunner(const QString &name)
{
    if (name == m_runner || isRunning()) {
        return;
    }
    m_runner = name;
    forgetPlan(); // it was made by another runner
    if (isPreviewing()) {
        m_host.cancel(std::exchange(m_previewTicket, 0));
    }
    preview();
    Q_EMIT changed();
}

QString RunSession::remoteRunner() const
{
    const QList<ServiceInfo> services = m_host.services();
    const ServiceInfo *chosen = chosenIn(services);
    return chosen && chosen->isRemote ? m_runner : QString();
}

void RunSession::rollBack(const QString &runId, const QString &workspace)
{
    if (!rollbackObstacle().isEmpty()) {
        return;
    }
    m_host.allowWorkspace(workspace);
    m_runTicket = m_host.run({.rollbackOf = runId, .workspace = workspace});
    Q_EMIT runStarted(tr("rollback of run %1").arg(runId));
    Q_EMIT changed();
}

bool RunSession::canPreview() const
{
    return !m_task.isEmpty() && !isRunning() && !isPreviewing();
}

bool RunSession::canRun() const
{
    return !isRunning() && m_plan != PlanState::None && obstacle().text.isEmpty();
}

RunSession::Obstacle RunSession::obstacle() const
{
    if (isRunning()) {
        return {};
    }
    if (const Obstacle missing = serviceObstacle(); !missing.text.isEmpty()) {
        return missing;
    }
    if (m_task.isEmpty()) {
        return {tr("No task is chosen."), {{tr("Open a task…"), QStringLiteral("open")}}};
    }
    if (m_plan == PlanState::Rejected) {
        return {m_rejection, {{tr("Preview again"), QStringLiteral("preview")}}};
    }
    if (m_plan == PlanState::None && !isPreviewing() && !m_previewWhenReady) {
        return {m_rejection.isEmpty() ? tr("The task is not previewed yet.") : m_rejection,
                {{tr("Preview"), QStringLiteral("preview")}}};
    }
    return {};
}

QString RunSession::rollbackObstacle() const
{
    return isRunning() ? tr("A run is in progress") : serviceObstacle().text;
}

QString RunSession::commandLine() const
{
    if (m_task.isEmpty()) {
        return {};
    }
    QString line = QStringLiteral("patchpanel --no-gui run %1 --workspace %2")
                       .arg(quotedForShell(m_task.path),
                            quotedForShell(m_foreignWorkspace.isEmpty() ? m_task.workspace : m_foreignWorkspace));
    const QList<ServiceInfo> services = m_host.services();
    const ServiceInfo *registry = firstOf(services, ServiceKind::Registry);
    const ServiceInfo *chosen = chosenIn(services);
    if (registry && (registry->isRemote || (chosen && chosen->isRemote))) {
        line += QStringLiteral(" --registry ") + quotedForShell(urlOf(*registry));
        if (chosen) {
            line += QStringLiteral(" --runner ") + quotedForShell(chosen->id.isEmpty() ? chosen->name : chosen->id);
        }
    }
    return line + optionsFor(m_defaults.settings) + (m_defaults.useCache ? QString() : QStringLiteral(" --no-cache"));
}

Relay::RunRequest RunSession::request() const
{
    Relay::RunRequest request;
    request.file = m_task.file;
    request.workspace = m_useForeignWorkspace ? QString() : m_task.workspace;
    request.runner = m_runner;
    request.settings = m_defaults.settings;
    request.useCache = m_defaults.useCache;
    request.gateTimeoutSeconds = m_defaults.commandSeconds;
    return request;
}

void RunSession::startRun()
{
    Relay::RunRequest planned = request();
    planned.planId = m_planId;
    m_runTicket = m_host.run(planned, m_task.path);
    Q_EMIT runStarted(m_task.file);
    Q_EMIT changed();
}

void RunSession::servicesChanged()
{
    const bool ready = canReachRunner();
    const bool becameReady = ready && !m_wasReady;
    m_wasReady = ready;
    if (becameReady && (m_previewWhenReady || m_plan == PlanState::None)) {
        preview();
    }
    Q_EMIT changed();
}

void RunSession::finishPreview(const Relay::RunOutcome &outcome)
{
    m_previewTicket = 0;
    if (isWorkspaceUnknownThere(outcome)) {
        m_useForeignWorkspace = true;
        preview();
        return;
    }
    m_foreignWorkspace = m_useForeignWorkspace ? outcome.response[QStringLiteral("workspace")].toString() : QString();
    m_plan = planStateFor(outcome);
    m_planId = outcome.response[QStringLiteral("planId")].toString();
    const std::optional<Error> error = errorOf(outcome);
    m_rejection = error ? tr("%1: %2").arg(wordFor(outcome.status), translatedServiceText(error->message))
                        : wordFor(outcome.status);
    if (m_plan == PlanState::None && !error) { // cancelled, for one
        m_rejection.clear();
    }
    const bool runNow = std::exchange(m_runAfterPreview, false);
    Q_EMIT previewFinished(outcome);
    Q_EMIT changed();
    if (runNow && canRun()) {
        startRun();
    }
}

void RunSession::forgetPlan()
{
    m_plan = PlanState::None;
    m_planId.clear();
    m_useForeignWorkspace = false;
    m_foreignWorkspace.clear();
}

// A runner elsewhere need not have a folder of that path; then it is asked for a plan for its own workspace, which the
// user sees before anything runs.
bool RunSession::isWorkspaceUnknownThere(const Relay::RunOutcome &preview) const
{
    const std::optional<Error> error = errorOf(preview);
    return error && !m_useForeignWorkspace && error->details.contains(QStringLiteral("workspace"))
        && !remoteRunner().isEmpty();
}

void RunSession::finishRun(const Relay::RunOutcome &outcome)
{
    m_runTicket = 0;
    m_plan = PlanState::Outdated;
    Q_EMIT runFinished(outcome);
    Q_EMIT changed();
    if (outcome.status == RunStatus::Stale) {
        Q_EMIT planExpired();
        preview();
    }
}

const ServiceInfo *RunSession::chosenIn(const QList<ServiceInfo> &services) const
{
    const auto found =
        std::find_if(services.begin(), services.end(), [this](const ServiceInfo &s) { return s.name == m_runner; });
    return m_runner.isEmpty() || found == services.end() ? nullptr : &*found;
}

RunSession::Obstacle RunSession::serviceObstacle() const
{
    const QList<ServiceInfo> services = m_host.services();
    const Fix anyRunner{tr("Use any runner"), QStringLiteral("runner:")};
    if (!m_runner.isEmpty()) {
        const ServiceInfo *chosen = chosenIn(services);
        if (!chosen) {
            return {tr("%1 has left the registry.").arg(m_runner), {anyRunner}};
        }
        if (isUp(*chosen)) {
            return {}; // also while the registry is away: where it is, is known
        }
        Obstacle obstacle = obstacleOf(*chosen);
        obstacle.fixes.append(anyRunner);
        return obstacle;
    }
    if (m_host.isReady()) {
        return {};
    }
    if (isIn(services, ServiceState::Starting)) {
        return {tr("The services are starting…")};
    }
    if (isIn(services, ServiceState::Stopping)) {
        return {tr("The services are stopping…")};
    }
    const ServiceInfo *registry = firstOf(services, ServiceKind::Registry);
    if (registry && !isUp(*registry)) {
        return obstacleOf(*registry);
    }
    const ServiceInfo *runner = firstOf(services, ServiceKind::Runner);
    if (!runner) {
        return {tr("No runner is known to the registry.")};
    }
    Obstacle obstacle = obstacleOf(*runner);
    obstacle.text = tr("No runner is up.") + (runner->reason.isEmpty() ? QString() : QLatin1Char(' ') + obstacle.text);
    return obstacle;
}

RunSession::Obstacle RunSession::obstacleOf(const ServiceInfo &service) const
{
    if (service.state == ServiceState::Starting) {
        return {tr("%1 is starting…").arg(service.name)};
    }
    if (service.state == ServiceState::Stopping) {
        return {tr("%1 is stopping…").arg(service.name)};
    }
    const bool isRegistry = service.kind == ServiceKind::Registry;
    const QString address = service.url.port() > 0 ? QStringLiteral(" (%1)").arg(urlOf(service)) : QString();
    QString text = isRegistry ? tr("The registry does not answer%1.").arg(address)
                              : tr("%1 is not up%2.").arg(service.name, address);
    if (!service.reason.isEmpty()) {
        text += QLatin1Char(' ') + tr("Reason: %1.").arg(translatedServiceText(service.reason));
    }
    if (service.isRemote) {
        return {text + QLatin1Char(' ') + tr("It is asked again every few seconds.")};
    }
    QList<Fix> fixes{{tr("Start %1").arg(service.name), QStringLiteral("start:") + service.name}};
    if (service.state == ServiceState::Failed && service.failure == ErrorCode::PortInUse) {
        fixes.append({tr("Use another port"), QStringLiteral("port:") + service.name});
    }
    return {text, fixes};
}

} // namespace PatchPanel::Ui
