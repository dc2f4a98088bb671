#pragma once

#include <QPushButton>

namespace PatchPanel::Ui {

// The one button of the window that acts: filled, with its icon in the colour of its text. A real QPushButton, so
// it can be reached by Tab and pressed through accessibility.
class PrimaryButton : public QPushButton {
    Q_OBJECT
public:
    using QPushButton::QPushButton;

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace PatchPanel::Ui
