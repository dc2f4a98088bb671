#include "services/patch/atomicrename.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

QByteArray oldNameOf(const Place &slot)
{
    return slot.name + ".old";
}

bool isUnsupported(int error)
{
    return error == EINVAL || error == ENOSYS;
}

int exchangeByLinks(const Place &slot, const Place &target)
{
    const QByteArray old = oldNameOf(slot);
    if (::linkat(target.folder, target.name.constData(), slot.folder, old.constData(), 0) != 0) {
        return errno;
    }
    if (::renameat(slot.folder, slot.name.constData(), target.folder, target.name.constData()) != 0) {
        const int error = errno;
        ::unlinkat(slot.folder, old.constData(), 0);
        return error;
    }
    return ::renameat(slot.folder, old.constData(), slot.folder, slot.name.constData()) == 0 ? 0 : errno;
}

int moveByLinks(const Place &from, const Place &to)
{
    if (::linkat(from.folder, from.name.constData(), to.folder, to.name.constData(), 0) != 0) {
        return errno;
    }
    return ::unlinkat(from.folder, from.name.constData(), 0) == 0 ? 0 : errno;
}

int renameBy(const Place &from, const Place &to, unsigned int flags)
{
    const int result = ::renameat2(from.folder, from.name.constData(), to.folder, to.name.constData(), flags);
    return result == 0 ? 0 : errno;
}

} // namespace

int exchange(const Place &slot, const Place &target, RenameWay way)
{
    const int error = way == RenameWay::Kernel ? renameBy(slot, target, RENAME_EXCHANGE) : EINVAL;
    return isUnsupported(error) ? exchangeByLinks(slot, target) : error;
}

int moveToFree(const Place &from, const Place &to, RenameWay way)
{
    const int error = way == RenameWay::Kernel ? renameBy(from, to, RENAME_NOREPLACE) : EINVAL;
    return isUnsupported(error) ? moveByLinks(from, to) : error;
}

void settleExchange(const Place &slot)
{
    const QByteArray old = oldNameOf(slot);
    if (::faccessat(slot.folder, slot.name.constData(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        ::unlinkat(slot.folder, old.constData(), 0);
    } else {
        ::renameat(slot.folder, old.constData(), slot.folder, slot.name.constData());
    }
}

} // namespace PatchPanel::Patch
