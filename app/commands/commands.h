#pragma once

#include "app/options.h"

#include <cstdio>

namespace PatchPanel::App {

constexpr int timeOutExitCode = 124; // as timeout(1)
constexpr int changesExitCode = 2; // --detailed-exitcode

// One headless command each: runs it to its end and returns the exit code. A QCoreApplication exists.
int runTasks(const Options &options); // run and plan
int fanOut(const Options &options); // those of them with --workspaces
int rollBack(const Options &options);
int showHistory(const Options &options);
int showRun(const Options &options);
int lintTasks(const Options &options);
int serve(const Options &options);
int submitTasks(const Options &options);
int manageQueue(const Options &options);
int listServices(const Options &options);
int printToken(const Options &options);

// A plan's output is the plan: its log is shown only when it is asked for.
bool showsLog(const Options &options);
// Where the log goes beside what the command prints.
std::FILE *logStream(const Options &options);

// "patchpanel: …" on stderr; returns the error's exit code.
int complain(const Error &error);

} // namespace PatchPanel::App
