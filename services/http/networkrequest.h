#pragma once

#include "services/http/client.h"

class QNetworkAccessManager;
class QNetworkReply;
class QNetworkRequest;

// What Client and EventSource share of QNetworkAccessManager.
namespace PatchPanel::Http {

// No proxy, no redirects, no cookies; believes our own certificate.
void configure(QNetworkAccessManager &network, const ClientOptions &options);

// Forbidden, when the token would cross a network unencrypted and `options` do not allow it.
std::optional<Error> plaintextRefusal(const QUrl &url, const ClientOptions &options);

QNetworkRequest networkRequest(const QUrl &url, const ClientOptions &options, const Headers &headers);

// The status the server gave; 0 when no answer came.
int statusOf(const QNetworkReply &reply);

// The transport error of a finished reply; nothing when an answer came whole, whatever its status.
std::optional<Error> transportError(const QNetworkReply &reply);

// `sent`: the reply's requestSent() was seen.
Reply replyOf(QNetworkReply &reply, bool sent);

} // namespace PatchPanel::Http
