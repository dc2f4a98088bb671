#pragma once

#include <QString>

namespace PatchPanel {

// Makes a folder that only its user may enter (0700), with the folders above it. One that exists stays as it is. False,
// with errno, when it cannot be made.
bool makePrivateFolder(const QString &path);

} // namespace PatchPanel
