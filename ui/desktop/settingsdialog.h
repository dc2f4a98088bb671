#pragma once

#include "ui/models/preferences.h"

#include <QDialog>

class QListWidget;
class QStackedWidget;

namespace PatchPanel::Ui {

class Banner;
class SettingRows;

// The settings, on four pages. What is changed counts at once; for services that have to start again, a line offers
// that. GUI thread; deletes itself.
class SettingsDialog : public QDialog {
    Q_OBJECT
public:
    // `given`: the options of the command line, which win.
    SettingsDialog(const Preferences &values, const QStringList &given, QWidget *parent);

    // Changed elsewhere, such as the theme in its menu.
    void setValues(const Preferences &values);
    // Services that run with other values than the ones shown; empty: none.
    void setRestartNeeded(const QStringList &services);

Q_SIGNALS:
    void changed(const PatchPanel::Ui::Preferences &values);
    void restartRequested();

private:
    SettingRows *addPage(const QString &title);
    void addGeneralPage();
    void addServicesPage();
    void addRunsPage();
    void addLogPage();
    void restoreDefaults();

    Preferences m_values;
    QStringList m_given;
    QListWidget *m_titles;
    QStackedWidget *m_stack;
    QList<SettingRows *> m_pages;
    Banner *m_restart;
};

} // namespace PatchPanel::Ui
