#pragma once

#include "services/patch/txdraft.h"

#include <stop_token>

namespace PatchPanel::Patch {

// Writes every new content of the draft into the slot folder (same filesystem, so that a rename switches it), with its
// mode and, where it takes the place of another file, that file's owner, extended attributes and access list. Fills
// `after` and `now` of the actions with what then stands on the disk. Nothing is synced yet. Cancelled when `stop`
// asks.
Result<void> stage(const WorkspaceRoot &root, TxDraft &draft, int slotFolder, const std::stop_token &stop);

} // namespace PatchPanel::Patch
