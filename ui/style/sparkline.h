#pragma once

#include "ui/style/colors.h"

#include <QWidget>

namespace PatchPanel::Ui {

// The last measurements as small bars, the newest at the right, on a scale of their own. Decoration: the words beside
// it tell the number that matters.
class Sparkline : public QWidget {
    Q_OBJECT
public:
    explicit Sparkline(QWidget *parent = nullptr);

    void setValues(const QList<int> &values);
    void setTone(Tone tone);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QList<int> m_values;
    Tone m_tone = Tone::Muted;
};

} // namespace PatchPanel::Ui
