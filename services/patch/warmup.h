#pragma once

#include <QString>

#include <stop_token>

namespace PatchPanel::Patch {

// Starts libgit2 for the rest of the process, at its first call: it reads the certificates of the system, which takes
// milliseconds. Any thread.
void startLibgit2();

// Does what the first run of this process would else wait for: starts libgit2 and tries the sandbox in that workspace.
// For a thread beside what is being started. Blocking, some ten milliseconds, until it is stopped; later calls cost
// nothing.
void warmUp(const QString &workspace, const std::stop_token &stop);

} // namespace PatchPanel::Patch
