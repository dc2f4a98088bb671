#include "app/commands/commands.h"
#include "app/completion.h"
#include "app/frontend.h"
#include "app/manual.h"
#include "services/common/cryptolibrary.h"

#include <QCoreApplication>

#include <csignal>
#include <cstdio>

using namespace PatchPanel;

namespace {

QStringList argumentsOf(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i) {
        arguments << QString::fromLocal8Bit(argv[i]);
    }
    return arguments;
}

int runHeadless(const App::Options &options)
{
    switch (options.command) {
    case App::Command::Run:
    case App::Command::Plan:
        return App::runTasks(options);
    case App::Command::History:
        return App::showHistory(options);
    case App::Command::Show:
        return App::showRun(options);
    case App::Command::Rollback:
        return App::rollBack(options);
    case App::Command::Lint:
        return App::lintTasks(options);
    case App::Command::Serve:
        return App::serve(options);
    case App::Command::Submit:
        return App::submitTasks(options);
    case App::Command::Queue:
        return App::manageQueue(options);
    case App::Command::Services:
        return App::listServices(options);
    case App::Command::Token:
        return App::printToken(options);
    case App::Command::Completion:
        std::fputs(App::completionFor(options.files.first()).constData(), stdout);
        return 0;
    case App::Command::Manual:
        std::fputs(App::manualPage().constData(), stdout);
        return 0;
    case App::Command::Help:
        std::fputs(App::helpText().toLocal8Bit().constData(), stdout);
        return 0;
    case App::Command::Version:
        std::puts("patchpanel " PATCHPANEL_VERSION);
        return 0;
    case App::Command::Window:
        break;
    }
    return traitsOf(ErrorCode::Internal).exitCode;
}

// Qt's own event loop of this and every thread instead of GLib's, which nothing here needs and which costs a third of
// the time of a small request.
void useOwnEventLoops()
{
    qputenv("QT_NO_GLIB", "1");
}

} // namespace

int main(int argc, char **argv)
{
    keepCryptoLibraryUntilExit();
    std::signal(SIGPIPE, SIG_IGN); // a peer that left is an error code, not the end of the process
    const Result<App::Options> options = App::parseOptions(argumentsOf(argc, argv));
    if (!options) {
        return App::complain(options.error());
    }
    if (options->command == App::Command::Window) {
        return App::runFrontend(argc, argv, *options);
    }
    useOwnEventLoops();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("patchpanel"));
    QCoreApplication::setApplicationVersion(QStringLiteral(PATCHPANEL_VERSION));
    return runHeadless(*options);
}
