#include "ui/panels/servicerow.h"

#include "services/common/clock.h"
#include "ui/models/format.h"
#include "ui/style/labels.h"

#include <QGridLayout>
#include <QPushButton>

namespace PatchPanel::Ui {

namespace {

using App::ServiceInfo;
using App::ServiceState;

struct Look {
    Shape shape;
    Tone tone;
};

Look lookOf(const ServiceInfo &service)
{
    switch (service.state) {
    case ServiceState::Up:
        return service.activeRuns > 0 ? Look{Shape::Dot, Tone::Running} : Look{Shape::Dot, Tone::Ok};
    case ServiceState::Starting:
    case ServiceState::Stopping:
        return {Shape::HalfDot, Tone::Info};
    case ServiceState::Failed:
        return {Shape::Cross, Tone::Error};
    case ServiceState::Stopped:
        break;
    }
    return {Shape::DashedRing, Tone::Muted};
}

bool isLive(const ServiceInfo &service)
{
    return service.state == ServiceState::Up || service.state == ServiceState::Starting
        || service.state == ServiceState::Stopping;
}

QString addressOf(const ServiceInfo &service)
{
    return service.url.port() > 0 ? QStringLiteral("%1:%2").arg(service.url.host()).arg(service.url.port()) : QString();
}

} // namespace

ServiceRow::ServiceRow(const ServiceInfo &service, QWidget *parent)
    : QWidget(parent)
    , m_shape(new ShapeLabel)
    , m_name(new ToneLabel)
    , m_address(new ToneLabel(Tone::Muted))
    , m_state(new ToneLabel)
    , m_toggle(new QPushButton)
{
    QFont bold = m_name->font();
    bold.setBold(true);
    m_name->setFont(bold);
    m_state->setWordWrap(true);
    m_address->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_toggle->setMinimumWidth(56);

    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(12, 7, 8, 7);
    layout->setHorizontalSpacing(8);
    layout->setVerticalSpacing(1);
    layout->setColumnStretch(1, 1);
    layout->addWidget(m_shape, 0, 0);
    layout->addWidget(m_name, 0, 1);
    layout->addWidget(m_address, 1, 1);
    layout->addWidget(m_state, 2, 1, 1, 2);
    layout->addWidget(m_toggle, 0, 2, 2, 1, Qt::AlignTop);

    connect(m_toggle, &QPushButton::clicked, this, [this] {
        if (isLive(m_service)) {
            Q_EMIT stopRequested(m_service.name);
        } else {
            Q_EMIT startRequested(m_service.name);
        }
    });
    setService(service);
}

void ServiceRow::setService(const ServiceInfo &service)
{
    m_service = service;
    const auto [shape, tone] = lookOf(service);
    const bool live = isLive(service);
    m_shape->setShape(shape, tone);
    m_name->setText(service.name);
    m_address->setText(addressOf(service));
    m_address->setVisible(!m_address->text().isEmpty());
    m_state->setTone(tone);
    m_toggle->setText(live ? tr("Stop") : tr("Start"));
    m_toggle->setAccessibleName(live ? tr("Stop %1").arg(service.name) : tr("Start %1").arg(service.name));
    m_toggle->setEnabled(service.state != ServiceState::Starting && service.state != ServiceState::Stopping);
    refreshUptime();
}

QString ServiceRow::stateText() const
{
    switch (m_service.state) {
    case ServiceState::Stopped:
        return tr("Stopped");
    case ServiceState::Starting:
        return tr("Starting…");
    case ServiceState::Stopping:
        return tr("Stopping…");
    case ServiceState::Failed:
        return m_service.reason.isEmpty() ? tr("Failed") : tr("Failed: %1").arg(m_service.reason);
    case ServiceState::Up:
        break;
    }
    QString text = m_service.activeRuns > 0 ? tr("Busy") : tr("Up");
    if (m_service.upSinceMs > 0) {
        text += QLatin1Char(' ') + formatUptime(std::max<qint64>(0, wallClockMs() - m_service.upSinceMs) / 1000);
    }
    if (m_service.latencyMs >= 0) {
        text += QStringLiteral(" · %1 ms").arg(m_service.latencyMs);
    }
    return text;
}

void ServiceRow::refreshUptime()
{
    m_state->setText(stateText());
}

} // namespace PatchPanel::Ui
