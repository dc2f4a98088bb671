#include "ui/mainwindow.h"

#include "app/servicehost.h"
#include "ui/dialogs.h"
#include "ui/models/outcome.h"
#include "ui/models/runsession.h"
#include "ui/models/settings.h"
#include "ui/panels/banner.h"
#include "ui/panels/logpanel.h"
#include "ui/panels/planpanel.h"
#include "ui/panels/responsepanel.h"
#include "ui/panels/servicespanel.h"
#include "ui/panels/statusbar.h"
#include "ui/panels/stepspanel.h"
#include "ui/panels/taskstrip.h"
#include "ui/style/appearance.h"
#include "ui/style/linesplitter.h"
#include "ui/views/diffview.h"
#include "ui/views/findbar.h"
#include "ui/views/jsonview.h"
#include "ui/views/logview.h"
#include "ui/views/textview.h"
#include "ui/windowactions.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

const QString geometryKey = QStringLiteral("window/geometry");
const QString columnsKey = QStringLiteral("window/columns");
const QString rowsKey = QStringLiteral("window/rows");
const QString themeKey = QStringLiteral("window/theme");

enum Tab { PlanTab, ResponseTab };

QString droppedFile(const QMimeData *data)
{
    for (const QUrl &url : data->urls()) {
        if (url.isLocalFile() && QFileInfo(url.toLocalFile()).isFile()) {
            return url.toLocalFile();
        }
    }
    return {};
}

} // namespace

class MainWindow::Private {
public:
    Private(MainWindow &window, App::ServiceHost &serviceHost, const QString &workspace);

    void layOut();
    void connectActions();
    void connectSession();
    void connectServices();
    void restore();
    void save() const;

    void refresh();
    void refreshServices();
    void refreshTitle();
    void takeTask(const TaskLocation &task);
    void takePreview(const Relay::RunOutcome &outcome);
    void takeStart();
    void takeStep(const Step &step);
    void takeOutcome(const Relay::RunOutcome &outcome);
    void chooseFile();
    void follow(const QString &action);
    void stopService(const QString &name);
    void stopServices();
    void stopWhenIdle(const QString &question, std::function<void()> stop);
    void find();
    void findAgain(bool forward);
    void pickTheme(Theme theme);

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
    StepsPanel *steps;
    LogPanel *log;
    StatusBar *status;
    LineSplitter *columns;
    LineSplitter *rows;
    QString currentStep; // shown in the title while a run goes on
    std::function<void()> afterRun; // what the user chose to wait for
};

MainWindow::Private::Private(MainWindow &window, App::ServiceHost &serviceHost, const QString &workspace)
    : q(window)
    , host(serviceHost)
    , appearance(new Appearance(&window))
    , session(new RunSession(serviceHost, workspace, &window))
    , actions(new WindowActions(&window))
    , strip(new TaskStrip)
    , obstacle(new Banner)
    , outcome(new Banner)
    , services(new ServicesPanel)
    , tabs(new QTabWidget)
    , plan(new PlanPanel)
    , response(new ResponsePanel)
    , steps(new StepsPanel)
    , log(new LogPanel(serviceHost.log()))
    , status(new StatusBar)
    , columns(new LineSplitter(Qt::Horizontal))
    , rows(new LineSplitter(Qt::Vertical))
{
    layOut();
    connectActions();
    connectSession();
    connectServices();
    restore();
    refreshServices();
    refresh();
}

void MainWindow::Private::layOut()
{
    constexpr int servicesWidth = 220;
    constexpr int stepsWidth = 210;
    constexpr int logHeight = 240;
    tabs->setDocumentMode(true);
    tabs->addTab(plan, tr("Plan"));
    tabs->addTab(response, tr("Response"));
    tabs->tabBar()->setAccessibleName(tr("Plan and response"));
    tabs->setAccessibleName(tr("Plan and response pages"));
    services->setMinimumWidth(180);
    steps->setMinimumWidth(180);
    log->setMinimumHeight(90);

    auto *middle = new QWidget;
    auto *middleLayout = new QVBoxLayout(middle);
    middleLayout->setContentsMargins({});
    middleLayout->setSpacing(0);
    middleLayout->addWidget(outcome);
    middleLayout->addWidget(tabs, 1);
    columns->addWidget(services);
    columns->addWidget(middle);
    columns->addWidget(steps);
    columns->setStretchFactor(1, 1);
    columns->setSizes({servicesWidth, 1280 - servicesWidth - stepsWidth, stepsWidth});
    rows->addWidget(columns);
    rows->addWidget(log);
    rows->setStretchFactor(0, 1);
    rows->setSizes({800 - logHeight, logHeight});

    auto *central = new QWidget;
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(strip);
    layout->addWidget(obstacle);
    layout->addWidget(rows, 1);
    q.setCentralWidget(central);
    q.setStatusBar(status);
    q.setAcceptDrops(true);
    q.setMinimumSize(900, 600);
    q.resize(1280, 800);
}

void MainWindow::Private::connectActions()
{
    connect(actions->open, &QAction::triggered, &q, [this] { chooseFile(); });
    connect(actions, &WindowActions::recentPicked, &q, &MainWindow::openTask);
    connect(actions->quit, &QAction::triggered, &q, &QWidget::close);
    connect(actions->preview, &QAction::triggered, session, &RunSession::preview);
    connect(actions->run, &QAction::triggered, session, &RunSession::run);
    connect(actions->runAgain, &QAction::triggered, session, &RunSession::run);
    connect(actions->cancel, &QAction::triggered, session, &RunSession::cancel);
    connect(actions->copyCommandLine, &QAction::triggered, &q, [this] {
        QGuiApplication::clipboard()->setText(session->commandLine());
        status->setMessage(tr("Command line copied"));
    });
    connect(actions->startAll, &QAction::triggered, &host, &App::ServiceHost::startAll);
    connect(actions->stopAll, &QAction::triggered, &q, [this] { stopServices(); });
    connect(actions->find, &QAction::triggered, &q, [this] { find(); });
    connect(actions->findNext, &QAction::triggered, &q, [this] { findAgain(true); });
    connect(actions->findPrevious, &QAction::triggered, &q, [this] { findAgain(false); });
    connect(actions->copy, &QAction::triggered, &q, [this] { log->view()->copy(); });
    connect(actions->follow, &QAction::triggered, log->view(), &LogView::setFollowing);
    connect(log->view(), &LogView::followingChanged, actions->follow, &QAction::setChecked);
    connect(actions->time, &QAction::triggered, log, &LogPanel::setShowsTime);
    connect(log, &LogPanel::showsTimeChanged, actions->time, &QAction::setChecked);
    connect(actions->planTab, &QAction::triggered, &q, [this] { tabs->setCurrentIndex(PlanTab); });
    connect(actions->responseTab, &QAction::triggered, &q, [this] { tabs->setCurrentIndex(ResponseTab); });
    connect(actions->nextChange, &QAction::triggered, plan, &PlanPanel::showNextChange);
    connect(actions->previousChange, &QAction::triggered, plan, &PlanPanel::showPreviousChange);
    connect(actions->showServices, &QAction::toggled, services, &QWidget::setVisible);
    connect(actions->showSteps, &QAction::toggled, steps, &QWidget::setVisible);
    connect(actions->showLog, &QAction::toggled, log, &QWidget::setVisible);
    connect(actions, &WindowActions::themePicked, &q, [this](Theme theme) { pickTheme(theme); });
    connect(actions->shortcuts, &QAction::triggered, &q, [this] { showShortcuts(&q); });
    connect(actions->about, &QAction::triggered, &q, [this] { showAbout(&q); });
}

void MainWindow::Private::connectSession()
{
    connect(strip, &TaskStrip::taskPicked, &q, &MainWindow::openTask);
    connect(strip, &TaskStrip::openRequested, &q, [this] { chooseFile(); });
    connect(strip, &TaskStrip::previewRequested, session, &RunSession::preview);
    connect(strip, &TaskStrip::runRequested, session, &RunSession::run);
    connect(plan, &PlanPanel::openRequested, &q, [this] { chooseFile(); });
    connect(obstacle, &Banner::linkActivated, &q, [this](const QString &link) { follow(link); });
    connect(steps, &StepsPanel::cancelRequested, session, &RunSession::cancel);
    connect(steps, &StepsPanel::runAgainRequested, session, &RunSession::run);
    connect(steps, &StepsPanel::phaseActivated, log, &LogPanel::showPhase);
    connect(steps, &StepsPanel::reportRequested, &q,
            [](const QString &path) { QDesktopServices::openUrl(QUrl::fromLocalFile(path)); });

    connect(session, &RunSession::changed, &q, [this] { refresh(); });
    connect(session, &RunSession::taskChanged, &q, [this](const TaskLocation &task) { takeTask(task); });
    connect(session, &RunSession::taskRejected, &q, [this](const QString &path, const QString &reason) {
        status->setMessage(tr("Cannot open %1: %2").arg(path, reason));
        outcome->setMessage({Shape::Triangle, Tone::Warn, status->message()});
    });
    connect(session, &RunSession::previewStarted, plan, &PlanPanel::startPreview);
    connect(session, &RunSession::previewFinished, &q, [this](const Relay::RunOutcome &o) { takePreview(o); });
    connect(session, &RunSession::planExpired, &q, [this] {
        outcome->setMessage({Shape::Triangle, Tone::Warn, tr("Files changed since preview. This is the new preview.")});
        tabs->setCurrentIndex(PlanTab);
    });
    connect(session, &RunSession::runStarted, &q, [this] { takeStart(); });
    connect(session, &RunSession::runAccepted, &q, [this](const QString &runId, const QString &runner) {
        steps->setRunId(runId);
        log->setRun(runId);
        status->setRun(runner, runId);
    });
    connect(session, &RunSession::stepChanged, &q, [this](const Step &step) { takeStep(step); });
    connect(session, &RunSession::runCancelling, steps, &StepsPanel::setCancelling);
    connect(session, &RunSession::runFinished, &q, [this](const Relay::RunOutcome &o) { takeOutcome(o); });
}

void MainWindow::Private::connectServices()
{
    connect(services, &ServicesPanel::startRequested, &host, &App::ServiceHost::start);
    connect(services, &ServicesPanel::stopRequested, &q, [this](const QString &name) { stopService(name); });
    connect(services, &ServicesPanel::startAllRequested, &host, &App::ServiceHost::startAll);
    connect(services, &ServicesPanel::stopAllRequested, &q, [this] { stopServices(); });
    connect(&host, &App::ServiceHost::serviceChanged, &q, [this](const App::ServiceInfo &service) {
        services->updateService(service);
        refreshServices();
    });
    connect(&host, &App::ServiceHost::startFailed, &q,
            [this](const Error &error) { status->setMessage(error.toString()); });
    connect(log->view(), &LogView::countsChanged, &q,
            [this] { status->setLogLines(host.log().size(), host.log().dropped()); });
    connect(status, &StatusBar::servicesActivated, actions->showServices,
            [this] { actions->showServices->setChecked(true); });
    connect(status, &StatusBar::logActivated, &q, [this] {
        actions->showLog->setChecked(true);
        log->view()->setFocus();
    });
    connect(status, &StatusBar::runActivated, &q, [this] { tabs->setCurrentIndex(ResponseTab); });
    services->setServices(host.services());
}

void MainWindow::Private::restore()
{
    const Settings settings;
    q.restoreGeometry(settings.value(geometryKey).toByteArray());
    columns->restoreState(settings.value(columnsKey).toByteArray());
    rows->restoreState(settings.value(rowsKey).toByteArray());
    actions->setRecent(recentTasks());
    strip->setRecent(recentTasks());
}

void MainWindow::Private::save() const
{
    Settings settings;
    settings.setValue(geometryKey, q.saveGeometry());
    settings.setValue(columnsKey, columns->saveState());
    settings.setValue(rowsKey, rows->saveState());
}

void MainWindow::Private::refresh()
{
    const RunSession::Obstacle reason = session->obstacle();
    const bool canRun = session->canRun();
    strip->setState({session->canPreview(), canRun, session->isRunning(), reason.text});
    const bool worthALine = !reason.text.isEmpty() && reason.action != QLatin1String("open");
    const bool failed = session->planState() == RunSession::PlanState::Rejected;
    obstacle->setMessage(worthALine ? Banner::Message{failed ? Shape::Cross : Shape::Triangle,
                                                      failed ? Tone::Error : Tone::Warn, reason.text, reason.fix,
                                                      reason.action}
                                    : Banner::Message{});
    actions->preview->setEnabled(session->canPreview());
    actions->run->setEnabled(canRun);
    actions->runAgain->setEnabled(canRun && session->planState() == RunSession::PlanState::Outdated);
    actions->cancel->setEnabled(session->isRunning() || session->isPreviewing());
    actions->copyCommandLine->setEnabled(!session->task().isEmpty());
    actions->open->setEnabled(!session->isRunning());
    refreshTitle();
}

void MainWindow::Private::refreshServices()
{
    const QList<App::ServiceInfo> known = host.services();
    status->setServices(known);
    QStringList names{QStringLiteral("relay")};
    for (const App::ServiceInfo &service : known) {
        names.append(service.name);
    }
    log->setServices(names);
}

void MainWindow::Private::refreshTitle()
{
    QStringList parts{QStringLiteral("PatchPanel")};
    if (!session->task().isEmpty()) {
        parts.append(QFileInfo(session->task().path).fileName());
    }
    if (session->isRunning()) {
        parts.append(currentStep);
    }
    q.setWindowTitle(parts.join(QStringLiteral(" — ")));
}

void MainWindow::Private::takeTask(const TaskLocation &task)
{
    rememberTask(task.path);
    strip->setTask(task.path);
    strip->setRecent(recentTasks());
    actions->setRecent(recentTasks());
    status->setWorkspace(task.workspace, branchOf(task.workspace));
    status->setMessage({});
    outcome->setMessage({});
    plan->showEmpty();
    response->showEmpty();
    steps->reset();
    tabs->setCurrentIndex(PlanTab);
}

void MainWindow::Private::takePreview(const Relay::RunOutcome &preview)
{
    plan->showPreview(preview);
    steps->showPlanned(preview);
    status->setMessage(
        tr("Preview: %1").arg(preview.status == RunStatus::Ok ? tr("applies cleanly") : lookOf(preview).word));
    refresh();
    const QWidget *focused = q.focusWidget();
    if (!focused || !focused->isVisible() || strip->isAncestorOf(focused)) {
        strip->focusRun();
    }
}

void MainWindow::Private::takeStart()
{
    currentStep = tr("Running");
    outcome->setMessage({});
    steps->startRun();
    log->view()->setFollowing(true);
    status->setMessage(tr("Running %1").arg(session->task().file));
}

void MainWindow::Private::takeStep(const Step &step)
{
    steps->setStep(step);
    if (step.state == StepState::Running) {
        currentStep = displayName(step.phase);
        refreshTitle();
    }
}

void MainWindow::Private::takeOutcome(const Relay::RunOutcome &result)
{
    const OutcomeLook look = lookOf(result);
    const QString sentence = sentenceFor(result);
    outcome->setMessage({look.shape, look.tone, sentence});
    steps->finishRun(result);
    response->showOutcome(result);
    tabs->setCurrentIndex(ResponseTab);
    status->setMessage(sentence);
    status->setWorkspace(session->task().workspace, branchOf(session->task().workspace));
    if (const std::function<void()> then = std::exchange(afterRun, nullptr)) {
        then();
    }
}

void MainWindow::Private::chooseFile()
{
    const QString folder = session->task().isEmpty() ? QString() : QFileInfo(session->task().path).absolutePath();
    auto *dialog =
        new QFileDialog(&q, tr("Open a task"), folder, tr("Task files (*.json *.patch *.diff);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, &q, &MainWindow::openTask);
    dialog->open();
}

void MainWindow::Private::follow(const QString &action)
{
    const QString start = QStringLiteral("start:");
    if (action.startsWith(start)) {
        host.start(action.mid(start.size()));
    } else if (action == QLatin1String("preview")) {
        session->preview();
    } else if (action == QLatin1String("open")) {
        chooseFile();
    }
}

void MainWindow::Private::stopService(const QString &name)
{
    stopWhenIdle(tr("A run is in progress. Stop %1?").arg(name), [this, name] { host.stop(name); });
}

void MainWindow::Private::stopServices()
{
    stopWhenIdle(tr("A run is in progress. Stop all services?"), [this] { host.stopAll(); });
}

void MainWindow::Private::stopWhenIdle(const QString &question, std::function<void()> stop)
{
    if (!session->isRunning()) {
        stop();
        return;
    }
    askAboutRun(&q, question, tr("Keep running"), [this, stop = std::move(stop)](RunChoice choice) {
        if (choice == RunChoice::Keep) {
            return;
        }
        if (!session->isRunning()) {
            stop();
            return;
        }
        afterRun = stop;
        if (choice == RunChoice::CancelRun) {
            session->cancel();
        }
    });
}

void MainWindow::Private::find()
{
    const QWidget *focused = q.focusWidget();
    if (tabs->currentIndex() == ResponseTab && focused && response->isAncestorOf(focused)) {
        response->activateFind();
        return;
    }
    actions->showLog->setChecked(true);
    log->findBar()->activate();
}

void MainWindow::Private::findAgain(bool forward)
{
    const QWidget *focused = q.focusWidget();
    FindBar *bar = focused && response->isAncestorOf(focused) ? response->findBar() : log->findBar();
    if (forward) {
        bar->findNext();
    } else {
        bar->findPrevious();
    }
}

void MainWindow::Private::pickTheme(Theme theme)
{
    appearance->setTheme(theme);
    actions->setTheme(theme);
    Settings().setValue(themeKey, toString(theme));
}

MainWindow::MainWindow(App::ServiceHost &host, WindowOptions options, QWidget *parent)
    : QMainWindow(parent)
    , d(std::make_unique<Private>(*this, host, options.workspace))
{
    const Theme saved = themeFromString(Settings().value(themeKey).toString());
    const Theme theme = options.theme == Theme::System ? saved : options.theme;
    d->appearance->setTheme(theme);
    d->actions->setTheme(theme);
    if (!options.workspace.isEmpty()) {
        d->status->setWorkspace(options.workspace, branchOf(options.workspace));
    }
    if (!options.taskFile.isEmpty()) {
        openTask(options.taskFile);
    }
    if (options.startServices) {
        host.startAll();
    }
}

MainWindow::~MainWindow()
{
    delete takeCentralWidget(); // the panels go before what their signals reach
}

void MainWindow::openTask(const QString &path)
{
    d->session->open(path);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!d->session->isRunning()) {
        d->save();
        QMainWindow::closeEvent(event);
        return;
    }
    event->ignore();
    d->stopWhenIdle(tr("A run is in progress. Close PatchPanel?"), [this] { close(); });
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QString file = droppedFile(event->mimeData());
    if (file.isEmpty()) {
        d->status->setMessage(tr("Only a task file from this computer can be dropped here"));
        return;
    }
    event->acceptProposedAction();
    openTask(file);
}

} // namespace PatchPanel::Ui
