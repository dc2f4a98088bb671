#include "services/patch/txfolders.h"

#include "services/patch/descriptor.h"
#include "services/patch/directory.h"
#include "services/patch/diskcalls.h"
#include "services/patch/identity.h"
#include "services/patch/openbeneath.h"
#include "services/patch/takeover.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace PatchPanel::Patch {

bool isEmptyFolder(const Place &place)
{
    Directory folder(::openat(place.folder, place.name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return folder.isOpen() && !folder.next();
}

int makeFolderLike(const WorkspaceRoot &root, const MadeFolder &made)
{
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
    const Result<int> parent = root.openParent(made.path, WorkspaceRoot::MissingFolders::Make);
    if (!parent) {
        return ENOTDIR;
    }
    const Descriptor above(*parent);
    const QByteArray name = lastPart(made.path);
    if (Disk::makeFolder(above.get(), name, 0700) != 0) {
        return errno == EEXIST ? 0 : errno;
    }
    const Descriptor folder(::openat(above.get(), name.constData(), flags | O_CLOEXEC));
    const Descriptor model(openBeneath(root.descriptor(), made.likeness.toUtf8(), flags));
    struct stat info = {};
    if (!folder.isOpen() || !model.isOpen() || ::fstat(model.get(), &info) != 0) {
        return 0; // it stands, with a mode that lets nobody else in
    }
    takeOverOwner(info.st_uid, info.st_gid, folder.get());
    takeOverAttributes(model.get(), folder.get());
    return Disk::changeMode(folder.get(), info.st_mode & 07777) == 0 ? 0 : errno;
}

} // namespace PatchPanel::Patch
