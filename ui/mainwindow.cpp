#include "ui/mainwindow.h"

#include "app/servicehost.h"
#include "ui/desktop/fanoutdialog.h"
#include "ui/desktop/notifier.h"
#include "ui/desktop/tray.h"
#include "ui/dialogs.h"
#include "ui/mainwindowprivate.h"
#include "ui/models/actionlist.h"
#include "ui/models/fanoutsession.h"
#include "ui/models/format.h"
#include "ui/models/logsaver.h"
#include "ui/models/outcome.h"
#include "ui/models/pastruns.h"
#include "ui/models/runsession.h"
#include "ui/models/runsmodel.h"
#include "ui/models/servicelook.h"
#include "ui/models/servicetexts.h"
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
#include "ui/style/appearance.h"
#include "ui/views/findbar.h"
#include "ui/views/logview.h"
#include "ui/windowactions.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QJsonArray>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

const QString interruptedKey = QStringLiteral("history/lastInterruptionTold");
constexpr int narrowWidth = 1000; // below it the steps are one line above the tabs

// The step that failed, and the way back.
QList<Banner::Link> linksFor(const Relay::RunOutcome &result)
{
    QList<Banner::Link> links;
    if (const std::optional<Phase> phase = failedPhase(result)) {
        links.append({MainWindow::tr("Show its log"), QStringLiteral("failure:") + toString(*phase)});
    }
    if (leftChanges(result)) {
        links.append({MainWindow::tr("Roll back…"), QStringLiteral("rollback:") + result.runId});
    }
    return links;
}

QIcon applicationIcon()
{
    QIcon icon;
    for (const int size : {48, 128, 256}) {
        icon.addFile(QStringLiteral(":/icons/patchpanel-%1.png").arg(size));
    }
    return icon;
}

} // namespace

MainWindow::Private::Private(MainWindow &window, App::ServiceHost &serviceHost, const WindowOptions &options)
    : q(window)
    , host(serviceHost)
    , appearance(new Appearance(&window))
    , session(new RunSession(serviceHost, options.workspace, &window))
    , fanOut(new FanOutSession(serviceHost, &window))
    , actions(new WindowActions(&window))
    , strip(new TaskStrip)
    , obstacle(new Banner)
    , notice(new Banner)
    , outcome(new Banner)
    , services(new ServicesPanel)
    , tabs(new QTabWidget)
    , plan(new PlanPanel)
    , response(new ResponsePanel)
    , pastRuns(new PastRuns(serviceHost, &window))
    , history(new HistoryPanel(pastRuns))
    , steps(new StepsPanel)
    , log(new LogPanel(serviceHost.log()))
    , logSaver(new LogSaver(serviceHost.log(), &window))
    , status(new StatusBar)
    , tray(new Tray(&window))
    , notifier(new Notifier(&window))
    , columns(new LineSplitter(Qt::Horizontal))
    , rows(new LineSplitter(Qt::Vertical))
    , startWorkspace(options.workspace)
    , preferences(Preferences::read(Settings()))
    , given(options.given)
    , keepsSession(options.keepsSession)
{
    window.setWindowIcon(applicationIcon());
    layOut();
    connectActions();
    connectLog();
    fillLogMenus();
    keepLogLook();
    connectSession();
    connectHistory();
    connectServices();
    connectDesktop();
    connectFanOut();
    restore();
    tray->setWanted(preferences.tray);
    useRunPreferences();
    refreshServices();
    refresh();
}

void MainWindow::Private::refresh()
{
    const RunSession::Obstacle reason = session->obstacle();
    const bool canRun = session->canRun();
    strip->setState({session->canPreview(), canRun, session->isRunning(), reason.text, session->remoteRunner()});
    const bool worthALine = !reason.text.isEmpty() && !session->task().isEmpty();
    const bool failed = session->planState() == RunSession::PlanState::Rejected;
    QList<Banner::Link> fixes;
    for (const RunSession::Fix &fix : reason.fixes) {
        fixes.append({fix.text, fix.action});
    }
    obstacle->setMessage(worthALine ? Banner::Message{failed ? Shape::Cross : Shape::Triangle,
                                                      failed ? Tone::Error : Tone::Warn, reason.text, fixes}
                                    : Banner::Message{});
    const QString busy = session->isRunning() ? tr("A run is in progress") : QString();
    const QString noTask = session->task().isEmpty() ? tr("No task is chosen") : QString();
    const QString whyNotRun = !busy.isEmpty() ? busy : reason.text;
    const bool canRunAgain = canRun && session->planState() == RunSession::PlanState::Outdated;
    setAvailable(actions->preview, session->canPreview(),
                 !busy.isEmpty()        ? busy
                     : noTask.isEmpty() ? tr("A preview is in progress")
                                        : noTask);
    setAvailable(actions->run, canRun, whyNotRun);
    setAvailable(actions->runAgain, canRunAgain, canRun ? tr("The task has not run since its preview") : whyNotRun);
    setAvailable(actions->cancel, session->isRunning() || session->isPreviewing(), tr("Nothing is in progress"));
    setAvailable(actions->runInWorkspaces, noTask.isEmpty(), noTask);
    setAvailable(actions->followRun, host.redis().kind != App::RedisState::NotUsed,
                 tr("Redis is not used: the settings name a server"));
    setAvailable(actions->copyCommandLine, noTask.isEmpty(), noTask);
    setAvailable(actions->open, busy.isEmpty(), busy);
    history->setObstacle(session->rollbackObstacle());
    steps->setRollbackObstacle(session->rollbackObstacle());
    refreshTitle();
}

void MainWindow::Private::refreshServices()
{
    const QList<App::ServiceInfo> known = host.services();
    status->setServices(known);
    QStringList names{QStringLiteral("relay")};
    QList<App::ServiceInfo> runners;
    for (const App::ServiceInfo &service : known) {
        names.append(service.name);
        if (service.kind == App::ServiceKind::Runner) {
            runners.append(service);
        }
    }
    log->setServices(names);
    strip->setRunners(runners, session->runner());
}

// A column at the right, or one line above the tabs where that would leave no room.
void MainWindow::Private::placeSteps()
{
    const bool line = q.width() < narrowWidth;
    if (line == steps->isLine()) {
        return;
    }
    const bool hidden = steps->isHidden();
    steps->setLine(line);
    if (line) {
        middle->insertWidget(0, steps);
    } else {
        columns->addWidget(steps);
    }
    steps->setHidden(hidden);
    sizeColumns();
}

void MainWindow::Private::rememberColumns()
{
    if (services->isVisible()) {
        servicesWidth = services->width();
    }
    if (steps->isVisible() && !steps->isLine()) {
        stepsWidth = steps->width();
    }
}

// Those at the sides as wide as they were; the one between them has what is left.
void MainWindow::Private::sizeColumns()
{
    QList<int> widths{servicesWidth, columns->width() - servicesWidth};
    if (!steps->isLine()) {
        widths[1] -= stepsWidth;
        widths.append(stepsWidth);
    }
    widths[1] = std::max(1, widths[1]);
    columns->setSizes(widths);
}

QList<QWidget *> MainWindow::Private::panes() const
{
    return {strip, services, tabs, steps, log};
}

QWidget *MainWindow::Private::paneWithFocus() const
{
    const QWidget *focused = q.focusWidget();
    for (QWidget *pane : panes()) {
        if (focused && (pane == focused || pane->isAncestorOf(focused))) {
            return pane;
        }
    }
    return nullptr;
}

// What one uses most in it, else the first that takes the focus.
void MainWindow::Private::focusPane(QWidget *pane)
{
    if (pane == log) {
        log->view()->setFocus();
        return;
    }
    if (pane == tabs && tabs->currentWidget() == history) {
        history->focusList();
        return;
    }
    const QWidget *within = pane == tabs ? tabs->currentWidget() : pane;
    for (QWidget *widget = within->nextInFocusChain(); widget != within; widget = widget->nextInFocusChain()) {
        if (within->isAncestorOf(widget) && widget->isVisible() && widget->isEnabled()
            && (widget->focusPolicy() & Qt::TabFocus) != 0) {
            widget->setFocus(Qt::ShortcutFocusReason);
            return;
        }
    }
    if (pane == tabs) {
        tabs->tabBar()->setFocus(Qt::ShortcutFocusReason);
    }
}

void MainWindow::Private::focusNextPane(int step)
{
    QList<QWidget *> shown = panes();
    erase_if(shown, [](const QWidget *pane) { return !pane->isVisible(); });
    const auto count = static_cast<int>(shown.size());
    const auto current = static_cast<int>(shown.indexOf(paneWithFocus()));
    focusPane(shown.at((current + step + count) % count));
}

void MainWindow::Private::goTo(QWidget *pane, QAction *toggle)
{
    if (toggle->isChecked() && paneWithFocus() == pane) {
        toggle->setChecked(false);
        focusPane(strip);
        return;
    }
    toggle->setChecked(true);
    focusPane(pane);
}

void MainWindow::Private::goToTab(WindowTab tab)
{
    tabs->setCurrentIndex(tab);
    focusPane(tabs);
}

void MainWindow::Private::maximisePane(bool maximise)
{
    if (!maximise) {
        for (const QPointer<QWidget> &widget : std::exchange(hiddenByMaximising, {})) {
            if (widget) {
                widget->show();
            }
        }
        return;
    }
    QWidget *pane = paneWithFocus();
    if (!pane || pane == strip) {
        pane = tabs;
    }
    const QList<QWidget *> others =
        pane == log ? QList<QWidget *>{columns} : QList<QWidget *>{services, tabs->parentWidget(), steps, log};
    for (QWidget *other : others) {
        if (other != pane && !other->isAncestorOf(pane) && !other->isHidden()) {
            other->hide();
            hiddenByMaximising.append(other);
        }
    }
    focusPane(pane);
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
    rememberSession(task.path);
    strip->setTask(task.path);
    refreshRecent();
    status->setWorkspace(task.workspace, branchOf(task.workspace));
    status->setMessage({});
    outcome->setMessage({});
    plan->showEmpty();
    response->showEmpty();
    steps->reset();
    tabs->setCurrentIndex(PlanTab);
    if (fanOutDialog && !fanOut->isRunning()) {
        fanOutDialog->setTask(task.path);
    }
}

void MainWindow::Private::takePreview(const Relay::RunOutcome &preview)
{
    plan->showPreview(preview);
    steps->showPlanned(preview);
    tellForeignWorkspace();
    status->setMessage(
        tr("Preview: %1").arg(preview.status == RunStatus::Ok ? tr("applies cleanly") : lookOf(preview).word));
    refresh();
    const QWidget *focused = q.focusWidget();
    if (!focused || !focused->isVisible() || strip->isAncestorOf(focused)) {
        strip->focusRun();
    }
}

void MainWindow::Private::tellForeignWorkspace()
{
    const Shape mark = Shape::Diamond;
    if (!session->foreignWorkspace().isEmpty()) {
        outcome->setMessage({mark, Tone::Info,
                             tr("%1 has no workspace %2. This plan is for its own: %3")
                                 .arg(session->runner(), session->task().workspace, session->foreignWorkspace())});
    } else if (outcome->message().shape == mark) {
        outcome->setMessage({});
    }
}

void MainWindow::Private::takeStart(const QString &what)
{
    currentStep = tr("Running");
    outcome->setMessage({});
    steps->startRun();
    if (strip->isAncestorOf(q.focusWidget())) { // the strip is locked now
        log->view()->setFocus();
    }
    log->view()->setFollowing(true);
    status->setMessage(tr("Running %1").arg(what));
}

void MainWindow::Private::takeStep(const Step &step)
{
    steps->setStep(step);
    if (step.state == StepState::Running) {
        currentStep = phaseName(step.phase);
        status->setStep(
            tr("%1 · step %2 of %3").arg(currentStep).arg(static_cast<int>(step.phase) + 1).arg(allPhases.size()));
        refreshTitle();
    }
}

void MainWindow::Private::takeOutcome(const Relay::RunOutcome &result)
{
    const OutcomeLook look = lookOf(result);
    const QString time = formatDuration(result.totalMs);
    const bool isGood = result.status == RunStatus::Ok;
    const QString sentence = sentenceFor(result) + (isGood ? tr(" in %1").arg(time) : QStringLiteral(" · ") + time);
    if (result.status == RunStatus::RollbackFailed) {
        outcome->setMessage({});
        tellBrokenRollback(result);
    } else {
        outcome->setMessage({look.shape, look.tone, sentence, linksFor(result)});
    }
    steps->finishRun(result);
    if (const std::optional<Phase> phase = failedPhase(result)) {
        log->jumpToFailure(*phase);
    }
    status->setStep({});
    response->showOutcome(result);
    if (tabs->currentIndex() == HistoryTab) {
        pastRuns->reload();
    } else {
        tabs->setCurrentIndex(ResponseTab);
    }
    status->setMessage(sentence);
    status->setWorkspace(session->task().workspace, branchOf(session->task().workspace));
    afterRuns();
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

void MainWindow::Private::saveLog(const LogExport &lines)
{
    if (logSaver->isSaving()) {
        status->setMessage(tr("The log is being saved already"));
        return;
    }
    auto *dialog = new QFileDialog(&q, tr("Save the log"), QDir::home().filePath(QStringLiteral("patchpanel.log")),
                                   tr("Log files (*.log *.txt);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, &q, [this, lines](const QString &path) {
        if (!logSaver->isSaving()) {
            logSaver->save(lines, path);
        }
    });
    dialog->open();
}

// What stays until the user has read it: a workspace that needs a person.
void MainWindow::Private::tellBrokenRollback(const Relay::RunOutcome &result)
{
    restoreCommands = restoreCommandsFor(result);
    notice->setMessage({Shape::Cross,
                        Tone::Error,
                        sentenceFor(result),
                        {{tr("Copy restore commands"), QStringLiteral("restore")},
                         {tr("Show in history"), QStringLiteral("run:") + result.runId},
                         {tr("Dismiss"), QStringLiteral("dismiss")}}});
}

// A run that was killed with its runner: what was taken back, told once.
void MainWindow::Private::tellInterrupted(const ListedRun &run)
{
    Settings settings;
    if (settings.value(interruptedKey).toString() == run.runId) {
        return;
    }
    settings.setValue(interruptedKey, run.runId);
    notice->setMessage(
        {Shape::Triangle,
         Tone::Warn,
         tr("Run %1 of %2 was interrupted. %3")
             .arg(shortRunId(run.runId), run.task, translatedServiceText(run.message)),
         {{tr("Show in history"), QStringLiteral("run:") + run.runId},
          {tr("Open its task"), QStringLiteral("task:") + QDir(run.workspace).absoluteFilePath(run.task)},
          {tr("Dismiss"), QStringLiteral("dismiss")}}});
}

void MainWindow::Private::follow(const QString &action)
{
    const qsizetype colon = action.indexOf(QLatin1Char(':'));
    const QString verb = action.left(colon);
    const QString object = colon < 0 ? QString() : action.mid(colon + 1);
    if (verb == QLatin1String("start")) {
        startService(object);
    } else if (verb == QLatin1String("port")) {
        host.setPort(object, 0);
        startService(object);
    } else if (verb == QLatin1String("runner")) {
        session->setRunner(object);
        refreshServices();
    } else if (verb == QLatin1String("preview")) {
        session->preview();
    } else if (verb == QLatin1String("open")) {
        chooseFile();
    } else if (verb == QLatin1String("task")) {
        q.openTask(object);
    } else if (verb == QLatin1String("failure")) {
        showFailure(phaseFromString(object).value_or(Phase::Pre));
    } else if (verb == QLatin1String("run")) {
        tabs->setCurrentIndex(HistoryTab);
        history->selectRun(object);
    } else if (verb == QLatin1String("rollback")) {
        rollBack(object);
    } else if (verb == QLatin1String("restore")) {
        QGuiApplication::clipboard()->setText(restoreCommands);
        status->setMessage(tr("Restore commands copied"));
    } else if (verb == QLatin1String("dismiss")) {
        notice->setMessage({});
    }
}

// The registry first, when it is what keeps the runners away.
void MainWindow::Private::startService(const QString &name)
{
    const QList<App::ServiceInfo> known = host.services();
    const bool isRegistry = !known.isEmpty() && known.first().name == name;
    const bool noneRuns =
        std::none_of(known.begin() + 1, known.end(), [](const App::ServiceInfo &s) { return isUp(s); });
    if (isRegistry && noneRuns) {
        host.startAll();
    } else {
        host.start(name);
    }
}

// Through the history, which knows what the run changed.
void MainWindow::Private::rollBack(const QString &runId)
{
    tabs->setCurrentIndex(HistoryTab);
    history->selectRun(runId);
    history->askToRollBackWhenShown(runId);
}

void MainWindow::Private::showRunLog(const QString &runId, std::optional<Phase> failed)
{
    actions->showLog->setChecked(true);
    log->showRun(runId.toUtf8(), failed);
    log->view()->setFocus();
}

void MainWindow::Private::showFailure(Phase phase)
{
    actions->showLog->setChecked(true);
    log->showFailure(phase);
    log->view()->setFocus();
}

// With the program that the desktop has for it; false when that is not possible, which the status bar tells.
bool MainWindow::Private::openFile(const QString &path)
{
    if (!QFileInfo::exists(path)) {
        status->setMessage(tr("%1 is not there any more").arg(path));
        return false;
    }
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(path))) {
        status->setMessage(tr("No program of this desktop opens %1").arg(path));
        return false;
    }
    return true;
}

// Runs that others sent show up in the history, too.
void MainWindow::Private::noteRuns(const App::ServiceInfo &service)
{
    const std::pair<int, int> now{service.runs, service.activeRuns};
    if (std::exchange(runsOf[service.name], now) != now && tabs->currentIndex() == HistoryTab
        && !session->isRunning()) {
        pastRuns->reload();
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

void MainWindow::Private::stopWhenIdle(const QString &question, std::function<void()> stop,
                                       const std::function<void()> &hide)
{
    if (!isWorking()) {
        stop();
        return;
    }
    const auto choose = [this, stop = std::move(stop), hide](RunChoice choice) {
        if (choice == RunChoice::Keep) {
            return;
        }
        if (choice == RunChoice::Hide) {
            hide();
            return;
        }
        if (!isWorking()) {
            stop();
            return;
        }
        afterRun = stop;
        if (choice == RunChoice::CancelRun) {
            cancelRuns();
        }
    };
    askAboutRun(&q, {.question = question, .hideText = hide ? tr("Keep running in the tray") : QString()}, choose);
}

void MainWindow::Private::find()
{
    const QWidget *focused = q.focusWidget();
    if (tabs->currentIndex() == ResponseTab && focused && response->isAncestorOf(focused)) {
        response->activateFind();
        return;
    }
    if (focused && plan->isAncestorOf(focused) && plan->activateFind()) {
        return;
    }
    actions->showLog->setChecked(true);
    log->findBar()->activate();
}

void MainWindow::Private::findAgain(bool forward)
{
    const QWidget *focused = q.focusWidget();
    FindBar *bar = log->findBar();
    if (focused && response->isAncestorOf(focused)) {
        bar = response->findBar();
    } else if (focused && plan->isAncestorOf(focused) && plan->openFindBar()) {
        bar = plan->openFindBar();
    }
    if (forward) {
        bar->findNext();
    } else {
        bar->findPrevious();
    }
}

MainWindow::MainWindow(App::ServiceHost &host, WindowOptions options, QWidget *parent)
    : QMainWindow(parent)
    , d(std::make_unique<Private>(*this, host, options))
{
    const Theme theme = options.theme == Theme::System ? d->preferences.theme : options.theme;
    d->appearance->setTheme(theme);
    d->actions->setTheme(theme);
    if (!options.workspace.isEmpty()) {
        d->status->setWorkspace(options.workspace, branchOf(options.workspace));
    }
    d->openFirstTask(options);
    if (options.startServices && d->preferences.startServices) {
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

void MainWindow::openTaskIn(const QString &workspace, const QString &path)
{
    d->session->setPreferredWorkspace(workspace);
    openTask(path);
}

void MainWindow::present(const QByteArray &activationToken)
{
    if (!activationToken.isEmpty()) {
        qputenv("XDG_ACTIVATION_TOKEN", activationToken); // Qt takes it when it asks to be activated
    }
    QApplication::setQuitOnLastWindowClosed(true);
    setWindowState((windowState() & ~Qt::WindowMinimized) | Qt::WindowActive);
    show();
    raise();
    activateWindow();
    if (!isActiveWindow()) {
        QApplication::alert(this); // a window manager may not let it come to the front
    }
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!d->isWorking() || d->isShuttingDown) {
        d->save();
        d->endSession();
        QMainWindow::closeEvent(event);
        return;
    }
    event->ignore();
    d->stopWhenIdle(
        tr("A run is in progress. Close PatchPanel?"), [this] { close(); },
        d->tray->isShown() ? std::function<void()>([this] { d->hideInTray(); }) : nullptr);
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    d->placeSteps();
}

} // namespace PatchPanel::Ui
