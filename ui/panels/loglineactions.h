#pragma once

#include "ui/models/filereference.h"

#include <QObject>

class QAction;

namespace PatchPanel::Ui {

class LogPanel;

// What can be done with the line of the log where the caret is, for the menu bar, the panel's own menu and the context
// menu alike. Owned by the panel.
class LogLineActions : public QObject {
    Q_OBJECT
public:
    explicit LogLineActions(LogPanel *panel);

    QList<QAction *> all() const;
    // Says in the actions what they would do now. Before a menu with them is shown.
    void update();

    QAction *copyLink;
    QAction *filterToService;
    QAction *filterToRun;
    QAction *filterToStep;
    QAction *onlyErrors; // checked: nothing else is shown
    QAction *openFile;

Q_SIGNALS:
    void openFileRequested(const PatchPanel::Ui::FileReference &file);

private:
    // Precondition: hasLine().
    qsizetype line() const;
    bool hasLine() const;

    LogPanel *m_panel;
};

} // namespace PatchPanel::Ui
