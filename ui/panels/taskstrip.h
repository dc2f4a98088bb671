#pragma once

#include "app/servicehost.h"

#include <QWidget>

class QComboBox;
class QPushButton;

namespace PatchPanel::Ui {

class PrimaryButton;

// Picks the task and the runner and starts it: file, Open…, runner, Preview, Run patch. It is told what can be done and
// says what the user wants.
class TaskStrip : public QWidget {
    Q_OBJECT
public:
    explicit TaskStrip(QWidget *parent = nullptr);

    // What can be done now.
    struct State {
        bool canPreview = false;
        bool canRun = false;
        bool running = false; // the strip is locked
        QString tip = {}; // why Run cannot be pressed
        QString remoteRunner = {}; // on which Run would run it; empty: on one of ours, or any
    };
    void setState(const State &state);

    void setTask(const QString &path);
    QString task() const;
    void setRecent(const QStringList &paths);
    void focusRun();
    // The runners that can be chosen; `chosen` is its name, also of one that is not among them; empty: automatic.
    void setRunners(const QList<App::ServiceInfo> &runners, const QString &chosen);

Q_SIGNALS:
    void taskPicked(const QString &path);
    void openRequested();
    void previewRequested();
    void runRequested();
    void runnerPicked(const QString &name); // empty: automatic

private:
    void pickTyped();
    void announcePick();

    QComboBox *m_task;
    QComboBox *m_runner;
    QPushButton *m_open;
    QPushButton *m_preview;
    PrimaryButton *m_run;
    QString m_path; // the current task
    bool m_pickPending = false;
};

} // namespace PatchPanel::Ui
