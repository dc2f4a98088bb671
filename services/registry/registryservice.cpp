#include "services/registry/registryservice.h"

#include "services/registry/registryapi.h"
#include "services/registry/serviceregistry.h"

#include <QSysInfo>
#include <QTimer>
#include <QUuid>

namespace PatchPanel::Registry {

namespace {

constexpr std::chrono::seconds sweepInterval{5};

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

} // namespace

class RegistryService::Private {
public:
    Private(Http::ServerOptions serverOptions, Log::Writer writer)
        : options(std::move(serverOptions))
        , log(std::move(writer))
    {
    }

    // What lives from start() to stop(), on the service's thread. Destroyed from the last member to the first.
    struct Parts {
        Parts(const Http::ServerOptions &options, const Log::Writer &log)
            : registry(steadyClock())
            , server(options, log)
            , api(registry, server, Node{QUuid::createUuid().toString(QUuid::WithoutBraces), nodeName(), options.host})
        {
        }

        ServiceRegistry registry;
        Http::Server server;
        RegistryApi api;
        QTimer sweepTimer;
    };

    void logChangesOf(ServiceRegistry &registry, QObject *context) const;

    Http::ServerOptions options;
    Log::Writer log;
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
                             .arg(static_cast<double>(ttl.count()) / 1000));
            });
    connect(&registry, &ServiceRegistry::serviceReaped, context, [this](const ServiceInstance &instance) {
        log.info("REGISTRY", QStringLiteral("%1 removed: it was critical for too long").arg(describe(instance)));
    });
}

RegistryService::RegistryService(Http::ServerOptions options, Log::Writer log)
    : d(std::make_unique<Private>(std::move(options), std::move(log)))
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
    parts.api.setPort(static_cast<quint16>(url->port()));
    d->logChangesOf(parts.registry, this);
    connect(&parts.sweepTimer, &QTimer::timeout, &parts.registry, &ServiceRegistry::sweep);
    parts.sweepTimer.start(sweepInterval);
    d->log.info("REGISTRY", QStringLiteral("Registry microservice live on %1").arg(url->toString(QUrl::RemovePath)));
    Q_EMIT started(*url);
}

void RegistryService::stop()
{
    d->parts.reset();
    Q_EMIT stopped();
}

} // namespace PatchPanel::Registry
