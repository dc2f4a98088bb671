#pragma once

#include "services/relay/runrequest.h"
#include "ui/mainwindow.h"
#include "ui/models/tasklocation.h"
#include "ui/style/linesplitter.h"

#include <functional>

class QTabWidget;

namespace PatchPanel {
struct Error;
struct Step;
} // namespace PatchPanel

namespace PatchPanel::Ui {

class Appearance;
class Banner;
class HistoryPanel;
class LogPanel;
class LogSaver;
class PastRuns;
class PlanPanel;
class ResponsePanel;
class RunSession;
class ServicesPanel;
class StatusBar;
class StepsPanel;
class TaskStrip;
class WindowActions;
struct LogExport;

enum WindowTab { PlanTab, ResponseTab, HistoryTab };

// The window's parts and how they act together. mainwindowwiring.cpp puts them into place and connects them,
// mainwindow.cpp says what happens then.
class MainWindow::Private {
public:
    Private(MainWindow &window, App::ServiceHost &serviceHost, const QString &workspace);

    void layOut();
    void connectActions();
    void connectPlan();
    void connectLog();
    void connectSession();
    void connectHistory();
    void connectServices();
    void restore();
    void save() const;

    void refresh();
    void refreshServices();
    void refreshTitle();
    void takeTask(const TaskLocation &task);
    void takePreview(const Relay::RunOutcome &outcome);
    void takeStart(const QString &what);
    void takeStep(const Step &step);
    void takeOutcome(const Relay::RunOutcome &outcome);
    void chooseFile();
    void saveLog(const LogExport &lines);
    void follow(const QString &action);
    void stopService(const QString &name);
    void stopServices();
    void stopWhenIdle(const QString &question, std::function<void()> stop);
    void find();
    void findAgain(bool forward);
    void pickTheme(Theme theme);
    void warn(const Error &error); // in the status bar and above the tabs

    MainWindow &q;
    App::ServiceHost &host;
    Appearance *appearance;
    RunSession *session;
    WindowActions *actions;
    TaskStrip *strip;
    Banner *obstacle;
    Banner *outcome;
    ServicesPanel *services;
    QTabWidget *tabs;
    PlanPanel *plan;
    ResponsePanel *response;
    PastRuns *pastRuns;
    HistoryPanel *history;
    StepsPanel *steps;
    LogPanel *log;
    LogSaver *logSaver;
    StatusBar *status;
    LineSplitter *columns;
    LineSplitter *rows;
    QString currentStep; // shown in the title while a run goes on
    std::function<void()> afterRun; // what the user chose to wait for
};

} // namespace PatchPanel::Ui
