#pragma once

#include <QSettings>
#include <QStringList>

namespace PatchPanel::Ui {

// The window's settings: an INI file under $XDG_CONFIG_HOME/patchpanel.
class Settings : public QSettings {
public:
    Settings();
};

inline constexpr int recentTaskLimit = 10;

// The task files opened last, newest first.
QStringList recentTasks();
// Puts `path` first; each path stands once.
void rememberTask(const QString &path);

} // namespace PatchPanel::Ui
