#include "services/common/json.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace PatchPanel {

namespace {

QString lineAndColumn(QByteArrayView bytes, qsizetype offset)
{
    const QByteArrayView head = bytes.first(std::min(offset, bytes.size()));
    const qsizetype lineStart = head.lastIndexOf('\n') + 1;
    const auto line = std::count(head.begin(), head.end(), '\n') + 1;
    return QStringLiteral("%1:%2").arg(line).arg(head.size() - lineStart + 1);
}

Error wrongType(const QString &key, const QString &expected, const QJsonValue &found)
{
    static const char *const names[] = {"null", "a boolean", "a number", "a string", "an array", "an object"};
    const auto type = static_cast<std::size_t>(found.type());
    return Error{ErrorCode::BadRequest,
                 QStringLiteral("expected %1, found %2")
                     .arg(expected, QLatin1String(type < std::size(names) ? names[type] : "nothing")),
                 {},
                 QLatin1Char('/') + key};
}

} // namespace

Result<QJsonObject> parseJsonObject(QByteArrayView bytes)
{
    QJsonParseError problem;
    const QJsonDocument document =
        QJsonDocument::fromJson(QByteArray::fromRawData(bytes.data(), bytes.size()), &problem);
    if (problem.error != QJsonParseError::NoError) {
        return Error{ErrorCode::BadRequest,
                     QStringLiteral("not valid JSON: %1").arg(problem.errorString()),
                     {},
                     lineAndColumn(bytes, problem.offset)};
    }
    if (!document.isObject()) {
        return Error{ErrorCode::BadRequest, QStringLiteral("expected a JSON object"), {}, QStringLiteral("1:1")};
    }
    return document.object();
}

QByteArray compactJson(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

Result<QString> stringMember(const QJsonObject &object, const QString &key, const QString &fallback)
{
    const QJsonValue value = object[key];
    if (value.isUndefined()) {
        return fallback;
    }
    if (!value.isString()) {
        return wrongType(key, QStringLiteral("a string"), value);
    }
    return value.toString();
}

Result<bool> boolMember(const QJsonObject &object, const QString &key, bool fallback)
{
    const QJsonValue value = object[key];
    if (value.isUndefined()) {
        return fallback;
    }
    if (!value.isBool()) {
        return wrongType(key, QStringLiteral("true or false"), value);
    }
    return value.toBool();
}

Result<int> integerMember(const QJsonObject &object, const QString &key, int fallback, int least, int most)
{
    const QJsonValue value = object[key];
    if (value.isUndefined()) {
        return fallback;
    }
    const double number = value.toDouble(std::numeric_limits<double>::quiet_NaN());
    if (!(number >= least && number <= most) || std::floor(number) != number) {
        return Error{ErrorCode::BadRequest,
                     QStringLiteral("expected a whole number from %1 to %2").arg(least).arg(most),
                     {},
                     QLatin1Char('/') + key};
    }
    return static_cast<int>(number);
}

Result<QJsonObject> objectMember(const QJsonObject &object, const QString &key)
{
    const QJsonValue value = object[key];
    if (value.isUndefined()) {
        return QJsonObject{};
    }
    if (!value.isObject()) {
        return wrongType(key, QStringLiteral("an object"), value);
    }
    return value.toObject();
}

} // namespace PatchPanel
