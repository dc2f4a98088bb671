#include "tests/support/sampleoutcome.h"
#include "ui/models/gatesmodel.h"
#include "ui/models/outcome.h"
#include "ui/panels/diffpane.h"
#include "ui/panels/filelist.h"
#include "ui/panels/gatetable.h"
#include "ui/panels/planpanel.h"
#include "ui/panels/plansummary.h"
#include "ui/panels/problembox.h"
#include "ui/panels/responsepanel.h"
#include "ui/style/labels.h"
#include "ui/views/diffcolumn.h"
#include "ui/views/diffview.h"
#include "ui/views/jsonview.h"
#include "ui/views/textview.h"
#include "ui/views/valuedialog.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QListView>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

QTableView *table(const QWidget &panel, const QString &name)
{
    for (QTableView *view : panel.findChildren<QTableView *>()) {
        if (view->accessibleName() == name) {
            return view;
        }
    }
    return nullptr;
}

bool isSettled(const PlanPanel &panel)
{
    return QTest::qWaitFor([&panel] { return !panel.diffView()->isLoading(); });
}

bool says(const QWidget &widget, const QString &text)
{
    const auto labels = widget.findChildren<ToneLabel *>();
    return std::any_of(labels.begin(), labels.end(),
                       [&text](const ToneLabel *label) { return label->isVisible() && label->text() == text; });
}

} // namespace

class TestPlanPanel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void emptyPlanOffersTasks();
    void planShowsFilesAndDiff();
    void gatesAreShownWordForWord();
    void nextChangeGoesOnInTheNextFile();
    void patchIsSaved();
    void gateLimitsAreExact_data();
    void gateLimitsAreExact();
    void longCommandsCanBeRead();
    void problemShowsExpectedAndFound();
    void everyProblemIsListed();
    void nothingToDoIsSaid();
    void warningsAreShown();
    void progressComesLate();
    void verdicts_data();
    void verdicts();
    void responseShowsStatusAndCopies();
    void responseIsSaved();
    void brokenResponseSaysWhere();
    void unansweredRunShowsItsError();
};

void TestPlanPanel::emptyPlanOffersTasks()
{
    PlanPanel panel;
    const auto press = [&panel](const QString &accessibleName) {
        for (QPushButton *button : panel.findChildren<QPushButton *>()) {
            if (button->accessibleName() == accessibleName && !button->isHidden()) {
                button->click();
                return true;
            }
        }
        return false;
    };
    QSignalSpy open(&panel, &PlanPanel::openRequested);
    QSignalSpy example(&panel, &PlanPanel::exampleRequested);
    QSignalSpy picked(&panel, &PlanPanel::taskPicked);
    QVERIFY(press(QStringLiteral("Open a task file from the empty plan")));
    QVERIFY(press(QStringLiteral("Open example")));
    QCOMPARE(open.size() + example.size(), 2);
    panel.setRecent({QStringLiteral("/w/a.json"), QStringLiteral("/w/b.json"), QStringLiteral("/w/c.json"),
                     QStringLiteral("/w/d.json")});
    QVERIFY(press(QStringLiteral("Open the recent task /w/c.json")));
    QCOMPARE(picked.first().first().toString(), QStringLiteral("/w/c.json"));
    QVERIFY(!press(QStringLiteral("Open the recent task /w/d.json"))); // three are enough
    panel.setRecent({});
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QVERIFY(!press(QStringLiteral("Open the recent task /w/a.json")));
}

void TestPlanPanel::planShowsFilesAndDiff()
{
    PlanPanel panel;
    panel.resize(900, 400);
    panel.showPreview(Test::outcomeFrom(Test::samplePreview()));
    const QTableView *files = table(panel, QStringLiteral("Changed files"));
    QVERIFY(files);
    QCOMPARE(files->model()->rowCount(), 3);
    QVERIFY(isSettled(panel));
    QCOMPARE(panel.diffView()->column()->lineText(2), QStringLiteral("#pragma once"));
    QVERIFY(panel.summary()->verdict().startsWith(QStringLiteral("Applies cleanly")));
}

void TestPlanPanel::gatesAreShownWordForWord()
{
    GatesModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setGates(Test::samplePreview()[QStringLiteral("gates")].toArray());
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(1, GatesModel::StepColumn).data().toString(), QStringLiteral("Build"));
    QCOMPARE(model.index(1, GatesModel::CommandColumn).data().toString(), QStringLiteral("cmake --build build"));
    QCOMPARE(model.index(1, GatesModel::FolderColumn).data().toString(), QStringLiteral("workspace"));
    QCOMPARE(model.index(1, GatesModel::TimeoutColumn).data().toString(), QStringLiteral("10 min"));
}

void TestPlanPanel::nextChangeGoesOnInTheNextFile()
{
    PlanPanel panel;
    panel.resize(900, 400);
    panel.showPreview(Test::outcomeFrom(Test::samplePreview()));
    const auto *column = panel.diffView()->column();
    QVERIFY(isSettled(panel));
    panel.showNextChange();
    QCOMPARE(column->lineText(2), QStringLiteral("#pragma once"));
    panel.showNextChange();
    QVERIFY(isSettled(panel));
    QCOMPARE(panel.fileList()->currentFile()->path, QStringLiteral("src/app.cpp"));
    QCOMPARE(column->lineText(1), QStringLiteral("{"));
    QCOMPARE(panel.diffView()->note(), QStringLiteral("change 1 of 1"));
    panel.showPreviousChange();
    QVERIFY(isSettled(panel));
    QCOMPARE(column->lineText(2), QStringLiteral("#pragma once"));
}

void TestPlanPanel::patchIsSaved()
{
    const QTemporaryDir folder;
    PlanPanel panel;
    panel.showPreview(Test::outcomeFrom(Test::samplePreview()));
    QSignalSpy saved(&panel, &PlanPanel::patchSaved);
    QSignalSpy failed(&panel, &PlanPanel::patchSaveFailed);
    const QString path = folder.filePath(QStringLiteral("plan.patch"));
    panel.savePatch(panel.fileList()->files(), path);
    QVERIFY(saved.wait());
    QCOMPARE(saved[0][1].toString(), QStringLiteral("Patch of 3 files saved to %1").arg(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().startsWith("diff --git a/src/queue.hpp b/src/queue.hpp\nnew file mode 100644\n"));

    panel.savePatch(panel.fileList()->files(), folder.filePath(QStringLiteral("none/plan.patch")));
    QVERIFY(failed.wait());
    const auto error = failed[0][0].value<Error>();
    QVERIFY2(error.message.startsWith(QStringLiteral("the patch was not saved: ")), qPrintable(error.message));
    QVERIFY(!error.hint.isEmpty());
}

void TestPlanPanel::gateLimitsAreExact_data()
{
    QTest::addColumn<int>("milliseconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("half a second") << 500 << QStringLiteral("500 ms");
    QTest::newRow("seconds") << 45'000 << QStringLiteral("45 s");
    QTest::newRow("between minutes") << 90'000 << QStringLiteral("1 min 30 s");
    QTest::newRow("minutes") << 600'000 << QStringLiteral("10 min");
    QTest::newRow("hours") << 7'200'000 << QStringLiteral("2 h 0 min");
    QTest::newRow("no limit") << 0 << QStringLiteral("none");
}

void TestPlanPanel::gateLimitsAreExact()
{
    QFETCH(int, milliseconds);
    QFETCH(QString, text);
    GatesModel model;
    model.setGates({QJsonObject{{QStringLiteral("timeoutMs"), milliseconds}}});
    QCOMPARE(model.index(0, GatesModel::TimeoutColumn).data().toString(), text);
}

void TestPlanPanel::longCommandsCanBeRead()
{
    const QString command = QStringLiteral("echo <b>one</b> && \\\n").repeated(40) + QStringLiteral("true");
    GateTable gates;
    gates.resize(600, 300);
    gates.setGates({QJsonObject{{QStringLiteral("command"), command}},
                    QJsonObject{{QStringLiteral("command"), QStringLiteral("true")}}});
    gates.show();
    QVERIFY(QTest::qWaitForWindowExposed(&gates));
    QVERIFY(gates.rowHeight(0) > 3 * gates.rowHeight(1));
    QVERIFY(gates.rowHeight(0) < gates.height());
    gates.setCurrentIndex(gates.model()->index(0, GatesModel::CommandColumn));
    QVERIFY(gates.currentIndex().data(Qt::ToolTipRole).toString().contains(QStringLiteral("&lt;b&gt;")));
    QTest::keyClick(&gates, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), command);
    QTest::keyClick(&gates, Qt::Key_Return);
    const auto *dialog = gates.findChild<ValueDialog *>();
    QVERIFY(dialog);
    QCOMPARE(dialog->view()->lineCount(), 41);
}

void TestPlanPanel::problemShowsExpectedAndFound()
{
    PlanPanel panel;
    panel.resize(900, 400);
    panel.show();
    panel.showPreview(Test::outcomeFrom(Test::sampleConflict()));
    const auto *problem = panel.findChild<ProblemBox *>();
    QCOMPARE(problem->message(), QStringLiteral("hunk 2 does not match the file"));
    QVERIFY(!problem->list()->isVisible());
    const DiffView *comparison = problem->comparison();
    QTRY_VERIFY(!comparison->isLoading());
    QVERIFY(comparison->isVisible());
    QCOMPARE(comparison->oldColumn()->lineText(1), QStringLiteral("    start(config);"));
    QCOMPARE(comparison->column()->lineText(1), QStringLiteral("    start(config, true);"));
    QVERIFY(says(*problem, QStringLiteral("In the file, at the nearest place: line 121")));
    QCOMPARE(panel.summary()->verdict(), QStringLiteral("Does not apply"));
}

void TestPlanPanel::everyProblemIsListed()
{
    const auto hunk = [](const char *where, const char *expected, const char *found) {
        QJsonObject details{{QStringLiteral("expected"), QLatin1String(expected)}, {QStringLiteral("line"), 9}};
        if (*found) {
            details[QStringLiteral("found")] = QLatin1String(found);
            details[QStringLiteral("nearest")] = 7;
        }
        return QJsonObject{{QStringLiteral("where"), QLatin1String(where)},
                           {QStringLiteral("message"), QStringLiteral("does not apply")},
                           {QStringLiteral("hint"), QStringLiteral("Make it again.")},
                           {QStringLiteral("details"), details}};
    };
    Error error{ErrorCode::DoesNotApply, QStringLiteral("does not apply (and 2 more)")};
    error.details[QStringLiteral("problems")] =
        QJsonArray{hunk("a.cpp", "one\ntwo\n", "one\n2\n"), hunk("b.cpp", "line\nline\n", ""),
                   QJsonObject{{QStringLiteral("where"), QStringLiteral("/id (2:9)")},
                               {QStringLiteral("pointer"), QStringLiteral("/id")},
                               {QStringLiteral("message"), QStringLiteral("wrong type")},
                               {QStringLiteral("expected"), QStringLiteral("a string")},
                               {QStringLiteral("found"), QStringLiteral("12")},
                               {QStringLiteral("line"), 2}}};
    ProblemBox box;
    box.resize(900, 300);
    box.show();
    box.setError(error);
    const QAbstractItemModelTester tester(box.list()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(box.list()->isVisible());
    QCOMPARE(box.list()->model()->rowCount(), 3);
    QVERIFY(says(box, QStringLiteral("3 problems")));
    QCOMPARE(box.message(), QStringLiteral("does not apply"));
    QTRY_VERIFY(!box.comparison()->isLoading());
    QCOMPARE(box.comparison()->rows()->changes.size(), std::size_t{1});
    QVERIFY(says(box, QStringLiteral("In the file, at the nearest place: line 7")));

    QTest::keyClick(box.list(), Qt::Key_Down);
    QVERIFY(!box.comparison()->isVisible());
    QVERIFY(box.expected()->isVisible());
    QCOMPARE(box.expected()->lineCount(), 2);
    QVERIFY(says(box, QStringLiteral("Expected by the task")));

    QTest::keyClick(box.list(), Qt::Key_Down);
    QCOMPARE(box.message(), QStringLiteral("wrong type"));
    QVERIFY(!box.expected()->isVisible());
    QVERIFY(says(box, QStringLiteral("Expected: a string\nFound: 12")));
}

void TestPlanPanel::nothingToDoIsSaid()
{
    QJsonObject response = Test::samplePreview();
    response[QStringLiteral("status")] = QStringLiteral("noop");
    response[QStringLiteral("changes")] = QJsonArray{};
    PlanPanel panel;
    panel.showPreview(Test::outcomeFrom(response));
    QCOMPARE(panel.summary()->verdict(), QStringLiteral("Already applied: nothing to do"));
}

void TestPlanPanel::warningsAreShown()
{
    QJsonObject response = Test::samplePreview();
    response[QStringLiteral("warnings")] = QJsonArray{QStringLiteral("w1"), QStringLiteral("w2"), QStringLiteral("w3"),
                                                      QStringLiteral("w4"), QStringLiteral("w5")};
    PlanPanel panel;
    panel.showPreview(Test::outcomeFrom(response));
    const auto labels = panel.findChildren<ToneLabel *>();
    const auto shown = std::find_if(labels.begin(), labels.end(),
                                    [](ToneLabel *l) { return l->text().startsWith(QStringLiteral("Warning: w1")); });
    QVERIFY(shown != labels.end());
    QVERIFY((*shown)->text().endsWith(QStringLiteral("and 2 more warnings")));
}

void TestPlanPanel::progressComesLate()
{
    PlanPanel panel;
    panel.show();
    const auto *bar = panel.findChild<QProgressBar *>();
    panel.startPreview();
    QVERIFY(!bar->isVisible());
    QTRY_VERIFY(bar->isVisible());
    panel.showPreview(Test::outcomeFrom(Test::samplePreview()));
    QVERIFY(!bar->isVisible());
}

void TestPlanPanel::verdicts_data()
{
    QTest::addColumn<QJsonObject>("response");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("committed") << Test::sampleSuccess() << QStringLiteral("Committed abc1234");
    QTest::newRow("gate failed") << Test::sampleFailure()
                                 << QStringLiteral(
                                        "Validate failed · tree restored · ./build/check --all: exit code 3");
    QTest::newRow("conflict")
        << Test::sampleConflict()
        << QStringLiteral("Does not apply · src/app.cpp, hunk 2: hunk 2 does not match the file (Make the patch again "
                          "from the current file.)");
}

void TestPlanPanel::verdicts()
{
    QFETCH(QJsonObject, response);
    QFETCH(QString, sentence);
    QCOMPARE(sentenceFor(Test::outcomeFrom(response)), sentence);
}

void TestPlanPanel::responseShowsStatusAndCopies()
{
    ResponsePanel panel;
    panel.resize(900, 400);
    panel.show();
    const Relay::RunOutcome outcome = Test::outcomeFrom(Test::sampleSuccess());
    panel.showOutcome(outcome);
    QTRY_VERIFY(panel.view()->hasTree());
    QCOMPARE(panel.view()->mode(), JsonView::Mode::Tree);
    const auto trigger = [&panel](const QString &text) {
        for (QAction *action : panel.findChildren<QAction *>()) {
            if (action->text() == text && action->isEnabled()) {
                action->trigger();
            }
        }
    };
    trigger(QStringLiteral("Copy All"));
    QTRY_COMPARE(QGuiApplication::clipboard()->text().toUtf8(), outcome.body);
    trigger(QStringLiteral("Copy Path (jq)")); // nothing is selected: nothing happens
    QCOMPARE(QGuiApplication::clipboard()->text().toUtf8(), outcome.body);
    QTreeView *tree = panel.view()->treeView();
    tree->setCurrentIndex(
        tree->model()->match(tree->model()->index(0, 0), Qt::DisplayRole, QStringLiteral("planId")).value(0));
    trigger(QStringLiteral("Copy Value"));
    QTRY_COMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("c0ffee"));
    trigger(QStringLiteral("Copy Path (JSON Pointer)"));
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("/planId"));
    trigger(QStringLiteral("Copy Path (jq)"));
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral(".planId"));
    for (QPushButton *button : panel.findChildren<QPushButton *>()) {
        if (button->text() == QStringLiteral("Raw")) {
            button->click();
        }
    }
    QCOMPARE(panel.view()->mode(), JsonView::Mode::Raw);
    QVERIFY(panel.view()->rawView()->lineCount() > 10);
}

void TestPlanPanel::responseIsSaved()
{
    const QTemporaryDir folder;
    ResponsePanel panel;
    QVERIFY(!panel.saveAction()->isEnabled());
    const Relay::RunOutcome outcome = Test::outcomeFrom(Test::sampleSuccess());
    panel.showOutcome(outcome);
    QVERIFY(panel.saveAction()->isEnabled());
    QSignalSpy saved(&panel, &ResponsePanel::responseSaved);
    QSignalSpy failed(&panel, &ResponsePanel::responseSaveFailed);
    panel.saveTo(folder.filePath(QStringLiteral("response.json")));
    QVERIFY(saved.wait());
    QFile file(folder.filePath(QStringLiteral("response.json")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), outcome.body);
    panel.saveTo(folder.filePath(QStringLiteral("none/response.json")));
    QVERIFY(failed.wait());
    QVERIFY(failed[0][0].value<Error>().message.startsWith(QStringLiteral("the response was not saved: ")));
}

void TestPlanPanel::brokenResponseSaysWhere()
{
    Relay::RunOutcome outcome = Test::outcomeFrom(Test::sampleSuccess());
    outcome.body = "<html>502</html>";
    ResponsePanel panel;
    panel.show();
    panel.showOutcome(outcome);
    QTRY_VERIFY(!panel.view()->problem().isEmpty());
    QCOMPARE(panel.view()->mode(), JsonView::Mode::Raw);
    QVERIFY(says(panel, QStringLiteral("No tree: line 1, column 1: a value was expected")));
    outcome.body = "{}";
    panel.showOutcome(outcome);
    QTRY_COMPARE(panel.view()->mode(), JsonView::Mode::Tree);
}

void TestPlanPanel::unansweredRunShowsItsError()
{
    Relay::RunOutcome outcome;
    outcome.error = Error{ErrorCode::NoRegistry, QStringLiteral("the registry does not answer")};
    ResponsePanel panel;
    panel.showOutcome(outcome);
    QTRY_COMPARE(panel.view()->mode(), JsonView::Mode::Raw);
    QVERIFY(panel.view()->document().contains("the registry does not answer"));
}

QTEST_MAIN(TestPlanPanel)
#include "tst_planpanel.moc"
