#include "app/servicehost.h"
#include "ui/dialogs.h"
#include "ui/mainwindowprivate.h"
#include "ui/models/format.h"
#include "ui/models/logsaver.h"
#include "ui/models/pastruns.h"
#include "ui/models/runsession.h"
#include "ui/models/settings.h"
#include "ui/panels/banner.h"
#include "ui/panels/historypanel.h"
#include "ui/panels/logpanel.h"
#include "ui/panels/planpanel.h"
#include "ui/panels/responsepanel.h"
#include "ui/panels/servicespanel.h"
#include "ui/panels/statusbar.h"
#include "ui/panels/stepspanel.h"
#include "ui/panels/taskstrip.h"
#include "ui/views/diffview.h"
#include "ui/views/logview.h"
#include "ui/windowactions.h"

#include <QAction>
#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QTabBar>
#include <QTabWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

const QString sideBySideKey = QStringLiteral("diff/sideBySide");
const QString hideWhitespaceKey = QStringLiteral("diff/hideWhitespace");

} // namespace

void MainWindow::Private::layOut()
{
    constexpr int servicesWidth = 220;
    constexpr int stepsWidth = 210;
    constexpr int logHeight = 240;
    tabs->setDocumentMode(true);
    tabs->addTab(plan, tr("Plan"));
    tabs->addTab(response, tr("Response"));
    tabs->addTab(history, tr("History"));
    tabs->tabBar()->setAccessibleName(tr("Plan, response and history"));
    tabs->setAccessibleName(tr("Plan, response and history pages"));
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
    connect(actions->planTab, &QAction::triggered, &q, [this] { tabs->setCurrentIndex(PlanTab); });
    connect(actions->responseTab, &QAction::triggered, &q, [this] { tabs->setCurrentIndex(ResponseTab); });
    connect(actions->historyTab, &QAction::triggered, &q, [this] { tabs->setCurrentIndex(HistoryTab); });
    connect(actions->nextChange, &QAction::triggered, plan, &PlanPanel::showNextChange);
    connect(actions->previousChange, &QAction::triggered, plan, &PlanPanel::showPreviousChange);
    connectPlan();
    connect(actions->showServices, &QAction::toggled, services, &QWidget::setVisible);
    connect(actions->showSteps, &QAction::toggled, steps, &QWidget::setVisible);
    connect(actions->showLog, &QAction::toggled, log, &QWidget::setVisible);
    connect(actions, &WindowActions::themePicked, &q, [this](Theme theme) { pickTheme(theme); });
    connect(actions->shortcuts, &QAction::triggered, &q, [this] { showShortcuts(&q); });
    connect(actions->about, &QAction::triggered, &q, [this] { showAbout(&q); });
}

void MainWindow::Private::connectPlan()
{
    actions->addToFileMenu(plan->fileActions());
    actions->addToViewMenu(plan->viewActions());
    DiffView *diff = plan->diffView();
    const Settings settings;
    diff->setSideBySide(settings.value(sideBySideKey).toBool());
    diff->setHideWhitespace(settings.value(hideWhitespaceKey).toBool());
    connect(diff, &DiffView::sideBySideChanged, &q, [](bool on) { Settings().setValue(sideBySideKey, on); });
    connect(diff, &DiffView::hideWhitespaceChanged, &q, [](bool on) { Settings().setValue(hideWhitespaceKey, on); });
    connect(plan, &PlanPanel::patchSaved, &q,
            [this](const QString &, const QString &message) { status->setMessage(message); });
    connect(plan, &PlanPanel::patchSaveFailed, &q, [this](const Error &error) { warn(error); });
    actions->addToFileMenu({response->saveAction()});
    connect(response, &ResponsePanel::responseSaved, &q,
            [this](const QString &path) { status->setMessage(tr("Response saved to %1").arg(path)); });
    connect(response, &ResponsePanel::responseSaveFailed, &q, [this](const Error &error) { warn(error); });
}

void MainWindow::Private::warn(const Error &error)
{
    status->setMessage(error.toString());
    outcome->setMessage({Shape::Triangle, Tone::Warn, status->message()});
}

void MainWindow::Private::connectLog()
{
    LogView *view = log->view();
    connect(actions->copy, &QAction::triggered, view, &LogView::copy);
    connect(actions->copyWithTimes, &QAction::triggered, view, &LogView::copyWithTimes);
    connect(actions->saveShownLog, &QAction::triggered, &q, [this, view] { saveLog(view->shownLines(true)); });
    connect(actions->saveWholeLog, &QAction::triggered, &q, [this] { saveLog({{}, 0, host.log().size(), true}); });
    connect(logSaver, &LogSaver::saved, &q, [this](const QString &path, qsizetype lines) {
        status->setMessage(tr("%1 saved to %2").arg(counted(lines, tr("line"), tr("lines")), path));
    });
    connect(logSaver, &LogSaver::saveFailed, &q, [this](const Error &error) { warn(error); });
    connect(actions->clearLog, &QAction::triggered, view, &LogView::clear);
    connect(actions->undoClear, &QAction::triggered, view, &LogView::undoClear);
    connect(view, &LogView::clearedChanged, actions->undoClear, &QAction::setEnabled);
    connect(actions->follow, &QAction::triggered, view, &LogView::setFollowing);
    connect(view, &LogView::followingChanged, actions->follow, &QAction::setChecked);
    connect(actions->time, &QAction::triggered, log, &LogPanel::setShowsTime);
    connect(log, &LogPanel::showsTimeChanged, actions->time, &QAction::setChecked);
    connect(actions->plainLog, &QAction::toggled, view, &LogView::setPlain);
    connect(actions->zoomIn, &QAction::triggered, view, [view] { view->setZoom(view->zoom() + 1); });
    connect(actions->zoomOut, &QAction::triggered, view, [view] { view->setZoom(view->zoom() - 1); });
    connect(actions->resetZoom, &QAction::triggered, view, [view] { view->setZoom(0); });
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
    connect(session, &RunSession::runStarted, &q, [this](const QString &what) { takeStart(what); });
    connect(session, &RunSession::runAccepted, &q, [this](const QString &runId, const QString &runner) {
        steps->setRunId(runId);
        log->setRun(runId);
        status->setRun(runner, runId);
    });
    connect(session, &RunSession::stepChanged, &q, [this](const Step &step) { takeStep(step); });
    connect(session, &RunSession::runCancelling, steps, &StepsPanel::setCancelling);
    connect(session, &RunSession::runFinished, &q, [this](const Relay::RunOutcome &o) { takeOutcome(o); });
}

void MainWindow::Private::connectHistory()
{
    connect(history, &HistoryPanel::rollbackConfirmed, session, &RunSession::rollBack);
    connect(actions->rollBack, &QAction::triggered, &q, [this] {
        tabs->setCurrentIndex(HistoryTab);
        history->askToRollBack();
    });
    connect(&host, &App::ServiceHost::ready, &q, [this] {
        if (tabs->currentIndex() == HistoryTab) {
            pastRuns->reload();
        }
    });
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

} // namespace PatchPanel::Ui
