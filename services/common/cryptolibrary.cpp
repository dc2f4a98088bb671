#include "services/common/cryptolibrary.h"

#include <openssl/crypto.h>

namespace PatchPanel {

void keepCryptoLibraryUntilExit()
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
}

} // namespace PatchPanel
