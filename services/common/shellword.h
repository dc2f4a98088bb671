#pragma once

#include <QString>

namespace PatchPanel {

// The word as a POSIX shell reads it back: as it is where that does, else in single quotes.
QString quotedForShell(const QString &word);

} // namespace PatchPanel
