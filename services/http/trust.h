#pragma once

#include "services/common/result.h"

#include <QSslCertificate>
#include <QSslConfiguration>
#include <QString>

namespace PatchPanel::Http {

// Whom a client believes over TLS: the authorities of the system, always; more only where they are named here.
struct Trust {
    QSslConfiguration configuration = {}; // null: the system's authorities alone
    // Of this process' own servers: that very certificate is believed, by whatever name the server is called.
    QSslCertificate own = QSslCertificate();
};

// The system's authorities and those in `authorityFile` (PEM). ServiceStart when it cannot be read or has none.
Result<Trust> loadTrust(const QString &authorityFile);

} // namespace PatchPanel::Http
