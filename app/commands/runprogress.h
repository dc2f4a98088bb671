#pragma once

#include "app/console.h"
#include "services/common/step.h"

#include <QElapsedTimer>
#include <QTimer>

namespace PatchPanel::App {

// Keeps the status line of a console up to date while a run goes on: "Build 12.3 s · tasks/test.json (2 of 3)". Does
// nothing where the console has none. Main thread; the console must outlive it.
class RunProgress : public QObject {
    Q_OBJECT
public:
    explicit RunProgress(Console &console);

    // The `number`th of `count` runs begins.
    void begin(const QString &task, qsizetype number, qsizetype count);
    void stepChanged(const Step &step);
    // The run is over: no line any more.
    void end();

private:
    void show();

    Console &m_console;
    QTimer m_timer;
    QElapsedTimer m_sinceStep;
    QString m_task;
    QString m_step;
};

} // namespace PatchPanel::App
