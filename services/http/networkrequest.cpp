#include "services/http/networkrequest.h"

#include <QNetworkAccessManager>
#include <QNetworkCookieJar>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>

namespace PatchPanel::Http {

namespace {

QString describe(const QNetworkReply &reply)
{
    const QString server = reply.url().authority();
    switch (reply.error()) {
    case QNetworkReply::ConnectionRefusedError:
        return QStringLiteral("nothing listens on %1").arg(server);
    case QNetworkReply::RemoteHostClosedError:
        return QStringLiteral("%1 closed the connection before its answer was complete").arg(server);
    case QNetworkReply::HostNotFoundError:
        return QStringLiteral("the host of %1 is not known").arg(server);
    default:
        return QStringLiteral("no answer from %1: %2").arg(server, reply.errorString());
    }
}

// Qt reports statuses from 400 on as errors too.
bool isAboutStatus(QNetworkReply::NetworkError error)
{
    return error >= QNetworkReply::ContentAccessDenied && error != QNetworkReply::ProtocolUnknownError
        && error != QNetworkReply::ProtocolFailure;
}

} // namespace

void configure(QNetworkAccessManager &network)
{
    network.setProxy(QNetworkProxy::NoProxy);
    network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

QNetworkRequest networkRequest(const QUrl &url, const QByteArray &token, const Headers &headers)
{
    QNetworkRequest request(url);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setRawHeader("User-Agent", "PatchPanel/" PATCHPANEL_VERSION);
    if (!token.isEmpty()) {
        request.setRawHeader("Authorization", "Bearer " + token);
    }
    for (const auto &[name, value] : headers) {
        request.setRawHeader(name, value);
    }
    return request;
}

int statusOf(const QNetworkReply &reply)
{
    return reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

std::optional<Error> transportError(const QNetworkReply &reply)
{
    const QNetworkReply::NetworkError error = reply.error();
    const bool answered = statusOf(reply) >= 400;
    if (error == QNetworkReply::NoError || (answered && isAboutStatus(error))) {
        return {};
    }
    const ErrorCode code = error == QNetworkReply::TimeoutError ? ErrorCode::TimedOut : ErrorCode::Unavailable;
    return Error{code, describe(reply)};
}

Reply replyOf(QNetworkReply &reply, bool sent)
{
    Reply result;
    result.error = transportError(reply);
    if (result.error) {
        result.neverSent = !sent;
        return result;
    }
    result.status = statusOf(reply);
    result.headers = reply.rawHeaderPairs();
    result.body = reply.readAll();
    return result;
}

} // namespace PatchPanel::Http
