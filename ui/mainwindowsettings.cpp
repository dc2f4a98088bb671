#include "app/servicehost.h"
#include "ui/desktop/settingsdialog.h"
#include "ui/desktop/tray.h"
#include "ui/mainwindowprivate.h"
#include "ui/models/fanoutsession.h"
#include "ui/models/runsession.h"
#include "ui/models/settings.h"
#include "ui/panels/logpanel.h"
#include "ui/style/appearance.h"
#include "ui/views/logview.h"
#include "ui/windowactions.h"

namespace PatchPanel::Ui {

void MainWindow::Private::showSettings()
{
    if (!settingsDialog) {
        settingsDialog = new SettingsDialog(preferences, given, &q);
        settingsDialog->setRestartNeeded(restartNeeded);
        connect(settingsDialog, &SettingsDialog::changed, &q, [this](const Preferences &v) { takePreferences(v); });
        connect(settingsDialog, &SettingsDialog::restartRequested, &q, [this] { restartServices(); });
    }
    settingsDialog->show();
    settingsDialog->raise();
    settingsDialog->activateWindow();
}

void MainWindow::Private::takePreferences(const Preferences &values)
{
    const Preferences before = std::exchange(preferences, values);
    if (values == before) {
        return;
    }
    Settings settings;
    values.write(settings);
    if (values.theme != before.theme) {
        appearance->setTheme(values.theme);
        actions->setTheme(values.theme);
    }
    tray->setWanted(values.tray);
    log->view()->setFontFamily(values.logFont);
    log->view()->setTimes(values.logTimes);
    if (values.logMemoryMiB != before.logMemoryMiB) {
        host.log().setMemoryLimit(qint64{values.logMemoryMiB} << 20);
    }
    useRunPreferences();
    App::ServiceSettings wanted = host.settings();
    applyTo(wanted, before, values, given);
    restartNeeded.append(host.reconfigure(wanted));
    restartNeeded.removeDuplicates();
    if (settingsDialog) {
        settingsDialog->setValues(values);
        settingsDialog->setRestartNeeded(restartNeeded);
    }
}

void MainWindow::Private::useRunPreferences()
{
    const RunSession::RunDefaults defaults{preferences.run, preferences.useCache, preferences.commandSeconds};
    session->setRunDefaults(defaults);
    fanOut->setRunDefaults(defaults);
}

void MainWindow::Private::restartServices()
{
    stopWhenIdle(tr("A run is in progress. Restart the services?"), [this] {
        host.restart(std::exchange(restartNeeded, {}));
        if (settingsDialog) {
            settingsDialog->setRestartNeeded({});
        }
    });
}

} // namespace PatchPanel::Ui
