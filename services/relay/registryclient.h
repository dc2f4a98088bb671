#pragma once

#include "services/common/result.h"
#include "services/relay/instance.h"

#include <QObject>

#include <functional>

namespace PatchPanel::Http {
class Client;
struct Reply;
} // namespace PatchPanel::Http

namespace PatchPanel::Relay {

// Asks the registry (ours or a Consul) who offers a service. Lives on its client's thread, which must outlive it.
class RegistryClient : public QObject {
    Q_OBJECT
public:
    RegistryClient(Http::Client &client, QUrl registry, QObject *parent = nullptr);

    void setRegistry(const QUrl &registry) { m_registry = registry; }

    using Done = std::function<void(const Result<QList<Instance>> &)>;
    // The passing instances of `service`, at least one. NoRegistry: it does not answer, or not as a registry does;
    // Unauthorized; NoRunner: none is passing, with the number of those that are registered.
    void resolve(const QString &service, QObject *context, Done done);

private:
    QUrl url(const QString &path, const QString &query) const;
    void explainEmpty(const QString &service, const QUrl &registry, QObject *context, Done done);

    Http::Client &m_client;
    QUrl m_registry;
};

} // namespace PatchPanel::Relay
