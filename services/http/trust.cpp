#include "services/http/trust.h"

#include "services/http/tlssupport.h"

namespace PatchPanel::Http {

Result<Trust> loadTrust(const QString &authorityFile)
{
    if (!hasTls()) {
        return Error{ErrorCode::ServiceStart, noTlsMessage(), QStringLiteral("leave out --tls-ca, or install it")};
    }
    const Result<QByteArray> pem = readPemFile(authorityFile, QStringLiteral("certificate of the authority"));
    if (!pem) {
        return pem.error();
    }
    const QList<QSslCertificate> authorities = QSslCertificate::fromData(*pem, QSsl::Pem);
    if (authorities.isEmpty()) {
        return Error{ErrorCode::ServiceStart, QStringLiteral("there is no PEM certificate in it"),
                     QStringLiteral("--tls-ca takes a file with \"-----BEGIN CERTIFICATE-----\""), authorityFile};
    }
    Trust trust;
    trust.configuration = QSslConfiguration::defaultConfiguration();
    // Set, not added: Qt does not look for the system's own any more once there are others.
    trust.configuration.setCaCertificates(QSslConfiguration::systemCaCertificates() + authorities);
    return trust;
}

} // namespace PatchPanel::Http
