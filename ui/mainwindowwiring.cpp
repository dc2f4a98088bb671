#include "app/servicehost.h"
#include "ui/desktop/aboutdialog.h"
#include "ui/desktop/commandpalette.h"
#include "ui/desktop/shortcutsdialog.h"
#include "ui/dialogs.h"
#include "ui/mainwindowprivate.h"
#include "ui/models/format.h"
#include "ui/models/logsaver.h"
#include "ui/models/pastruns.h"
#include "ui/models/runsession.h"
#include "ui/models/runsmodel.h"
#include "ui/models/servicetexts.h"
#include "ui/models/settings.h"
#include "ui/panels/banner.h"
#include "ui/panels/historypanel.h"
#include "ui/panels/loglineactions.h"
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
#include <QActionGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

const QString sideBySideKey = QStringLiteral("diff/sideBySide");
const QString hideWhitespaceKey = QStringLiteral("diff/hideWhitespace");

} // namespace

void MainWindow::Private::layOut()
{
    constexpr int leastSideWidth = 180; // more in a language with long words
    constexpr int logHeight = 240;
    tabs->setDocumentMode(true);
    tabs->addTab(plan, tr("Plan"));
    tabs->addTab(response, tr("Response"));
    tabs->addTab(history, tr("History"));
    tabs->tabBar()->setAccessibleName(tr("Plan, response and history"));
    tabs->setAccessibleName(tr("Plan, response and history pages"));
    for (QWidget *side : QList<QWidget *>{services, steps}) {
        side->setMinimumWidth(std::max(leastSideWidth, side->minimumSizeHint().width()));
    }
    log->setMinimumHeight(90);

    auto *centre = new QWidget;
    middle = new QVBoxLayout(centre);
    middle->setContentsMargins({});
    middle->setSpacing(0);
    middle->addWidget(outcome);
    middle->addWidget(tabs, 1);
    columns->addWidget(services);
    columns->addWidget(centre);
    columns->addWidget(steps);
    columns->setStretchFactor(1, 1);
    connect(columns, &QSplitter::splitterMoved, &q, [this] { rememberColumns(); });
    rows->addWidget(columns);
    rows->addWidget(log);
    rows->setStretchFactor(0, 1);
    rows->setSizes({800 - logHeight, logHeight});

    auto *central = new QWidget;
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(strip);
    layout->addWidget(notice);
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
    connect(actions->planTab, &QAction::triggered, &q, [this] { goToTab(PlanTab); });
    connect(actions->responseTab, &QAction::triggered, &q, [this] { goToTab(ResponseTab); });
    connect(actions->historyTab, &QAction::triggered, &q, [this] { goToTab(HistoryTab); });
    connect(actions->nextChange, &QAction::triggered, plan, &PlanPanel::showNextChange);
    connect(actions->previousChange, &QAction::triggered, plan, &PlanPanel::showPreviousChange);
    connect(actions->goToServices, &QAction::triggered, &q, [this] { goTo(services, actions->showServices); });
    connect(actions->goToTabs, &QAction::triggered, &q, [this] { focusPane(tabs); });
    connect(actions->goToSteps, &QAction::triggered, &q, [this] { goTo(steps, actions->showSteps); });
    connect(actions->goToLog, &QAction::triggered, &q, [this] { goTo(log, actions->showLog); });
    connect(actions->goToLogFilter, &QAction::triggered, &q, [this] {
        actions->showLog->setChecked(true);
        log->focusFilter();
    });
    connect(actions->nextPane, &QAction::triggered, &q, [this] { focusNextPane(1); });
    connect(actions->previousPane, &QAction::triggered, &q, [this] { focusNextPane(-1); });
    connect(actions->maximisePane, &QAction::toggled, &q, [this](bool maximise) { maximisePane(maximise); });
    connectPlan();
    for (const auto &[side, show] : {std::pair<QWidget *, QAction *>(services, actions->showServices),
                                     std::pair<QWidget *, QAction *>(steps, actions->showSteps)}) {
        connect(show, &QAction::toggled, &q, [this, side = side](bool shown) {
            side->setVisible(shown);
            sizeColumns();
        });
    }
    connect(actions->showLog, &QAction::toggled, log, &QWidget::setVisible);
    connect(actions, &WindowActions::themePicked, &q, [this](Theme theme) {
        Preferences values = preferences;
        values.theme = theme;
        takePreferences(values);
    });
    connect(actions->settings, &QAction::triggered, &q, [this] { showSettings(); });
    connect(actions->shortcuts, &QAction::triggered, &q, [this] { (new ShortcutsDialog(q))->open(); });
    connect(actions->palette, &QAction::triggered, &q, [this] { (new CommandPalette(q))->show(); });
    connect(actions->about, &QAction::triggered, &q, [this] { (new AboutDialog(&q))->open(); });
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
    status->setMessage(translatedServiceText(error));
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
    connect(view, &LogView::filesRequested, &q, [this] { openLogs(); });
    connect(actions->follow, &QAction::triggered, view, &LogView::setFollowing);
    connect(view, &LogView::followingChanged, actions->follow, &QAction::setChecked);
    connect(actions->plainLog, &QAction::toggled, view, &LogView::setPlain);
    connect(view, &LogView::plainChanged, actions->plainLog, &QAction::setChecked);
    connect(actions->wrapLog, &QAction::toggled, view, &LogView::setWrapped);
    connect(view, &LogView::wrappedChanged, actions->wrapLog, &QAction::setChecked);
    connect(actions->switchTimes, &QAction::triggered, log, &LogPanel::switchTimes);
    connect(actions->times, &QActionGroup::triggered, view, [this, view](QAction *chosen) {
        view->setTimes(static_cast<LogTimes>(actions->times->actions().indexOf(chosen)));
    });
    connect(view, &LogView::timesChanged, actions->times,
            [this](LogTimes times) { actions->times->actions().at(static_cast<int>(times))->setChecked(true); });
    connect(actions->levels, &QActionGroup::triggered, log, [this](QAction *chosen) {
        log->setLevel(static_cast<Log::Level>(actions->levels->actions().indexOf(chosen)));
    });
    connect(log, &LogPanel::levelChanged, actions->levels,
            [this](Log::Level level) { actions->levels->actions().at(static_cast<int>(level))->setChecked(true); });
    connect(actions->onlyMatches, &QAction::triggered, log, &LogPanel::setOnlyMatches);
    connect(log, &LogPanel::onlyMatchesChanged, actions->onlyMatches, &QAction::setChecked);
    connect(actions->onlyThisRun, &QAction::triggered, log, &LogPanel::setOnlyThisRun);
    connect(log, &LogPanel::onlyThisRunChanged, actions->onlyThisRun, [this](bool only, bool isPossible) {
        actions->onlyThisRun->setChecked(only);
        actions->onlyThisRun->setEnabled(isPossible);
    });
    connect(actions->goToLine, &QAction::triggered, log, &LogPanel::askForLine);
    connect(log, &LogPanel::said, status, &StatusBar::setMessage);
    connect(log, &LogPanel::silenceChanged, status, &StatusBar::setSilence);
    connect(session, &RunSession::runFinished, log, &LogPanel::endRun);
    connect(actions->zoomIn, &QAction::triggered, view, [view] { view->setZoom(view->zoom() + 1); });
    connect(actions->zoomOut, &QAction::triggered, view, [view] { view->setZoom(view->zoom() - 1); });
    connect(actions->resetZoom, &QAction::triggered, view, [view] { view->setZoom(0); });
}

// The log's own menu has what the menu bar has, for whoever works at the log.
void MainWindow::Private::fillLogMenus()
{
    LogLineActions *line = log->lineActions();
    actions->logLine->addActions(line->all());
    connect(actions->logLine, &QMenu::aboutToShow, line, &LogLineActions::update);
    connect(line, &LogLineActions::openFileRequested, &q, [this](const FileReference &file) {
        const QString workspace = session->task().workspace.isEmpty() ? startWorkspace : session->task().workspace;
        const Result<QString> found = fileBeneath(workspace, file.path);
        if (!found) {
            status->setMessage(translatedServiceText(found.error()));
        } else if (openFile(*found)) {
            status->setMessage(tr("Opened %1, see line %2").arg(*found).arg(file.line));
        }
    });
    LogView *view = log->view();
    view->addAction(actions->copyWithTimes);
    QMenu *more = log->moreMenu();
    more->addActions(
        {actions->follow, actions->wrapLog, actions->plainLog, actions->onlyMatches, actions->onlyThisRun});
    more->addSeparator();
    more->addActions(actions->times->actions());
    more->addSeparator();
    more->addActions({actions->clearLog, actions->undoClear});
    more->addSeparator();
    more->addActions({actions->copy, actions->copyWithTimes, actions->saveShownLog, actions->saveWholeLog});
    more->addSeparator();
    more->addActions(line->all());
    more->addAction(actions->goToLine);
}

// How the log was last looked at. Changes are kept at once.
void MainWindow::Private::keepLogLook()
{
    static const QString plainKey = QStringLiteral("log/plain");
    static const QString wrapKey = QStringLiteral("log/wrap");
    static const QString zoomKey = QStringLiteral("log/zoom");
    LogView *view = log->view();
    const Settings settings;
    view->setPlain(settings.value(plainKey, false).toBool());
    view->setWrapped(settings.value(wrapKey, false).toBool());
    view->setZoom(settings.value(zoomKey, 0).toInt());
    connect(view, &LogView::plainChanged, &q, [](bool plain) { Settings().setValue(plainKey, plain); });
    connect(view, &LogView::wrappedChanged, &q, [](bool wrapped) { Settings().setValue(wrapKey, wrapped); });
    connect(view, &LogView::timesChanged, &q, [this](LogTimes kind) { // which is one of the settings
        Preferences values = preferences;
        values.logTimes = kind;
        takePreferences(values);
    });
    connect(view, &LogView::zoomChanged, &q, [](int points) { Settings().setValue(zoomKey, points); });
}

void MainWindow::Private::connectSession()
{
    connect(strip, &TaskStrip::taskPicked, &q, &MainWindow::openTask);
    connect(strip, &TaskStrip::openRequested, &q, [this] { chooseFile(); });
    connect(strip, &TaskStrip::previewRequested, session, &RunSession::preview);
    connect(strip, &TaskStrip::runRequested, session, &RunSession::run);
    connect(plan, &PlanPanel::openRequested, &q, [this] { chooseFile(); });
    connect(plan, &PlanPanel::exampleRequested, &q, [this] { openExample(); });
    connect(plan, &PlanPanel::taskPicked, &q, &MainWindow::openTask);
    for (Banner *banner : {obstacle, notice, outcome}) {
        connect(banner, &Banner::linkActivated, &q, [this](const QString &action) { follow(action); });
    }
    connect(strip, &TaskStrip::runnerPicked, &q, [this](const QString &name) {
        session->setRunner(name);
        refreshServices();
    });
    connect(steps, &StepsPanel::abandonRequested, session, &RunSession::abandon);
    connect(steps, &StepsPanel::rollbackRequested, &q, [this](const QString &runId) { rollBack(runId); });
    connect(session, &RunSession::connectionChanged, &q, [this](const QString &problem) {
        steps->setConnectionProblem(problem);
        status->setMessage(problem.isEmpty() ? tr("The runner answers again") : problem);
    });
    connect(steps, &StepsPanel::cancelRequested, session, &RunSession::cancel);
    connect(steps, &StepsPanel::runAgainRequested, session, &RunSession::run);
    connect(steps, &StepsPanel::phaseActivated, log, &LogPanel::showPhase);
    connect(steps, &StepsPanel::failureActivated, &q, [this](Phase phase) { showFailure(phase); });
    connect(steps, &StepsPanel::reportRequested, &q, [this](const QString &path) { openFile(path); });

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
    history->setRollbackAction(actions->rollBack);
    connect(history, &HistoryPanel::rollbackConfirmed, session, &RunSession::rollBack);
    connect(actions->rollBack, &QAction::triggered, &q, [this] {
        tabs->setCurrentIndex(HistoryTab);
        history->askToRollBack();
    });
    connect(&host, &App::ServiceHost::ready, &q, [this] {
        if (tabs->currentIndex() == HistoryTab) {
            pastRuns->reload();
        }
        pastRuns->findInterrupted();
    });
    connect(pastRuns, &PastRuns::interruptedFound, &q, [this](const ListedRun &run) { tellInterrupted(run); });
    connect(history, &HistoryPanel::runAgainRequested, &q, &MainWindow::openTask);
    connect(history, &HistoryPanel::logRequested, &q,
            [this](const QString &runId, std::optional<Phase> failed) { showRunLog(runId, failed); });
    connect(history, &HistoryPanel::reportRequested, &q, [this](const QString &path) { openFile(path); });
    connect(history, &HistoryPanel::told, status, &StatusBar::setMessage);
}

void MainWindow::Private::connectServices()
{
    connect(services, &ServicesPanel::startRequested, &q, [this](const QString &name) { startService(name); });
    connect(services, &ServicesPanel::restartRequested, &q, [this](const QString &name) {
        stopWhenIdle(tr("A run is in progress. Restart %1?").arg(name), [this, name] { host.restart(name); });
    });
    connect(services, &ServicesPanel::logRequested, &q, [this](const QString &name) {
        actions->showLog->setChecked(true);
        log->showService(name);
    });
    connect(services, &ServicesPanel::copied, &q,
            [this](const QString &what) { status->setMessage(tr("%1 copied").arg(what)); });
    connect(services, &ServicesPanel::menusChanged, &q, [this] { actions->setServiceMenus(services->menus()); });
    connect(services, &ServicesPanel::stopRequested, &q, [this](const QString &name) { stopService(name); });
    connect(services, &ServicesPanel::startAllRequested, &host, &App::ServiceHost::startAll);
    connect(services, &ServicesPanel::stopAllRequested, &q, [this] { stopServices(); });
    connect(&host, &App::ServiceHost::serviceChanged, &q, [this](const App::ServiceInfo &service) {
        services->updateService(service);
        refreshServices();
        noteRuns(service);
    });
    connect(&host, &App::ServiceHost::serviceRemoved, &q, [this](const QString &name) {
        services->removeService(name);
        refreshServices();
        refresh();
    });
    connect(&host, &App::ServiceHost::redisChanged, &q, [this](const App::RedisState &redis) {
        services->setRedis(redis);
        status->setRedis(redis);
        refresh();
    });
    services->setRedis(host.redis());
    status->setRedis(host.redis());
    connect(&host, &App::ServiceHost::servicesListed, &q, [this] {
        services->setServices(host.services());
        refreshServices();
    });
    connect(&host, &App::ServiceHost::startFailed, &q,
            [this](const Error &error) { status->setMessage(translatedServiceText(error)); });
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
    actions->setServiceMenus(services->menus());
}

} // namespace PatchPanel::Ui
