#pragma once

#include "services/common/result.h"
#include "services/patch/workspacefile.h"

#include <QByteArray>

#include <stop_token>

namespace PatchPanel::Patch {

// What copyTree() did.
struct TreeCopy {
    qsizetype files = 0; // links among them
    qint64 bytes = 0;
    qsizetype cloned = 0; // files that share their blocks with the original
    qsizetype skipped = 0; // pipes, sockets and devices, which have no contents to copy
};

// Copies everything in the workspace but `.patchpanel` into the empty folder `target`: contents, permission bits, time
// stamps (build tools go by them) and symbolic links as they are; of hard links each becomes a file of its own. Blocks
// are shared where the filesystem can (FICLONE, ioctl_ficlone(2)). Blocking; uses several threads.
// Io names the path that could not be copied; Cancelled when `stop` asks. What was copied until then is left.
Result<TreeCopy> copyTree(const WorkspaceRoot &root, int target, const std::stop_token &stop);

} // namespace PatchPanel::Patch
