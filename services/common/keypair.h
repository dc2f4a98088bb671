#pragma once

#include <QByteArray>

namespace PatchPanel {

// How a private key and a certificate, both PEM, belong together.
enum class KeyFit {
    Fits,
    DoesNotFit, // it is the key of another certificate
    NoCertificate, // there is none in the first text
    NoKey, // there is none in the second text
    EncryptedKey, // it has a pass phrase, which nobody is asked for
};

// The first certificate of `certificatePem` and the first private key of `keyPem`. Any thread; nothing is kept.
KeyFit keyFit(const QByteArray &certificatePem, const QByteArray &keyPem);

} // namespace PatchPanel
