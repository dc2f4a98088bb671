#include "ui/panels/servicerow.h"

#include "services/common/clock.h"
#include "ui/models/format.h"
#include "ui/models/servicelook.h"
#include "ui/panels/servicemenu.h"
#include "ui/style/labels.h"
#include "ui/style/sparkline.h"

#include <QGridLayout>
#include <QPushButton>

namespace PatchPanel::Ui {

using App::ServiceInfo;
using App::ServiceState;

ServiceRow::ServiceRow(const ServiceInfo &service, QWidget *parent)
    : QWidget(parent)
    , m_shape(new ShapeLabel)
    , m_name(new ToneLabel)
    , m_address(new ToneLabel(Tone::Muted))
    , m_state(new ToneLabel)
    , m_speed(new QWidget)
    , m_sparkline(new Sparkline)
    , m_latency(new ToneLabel(Tone::Muted))
    , m_start(new QPushButton(tr("Start")))
    , m_more(new QPushButton)
    , m_menu(new ServiceMenu(service, this))
{
    QFont bold = m_name->font();
    bold.setBold(true);
    m_name->setFont(bold);
    m_name->elide();
    m_name->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred); // first of all the name
    m_address->elide(Qt::ElideMiddle);
    m_address->alignTrailing();
    m_state->setWordWrap(true);
    m_more->setFlat(true);
    m_more->setIcon(shapeIcon(Shape::Dots));
    m_more->setFixedSize(28, 28);

    auto *speed = new QHBoxLayout(m_speed);
    speed->setContentsMargins({});
    speed->setSpacing(8);
    speed->addWidget(m_sparkline, 1);
    speed->addWidget(m_latency);

    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(12, 7, 8, 7);
    layout->setHorizontalSpacing(8);
    layout->setVerticalSpacing(2);
    layout->setColumnStretch(2, 1);
    layout->addWidget(m_shape, 0, 0);
    layout->addWidget(m_name, 0, 1);
    layout->addWidget(m_address, 0, 2);
    layout->addWidget(m_state, 1, 1, 1, 2);
    layout->addWidget(m_speed, 2, 1, 1, 2);
    layout->addWidget(m_more, 0, 3, 3, 1, Qt::AlignTop);
    layout->addWidget(m_start, 3, 1, 1, 2, Qt::AlignLeft);

    connect(m_start, &QPushButton::clicked, this, [this] { Q_EMIT startRequested(m_service.name); });
    connect(m_more, &QPushButton::clicked, this, &ServiceRow::openMenu);
    setService(service);
}

void ServiceRow::setService(const ServiceInfo &service)
{
    m_service = service;
    m_menu->setService(service);
    const ServiceLook look = lookOf(service);
    m_shape->setShape(look.shape, look.tone);
    m_name->setText(service.name);
    m_name->setToolTip(service.url.toString(QUrl::RemoveUserInfo));
    m_address->setText(addressOf(service));
    m_address->setToolTip(service.url.toString(QUrl::RemoveUserInfo));
    m_state->setTone(look.tone);
    m_start->setVisible(isDown(service) && !service.isRemote);
    m_start->setAccessibleName(tr("Start %1").arg(service.name));
    m_more->setAccessibleName(tr("More for %1").arg(service.name));
    m_more->setToolTip(m_more->accessibleName());
    const int latency = medianLatency(service);
    m_speed->setVisible(isUp(service) && latency >= 0);
    m_sparkline->setValues(service.latencies);
    m_latency->setText(tr("%1 ms").arg(latency));
    m_speed->setToolTip(
        tr("Half of the last %n answers took %1 ms or less", nullptr, static_cast<int>(service.latencies.size()))
            .arg(latency));
    refreshUptime();
}

QString ServiceRow::stateText() const
{
    QString text = lookOf(m_service).word;
    if (!isUp(m_service) || m_service.isStale) {
        return text;
    }
    if (m_service.upSinceMs > 0) {
        text += QLatin1Char(' ') + formatUptime(std::max<qint64>(0, wallClockMs() - m_service.upSinceMs) / 1000);
    }
    if (m_service.runs > 0) {
        text += QStringLiteral(" · ") + tr("%n run(s)", nullptr, m_service.runs);
    }
    return text;
}

void ServiceRow::refreshUptime()
{
    m_state->setText(stateText());
}

void ServiceRow::openMenu()
{
    m_menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
}

} // namespace PatchPanel::Ui
