#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QString>

namespace PatchPanel::Runner {

// The bytes of a task file of a workspace; `file` is relative to it. OutsideWorkspace or UnsafePath when the path leads
// out of the workspace or through a symbolic link, NotFound when there is no such file, InvalidTask when it is not a
// regular file or larger than 64 MiB, Io.
Result<QByteArray> readTaskFile(const QString &workspace, const QString &file);

// The bytes of a file that the task `taskFile` of a workspace names with "contentsFrom": relative to the task file's
// folder and confined to it. Errors as readTaskFile.
Result<QByteArray> readFileBeside(const QString &workspace, const QString &taskFile, const QString &name);

} // namespace PatchPanel::Runner
