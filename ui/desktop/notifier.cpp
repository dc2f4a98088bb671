#include "ui/desktop/notifier.h"

#include "ui/desktop/sessionbus.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QGuiApplication>
#include <QVariantMap>

namespace PatchPanel::Ui {

namespace {

const QString service = QStringLiteral("org.freedesktop.Notifications");
const QString path = QStringLiteral("/org/freedesktop/Notifications");
const QString defaultAction = QStringLiteral("default"); // a click on the notification itself
constexpr int asTheServerLikes = -1; // how long it is shown

QDBusMessage callOf(const QString &method)
{
    return QDBusMessage::createMethodCall(service, path, service, method);
}

} // namespace

Notifier::Notifier(QObject *parent)
    : QObject(parent)
{
}

void Notifier::notify(const Notification &notification)
{
    if (!sessionBusExists() || !QDBusConnection::sessionBus().isConnected()) {
        Q_EMIT failed(notification);
        return;
    }
    connectSignals();
    if (m_knowsMarkup) {
        send(notification);
        return;
    }
    auto *watcher = new QDBusPendingCallWatcher(
        QDBusConnection::sessionBus().asyncCall(callOf(QStringLiteral("GetCapabilities"))), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, notification] {
        watcher->deleteLater();
        const QDBusPendingReply<QStringList> reply = *watcher;
        if (reply.isError()) {
            Q_EMIT failed(notification); // and the next one asks again
            return;
        }
        m_knowsMarkup = reply.value().contains(QStringLiteral("body-markup"));
        send(notification);
    });
}

void Notifier::connectSignals()
{
    if (!std::exchange(m_isConnected, true)) {
        QDBusConnection bus = QDBusConnection::sessionBus();
        bus.connect(service, path, service, QStringLiteral("ActionInvoked"), this, SLOT(takeAction(uint, QString)));
        bus.connect(service, path, service, QStringLiteral("ActivationToken"), this, SLOT(takeToken(uint, QString)));
    }
}

void Notifier::send(const Notification &notification)
{
    constexpr uchar normal = 1;
    constexpr uchar critical = 2;
    QDBusMessage call = callOf(QStringLiteral("Notify"));
    call << QStringLiteral("PatchPanel") << m_id << QGuiApplication::desktopFileName() << notification.summary
         << (*m_knowsMarkup ? notification.body.toHtmlEscaped() : notification.body)
         << QStringList{defaultAction, tr("Show")}
         << QVariantMap{{QStringLiteral("desktop-entry"), QGuiApplication::desktopFileName()},
                        {QStringLiteral("urgency"), QVariant::fromValue(notification.isUrgent ? critical : normal)}}
         << asTheServerLikes;
    auto *watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, notification] {
        watcher->deleteLater();
        const QDBusPendingReply<uint> reply = *watcher;
        if (reply.isError()) {
            m_knowsMarkup.reset(); // the next server may be another one
            m_id = 0;
            Q_EMIT failed(notification);
            return;
        }
        m_id = reply.value();
        m_subject = notification.subject;
    });
}

void Notifier::takeAction(uint id, const QString &action)
{
    if (id == m_id && action == defaultAction) {
        Q_EMIT activated(m_subject, std::exchange(m_token, {}));
    }
}

// Comes before the action that it is for.
void Notifier::takeToken(uint id, const QString &token)
{
    if (id == m_id) {
        m_token = token.toLatin1();
    }
}

} // namespace PatchPanel::Ui
