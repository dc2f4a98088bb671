#pragma once

#include "services/common/step.h"
#include "services/relay/runrequest.h"

#include <QTimer>
#include <QWidget>

class QAction;
class QComboBox;
class QLineEdit;
class QStackedWidget;
class QTableView;

namespace PatchPanel::Ui {

class PastRuns;
class PastRunView;
class ToneLabel;

// The past runs: a list that can be searched and loads as one scrolls, and beneath it the selected run.
class HistoryPanel : public QWidget {
    Q_OBJECT
public:
    explicit HistoryPanel(PastRuns *runs, QWidget *parent = nullptr);

    // Why no run can be rolled back now; empty: nothing is in the way.
    void setObstacle(const QString &reason);
    // Takes the action into the menu of the runs; it is off while a run is in sight that cannot be rolled back.
    void setRollbackAction(QAction *action);
    // Asks about the selected run.
    void askToRollBack();
    // Asks about that run once it is shown.
    void askToRollBackWhenShown(const QString &runId);
    // Selects that run once it is in the list.
    void selectRun(const QString &runId);
    void focusList();

Q_SIGNALS:
    void rollbackConfirmed(const QString &runId, const QString &workspace);
    void runAgainRequested(const QString &taskFile); // absolute
    void logRequested(const QString &runId, std::optional<PatchPanel::Phase> failed);
    void reportRequested(const QString &path);
    void told(const QString &message); // for the status bar

protected:
    // F5 is a shortcut of the window; in here it loads the list anew.
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeTools();
    QWidget *makeMessagePage();
    void styleList();
    void applyFilter();
    void openRow(int row);
    void askToRemove(const QString &runId);
    void openMenu(const QPoint &position);
    void showLoaded();
    void showMessage(const QString &text, const QString &hint);

    PastRuns *m_runs;
    QLineEdit *m_search;
    QComboBox *m_status;
    QStackedWidget *m_pages; // the list, or why there is none
    QTableView *m_list;
    ToneLabel *m_message;
    ToneLabel *m_hint;
    PastRunView *m_run;
    QTimer m_typing; // the search waits for a pause in it
    QString m_selectedId;
    QString m_askAbout; // id of the run; empty: none
};

} // namespace PatchPanel::Ui
