#pragma once

#include "services/http/client.h"

#include <QHash>
#include <QObject>
#include <QUrl>

#include <memory>

class QTimer;

namespace PatchPanel::App {

// What one GET /health found.
struct Health {
    bool answered = false;
    int latencyMs = -1;
    int activeRuns = 0;
    int runs = 0;
    qint64 uptimeSeconds = -1; // -1: it did not say
};

// Asks each service it watches for its /health every two seconds. Lives on the relay's thread; owned by ServiceHost.
class HealthProbe : public QObject {
    Q_OBJECT
public:
    explicit HealthProbe(Http::ClientOptions client);
    ~HealthProbe() override;

    // On the probe's thread.
    void start();
    void stop();
    void watch(const QString &service, const QUrl &url);
    void forget(const QString &service);

Q_SIGNALS:
    void probed(const QString &service, const PatchPanel::App::Health &health);

private:
    void probe(const QString &service, const QUrl &url);

    Http::ClientOptions m_options;
    QHash<QString, QUrl> m_services;
    std::unique_ptr<Http::Client> m_client;
    std::unique_ptr<QTimer> m_timer;
};

} // namespace PatchPanel::App

Q_DECLARE_METATYPE(PatchPanel::App::Health)
