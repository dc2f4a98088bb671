#pragma once

#include <QWidget>

namespace PatchPanel::Ui {

// Lies over a widget, of which it is a child, and dims it without blanking: what is beneath can still be read and used.
class Veil : public QWidget {
    Q_OBJECT
public:
    // Hidden at first.
    explicit Veil(QWidget *covered);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
};

} // namespace PatchPanel::Ui
