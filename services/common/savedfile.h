#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QString>

namespace PatchPanel {

enum class Readers { AsUsual, OwnerOnly };

// Replaces the file at once: whoever reads it, also after a power failure, sees the old contents or the new. Returns
// when they are on the disk: blocking. Io with what stands in the way.
Result<void> saveFile(const QString &path, const QByteArray &content, Readers readers = Readers::AsUsual);

// The name under which a damaged file is kept beside the one that takes its place: FILE.damaged-TIME.
QString asideName(const QString &path);

} // namespace PatchPanel
