#pragma once

#include "app/options.h"
#include "services/http/clientoptions.h"
#include "services/http/tlsidentity.h"

#include <optional>

namespace PatchPanel::App {

// What the services and their clients prove themselves with, and whom they believe.
struct Credentials {
    QByteArray token = {};
    std::optional<Http::TlsIdentity> identity = {}; // of the services of this process; nothing: they speak plain HTTP
    Http::Trust trust = {}; // with that identity's own certificate

    Http::ClientOptions forClients(const Options &options) const;
};

// Reads the token (see loadOrCreateToken) and the files of --tls-cert, --tls-key and --tls-ca. Errors as theirs.
Result<Credentials> loadCredentials(const Options &options);

} // namespace PatchPanel::App
