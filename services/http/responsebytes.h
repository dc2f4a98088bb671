#pragma once

#include "services/http/message.h"

namespace PatchPanel::Http {

enum class BodyPart {
    Included,
    Omitted, // the answer to HEAD: the length is told, the body is not sent
};

enum class AfterAnswer { KeepOpen, Close };

// The response as HTTP/1.1 bytes. A header with a control character in it is left out: it could end the headers.
QByteArray responseBytes(const Response &response, BodyPart body, AfterAnswer after);

// The head of an answer whose body ends with the connection.
QByteArray streamHeadBytes(const Response &response);

} // namespace PatchPanel::Http
