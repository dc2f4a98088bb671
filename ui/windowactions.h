#pragma once

#include "ui/style/theme.h"

#include <QObject>

class QAction;
class QActionGroup;
class QMainWindow;
class QMenu;

namespace PatchPanel::Ui {

// The menus of the window and their shortcuts. It builds them; the window connects them. Owned by the window.
class WindowActions : public QObject {
    Q_OBJECT
public:
    explicit WindowActions(QMainWindow *window);

    void setRecent(const QStringList &paths);
    // Those of them whose file is not there any more.
    void setRecentMissing(const QStringList &paths);
    void setTheme(Theme theme);
    // Of each service; they belong to their rows.
    void setServiceMenus(const QList<QMenu *> &menus);
    // Actions of panels, at their place in the menu.
    void addToFileMenu(const QList<QAction *> &actions);
    void addToViewMenu(const QList<QAction *> &actions);

    QAction *open;
    QAction *settings;
    QAction *quit;
    QAction *preview;
    QAction *run;
    QAction *runInWorkspaces;
    QAction *followRun;
    QAction *cancel;
    QAction *runAgain;
    QAction *rollBack;
    QAction *copyCommandLine;
    QAction *startAll;
    QAction *stopAll;
    QAction *find;
    QAction *findNext;
    QAction *findPrevious;
    QAction *follow;
    QAction *wrapLog;
    QActionGroup *times; // the kinds of LogTimes, in their order
    QAction *switchTimes;
    QActionGroup *levels; // of the log, in their order
    QAction *onlyMatches;
    QAction *onlyThisRun; // disabled: there is none yet
    QAction *goToLine;
    QMenu *logLine; // what can be done with a line; the window fills it
    QAction *copy;
    QAction *copyWithTimes;
    QAction *saveShownLog;
    QAction *saveWholeLog;
    QAction *clearLog;
    QAction *undoClear; // disabled: nothing was cleared
    QAction *plainLog;
    QAction *zoomIn;
    QAction *zoomOut;
    QAction *resetZoom;
    QAction *showServices; // checked: visible
    QAction *showSteps;
    QAction *showLog;
    QAction *goToServices; // where the focus is already: hides it
    QAction *goToTabs;
    QAction *goToSteps;
    QAction *goToLog;
    QAction *goToLogFilter;
    QAction *nextPane;
    QAction *previousPane;
    QAction *maximisePane; // checked: one pane has the whole window
    QAction *planTab;
    QAction *responseTab;
    QAction *historyTab;
    QAction *nextChange;
    QAction *previousChange;
    QAction *palette;
    QAction *shortcuts;
    QAction *openExample;
    QAction *openLogs;
    QAction *copyDiagnostics;
    QAction *about;

Q_SIGNALS:
    void recentPicked(const QString &path);
    void recentShown(); // the menu of the recent tasks opens
    void themePicked(PatchPanel::Ui::Theme theme);

private:
    void makeFileMenu(QMainWindow *window);
    void makeRunMenu(QMainWindow *window);
    void makeServicesMenu(QMainWindow *window);
    void makeLogMenu(QMainWindow *window);
    void makeViewMenu(QMainWindow *window);
    void makeGoToMenu(QMenu *menu);
    void makeHelpMenu(QMainWindow *window);

    QMenu *m_fileMenu;
    QMenu *m_viewMenu;
    QAction *m_behindFile; // separators: what is added stands before them
    QAction *m_behindView;
    QMenu *m_recent;
    QMenu *m_services;
    QList<QAction *> m_serviceMenus;
    QActionGroup *m_themes;
};

} // namespace PatchPanel::Ui
