#include "tests/ui/desk.h"
#include "ui/panels/steprow.h"
#include "ui/panels/stepspanel.h"
#include "ui/views/diffview.h"
#include "ui/views/logview.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
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
    void cancelStopsTheRun();
    void closingDuringARunAsks();
    void stoppedRunnerIsTheReason();
    void droppedFileIsOpened();
    void missingFileIsRefused();
    void commandLineIsCopied();
    void logIsSavedFromTheMenu();
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
    const auto answer = [&desk](const QString &text) {
        for (QPushButton *button : desk.window->findChild<QMessageBox *>()->findChildren<QPushButton *>()) {
            if (button->text() == text) {
                button->click();
            }
        }
    };
    desk.window->close();
    QVERIFY(desk.window->isVisible());
    answer(QStringLiteral("Keep running"));
    QTRY_VERIFY(!desk.window->findChild<QMessageBox *>());
    QVERIFY(desk.window->isVisible());
    desk.window->close();
    answer(QStringLiteral("Cancel the run"));
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
    for (QAction *action : desk.window->findChildren<QAction *>()) {
        if (action->text() == QStringLiteral("Copy as Command &Line")) {
            action->trigger();
        }
    }
    QCOMPARE(QGuiApplication::clipboard()->text(),
             QStringLiteral("patchpanel --no-gui run %1 --workspace %2").arg(file, desk.space.path()));
}

void TestMainWindow::logIsSavedFromTheMenu()
{
    Desk desk;
    desk.log.append({.text = "a line to save"});
    const auto trigger = [&desk](const QString &text) {
        for (QAction *action : desk.window->findChildren<QAction *>()) {
            if (action->text().remove(u'&') == text) {
                action->trigger();
            }
        }
    };
    const auto saveTo = [&](const QString &path) {
        trigger(QStringLiteral("Save Whole Log…"));
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
    trigger(QStringLiteral("Save Whole Log…"));
    auto *dialog = desk.window->findChild<QFileDialog *>();
    QVERIFY(dialog);
    Q_EMIT dialog->fileSelected(path); // the folder went while the dialog was open
    QTRY_VERIFY(desk.says(QStringLiteral("the log was not saved")));
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
