#pragma once

#include <QByteArray>

namespace PatchPanel::Patch {

// A name in a folder that is open.
struct Place {
    int folder = -1;
    QByteArray name = {};
};

// The switches of a transaction. The kernel makes each in one step where the filesystem can do that; else it is made of
// hard links and renames, and where there are no hard links of renames alone. Killed between those steps, settle()
// brings the two names back to one side. What the slot's folder holds beside, `slot.name` + ".old", belongs to that.

// Swaps the two files: renameat2(2) with RENAME_EXCHANGE. Returns 0 or an errno.
int exchange(const Place &slot, const Place &target);

// Moves a file to a name that must be free: renameat2(2) with RENAME_NOREPLACE. Returns 0 or an errno, EEXIST when the
// name is taken.
int moveToFree(const Place &from, const Place &to);

// Ends an exchange or a move that was killed between its steps, forwards or back. Returns 0, or an errno when it cannot
// be ended without losing a file that was put at `target` meanwhile (EEXIST) or that cannot be moved.
int settle(const Place &slot, const Place &target);

} // namespace PatchPanel::Patch
