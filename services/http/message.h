#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QUrlQuery>

#include <utility>

namespace PatchPanel::Http {

enum class Method { Get, Head, Post, Put, Delete, Options, Patch, Other };

// "GET"; "OTHER" for Other. Method names are case-sensitive (RFC 9110 §9.1).
QByteArray methodName(Method method);
Method methodFromName(QByteArrayView name);

using Headers = QList<std::pair<QByteArray, QByteArray>>;

// The first value of `name`, compared without case; empty when it is missing.
QByteArray headerValue(const Headers &headers, QByteArrayView name);

// One request as a handler sees it: complete, within the limits, authenticated where its route asks for it.
struct Request {
    Method method = Method::Get;
    QString path = {}; // percent-decoded
    QList<QString> captures = {}; // the parts that a route's ":name" matched, percent-decoded
    QUrlQuery query = {};
    Headers headers = {};
    QByteArray body = {};

    QByteArray header(QByteArrayView name) const { return headerValue(headers, name); }
    // The body as a JSON object; BadRequest when it is not one. An empty body is an empty object.
    Result<QJsonObject> json() const;
};

struct Response {
    int status = 200;
    QByteArray contentType = {};
    QByteArray body = {};
    Headers headers = {};

    static Response json(const QJsonObject &object, int status = 200);
    static Response json(const QJsonArray &array, int status = 200);
    static Response jsonText(QByteArray text, int status = 200); // that is JSON already
    static Response text(QByteArray text, int status = 200);
    static Response empty(int status = 200);
    // application/problem+json (RFC 9457) with the status of the error's code.
    static Response problem(const Error &error);
};

} // namespace PatchPanel::Http
