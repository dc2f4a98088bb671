#pragma once

#include <QDialog>

namespace PatchPanel::Ui {

// Which program this is, made of what, and under which licences. GUI thread; deletes itself.
class AboutDialog : public QDialog {
    Q_OBJECT
public:
    explicit AboutDialog(QWidget *parent);
};

} // namespace PatchPanel::Ui
