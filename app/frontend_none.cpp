#include "app/frontend.h"

#include <cstdio>

namespace PatchPanel::App {

int runFrontend(int &, char **, const Options &)
{
    std::fputs("patchpanel: this build has no window; use a command, see patchpanel --help\n", stderr);
    return traitsOf(ErrorCode::Usage).exitCode;
}

} // namespace PatchPanel::App
