#include "app/commands/commands.h"

#include <cstdio>

namespace PatchPanel::App {

int complain(const Error &error)
{
    std::fprintf(stderr, "patchpanel: %s\n", error.toString().toLocal8Bit().constData());
    return traitsOf(error.code).exitCode;
}

} // namespace PatchPanel::App
