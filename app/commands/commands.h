#pragma once

#include "app/options.h"

namespace PatchPanel::App {

// One headless command each: runs it to its end and returns the exit code. A QCoreApplication exists.
int runTasks(const Options &options); // run and plan
int rollBack(const Options &options);
int showHistory(const Options &options);
int showRun(const Options &options);
int lintTasks(const Options &options);
int serve(const Options &options);
int submitTasks(const Options &options);
int manageQueue(const Options &options);
int listServices(const Options &options);
int printToken(const Options &options);

// "patchpanel: …" on stderr; returns the error's exit code.
int complain(const Error &error);

} // namespace PatchPanel::App
