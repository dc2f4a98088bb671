#include "ui/models/actionlist.h"

#include <QLineEdit>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr const char *reasonProperty = "whyNotAvailable";

// "&&" is an ampersand, "&" alone marks the key of the next character.
QString withoutMnemonic(const QString &text)
{
    QString plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'&' && i + 1 < text.size()) {
            ++i;
        }
        plain += text[i];
    }
    return plain;
}

ListedAction listed(QAction *action, const QString &group, const QStringList &path)
{
    QStringList words = path;
    words.append(withoutMnemonic(action->text()));
    return {action, group, words.join(QStringLiteral(" › ")),
            QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText)
                .replace(QStringLiteral("; "), QStringLiteral("  "))};
}

void listMenu(const QMenu &menu, const QString &group, const QStringList &path, QList<ListedAction> &list)
{
    for (QAction *action : menu.actions()) {
        if (const QMenu *submenu = action->menu()) {
            listMenu(*submenu, group, path + QStringList{withoutMnemonic(action->text())}, list);
        } else if (!action->isSeparator() && !action->text().isEmpty()) {
            list.append(listed(action, group, path));
        }
    }
}

// What is in no menu of the menu bar is named after the menu that it is in, such as that of a row.
QString groupOf(const QAction &action)
{
    for (const QObject *object : action.associatedObjects()) {
        if (const auto *menu = qobject_cast<const QMenu *>(object)) {
            return withoutMnemonic(menu->title());
        }
    }
    return {};
}

// Line edits bring actions of their own, for their context menu and their buttons.
bool isPartOfAControl(const QAction &action)
{
    return qobject_cast<const QLineEdit *>(action.parent()) != nullptr;
}

} // namespace

QList<ListedAction> listActions(const QMainWindow &window)
{
    QList<ListedAction> list;
    if (const auto *bar = window.findChild<QMenuBar *>(QString(), Qt::FindDirectChildrenOnly)) {
        for (const QAction *entry : bar->actions()) {
            if (const QMenu *menu = entry->menu()) {
                listMenu(*menu, withoutMnemonic(entry->text()), {}, list);
            }
        }
    }
    for (QAction *action : window.findChildren<QAction *>()) {
        if (isPartOfAControl(*action) || !action->isVisible()) {
            continue;
        }
        const bool isListed = std::any_of(list.begin(), list.end(),
                                          [action](const ListedAction &known) { return known.action == action; });
        if (!isListed && !action->menu() && !action->isSeparator() && !action->text().isEmpty()) {
            list.append(listed(action, groupOf(*action), {}));
        }
    }
    return list;
}

void setAvailable(QAction *action, bool available, const QString &whyNot)
{
    action->setProperty(reasonProperty, available ? QString() : whyNot);
    action->setEnabled(available);
}

QString whyNotAvailable(const QAction &action)
{
    return action.isEnabled() ? QString() : action.property(reasonProperty).toString();
}

} // namespace PatchPanel::Ui
