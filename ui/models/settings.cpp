#include "ui/models/settings.h"

namespace PatchPanel::Ui {

namespace {

const QString recentKey = QStringLiteral("task/recent");

} // namespace

Settings::Settings()
    : QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("patchpanel"), QStringLiteral("window"))
{
}

QStringList recentTasks()
{
    return Settings().value(recentKey).toStringList();
}

void rememberTask(const QString &path)
{
    QStringList tasks = recentTasks();
    tasks.removeAll(path);
    tasks.prepend(path);
    Settings().setValue(recentKey, tasks.mid(0, recentTaskLimit));
}

} // namespace PatchPanel::Ui
