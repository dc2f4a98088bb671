#include "app/commands/commands.h"

namespace PatchPanel::App {

bool showsLog(const Options &options)
{
    return options.command != Command::Plan || options.logLevel == QLatin1String("debug");
}

std::FILE *logStream(const Options &options)
{
    return options.json || options.command == Command::Plan ? stderr : stdout;
}

int complain(const Error &error)
{
    std::fprintf(stderr, "patchpanel: %s\n", error.toString().toLocal8Bit().constData());
    return traitsOf(error.code).exitCode;
}

} // namespace PatchPanel::App
