#include "services/patch/txfolders.h"

#include "services/patch/descriptor.h"
#include "services/patch/diskcalls.h"
#include "services/patch/identity.h"
#include "services/patch/openbeneath.h"
#include "services/patch/takeover.h"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>

namespace PatchPanel::Patch {

namespace {

struct DirCloser {
    void operator()(DIR *dir) const { ::closedir(dir); }
};

} // namespace

bool isEmptyFolder(const Place &place)
{
    Descriptor fd(::openat(place.folder, place.name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const std::unique_ptr<DIR, DirCloser> folder(fd.isOpen() ? ::fdopendir(fd.get()) : nullptr);
    if (!folder) {
        return false;
    }
    fd.release();
    while (const dirent *entry = ::readdir(folder.get())) {
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
            return false;
        }
    }
    return true;
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
