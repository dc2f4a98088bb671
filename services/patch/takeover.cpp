#include "services/patch/takeover.h"

#include "services/patch/diskcalls.h"

#include <cstring>
#include <sys/xattr.h>

namespace PatchPanel::Patch {

void takeOverOwner(uid_t owner, gid_t group, int to)
{
    Disk::changeOwner(to, owner, group);
}

void takeOverAttributes(int from, int to)
{
    QByteArray names(65536, Qt::Uninitialized);
    const ssize_t size = ::flistxattr(from, names.data(), static_cast<size_t>(names.size()));
    for (const char *name = names.constData(); name < names.constData() + size; name += std::strlen(name) + 1) {
        QByteArray value(65536, Qt::Uninitialized);
        const ssize_t length = ::fgetxattr(from, name, value.data(), static_cast<size_t>(value.size()));
        if (length >= 0) {
            Disk::setAttribute(to, name, QByteArrayView(value.constData(), length));
        }
    }
}

} // namespace PatchPanel::Patch
