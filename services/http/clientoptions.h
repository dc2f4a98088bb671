#pragma once

#include "services/http/trust.h"

#include <QByteArray>

namespace PatchPanel::Http {

// What every request of a client has in common.
struct ClientOptions {
    QByteArray token = {}; // sent as Authorization: Bearer; empty: none is
    bool plaintext = false; // the token may cross a network unencrypted: to http:// that is not loopback
    Trust trust = {};
};

} // namespace PatchPanel::Http
