#include "services/http/networkrequest.h"

#include "services/http/loopback.h"

#include <QNetworkAccessManager>
#include <QNetworkCookieJar>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSslError>
#include <QStringList>

#include <algorithm>

namespace PatchPanel::Http {

namespace {

// Of a reply whose server's certificate is not believed: why, and what to do.
constexpr auto distrustProperty = "patchPanelDistrust";
constexpr auto adviceProperty = "patchPanelAdvice";

QString adviceFor(const QList<QSslError> &errors)
{
    const auto isExpired = [](const QSslError &error) {
        return error.error() == QSslError::CertificateExpired;
    };
    if (std::any_of(errors.begin(), errors.end(), isExpired)) {
        return QStringLiteral("have the certificate of the server renewed");
    }
    const auto isMisnamed = [](const QSslError &error) {
        return error.error() == QSslError::HostNameMismatch;
    };
    if (std::all_of(errors.begin(), errors.end(), isMisnamed)) {
        QStringList names = errors.first().certificate().subjectAlternativeNames().values();
        names.sort();
        return QStringLiteral("use a name or address that the certificate is for (%1), or have one made for this name")
            .arg(names.join(QStringLiteral(", ")));
    }
    return QStringLiteral("if it is the right server, name its certificate, or that of the authority which signed it, "
                          "with --tls-ca FILE");
}

void judgeCertificate(QNetworkReply &reply, const QList<QSslError> &errors, const QSslCertificate &own)
{
    // The peer has shown that it holds our own key, so it is us, whatever name it was called by.
    if (!own.isNull() && reply.sslConfiguration().peerCertificate() == own) {
        reply.ignoreSslErrors(errors);
        return;
    }
    QStringList reasons;
    for (const QSslError &error : errors) {
        reasons.append(error.errorString());
    }
    reasons.removeDuplicates();
    reply.setProperty(distrustProperty, reasons.join(QStringLiteral("; ")));
    reply.setProperty(adviceProperty, adviceFor(errors));
}

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
    case QNetworkReply::SslHandshakeFailedError:
        return QStringLiteral("no TLS connection to %1: %2").arg(server, reply.errorString());
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

void configure(QNetworkAccessManager &network, const ClientOptions &options)
{
    QObject::connect(&network, &QNetworkAccessManager::sslErrors, &network,
                     [own = options.trust.own](QNetworkReply *reply, const QList<QSslError> &errors) {
                         judgeCertificate(*reply, errors, own);
                     });
    network.setProxy(QNetworkProxy::NoProxy);
    network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

std::optional<Error> plaintextRefusal(const QUrl &url, const ClientOptions &options)
{
    if (options.token.isEmpty() || options.plaintext || !isOpenToNetwork(url)) {
        return {};
    }
    return Error{ErrorCode::Forbidden,
                 QStringLiteral("%1 is on another machine: the token would cross the network unencrypted")
                     .arg(url.toString(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery)),
                 QStringLiteral("use https://, or add --plaintext if the network is trusted")};
}

QNetworkRequest networkRequest(const QUrl &url, const ClientOptions &options, const Headers &headers)
{
    QNetworkRequest request(url);
    if (!options.trust.configuration.isNull()) {
        request.setSslConfiguration(options.trust.configuration);
    }
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setRawHeader("User-Agent", "PatchPanel/" PATCHPANEL_VERSION);
    if (!options.token.isEmpty()) {
        request.setRawHeader("Authorization", "Bearer " + options.token);
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
    if (const QString distrust = reply.property(distrustProperty).toString(); !distrust.isEmpty()) {
        return Error{ErrorCode::UntrustedCertificate,
                     QStringLiteral("the certificate of %1 is not trusted: %2").arg(reply.url().authority(), distrust),
                     reply.property(adviceProperty).toString()};
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
