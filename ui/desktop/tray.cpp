#include "ui/desktop/tray.h"

#include "ui/desktop/sessionbus.h"

#include <QDBusConnection>
#include <QDBusServiceWatcher>
#include <QMenu>
#include <QWidget>

namespace PatchPanel::Ui {

namespace {

const QString watcherService = QStringLiteral("org.kde.StatusNotifierWatcher");

} // namespace

Tray::Tray(QWidget *window)
    : QObject(window)
    , m_menu(std::make_unique<QMenu>())
{
    connect(m_menu->addAction(tr("&Show PatchPanel")), &QAction::triggered, this, &Tray::showRequested);
    m_menu->addSeparator();
    connect(m_menu->addAction(tr("&Quit")), &QAction::triggered, this, &Tray::quitRequested);
}

Tray::~Tray() = default;

void Tray::setWanted(bool wanted)
{
    m_wanted = wanted;
    if (wanted) {
        watch();
    }
    refresh();
}

bool Tray::isShown() const
{
    return m_icon && m_icon->isVisible() && QSystemTrayIcon::isSystemTrayAvailable();
}

void Tray::setToolTip(const QString &text)
{
    m_toolTip = text;
    if (m_icon) {
        m_icon->setToolTip(text);
    }
}

void Tray::showMessage(const QString &title, const QString &text)
{
    if (m_icon) {
        m_icon->showMessage(title, text, static_cast<QWidget *>(parent())->windowIcon());
    }
}

// A panel that crashes, or is changed for another one, takes the tray away for a while.
void Tray::watch()
{
    if (m_isWatching || !sessionBusExists()) {
        return;
    }
    m_isWatching = true;
    auto *watcher = new QDBusServiceWatcher(watcherService, QDBusConnection::sessionBus(),
                                            QDBusServiceWatcher::WatchForOwnerChange, this);
    connect(watcher, &QDBusServiceWatcher::serviceRegistered, this, [this] { refresh(); });
    connect(watcher, &QDBusServiceWatcher::serviceUnregistered, this, [this] {
        const bool wasShown = m_icon != nullptr;
        m_icon.reset(); // it would not come back by itself
        if (wasShown) {
            Q_EMIT lost();
        }
    });
}

void Tray::refresh()
{
    if (!m_wanted || !QSystemTrayIcon::isSystemTrayAvailable()) {
        m_icon.reset();
        return;
    }
    if (m_icon) {
        return;
    }
    m_icon = std::make_unique<QSystemTrayIcon>(static_cast<QWidget *>(parent())->windowIcon());
    m_icon->setContextMenu(m_menu.get());
    m_icon->setToolTip(m_toolTip);
    connect(m_icon.get(), &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger || reason == QSystemTrayIcon::DoubleClick) {
            Q_EMIT showRequested();
        }
    });
    connect(m_icon.get(), &QSystemTrayIcon::messageClicked, this, &Tray::showRequested);
    m_icon->show();
}

} // namespace PatchPanel::Ui
