#include "services/patch/txaction.h"

#include <QJsonArray>

#include <array>

namespace PatchPanel::Patch {

namespace {

constexpr std::array kindNames{"remove", "replace", "create"};

ActionKind kindFromName(const QString &name)
{
    for (std::size_t i = 0; i < kindNames.size(); ++i) {
        if (name == QLatin1String(kindNames[i])) {
            return static_cast<ActionKind>(i);
        }
    }
    return ActionKind::Replace;
}

QJsonArray foldersToJson(const QList<TxFolder> &folders)
{
    QJsonArray array;
    for (const TxFolder &folder : folders) {
        array.append(QJsonObject{{QStringLiteral("path"), folder.path}, {QStringLiteral("mode"), folder.mode}});
    }
    return array;
}

QList<TxFolder> foldersFromJson(const QJsonArray &array)
{
    QList<TxFolder> folders;
    for (const QJsonValue &value : array) {
        const QJsonObject object = value.toObject();
        folders.append({object[QStringLiteral("path")].toString(), object[QStringLiteral("mode")].toInt()});
    }
    return folders;
}

} // namespace

QJsonObject TxAction::toJson() const
{
    return {{QStringLiteral("kind"), QString::fromLatin1(kindNames[static_cast<std::size_t>(kind)])},
            {QStringLiteral("path"), path},
            {QStringLiteral("slot"), slot},
            {QStringLiteral("before"), Patch::toJson(before)},
            {QStringLiteral("after"), Patch::toJson(after)}};
}

TxAction TxAction::fromJson(const QJsonObject &object)
{
    TxAction action;
    action.kind = kindFromName(object[QStringLiteral("kind")].toString());
    action.path = object[QStringLiteral("path")].toString();
    action.slot = object[QStringLiteral("slot")].toInt();
    action.before = identityFromJson(object[QStringLiteral("before")].toObject());
    action.after = identityFromJson(object[QStringLiteral("after")].toObject());
    action.now = action.after;
    return action;
}

QJsonObject TxPlan::toJson() const
{
    QJsonArray actionArray;
    for (const TxAction &action : actions) {
        actionArray.append(action.toJson());
    }
    return {{QStringLiteral("actions"), actionArray},
            {QStringLiteral("emptied"), foldersToJson(emptied)},
            {QStringLiteral("made"), foldersToJson(made)}};
}

TxPlan TxPlan::fromJson(const QJsonObject &object)
{
    TxPlan plan;
    for (const QJsonValue &value : object[QStringLiteral("actions")].toArray()) {
        plan.actions.append(TxAction::fromJson(value.toObject()));
    }
    plan.emptied = foldersFromJson(object[QStringLiteral("emptied")].toArray());
    plan.made = foldersFromJson(object[QStringLiteral("made")].toArray());
    return plan;
}

} // namespace PatchPanel::Patch
