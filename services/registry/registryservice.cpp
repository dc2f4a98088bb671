#include "services/registry/registryservice.h"

#include "services/registry/registryapi.h"
#include "services/registry/registrysharing.h"
#include "services/registry/serviceregistry.h"
#include "services/registry/statefile.h"

#include <QSysInfo>
#include <QTimer>
#include <QUuid>

namespace PatchPanel::Registry {

namespace {

QString describe(const ServiceInstance &instance)
{
    const ServiceDefinition &service = instance.definition;
    return service.id == service.name ? service.id : QStringLiteral("%1 (%2)").arg(service.id, service.name);
}

QString nodeName()
{
    const QString host = QSysInfo::machineHostName();
    return host.isEmpty() ? QStringLiteral("patchpanel") : host;
}

// The same after a restart: clients tell nodes apart by it.
QString nodeId()
{
    static const QUuid space(QStringLiteral("{5d3f7d0c-8b0a-4b53-9d0e-52c0a8a8a6f4}"));
    const QByteArray machine = QSysInfo::machineUniqueId();
    const QUuid id = machine.isEmpty() ? QUuid::createUuid() : QUuid::createUuidV5(space, machine);
    return id.toString(QUuid::WithoutBraces);
}

double secondsOf(std::chrono::steady_clock::duration duration)
{
    return std::chrono::duration<double>(std::chrono::round<std::chrono::milliseconds>(duration)).count();
}

// Every query that waits holds a connection of its own: on top of the 512 that every service takes, the registry takes
// the 1,024 of BlockedQueries::most, or the watches of a busy network would keep out the heartbeats.
Http::ServerOptions withRoomForWaiting(Http::ServerOptions options)
{
    options.limits.connections += BlockedQueries::most;
    return options;
}

} // namespace

class RegistryService::Private {
public:
    Private(Http::ServerOptions serverOptions, Log::Writer writer, QString folder, QString redis)
        : options(withRoomForWaiting(std::move(serverOptions)))
        , log(std::move(writer))
        , stateFolder(std::move(folder))
        , redisUrl(std::move(redis))
    {
    }

    // What lives from start() to stop(), on the service's thread. Destroyed from the last member to the first.
    struct Parts {
        Parts(const Http::ServerOptions &options, const Log::Writer &log)
            : registry(bootClock())
            , server(options, log)
            , api(registry, server, Node{nodeId(), nodeName(), options.host})
        {
        }

        ServiceRegistry registry;
        std::unique_ptr<StateFile> stateFile; // null: nothing is kept
        Http::Server server;
        RegistryApi api;
        QTimer sweepTimer;
        std::unique_ptr<RegistrySharing> sharing; // null: nothing is shared
    };

    void logChangesOf(ServiceRegistry &registry, QObject *context) const;
    void restore() const;
    void share(const QString &address) const;

    Http::ServerOptions options;
    Log::Writer log;
    QString stateFolder;
    QString redisUrl;
    std::unique_ptr<Parts> parts;
};

void RegistryService::Private::logChangesOf(ServiceRegistry &registry, QObject *context) const
{
    connect(&registry, &ServiceRegistry::serviceRegistered, context, [this](const ServiceInstance &instance) {
        log.info("REGISTRY",
                 QStringLiteral("%1 registered at %2:%3")
                     .arg(describe(instance),
                          instance.definition.address.isEmpty() ? options.host : instance.definition.address)
                     .arg(instance.definition.port));
    });
    connect(&registry, &ServiceRegistry::serviceDeregistered, context, [this](const ServiceInstance &instance) {
        log.info("REGISTRY", QStringLiteral("%1 deregistered").arg(describe(instance)));
    });
    connect(&registry, &ServiceRegistry::leaseExpired, context,
            [this](const ServiceInstance &instance, const QString &checkId) {
                const std::chrono::milliseconds ttl = instance.findCheck(checkId)->definition.ttl;
                log.info("REGISTRY",
                         QStringLiteral("The lease of %1 expired: no heartbeat for %2 s")
                             .arg(describe(instance))
                             .arg(secondsOf(ttl)));
            });
    connect(&registry, &ServiceRegistry::serviceReaped, context, [this](const ServiceInstance &instance) {
        log.info("REGISTRY", QStringLiteral("%1 removed: it was critical for too long").arg(describe(instance)));
    });
    connect(
        &registry, &ServiceRegistry::expiryHeld, context, [this](const QString &name, qsizetype silent, qsizetype of) {
            log.warning("REGISTRY",
                        QStringLiteral("%1 of %2 instances of %3 are silent at once: %4 s more before their leases end")
                            .arg(silent)
                            .arg(of)
                            .arg(name)
                            .arg(secondsOf(ServiceRegistry::sweepInterval)));
        });
    connect(&registry, &ServiceRegistry::suspensionNoticed, context, [this](Check::Time::duration pause) {
        log.info("REGISTRY", QStringLiteral("Not running for %1 s: every lease begins anew").arg(secondsOf(pause)));
    });
}

// Once the port is ours: until then another registry may be using the file.
void RegistryService::Private::restore() const
{
    if (stateFolder.isEmpty() || options.port == 0) {
        return;
    }
    ServiceRegistry &registry = parts->registry;
    const QString path = QStringLiteral("%1/registry-%2-%3.json").arg(stateFolder, options.host).arg(options.port);
    parts->stateFile = std::make_unique<StateFile>(
        path, [&registry] { return registry.state(); }, log);
    const std::optional<RegistryState> state = parts->stateFile->load();
    if (state) {
        if (const Result<void> restored = registry.restore(*state); !restored) {
            parts->stateFile->setAside(restored.error());
        }
    }
    if (registry.instanceCount() > 0) {
        log.info("REGISTRY",
                 QStringLiteral("%1 registered as before the restart: their leases begin anew")
                     .arg(registry.instanceCount()));
    }
    connect(&registry, &ServiceRegistry::serviceChanged, parts->stateFile.get(), &StateFile::noteChange);
}

void RegistryService::Private::share(const QString &address) const
{
    Result<std::unique_ptr<Storage::SharedServices>> services =
        Storage::makeSharedServices(redisUrl, sharingGroup(options.token));
    if (!services) {
        log.warning(
            "REGISTRY",
            QStringLiteral("Services are not shared with other registries: %1").arg(services.error().toString()));
    } else if (*services) {
        parts->sharing = std::make_unique<RegistrySharing>(
            parts->registry, std::move(services).value(),
            RegistrySharing::Options{.nodeAddress = address, .token = options.token}, log);
    }
}

RegistryService::RegistryService(Http::ServerOptions options, Log::Writer log, QString stateFolder, QString redisUrl)
    : d(std::make_unique<Private>(std::move(options), std::move(log), std::move(stateFolder), std::move(redisUrl)))
{
}

RegistryService::~RegistryService() = default;

void RegistryService::start()
{
    if (d->parts) {
        return;
    }
    d->parts = std::make_unique<Private::Parts>(d->options, d->log);
    Private::Parts &parts = *d->parts;
    const Result<QUrl> url = parts.server.listen();
    if (!url) {
        d->parts.reset();
        Q_EMIT failed(url.error());
        return;
    }
    parts.api.setAddress(url->host(), static_cast<quint16>(url->port()));
    d->restore();
    d->logChangesOf(parts.registry, this);
    d->share(url->host());
    connect(&parts.sweepTimer, &QTimer::timeout, &parts.registry, &ServiceRegistry::sweep);
    parts.sweepTimer.start(ServiceRegistry::sweepInterval);
    d->log.info("REGISTRY", QStringLiteral("Registry microservice live on %1").arg(url->toString(QUrl::RemovePath)));
    Q_EMIT started(*url);
}

void RegistryService::stop()
{
    d->parts.reset();
    Q_EMIT stopped();
}

} // namespace PatchPanel::Registry
