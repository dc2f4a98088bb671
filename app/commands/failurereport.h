#pragma once

#include "services/common/error.h"

#include <QByteArray>

namespace PatchPanel::App {

// The error for people: what, where and what to do; for a hunk that does not fit, the expected lines beside those of
// the nearest place, with a mark at the first that differs; for several problems, each of them;
// for files that changed since the run that is to be rolled back, their names.
QByteArray failureReport(const Error &error);

} // namespace PatchPanel::App
