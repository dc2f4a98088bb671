#include "services/http/requesthead.h"

#include <QStringDecoder>
#include <QUrl>

#include <algorithm>

namespace PatchPanel::Http {

namespace {

// RFC 9110 §7.6.1 and what the framing has already acted upon.
bool steersTheConnection(QByteArrayView name)
{
    constexpr QByteArrayView names[] = {"connection", "keep-alive",    "proxy-connection",  "te",
                                        "trailer",    "upgrade",       "transfer-encoding", "content-length",
                                        "expect",     "http2-settings"};
    return std::any_of(std::begin(names), std::end(names),
                       [name](QByteArrayView steering) { return name.compare(steering, Qt::CaseInsensitive) == 0; });
}

bool isCleanPart(const QString &part)
{
    const bool hasControl = std::any_of(part.begin(), part.end(), [](QChar c) { return c < u' ' || c == u'\x7f'; });
    return part != QLatin1String(".") && part != QLatin1String("..") && !hasControl;
}

bool isUtf8(QByteArrayView encodedPath)
{
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString decoded = decoder(QByteArray::fromPercentEncoding(encodedPath.toByteArray()));
    return !decoder.hasError() && !decoded.isNull();
}

} // namespace

QByteArrayView RequestHead::path() const
{
    const qsizetype query = target.indexOf('?');
    return query < 0 ? QByteArrayView(target) : QByteArrayView(target).first(query);
}

QByteArray canonicalBytes(const RequestHead &head, QByteArrayView body)
{
    QByteArray bytes;
    bytes.reserve(1024 + body.size());
    bytes += head.method + ' ' + head.target + " HTTP/1.1\r\n";
    if (!body.isEmpty()) {
        bytes += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    }
    for (const auto &[name, value] : head.headers) {
        if (!steersTheConnection(name)) {
            bytes += name + ": " + value + "\r\n";
        }
    }
    bytes += "\r\n";
    return bytes.append(body);
}

QList<QString> pathParts(QByteArrayView encodedPath)
{
    QList<QString> parts;
    const QByteArray path =
        encodedPath.startsWith('/') ? encodedPath.sliced(1).toByteArray() : encodedPath.toByteArray();
    for (const QByteArray &part : path.split('/')) {
        parts.append(QUrl::fromPercentEncoding(part));
    }
    return parts;
}

Result<Request> toRequest(const RequestHead &head)
{
    const QByteArrayView path = head.path();
    const QList<QString> parts = pathParts(path);
    if (!isUtf8(path) || !std::all_of(parts.begin(), parts.end(), isCleanPart)) {
        return Error{ErrorCode::BadRequest,
                     QStringLiteral("the path has a \".\" or \"..\" part or a control character, or is not UTF-8"),
                     QStringLiteral("send the path that you mean, in UTF-8")};
    }
    Request request;
    request.method = methodFromName(head.method);
    request.path = QUrl::fromPercentEncoding(path.toByteArray());
    request.headers = head.headers;
    if (path.size() < head.target.size()) {
        request.query = QUrlQuery(QString::fromLatin1(head.target.sliced(path.size() + 1)));
    }
    return request;
}

} // namespace PatchPanel::Http
