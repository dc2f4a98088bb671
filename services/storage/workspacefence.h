#pragma once

#include "services/common/result.h"

#include <QString>

namespace PatchPanel::Storage {

// The fences (numbers of lock holders) that a workspace has seen: empty files in `.patchpanel/fence`, named by their
// number. A number is taken by making its file, which only one holder can, on whichever machine it is; so the workspace
// itself says who came last, whatever a lock server forgot.

// 0 when there is none. Io, UnsafePath.
Result<qint64> highestFence(const QString &workspace);

// Takes the number and forgets lower ones. False when somebody has it already, or a higher one. Io, UnsafePath.
Result<bool> claimFence(const QString &workspace, qint64 number);

} // namespace PatchPanel::Storage
