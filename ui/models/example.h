#pragma once

#include "services/common/result.h"

#include <QString>

namespace PatchPanel::Ui {

// Makes the sample project, a git repository with a task that can be run, and returns the path of the task. What is in
// `folder` already stays as it is. Blocking: another thread than the window's. Io when it cannot be made.
Result<QString> makeExample(const QString &folder);

// Where the window makes it: in the user's data folder.
QString exampleFolder();

} // namespace PatchPanel::Ui
