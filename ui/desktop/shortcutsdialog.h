#pragma once

#include <QDialog>

class QMainWindow;

namespace PatchPanel::Ui {

// Every key of the window's actions, grouped by menu, in two columns. Made from the actions, so that it cannot rot. GUI
// thread; deletes itself.
class ShortcutsDialog : public QDialog {
    Q_OBJECT
public:
    explicit ShortcutsDialog(QMainWindow &window);
};

} // namespace PatchPanel::Ui
