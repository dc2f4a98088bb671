#pragma once

#include "services/http/message.h"

namespace PatchPanel::Http {

// The request line and the headers of one request, as RequestFraming accepted them.
struct RequestHead {
    QByteArray method = {};
    QByteArray target = {}; // origin form: "/path?query", still percent-encoded; or "*"
    Headers headers = {};
    bool keepAlive = true; // the client wants the connection to go on
    bool expectsContinue = false; // it waits for "100 Continue" before it sends the body
    qint64 contentLength = 0; // -1: chunked

    bool hasBody() const { return contentLength != 0; }
    QByteArrayView path() const; // the target without the query
};

// The request as HTTP/1.1 bytes with a plain Content-Length body and without the headers that steer the connection:
// nothing is left in it that two parsers could read differently.
QByteArray canonicalBytes(const RequestHead &head, QByteArrayView body);

// The head as a handler sees it, without captures and body. BadRequest when the path is not UTF-8 or holds a
// control character, or a "." or ".." part.
Result<Request> toRequest(const RequestHead &head);

// The parts of an encoded path between its slashes, percent-decoded each: "/a%2Fb/c" is "a/b", "c".
QList<QString> pathParts(QByteArrayView encodedPath);

} // namespace PatchPanel::Http
