#pragma once

#include "services/common/result.h"
#include "services/relay/runrequest.h"

#include <QString>

namespace PatchPanel::App {

// Where the task file lies: canonical. A relative name is looked up in the current folder, then in the workspace.
// NotFound names both places.
Result<QString> findTaskFile(const QString &file, const QString &workspace);

// The request that runs the task file on the workspace: by name when the file lies beneath the workspace, as
// embeddedTask() when it lies elsewhere. `workspace` is canonical; the options go into the request.
Result<Relay::RunRequest> requestForTaskFile(const QString &file, const QString &workspace,
                                             const TaskOptions &options = {});

// The request that carries the task itself, with the files that it names with "contentsFrom". Errors of these files are
// those of readTask, with every problem; other problems of the task are left to the runner. PayloadTooLarge when a
// runner would not take a request of that size.
Result<Relay::RunRequest> embeddedTask(const QString &file, const QString &workspace, const TaskOptions &options = {});

// The same request for a runner of another process, which need not have the file `taskFile` of this machine: its
// contents go along under its name. One that is too large for that, in the workspace, is left to be found there.
Result<Relay::RunRequest> withContents(const Relay::RunRequest &request, const QString &taskFile);

// The bytes of a task file. InvalidTask when it has more than 64 MiB, Io.
Result<QByteArray> readTaskBytes(const QString &path);

} // namespace PatchPanel::App
