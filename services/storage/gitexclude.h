#pragma once

#include <QByteArray>
#include <QString>

namespace PatchPanel::Storage {

// Adds `pattern` as a line to info/exclude of the git repository that holds `folder`, unless it is there. Follows the
// `.git` file of a worktree or submodule (gitrepository-layout(5)). Does nothing where there is no repository, and
// leaves alone what is not a regular file: a repository that cannot be written only shows the folder as untracked.
void excludeFromGit(const QString &folder, const QByteArray &pattern);

} // namespace PatchPanel::Storage
