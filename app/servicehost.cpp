#include "app/servicehost.h"

#include "app/healthprobe.h"
#include "app/redisprobe.h"
#include "app/remoterunners.h"
#include "app/taskrequest.h"
#include "services/common/clock.h"
#include "services/registry/registryservice.h"
#include "services/relay/outcome.h"
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

// The port of the runner with this number, from 0 on.
quint16 runnerPort(quint16 first, std::size_t number)
{
    return first == 0 ? quint16{0} : static_cast<quint16>(first + number);
}

} // namespace

class ServiceHost::Private {
public:
    // One service: what is shown of it, and while it is not stopped its object on its thread.
    struct Entry {
        ServiceInfo info;
        quint16 port = 0;
        bool leaves = false; // once it has stopped
        std::unique_ptr<QThread> thread = {};
        std::unique_ptr<QObject> service = {}; // lives on `thread`; deleted here once that has ended
        std::function<void()> stop = {};
        bool startAgain = false; // once it has stopped
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
    RemoteRunners remotes;
    std::unique_ptr<RedisProbe> redis;
    quint64 lastTicket = 0;
    bool startingAll = false;
    bool stoppingAll = false;

    Entry *entryOf(const QString &name);
    template <typename Use> void forEachRunner(Use use);
    Entry &registryEntry() { return *entries.front(); }
    bool isOwn(const QUrl &url) const;
    void tellOwnRunners();
    bool mayRunElsewhere(const QString &runner) const;
    bool ownsRegistry() const { return options.registry.isEmpty(); }
    Http::ServerOptions serverOptions(const Entry &entry) const;

    void addEntries();
    void addRunner();
    QStringList configurePorts(const ServiceSettings &settings);
    void configureRunnerCount(int count);
    void dropLeft();
    void startRelay();
    void start(Entry &entry);
    template <typename Service> void launch(Entry &entry, std::unique_ptr<Service> service);
    void stop(Entry &entry);
    void restart(Entry &entry);
    void restartRunners();
    void serviceStarted(Entry &entry, const QUrl &url);
    void serviceFailed(Entry &entry, Error error);
    void serviceFinished(Entry &entry);
    void watch(const ServiceInfo &service);
    void healthFound(const QString &name, const Health &health);
    void showRemotes();
    void setState(Entry &entry, ServiceState state, const QString &reason = {}); // and tells of it
    static void setState(ServiceInfo &service, ServiceState state, const QString &reason);
    void announceReady();
};

ServiceHost::Private::Entry *ServiceHost::Private::entryOf(const QString &name)
{
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&name](const std::unique_ptr<Entry> &e) { return e->info.name == name; });
    return found == entries.end() ? nullptr : found->get();
}

bool ServiceHost::Private::isOwn(const QUrl &url) const
{
    return std::any_of(entries.begin(), entries.end(),
                       [&url](const std::unique_ptr<Entry> &entry) { return entry->info.url == url; });
}

void ServiceHost::Private::tellOwnRunners()
{
    QList<QUrl> runners;
    for (const std::unique_ptr<Entry> &entry : entries) {
        if (entry->info.kind == ServiceKind::Runner && !entry->info.url.isEmpty()) {
            runners.append(entry->info.url);
        }
    }
    QMetaObject::invokeMethod(relay, [relay = relay, runners] { relay->setOwnRunners(runners); });
}

// Whether a runner of another process may get what is sent to that one; empty: to any.
bool ServiceHost::Private::mayRunElsewhere(const QString &runner) const
{
    const QList<ServiceInfo> &others = remotes.services();
    const bool isOther = std::any_of(others.begin(), others.end(), [&runner](const ServiceInfo &service) {
        return runner.isEmpty() || service.name == runner;
    });
    const bool isOurs = std::any_of(entries.begin() + 1, entries.end(), [&runner](const std::unique_ptr<Entry> &entry) {
        return entry->info.name == runner;
    });
    return isOther || (!ownsRegistry() && !isOurs); // the registry may have more than is known
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
    registry->info.isRemote = !ownsRegistry();
    registry->port = options.registryPort;
    entries.push_back(std::move(registry));
    for (int i = 0; i < options.runners; ++i) {
        addRunner();
    }
}

void ServiceHost::Private::addRunner()
{
    auto runner = std::make_unique<Entry>();
    const std::size_t number = entries.size() - 1;
    runner->info.name = QStringLiteral("runner-%1").arg(number + 1);
    runner->port = runnerPort(options.runnerPort, number);
    entries.push_back(std::move(runner));
}

// Returns the names of the services that run at another port.
QStringList ServiceHost::Private::configurePorts(const ServiceSettings &settings)
{
    const bool registryMoves = std::exchange(options.registryPort, settings.registryPort) != settings.registryPort;
    const bool runnersMove = std::exchange(options.runnerPort, settings.runnerPort) != settings.runnerPort;
    QStringList names;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!(i == 0 ? registryMoves : runnersMove)) { // one may have got a port of its own
            continue;
        }
        Entry &entry = *entries[i];
        const quint16 port = i == 0 ? settings.registryPort : runnerPort(settings.runnerPort, i - 1);
        if (std::exchange(entry.port, port) == port || (i == 0 && !ownsRegistry())) {
            continue;
        }
        if (entry.thread) {
            names.append(entry.info.name);
        } else {
            entry.info.url.clear(); // where it no longer will be
            Q_EMIT q->serviceChanged(entry.info);
        }
    }
    return names;
}

void ServiceHost::Private::configureRunnerCount(int count)
{
    const std::size_t before = entries.size();
    while (entries.size() < static_cast<std::size_t>(count) + 1) {
        addRunner();
        if (registryEntry().info.state == ServiceState::Up) {
            start(*entries.back());
        }
    }
    for (std::size_t i = 1; i < before; ++i) {
        Entry &entry = *entries[i];
        entry.leaves = i > static_cast<std::size_t>(count);
        if (entry.leaves) {
            stop(entry);
        }
    }
    if (entries.size() > before) {
        Q_EMIT q->servicesListed();
    }
    dropLeft();
}

// From the end only, so that names and ports stay without gaps. Not within a signal of a thread that goes.
void ServiceHost::Private::dropLeft()
{
    const std::size_t before = entries.size();
    while (entries.back()->leaves && !entries.back()->thread) {
        entries.pop_back();
    }
    if (entries.size() != before) {
        Q_EMIT q->servicesListed();
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
    if (options.watch) {
        QObject::connect(&relayThread, &QThread::started, probe, &HealthProbe::start);
        QObject::connect(&relayThread, &QThread::started, relay, &Relay::Relay::watchRunners);
        QObject::connect(relay, &Relay::Relay::runnersChanged, q,
                         [this](const QList<Relay::Instance> &runners, bool isFresh) {
                             remotes.setInstances(runners, isFresh);
                             showRemotes();
                         });
    }
    QObject::connect(relay, &Relay::Relay::runnerChosen, q, &ServiceHost::runnerChosen);
    QObject::connect(relay, &Relay::Relay::runAccepted, q, &ServiceHost::runAccepted);
    QObject::connect(relay, &Relay::Relay::stepChanged, q, &ServiceHost::stepChanged);
    QObject::connect(relay, &Relay::Relay::runConnectionChanged, q, &ServiceHost::runConnectionChanged);
    QObject::connect(relay, &Relay::Relay::runFinished, q, &ServiceHost::runFinished);
    QObject::connect(relay, &Relay::Relay::answered, q, &ServiceHost::answered);
    QObject::connect(relay, &Relay::Relay::lineReceived, q, [this](quint64, const QUrl &runner, const Log::Line &line) {
        if (!isOwn(runner)) { // our own runners have logged it already
            log.append(line);
        }
    });
    QObject::connect(probe, &HealthProbe::probed, q,
                     [this](const QString &name, const Health &health) { healthFound(name, health); });
    relayThread.start();
}

void ServiceHost::Private::start(Entry &entry)
{
    if (entry.thread || entry.info.state == ServiceState::Up) {
        entry.startAgain = entry.startAgain || entry.info.state == ServiceState::Failed; // once its thread has ended
        return;
    }
    if (entry.info.kind == ServiceKind::Registry) {
        if (!ownsRegistry()) {
            serviceStarted(entry, options.registry);
            return;
        }
        launch(entry,
               std::make_unique<Registry::RegistryService>(serverOptions(entry),
                                                           Log::Writer(log, entry.info.name.toUtf8()),
                                                           options.registryStateFolder, options.registryRedisUrl));
        return;
    }
    Runner::RunnerOptions runner{.name = entry.info.name,
                                 .server = serverOptions(entry),
                                 .client = options.client,
                                 .registry = registryEntry().info.url,
                                 .workspaceRoots = workspaceRoots,
                                 .defaultWorkspace = options.workspace,
                                 .redisUrl = options.redisUrl,
                                 .sharedWorkspace = options.sharedWorkspace,
                                 .stateFolder = options.stateFolder,
                                 .historyLimits = options.historyLimits,
                                 .slots = options.slots};
    if (!options.queueName.isEmpty()) {
        runner.queue = {.name = options.queueName, .token = options.token, .takeover = options.queueTakeover};
    }
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

void ServiceHost::Private::restart(Entry &entry)
{
    if (entry.thread) {
        entry.startAgain = true;
        stop(entry);
    } else {
        start(entry);
    }
}

void ServiceHost::Private::restartRunners()
{
    for (const auto &entry : entries) {
        if (entry->info.kind == ServiceKind::Runner && entry->thread) {
            restart(*entry);
        }
    }
}

void ServiceHost::Private::serviceStarted(Entry &entry, const QUrl &url)
{
    if (entry.info.state == ServiceState::Stopping) {
        return;
    }
    const bool hasMoved = !entry.info.url.isEmpty() && entry.info.url != url;
    entry.info.url = url;
    entry.port = static_cast<quint16>(url.port()); // where others know it, also after a restart on any port
    entry.info.upSinceMs = wallClockMs();
    setState(entry, ServiceState::Up);
    watch(entry.info);
    showRemotes();
    tellOwnRunners();
    if (entry.info.kind == ServiceKind::Registry) {
        QMetaObject::invokeMethod(relay, [relay = relay, url] { relay->setRegistry(url); });
        if (hasMoved) {
            restartRunners(); // they were told of the other place
        } else {
            forEachRunner([](Runner::RunnerService &runner) { runner.greetRegistry(); });
        }
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
    entry.info.failure = error.code;
    setState(entry, ServiceState::Failed, error.message);
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
    if (std::exchange(entry.startAgain, false) && !stoppingAll) {
        start(entry);
        return;
    }
    const bool runnersLeft = std::any_of(entries.begin(), entries.end(), [](const std::unique_ptr<Entry> &e) {
        return e->info.kind == ServiceKind::Runner && e->thread;
    });
    if (entry.leaves) {
        QMetaObject::invokeMethod(
            q, [this] { dropLeft(); }, Qt::QueuedConnection);
    }
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

void ServiceHost::Private::watch(const ServiceInfo &service)
{
    if (options.watch) {
        QMetaObject::invokeMethod(probe,
                                  [probe = probe, name = service.name, url = service.url] { probe->watch(name, url); });
    }
}

void ServiceHost::Private::healthFound(const QString &name, const Health &health)
{
    Entry *entry = entryOf(name);
    ServiceInfo *service = entry ? &entry->info : remotes.find(name);
    if (!service || (service->state != ServiceState::Up && service->state != ServiceState::Failed)) {
        return;
    }
    service->activeRuns = health.activeRuns;
    service->runs = health.runs;
    if (service->isRemote && health.uptimeSeconds >= 0) {
        service->upSinceMs = wallClockMs() - health.uptimeSeconds * 1000;
    }
    if (health.answered) {
        setState(*service, ServiceState::Up, {});
        service->latencyMs = health.latencyMs;
        service->latencies.append(health.latencyMs);
        if (service->latencies.size() > latencyCount) {
            service->latencies.removeFirst();
        }
    } else {
        setState(*service, ServiceState::Failed, QStringLiteral("%1 does not answer").arg(service->url.toString()));
    }
    Q_EMIT q->serviceChanged(*service);
}

void ServiceHost::Private::showRemotes()
{
    QList<ServiceInfo> own;
    for (const auto &entry : entries) {
        entry->info.id = remotes.idAt(entry->info.url);
        own.append(entry->info);
    }
    const RemoteRunners::Change change = remotes.update(own);
    for (const QString &name : change.removed) {
        QMetaObject::invokeMethod(probe, [probe = probe, name] { probe->forget(name); });
        Q_EMIT q->serviceRemoved(name);
    }
    for (const ServiceInfo &service : change.changed) {
        watch(service);
        Q_EMIT q->serviceChanged(service);
    }
}

void ServiceHost::Private::setState(Entry &entry, ServiceState state, const QString &reason)
{
    setState(entry.info, state, reason);
    Q_EMIT q->serviceChanged(entry.info);
}

void ServiceHost::Private::setState(ServiceInfo &service, ServiceState state, const QString &reason)
{
    service.state = state;
    service.reason = reason;
    if (state != ServiceState::Up) {
        service.latencyMs = -1;
        service.activeRuns = 0;
    }
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
    qRegisterMetaType<Relay::Instance>();
    qRegisterMetaType<QList<Relay::Instance>>();
    if (!d->options.workspace.isEmpty()) {
        d->workspaceRoots.append(d->options.workspace);
    }
    d->addEntries();
    d->startRelay();
    if (d->options.watch) {
        d->redis = std::make_unique<RedisProbe>(d->options.redisUrl);
        connect(d->redis.get(), &RedisProbe::changed, this, &ServiceHost::redisChanged);
    }
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
    return list + d->remotes.services();
}

Log::Store &ServiceHost::log() const
{
    return d->log;
}

QString ServiceHost::stateFolder() const
{
    return d->options.stateFolder;
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

void ServiceHost::restart(const QString &name)
{
    if (Private::Entry *entry = d->entryOf(name)) {
        d->restart(*entry);
    }
}

void ServiceHost::setPort(const QString &name, quint16 port)
{
    if (Private::Entry *entry = d->entryOf(name)) {
        entry->port = port;
    }
}

const RedisState &ServiceHost::redis() const
{
    static const RedisState notUsed;
    return d->redis ? d->redis->state() : notUsed;
}

void ServiceHost::restart(const QStringList &names)
{
    if (names.contains(registryName)) {
        connect(this, &ServiceHost::allStopped, this, &ServiceHost::startAll, Qt::SingleShotConnection);
        stopAll();
        return;
    }
    for (const QString &name : names) {
        Private::Entry *entry = d->entryOf(name);
        if (entry && entry->thread) { // one that was stopped stays so
            d->restart(*entry);
        }
    }
}

ServiceSettings ServiceHost::settings() const
{
    return {.registryPort = d->options.registryPort,
            .runnerPort = d->options.runnerPort,
            .runners = d->options.runners,
            .slots = d->options.slots,
            .redisUrl = d->options.redisUrl,
            .historyLimits = d->options.historyLimits};
}

QStringList ServiceHost::reconfigure(const ServiceSettings &settings)
{
    HostOptions &options = d->options;
    const bool forEveryRunner = settings.slots != options.slots || settings.redisUrl != options.redisUrl
        || settings.historyLimits != options.historyLimits;
    options.runners = settings.runners;
    options.slots = settings.slots;
    if (d->redis && settings.redisUrl != options.redisUrl) {
        d->redis->setUrl(settings.redisUrl);
    }
    options.redisUrl = settings.redisUrl;
    options.historyLimits = settings.historyLimits;
    QStringList names = d->configurePorts(settings);
    d->configureRunnerCount(settings.runners);
    for (const auto &entry : d->entries) {
        if (forEveryRunner && entry->info.kind == ServiceKind::Runner && entry->thread && !entry->leaves
            && !names.contains(entry->info.name)) {
            names.append(entry->info.name);
        }
    }
    return names;
}

bool ServiceHost::isReady() const
{
    const auto isUp = [](const std::unique_ptr<Private::Entry> &e) {
        return e->info.state == ServiceState::Up;
    };
    const QList<ServiceInfo> &remotes = d->remotes.services();
    const bool runnerUp = std::any_of(d->entries.begin() + 1, d->entries.end(), isUp)
        || std::any_of(remotes.begin(), remotes.end(),
                       [](const ServiceInfo &s) { return s.state == ServiceState::Up; });
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

quint64 ServiceHost::run(const Relay::RunRequest &request, const QString &taskFile)
{
    const quint64 ticket = ++d->lastTicket;
    Relay::RunRequest sent = request;
    for (const ServiceInfo &service : services()) {
        if (service.name == request.runner && !service.id.isEmpty()) {
            sent.runner = service.id;
        }
    }
    const QString toRead = d->mayRunElsewhere(request.runner) ? taskFile : QString();
    QMetaObject::invokeMethod(d->relay, [relay = d->relay, ticket, sent, toRead] {
        const Result<Relay::RunRequest> complete = toRead.isEmpty() ? Result(sent) : withContents(sent, toRead);
        if (complete) {
            relay->run(ticket, *complete);
        } else {
            Q_EMIT relay->runFinished(ticket, Relay::outcomeOf(complete.error()));
        }
    });
    return ticket;
}

quint64 ServiceHost::look(const Relay::Lookup &lookup)
{
    const quint64 ticket = ++d->lastTicket;
    QMetaObject::invokeMethod(d->relay, [relay = d->relay, ticket, lookup] { relay->look(ticket, lookup); });
    return ticket;
}

void ServiceHost::proceed(quint64 ticket)
{
    QMetaObject::invokeMethod(d->relay, [relay = d->relay, ticket] { relay->proceed(ticket); });
}

void ServiceHost::cancel(quint64 ticket)
{
    QMetaObject::invokeMethod(d->relay, [relay = d->relay, ticket] { relay->cancel(ticket); });
}

} // namespace PatchPanel::App
