#include "app/servicehost.h"

#include "app/healthprobe.h"
#include "services/common/clock.h"
#include "services/registry/registryservice.h"
#include "services/relay/relay.h"
#include "services/runner/runnerservice.h"

#include <QThread>

#include <algorithm>
#include <vector>

namespace PatchPanel::App {

namespace {

const QString registryName = QStringLiteral("registry");

// Longer than a runner's drain time, so that a bound is met even when something hangs.
constexpr auto longestStop = std::chrono::seconds(45);

} // namespace

class ServiceHost::Private {
public:
    // One service: what is shown of it, and while it is not stopped its object on its thread.
    struct Entry {
        ServiceInfo info;
        quint16 port = 0;
        std::unique_ptr<QThread> thread = {};
        std::unique_ptr<QObject> service = {}; // lives on `thread`; deleted here once that has ended
        std::function<void()> stop = {};
    };

    Private(ServiceHost *host, HostOptions hostOptions, Log::Store &store)
        : q(host)
        , options(std::move(hostOptions))
        , log(store)
    {
        options.client.token = options.token;
        if (options.tls) {
            for (const QString &warning : std::as_const(options.tls->warnings)) {
                Log::Writer(log, "patchpanel").warning("TLS", warning);
            }
        }
    }

    ServiceHost *q;
    HostOptions options;
    Log::Store &log;
    std::vector<std::unique_ptr<Entry>> entries;
    QList<QString> workspaceRoots;
    QThread relayThread;
    Relay::Relay *relay = nullptr; // both live on relayThread
    HealthProbe *probe = nullptr;
    quint64 lastTicket = 0;
    bool startingAll = false;
    bool stoppingAll = false;

    Entry *entryOf(const QString &name);
    template <typename Use> void forEachRunner(Use use);
    Entry &registryEntry() { return *entries.front(); }
    bool ownsRegistry() const { return options.registry.isEmpty(); }
    Http::ServerOptions serverOptions(const Entry &entry) const;

    void addEntries();
    void startRelay();
    void start(Entry &entry);
    template <typename Service> void launch(Entry &entry, std::unique_ptr<Service> service);
    void stop(Entry &entry);
    void serviceStarted(Entry &entry, const QUrl &url);
    void serviceFailed(Entry &entry, Error error);
    void serviceFinished(Entry &entry);
    void healthFound(const QString &name, const Health &health);
    void setState(Entry &entry, ServiceState state, const QString &reason = {});
    void announceReady();
};

ServiceHost::Private::Entry *ServiceHost::Private::entryOf(const QString &name)
{
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&name](const std::unique_ptr<Entry> &e) { return e->info.name == name; });
    return found == entries.end() ? nullptr : found->get();
}

// Calls `use` with every runner of this process, on the runner's thread.
template <typename Use> void ServiceHost::Private::forEachRunner(Use use)
{
    for (const auto &entry : entries) {
        if (auto *runner = qobject_cast<Runner::RunnerService *>(entry->service.get())) {
            QMetaObject::invokeMethod(runner, [runner, use] { use(*runner); });
        }
    }
}

Http::ServerOptions ServiceHost::Private::serverOptions(const Entry &entry) const
{
    return Http::ServerOptions{.service = entry.info.name,
                               .host = options.host,
                               .port = entry.port,
                               .advertise = options.advertise,
                               .tls = options.tls,
                               .auth = options.requireToken ? Http::Auth::Token : Http::Auth::None,
                               .token = options.token};
}

void ServiceHost::Private::addEntries()
{
    auto registry = std::make_unique<Entry>();
    registry->info.name = registryName;
    registry->info.kind = ServiceKind::Registry;
    registry->port = options.registryPort;
    entries.push_back(std::move(registry));
    for (int i = 0; i < options.runners; ++i) {
        auto runner = std::make_unique<Entry>();
        runner->info.name = QStringLiteral("runner-%1").arg(i + 1);
        runner->port = options.runnerPort == 0 ? quint16{0} : static_cast<quint16>(options.runnerPort + i);
        entries.push_back(std::move(runner));
    }
}

void ServiceHost::Private::startRelay()
{
    relay = new Relay::Relay({.registry = options.registry, .client = options.client}, Log::Writer(log, "relay"));
    probe = new HealthProbe(options.client);
    relayThread.setObjectName(QStringLiteral("relay"));
    for (QObject *worker : {static_cast<QObject *>(relay), static_cast<QObject *>(probe)}) {
        worker->moveToThread(&relayThread);
        QObject::connect(&relayThread, &QThread::finished, worker, &QObject::deleteLater);
    }
    QObject::connect(&relayThread, &QThread::started, relay, &Relay::Relay::start);
    if (options.watchHealth) {
        QObject::connect(&relayThread, &QThread::started, probe, &HealthProbe::start);
    }
    QObject::connect(relay, &Relay::Relay::runAccepted, q, &ServiceHost::runAccepted);
    QObject::connect(relay, &Relay::Relay::stepChanged, q, &ServiceHost::stepChanged);
    QObject::connect(relay, &Relay::Relay::runFinished, q, &ServiceHost::runFinished);
    QObject::connect(relay, &Relay::Relay::answered, q, &ServiceHost::answered);
    QObject::connect(relay, &Relay::Relay::lineReceived, q, [this](quint64, const Log::Line &line) {
        if (entryOf(QString::fromUtf8(line.service)) == nullptr) {
            log.append(line); // our own runners have logged it already
        }
    });
    QObject::connect(probe, &HealthProbe::probed, q,
                     [this](const QString &name, const Health &health) { healthFound(name, health); });
    relayThread.start();
}

void ServiceHost::Private::start(Entry &entry)
{
    if (entry.thread || entry.info.state == ServiceState::Up) {
        return;
    }
    if (entry.info.kind == ServiceKind::Registry) {
        if (!ownsRegistry()) {
            serviceStarted(entry, options.registry);
            return;
        }
        launch(entry,
               std::make_unique<Registry::RegistryService>(
                   serverOptions(entry), Log::Writer(log, entry.info.name.toUtf8()), options.registryStateFolder));
        return;
    }
    Runner::RunnerOptions runner{.name = entry.info.name,
                                 .server = serverOptions(entry),
                                 .client = options.client,
                                 .registry = registryEntry().info.url,
                                 .workspaceRoots = workspaceRoots,
                                 .defaultWorkspace = options.workspace,
                                 .redisUrl = options.redisUrl,
                                 .stateFolder = options.stateFolder,
                                 .slots = options.slots};
    launch(entry, std::make_unique<Runner::RunnerService>(std::move(runner), log));
}

template <typename Service> void ServiceHost::Private::launch(Entry &entry, std::unique_ptr<Service> service)
{
    entry.thread = std::make_unique<QThread>();
    entry.thread->setObjectName(entry.info.name);
    Service *raw = service.get();
    entry.service = std::move(service);
    raw->moveToThread(entry.thread.get());
    QObject::connect(entry.thread.get(), &QThread::started, raw, &Service::start);
    QObject::connect(entry.thread.get(), &QThread::finished, q, [this, &entry] { serviceFinished(entry); });
    QObject::connect(raw, &Service::started, q, [this, &entry](const QUrl &url) { serviceStarted(entry, url); });
    QObject::connect(raw, &Service::failed, q, [this, &entry](const Error &error) { serviceFailed(entry, error); });
    // quit() is thread-safe: called on the service's own thread, it works while the main thread waits.
    QObject::connect(raw, &Service::stopped, entry.thread.get(), &QThread::quit, Qt::DirectConnection);
    entry.stop = [raw] {
        QMetaObject::invokeMethod(raw, &Service::stop, Qt::QueuedConnection);
    };
    setState(entry, ServiceState::Starting);
    entry.thread->start();
}

void ServiceHost::Private::stop(Entry &entry)
{
    QMetaObject::invokeMethod(probe, [probe = probe, name = entry.info.name] { probe->forget(name); });
    if (!entry.thread) {
        setState(entry, ServiceState::Stopped);
        return;
    }
    if (entry.info.state != ServiceState::Stopping) {
        setState(entry, ServiceState::Stopping);
        entry.stop();
    }
}

void ServiceHost::Private::serviceStarted(Entry &entry, const QUrl &url)
{
    if (entry.info.state == ServiceState::Stopping) {
        return;
    }
    entry.info.url = url;
    entry.info.upSinceMs = wallClockMs();
    setState(entry, ServiceState::Up);
    if (options.watchHealth) {
        QMetaObject::invokeMethod(probe, [probe = probe, name = entry.info.name, url] { probe->watch(name, url); });
    }
    if (entry.info.kind == ServiceKind::Registry) {
        QMetaObject::invokeMethod(relay, [relay = relay, url] { relay->setRegistry(url); });
        if (startingAll) {
            for (const std::unique_ptr<Entry> &other : entries) {
                start(*other);
            }
        }
    }
    announceReady();
}

void ServiceHost::Private::serviceFailed(Entry &entry, Error error)
{
    if (error.code == ErrorCode::PortInUse) {
        error.hint =
            QStringLiteral("stop it, or choose another port with --%1-port")
                .arg(entry.info.kind == ServiceKind::Registry ? QStringLiteral("registry") : QStringLiteral("runner"));
    }
    setState(entry, ServiceState::Failed, error.toString());
    entry.stop(); // its thread ends; the reason stays
    startingAll = false;
    Q_EMIT q->startFailed(error);
}

void ServiceHost::Private::serviceFinished(Entry &entry)
{
    entry.thread->wait();
    entry.thread.reset();
    entry.service.reset();
    if (entry.info.state != ServiceState::Failed) {
        setState(entry, ServiceState::Stopped);
    }
    const bool runnersLeft = std::any_of(entries.begin(), entries.end(), [](const std::unique_ptr<Entry> &e) {
        return e->info.kind == ServiceKind::Runner && e->thread;
    });
    if (!stoppingAll || runnersLeft) {
        return;
    }
    if (registryEntry().thread) {
        stop(registryEntry());
        return;
    }
    stoppingAll = false;
    Q_EMIT q->allStopped();
}

void ServiceHost::Private::healthFound(const QString &name, const Health &health)
{
    Entry *entry = entryOf(name);
    if (entry == nullptr || (entry->info.state != ServiceState::Up && entry->info.state != ServiceState::Failed)) {
        return;
    }
    entry->info.latencyMs = health.latencyMs;
    entry->info.activeRuns = health.activeRuns;
    setState(*entry, health.answered ? ServiceState::Up : ServiceState::Failed,
             health.answered ? QString() : QStringLiteral("%1 does not answer").arg(entry->info.url.toString()));
}

void ServiceHost::Private::setState(Entry &entry, ServiceState state, const QString &reason)
{
    entry.info.state = state;
    entry.info.reason = reason;
    if (state != ServiceState::Up) {
        entry.info.latencyMs = -1;
        entry.info.activeRuns = 0;
    }
    Q_EMIT q->serviceChanged(entry.info);
}

void ServiceHost::Private::announceReady()
{
    const bool allUp = std::all_of(entries.begin(), entries.end(),
                                   [](const std::unique_ptr<Entry> &e) { return e->info.state == ServiceState::Up; });
    if (startingAll && allUp) {
        startingAll = false;
        Q_EMIT q->ready();
    }
}

ServiceHost::ServiceHost(HostOptions options, Log::Store &log, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(options), log))
{
    qRegisterMetaType<ServiceInfo>();
    qRegisterMetaType<Health>();
    qRegisterMetaType<Step>();
    qRegisterMetaType<Log::Line>();
    qRegisterMetaType<Error>();
    qRegisterMetaType<Relay::RunOutcome>();
    qRegisterMetaType<Relay::LookupAnswer>();
    if (!d->options.workspace.isEmpty()) {
        d->workspaceRoots.append(d->options.workspace);
    }
    d->addEntries();
    d->startRelay();
}

ServiceHost::~ServiceHost()
{
    disconnect();
    const QDeadlineTimer deadline(longestStop);
    const auto stopAndWait = [&](ServiceKind kind) {
        for (const auto &entry : d->entries) {
            if (entry->info.kind == kind && entry->thread && entry->info.state != ServiceState::Stopping) {
                entry->stop();
            }
        }
        for (const auto &entry : d->entries) {
            if (entry->info.kind == kind && entry->thread && !entry->thread->wait(deadline)) {
                qFatal("service %s did not stop", qPrintable(entry->info.name));
            }
        }
    };
    stopAndWait(ServiceKind::Runner); // they drain and deregister while the registry still answers
    stopAndWait(ServiceKind::Registry);
    connect(d->relay, &Relay::Relay::stopped, &d->relayThread, &QThread::quit, Qt::DirectConnection);
    QMetaObject::invokeMethod(d->probe, &HealthProbe::stop);
    QMetaObject::invokeMethod(d->relay, &Relay::Relay::stop);
    d->relayThread.wait();
}

QList<ServiceInfo> ServiceHost::services() const
{
    QList<ServiceInfo> list;
    for (const auto &entry : d->entries) {
        list.append(entry->info);
    }
    return list;
}

Log::Store &ServiceHost::log() const
{
    return d->log;
}

void ServiceHost::startAll()
{
    d->startingAll = true;
    if (d->registryEntry().info.state != ServiceState::Up) {
        d->start(d->registryEntry());
        return;
    }
    for (const auto &entry : d->entries) {
        d->start(*entry);
    }
    d->announceReady();
}

void ServiceHost::stopAll()
{
    d->startingAll = false;
    d->stoppingAll = true;
    bool runnersLeft = false;
    for (const auto &entry : d->entries) {
        if (entry->info.kind == ServiceKind::Runner) {
            runnersLeft = runnersLeft || entry->thread;
            d->stop(*entry);
        }
    }
    if (runnersLeft) {
        return; // the registry goes last: serviceFinished stops it
    }
    const bool registryLeft = d->registryEntry().thread != nullptr;
    d->stop(d->registryEntry());
    if (!registryLeft) {
        d->stoppingAll = false;
        QMetaObject::invokeMethod(this, &ServiceHost::allStopped, Qt::QueuedConnection);
    }
}

void ServiceHost::hurry()
{
    d->forEachRunner([](Runner::RunnerService &runner) { runner.hurry(); });
}

void ServiceHost::start(const QString &name)
{
    if (Private::Entry *entry = d->entryOf(name)) {
        d->start(*entry);
    }
}

void ServiceHost::stop(const QString &name)
{
    if (Private::Entry *entry = d->entryOf(name)) {
        d->stop(*entry);
    }
}

bool ServiceHost::isReady() const
{
    const auto isUp = [](const std::unique_ptr<Private::Entry> &e) {
        return e->info.state == ServiceState::Up;
    };
    const bool runnerUp = std::any_of(d->entries.begin() + 1, d->entries.end(), isUp);
    return isUp(d->entries.front()) && (runnerUp || d->options.runners == 0);
}

void ServiceHost::allowWorkspace(const QString &workspace)
{
    if (d->workspaceRoots.contains(workspace)) {
        return;
    }
    d->workspaceRoots.append(workspace);
    d->forEachRunner([workspace](Runner::RunnerService &runner) { runner.addWorkspaceRoot(workspace); });
}

quint64 ServiceHost::run(const Relay::RunRequest &request)
{
    const quint64 ticket = ++d->lastTicket;
    QMetaObject::invokeMethod(d->relay, [relay = d->relay, ticket, request] { relay->run(ticket, request); });
    return ticket;
}

quint64 ServiceHost::look(const Relay::Lookup &lookup)
{
    const quint64 ticket = ++d->lastTicket;
    QMetaObject::invokeMethod(d->relay, [relay = d->relay, ticket, lookup] { relay->look(ticket, lookup); });
    return ticket;
}

void ServiceHost::cancel(quint64 ticket)
{
    QMetaObject::invokeMethod(d->relay, [relay = d->relay, ticket] { relay->cancel(ticket); });
}

} // namespace PatchPanel::App
