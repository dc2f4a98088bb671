#pragma once

#include <QByteArray>

namespace PatchPanel::Patch {

// A name in a folder that is open.
struct Place {
    int folder = -1;
    QByteArray name = {};
};

// How the names are switched: in one step by the kernel, or with hard links where the filesystem cannot do that.
enum class RenameWay { Kernel, Links };

// Swaps the two files: renameat2(2) with RENAME_EXCHANGE. The way by links first keeps what stands at `target` under
// the name of `slot` + ".old", so that the target is never missing. Returns 0 or an errno.
int exchange(const Place &slot, const Place &target, RenameWay way = RenameWay::Kernel);

// Moves a file to a name that must be free: renameat2(2) with RENAME_NOREPLACE. Returns 0 or an errno, EEXIST when the
// name is taken.
int moveToFree(const Place &from, const Place &to, RenameWay way = RenameWay::Kernel);

// Ends an exchange by links that was killed between its steps: the slot then holds the old version.
void settleExchange(const Place &slot);

} // namespace PatchPanel::Patch
