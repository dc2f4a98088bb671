#include "app/credentials.h"

#include "app/profile.h"

namespace PatchPanel::App {

Http::ClientOptions Credentials::forClients(const Options &options) const
{
    return Http::ClientOptions{.token = token, .plaintext = options.plaintext, .trust = trust};
}

Result<Credentials> loadCredentials(const Options &options)
{
    const Result<QByteArray> token = loadOrCreateToken(options.profile, options.tokenFile);
    if (!token) {
        return token.error();
    }
    Credentials credentials{.token = *token};
    if (!options.tlsAuthorityFile.isEmpty()) {
        Result<Http::Trust> trust = Http::loadTrust(options.tlsAuthorityFile);
        if (!trust) {
            return trust.error();
        }
        credentials.trust = std::move(trust).value();
    }
    if (!options.tlsCertificateFile.isEmpty()) {
        Result<Http::TlsIdentity> identity = Http::loadTlsIdentity(options.tlsCertificateFile, options.tlsKeyFile);
        if (!identity) {
            return identity.error();
        }
        credentials.trust.own = identity->certificate();
        credentials.identity = std::move(identity).value();
    }
    return credentials;
}

} // namespace PatchPanel::App
