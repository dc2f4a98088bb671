#pragma once

#include "services/patch/atomicrename.h"
#include "services/patch/workspacefile.h"

namespace PatchPanel::Patch {

// A folder that stands at the place with nothing in it.
bool isEmptyFolder(const Place &place);

// Makes the folder, when it is missing, with the owner, mode and attributes of the one it is to be like. Returns 0 or
// an errno.
int makeFolderLike(const WorkspaceRoot &root, const MadeFolder &folder);

} // namespace PatchPanel::Patch
