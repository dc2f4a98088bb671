#include "services/http/tlssupport.h"

#include <QFile>
#include <QSslSocket>

namespace PatchPanel::Http {

namespace {

constexpr qint64 mostBytes = 1024 * 1024; // the authorities of a whole system are a quarter of that

} // namespace

bool hasTls()
{
    return QSslSocket::supportsSsl() && QSslSocket::isProtocolSupported(QSsl::TlsV1_2OrLater);
}

QString noTlsMessage()
{
    return QStringLiteral("TLS is not available: Qt did not find its OpenSSL plug-in or the library (back ends: %1)")
        .arg(QSslSocket::availableBackends().join(QStringLiteral(", ")));
}

Result<QByteArray> readPemFile(const QString &path, const QString &what)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::ServiceStart, QStringLiteral("cannot read the %1: %2").arg(what, file.errorString()),
                     QStringLiteral("name a PEM file that this user may read"), path};
    }
    QByteArray bytes = file.read(mostBytes + 1);
    if (bytes.size() > mostBytes) {
        return Error{ErrorCode::ServiceStart, QStringLiteral("larger than 1 MiB: that is no %1").arg(what),
                     QStringLiteral("name a PEM file"), path};
    }
    return bytes;
}

} // namespace PatchPanel::Http
