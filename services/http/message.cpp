#include "services/http/message.h"

#include "services/common/json.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace PatchPanel::Http {

QByteArray headerValue(const Headers &headers, QByteArrayView name)
{
    const auto found = std::find_if(headers.begin(), headers.end(), [name](const auto &header) {
        return QByteArrayView(header.first).compare(name, Qt::CaseInsensitive) == 0;
    });
    return found == headers.end() ? QByteArray() : found->second;
}

QByteArray methodName(Method method)
{
    switch (method) {
    case Method::Get:
        return "GET";
    case Method::Head:
        return "HEAD";
    case Method::Post:
        return "POST";
    case Method::Put:
        return "PUT";
    case Method::Delete:
        return "DELETE";
    case Method::Options:
        return "OPTIONS";
    case Method::Patch:
        return "PATCH";
    case Method::Other:
        break;
    }
    return "OTHER";
}

Method methodFromName(QByteArrayView name)
{
    constexpr Method known[] = {Method::Get,    Method::Head,    Method::Post, Method::Put,
                                Method::Delete, Method::Options, Method::Patch};
    const auto found =
        std::find_if(std::begin(known), std::end(known), [name](Method method) { return name == methodName(method); });
    return found == std::end(known) ? Method::Other : *found;
}

Result<QJsonObject> Request::json() const
{
    if (body.isEmpty()) {
        return QJsonObject{};
    }
    return parseJsonObject(body);
}

Response Response::json(const QJsonObject &object, int status)
{
    return Response{status, "application/json", compactJson(object)};
}

Response Response::json(const QJsonArray &array, int status)
{
    return Response{status, "application/json", QJsonDocument(array).toJson(QJsonDocument::Compact)};
}

Response Response::jsonText(QByteArray text, int status)
{
    return Response{status, "application/json", std::move(text)};
}

Response Response::text(QByteArray text, int status)
{
    return Response{status, "text/plain; charset=utf-8", std::move(text)};
}

Response Response::empty(int status)
{
    return Response{status};
}

Response Response::problem(const Error &error)
{
    Response response{traitsOf(error.code).httpStatus, "application/problem+json", compactJson(error.toJson())};
    if (error.code == ErrorCode::Unauthorized) {
        response.headers.append(Headers::value_type{"WWW-Authenticate", "Bearer"}); // RFC 9110 §11.6.1
    }
    return response;
}

} // namespace PatchPanel::Http
