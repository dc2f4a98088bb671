#include "app/healthprobe.h"

#include <QElapsedTimer>
#include <QTimer>

namespace PatchPanel::App {

namespace {

constexpr auto interval = std::chrono::seconds(2);

} // namespace

HealthProbe::HealthProbe(Http::ClientOptions client)
    : m_options(std::move(client))
{
}

HealthProbe::~HealthProbe() = default;

void HealthProbe::start()
{
    m_client = std::make_unique<Http::Client>(m_options);
    m_timer = std::make_unique<QTimer>();
    connect(m_timer.get(), &QTimer::timeout, this, [this] {
        for (auto service = m_services.cbegin(); service != m_services.cend(); ++service) {
            probe(service.key(), service.value());
        }
    });
    m_timer->start(interval);
}

void HealthProbe::stop()
{
    m_timer.reset();
    m_client.reset();
}

void HealthProbe::watch(const QString &service, const QUrl &url)
{
    m_services[service] = url;
    if (m_client) {
        probe(service, url);
    }
}

void HealthProbe::forget(const QString &service)
{
    m_services.remove(service);
}

void HealthProbe::probe(const QString &service, const QUrl &url)
{
    QElapsedTimer clock;
    clock.start();
    const Http::ClientRequest request{.url = url.resolved(QUrl(QStringLiteral("/health"))), .timeout = interval};
    m_client->send(request, this, [this, service, clock](const Http::Reply &reply) {
        if (!m_services.contains(service)) {
            return;
        }
        const Result<QJsonObject> body = reply.json();
        Health health{.answered = reply.ok(), .latencyMs = static_cast<int>(clock.elapsed())};
        if (body) {
            health.activeRuns = (*body)[QStringLiteral("active")].toInt();
            health.runs = (*body)[QStringLiteral("runs")].toInt();
            health.uptimeSeconds = (*body)[QStringLiteral("uptimeSeconds")].toInteger(-1);
        }
        Q_EMIT probed(service, health);
    });
}

} // namespace PatchPanel::App
