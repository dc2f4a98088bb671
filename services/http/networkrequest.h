#pragma once

#include "services/http/client.h"

class QNetworkAccessManager;
class QNetworkReply;
class QNetworkRequest;

// What Client and EventSource share of QNetworkAccessManager.
namespace PatchPanel::Http {

// No proxy, no redirects, no cookies.
void configure(QNetworkAccessManager &network);

QNetworkRequest networkRequest(const QUrl &url, const QByteArray &token, const Headers &headers);

// The status the server gave; 0 when no answer came.
int statusOf(const QNetworkReply &reply);

// The transport error of a finished reply; nothing when an answer came whole, whatever its status.
std::optional<Error> transportError(const QNetworkReply &reply);

// `sent`: the reply's requestSent() was seen.
Reply replyOf(QNetworkReply &reply, bool sent);

} // namespace PatchPanel::Http
