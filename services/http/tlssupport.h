#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QString>

// What serving and asking over TLS share.
namespace PatchPanel::Http {

// Whether this Qt can do it: it loads OpenSSL through a plug-in, which may not be installed.
bool hasTls();
QString noTlsMessage();

// The bytes of a certificate or key file, at most 1 MiB; `what` names it in the error, ServiceStart.
Result<QByteArray> readPemFile(const QString &path, const QString &what);

} // namespace PatchPanel::Http
