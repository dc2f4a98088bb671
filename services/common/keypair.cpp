#include "services/common/keypair.h"

#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace PatchPanel {

namespace {

template <auto Free> struct Freeing {
    template <typename T> void operator()(T *object) const { Free(object); }
};

using Bio = std::unique_ptr<BIO, Freeing<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;

Bio bioOf(const QByteArray &pem)
{
    return Bio(BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size())));
}

// Without it OpenSSL asks for a pass phrase on the terminal.
int notePassPhrase(char *, int, int, void *wasAsked)
{
    *static_cast<bool *>(wasAsked) = true;
    return -1;
}

// What OpenSSL noted about failures that are told otherwise must not be taken for those of a later call.
class ErrorQueueMark {
public:
    ErrorQueueMark() { ERR_set_mark(); }
    ~ErrorQueueMark() { ERR_pop_to_mark(); }
    Q_DISABLE_COPY_MOVE(ErrorQueueMark)
};

} // namespace

KeyFit keyFit(const QByteArray &certificatePem, const QByteArray &keyPem)
{
    const ErrorQueueMark mark;
    bool wasAsked = false;
    const Certificate certificate(PEM_read_bio_X509(bioOf(certificatePem).get(), nullptr, notePassPhrase, &wasAsked));
    if (!certificate) {
        return KeyFit::NoCertificate;
    }
    const Key key(PEM_read_bio_PrivateKey(bioOf(keyPem).get(), nullptr, notePassPhrase, &wasAsked));
    if (!key) {
        return wasAsked ? KeyFit::EncryptedKey : KeyFit::NoKey;
    }
    return X509_check_private_key(certificate.get(), key.get()) == 1 ? KeyFit::Fits : KeyFit::DoesNotFit;
}

} // namespace PatchPanel
