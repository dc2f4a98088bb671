#pragma once

#include "services/common/step.h"

#include <QAbstractButton>

namespace PatchPanel::Ui {

// One of the six steps: shape, name, time, and a line that says how it stands; compact: shape, name and time. Pressing
// it shows its lines in the log.
class StepRow : public QAbstractButton {
    Q_OBJECT
public:
    explicit StepRow(Phase phase, QWidget *parent = nullptr);

    void setStep(const Step &step);
    const Step &step() const { return m_step; }
    // "Running", "Passed", "None", …
    static QString wordFor(StepState state);

    // One line, in a row with the others.
    void setCompact(bool compact);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString timeText() const;

    QRect mirrored(const QRect &place) const;
    void paintCompact(QPainter &painter);

    Step m_step;
    QString m_summary; // in the window\'s language
    bool m_isCompact = false;
};

} // namespace PatchPanel::Ui
