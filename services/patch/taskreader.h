#pragma once

#include "services/common/result.h"
#include "services/common/taskoptions.h"
#include "services/patch/diffparser.h"
#include "services/patch/task.h"
#include "services/patch/taskproblem.h"

#include <functional>

namespace PatchPanel::Patch {

// How a task is read, besides its bytes.
struct ReadOptions {
    QList<RootMapping> mappedRoots = {}; // where absolute paths of elsewhere lie here
    bool strict = false; // warnings are problems
    std::optional<int> strip = {}; // leading parts taken off the names of a diff; unset: "a/" and "b/" where both are
    HunkCounts hunkCounts = HunkCounts::Recounted; // Checked: wrong ones are problems
    // The bytes of a file that a mutation names with "contentsFrom": relative to the task file's folder and confined to
    // it. Unset: the task came without a file.
    std::function<Result<QByteArray>(const QString &name)> fileBeside = {};
};

// Everything that was found in a task file.
struct TaskReading {
    Task task = {}; // good only when there is no problem
    QList<TaskProblem> problems = {};
    QList<TaskProblem> warnings = {}; // and notes

    bool ok() const { return problems.isEmpty(); }
    // The first problem, and all of them under details["problems"] as TaskProblem::toJson() writes them. Precondition:
    // !ok().
    Error error() const;
};

// Reads a task in any form: JSON (native and the known dialects) or a unified diff, told apart by the bytes, not
// by the file name. Paths are confined lexically (see confinedPath); absolute ones beneath `workspaceRoot` become
// relative. Nothing on disk is read but what ReadOptions::fileBeside reads.
TaskReading examineTask(const QByteArray &bytes, const QString &fileName, const QString &workspaceRoot,
                        const ReadOptions &options = {});

// The same for those who only want a good task: InvalidTask, UnsafePath, OutsideWorkspace or Ambiguous as
// TaskReading::error() makes it; the message tells the first problem and how many more there are.
Result<Task> readTask(const QByteArray &bytes, const QString &fileName, const QString &workspaceRoot,
                      const ReadOptions &options = {});

// The path as the engine uses it: relative, '/'-separated, no empty, "." or ".." part. UnsafePath for what engine.md
// refuses (NUL, control characters, ".git" in any case or disguise, ".patchpanel"), OutsideWorkspace for an absolute
// path that does not lie beneath `workspaceRoot`.
Result<QString> confinedPath(const QString &path, const QString &workspaceRoot);

} // namespace PatchPanel::Patch
