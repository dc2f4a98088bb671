#pragma once

#include "services/patch/identity.h"

#include <QJsonObject>
#include <QList>
#include <QString>

#include <optional>

namespace PatchPanel::Patch {

enum class ActionKind { Remove, Replace, Create };

// One switch of a transaction: what happens to one path. A move is the removal of one path and the creation of another.
struct TxAction {
    ActionKind kind = ActionKind::Replace;
    QString path = {};
    int slot = 0; // its name in the slot folder
    std::optional<Identity> before = {}; // at `path`, as the plan saw it
    std::optional<Identity> after = {}; // as staged, with the inode that it has on disk
    std::optional<Identity> now = {}; // what we last knew to stand at `path`: `after`, or how a gate left it

    static TxAction fromJson(const QJsonObject &object);
};

// A folder that the switches leave empty; it is moved into the slots as a whole, so that it comes back as it was.
struct EmptiedFolder {
    QString path = {};
    QString slot = {}; // its name in the slot folder
};

// What a transaction does, without contents: plan.json. With it alone a killed run can be taken back.
struct TxPlan {
    QList<TxAction> actions = {}; // in the order of the switches: removals, then the others, each in path order
    QList<EmptiedFolder> emptied = {}; // taken away when nothing is left in them, innermost first
    QList<MadeFolder> made = {}; // outermost first

    QByteArray toJsonText() const;
    static TxPlan fromJson(const QJsonObject &object);
};

} // namespace PatchPanel::Patch
