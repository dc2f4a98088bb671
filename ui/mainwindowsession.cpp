#include "ui/mainwindowprivate.h"
#include "ui/models/background.h"
#include "ui/models/runsession.h"
#include "ui/models/settings.h"
#include "ui/panels/banner.h"
#include "ui/panels/logpanel.h"
#include "ui/panels/planpanel.h"
#include "ui/panels/statusbar.h"
#include "ui/panels/taskstrip.h"
#include "ui/views/logview.h"
#include "ui/windowactions.h"

#include <QAction>
#include <QDropEvent>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMimeData>
#include <QScreen>
#include <QTabWidget>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

const QString geometryKey = QStringLiteral("window/geometry");
const QString servicesWidthKey = QStringLiteral("window/servicesWidth");
const QString stepsWidthKey = QStringLiteral("window/stepsWidth");
const QString rowsKey = QStringLiteral("window/rows");
const QString tabKey = QStringLiteral("window/tab");
const QString servicesShownKey = QStringLiteral("window/services");
const QString stepsShownKey = QStringLiteral("window/steps");
const QString logShownKey = QStringLiteral("window/log");
const QString taskKey = QStringLiteral("session/task");
const QString openKey = QStringLiteral("session/open"); // still there at the start: the last session was killed

struct Dropped {
    QString file = {};
    QString whyNot = {}; // empty: it can be opened
};

Dropped droppedFile(const QMimeData &data)
{
    const QList<QUrl> urls = data.urls();
    if (urls.isEmpty()) {
        return {{}, MainWindow::tr("Only a task file can be dropped here")};
    }
    if (urls.size() > 1) {
        return {
            {},
            MainWindow::tr("%n files were dropped: open one task at a time", nullptr, static_cast<int>(urls.size()))};
    }
    const QString shown = urls.first().toDisplayString(QUrl::PreferLocalFile);
    if (!urls.first().isLocalFile()) {
        return {{}, MainWindow::tr("%1 is not a file of this computer").arg(shown)};
    }
    const QString path = urls.first().toLocalFile();
    if (QFileInfo(path).isDir()) {
        return {{}, MainWindow::tr("%1 is a folder: drop a task file").arg(path)};
    }
    return {path, {}};
}

// The screen that it was on may be gone, or smaller by now.
void bringOntoScreen(QWidget &window)
{
    const QScreen *known = QGuiApplication::screenAt(window.geometry().center());
    const QScreen *screen = known ? known : QGuiApplication::primaryScreen();
    if (!screen || window.isMaximized() || window.isFullScreen()) {
        return;
    }
    const QRect available = screen->availableGeometry();
    QRect place = window.geometry();
    place.setSize(place.size().boundedTo(available.size()).expandedTo(window.minimumSize()));
    place.moveRight(std::min(place.right(), available.right()));
    place.moveBottom(std::min(place.bottom(), available.bottom()));
    place.moveLeft(std::max(place.left(), available.left())); // its title before its end
    place.moveTop(std::max(place.top(), available.top()));
    if (place != window.geometry()) {
        window.setGeometry(place);
    }
}

} // namespace

void MainWindow::Private::restore()
{
    const Settings settings;
    if (q.restoreGeometry(settings.value(geometryKey).toByteArray())) {
        bringOntoScreen(q);
    }
    servicesWidth = settings.value(servicesWidthKey, servicesWidth).toInt();
    stepsWidth = settings.value(stepsWidthKey, stepsWidth).toInt();
    sizeColumns();
    rows->restoreState(settings.value(rowsKey).toByteArray());
    actions->showServices->setChecked(settings.value(servicesShownKey, true).toBool());
    actions->showSteps->setChecked(settings.value(stepsShownKey, true).toBool());
    actions->showLog->setChecked(settings.value(logShownKey, true).toBool());
    log->view()->setFontFamily(preferences.logFont);
    log->view()->setTimes(preferences.logTimes);
    refreshRecent();
    // A file that is dropped on a line edit is a task too, not text.
    for (QLineEdit *edit : q.findChildren<QLineEdit *>()) {
        edit->setAcceptDrops(false);
    }
}

void MainWindow::Private::save() const
{
    Settings settings;
    settings.setValue(geometryKey, q.saveGeometry());
    settings.setValue(servicesWidthKey, servicesWidth);
    settings.setValue(stepsWidthKey, stepsWidth);
    settings.setValue(rowsKey, rows->saveState());
    settings.setValue(tabKey, tabs->currentIndex());
    settings.setValue(servicesShownKey, actions->showServices->isChecked());
    settings.setValue(stepsShownKey, actions->showSteps->isChecked());
    settings.setValue(logShownKey, actions->showLog->isChecked());
}

// The one that was named, else the last one. After a session that was killed it is only offered: it may be why.
void MainWindow::Private::openFirstTask(const WindowOptions &options)
{
    Settings settings;
    const bool wasKilled = settings.value(openKey).toBool();
    const QString last = settings.value(taskKey).toString();
    const int tab = settings.value(tabKey).toInt();
    if (keepsSession) {
        settings.setValue(openKey, true);
        settings.sync();
    }
    if (!options.taskFile.isEmpty()) {
        q.openTask(options.taskFile);
        return;
    }
    if (!keepsSession || last.isEmpty()) {
        return;
    }
    if (wasKilled) {
        outcome->setMessage({Shape::Triangle,
                             Tone::Warn,
                             tr("PatchPanel did not end properly. Its task is not opened by itself: %1").arg(last),
                             {{tr("Open it"), QStringLiteral("task:") + last}}});
        return;
    }
    inBackground(
        &q, [last] { return QFileInfo::exists(last); },
        [this, last, tab](bool exists) {
            if (!session->task().isEmpty()) { // another one was opened meanwhile
                return;
            }
            if (!exists) {
                status->setMessage(tr("The last task is not there any more: %1").arg(last));
                return;
            }
            session->open(last);
            tabs->setCurrentIndex(tab);
        });
}

void MainWindow::Private::rememberSession(const QString &taskFile) const
{
    if (keepsSession) {
        Settings().setValue(taskKey, taskFile);
    }
}

void MainWindow::Private::endSession()
{
    if (std::exchange(keepsSession, false)) {
        Settings().remove(openKey);
    }
}

void MainWindow::Private::refreshRecent()
{
    const QStringList recent = recentTasks();
    strip->setRecent(recent);
    plan->setRecent(recent);
    actions->setRecent(recent);
    findMissingRecent();
}

void MainWindow::Private::findMissingRecent()
{
    inBackground(
        &q,
        [recent = recentTasks()] {
            QStringList missing;
            for (const QString &path : recent) {
                if (!QFileInfo::exists(path)) {
                    missing.append(path);
                }
            }
            return missing;
        },
        [this](const QStringList &missing) { actions->setRecentMissing(missing); });
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls() || event->mimeData()->hasText()) { // what is no task is told when it is dropped
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const Dropped dropped = droppedFile(*event->mimeData());
    if (!dropped.whyNot.isEmpty()) {
        d->status->setMessage(dropped.whyNot);
        d->outcome->setMessage({Shape::Triangle, Tone::Warn, dropped.whyNot});
        return;
    }
    event->acceptProposedAction();
    openTask(dropped.file);
}

} // namespace PatchPanel::Ui
