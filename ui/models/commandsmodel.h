#pragma once

#include "ui/models/actionlist.h"

#include <QAbstractListModel>

namespace PatchPanel::Ui {

// The actions of a window that fit what was typed, the best first; without a text all, in the order of the menus. What
// cannot be done now stands behind what can, with the reason. GUI thread.
class CommandsModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        GroupRole = Qt::UserRole, // title of the menu
        ShortcutRole,
        WhyNotRole, // empty: it can be done
        AvailableRole,
        MatchesRole, // QList<qsizetype>: the characters of the text that were typed
    };

    explicit CommandsModel(QList<ListedAction> actions, QObject *parent = nullptr);

    void setFilter(const QString &typed);
    QAction *actionAt(const QModelIndex &index) const; // null: the action is gone

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    struct Row {
        qsizetype action = 0; // in m_actions
        int score = 0;
        QList<qsizetype> matches = {};
    };

    QString accessibleText(const ListedAction &listed) const;

    QList<ListedAction> m_actions;
    QList<Row> m_rows;
};

} // namespace PatchPanel::Ui
