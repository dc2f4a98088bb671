#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QString>

namespace PatchPanel::Runner {

// The bytes of a task file of a workspace; `file` is relative to it. OutsideWorkspace or UnsafePath when the path leads
// out of the workspace or through a symbolic link, NotFound when there is no such file, InvalidTask when it is not a
// regular file or larger than 64 MiB, Io.
Result<QByteArray> readTaskFile(const QString &workspace, const QString &file);

} // namespace PatchPanel::Runner
