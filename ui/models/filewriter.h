#pragma once

#include "services/common/result.h"

#include <QByteArray>

namespace PatchPanel::Ui {

// Puts the bytes into a file, all of them or none. Blocking; any thread. Io with what stands in the way; `what` begins
// its sentence: "the patch".
Result<void> writeFile(const QString &path, const QByteArray &bytes, const QString &what);

} // namespace PatchPanel::Ui
