#pragma once

#include "app/commands/taskoutcome.h"

#include <QByteArray>
#include <QList>

namespace PatchPanel::App {

// The runs as JUnit XML, as CI systems read it: a suite for each task, a test case for each command and for the steps
// that have none (mutations, commit), in the order of the run. A failed command is a failure with the end of its
// output, what was not reached is skipped, and a run that ended without a failed step has one more case which is an
// error. Always well-formed XML 1.0: characters that it cannot carry are shown as signs.
QByteArray junitReport(const QList<TaskOutcome> &outcomes);

} // namespace PatchPanel::App
