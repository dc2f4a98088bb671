#include "services/patch/statefolder.h"

#include "services/patch/diskcalls.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

namespace PatchPanel::Patch {

namespace {

const QString folderName = QStringLiteral(".patchpanel");

// Not a way to somewhere else.
bool isPlainName(const QByteArray &name)
{
    return !name.isEmpty() && name != "." && name != "..";
}

Error folderError(int error, const QString &path)
{
    if (error == ENOENT) {
        return {ErrorCode::NotFound, QStringLiteral("The folder %1 does not exist.").arg(path), {}, path};
    }
    if (error == ELOOP || error == ENOTDIR) {
        return {ErrorCode::UnsafePath, QStringLiteral("%1 is not a folder.").arg(path),
                QStringLiteral("PatchPanel keeps its state in .patchpanel: move what stands there out of the way."),
                path};
    }
    return {ErrorCode::Io,
            QStringLiteral("The folder %1 cannot be used: %2.").arg(path, QString::fromLocal8Bit(std::strerror(error))),
            QStringLiteral("Check the permissions of the workspace and the space on its disk."), path};
}

} // namespace

Result<Descriptor> StateFolder::open(const QString &path, WorkspaceRoot::MissingFolders missing) const
{
    Descriptor current(::fcntl(m_root->descriptor(), F_DUPFD_CLOEXEC, 0));
    const QString whole = path.isEmpty() ? folderName : folderName + u'/' + path;
    for (const QString &part : whole.split(u'/')) {
        const QByteArray name = part.toUtf8();
        if (!isPlainName(name)) {
            return folderError(ELOOP, whole);
        }
        if (missing == WorkspaceRoot::MissingFolders::Make && Disk::makeFolder(current.get(), name, 0700) != 0
            && errno != EEXIST) {
            return folderError(errno, whole);
        }
        Descriptor next(::openat(current.get(), name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next.isOpen()) {
            return folderError(errno, whole);
        }
        current = std::move(next);
    }
    return current;
}

Result<void> StateFolder::move(const QString &from, const QString &to, const QString &name) const
{
    const Result<Descriptor> source = open(from.section(u'/', 0, -2), WorkspaceRoot::MissingFolders::Fail);
    const Result<Descriptor> target = open(to, WorkspaceRoot::MissingFolders::Make);
    if (!source || !target) {
        return source ? target.error() : source.error();
    }
    return Disk::rename(source->get(), from.section(u'/', -1).toUtf8(), target->get(), name.toUtf8()) == 0
        ? Result<void>{}
        : folderError(errno, to + u'/' + name);
}

Result<void> StateFolder::remove(const QString &path) const
{
    const QByteArray name = path.section(u'/', -1).toUtf8();
    if (!isPlainName(name)) {
        return folderError(ELOOP, path);
    }
    const Result<Descriptor> parent = open(path.section(u'/', 0, -2), WorkspaceRoot::MissingFolders::Fail);
    if (!parent) {
        return parent.error().code == ErrorCode::NotFound ? Result<void>{} : parent.error();
    }
    return Disk::removeTree(parent->get(), name) ? Result<void>{} : folderError(errno, path);
}

QString StateFolder::absolutePath(const QString &path) const
{
    return m_root->path() + u'/' + folderName + u'/' + path;
}

} // namespace PatchPanel::Patch
