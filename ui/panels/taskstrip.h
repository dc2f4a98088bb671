#pragma once

#include <QWidget>

class QComboBox;
class QPushButton;

namespace PatchPanel::Ui {

class PrimaryButton;

// Picks the task and starts it: file, Open…, Preview, Run patch. Knows nothing of services: it is told what can be
// done and says what the user wants.
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
    };
    void setState(const State &state);

    void setTask(const QString &path);
    QString task() const;
    void setRecent(const QStringList &paths);
    void focusRun();

Q_SIGNALS:
    void taskPicked(const QString &path);
    void openRequested();
    void previewRequested();
    void runRequested();

private:
    void pickTyped();
    void announcePick();

    QComboBox *m_task;
    QPushButton *m_open;
    QPushButton *m_preview;
    PrimaryButton *m_run;
    QString m_path; // the current task
    bool m_pickPending = false;
};

} // namespace PatchPanel::Ui
