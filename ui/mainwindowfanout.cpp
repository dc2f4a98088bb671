#include "app/servicehost.h"
#include "ui/desktop/fanoutdialog.h"
#include "ui/desktop/followdialog.h"
#include "ui/mainwindowprivate.h"
#include "ui/models/fanoutsession.h"
#include "ui/models/runsession.h"
#include "ui/models/servicetexts.h"
#include "ui/panels/statusbar.h"
#include "ui/windowactions.h"

#include <QAction>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

// How many workspaces the runners that are up work on at once: those of other processes count as one each.
int roomOf(const App::ServiceHost &host)
{
    const QList<App::ServiceInfo> services = host.services();
    const auto others = static_cast<int>(std::count_if(services.begin(), services.end(), [](const App::ServiceInfo &s) {
        return s.kind == App::ServiceKind::Runner && s.isRemote;
    }));
    const App::ServiceSettings own = host.settings();
    return std::max(1, own.runners * own.slots + others);
}

} // namespace

void MainWindow::Private::connectFanOut()
{
    connect(actions->runInWorkspaces, &QAction::triggered, &q, [this] { showFanOut(); });
    connect(actions->followRun, &QAction::triggered, &q,
            [this] { (new FollowDialog(host.settings().redisUrl, &q))->show(); });
    connect(fanOut, &FanOutSession::failed, &q,
            [this](const Error &error) { status->setMessage(translatedServiceText(error)); });
    connect(fanOut, &FanOutSession::recordFailed, &q, [this](const Error &error) { warn(error); });
    connect(fanOut, &FanOutSession::changed, &q, [this] { refresh(); });
    connect(fanOut, &FanOutSession::ended, &q, [this] {
        const App::FanOutCounts counts(fanOut->runs());
        status->setMessage(tr("The task ran in %1 workspaces: %2 are fine")
                               .arg(counts.total)
                               .arg(counts.ok + counts.noop + counts.skipped));
        afterRuns();
    });
}

void MainWindow::Private::showFanOut()
{
    if (!fanOutDialog) {
        fanOutDialog = new FanOutDialog(fanOut, session->task().path, roomOf(host), &q);
        connect(fanOutDialog, &FanOutDialog::runActivated, &q, [this](const QString &runId) {
            follow(QStringLiteral("run:") + runId);
            q.activateWindow();
        });
    }
    fanOutDialog->show();
    fanOutDialog->raise();
    fanOutDialog->activateWindow();
}

// One run, or those of a task in many workspaces.
bool MainWindow::Private::isWorking() const
{
    return session->isRunning() || fanOut->isRunning();
}

void MainWindow::Private::cancelRuns()
{
    session->cancel();
    fanOut->cancel();
}

void MainWindow::Private::afterRuns()
{
    if (!isWorking()) {
        if (const std::function<void()> then = std::exchange(afterRun, nullptr)) {
            then();
        }
    }
}

} // namespace PatchPanel::Ui
