#include "services/http/tlsidentity.h"

#include "services/common/keypair.h"
#include "services/http/tlssupport.h"

#include <QFile>
#include <QFileInfo>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>

#include <algorithm>

namespace PatchPanel::Http {

namespace {

Error cannotServe(const QString &file, const QString &message, const QString &hint)
{
    return Error{ErrorCode::ServiceStart, message, hint, file};
}

Result<void> checkFit(const QString &certificateFile, const QByteArray &certificate, const QString &keyFile,
                      const QByteArray &key)
{
    switch (keyFit(certificate, key)) {
    case KeyFit::Fits:
        return {};
    case KeyFit::NoCertificate:
        return cannotServe(certificateFile, QStringLiteral("there is no PEM certificate in it"),
                           QStringLiteral("--tls-cert takes a file with \"-----BEGIN CERTIFICATE-----\"; "
                                          "openssl x509 -inform DER -in FILE converts one from DER"));
    case KeyFit::NoKey:
        return cannotServe(keyFile, QStringLiteral("there is no PEM private key in it"),
                           QStringLiteral("--tls-key takes a file with \"-----BEGIN PRIVATE KEY-----\"; "
                                          "openssl pkey -inform DER -in FILE converts one from DER"));
    case KeyFit::EncryptedKey:
        return cannotServe(
            keyFile, QStringLiteral("the private key has a pass phrase, which nobody is asked for"),
            QStringLiteral("openssl pkey -in FILE -out PLAINFILE takes it off; keep the file to yourself"));
    case KeyFit::DoesNotFit:
        break;
    }
    return cannotServe(keyFile,
                       QStringLiteral("the private key is not that of the certificate %1").arg(certificateFile),
                       QStringLiteral("give the key the certificate was made with"));
}

QSslKey readKey(const QByteArray &pem)
{
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Ec, QSsl::Rsa}) {
        if (QSslKey key(pem, algorithm); !key.isNull()) {
            return key;
        }
    }
    return {};
}

QList<QString> namesOf(const QSslCertificate &certificate)
{
    const QStringList names = certificate.subjectAlternativeNames().values(QSsl::DnsEntry);
    return names.isEmpty() ? certificate.subjectInfo(QSslCertificate::CommonName) : names;
}

QList<QString> warningsAbout(const QSslCertificate &certificate, const QString &certificateFile, const QString &keyFile,
                             const QDateTime &now)
{
    QList<QString> warnings;
    if (certificate.expiryDate() < now) {
        warnings.append(QStringLiteral("%1: the certificate expired on %2: clients will refuse it until it is renewed")
                            .arg(certificateFile, certificate.expiryDate().toUTC().toString(Qt::ISODate)));
    }
    if (certificate.effectiveDate() > now) {
        warnings.append(QStringLiteral("%1: the certificate is not valid before %2: clients will refuse it until then")
                            .arg(certificateFile, certificate.effectiveDate().toUTC().toString(Qt::ISODate)));
    }
    constexpr QFileDevice::Permissions others =
        QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther | QFileDevice::WriteOther;
    if ((QFileInfo(keyFile).permissions() & others) != 0) {
        warnings.append(
            QStringLiteral("%1: other users may read or change the private key: chmod 600 %1").arg(keyFile));
    }
    return warnings;
}

} // namespace

Result<TlsIdentity> loadTlsIdentity(const QString &certificateFile, const QString &keyFile, const QDateTime &now)
{
    if (!hasTls()) {
        return cannotServe({}, noTlsMessage(), QStringLiteral("leave out --tls-cert and --tls-key, or install it"));
    }
    const Result<QByteArray> certificatePem = readPemFile(certificateFile, QStringLiteral("certificate"));
    if (!certificatePem) {
        return certificatePem.error();
    }
    const Result<QByteArray> keyPem = readPemFile(keyFile, QStringLiteral("private key"));
    if (!keyPem) {
        return keyPem.error();
    }
    if (const auto fit = checkFit(certificateFile, *certificatePem, keyFile, *keyPem); !fit) {
        return fit.error();
    }
    const QSslKey key = readKey(*keyPem);
    if (key.isNull()) {
        return cannotServe(keyFile, QStringLiteral("this kind of private key cannot be used"),
                           QStringLiteral("make one that is EC (prime256v1) or RSA"));
    }
    const QList<QSslCertificate> chain = QSslCertificate::fromData(*certificatePem, QSsl::Pem);
    TlsIdentity identity;
    identity.configuration = QSslConfiguration::defaultConfiguration();
    identity.configuration.setProtocol(QSsl::TlsV1_2OrLater);
    identity.configuration.setPeerVerifyMode(QSslSocket::VerifyNone); // clients have a token, and no certificate
    identity.configuration.setLocalCertificateChain(chain);
    identity.configuration.setPrivateKey(key);
    identity.names = namesOf(chain.first());
    identity.warnings = warningsAbout(chain.first(), certificateFile, keyFile, now);
    return identity;
}

} // namespace PatchPanel::Http
