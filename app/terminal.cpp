#include "app/terminal.h"

#include <QByteArray>

#include <sys/ioctl.h>
#include <unistd.h>

namespace PatchPanel::App {

int terminalWidth(std::FILE *stream)
{
    constexpr int usual = 80;
    winsize size{};
    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

bool canRewriteLines(std::FILE *stream)
{
    const QByteArray terminal = qgetenv("TERM");
    return isatty(fileno(stream)) == 1 && !terminal.isEmpty() && terminal != "dumb";
}

} // namespace PatchPanel::App
