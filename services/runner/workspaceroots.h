#pragma once

#include "services/common/result.h"

#include <QList>
#include <QString>

namespace PatchPanel::Runner {

// The folders beneath which workspaces may lie. A value.
class WorkspaceRoots {
public:
    void add(const QString &path);

    // The canonical path of a workspace. OutsideWorkspace when it does not lie beneath a root once symbolic links are
    // followed, NotFound when it is no folder: both with details {"workspace"}. BadRequest when it is not absolute.
    Result<QString> resolve(const QString &workspace) const;

private:
    QList<QString> m_roots;
};

} // namespace PatchPanel::Runner
