#include "ui/panels/servicemenu.h"

#include "ui/models/servicelook.h"

#include <QClipboard>
#include <QGuiApplication>

namespace PatchPanel::Ui {

using App::ServiceState;

ServiceMenu::ServiceMenu(const App::ServiceInfo &service, QWidget *parent)
    : QMenu(parent)
    , m_start(addAction(tr("&Start")))
    , m_stop(addAction(tr("S&top")))
    , m_restart(addAction(tr("&Restart")))
{
    addSeparator();
    m_copyUrl = addAction(tr("&Copy URL"));
    QAction *log = addAction(tr("Show Its &Log"));
    QAction *copyStatus = addAction(tr("Copy Status as &JSON"));
    connect(m_start, &QAction::triggered, this, [this] { Q_EMIT startRequested(m_service.name); });
    connect(m_stop, &QAction::triggered, this, [this] { Q_EMIT stopRequested(m_service.name); });
    connect(m_restart, &QAction::triggered, this, [this] { Q_EMIT restartRequested(m_service.name); });
    connect(m_copyUrl, &QAction::triggered, this,
            [this] { copy(m_service.url.toString(QUrl::RemoveUserInfo), tr("The URL of %1").arg(m_service.name)); });
    connect(log, &QAction::triggered, this, [this] { Q_EMIT logRequested(m_service.name); });
    connect(copyStatus, &QAction::triggered, this,
            [this] { copy(QString::fromUtf8(statusJson(m_service)), tr("The status of %1").arg(m_service.name)); });
    setService(service);
}

void ServiceMenu::setService(const App::ServiceInfo &service)
{
    m_service = service;
    setTitle(service.name);
    const bool isOwn = !service.isRemote;
    m_start->setEnabled(isOwn && isDown(service));
    m_stop->setEnabled(isOwn && isUp(service));
    m_restart->setEnabled(isOwn && isUp(service));
    for (QAction *action : {m_start, m_stop, m_restart}) {
        action->setToolTip(isOwn ? QString() : tr("%1 belongs to another process").arg(service.name));
    }
    m_copyUrl->setEnabled(service.url.port() > 0);
}

void ServiceMenu::copy(const QString &text, const QString &what)
{
    QGuiApplication::clipboard()->setText(text);
    Q_EMIT copied(what);
}

} // namespace PatchPanel::Ui
