#pragma once

#include "services/common/result.h"
#include "services/relay/runrequest.h"

#include <QString>

namespace PatchPanel::App {

// The request that runs the task file on the workspace: by name when the file lies beneath the workspace, by content
// when it lies elsewhere. A relative name is looked up in the current folder, then in the workspace. NotFound and Io
// name the file. `workspace` is canonical.
Result<Relay::RunRequest> requestForTaskFile(const QString &file, const QString &workspace);

} // namespace PatchPanel::App
