#pragma once

#include "app/credentials.h"
#include "app/options.h"
#include "app/servicehost.h"

namespace PatchPanel::App {

// The services that the command line asks for, on a workspace that workspaceFor found. Ports are free ones for a run
// and for a further window that name none.
HostOptions hostOptionsFor(const Options &options, const QString &workspace, const Credentials &credentials);

// --workspace, else the current folder; canonical. NotFound when it is no folder.
Result<QString> workspaceFor(const Options &options);

// What is kept of the log: beyond 256 MiB of memory, 8 MiB without a window, a file in the profile's
// state folder.
Log::Keeping logKeepingFor(const Options &options);

// What --log-level and --quiet leave.
Log::Level leastLevel(const Options &options);

} // namespace PatchPanel::App
