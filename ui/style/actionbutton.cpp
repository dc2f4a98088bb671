#include "ui/style/actionbutton.h"

#include <QAction>

namespace PatchPanel::Ui {

ActionButton::ActionButton(QAction *action, QWidget *parent)
    : QPushButton(parent)
    , m_action(action)
{
    refresh();
    connect(action, &QAction::changed, this, &ActionButton::refresh);
    connect(this, &QPushButton::clicked, action, [this] {
        m_action->trigger();
        refresh(); // the action decides whether it is checked
    });
}

void ActionButton::refresh()
{
    setText(m_action->iconText());
    setToolTip(m_action->toolTip());
    setAccessibleName(m_action->toolTip());
    setEnabled(m_action->isEnabled());
    setCheckable(m_action->isCheckable());
    setChecked(m_action->isChecked());
}

} // namespace PatchPanel::Ui
