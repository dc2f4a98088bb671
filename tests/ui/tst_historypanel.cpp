#include "tests/ui/desk.h"
#include "ui/panels/historypanel.h"
#include "ui/views/logview.h"
#include "ui/views/textview.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTabWidget>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using PatchPanel::Test::Desk;
using PatchPanel::Test::keepScreenshot;

namespace {

// The history of a desk, by the names that assistive technology reads.
class HistoryDesk : public Desk {
public:
    explicit HistoryDesk(Theme theme = Theme::Light)
        : Desk(theme)
    {
    }

    HistoryPanel *panel() const { return window->findChild<HistoryPanel *>(); }
    template <typename Widget> Widget *named(const char *name) const
    {
        for (Widget *widget : panel()->findChildren<Widget *>()) {
            if (widget->accessibleName() == QLatin1String(name)) {
                return widget;
            }
        }
        qFatal("no widget is called %s", name);
    }
    QTableView *list() const { return named<QTableView>("Past runs"); }
    QPushButton *rollBack() const { return named<QPushButton>("Roll back the selected run"); }
    QString cell(int row, int column) const { return list()->model()->index(row, column).data().toString(); }
    QString report() const { return named<TextView>("Report of the run")->visibleText(); }
    void open() const { window->findChild<QTabWidget *>()->setCurrentWidget(panel()); }
    bool shows(const QString &text) const
    {
        for (const QLabel *label : panel()->findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().contains(text)) {
                return true;
            }
        }
        return false;
    }
    bool run(const char *task) { return openReady(task) && runToEnd(); }
};

constexpr int statusColumn = 1;

} // namespace

class TestHistory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void emptyHistorySaysSo();
    void runsAreListedAndOpened_data();
    void runsAreListedAndOpened();
    void statusIsFiltered();
    void refreshKey();
    void aRunThatIsOverShowsUp();
    void aRunnerThatIsAway();
    void aFailedRunCannotBeRolledBack();
    void aRunIsRolledBackToItsEnd();
    void aRunIsRunAgain();
    void aRunIsDeleted();
    void runsOfOthersShowUp();
    void theLogOfARun();
};

void TestHistory::emptyHistorySaysSo()
{
    const HistoryDesk desk;
    QTRY_VERIFY_WITH_TIMEOUT(desk.host->isReady(), 20'000);
    desk.open();
    QTRY_VERIFY(desk.shows(QStringLiteral("No runs yet")));
    QVERIFY(!desk.rollBack()->isEnabled());
}

void TestHistory::runsAreListedAndOpened_data()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
}

void TestHistory::runsAreListedAndOpened()
{
    QFETCH(Theme, theme);
    HistoryDesk desk(theme);
    QVERIFY(desk.run("tasks/bad-gate.json"));
    QVERIFY(desk.run("tasks/fix-42.json"));
    desk.open();
    QTRY_COMPARE(desk.list()->model()->rowCount(), 2); // the previews are none
    QCOMPARE(desk.cell(0, statusColumn), QStringLiteral("Succeeded"));
    QCOMPARE(desk.cell(1, statusColumn), QStringLiteral("Failed"));
    desk.list()->selectRow(0);
    QTRY_VERIFY(desk.report().contains(QStringLiteral("Start checks its result")));
    QVERIFY(desk.shows(QStringLiteral("Committed")));
    QCOMPARE(desk.named<QTableView>("Files that the run changed")->model()->rowCount(), 2);
    QVERIFY(desk.rollBack()->isEnabled());
    keepScreenshot(*desk.window, QStringLiteral("history-") + toString(theme));
}

void TestHistory::statusIsFiltered()
{
    HistoryDesk desk;
    QVERIFY(desk.run("tasks/bad-gate.json"));
    desk.open();
    QTRY_COMPARE(desk.list()->model()->rowCount(), 1);
    auto *status = desk.named<QComboBox>("Status of the listed runs");
    status->setCurrentIndex(status->findText(QStringLiteral("Succeeded")));
    QTRY_VERIFY(desk.shows(QStringLiteral("No run fits the search")));
    status->setCurrentIndex(status->findText(QStringLiteral("Failed")));
    QTRY_COMPARE(desk.list()->model()->rowCount(), 1);
}

// In here F5 is no preview.
void TestHistory::refreshKey()
{
    HistoryDesk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    desk.open();
    QTRY_VERIFY(desk.shows(QStringLiteral("No runs yet")));
    desk.host->run({.file = QStringLiteral("tasks/fix-42.json"), .workspace = desk.space.path()});
    QTRY_VERIFY_WITH_TIMEOUT(desk.space.exists(QStringLiteral("src/queue.hpp")), 20'000);
    desk.named<QLineEdit>("Search runs")->setFocus();
    QTest::keyClick(desk.named<QLineEdit>("Search runs"), Qt::Key_F5);
    QTRY_COMPARE(desk.list()->model()->rowCount(), 1);
}

void TestHistory::aRunThatIsOverShowsUp()
{
    HistoryDesk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    desk.open();
    QTRY_VERIFY(desk.shows(QStringLiteral("No runs yet")));
    QVERIFY(desk.runToEnd());
    QTRY_COMPARE(desk.list()->model()->rowCount(), 1);
    QTRY_COMPARE(desk.cell(0, statusColumn), QStringLiteral("Succeeded"));
}

void TestHistory::aRunnerThatIsAway()
{
    HistoryDesk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    desk.host->stop(QStringLiteral("runner-1"));
    QTRY_VERIFY_WITH_TIMEOUT(desk.says(QStringLiteral("No runner is up.")), 60'000);
    desk.open();
    QTRY_VERIFY(desk.shows(QStringLiteral("F5 tries again")));
}

void TestHistory::aFailedRunCannotBeRolledBack()
{
    HistoryDesk desk;
    QVERIFY(desk.run("tasks/bad-gate.json"));
    desk.open();
    QTRY_COMPARE(desk.list()->model()->rowCount(), 1);
    desk.list()->selectRow(0);
    QTRY_VERIFY(desk.shows(QStringLiteral("Validate failed")));
    QVERIFY(!desk.rollBack()->isEnabled());
    QCOMPARE(desk.rollBack()->toolTip(), QStringLiteral("The run left no changes"));
}

void TestHistory::aRunIsRolledBackToItsEnd()
{
    HistoryDesk desk;
    const QByteArray before = desk.space.read(QStringLiteral("src/app.cpp"));
    QVERIFY(desk.run("tasks/fix-42.json"));
    QVERIFY(desk.space.read(QStringLiteral("src/app.cpp")) != before);
    desk.press(QStringLiteral("Roll back…")); // beside the steps
    QTRY_VERIFY_WITH_TIMEOUT(desk.answer(QStringLiteral("Roll back")), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(desk.space.read(QStringLiteral("src/app.cpp")), before, 20'000);
    QVERIFY(!desk.space.exists(QStringLiteral("src/queue.hpp")));
    QTRY_VERIFY_WITH_TIMEOUT(desk.says(QStringLiteral("Rolled back")), 20'000);
    QTRY_COMPARE(desk.list()->model()->rowCount(), 2);
}

void TestHistory::aRunIsRunAgain()
{
    HistoryDesk desk;
    QVERIFY(desk.run("tasks/bad-gate.json"));
    QVERIFY(desk.run("tasks/fix-42.json"));
    desk.open();
    QTRY_COMPARE(desk.list()->model()->rowCount(), 2);
    QVERIFY(desk.window->windowTitle().contains(QStringLiteral("fix-42")));
    desk.list()->selectRow(1);
    auto *again = desk.named<QPushButton>("Run the task of the selected run again");
    QTRY_VERIFY(desk.shows(QStringLiteral("Validate failed")));
    QVERIFY(again->isEnabled());
    again->click();
    QTRY_VERIFY(desk.window->windowTitle().contains(QStringLiteral("bad-gate")));
}

void TestHistory::aRunIsDeleted()
{
    HistoryDesk desk;
    QVERIFY(desk.run("tasks/fix-42.json"));
    desk.open();
    QTRY_COMPARE(desk.list()->model()->rowCount(), 1);
    QVERIFY(!QDir(desk.space.absolute(QStringLiteral(".patchpanel/history"))).isEmpty());
    desk.list()->selectRow(0);
    QTRY_VERIFY(desk.rollBack()->isEnabled());
    desk.choose(QStringLiteral("Delete from History…"));
    QVERIFY(desk.answer(QStringLiteral("Keep it")));
    QTRY_VERIFY(!desk.window->findChild<QMessageBox *>());
    QCOMPARE(desk.list()->model()->rowCount(), 1);
    desk.choose(QStringLiteral("Delete from History…"));
    QVERIFY(desk.answer(QStringLiteral("Delete")));
    QTRY_VERIFY(desk.shows(QStringLiteral("No runs yet")));
    QVERIFY(desk.space.exists(QStringLiteral("src/queue.hpp"))); // the files stay
    QVERIFY(QDir(desk.space.absolute(QStringLiteral(".patchpanel/history"))).isEmpty()); // the undo slots do not
}

void TestHistory::runsOfOthersShowUp()
{
    HistoryDesk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    desk.open();
    QTRY_VERIFY(desk.shows(QStringLiteral("No runs yet")));
    desk.host->run({.file = QStringLiteral("tasks/fix-42.json"), .workspace = desk.space.path()});
    QTRY_COMPARE_WITH_TIMEOUT(desk.list()->model()->rowCount(), 1, 20'000);
}

void TestHistory::theLogOfARun()
{
    HistoryDesk desk;
    QVERIFY(desk.run("tasks/bad-gate.json"));
    QVERIFY(desk.run("tasks/fix-42.json"));
    desk.open();
    QTRY_COMPARE(desk.list()->model()->rowCount(), 2);
    desk.list()->selectRow(1);
    QTRY_VERIFY(desk.shows(QStringLiteral("Validate failed")));
    desk.choose(QStringLiteral("Show Its Log"));
    auto *view = desk.window->findChild<LogView *>();
    QTRY_VERIFY(view->isComplete() && view->caret().line < view->lineCount());
    QTRY_COMPARE(view->lineText(view->caret().line), QStringLiteral("[VALIDATE] check: 1 of 12 failed"));
    view->selectAll();
    QVERIFY(view->selectedText().contains(QStringLiteral("check: 1 of 12 failed")));
    QVERIFY(!view->selectedText().contains(QStringLiteral("Building CXX object")));
}

QTEST_MAIN(TestHistory)
#include "tst_historypanel.moc"
