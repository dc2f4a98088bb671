#pragma once

#include "services/common/result.h"
#include "services/storage/filedescriptor.h"

#include <QString>

namespace PatchPanel::Storage {

// `.patchpanel` of the workspace, open for reading; made (0700) when it is missing. UnsafePath when it is a symbolic
// link or no folder, Io.
Result<FileDescriptor> openStateFolder(const QString &workspace);

// Io with what errno says.
Error stateFolderError(const QString &workspace, const QString &what);

} // namespace PatchPanel::Storage
