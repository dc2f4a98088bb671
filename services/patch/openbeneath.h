#pragma once

#include <QByteArray>

namespace PatchPanel::Patch {

// Opens `path` (relative, '/'-separated; "." is the root itself) beneath the directory `root`. Neither function follows
// a symbolic link or leaves the root. They return a descriptor, or a negative errno: -ELOOP or -EXDEV when the way
// leads through a symbolic link or out of the root. `flags` as for openat(2); O_CLOEXEC is added.
// With O_PATH | O_NOFOLLOW a symbolic link as the last part is opened itself.

// openat2(2) with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS; -ENOSYS where the kernel lacks it.
int openBeneathByKernel(int root, const QByteArray &path, int flags);

// The same promise kept by opening one part after the other with O_NOFOLLOW.
int openBeneathByWalk(int root, const QByteArray &path, int flags);

// By the kernel, by the walk where it cannot.
int openBeneath(int root, const QByteArray &path, int flags);

// Opens the folder with this absolute path if no part of it is a symbolic link; otherwise, and where the kernel cannot
// tell, a negative errno.
int openFolderWithoutLinks(const QByteArray &path);

} // namespace PatchPanel::Patch
