#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QString>

namespace PatchPanel::App {

// Replaces the file at once: whoever reads it sees the old contents or the new. Io with what stands in the way.
Result<void> saveFile(const QString &path, const QByteArray &content);

} // namespace PatchPanel::App
