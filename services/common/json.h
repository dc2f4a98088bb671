#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace PatchPanel {

// The object that `bytes` hold. BadRequest with line:column in `where` for a syntax error, an empty text or a value
// that is not an object.
Result<QJsonObject> parseJsonObject(QByteArrayView bytes);

// One line, no spaces.
QByteArray compactJson(const QJsonObject &object);

// The optional member `key`: `fallback` when it is missing, BadRequest with the JSON Pointer when its type differs.
Result<QString> stringMember(const QJsonObject &object, const QString &key, const QString &fallback = {});
Result<bool> boolMember(const QJsonObject &object, const QString &key, bool fallback);
Result<int> integerMember(const QJsonObject &object, const QString &key, int fallback, int least, int most);
Result<QJsonObject> objectMember(const QJsonObject &object, const QString &key);

} // namespace PatchPanel
