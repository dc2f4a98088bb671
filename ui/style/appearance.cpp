#include "ui/style/appearance.h"

#include "ui/desktop/sessionbus.h"
#include "ui/style/colors.h"
#include "ui/style/flatstyle.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

namespace PatchPanel::Ui {

namespace {

const QString portalService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString portalPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString portalSettings = QStringLiteral("org.freedesktop.portal.Settings");
const QString appearanceGroup = QStringLiteral("org.freedesktop.appearance");
const QString colorSchemeKey = QStringLiteral("color-scheme");

} // namespace

Appearance::Appearance(QObject *parent)
    : QObject(parent)
    , m_systemDark(QApplication::palette().color(QPalette::Window).lightness() < 128)
{
    QApplication::setStyle(new FlatStyle);
    apply();
    if (sessionBusExists()) {
        askPortal();
    }
}

void Appearance::setTheme(Theme theme)
{
    m_theme = theme;
    apply();
}

bool Appearance::isDark() const
{
    return m_theme == Theme::System ? m_systemDark : m_theme == Theme::Dark;
}

void Appearance::askPortal()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return;
    }
    bus.connect(portalService, portalPath, portalSettings, QStringLiteral("SettingChanged"), this,
                SLOT(portalSettingChanged(QString, QString, QDBusVariant)));
    QDBusMessage call =
        QDBusMessage::createMethodCall(portalService, portalPath, portalSettings, QStringLiteral("Read"));
    call << appearanceGroup << colorSchemeKey;
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        watcher->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (reply.isValid()) { // the portal wraps the value once more
            takeColorScheme(reply.value().variant().value<QDBusVariant>().variant().toUInt());
        }
    });
}

void Appearance::portalSettingChanged(const QString &group, const QString &key, const QDBusVariant &value)
{
    if (group == appearanceGroup && key == colorSchemeKey) {
        takeColorScheme(value.variant().toUInt());
    }
}

void Appearance::takeColorScheme(uint scheme)
{
    constexpr uint preferDark = 1; // 0 no preference, 2 prefer light
    m_systemDark = scheme == preferDark;
    apply();
}

void Appearance::apply()
{
    const Colors &colors = isDark() ? darkColors() : lightColors();
    QPalette palette = paletteFrom(colors);
    QApplication::setPalette(palette);
    palette.setColor(QPalette::Highlight, colors.selection); // soft, so that tones stay readable on it
    palette.setColor(QPalette::HighlightedText, colors.text);
    QApplication::setPalette(palette, "QAbstractItemView");
}

} // namespace PatchPanel::Ui
