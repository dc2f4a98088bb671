#pragma once

#include <sys/types.h>

namespace PatchPanel::Patch {

// What a new file or folder takes over from the one whose place it takes, between open descriptors. Set the mode after
// both: they can change it.

// Another owner's file is the user's own afterwards when the user may not give it away.
void takeOverOwner(uid_t owner, gid_t group, int to);

// Extended attributes, access lists among them. What may not be copied (security labels) is left as the system gives it
// to a new file.
void takeOverAttributes(int from, int to);

} // namespace PatchPanel::Patch
