#include "services/patch/txaction.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
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

// The text is written by hand: a plan of thousands of paths is on the way of every run, and a QJsonObject of each path
// takes longer than the run.
void appendQuoted(QByteArray &json, const QString &text)
{
    const bool plain = std::all_of(text.begin(), text.end(), [](QChar c) {
        return c.unicode() >= 0x20 && c.unicode() < 0x7f && c != u'"' && c != u'\\';
    });
    if (plain) {
        json += '"';
        json += text.toLatin1();
        json += '"';
        return;
    }
    const QByteArray array = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    json += QByteArrayView(array).sliced(1, array.size() - 2);
}

void appendFolders(QByteArray &json, const QList<TxFolder> &folders)
{
    for (const TxFolder &folder : folders) {
        json += &folder == folders.data() ? "{\"path\":" : ",{\"path\":";
        appendQuoted(json, folder.path);
        json += ",\"mode\":";
        json += QByteArray::number(folder.mode);
        json += '}';
    }
}

void appendAction(QByteArray &json, const TxAction &action)
{
    json += "{\"kind\":\"";
    json += kindNames[static_cast<std::size_t>(action.kind)];
    json += "\",\"path\":";
    appendQuoted(json, action.path);
    json += ",\"slot\":";
    json += QByteArray::number(action.slot);
    json += ",\"before\":";
    appendJson(json, action.before);
    json += ",\"after\":";
    appendJson(json, action.after);
    json += '}';
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

QByteArray TxPlan::toJsonText() const
{
    constexpr qsizetype usualActionBytes = 400;
    QByteArray json;
    json.reserve(actions.size() * usualActionBytes);
    json += "{\"actions\":[";
    for (const TxAction &action : actions) {
        json += &action == actions.data() ? "\n" : ",\n";
        appendAction(json, action);
    }
    json += "],\n\"emptied\":[";
    appendFolders(json, emptied);
    json += "],\n\"made\":[";
    appendFolders(json, made);
    json += "]}\n";
    return json;
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
