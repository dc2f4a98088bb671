#pragma once

#include <QString>
#include <QUrl>

namespace PatchPanel::Http {

// Whether `host`, an IP address or a name, is this machine alone: localhost, 127.0.0.0/8 or ::1. Pure: no name is
// looked up, and every other name may be another machine's.
bool isLoopback(const QString &host);

// Whether what is sent to `url` crosses a network unencrypted: http to another machine.
bool isOpenToNetwork(const QUrl &url);

} // namespace PatchPanel::Http
