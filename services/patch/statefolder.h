#pragma once

#include "services/common/result.h"
#include "services/patch/descriptor.h"
#include "services/patch/workspacefile.h"

#include <QString>

namespace PatchPanel::Patch {

// `.patchpanel` of a workspace, where PatchPanel keeps what belongs to it:
//   tx/<run>/{plan.json, journal, slot/N}                   a run in progress, or one that was killed
//   history/<run>/{report.json, report.md, gates/N.log}     past runs
//   history/<run>/undo/{plan.json, journal, slot/N}         and the way back: the whole tx/<run> as it was at the end
// Every folder is reached part by part without following symbolic links: a checked-out `.patchpanel` that points
// elsewhere is refused. A value that names places; it opens nothing until asked.
class StateFolder {
public:
    explicit StateFolder(const WorkspaceRoot &root)
        : m_root(&root)
    {
    }

    static QString transactions() { return QStringLiteral("tx"); }
    static QString transaction(const QString &runId) { return QStringLiteral("tx/") + runId; }
    // Named anew by a holder that takes the transaction over.
    static QString slotsOf(const QString &runId, const QString &name = QStringLiteral("slot"))
    {
        return transaction(runId) + u'/' + name;
    }
    static QString history(const QString &runId) { return QStringLiteral("history/") + runId; }
    static QString undo(const QString &runId) { return history(runId) + QStringLiteral("/undo"); }
    // `path` as a path of the workspace.
    static QString pathInWorkspace(const QString &path) { return QStringLiteral(".patchpanel/") + path; }
    static QString gates(const QString &runId) { return history(runId) + QStringLiteral("/gates"); }

    // The folder at `path` inside `.patchpanel`, open for reading; made (0700) with the folders above it when told.
    // NotFound when it is missing and not to be made, UnsafePath when a part of the way is a symbolic link.
    Result<Descriptor> open(const QString &path, WorkspaceRoot::MissingFolders missing) const;
    // Moves a folder, in one step, into `to` (made when it is missing) under `name`. Io.
    Result<void> move(const QString &from, const QString &to, const QString &name) const;
    // Removes a folder with all that is in it, if it is there. Io.
    Result<void> remove(const QString &path) const;
    // Its absolute path, whether it exists or not.
    QString absolutePath(const QString &path) const;

private:
    const WorkspaceRoot *m_root;
};

} // namespace PatchPanel::Patch
