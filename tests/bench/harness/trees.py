"""Compares what two programs made of the same folder."""

import filecmp
import os
import stat

OWN_FOLDER = ".patchpanel"


def differences(ours, theirs):
    """One sentence per path that differs in kind, permissions or content; what PatchPanel keeps for itself aside."""
    left, right = entries(ours), entries(theirs)
    found = [f"{path}: only ours has it" for path in sorted(left.keys() - right.keys())]
    found += [f"{path}: only the peer has it" for path in sorted(right.keys() - left.keys())]
    for path in sorted(left.keys() & right.keys()):
        if left[path] != right[path]:
            found.append(f"{path}: mode {left[path]:o}, the peer's {right[path]:o}")
        elif not same_content(os.path.join(ours, path), os.path.join(theirs, path), left[path]):
            found.append(f"{path}: other content")
    return found


def entries(folder):
    """The mode of every path beneath `folder`."""
    modes = {}
    for parent, folders, files in os.walk(folder):
        if parent == str(folder) and OWN_FOLDER in folders:
            folders.remove(OWN_FOLDER)
        for name in folders + files:
            path = os.path.join(parent, name)
            modes[os.path.relpath(path, folder)] = os.lstat(path).st_mode
    return modes


def same_content(left, right, mode):
    if stat.S_ISLNK(mode):
        return os.readlink(left) == os.readlink(right)
    return not stat.S_ISREG(mode) or filecmp.cmp(left, right, shallow=False)
