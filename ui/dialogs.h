#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace PatchPanel::Ui {

// What to do with a run that is in the way.
enum class RunChoice { Wait, CancelRun, Keep };

// Asks without blocking the window; `chosen` is called once, also with Keep when the dialog is closed.
void askAboutRun(QWidget *parent, const QString &question, const QString &keepText,
                 std::function<void(RunChoice)> chosen);

void showAbout(QWidget *parent);

// Lists every shortcut of `window`'s actions, so that the list cannot rot.
void showShortcuts(QWidget *window);

} // namespace PatchPanel::Ui
