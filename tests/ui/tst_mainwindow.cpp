#include "tests/ui/desk.h"
#include "ui/models/pastruns.h"
#include "ui/models/runsmodel.h"
#include "ui/panels/historypanel.h"
#include "ui/panels/logpanel.h"
#include "ui/panels/planpanel.h"
#include "ui/panels/servicespanel.h"
#include "ui/panels/statusbar.h"
#include "ui/panels/steprow.h"
#include "ui/panels/stepspanel.h"
#include "ui/panels/taskstrip.h"
#include "ui/views/difffind.h"
#include "ui/views/diffview.h"
#include "ui/views/findbar.h"
#include "ui/views/logview.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using PatchPanel::Test::actionNamed;
using PatchPanel::Test::Desk;
using PatchPanel::Test::keepScreenshot;

class TestMainWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFocusableWidgetIsNamed();
    void shortcutsAreUnique();
    void statesAreRendered_data();
    void statesAreRendered();
    void runCommitsWhatWasPreviewed();
    void changedFilesArePreviewedAgain();
    void failedGateRestoresTheFiles();
    void failureOpensTheLogAtItsFirstError();
    void cancelStopsTheRun();
    void closingDuringARunAsks();
    void stoppedRunnerIsTheReason();
    void droppedFileIsOpened();
    void missingFileIsRefused();
    void commandLineIsCopied();
    void logIsSavedFromTheMenu();
    void panesAreReachedByKey();
    void onePaneHasTheWholeWindow();
    void aNarrowWindowHasItsStepsInALine();
    void findIsOfThePaneWithTheFocus();
    void aPortInUseIsTold();
    void aRegistryThatIsAway();
    void anInterruptedRunIsToldOnce();
    void logMenusAgreeWithTheLog();
    void lookOfTheLogIsKept();
    void everythingOfTheLogIsInItsMenu();
    void silenceIsInTheStatusBar();
    void logLooksAreRendered_data();
    void logLooksAreRendered();
};

void TestMainWindow::everyFocusableWidgetIsNamed()
{
    const Desk desk;
    for (const QWidget *widget : desk.window->findChildren<QWidget *>()) {
        const bool internal = widget->objectName().startsWith(QStringLiteral("qt_"))
            || widget->metaObject()->className() == QByteArray("QComboBoxPrivateContainer")
            || widget->inherits("QComboBoxListView") || widget->inherits("QMenuBar") || widget->inherits("QMenu");
        const bool label = widget->inherits("QLabel"); // its text is its name
        if (widget->focusPolicy() == Qt::NoFocus || internal || label) {
            continue;
        }
        const QString where = QStringLiteral("%1 '%2' in %3")
                                  .arg(QLatin1String(widget->metaObject()->className()), widget->objectName(),
                                       QLatin1String(widget->parentWidget()->metaObject()->className()));
        QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(where));
    }
}

void TestMainWindow::shortcutsAreUnique()
{
    const Desk desk;
    QHash<QKeySequence, QString> known;
    for (const QAction *action : desk.window->findChildren<QAction *>()) {
        for (const QKeySequence &shortcut : action->shortcuts()) {
            QVERIFY2(
                !known.contains(shortcut),
                qPrintable(QStringLiteral("%1: %2 and %3").arg(shortcut.toString(), action->text(), known[shortcut])));
            known.insert(shortcut, action->text());
        }
    }
    QVERIFY(known.size() > 15);
}

void TestMainWindow::statesAreRendered_data()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
}

void TestMainWindow::statesAreRendered()
{
    QFETCH(Theme, theme);
    const QString name = toString(theme);
    Desk desk(theme);
    QCOMPARE(desk.window->size(), QSize(1280, 800));
    QTRY_VERIFY_WITH_TIMEOUT(desk.host->isReady(), 20'000);
    keepScreenshot(*desk.window, QStringLiteral("empty-") + name);

    QVERIFY(desk.openReady("tasks/fix-42.json"));
    QTRY_VERIFY(desk.window->findChild<DiffView *>()->rows() != nullptr);
    keepScreenshot(*desk.window, QStringLiteral("ready-") + name);

    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("Committed")));
    keepScreenshot(*desk.window, QStringLiteral("success-") + name);
    desk.window->findChild<QTabWidget *>()->setCurrentIndex(0);
    keepScreenshot(*desk.window, QStringLiteral("success-plan-") + name);

    QVERIFY(desk.openReady("tasks/bad-gate.json"));
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("Validate failed · tree restored")));
    keepScreenshot(*desk.window, QStringLiteral("failed-") + name);

    desk.window->openTask(desk.space.absolute(QStringLiteral("tasks/invalid.json")));
    QTRY_VERIFY(desk.says(QStringLiteral("explode")));
    QVERIFY(!desk.run()->isEnabled());
    keepScreenshot(*desk.window, QStringLiteral("invalid-") + name);

    QVERIFY(desk.openReady("tasks/slow.json"));
    QTest::mouseClick(desk.run(), Qt::LeftButton);
    QTRY_VERIFY(desk.window->windowTitle().endsWith(QStringLiteral("Build")));
    QTest::qWait(300); // so that the running step shows a time
    keepScreenshot(*desk.window, QStringLiteral("running-") + name);
    desk.press(QStringLiteral("Cancel run"));
    QTRY_VERIFY_WITH_TIMEOUT(desk.ended(), 20'000);
    keepScreenshot(*desk.window, QStringLiteral("cancelled-") + name);
}

void TestMainWindow::runCommitsWhatWasPreviewed()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    QVERIFY(!desk.space.exists(QStringLiteral("src/queue.hpp")));
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.space.exists(QStringLiteral("src/queue.hpp")));
    QCOMPARE(desk.space.git({QStringLiteral("log"), QStringLiteral("-1"), QStringLiteral("--format=%s")}),
             QByteArray("Start checks its result"));
    for (const StepRow *step : desk.window->findChild<StepsPanel *>()->findChildren<StepRow *>()) {
        QCOMPARE(toString(step->step().state),
                 toString(step->step().phase == Phase::Test ? StepState::None : StepState::Passed));
    }
    QCOMPARE(desk.window->findChild<QTabWidget *>()->currentIndex(), 1);
}

void TestMainWindow::changedFilesArePreviewedAgain()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    QVERIFY(desk.space.write(QStringLiteral("src/app.cpp"), "// moved\nvoid f()\n{\n    start(config);\n}\n"));
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("Files changed since preview")));
    QTRY_VERIFY(desk.run()->isEnabled());
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.space.read(QStringLiteral("src/app.cpp")).startsWith("// moved\n"));
    QVERIFY(desk.space.read(QStringLiteral("src/app.cpp")).contains("if (!start(config))"));
}

void TestMainWindow::failedGateRestoresTheFiles()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/bad-gate.json"));
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("exit code 3")));
    QVERIFY(!desk.space.exists(QStringLiteral("new.txt")));
}

void TestMainWindow::failureOpensTheLogAtItsFirstError()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/bad-gate.json"));
    QVERIFY(desk.runToEnd());
    LogView *view = desk.window->findChild<LogView *>();
    const QString error = QStringLiteral("[VALIDATE] check: 1 of 12 failed");
    const auto isAtTheError = [view, &error] {
        return view->isComplete() && view->caret().line < view->lineCount()
            && view->lineText(view->caret().line) == error;
    };
    QTRY_VERIFY(isAtTheError()); // by itself, among the lines of all steps
    QVERIFY(view->filter().runId.isEmpty() && !view->isFollowing());

    view->setFollowing(true);
    view->moveCaret({0, 0}, LineView::Selection::Drop);
    desk.window->findChild<LogPanel *>()->setLevel(Log::Level::Error); // which would hide it
    for (QAction *action : desk.window->findChildren<QAction *>()) {
        if (action->isCheckable() && action->isChecked() && action->text().remove(u'&') == QLatin1String("Log")) {
            action->trigger();
        }
    }
    QVERIFY(!view->isVisible());
    for (Banner *banner : desk.window->findChildren<Banner *>()) {
        for (const Banner::Link &link : banner->message().links) {
            if (link.text == QLatin1String("Show its log")) {
                Q_EMIT banner->linkActivated(link.action);
            }
        }
    }
    QTRY_VERIFY(isAtTheError());
    QVERIFY(view->isVisible());
    QVERIFY(view->filter().phase == Phase::Validate);
    QVERIFY(view->visibleText().startsWith(QStringLiteral("[VALIDATE] $ echo")));
}

void TestMainWindow::cancelStopsTheRun()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/slow.json"));
    QTest::mouseClick(desk.run(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(desk.window->windowTitle().endsWith(QStringLiteral("Build")), 20'000);
    desk.press(QStringLiteral("Cancel run"));
    QTRY_VERIFY_WITH_TIMEOUT(desk.ended(), 20'000);
    QVERIFY(desk.says(QStringLiteral("Cancelled")));
    QVERIFY(!desk.space.exists(QStringLiteral("slow.txt")));
}

void TestMainWindow::closingDuringARunAsks()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/slow.json"));
    QTest::mouseClick(desk.run(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(desk.window->windowTitle().endsWith(QStringLiteral("Build")), 20'000);
    desk.window->close();
    QVERIFY(desk.window->isVisible());
    QVERIFY(desk.answer(QStringLiteral("Keep running")));
    QTRY_VERIFY(!desk.window->findChild<QMessageBox *>());
    QVERIFY(desk.window->isVisible());
    desk.window->close();
    QVERIFY(desk.answer(QStringLiteral("Cancel the run")));
    QTRY_VERIFY_WITH_TIMEOUT(!desk.window->isVisible(), 20'000);
}

void TestMainWindow::stoppedRunnerIsTheReason()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    desk.host->stop(QStringLiteral("runner-1"));
    QTRY_VERIFY_WITH_TIMEOUT(desk.says(QStringLiteral("No runner is up.")), 60'000);
    QVERIFY(!desk.run()->isEnabled());
    QVERIFY(desk.run()->toolTip().startsWith(QStringLiteral("No runner is up.")));
    for (Banner *banner : desk.window->findChildren<Banner *>()) {
        if (!banner->isHidden()) {
            Q_EMIT banner->linkActivated(QStringLiteral("start:runner-1"));
        }
    }
    QTRY_VERIFY_WITH_TIMEOUT(desk.run()->isEnabled(), 20'000);
    QVERIFY(!desk.says(QStringLiteral("No runner is up.")));
}

void TestMainWindow::droppedFileIsOpened()
{
    Desk desk;
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(desk.space.absolute(QStringLiteral("tasks/fix-42.json")))});
    QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(desk.window.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(desk.window.get(), &drop);
    QVERIFY(desk.window->windowTitle().contains(QStringLiteral("fix-42.json")));
    QTRY_VERIFY_WITH_TIMEOUT(desk.run()->isEnabled(), 20'000);
}

void TestMainWindow::missingFileIsRefused()
{
    Desk desk;
    desk.window->openTask(desk.space.absolute(QStringLiteral("nothing.json")));
    QVERIFY(desk.says(QStringLiteral("there is no such file")));
    QVERIFY(!desk.run()->isEnabled());
}

void TestMainWindow::commandLineIsCopied()
{
    Desk desk;
    const QString file = desk.space.absolute(QStringLiteral("tasks/fix-42.json"));
    desk.window->openTask(file);
    desk.choose(QStringLiteral("Copy as Command Line"));
    QCOMPARE(QGuiApplication::clipboard()->text(),
             QStringLiteral("patchpanel --no-gui run %1 --workspace %2").arg(file, desk.space.path()));
}

void TestMainWindow::logIsSavedFromTheMenu()
{
    Desk desk;
    desk.log.append({.text = "a line to save"});
    const auto saveTo = [&](const QString &path) {
        desk.choose(QStringLiteral("Save Whole Log…"));
        auto *dialog = desk.window->findChild<QFileDialog *>();
        return dialog && (dialog->selectFile(path), QMetaObject::invokeMethod(dialog, "accept", Qt::DirectConnection));
    };
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("saved.log"));
    QVERIFY(saveTo(path));
    QTRY_VERIFY(QFileInfo::exists(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains("a line to save\n"));
    const auto tellsIt = [&desk] {
        const QList<QLabel *> labels = desk.window->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(),
                           [](const QLabel *label) { return label->text().contains(QStringLiteral("saved to")); });
    };
    QTRY_VERIFY(tellsIt() && !desk.window->findChild<QFileDialog *>());
    QVERIFY(QDir(folder.path()).removeRecursively());
    desk.choose(QStringLiteral("Save Whole Log…"));
    auto *dialog = desk.window->findChild<QFileDialog *>();
    QVERIFY(dialog);
    Q_EMIT dialog->fileSelected(path); // the folder went while the dialog was open
    QTRY_VERIFY(desk.says(QStringLiteral("the log was not saved")));
}

void TestMainWindow::panesAreReachedByKey()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    QVERIFY(QTest::qWaitForWindowActive(desk.window.get()));
    const auto hasFocus = [&desk](const QWidget *pane) {
        return desk.window->focusWidget() && pane->isAncestorOf(desk.window->focusWidget());
    };
    const auto *services = desk.window->findChild<ServicesPanel *>();
    const auto *log = desk.window->findChild<LogPanel *>();
    QTest::keyClick(desk.window.get(), Qt::Key_4, Qt::AltModifier);
    QVERIFY(hasFocus(log));
    QTest::keyClick(desk.window.get(), Qt::Key_4, Qt::AltModifier);
    QVERIFY(log->isHidden());
    QTest::keyClick(desk.window.get(), Qt::Key_4, Qt::AltModifier);
    QVERIFY(log->isVisible() && hasFocus(log));
    QTest::keyClick(desk.window.get(), Qt::Key_1, Qt::AltModifier);
    QVERIFY(hasFocus(services));
    QTest::keyClick(desk.window.get(), Qt::Key_3, Qt::ControlModifier);
    QVERIFY(hasFocus(desk.window->findChild<HistoryPanel *>()));
    QTest::keyClick(desk.window.get(), Qt::Key_L, Qt::ControlModifier);
    QVERIFY(hasFocus(log));
    QTest::keyClick(desk.window.get(), Qt::Key_F6); // from the last pane to the first
    QVERIFY(hasFocus(desk.window->findChild<TaskStrip *>()));
    QTest::keyClick(desk.window.get(), Qt::Key_F6, Qt::ShiftModifier);
    QVERIFY(hasFocus(log));
}

void TestMainWindow::onePaneHasTheWholeWindow()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    QVERIFY(QTest::qWaitForWindowActive(desk.window.get()));
    const auto *tabs = desk.window->findChild<QTabWidget *>();
    const auto *log = desk.window->findChild<LogPanel *>();
    QTest::keyClick(desk.window.get(), Qt::Key_4, Qt::AltModifier);
    QTest::keyClick(desk.window.get(), Qt::Key_F11);
    QVERIFY(log->isVisible() && !tabs->isVisible());
    QTest::keyClick(desk.window.get(), Qt::Key_F11);
    QVERIFY(log->isVisible() && tabs->isVisible());
    QTest::keyClick(desk.window.get(), Qt::Key_2, Qt::AltModifier);
    QTest::keyClick(desk.window.get(), Qt::Key_F11);
    QVERIFY(!log->isVisible() && tabs->isVisible() && !desk.window->findChild<ServicesPanel *>()->isVisible());
    QTest::keyClick(desk.window.get(), Qt::Key_F11);
    QVERIFY(log->isVisible() && desk.window->findChild<StepsPanel *>()->isVisible());
}

void TestMainWindow::aNarrowWindowHasItsStepsInALine()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    auto *steps = desk.window->findChild<StepsPanel *>();
    QVERIFY(!steps->isLine());
    const int wide = steps->width();
    desk.window->resize(900, 600);
    QTRY_VERIFY(steps->isLine() && steps->isVisible());
    QVERIFY(desk.runToEnd());
    keepScreenshot(*desk.window, QStringLiteral("narrow-light"));
    QCOMPARE(desk.window->size(), QSize(900, 600)); // what it shows fits
    auto *services = desk.window->findChild<ServicesPanel *>();
    auto *columns = qobject_cast<QSplitter *>(services->parentWidget());
    QVERIFY(columns);
    const int moved = services->width() + 40;
    Test::dragHandle(columns->handle(1), 40);
    QTRY_COMPARE(services->width(), moved);
    desk.window->resize(1280, 800);
    QTRY_VERIFY(!steps->isLine());
    QTRY_COMPARE(steps->width(), wide); // nothing jumped
    QCOMPARE(services->width(), moved);
}

void TestMainWindow::findIsOfThePaneWithTheFocus()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    auto *plan = desk.window->findChild<PlanPanel *>();
    DiffView *diff = plan->diffView();
    FindBar *logBar = desk.window->findChild<LogPanel *>()->findBar();
    desk.window->activateWindow();
    QTRY_VERIFY(diff->rows() && !diff->isLoading());
    diff->setFocus();
    desk.choose(QStringLiteral("Find…"));
    FindBar *diffBar = plan->openFindBar();
    QVERIFY(diffBar && diffBar != logBar);
    auto *text = diffBar->findChild<QLineEdit *>();
    QTRY_VERIFY(text->hasFocus());
    QTest::keyClicks(text, QStringLiteral("s")); // in either file
    desk.choose(QStringLiteral("Find Next"));
    QTRY_COMPARE(diff->find()->finder().currentIndex(), 0);
    QVERIFY(!desk.window->findChild<LogView *>()->finder().current());
    keepScreenshot(*desk.window, QStringLiteral("diff-find-light"));
    QTest::keyClick(text, Qt::Key_Escape);
    QVERIFY(!plan->openFindBar());

    desk.window->findChild<LogView *>()->setFocus();
    desk.choose(QStringLiteral("Find…"));
    QVERIFY(!plan->openFindBar());
    QTRY_VERIFY(logBar->findChild<QLineEdit *>()->hasFocus());
}

void TestMainWindow::aPortInUseIsTold()
{
    QTcpServer holder;
    QVERIFY(holder.listen(QHostAddress::LocalHost));
    Desk desk(Theme::Light, [&holder](App::HostOptions &options) { options.registryPort = holder.serverPort(); });
    desk.window->openTask(desk.space.absolute(QStringLiteral("tasks/fix-42.json")));
    const QString inUse = QStringLiteral("port %1 on 127.0.0.1 is in use").arg(holder.serverPort());
    QTRY_VERIFY_WITH_TIMEOUT(desk.says(inUse), 20'000);
    QVERIFY(!desk.run()->isEnabled());
    keepScreenshot(*desk.window, QStringLiteral("port-light"));
    for (Banner *banner : desk.window->findChildren<Banner *>()) {
        if (!banner->isHidden()) {
            Q_EMIT banner->linkActivated(QStringLiteral("port:registry"));
        }
    }
    QTRY_VERIFY_WITH_TIMEOUT(desk.run()->isEnabled(), 20'000);
    QVERIFY(!desk.says(inUse));
}

void TestMainWindow::aRegistryThatIsAway()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    desk.host->stop(QStringLiteral("registry"));
    QTRY_VERIFY_WITH_TIMEOUT(desk.says(QStringLiteral("The registry does not answer")), 20'000);
    QVERIFY(!desk.run()->isEnabled());
    keepScreenshot(*desk.window, QStringLiteral("registry-down-light"));
    auto *runners = desk.window->findChild<QComboBox *>(QStringLiteral("runner"));
    runners->setCurrentIndex(runners->findData(QStringLiteral("runner-1"))); // where it is, is known
    Q_EMIT runners->activated(runners->currentIndex());
    QTRY_VERIFY_WITH_TIMEOUT(desk.run()->isEnabled(), 20'000);
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("Committed")));
}

void TestMainWindow::anInterruptedRunIsToldOnce()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    auto *runs = desk.window->findChild<PastRuns *>();
    ListedRun run;
    run.runId = QStringLiteral("20260101-1f3a");
    run.task = QStringLiteral("tasks/slow.json");
    run.workspace = desk.space.path();
    run.message = QStringLiteral("The workspace is as it was before.");
    Q_EMIT runs->interruptedFound(run);
    QVERIFY(desk.says(QStringLiteral("tasks/slow.json was interrupted. The workspace is as it was before.")));
    keepScreenshot(*desk.window, QStringLiteral("interrupted-light"));
    for (Banner *banner : desk.window->findChildren<Banner *>()) {
        if (banner->text().contains(QStringLiteral("was interrupted"))) {
            Q_EMIT banner->linkActivated(QStringLiteral("task:") + desk.space.absolute(run.task));
            Q_EMIT banner->linkActivated(QStringLiteral("dismiss"));
        }
    }
    QVERIFY(desk.window->windowTitle().contains(QStringLiteral("slow.json")));
    QVERIFY(!desk.says(QStringLiteral("was interrupted")));
    Q_EMIT runs->interruptedFound(run);
    QVERIFY(!desk.says(QStringLiteral("was interrupted")));
}

void TestMainWindow::logMenusAgreeWithTheLog()
{
    const Desk desk;
    auto *panel = desk.window->findChild<LogPanel *>();
    LogView *view = panel->view();
    QAction *wrap = actionNamed(*desk.window, QStringLiteral("Wrap Lines"));
    wrap->trigger();
    QVERIFY(view->isWrapped());
    view->setWrapped(false);
    QVERIFY(!wrap->isChecked());
    QAction *none = actionNamed(*desk.window, QStringLiteral("No Times"));
    QAction *sinceStart = actionNamed(*desk.window, QStringLiteral("Time since the Start of the Run"));
    none->trigger();
    QVERIFY(view->times() == LogTimes::Off);
    QAction *next = actionNamed(*desk.window, QStringLiteral("Switch Timestamps"));
    QCOMPARE(next->shortcut(), QKeySequence(QStringLiteral("Ctrl+T")));
    next->trigger();
    next->trigger();
    QVERIFY(view->times() == LogTimes::SinceRunStart);
    QVERIFY(sinceStart->isChecked() && !none->isChecked());
    actionNamed(*desk.window, QStringLiteral("Errors Only"))->trigger();
    QVERIFY(panel->level() == Log::Level::Error);
    panel->setLevel(Log::Level::Info);
    QVERIFY(actionNamed(*desk.window, QStringLiteral("Info and Above"))->isChecked());
    QAction *matches = actionNamed(*desk.window, QStringLiteral("Only Matching Lines"));
    matches->trigger();
    QVERIFY(panel->showsOnlyMatches());
    panel->setOnlyMatches(false);
    QVERIFY(!matches->isChecked());
}

void TestMainWindow::lookOfTheLogIsKept()
{
    Desk desk;
    LogView *view = desk.window->findChild<LogPanel *>()->view();
    QVERIFY(!view->isWrapped() && !view->isPlain() && view->times() == LogTimes::OfDay && view->zoom() == 0);
    view->setWrapped(true);
    view->setPlain(true);
    view->setTimes(LogTimes::SinceRunStart);
    view->setZoom(2);
    desk.window = std::make_unique<MainWindow>(*desk.host, WindowOptions{.workspace = desk.space.path()});
    view = desk.window->findChild<LogPanel *>()->view();
    QVERIFY(view->isWrapped() && view->isPlain() && view->times() == LogTimes::SinceRunStart && view->zoom() == 2);
    QVERIFY(actionNamed(*desk.window, QStringLiteral("Wrap Lines"))->isChecked());
    QVERIFY(actionNamed(*desk.window, QStringLiteral("Plain Text"))->isChecked());
    QVERIFY(actionNamed(*desk.window, QStringLiteral("Time since the Start of the Run"))->isChecked());
}

// What a button or the context menu does is in the panel's own menu and in the menu bar.
void TestMainWindow::everythingOfTheLogIsInItsMenu()
{
    const Desk desk;
    auto *panel = desk.window->findChild<LogPanel *>();
    const QMenu *menuBarMenu = nullptr;
    for (const QAction *action : desk.window->menuBar()->actions()) {
        menuBarMenu = action->text() == QStringLiteral("&Log") ? action->menu() : menuBarMenu;
    }
    QVERIFY(menuBarMenu);
    QList<QAction *> inMenuBar = menuBarMenu->actions();
    for (const QAction *action : menuBarMenu->actions()) {
        if (action->menu()) {
            inMenuBar += action->menu()->actions();
        }
    }
    for (QAction *action : panel->view()->actions() + panel->moreMenu()->actions()) {
        QVERIFY2(action->isSeparator() || inMenuBar.contains(action), qPrintable(action->text()));
    }
    QVERIFY(panel->moreMenu()->actions().size() > 15);
}

void TestMainWindow::silenceIsInTheStatusBar()
{
    const Desk desk;
    auto *status = desk.window->findChild<StatusBar *>();
    status->setLogLines(1200, 0);
    status->setSilence(12'345);
    const auto says = [status](const QString &text) {
        const auto buttons = status->findChildren<QPushButton *>();
        return std::any_of(buttons.begin(), buttons.end(),
                           [&text](const QPushButton *button) { return button->accessibleName() == text; });
    };
    QVERIFY(says(QStringLiteral("1,200 log lines · no output for 12 s")));
    status->setSilence(0);
    QVERIFY(says(QStringLiteral("1,200 log lines")));
}

void TestMainWindow::logLooksAreRendered_data()
{
    statesAreRendered_data();
}

void TestMainWindow::logLooksAreRendered()
{
    QFETCH(Theme, theme);
    const QString name = toString(theme);
    Desk desk(theme);
    auto *panel = desk.window->findChild<LogPanel *>();
    LogView *view = panel->view();
    QTRY_VERIFY_WITH_TIMEOUT(desk.host->isReady(), 20'000);
    const Log::Writer run(desk.log, "runner-1", "1f3a77c0");
    for (int i = 0; i < 40; ++i) {
        const QByteArray percent = QByteArray::number(2 * i).rightJustified(3);
        run.output(Log::Level::Info, "", Phase::Build,
                   "\x1b[32m[" + percent + "%] \x1b[1mBuilding\x1b[0m CXX object src/net" + percent.trimmed()
                       + ".cpp.o");
    }
    run.output(Log::Level::Warning, "", Phase::Build,
               "src/net.cpp:88:12: \x1b[1;35mwarning:\x1b[0m unused variable \xe2\x80\x98n\xe2\x80\x99 "
                   + QByteArray("[-Wunused-variable] in a line that is longer than the window is wide ").repeated(4));
    run.output(Log::Level::Error, "", Phase::Build, "src/\xe6\xbc\xa2\xe5\xad\x97.cpp:12: \x1b[31merror:\x1b[0m no");
    panel->setRun(QStringLiteral("1f3a77c0"));
    QTRY_VERIFY(view->isComplete() && view->visibleText().contains(QStringLiteral("error:")));
    for (const int width : {1280, 900}) {
        desk.window->resize(width, 800);
        keepScreenshot(*desk.window, QStringLiteral("log-%1-%2").arg(name).arg(width));
        view->setWrapped(true);
        view->setTimes(LogTimes::SinceRunStart);
        panel->findBar()->findChild<QLineEdit *>()->setText(QStringLiteral("net"));
        panel->findBar()->findNext();
        QTRY_VERIFY(view->finder().isDone());
        view->setFocus();
        QVERIFY(view->visibleEnd() > view->firstVisibleLine());
        keepScreenshot(*desk.window, QStringLiteral("log-wrapped-%1-%2").arg(name).arg(width));
        panel->setOnlyMatches(true);
        panel->showStep("1f3a77c0", Phase::Build);
        QTRY_VERIFY(view->isComplete() && view->lineCount() == 41);
        keepScreenshot(*desk.window, QStringLiteral("log-matches-%1-%2").arg(name).arg(width));
        panel->setOnlyMatches(false);
        panel->setRun(QStringLiteral("1f3a77c0"));
        panel->findBar()->findChild<QLineEdit *>()->clear();
        view->setWrapped(false);
        view->setTimes(LogTimes::OfDay);
        QTRY_VERIFY(view->isComplete());
        view->setFollowing(true);
        view->clear();
        run.output(Log::Level::Info, "", Phase::Build, "later");
        QTRY_COMPARE(view->visibleText(), QStringLiteral("later"));
        keepScreenshot(*desk.window, QStringLiteral("log-cleared-%1-%2").arg(name).arg(width));
        view->undoClear();
    }
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
