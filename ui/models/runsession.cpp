#include "ui/models/runsession.h"

#include "ui/models/format.h"
#include "ui/models/outcome.h"

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

QString addressOf(const ServiceInfo &service)
{
    return service.url.port() > 0 ? QStringLiteral(" (%1:%2)").arg(service.url.host()).arg(service.url.port())
                                  : QString();
}

} // namespace

RunSession::RunSession(App::ServiceHost &host, QString workspace, QObject *parent)
    : QObject(parent)
    , m_host(host)
    , m_preferredWorkspace(std::move(workspace))
    , m_wasReady(host.isReady())
{
    connect(&host, &App::ServiceHost::serviceChanged, this, &RunSession::servicesChanged);
    connect(&host, &App::ServiceHost::ready, this, &RunSession::servicesChanged);
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
    m_plan = PlanState::None;
    m_planId.clear();
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
    m_previewWhenReady = !m_host.isReady();
    if (!m_previewWhenReady) {
        Relay::RunRequest dryRun = request();
        dryRun.dryRun = true;
        m_previewTicket = m_host.run(dryRun);
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
        return {tr("No task is chosen."), tr("Open a task…"), QStringLiteral("open")};
    }
    if (m_plan == PlanState::Rejected) {
        return {m_rejection, tr("Preview again"), QStringLiteral("preview")};
    }
    if (m_plan == PlanState::None && !isPreviewing() && !m_previewWhenReady) {
        return {tr("The task is not previewed yet."), tr("Preview"), QStringLiteral("preview")};
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
    return QStringLiteral("patchpanel --no-gui run %1 --workspace %2")
        .arg(quotedForShell(m_task.path), quotedForShell(m_task.workspace));
}

Relay::RunRequest RunSession::request() const
{
    Relay::RunRequest request;
    request.file = m_task.file;
    request.workspace = m_task.workspace;
    return request;
}

void RunSession::startRun()
{
    Relay::RunRequest planned = request();
    planned.planId = m_planId;
    m_runTicket = m_host.run(planned);
    Q_EMIT runStarted(m_task.file);
    Q_EMIT changed();
}

void RunSession::servicesChanged()
{
    const bool ready = m_host.isReady();
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
    m_plan = planStateFor(outcome);
    m_planId = outcome.response[QStringLiteral("planId")].toString();
    const std::optional<Error> error = errorOf(outcome);
    m_rejection = error ? tr("%1: %2").arg(wordFor(outcome.status), error->message) : wordFor(outcome.status);
    const bool runNow = std::exchange(m_runAfterPreview, false);
    Q_EMIT previewFinished(outcome);
    Q_EMIT changed();
    if (runNow && canRun()) {
        startRun();
    }
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

RunSession::Obstacle RunSession::serviceObstacle() const
{
    if (m_host.isReady()) {
        return {};
    }
    const QList<ServiceInfo> services = m_host.services();
    const auto registry = std::find_if(services.begin(), services.end(),
                                       [](const ServiceInfo &s) { return s.kind == ServiceKind::Registry; });
    const auto runner = std::find_if(services.begin(), services.end(),
                                     [](const ServiceInfo &s) { return s.kind == ServiceKind::Runner; });
    if (isIn(services, ServiceState::Starting)) {
        return {tr("The services are starting…")};
    }
    if (isIn(services, ServiceState::Stopping)) {
        return {tr("The services are stopping…")};
    }
    if (registry != services.end() && registry->state != ServiceState::Up) {
        const QString reason = registry->reason.isEmpty() ? QString() : tr(" Reason: %1.").arg(registry->reason);
        return {tr("The registry does not answer%1.").arg(addressOf(*registry)) + reason,
                tr("Start %1").arg(registry->name), QStringLiteral("start:") + registry->name};
    }
    if (runner != services.end()) {
        const QString reason = runner->reason.isEmpty() ? QString() : tr(" Reason: %1.").arg(runner->reason);
        return {tr("No runner is up.") + reason, tr("Start %1").arg(runner->name),
                QStringLiteral("start:") + runner->name};
    }
    return {tr("No runner is known to the registry.")};
}

} // namespace PatchPanel::Ui
