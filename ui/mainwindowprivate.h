#pragma once

#include "services/common/step.h"
#include "services/relay/runrequest.h"
#include "ui/mainwindow.h"
#include "ui/models/preferences.h"
#include "ui/models/tasklocation.h"
#include "ui/panels/banner.h"
#include "ui/style/linesplitter.h"

#include <QCoreApplication>
#include <QHash>
#include <QPointer>

#include <functional>
#include <utility>

class QAction;
class QTabWidget;
class QVBoxLayout;

namespace PatchPanel {
struct Error;
} // namespace PatchPanel

namespace PatchPanel::Ui {

class Appearance;
class FanOutDialog;
class FanOutSession;
class HistoryPanel;
class LogPanel;
class LogSaver;
class Notifier;
class PastRuns;
class PlanPanel;
class ResponsePanel;
class RunSession;
class ServicesPanel;
class SettingsDialog;
class StatusBar;
class StepsPanel;
class TaskStrip;
class Tray;
class WindowActions;
struct ListedRun;
struct LogExport;

enum WindowTab { PlanTab, ResponseTab, HistoryTab };

// The window's parts and how they act together. mainwindowwiring.cpp puts them into place and connects them,
// mainwindow.cpp says what happens then, mainwindowsettings.cpp what the settings do, mainwindowdesktop.cpp what the
// desktop is told.
class MainWindow::Private {
    Q_DECLARE_TR_FUNCTIONS(PatchPanel::Ui::MainWindow)
public:
    Private(MainWindow &window, App::ServiceHost &serviceHost, const WindowOptions &options);

    void layOut();
    void connectActions();
    void connectPlan();
    void connectLog();
    void fillLogMenus();
    void keepLogLook();
    void connectSession();
    void connectHistory();
    void connectServices();
    void connectDesktop();
    // In mainwindowfanout.cpp: the task in many workspaces.
    void connectFanOut();
    void showFanOut();
    bool isWorking() const;
    void cancelRuns();
    void afterRuns(); // what the user chose to wait for
    // In mainwindowsession.cpp: what the window knows when it opens again.
    void restore();
    void save() const;
    void openFirstTask(const WindowOptions &options);
    void rememberSession(const QString &taskFile) const;
    void endSession();
    void refreshRecent();
    void findMissingRecent();

    void refresh();
    void refreshServices();
    void placeSteps();
    void rememberColumns();
    void sizeColumns();
    QList<QWidget *> panes() const;
    QWidget *paneWithFocus() const;
    void focusPane(QWidget *pane);
    void focusNextPane(int step);
    void goTo(QWidget *pane, QAction *toggle);
    void goToTab(WindowTab tab);
    void maximisePane(bool maximise);
    void refreshTitle();
    void takeTask(const TaskLocation &task);
    void takePreview(const Relay::RunOutcome &outcome);
    void tellForeignWorkspace();
    void takeStart(const QString &what);
    void takeStep(const Step &step);
    void takeOutcome(const Relay::RunOutcome &outcome);
    void chooseFile();
    void saveLog(const LogExport &lines);
    void tellBrokenRollback(const Relay::RunOutcome &outcome);
    void tellInterrupted(const ListedRun &run);
    void follow(const QString &action);
    void startService(const QString &name);
    void rollBack(const QString &runId);
    void showRunLog(const QString &runId, std::optional<Phase> failed);
    bool openFile(const QString &path);
    void showFailure(Phase phase);
    void noteRuns(const App::ServiceInfo &service);
    void stopService(const QString &name);
    void stopServices();
    // `hide`: what else may be done about a run in progress; empty: nothing.
    void stopWhenIdle(const QString &question, std::function<void()> stop, const std::function<void()> &hide = {});
    void openExample();
    void openLogs();
    void notifyOutcome(const Relay::RunOutcome &result);
    void hideInTray();
    void find();
    void findAgain(bool forward);
    void showSettings();
    void takePreferences(const Preferences &values);
    void useRunPreferences();
    void restartServices();
    void shutDownServices();
    void warn(const Error &error); // in the status bar and above the tabs

    MainWindow &q;
    App::ServiceHost &host;
    Appearance *appearance;
    RunSession *session;
    FanOutSession *fanOut;
    WindowActions *actions;
    TaskStrip *strip;
    Banner *obstacle; // why Run cannot be pressed
    Banner *notice; // what stays until it is dismissed
    Banner *outcome;
    ServicesPanel *services;
    QTabWidget *tabs;
    PlanPanel *plan;
    ResponsePanel *response;
    PastRuns *pastRuns;
    HistoryPanel *history;
    QVBoxLayout *middle = nullptr; // of the outcome and the tabs
    StepsPanel *steps;
    LogPanel *log;
    LogSaver *logSaver;
    StatusBar *status;
    Tray *tray;
    Notifier *notifier;
    LineSplitter *columns;
    int servicesWidth = 220; // pixels, when they were last shown as columns
    int stepsWidth = 210;
    LineSplitter *rows;
    QList<QPointer<QWidget>> hiddenByMaximising;
    QHash<QString, std::pair<int, int>> runsOf; // by service: known and active
    QString restoreCommands; // of the last roll-back that failed
    QString startWorkspace; // named at the start; may be empty
    Preferences preferences;
    QStringList given; // options of the command line
    bool keepsSession = true; // and restores it
    QStringList restartNeeded; // services that run with other values than the preferences
    QPointer<SettingsDialog> settingsDialog;
    QPointer<FanOutDialog> fanOutDialog;
    QString currentStep; // shown in the title while a run goes on
    std::function<void()> afterRun;
    bool isShuttingDown = false;
};

} // namespace PatchPanel::Ui
