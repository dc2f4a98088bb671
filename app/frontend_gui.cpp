#include "app/commands/commands.h"
#include "app/frontend.h"
#include "app/hostsetup.h"
#include "app/unixsignals.h"
#include "ui/mainwindow.h"

#include <QApplication>

namespace PatchPanel::App {

int runFrontend(int &argc, char **argv, const Options &options)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("patchpanel"));
    QApplication::setApplicationVersion(QStringLiteral(PATCHPANEL_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.patchpanel.patchpanel"));

    const Result<QString> workspace = workspaceFor(options);
    if (!workspace) {
        return complain(workspace.error());
    }
    const Result<Credentials> credentials = loadCredentials(options);
    if (!credentials) {
        return complain(credentials.error());
    }
    Log::Store log(logKeepingFor(options));
    ServiceHost host(hostOptionsFor(options, *workspace, *credentials), log);
    Ui::MainWindow window(host, {.workspace = *workspace, .taskFile = options.files.value(0)});
    UnixSignals unixSignals;
    QObject::connect(&unixSignals, &UnixSignals::received, &application, &QCoreApplication::quit);
    window.show();
    return QApplication::exec();
}

} // namespace PatchPanel::App
