#pragma once

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

#include <utility>

namespace PatchPanel::Ui {

// Where inBackground() works. Not the global pool: Qt's painting waits for threads of that one. GUI thread.
QThreadPool &backgroundPool();

// Runs `work` on another thread and gives what it returns to `take` in the GUI thread, unless `receiver`
// is gone by then. To be called in the GUI thread, where the receiver lives. `work` owns all that it uses: the receiver
// may go while it runs. The program's end waits for it.
template <typename Work, typename Take> void inBackground(QObject *receiver, Work work, Take take)
{
    backgroundPool().start(
        [guard = QPointer<QObject>(receiver), work = std::move(work), take = std::move(take)]() mutable {
            auto result = work();
            QMetaObject::invokeMethod(
                qApp,
                [guard, take = std::move(take), result = std::move(result)]() mutable {
                    if (guard) {
                        take(std::move(result));
                    }
                },
                Qt::QueuedConnection);
        });
}

} // namespace PatchPanel::Ui
