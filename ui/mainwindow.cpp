#include "ui/mainwindow.h"

#include "app/servicehost.h"
#include "ui/dialogs.h"
#include "ui/mainwindowprivate.h"
#include "ui/models/logsaver.h"
#include "ui/models/outcome.h"
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
#include "ui/style/appearance.h"
#include "ui/views/findbar.h"
#include "ui/views/logview.h"
#include "ui/windowactions.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QTabWidget>

namespace PatchPanel::Ui {

namespace {

const QString geometryKey = QStringLiteral("window/geometry");
const QString columnsKey = QStringLiteral("window/columns");
const QString rowsKey = QStringLiteral("window/rows");
const QString themeKey = QStringLiteral("window/theme");

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
    , pastRuns(new PastRuns(serviceHost, &window))
    , history(new HistoryPanel(pastRuns))
    , steps(new StepsPanel)
    , log(new LogPanel(serviceHost.log()))
    , logSaver(new LogSaver(serviceHost.log(), &window))
    , status(new StatusBar)
    , columns(new LineSplitter(Qt::Horizontal))
    , rows(new LineSplitter(Qt::Vertical))
    , startWorkspace(workspace)
{
    layOut();
    connectActions();
    connectLog();
    fillLogMenus();
    keepLogLook();
    connectSession();
    connectHistory();
    connectServices();
    restore();
    refreshServices();
    refresh();
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
    history->setObstacle(session->rollbackObstacle());
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
    if (tabs->currentIndex() == HistoryTab) {
        pastRuns->reload();
    } else {
        tabs->setCurrentIndex(ResponseTab);
    }
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
