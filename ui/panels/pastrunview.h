#pragma once

#include "services/common/step.h"
#include "services/relay/runrequest.h"

#include <QWidget>

#include <array>

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

Q_SIGNALS:
    void rollbackRequested();

private:
    QWidget *makeHeader();
    QWidget *makeSteps();
    QString whyNot() const;
    void refreshButton();

    Relay::RunOutcome m_run;
    QString m_obstacle;
    ShapeLabel *m_shape;
    ToneLabel *m_sentence;
    ToneLabel *m_reason; // why the button is off
    QPushButton *m_rollback;
    std::array<StepRow *, allPhases.size()> m_steps;
    ChangesModel *m_changes;
    QTableView *m_files;
    TextView *m_report;
};

} // namespace PatchPanel::Ui
