#pragma once

#include "services/common/step.h"

#include <QAbstractButton>

namespace PatchPanel::Ui {

// One of the six steps: shape, name, time, and a line that says how it stands. Pressing it shows its lines in the log.
class StepRow : public QAbstractButton {
    Q_OBJECT
public:
    explicit StepRow(Phase phase, QWidget *parent = nullptr);

    void setStep(const Step &step);
    const Step &step() const { return m_step; }
    // "Running", "Passed", "None", …
    static QString wordFor(StepState state);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString timeText() const;

    Step m_step;
};

} // namespace PatchPanel::Ui
