#pragma once

#include <QAction>
#include <QList>
#include <QPointer>
#include <QString>

class QMainWindow;

namespace PatchPanel::Ui {

// One thing that can be done in the window, as the command palette and the list of shortcuts name it.
struct ListedAction {
    QPointer<QAction> action;
    QString group; // title of its menu; empty: it is in none
    QString text; // "Theme › Dark" for what stands in a submenu
    QString shortcut; // as this system writes it; empty: none
};

// Every action of the window that has a text, in the order of its menus; those in no menu come last.
QList<ListedAction> listActions(const QMainWindow &window);

// Enables the action, or disables it and says why.
void setAvailable(QAction *action, bool available, const QString &whyNot);
// Why the action is disabled; empty: it is enabled, or nobody said.
QString whyNotAvailable(const QAction &action);

} // namespace PatchPanel::Ui
