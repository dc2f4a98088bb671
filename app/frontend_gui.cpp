#include "app/commands/commands.h"
#include "app/frontend.h"
#include "app/hostsetup.h"
#include "app/singleinstance.h"
#include "app/unixsignals.h"
#include "ui/desktop/language.h"
#include "ui/mainwindow.h"
#include "ui/models/preferences.h"
#include "ui/models/settings.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QSettings>

#include <algorithm>
#include <cstdio>
#include <initializer_list>

namespace PatchPanel::App {

namespace {

// A profile has settings of its own.
void useProfile(const QString &profile)
{
    if (!profile.isEmpty()) {
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, QDir(profile).absolutePath());
    }
}

// With another registry there are no services of ours for the settings to speak of; those of a further window are on
// free ports.
QStringList decidedByCommandLine(const Options &options)
{
    QStringList decided = options.given;
    if (!options.registry.isEmpty()) {
        decided << QStringLiteral("registry-port") << QStringLiteral("runners");
    }
    if (options.newInstance) {
        decided << QStringLiteral("registry-port") << QStringLiteral("runner-port");
    }
    return decided;
}

WindowRequest requestOf(const Options &options, const QString &workspace)
{
    WindowRequest request{.workspace = workspace, .activationToken = qgetenv("XDG_ACTIVATION_TOKEN")};
    for (const QString &file : options.files) {
        request.files.append(QFileInfo(file).absoluteFilePath());
    }
    return request;
}

// What a further start says that it cannot give to the window that is open.
void tellWhatHadNoEffect(const Options &options)
{
    QStringList names = options.given;
    names.removeAll(QStringLiteral("workspace"));
    names.removeAll(QStringLiteral("profile"));
    if (!names.isEmpty()) {
        std::fprintf(stderr, "patchpanel: a window is open already and was used; without effect: --%s\n",
                     qPrintable(names.join(QStringLiteral(", --"))));
    }
}

void follow(const WindowRequest &request, Ui::MainWindow &window)
{
    window.present(request.activationToken);
    if (!request.files.isEmpty()) {
        window.openTaskIn(request.workspace, request.files.first());
    }
}

// Where it finds no display, Qt aborts the process.
bool isDisplayNamed()
{
    const std::initializer_list<const char *> names{"QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"};
    return std::any_of(names.begin(), names.end(), [](const char *name) { return !qEnvironmentVariableIsEmpty(name); });
}

} // namespace

int runFrontend(int &argc, char **argv, const Options &options)
{
    if (!isDisplayNamed()) {
        return complain(
            Error{ErrorCode::Usage,
                  QStringLiteral("there is no display for the window: WAYLAND_DISPLAY and DISPLAY are empty"),
                  QStringLiteral("start it in a desktop session, or name a command and --no-gui, see "
                                 "patchpanel --help")});
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("patchpanel"));
    QApplication::setApplicationVersion(QStringLiteral(PATCHPANEL_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.patchpanel.patchpanel"));

    const Result<QString> workspace = workspaceFor(options);
    if (!workspace) {
        return complain(workspace.error());
    }
    SingleInstance instance(options.profile);
    if (!options.newInstance) {
        const Result<SingleInstance::Role> role = instance.claim(requestOf(options, *workspace));
        if (!role) {
            return complain(role.error());
        }
        if (*role == SingleInstance::Role::Further) {
            tellWhatHadNoEffect(options);
            return 0;
        }
    }
    const Result<Credentials> credentials = loadCredentials(options);
    if (!credentials) {
        return complain(credentials.error());
    }
    useProfile(options.profile);
    const Ui::Preferences preferences = Ui::Preferences::read(Ui::Settings());
    Ui::setLanguage(preferences.language);
    const QStringList given = decidedByCommandLine(options);
    Log::Keeping keeping = logKeepingFor(options);
    Ui::applyTo(keeping, preferences);
    Log::Store log(keeping);
    ServiceHost host(hostOptionsFor(options, *workspace, *credentials), log);
    ServiceSettings services = host.settings();
    Ui::applyTo(services, {}, preferences, given);
    host.reconfigure(services);
    Ui::MainWindow window(host,
                          {.workspace = *workspace,
                           .taskFile = options.files.value(0),
                           .given = given,
                           .keepsSession = !options.newInstance});
    QObject::connect(&instance, &SingleInstance::requested, &window,
                     [&window](const WindowRequest &request) { follow(request, window); });
    int exitCode = 0;
    UnixSignals unixSignals;
    QObject::connect(&unixSignals, &UnixSignals::received, &window, [&window, &exitCode](int signal) {
        exitCode = 128 + signal;
        window.shutDown();
    });
    QObject::connect(&window, &Ui::MainWindow::ended, &application, [&exitCode] { QCoreApplication::exit(exitCode); });
    window.show();
    return QApplication::exec();
}

} // namespace PatchPanel::App
