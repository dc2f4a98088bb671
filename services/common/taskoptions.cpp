#include "services/common/taskoptions.h"

#include "services/common/json.h"

#include <QDir>
#include <QJsonArray>

namespace PatchPanel {

namespace {

Result<QList<RootMapping>> mappingsFrom(const QJsonValue &value)
{
    const QString pointer = QStringLiteral("/mapRoots");
    if (!value.isUndefined() && !value.isArray()) {
        return Error{
            ErrorCode::BadRequest, QStringLiteral("expected a list of texts like /their/root=folder"), {}, pointer};
    }
    QList<RootMapping> mappings;
    const QJsonArray texts = value.toArray();
    for (qsizetype i = 0; i < texts.size(); ++i) {
        const Result<RootMapping> mapping = RootMapping::fromText(texts[i].toString());
        if (!mapping) {
            return Error{ErrorCode::BadRequest, mapping.error().message, mapping.error().hint,
                         QStringLiteral("%1/%2").arg(pointer).arg(i)};
        }
        mappings.append(*mapping);
    }
    return mappings;
}

Result<bool> readNearest(const QJsonObject &object)
{
    const QString unique = QStringLiteral("unique");
    const Result<QString> offset = stringMember(object, QStringLiteral("offset"), unique);
    if (!offset) {
        return offset.error();
    }
    if (*offset != unique && *offset != QLatin1String("nearest")) {
        return Error{
            ErrorCode::BadRequest, QStringLiteral("expected \"unique\" or \"nearest\""), {}, QStringLiteral("/offset")};
    }
    return *offset != unique;
}

} // namespace

Result<RootMapping> RootMapping::fromText(const QString &text)
{
    const qsizetype equals = text.lastIndexOf(u'=');
    const QString from = text.left(equals);
    const QString to = text.mid(equals + 1);
    if (equals < 0 || to.isEmpty() || to.startsWith(u'/') || !from.startsWith(u'/')) {
        return Error{ErrorCode::Usage,
                     QStringLiteral("\"%1\" maps no absolute folder to a folder of the workspace").arg(text),
                     QStringLiteral("write it like /their/root=. or /their/root/lib=lib")};
    }
    return RootMapping{QDir::cleanPath(from), QDir::cleanPath(to)};
}

QString RootMapping::toText() const
{
    return from + u'=' + to;
}

QJsonObject TaskOptions::toJson() const
{
    QJsonObject object;
    const auto put = [&object](const char *key, const QJsonValue &value, bool differs) {
        if (differs) {
            object.insert(QLatin1String(key), value);
        }
    };
    QJsonArray mappings;
    for (const RootMapping &mapping : mapRoots) {
        mappings.append(mapping.toText());
    }
    put("fuzz", fuzz, fuzz != 0);
    put("recount", true, recount);
    put("strip", strip.value_or(0), strip.has_value());
    put("offset", QStringLiteral("nearest"), nearestOffset);
    put("ignoreWhitespace", true, ignoreWhitespace);
    put("skipApplied", true, skipApplied);
    put("strict", true, strict);
    put("mapRoots", mappings, !mapRoots.isEmpty());
    return object;
}

Result<TaskOptions> TaskOptions::fromJson(const QJsonObject &object)
{
    TaskOptions options;
    struct Flag {
        const char *key;
        bool TaskOptions::*flag;
    };
    for (const Flag &flag :
         {Flag{"recount", &TaskOptions::recount}, Flag{"skipApplied", &TaskOptions::skipApplied},
          Flag{"ignoreWhitespace", &TaskOptions::ignoreWhitespace}, Flag{"strict", &TaskOptions::strict}}) {
        const Result<bool> value = boolMember(object, QLatin1String(flag.key), false);
        if (!value) {
            return value.error();
        }
        options.*flag.flag = *value;
    }
    const Result<int> fuzz = integerMember(object, QStringLiteral("fuzz"), 0, 0, mostFuzz);
    const Result<int> strip = integerMember(object, QStringLiteral("strip"), 0, 0, mostStrip);
    const Result<bool> nearest = readNearest(object);
    const Result<QList<RootMapping>> mappings = mappingsFrom(object[QStringLiteral("mapRoots")]);
    if (!fuzz || !strip) {
        return fuzz ? strip.error() : fuzz.error();
    }
    if (!nearest || !mappings) {
        return nearest ? mappings.error() : nearest.error();
    }
    options.fuzz = *fuzz;
    options.strip = object.contains(QStringLiteral("strip")) ? std::optional(*strip) : std::nullopt;
    options.nearestOffset = *nearest;
    options.mapRoots = *mappings;
    return options;
}

QStringList TaskOptions::memberNames()
{
    return {QStringLiteral("fuzz"),   QStringLiteral("recount"),          QStringLiteral("strip"),
            QStringLiteral("offset"), QStringLiteral("ignoreWhitespace"), QStringLiteral("skipApplied"),
            QStringLiteral("strict"), QStringLiteral("mapRoots")};
}

} // namespace PatchPanel
