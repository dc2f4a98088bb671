#pragma once

#include "services/http/client.h"
#include "services/relay/instance.h"

#include <QObject>
#include <QTimer>
#include <QUrl>

namespace PatchPanel::Relay {

// The passing instances of a service as a registry (ours or a Consul) knows them, kept up to date by a blocking query:
// a run needs no round trip to the registry. The rules for the index are those of Consul's API: one that goes back or
// is none begins anew. Lives on its client's thread, which must outlive it.
class RegistryWatch : public QObject {
    Q_OBJECT
public:
    RegistryWatch(Http::Client &client, QUrl registry, QString service, QObject *parent = nullptr);

    // The registry answered last, and what it told is what `instances` are.
    bool isFresh() const { return m_isFresh; }
    const QList<Instance> &instances() const { return m_instances; }

Q_SIGNALS:
    void changed(); // the instances, perhaps
    void lost(); // the registry does not answer any more; `instances` are those of before

private:
    void ask();
    void onReply(const Http::Reply &reply, std::chrono::milliseconds took);

    Http::Client &m_client;
    QUrl m_registry;
    QString m_service;
    QTimer m_pause;
    QList<Instance> m_instances;
    quint64 m_index = 0;
    int m_failures = 0; // in a row
    bool m_isFresh = false;
};

} // namespace PatchPanel::Relay
