#pragma once

#include "services/common/result.h"
#include "services/patch/task.h"

namespace PatchPanel::Patch {

// Reads a task in any form: JSON (native and the known dialects) or a unified diff, told apart by the bytes, not
// by the file name. Paths are confined lexically (see confinedPath); absolute ones beneath `workspaceRoot` become
// relative. Nothing on disk is read. InvalidTask, UnsafePath or OutsideWorkspace with every problem of the file under
// details["problems"] (array of {"where","message","hint"}); the message tells the first and how many more.
Result<Task> readTask(const QByteArray &bytes, const QString &fileName, const QString &workspaceRoot);

// The path as the engine uses it: relative, '/'-separated, no empty, "." or ".." part. UnsafePath for what engine.md
// refuses (NUL, control characters, ".git" in any case or disguise, ".patchpanel"), OutsideWorkspace for an absolute
// path that does not lie beneath `workspaceRoot`.
Result<QString> confinedPath(const QString &path, const QString &workspaceRoot);

} // namespace PatchPanel::Patch
