#include "services/patch/atomicrename.h"

#include "services/patch/diskcalls.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>

namespace PatchPanel::Patch {

namespace {

Place oldPlaceOf(const Place &slot)
{
    return {slot.folder, slot.name + ".old"};
}

// What filesystems answer that do not know a flag of renameat2(2), or hard links.
bool isUnsupported(int error)
{
    return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

bool hasNoLinks(int error)
{
    return isUnsupported(error) || error == EPERM || error == EMLINK;
}

int rename(const Place &from, const Place &to, unsigned int flags)
{
    return Disk::rename(from.folder, from.name, to.folder, to.name, flags) == 0 ? 0 : errno;
}

int link(const Place &from, const Place &to)
{
    return Disk::link(from.folder, from.name, to.folder, to.name) == 0 ? 0 : errno;
}

int remove(const Place &place)
{
    return Disk::removeFile(place.folder, place.name) == 0 ? 0 : errno;
}

std::optional<struct stat> lookAtPlace(const Place &place)
{
    struct stat info = {};
    return ::fstatat(place.folder, place.name.constData(), &info, AT_SYMLINK_NOFOLLOW) == 0 ? std::optional(info)
                                                                                            : std::nullopt;
}

bool isSameInode(const std::optional<struct stat> &left, const std::optional<struct stat> &right)
{
    return left && right && left->st_ino == right->st_ino && left->st_dev == right->st_dev;
}

int moveByRename(const Place &from, const Place &to)
{
    return lookAtPlace(to) ? EEXIST : rename(from, to, 0);
}

int moveByLinks(const Place &from, const Place &to)
{
    if (const int error = link(from, to); error != 0) {
        return hasNoLinks(error) ? moveByRename(from, to) : error;
    }
    return remove(from);
}

// Without hard links: the target is missing for a moment, and settle() knows the old file by its name in the slots.
int exchangeByRenames(const Place &slot, const Place &target)
{
    const Place old = oldPlaceOf(slot);
    if (const int error = rename(target, old, 0); error != 0) {
        return error;
    }
    if (const int error = moveToFree(slot, target); error != 0) {
        moveToFree(old, target);
        return error;
    }
    return rename(old, slot, 0);
}

// The target is never missing: the old file has both names until the new one takes its place.
int exchangeByLinks(const Place &slot, const Place &target)
{
    if (!lookAtPlace(slot)) {
        return errno;
    }
    const Place old = oldPlaceOf(slot);
    if (const int error = link(target, old); error != 0) {
        return hasNoLinks(error) ? exchangeByRenames(slot, target) : error;
    }
    if (const int error = rename(slot, target, 0); error != 0) {
        remove(old);
        return error;
    }
    return rename(old, slot, 0);
}

} // namespace

int exchange(const Place &slot, const Place &target)
{
    const int error = rename(slot, target, RENAME_EXCHANGE);
    return isUnsupported(error) ? exchangeByLinks(slot, target) : error;
}

int moveToFree(const Place &from, const Place &to)
{
    const int error = rename(from, to, RENAME_NOREPLACE);
    return isUnsupported(error) ? moveByLinks(from, to) : error;
}

int settle(const Place &slot, const Place &target)
{
    const Place old = oldPlaceOf(slot);
    const auto inOld = lookAtPlace(old);
    const auto inSlot = lookAtPlace(slot);
    const auto atTarget = inOld || inSlot ? lookAtPlace(target) : std::nullopt;
    if (!inOld) {
        return isSameInode(inSlot, atTarget) ? remove(slot) : 0; // a move, linked at its new place already or still
    }
    if (!inSlot) {
        return rename(old, slot, 0);
    }
    return isSameInode(inOld, atTarget) ? remove(old) : moveToFree(old, target);
}

} // namespace PatchPanel::Patch
