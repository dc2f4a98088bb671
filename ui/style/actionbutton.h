#pragma once

#include <QPushButton>

class QAction;

namespace PatchPanel::Ui {

// A push button for an action that stands in a menu too: it shows the action's icon text, tool tip and state, and
// triggers it.
class ActionButton : public QPushButton {
    Q_OBJECT
public:
    explicit ActionButton(QAction *action, QWidget *parent = nullptr);

private:
    void refresh();

    QAction *m_action;
};

} // namespace PatchPanel::Ui
