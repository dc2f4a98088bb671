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

void appendFolders(QByteArray &json, const TxPlan &plan)
{
    json += "\n\"emptied\":[";
    for (const EmptiedFolder &folder : plan.emptied) {
        json += &folder == plan.emptied.data() ? "{\"path\":" : ",{\"path\":";
        appendQuoted(json, folder.path);
        json += ",\"slot\":";
        appendQuoted(json, folder.slot);
        json += '}';
    }
    json += "],\n\"made\":[";
    for (const MadeFolder &folder : plan.made) {
        json += &folder == plan.made.data() ? "{\"path\":" : ",{\"path\":";
        appendQuoted(json, folder.path);
        json += '}';
    }
    json += ']';
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
    json += "],";
    appendFolders(json, *this);
    json += "}\n";
    return json;
}

TxPlan TxPlan::fromJson(const QJsonObject &object)
{
    TxPlan plan;
    for (const QJsonValue &value : object[QStringLiteral("actions")].toArray()) {
        plan.actions.append(TxAction::fromJson(value.toObject()));
    }
    for (const QJsonValue &value : object[QStringLiteral("emptied")].toArray()) {
        plan.emptied.append({value[QStringLiteral("path")].toString(), value[QStringLiteral("slot")].toString()});
    }
    for (const QJsonValue &value : object[QStringLiteral("made")].toArray()) {
        plan.made.append({.path = value[QStringLiteral("path")].toString()});
    }
    return plan;
}

} // namespace PatchPanel::Patch
