#pragma once

#include "services/common/result.h"

#include <QDateTime>
#include <QList>
#include <QSslConfiguration>
#include <QString>

namespace PatchPanel::Http {

// Who a server is to clients that ask over TLS: its certificate, with those between it and its authority, and its key.
struct TlsIdentity {
    QSslConfiguration configuration = {}; // of every connection: TLS 1.2 and later, no certificates of clients
    QList<QString> names = {}; // DNS names that the certificate is for; "*.example.com" stands for one label
    QList<QString> warnings = {}; // that do not keep it from working here: expired, or a key that others may read

    QSslCertificate certificate() const { return configuration.localCertificate(); }
};

// Reads PEM files: `certificateFile` has the certificate of the server first, then perhaps others; `keyFile` its
// private key, without a pass phrase. `now` decides whether it has expired. ServiceStart with what is wrong and what to
// do: a file that cannot be read or is not PEM, a key that is encrypted or of another certificate, a Qt without TLS.
Result<TlsIdentity> loadTlsIdentity(const QString &certificateFile, const QString &keyFile,
                                    const QDateTime &now = QDateTime::currentDateTimeUtc());

} // namespace PatchPanel::Http
