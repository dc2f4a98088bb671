#pragma once

namespace PatchPanel {

// Keeps OpenSSL's data until the process is gone: call it first in main. Otherwise OpenSSL frees at exit what it holds
// for threads (OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT), and a thread that is still at its own end frees it a
// second time. QThread::wait() does not exclude that: it returns before the thread's last destructors ran.
void keepCryptoLibraryUntilExit();

} // namespace PatchPanel
