#pragma once

#include "services/common/step.h"
#include "services/relay/runrequest.h"

#include <QPointer>
#include <QWidget>

#include <array>

class QAction;
class QMenu;
class QPushButton;
class QTableView;

namespace PatchPanel::Ui {

class ChangesModel;
class ShapeLabel;
class StepRow;
class TextView;
class ToneLabel;

// One past run: how it ended, its steps, the files it changed, its report, and the way back.
class PastRunView : public QWidget {
    Q_OBJECT
public:
    explicit PastRunView(QWidget *parent = nullptr);

    void showNothing();
    void showRun(const Relay::RunOutcome &run);
    void showError(const Error &error);
    void setReport(const QByteArray &text);
    // Why nothing can be rolled back now; empty: nothing is in the way.
    void setObstacle(const QString &reason);

    // Which run is shown; without an id: none.
    const Relay::RunOutcome &run() const { return m_run; }
    QStringList changedPaths() const;
    bool canRollBack() const { return whyNot().isEmpty(); }
    // What rolls the run back also from elsewhere: it becomes a part of the menu; it is off while a run is in sight
    // that cannot be rolled back, and says why.
    void setRollbackAction(QAction *action);
    // All that can be done with the run; it hangs at the view and opens over the list.
    QMenu *menu() const { return m_menu; }

Q_SIGNALS:
    void rollbackRequested();
    void runAgainRequested(const QString &taskFile); // absolute
    void logRequested(const QString &runId, std::optional<PatchPanel::Phase> failed);
    void reportRequested(const QString &path);
    void removeRequested(const QString &runId);
    void copied(const QString &what);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *makeHeader();
    void makeMenu();
    QString reportPath() const;
    QString taskFile() const;
    QWidget *makeSteps();
    QString whyNot() const;
    void refreshButton();

    Relay::RunOutcome m_run;
    QString m_obstacle;
    ShapeLabel *m_shape;
    ToneLabel *m_sentence;
    ToneLabel *m_reason; // why the button is off
    QPushButton *m_rollback;
    QPushButton *m_again;
    QPushButton *m_more;
    QMenu *m_menu;
    QPointer<QAction> m_rollbackAction;
    QAction *m_menuAgain;
    QAction *m_showLog;
    QAction *m_openReport;
    QAction *m_openJson;
    QAction *m_remove;
    QWidget *m_steps;
    std::array<StepRow *, allPhases.size()> m_stepRows;
    ChangesModel *m_changes;
    QTableView *m_files;
    TextView *m_report;
};

} // namespace PatchPanel::Ui
