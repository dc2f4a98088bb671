#include "ui/panels/servicespanel.h"

#include "ui/panels/servicerow.h"
#include "ui/style/labels.h"

#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

bool isDown(const ServiceRow *row)
{
    return row->service().state == App::ServiceState::Stopped || row->service().state == App::ServiceState::Failed;
}

} // namespace

ServicesPanel::ServicesPanel(QWidget *parent)
    : QWidget(parent)
    , m_list(new QVBoxLayout)
    , m_startAll(new QPushButton(tr("Start all")))
    , m_stopAll(new QPushButton(tr("Stop all")))
{
    m_startAll->setAccessibleName(tr("Start all services"));
    m_stopAll->setAccessibleName(tr("Stop all services"));

    auto *content = new QWidget;
    m_list->setContentsMargins({});
    m_list->setSpacing(0);
    m_list->addStretch(1);
    content->setLayout(m_list);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(content);

    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(12, 6, 8, 8);
    buttons->setSpacing(6);
    buttons->addWidget(m_startAll, 1);
    buttons->addWidget(m_stopAll, 1);

    auto *heading = makeHeading(tr("Services"));
    heading->setContentsMargins(12, 9, 8, 5);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(heading);
    layout->addWidget(scroll, 1);
    layout->addLayout(buttons);

    connect(m_startAll, &QPushButton::clicked, this, &ServicesPanel::startAllRequested);
    connect(m_stopAll, &QPushButton::clicked, this, &ServicesPanel::stopAllRequested);
    connect(&m_uptime, &QTimer::timeout, this,
            [this] { std::for_each(m_rows.begin(), m_rows.end(), [](ServiceRow *row) { row->refreshUptime(); }); });
    refreshButtons();
}

void ServicesPanel::setServices(const QList<App::ServiceInfo> &services)
{
    qDeleteAll(m_rows);
    m_rows.clear();
    for (const App::ServiceInfo &service : services) {
        updateService(service);
    }
    refreshButtons();
}

void ServicesPanel::updateService(const App::ServiceInfo &service)
{
    const auto known = std::find_if(m_rows.begin(), m_rows.end(),
                                    [&service](const ServiceRow *row) { return row->service().name == service.name; });
    if (known != m_rows.end()) {
        (*known)->setService(service);
    } else {
        auto *row = new ServiceRow(service);
        connect(row, &ServiceRow::startRequested, this, &ServicesPanel::startRequested);
        connect(row, &ServiceRow::stopRequested, this, &ServicesPanel::stopRequested);
        m_list->insertWidget(static_cast<int>(m_rows.size()), row);
        m_rows.append(row);
    }
    refreshButtons();
}

void ServicesPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    constexpr int everySecond = 1000;
    m_uptime.start(everySecond);
}

void ServicesPanel::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_uptime.stop();
}

void ServicesPanel::refreshButtons()
{
    m_startAll->setEnabled(std::any_of(m_rows.begin(), m_rows.end(), isDown));
    m_stopAll->setEnabled(!std::all_of(m_rows.begin(), m_rows.end(), isDown));
}

} // namespace PatchPanel::Ui
