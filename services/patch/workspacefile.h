#pragma once

#include "services/common/result.h"
#include "services/patch/plan.h"

#include <QString>

#include <optional>

namespace PatchPanel::Patch {

class ByteArena;

// The one way into a workspace: every access goes through openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
// RESOLVE_NO_MAGICLINKS) from one root descriptor, or a component-wise O_NOFOLLOW walk where the kernel lacks it.
// Reading is safe on several threads.
class WorkspaceRoot {
public:
    static Result<WorkspaceRoot> open(const QString &path);
    WorkspaceRoot(WorkspaceRoot &&other) noexcept;
    WorkspaceRoot &operator=(WorkspaceRoot &&other) noexcept;
    ~WorkspaceRoot();

    QString path() const { return m_path; } // canonical
    int descriptor() const { return m_fd; }

    // The regular file or symbolic link at `path`, absence when there is nothing. UnsafePath when the way leads through
    // a symbolic link or out of the workspace, or a device, pipe, socket stands there; DoesNotApply for a directory.
    // The contents stand in the arena, when one is given.
    Result<std::optional<FileState>> read(const QString &path, ByteArena *arena = nullptr) const;
    // Every file beneath the directory `path`, sorted; empty when it is not a directory.
    Result<QList<QString>> filesBeneath(const QString &path) const;
    enum class EntryKind { Absent, File, Symlink, Directory, Other };
    // What stands at `path`, its contents unread. UnsafePath when the way leads through a symbolic link.
    Result<EntryKind> kindOf(const QString &path) const;
    // The names in the folder `path` (empty: the root), unsorted; empty when there is no such folder.
    Result<QList<QString>> namesIn(const QString &path) const;
    // A descriptor (O_PATH | O_DIRECTORY) of the folder that holds `path`, or of the root; the caller closes it.
    // Makes missing folders when told; `made` then receives their paths, outermost first.
    enum class MissingFolders { Fail, Make };
    Result<int> openParent(const QString &path, MissingFolders missing, QList<QString> *made = nullptr) const;

private:
    WorkspaceRoot(int fd, QString path);
    Result<std::optional<FileState>> readSpecial(const QByteArray &name, const QString &path) const;

    int m_fd = -1;
    QString m_path;
};

} // namespace PatchPanel::Patch
