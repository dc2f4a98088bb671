#include "ui/models/diagnostics.h"

#include "services/storage/redisurl.h"
#include "ui/desktop/commit.h"
#include "ui/models/settings.h"

#include <QDir>
#include <QGuiApplication>
#include <QLocale>
#include <QScreen>
#include <QSysInfo>

namespace PatchPanel::Ui {

namespace {

QString wordFor(App::ServiceState state)
{
    switch (state) {
    case App::ServiceState::Stopped:
        return QStringLiteral("stopped");
    case App::ServiceState::Starting:
        return QStringLiteral("starting");
    case App::ServiceState::Up:
        return QStringLiteral("up");
    case App::ServiceState::Stopping:
        return QStringLiteral("stopping");
    case App::ServiceState::Failed:
        return QStringLiteral("failed");
    }
    return {};
}

QString screens()
{
    QStringList list;
    for (const QScreen *screen : QGuiApplication::screens()) {
        list.append(QStringLiteral("%1x%2 at %3")
                        .arg(screen->geometry().width())
                        .arg(screen->geometry().height())
                        .arg(screen->devicePixelRatio()));
    }
    return list.join(QStringLiteral(", "));
}

QString shownValue(const QString &key, const QString &value)
{
    if (key != PreferenceKey::redisUrl) {
        return value;
    }
    const Result<Storage::RedisUrl> url = Storage::parseRedisUrl(value);
    return url ? url->displayName() : QStringLiteral("(no Redis URL)");
}

} // namespace

QString commitName()
{
    return QStringLiteral(PATCHPANEL_COMMIT);
}

QString buildDetails()
{
    const QString commit = commitName().isEmpty() ? QString() : QStringLiteral(" (%1)").arg(commitName());
    return QStringLiteral("PatchPanel %1%2\nQt %3, built with %4; %5\n%6, %7 %8, %9\n")
        .arg(QStringLiteral(PATCHPANEL_VERSION), commit, QString::fromLatin1(qVersion()),
             QStringLiteral(QT_VERSION_STR), QGuiApplication::platformName(), QSysInfo::prettyProductName(),
             QSysInfo::kernelType(), QSysInfo::kernelVersion(), QSysInfo::currentCpuArchitecture());
}

QString diagnostics(const App::ServiceHost &host, const Preferences &preferences)
{
    QString text = buildDetails();
    text += QStringLiteral("Desktop: %1, session %2, screens %3, locale %4\n")
                .arg(qEnvironmentVariable("XDG_CURRENT_DESKTOP", QStringLiteral("?")),
                     qEnvironmentVariable("XDG_SESSION_TYPE", QStringLiteral("?")), screens(), QLocale().name());
    text += QStringLiteral("Log: %1 lines, %2 dropped, %3 MiB of memory at most\n")
                .arg(host.log().size())
                .arg(host.log().dropped())
                .arg(preferences.logMemoryMiB);
    for (const App::ServiceInfo &service : host.services()) {
        text +=
            QStringLiteral("Service %1: %2 %3 %4\n")
                .arg(service.name, wordFor(service.state), service.url.toString(QUrl::RemoveUserInfo), service.reason)
                .trimmed()
            + u'\n';
    }
    const Settings settings;
    for (const QString &key : settings.allKeys()) {
        if (isPreference(key)) {
            text += QStringLiteral("Setting %1=%2\n").arg(key, shownValue(key, settings.value(key).toString()));
        }
    }
    return text.replace(QDir::homePath(), QStringLiteral("~"));
}

} // namespace PatchPanel::Ui
