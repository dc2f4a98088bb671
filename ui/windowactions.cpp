#include "ui/windowactions.h"

#include "ui/models/actionlist.h"

#include <QAction>
#include <QActionGroup>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

namespace PatchPanel::Ui {

namespace {

QAction *add(QMenu *menu, const QString &text, const QString &shortcut = {})
{
    QAction *action = menu->addAction(text);
    if (!shortcut.isEmpty()) {
        action->setShortcut(QKeySequence(shortcut));
    }
    return action;
}

QAction *addToggle(QMenu *menu, const QString &text, bool checked, const QString &shortcut = {})
{
    QAction *action = add(menu, text, shortcut);
    action->setCheckable(true);
    action->setChecked(checked);
    return action;
}

// Of which one is checked.
QActionGroup *addChoices(QMenu *menu, const QStringList &texts, int checked)
{
    auto *group = new QActionGroup(menu);
    for (const QString &text : texts) {
        group->addAction(addToggle(menu, text, group->actions().size() == checked));
    }
    return group;
}

} // namespace

WindowActions::WindowActions(QMainWindow *window)
    : QObject(window)
{
    makeFileMenu(window);
    makeRunMenu(window);
    makeServicesMenu(window);
    makeLogMenu(window);
    makeViewMenu(window);
    makeHelpMenu(window);
}

void WindowActions::setRecent(const QStringList &paths)
{
    m_recent->clear();
    m_recent->setEnabled(!paths.isEmpty());
    for (const QString &path : paths) {
        QString text = path;
        QAction *action = m_recent->addAction(text.replace(u'&', QStringLiteral("&&")), this,
                                              [this, path] { Q_EMIT recentPicked(path); });
        action->setData(path);
    }
}

void WindowActions::setRecentMissing(const QStringList &paths)
{
    for (QAction *action : m_recent->actions()) {
        setAvailable(action, !paths.contains(action->data().toString()), tr("The file is not there any more"));
    }
}

void WindowActions::setTheme(Theme theme)
{
    m_themes->actions().at(static_cast<int>(theme))->setChecked(true);
}

void WindowActions::setServiceMenus(const QList<QMenu *> &menus)
{
    for (QAction *action : std::as_const(m_serviceMenus)) {
        m_services->removeAction(action);
    }
    m_serviceMenus.clear();
    for (QMenu *menu : menus) {
        m_serviceMenus.append(m_services->addMenu(menu));
    }
}

void WindowActions::addToFileMenu(const QList<QAction *> &actions)
{
    m_fileMenu->insertActions(m_behindFile, actions);
}

void WindowActions::addToViewMenu(const QList<QAction *> &actions)
{
    m_viewMenu->insertActions(m_behindView, actions);
}

void WindowActions::makeFileMenu(QMainWindow *window)
{
    QMenu *menu = window->menuBar()->addMenu(tr("&File"));
    open = add(menu, tr("&Open…"), QStringLiteral("Ctrl+O"));
    m_recent = menu->addMenu(tr("Open &Recent"));
    m_recent->setEnabled(false);
    connect(m_recent, &QMenu::aboutToShow, this, &WindowActions::recentShown);
    menu->addSeparator();
    settings = add(menu, tr("&Settings…"), QStringLiteral("Ctrl+,"));
    menu->addSeparator();
    m_behindFile = menu->addSeparator();
    m_fileMenu = menu;
    quit = add(menu, tr("&Quit"), QStringLiteral("Ctrl+Q"));
}

void WindowActions::makeRunMenu(QMainWindow *window)
{
    QMenu *menu = window->menuBar()->addMenu(tr("&Run"));
    preview = add(menu, tr("&Preview"), QStringLiteral("F5"));
    run = add(menu, tr("&Run Patch"), QStringLiteral("Ctrl+Return"));
    runInWorkspaces = add(menu, tr("Run in &Workspaces…"), QStringLiteral("Ctrl+Shift+Return"));
    runInWorkspaces->setObjectName(QStringLiteral("runInWorkspaces"));
    cancel = add(menu, tr("&Cancel"), QStringLiteral("Shift+F5"));
    runAgain = add(menu, tr("Run &Again"), QStringLiteral("Ctrl+R"));
    rollBack = add(menu, tr("Roll &Back…"), QStringLiteral("Ctrl+Shift+Z"));
    followRun = add(menu, tr("&Follow Run…"));
    followRun->setObjectName(QStringLiteral("followRun"));
    menu->addSeparator();
    copyCommandLine = add(menu, tr("Copy as Command &Line"));
}

void WindowActions::makeServicesMenu(QMainWindow *window)
{
    m_services = window->menuBar()->addMenu(tr("&Services"));
    startAll = add(m_services, tr("&Start All"));
    stopAll = add(m_services, tr("S&top All"));
    m_services->addSeparator();
}

void WindowActions::makeLogMenu(QMainWindow *window)
{
    QMenu *menu = window->menuBar()->addMenu(tr("&Log"));
    find = add(menu, tr("&Find…"), QStringLiteral("Ctrl+F"));
    findNext = add(menu, tr("Find &Next"), QStringLiteral("F3"));
    findPrevious = add(menu, tr("Find &Previous"), QStringLiteral("Shift+F3"));
    onlyMatches = addToggle(menu, tr("Only &Matching Lines"), false);
    onlyThisRun = addToggle(menu, tr("Only This R&un"), false);
    onlyThisRun->setEnabled(false);
    goToLine = add(menu, tr("&Go to Line…"), QStringLiteral("Ctrl+G"));
    logLine = menu->addMenu(tr("T&his Line"));
    menu->addSeparator();
    copy = add(menu, tr("&Copy Selection"));
    copyWithTimes = add(menu, tr("Copy &with Times"));
    saveShownLog = add(menu, tr("&Save Shown Lines…"), QStringLiteral("Ctrl+S"));
    saveWholeLog = add(menu, tr("Save W&hole Log…"));
    menu->addSeparator();
    clearLog = add(menu, tr("C&lear"), QStringLiteral("Ctrl+Shift+L"));
    undoClear = add(menu, tr("&Undo Clear"));
    undoClear->setEnabled(false);
    menu->addSeparator();
    follow = addToggle(menu, tr("F&ollow"), true, QStringLiteral("Ctrl+End"));
    wrapLog = addToggle(menu, tr("W&rap Lines"), false, QStringLiteral("Alt+Z"));
    QMenu *timesMenu = menu->addMenu(tr("Tim&estamps"));
    times = addChoices(timesMenu, {tr("&No Times"), tr("Time of &Day"), tr("Time since the Start of the &Run")}, 1);
    timesMenu->addSeparator();
    switchTimes = add(timesMenu, tr("&Switch Timestamps"), QStringLiteral("Ctrl+T"));
    levels = addChoices(menu->addMenu(tr("Le&vel")),
                        {tr("&All Levels"), tr("&Info and Above"), tr("&Warnings and Errors"), tr("&Errors Only")}, 1);
    plainLog = addToggle(menu, tr("&Plain Text"), false);
    menu->addSeparator();
    zoomIn = add(menu, tr("Zoom &In"), QStringLiteral("Ctrl++"));
    zoomOut = add(menu, tr("Zoom Ou&t"), QStringLiteral("Ctrl+-"));
    resetZoom = add(menu, tr("&Reset Zoom"), QStringLiteral("Ctrl+0"));
}

void WindowActions::makeViewMenu(QMainWindow *window)
{
    QMenu *menu = window->menuBar()->addMenu(tr("&View"));
    planTab = add(menu, tr("&Plan"), QStringLiteral("Ctrl+1"));
    responseTab = add(menu, tr("&Response"), QStringLiteral("Ctrl+2"));
    historyTab = add(menu, tr("Histor&y"), QStringLiteral("Ctrl+3"));
    nextChange = add(menu, tr("&Next Change"), QStringLiteral("F7"));
    previousChange = add(menu, tr("Pre&vious Change"), QStringLiteral("Shift+F7"));
    m_behindView = menu->addSeparator();
    m_viewMenu = menu;
    showServices = addToggle(menu, tr("&Services"), true);
    showSteps = addToggle(menu, tr("S&teps"), true);
    showLog = addToggle(menu, tr("&Log"), true);
    makeGoToMenu(menu->addMenu(tr("&Go To")));
    maximisePane = addToggle(menu, tr("&Maximise Pane"), false, QStringLiteral("F11"));
    menu->addSeparator();
    QMenu *themes = menu->addMenu(tr("T&heme"));
    m_themes = new QActionGroup(this);
    const QStringList names{tr("&System"), tr("&Light"), tr("&Dark")};
    for (const Theme theme : {Theme::System, Theme::Light, Theme::Dark}) {
        QAction *action = addToggle(themes, names.at(static_cast<int>(theme)), theme == Theme::System);
        m_themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, theme] { Q_EMIT themePicked(theme); });
    }
    menu->addSeparator();
    palette = add(menu, tr("Command &Palette…"));
    palette->setShortcuts({QKeySequence(QStringLiteral("Ctrl+K")), QKeySequence(QStringLiteral("Ctrl+Shift+P"))});
}

void WindowActions::makeGoToMenu(QMenu *menu)
{
    goToServices = add(menu, tr("Go to &Services, or Hide Them"), QStringLiteral("Alt+1"));
    goToTabs = add(menu, tr("Go to &Plan, Response, History"), QStringLiteral("Alt+2"));
    goToSteps = add(menu, tr("Go to S&teps, or Hide Them"), QStringLiteral("Alt+3"));
    goToLog = add(menu, tr("Go to &Log, or Hide It"), QStringLiteral("Alt+4"));
    goToLogFilter = add(menu, tr("Go to the Log &Filter"), QStringLiteral("Ctrl+L"));
    menu->addSeparator();
    nextPane = add(menu, tr("&Next Pane"), QStringLiteral("F6"));
    previousPane = add(menu, tr("Pre&vious Pane"), QStringLiteral("Shift+F6"));
}

void WindowActions::makeHelpMenu(QMainWindow *window)
{
    QMenu *menu = window->menuBar()->addMenu(tr("&Help"));
    shortcuts = add(menu, tr("&Shortcuts"), QStringLiteral("F1"));
    menu->addSeparator();
    openExample = add(menu, tr("Open &Example"));
    openLogs = add(menu, tr("Open &Logs Folder"));
    copyDiagnostics = add(menu, tr("Copy &Diagnostics"));
    menu->addSeparator();
    about = add(menu, tr("&About PatchPanel"));
}

} // namespace PatchPanel::Ui
