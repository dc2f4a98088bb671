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
QByteArray quoted(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    const bool plain = std::none_of(bytes.begin(), bytes.end(), [](char c) {
        return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
    });
    if (plain) {
        return '"' + bytes + '"';
    }
    QByteArray array = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return array.sliced(1, array.size() - 2);
}

QByteArray foldersText(const QList<TxFolder> &folders)
{
    QByteArray text;
    for (const TxFolder &folder : folders) {
        text += (text.isEmpty() ? "" : ",") + ("{\"path\":" + quoted(folder.path))
            + ",\"mode\":" + QByteArray::number(folder.mode) + '}';
    }
    return text;
}

void appendText(QByteArray &text, const TxAction &action)
{
    text += "{\"kind\":\"";
    text += kindNames[static_cast<std::size_t>(action.kind)];
    text += "\",\"path\":" + quoted(action.path) + ",\"slot\":" + QByteArray::number(action.slot) + ",\"before\":";
    appendJson(text, action.before);
    text += ",\"after\":";
    appendJson(text, action.after);
    text += '}';
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
    QByteArray text;
    text.reserve(actions.size() * usualActionBytes);
    text += "{\"actions\":[";
    for (const TxAction &action : actions) {
        text += &action == actions.data() ? "\n" : ",\n";
        appendText(text, action);
    }
    return text + "],\n\"emptied\":[" + foldersText(emptied) + "],\n\"made\":[" + foldersText(made) + "]}\n";
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
