#pragma once

#include "services/common/step.h"
#include "services/relay/runrequest.h"
#include "ui/style/shape.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <array>

class QPushButton;

namespace PatchPanel::Ui {

class ShapeLabel;
class StepRow;
class ToneLabel;

// The six steps of the current run, live, with its total time and how it ended.
class StepsPanel : public QWidget {
    Q_OBJECT
public:
    explicit StepsPanel(QWidget *parent = nullptr);

    void reset(); // no task
    // What a run would do, from the answer of a dry run.
    void showPlanned(const Relay::RunOutcome &preview);
    void startRun();
    void setRunId(const QString &runId);
    void setStep(const Step &step);
    void setCancelling();
    void finishRun(const Relay::RunOutcome &outcome);

Q_SIGNALS:
    void phaseActivated(PatchPanel::Phase phase);
    void cancelRequested();
    void runAgainRequested();
    void reportRequested(const QString &path);

private:
    StepRow *row(Phase phase) const { return m_rows[static_cast<std::size_t>(phase)]; }
    void setSteps(const QJsonObject &response, bool planned);
    void setState(Shape shape, Tone tone, const QString &text);
    void refreshTimes();
    void showButtons(bool running, bool finished);

    std::array<StepRow *, allPhases.size()> m_rows;
    ToneLabel *m_runId;
    ShapeLabel *m_shape;
    ToneLabel *m_state;
    ToneLabel *m_total;
    QPushButton *m_cancel;
    QPushButton *m_again;
    QPushButton *m_report;
    QString m_reportPath;
    QTimer m_tick;
    QElapsedTimer m_runTime;
    QElapsedTimer m_stepTime;
};

} // namespace PatchPanel::Ui
