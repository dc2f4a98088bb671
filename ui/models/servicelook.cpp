#include "ui/models/servicelook.h"

#include "services/common/clock.h"
#include "ui/models/servicetexts.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace PatchPanel::Ui {

using App::ServiceInfo;
using App::ServiceState;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("PatchPanel::Ui", text);
}

// For programs: the same in every language.
QString wordOf(ServiceState state)
{
    switch (state) {
    case ServiceState::Stopped:
        return QStringLiteral("stopped");
    case ServiceState::Starting:
        return QStringLiteral("starting");
    case ServiceState::Up:
        return QStringLiteral("up");
    case ServiceState::Stopping:
        return QStringLiteral("stopping");
    case ServiceState::Failed:
        break;
    }
    return QStringLiteral("failed");
}

} // namespace

ServiceLook lookOf(const ServiceInfo &service)
{
    const Shape whole = service.isRemote ? Shape::Diamond : Shape::Dot;
    switch (service.state) {
    case ServiceState::Stopped:
        return {Shape::DashedRing, Tone::Muted, tr("Stopped")};
    case ServiceState::Starting:
        return {Shape::HalfDot, Tone::Info, tr("Starting…")};
    case ServiceState::Stopping:
        return {Shape::HalfDot, Tone::Info, tr("Stopping…")};
    case ServiceState::Failed:
        if (service.isRemote) { // which may well go on
            return {whole, Tone::Warn,
                    service.reason.isEmpty() ? tr("State unknown")
                                             : tr("State unknown: %1").arg(translatedServiceText(service.reason))};
        }
        return {Shape::Cross, Tone::Error,
                service.reason.isEmpty() ? tr("Failed") : tr("Failed: %1").arg(translatedServiceText(service.reason))};
    case ServiceState::Up:
        break;
    }
    if (service.isStale) {
        return {whole, Tone::Warn, tr("Last known: the registry does not answer")};
    }
    return service.activeRuns > 0 ? ServiceLook{whole, Tone::Running, tr("Busy")}
                                  : ServiceLook{whole, Tone::Ok, tr("Up")};
}

bool isDown(const ServiceInfo &service)
{
    return service.state == ServiceState::Stopped || service.state == ServiceState::Failed;
}

bool isUp(const ServiceInfo &service)
{
    return service.state == ServiceState::Up;
}

QString addressOf(const ServiceInfo &service)
{
    if (service.url.port() <= 0) {
        return {};
    }
    return QStringLiteral("%1:%2").arg(service.isRemote ? service.url.host() : QString()).arg(service.url.port());
}

int medianLatency(const ServiceInfo &service)
{
    if (service.latencies.isEmpty()) {
        return -1;
    }
    QList<int> sorted = service.latencies;
    const auto middle = sorted.begin() + sorted.size() / 2;
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
}

QByteArray statusJson(const ServiceInfo &service)
{
    QJsonArray latencies;
    for (const int latency : service.latencies) {
        latencies.append(latency);
    }
    QJsonObject status{{QStringLiteral("name"), service.name},
                       {QStringLiteral("state"), wordOf(service.state)},
                       {QStringLiteral("remote"), service.isRemote},
                       {QStringLiteral("url"), service.url.toString(QUrl::RemoveUserInfo)},
                       {QStringLiteral("activeRuns"), service.activeRuns},
                       {QStringLiteral("runs"), service.runs},
                       {QStringLiteral("latenciesMs"), latencies}};
    if (!service.reason.isEmpty()) {
        status.insert(QStringLiteral("reason"), service.reason);
    }
    if (isUp(service) && service.upSinceMs > 0) {
        status.insert(QStringLiteral("upSince"),
                      QDateTime::fromMSecsSinceEpoch(service.upSinceMs).toUTC().toString(Qt::ISODateWithMs));
    }
    return QJsonDocument(status).toJson();
}

} // namespace PatchPanel::Ui
