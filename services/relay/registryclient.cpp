#include "services/relay/registryclient.h"

#include "services/http/client.h"
#include "services/relay/registryanswer.h"

#include <utility>

namespace PatchPanel::Relay {

namespace {

Error noRunner(const QString &service, const QUrl &registry, qsizetype registered)
{
    const QString known = registered == 0 ? QStringLiteral("none is registered")
                                          : QStringLiteral("%1 registered, none of them passing").arg(registered);
    return Error{ErrorCode::NoRunner,
                 QStringLiteral("The registry %1 knows no healthy %2: %3").arg(shownUrl(registry), service, known),
                 QStringLiteral("start one with \"patchpanel serve\"; \"patchpanel services\" shows who is there"),
                 {},
                 {{QStringLiteral("registered"), registered}}};
}

} // namespace

RegistryClient::RegistryClient(Http::Client &client, QUrl registry, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_registry(std::move(registry))
{
}

void RegistryClient::resolve(const QString &service, QObject *context, Done done)
{
    const QUrl registry = m_registry;
    if (!registry.isValid() || registry.host().isEmpty()) {
        done(Error{ErrorCode::NoRegistry, QStringLiteral("No registry is named"),
                   QStringLiteral("name one with --registry URL")});
        return;
    }
    m_client.send({.url = url(QStringLiteral("/v1/health/service/") + service, QStringLiteral("passing=true"))},
                  context, [this, service, registry, context, done = std::move(done)](const Http::Reply &reply) {
                      const Result<QList<Instance>> instances = instancesIn(registry, reply);
                      if (instances && instances->isEmpty()) {
                          explainEmpty(service, registry, context, done);
                      } else {
                          done(instances);
                      }
                  });
}

void RegistryClient::explainEmpty(const QString &service, const QUrl &registry, QObject *context, Done done)
{
    m_client.send({.url = url(QStringLiteral("/v1/health/service/") + service, {})}, context,
                  [service, registry, done = std::move(done)](const Http::Reply &reply) {
                      const Result<QList<Instance>> all = instancesIn(registry, reply);
                      done(all ? noRunner(service, registry, all->size()) : all.error());
                  });
}

QUrl RegistryClient::url(const QString &path, const QString &query) const
{
    QUrl url = m_registry;
    url.setPath(path);
    url.setQuery(query);
    return url;
}

} // namespace PatchPanel::Relay
