#pragma once

#include "services/common/step.h"
#include "services/relay/runrequest.h"
#include "ui/style/shape.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <array>

class QBoxLayout;
class QLabel;
class QPushButton;

namespace PatchPanel::Ui {

class ShapeLabel;
class StepRow;
class ToneLabel;

// The six steps of a run as the runner tells them, the run's state and time, and what can be done now: cancel, later
// roll back, run again, open the report. A column, or one line where there is no room for one.
class StepsPanel : public QWidget {
    Q_OBJECT
public:
    explicit StepsPanel(QWidget *parent = nullptr);

    void reset();
    // The steps that a run would take.
    void showPlanned(const Relay::RunOutcome &preview);
    void startRun();
    void setRunId(const QString &runId);
    void setStep(const Step &step);
    void setCancelling();
    // The runner does not answer: nobody knows how the run stands. Empty: it does again.
    void setConnectionProblem(const QString &problem);
    void finishRun(const Relay::RunOutcome &outcome);
    // Why nothing can be rolled back now; empty: nothing is in the way.
    void setRollbackObstacle(const QString &reason);

    bool isLine() const { return m_isLine; }
    void setLine(bool line);

Q_SIGNALS:
    void cancelRequested();
    void abandonRequested(); // stop waiting for a run that does not end
    void runAgainRequested();
    void rollbackRequested(const QString &runId);
    void reportRequested(const QString &path);
    void phaseActivated(PatchPanel::Phase phase);
    void failureActivated(PatchPanel::Phase phase); // instead, where the step failed

private:
    // Which buttons there are.
    enum class Stage { Idle, Running, Stopping, Ended };

    void setConnectionLost(bool lost);
    void arrange();
    void setSteps(const QJsonObject &response, bool planned);
    void setState(Shape shape, Tone tone, const QString &text);
    void refreshTimes();
    void setStage(Stage stage);
    void refreshButtons();
    StepRow *row(Phase phase) const { return m_rows[static_cast<std::size_t>(phase)]; }

    std::array<StepRow *, allPhases.size()> m_rows;
    QBoxLayout *m_layout;
    QBoxLayout *m_rowLayout;
    QBoxLayout *m_footer;
    QBoxLayout *m_buttons;
    QWidget *m_header;
    ToneLabel *m_runId;
    ShapeLabel *m_shape;
    ToneLabel *m_state;
    ToneLabel *m_total;
    QPushButton *m_cancel;
    QPushButton *m_abandon;
    QPushButton *m_rollback;
    QPushButton *m_again;
    QPushButton *m_report;
    QTimer m_tick; // while a run goes on
    QElapsedTimer m_runTime;
    QElapsedTimer m_stepTime;
    QElapsedTimer m_stopTime; // since Cancel
    Stage m_stage = Stage::Idle;
    bool m_isLine = false;
    bool m_isConnectionLost = false;
    QString m_reportPath;
    QString m_undoable; // id of the run that ended and left changes
    QString m_rollbackObstacle;
};

} // namespace PatchPanel::Ui
