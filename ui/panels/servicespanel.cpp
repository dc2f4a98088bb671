#include "ui/panels/servicespanel.h"

#include "ui/models/servicelook.h"
#include "ui/models/servicetexts.h"
#include "ui/panels/servicemenu.h"
#include "ui/panels/servicerow.h"
#include "ui/style/labels.h"

#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace PatchPanel::Ui {

namespace {

bool canStart(const ServiceRow *row)
{
    return !row->service().isRemote && isDown(row->service());
}

bool canStop(const ServiceRow *row)
{
    return !row->service().isRemote && !canStart(row);
}

} // namespace

ServicesPanel::ServicesPanel(QWidget *parent)
    : QWidget(parent)
    , m_list(new QVBoxLayout)
    , m_redis(new QWidget)
    , m_redisShape(new ShapeLabel)
    , m_redisText(new ToneLabel)
    , m_startAll(new QPushButton(tr("Start all")))
    , m_stopAll(new QPushButton(tr("Stop all")))
{
    m_startAll->setAccessibleName(tr("Start all services"));
    m_stopAll->setAccessibleName(tr("Stop all services"));

    auto *content = new QWidget;
    m_list->setContentsMargins({});
    m_list->setSpacing(0);
    m_list->addWidget(m_redis);
    m_list->addStretch(1);
    m_redisText->setWordWrap(true);
    auto *redis = new QHBoxLayout(m_redis);
    redis->setContentsMargins(12, 7, 8, 7);
    redis->setSpacing(8);
    redis->addWidget(m_redisShape, 0, Qt::AlignTop);
    redis->addWidget(m_redisText, 1);
    setRedis({});
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
    const QList<ServiceRow *> old = std::exchange(m_rows, {});
    Q_EMIT menusChanged(); // before they go with their rows
    qDeleteAll(old);
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
        connect(row->menu(), &ServiceMenu::startRequested, this, &ServicesPanel::startRequested);
        connect(row->menu(), &ServiceMenu::stopRequested, this, &ServicesPanel::stopRequested);
        connect(row->menu(), &ServiceMenu::restartRequested, this, &ServicesPanel::restartRequested);
        connect(row->menu(), &ServiceMenu::logRequested, this, &ServicesPanel::logRequested);
        connect(row->menu(), &ServiceMenu::copied, this, &ServicesPanel::copied);
        m_list->insertWidget(static_cast<int>(m_rows.size()), row);
        m_rows.append(row);
        Q_EMIT menusChanged();
    }
    refreshButtons();
}

void ServicesPanel::removeService(const QString &name)
{
    const auto known = std::find_if(m_rows.begin(), m_rows.end(),
                                    [&name](const ServiceRow *row) { return row->service().name == name; });
    if (known != m_rows.end()) {
        (*known)->hide();
        (*known)->deleteLater();
        m_rows.erase(known);
        Q_EMIT menusChanged();
    }
}

void ServicesPanel::setRedis(const App::RedisState &redis)
{
    using enum App::RedisState::Kind;
    m_redis->setVisible(redis.kind != NotUsed);
    m_redis->setToolTip(translatedServiceText(redis.reason));
    const bool isAway = redis.kind == Unreachable;
    const Tone tone = isAway ? Tone::Warn : redis.kind == Ok ? Tone::Ok : Tone::Muted;
    m_redisShape->setShape(isAway ? Shape::Triangle : redis.kind == Ok ? Shape::Dot : Shape::Ring, tone);
    m_redisText->setTone(tone);
    m_redisText->setText(isAway                 ? tr("Redis unreachable: runs go on, without remembered results")
                             : redis.kind == Ok ? tr("Redis ok")
                                                : tr("Asking Redis…"));
    m_redisText->setAccessibleName(m_redisText->text());
}

QList<QMenu *> ServicesPanel::menus() const
{
    QList<QMenu *> menus;
    for (const ServiceRow *row : m_rows) {
        menus.append(row->menu());
    }
    return menus;
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
    m_startAll->setEnabled(std::any_of(m_rows.begin(), m_rows.end(), canStart));
    m_stopAll->setEnabled(std::any_of(m_rows.begin(), m_rows.end(), canStop));
}

} // namespace PatchPanel::Ui
