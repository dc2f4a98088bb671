#include "app/servicehost.h"
#include "ui/desktop/notifier.h"
#include "ui/desktop/tray.h"
#include "ui/mainwindowprivate.h"
#include "ui/models/background.h"
#include "ui/models/diagnostics.h"
#include "ui/models/example.h"
#include "ui/models/outcome.h"
#include "ui/models/runsession.h"
#include "ui/models/servicetexts.h"
#include "ui/panels/banner.h"
#include "ui/panels/statusbar.h"
#include "ui/windowactions.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QTabWidget>
#include <QTimer>

namespace PatchPanel::Ui {

void MainWindow::Private::connectDesktop()
{
    connect(tray, &Tray::showRequested, &q, [this] { q.present(); });
    connect(tray, &Tray::lost, &q, [this] {
        if (q.isHidden()) { // nothing else would bring it back
            q.present();
        }
    });
    connect(tray, &Tray::quitRequested, &q, [this] {
        q.present(); // it may have to ask
        q.close();
    });
    connect(notifier, &Notifier::activated, &q, [this](const QString &, const QByteArray &token) {
        q.present(token);
        tabs->setCurrentIndex(ResponseTab);
    });
    connect(notifier, &Notifier::failed, &q, [this](const Notification &notification) {
        if (tray->isShown()) {
            tray->showMessage(notification.summary, notification.body);
        } else {
            QApplication::alert(&q);
        }
    });
    connect(actions->openExample, &QAction::triggered, &q, [this] { openExample(); });
    connect(actions->openLogs, &QAction::triggered, &q, [this] { openLogs(); });
    connect(actions->copyDiagnostics, &QAction::triggered, &q, [this] {
        QGuiApplication::clipboard()->setText(diagnostics(host, preferences));
        status->setMessage(tr("Diagnostics copied"));
    });
    connect(actions, &WindowActions::recentShown, &q, [this] { findMissingRecent(); });
    connect(qApp, &QCoreApplication::aboutToQuit, &q, [this] { // also by a signal
        save();
        endSession();
    });
    connect(session, &RunSession::runFinished, &q, [this](const Relay::RunOutcome &o) { notifyOutcome(o); });
    connect(&q, &QWidget::windowTitleChanged, tray, &Tray::setToolTip);
}

void MainWindow::Private::openExample()
{
    inBackground(
        &q, [folder = exampleFolder()] { return makeExample(folder); },
        [this](const Result<QString> &task) {
            if (task) {
                q.openTask(*task);
            } else {
                status->setMessage(translatedServiceText(task.error()));
                outcome->setMessage({Shape::Triangle, Tone::Warn, status->message()});
            }
        });
}

// Of the workspace: there is the output of every command.
void MainWindow::Private::openLogs()
{
    const QString folder = session->task().workspace + QStringLiteral("/.patchpanel/history");
    inBackground(
        &q, [folder] { return QFileInfo(folder).isDir(); },
        [this, folder](bool exists) {
            if (exists) {
                openFile(folder);
            } else {
                status->setMessage(tr("No run has left logs in %1 yet").arg(folder));
            }
        });
}

// The runs of others, too, end as cancelled.
void MainWindow::Private::shutDownServices()
{
    connect(&host, &App::ServiceHost::allStopped, &q, &MainWindow::ended);
    host.stopAll();
    host.hurry();
}

void MainWindow::shutDown()
{
    if (std::exchange(d->isShuttingDown, true)) {
        d->shutDownServices();
        Q_EMIT ended();
        return;
    }
    if (!d->isWorking()) {
        d->shutDownServices();
        return;
    }
    constexpr std::chrono::seconds patience{10}; // with a runner elsewhere that does not answer
    d->status->setMessage(tr("Ending: the run in progress is cancelled"));
    d->afterRun = [this] {
        d->shutDownServices();
    };
    QTimer::singleShot(patience, this, [this] {
        if (const std::function<void()> then = std::exchange(d->afterRun, nullptr)) {
            then();
        }
    });
    d->cancelRuns();
}

// Of a run that ended while nobody looked. A window that was minimised just now is still told to be active.
void MainWindow::Private::notifyOutcome(const Relay::RunOutcome &result)
{
    const bool isInFront = QApplication::activeWindow() != nullptr && !q.isMinimized();
    if (!preferences.notifications || isInFront) {
        return;
    }
    const bool isBad = result.status == RunStatus::RollbackFailed;
    const bool isGood =
        result.status == RunStatus::Ok || result.status == RunStatus::Noop || result.status == RunStatus::Skipped;
    notifier->notify(
        {.summary = isGood ? tr("Run finished") : tr("Run failed"),
         .body = QStringLiteral("%1\n%2").arg(QFileInfo(session->task().path).fileName(), sentenceFor(result)),
         .isUrgent = isBad,
         .subject = result.runId});
}

void MainWindow::Private::hideInTray()
{
    if (!tray->isShown()) { // it went while the question was open
        q.showMinimized();
        return;
    }
    QApplication::setQuitOnLastWindowClosed(false); // a dialog that is closed now is no reason to end
    q.hide();
}

} // namespace PatchPanel::Ui
