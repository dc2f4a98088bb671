#include "services/http/responsebytes.h"

#include <algorithm>
#include <iterator>

namespace PatchPanel::Http {

namespace {

struct Reason {
    int status;
    const char *phrase;
};

// RFC 9110 §15
constexpr Reason reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

// Clients may not rely on the phrase, and it may be empty (RFC 9112 §4).
QByteArray reasonPhrase(int status)
{
    const auto found = std::find_if(std::begin(reasons), std::end(reasons),
                                    [status](const Reason &reason) { return reason.status == status; });
    return found == std::end(reasons) ? QByteArray() : QByteArray(found->phrase);
}

bool isClean(QByteArrayView text)
{
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == 0x7f || (byte < 0x20 && c != '\t');
    });
}

void appendHeader(QByteArray &bytes, QByteArrayView name, QByteArrayView value)
{
    if (!name.isEmpty() && isClean(name) && isClean(value)) {
        bytes.append(name).append(": ").append(value).append("\r\n");
    }
}

QByteArray headBytes(const Response &response)
{
    QByteArray bytes;
    bytes.reserve(512);
    bytes += "HTTP/1.1 " + QByteArray::number(response.status) + ' ' + reasonPhrase(response.status) + "\r\n";
    if (!response.contentType.isEmpty()) {
        appendHeader(bytes, "Content-Type", response.contentType);
        appendHeader(bytes, "X-Content-Type-Options", "nosniff");
    }
    if (headerValue(response.headers, "cache-control").isEmpty()) {
        appendHeader(bytes, "Cache-Control", "no-store");
    }
    for (const auto &[name, value] : response.headers) {
        appendHeader(bytes, name, value);
    }
    return bytes;
}

// RFC 9110 §6.4.1
bool mayHaveBody(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

} // namespace

QByteArray responseBytes(const Response &response, BodyPart body, AfterAnswer after)
{
    QByteArray bytes = headBytes(response);
    if (mayHaveBody(response.status)) {
        appendHeader(bytes, "Content-Length", QByteArray::number(response.body.size()));
    }
    if (after == AfterAnswer::Close) {
        appendHeader(bytes, "Connection", "close");
    }
    bytes += "\r\n";
    if (body == BodyPart::Included && mayHaveBody(response.status)) {
        bytes += response.body;
    }
    return bytes;
}

QByteArray streamHeadBytes(const Response &response)
{
    QByteArray bytes = headBytes(response);
    appendHeader(bytes, "Connection", "close");
    return bytes += "\r\n";
}

} // namespace PatchPanel::Http
