#include "services/patch/scratchworkspace.h"

#include "services/common/privatefolder.h"
#include "services/patch/directory.h"

#include <QFile>
#include <QStandardPaths>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

const QString lockSuffix = QStringLiteral(".lock");

QString scratchFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation)
        + QStringLiteral("/patchpanel/scratch");
}

Error cannotMake(const QString &path)
{
    return Error{ErrorCode::Io,
                 QStringLiteral("No copy of the workspace can be made in %1: %2.")
                     .arg(path, QString::fromLocal8Bit(std::strerror(errno))),
                 QStringLiteral("Make the cache folder writable ($XDG_CACHE_HOME), or run with --validate-in=place."),
                 path};
}

// Commands may have left folders that cannot be written. Follows no links.
void removeTree(int parent, const QByteArray &name)
{
    if (::unlinkat(parent, name.constData(), 0) == 0 || errno == ENOENT) {
        return;
    }
    ::fchmodat(parent, name.constData(), 0700, 0);
    Directory inside(::openat(parent, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    while (const std::optional<QByteArray> child = inside.isOpen() ? inside.next() : std::nullopt) {
        removeTree(inside.descriptor(), *child);
    }
    ::unlinkat(parent, name.constData(), AT_REMOVEDIR);
}

// Of the lock file that stands at the path now; closed when another process has it.
Descriptor lockFile(const QByteArray &path)
{
    while (true) {
        Descriptor file(::open(path.constData(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!file.isOpen() || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
            return {};
        }
        struct stat locked = {};
        struct stat named = {};
        if (::fstat(file.get(), &locked) == 0 && ::lstat(path.constData(), &named) == 0
            && locked.st_ino == named.st_ino) {
            return file;
        } // a sweep has just removed it
    }
}

} // namespace

ScratchWorkspace::ScratchWorkspace(QString folder, Descriptor lock)
    : m_folder(std::move(folder))
    , m_lock(std::move(lock))
{
}

ScratchWorkspace::~ScratchWorkspace()
{
    m_transaction.reset();
    m_root.reset();
    removeTree(AT_FDCWD, QFile::encodeName(m_folder));
    ::unlink(QFile::encodeName(m_folder + lockSuffix).constData());
}

Result<std::unique_ptr<ScratchWorkspace>> ScratchWorkspace::make(const WorkspaceRoot &workspace, const Plan &plan,
                                                                 const QString &runId, const std::stop_token &stop)
{
    const QString all = scratchFolder();
    if (!makePrivateFolder(all)) {
        return cannotMake(all);
    }
    const QString folder = all + u'/' + runId;
    Descriptor lock = lockFile(QFile::encodeName(folder + lockSuffix));
    if (!lock.isOpen()) {
        return cannotMake(folder);
    }
    std::unique_ptr<ScratchWorkspace> scratch(new ScratchWorkspace(folder, std::move(lock)));
    if (Result<void> filled = scratch->fill(workspace, plan, runId, stop); !filled) {
        return filled.error();
    }
    return scratch;
}

Result<void> ScratchWorkspace::fill(const WorkspaceRoot &workspace, const Plan &plan, const QString &runId,
                                    const std::stop_token &stop)
{
    const QString path = m_folder + u'/' + workspace.path().section(u'/', -1, -1, QString::SectionSkipEmpty);
    struct stat original = {};
    if (::mkdir(QFile::encodeName(m_folder).constData(), 0700) != 0
        || ::mkdir(QFile::encodeName(path).constData(), 0700) != 0 || ::fstat(workspace.descriptor(), &original) != 0) {
        return cannotMake(path);
    }
    Result<WorkspaceRoot> root = WorkspaceRoot::open(path);
    if (!root) {
        return root.error();
    }
    m_root = std::move(*root);
    Result<TreeCopy> copy = copyTree(workspace, m_root->descriptor(), stop);
    if (!copy) {
        return copy.error();
    }
    m_copy = *copy;
    ::chmod(QFile::encodeName(path).constData(), original.st_mode & 07777);
    if (plan.changes.isEmpty()) {
        return {};
    }
    // it need not outlive a crash
    Result<Transaction> transaction =
        Transaction::prepare(*m_root, plan, runId, Durability::Process, HardLinks::Break, stop);
    if (!transaction) {
        return transaction.error();
    }
    m_transaction.emplace(std::move(*transaction));
    return m_transaction->apply([](const TxAction &) {}, stop);
}

void ScratchWorkspace::sweep()
{
    const QString all = scratchFolder();
    Directory folder(::open(QFile::encodeName(all).constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.isOpen()) {
        return;
    }
    QList<QByteArray> locks;
    while (const std::optional<QByteArray> name = folder.next()) {
        if (name->endsWith(lockSuffix.toLatin1())) {
            locks.append(*name);
        }
    }
    for (const QByteArray &name : std::as_const(locks)) {
        if (const Descriptor lock = lockFile(QFile::encodeName(all) + '/' + name); lock.isOpen()) {
            removeTree(folder.descriptor(), name.chopped(lockSuffix.size()));
            ::unlinkat(folder.descriptor(), name.constData(), 0);
        }
    }
}

} // namespace PatchPanel::Patch
