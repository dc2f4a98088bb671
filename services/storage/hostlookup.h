#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <chrono>

namespace PatchPanel::Storage {

// The numeric addresses of a host, in the system's order. Blocks for at most `timeout`, which getaddrinfo(3) alone does
// not promise. Unavailable when the name is not known or the time is over.
Result<QList<QByteArray>> lookUpHost(const QString &host, std::chrono::milliseconds timeout);

} // namespace PatchPanel::Storage
