#pragma once

#include <QString>

namespace PatchPanel::Ui {

// Where a task file lies and which workspace it is for.
struct TaskLocation {
    QString path = {}; // absolute; empty: no task
    QString workspace = {}; // absolute
    QString file = {}; // `path` relative to `workspace`

    bool isEmpty() const { return path.isEmpty(); }
};

// The workspace is `preferredWorkspace` when the file lies beneath it, else the nearest parent folder that holds a
// .git, else the file's folder.
TaskLocation locateTask(const QString &path, const QString &preferredWorkspace);

// The branch that HEAD of the git repository at `workspace` names; a short commit id when detached; empty without a
// repository.
QString branchOf(const QString &workspace);

} // namespace PatchPanel::Ui
