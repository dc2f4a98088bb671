#pragma once

#include "services/common/result.h"
#include "services/patch/filediff.h"

namespace PatchPanel::Patch {

// What a diff with binary data makes of `before`; nothing when that is there already. The whole blob ids of the diff's
// "index" line decide both, as in git apply: without them it cannot be told whether the diff is for these contents.
// DoesNotApply for other contents, InvalidTask for a diff without ids or whose data do not give what they say.
// Precondition: diff.binary.
Result<std::optional<QByteArray>> applyBinary(QByteArrayView before, const FileDiff &diff);

} // namespace PatchPanel::Patch
