#pragma once

#include "app/options.h"

namespace PatchPanel::App {

// Prints what a runner of another machine told --redis of the run, as `show` does. `unknown` is why it is looked for
// there, and what is complained of when it is not there either. Returns the exit code.
int showSharedRun(const Options &options, const Error &unknown);

// Prints the log of a run of any machine as it grows, until its end. Returns the exit code that `run` would have had.
int followSharedRun(const Options &options);

} // namespace PatchPanel::App
