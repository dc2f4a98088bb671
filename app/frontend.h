#pragma once

#include "app/options.h"

namespace PatchPanel::App {

// Opens the window and returns the exit code. CMake picks the file that implements it: frontend_gui.cpp or
// frontend_none.cpp.
int runFrontend(int &argc, char **argv, const Options &options);

} // namespace PatchPanel::App
