#include "services/log/logwriter.h"
#include "ui/models/firsterror.h"
#include "ui/models/outputwatch.h"
#include "ui/models/runstarts.h"
#include "ui/panels/loglineactions.h"
#include "ui/panels/logpanel.h"
#include "ui/style/appearance.h"
#include "ui/views/errorlanding.h"
#include "ui/views/findbar.h"
#include "ui/views/lognote.h"
#include "ui/views/logview.h"

#include <QAction>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

constexpr qint64 noon = 1'780'000'000'000;

// A shown panel over a log of two runs.
class ShownPanel {
public:
    explicit ShownPanel(int width = 1280)
        : panel(store)
        , view(*panel.view())
    {
        const auto put = [this](qint64 time, Log::Level level, const char *service, const char *run, const char *text,
                                std::optional<Phase> phase) {
            store.append({noon + time, level, service, run, {}, text, phase});
        };
        put(0, Log::Level::Info, "registry", "", "ready", {});
        put(1000, Log::Level::Info, "runner-1", "run-a", "begins", {});
        put(3500, Log::Level::Error, "runner-1", "run-a", "src/net.cpp:88: unused", Phase::Build);
        put(9000, Log::Level::Info, "runner-2", "run-b", "begins", {});
        put(9000 + 3'725'006, Log::Level::Warning, "runner-2", "run-b", "needle", Phase::Test);
        panel.resize(width, 240);
        panel.show();
        panel.setServices({QStringLiteral("registry"), QStringLiteral("runner-1")});
    }

    bool settle() { return QTest::qWaitForWindowExposed(&panel) && shows(5); }
    bool shows(int count)
    {
        return QTest::qWaitFor([this, count] { return view.isComplete() && view.lineCount() == count; });
    }
    void putCaretOn(qsizetype line) { view.moveCaret({line, 0}, LineView::Selection::Drop); }
    QLineEdit *findText() { return panel.findBar()->findChild<QLineEdit *>(); }
    QAbstractButton *button(const QString &name)
    {
        for (QAbstractButton *button : panel.findChildren<QAbstractButton *>()) {
            if (button->text() == name || button->accessibleName() == name) {
                return button;
            }
        }
        return nullptr;
    }

    Log::Store store;
    LogPanel panel;
    LogView &view;
};

// Lines of the step that failed, and of others around it.
class FailedStep {
public:
    explicit FailedStep(Log::Store &store)
        : runner(store, "runner-1", "run-f")
    {
        runner.info("PLAN", QStringLiteral("error: of no step"));
        runner.output(Log::Level::Warning, "PRE", Phase::Pre, "error: of another step");
        runner.info("BUILD", QStringLiteral("$ echo error: of no concern"));
    }
    void prints(const char *text) { runner.output(Log::Level::Info, "BUILD", Phase::Build, text); }
    void printsToStderr(const char *text) { runner.output(Log::Level::Warning, "BUILD", Phase::Build, text); }
    void fails()
    {
        runner.error("BUILD", QStringLiteral("Failed with exit code 2"));
        runner.warning("MUTATE", QStringLiteral("Rolled back"));
    }

    Log::Writer runner;
};

QString clipboard()
{
    return QGuiApplication::clipboard()->text();
}

} // namespace

class TestLogPanel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lineActionsFilter_data();
    void lineActionsFilter();
    void chipEndsTheFilterOfALine();
    void lineActionsSayWhatTheyDo();
    void onlyErrorsAndBack();
    void linkLeadsBackToTheLine();
    void whyALineIsNotShown_data();
    void whyALineIsNotShown();
    void askedForALine();
    void fileAtTheLineIsRequested();
    void contextMenuHasTheLineActions();
    void moreMenuHasTheLineActions();
    void onlyMatchesAreShown();
    void onlyMatchesKeepUp();
    void onlyMatchesOfColouredLines();
    void timesSwitch();
    void timesSinceTheRunBegan();
    void runStartsAreFoundOnce();
    void wrapButton();
    void narrowPanelCutsNothingOff_data();
    void narrowPanelCutsNothingOff();
    void noteSaysWhatIsNotShown();
    void droppedLinesAreToldAtTheTop();
    void noteDoesNotTakeTheLastLines();
    void silenceOfARunIsTold();
    void failureIsShownAtItsFirstError_data();
    void failureIsShownAtItsFirstError();
    void failureIsFoundFarBehind();
    void whoeverScrollsIsNotTakenAway();
    void jumpToAFailureKeepsTheFilter();
    void linesThatNameAnError_data();
    void linesThatNameAnError();
};

void TestLogPanel::lineActionsFilter_data()
{
    QTest::addColumn<QAction * LogLineActions::*>("action");
    QTest::addColumn<QString>("shown");
    QTest::newRow("service") << &LogLineActions::filterToService << QStringLiteral("begins\nneedle");
    QTest::newRow("run") << &LogLineActions::filterToRun << QStringLiteral("begins\nneedle");
    QTest::newRow("step") << &LogLineActions::filterToStep << QStringLiteral("needle");
}

void TestLogPanel::lineActionsFilter()
{
    using Member = QAction *LogLineActions::*;
    QFETCH(Member, action);
    QFETCH(QString, shown);
    ShownPanel log;
    QVERIFY(log.settle());
    log.putCaretOn(4);
    (log.panel.lineActions()->*action)->trigger();
    QVERIFY(log.shows(shown.count(QLatin1Char('\n')) + 1));
    QCOMPARE(log.view.visibleText(), shown);
    QVERIFY(!log.view.isFollowing());
}

void TestLogPanel::chipEndsTheFilterOfALine()
{
    ShownPanel log;
    QVERIFY(log.settle());
    log.panel.setRun(QStringLiteral("run-b"));
    log.putCaretOn(2);
    log.panel.lineActions()->filterToStep->trigger();
    QVERIFY(log.shows(1));
    QAbstractButton *chip = log.button(QStringLiteral("Build of run run-a"));
    QVERIFY(chip && chip->isVisible());
    QTest::mouseClick(chip, Qt::LeftButton);
    QVERIFY(log.shows(5));
    QVERIFY(!chip->isVisible());
}

void TestLogPanel::lineActionsSayWhatTheyDo()
{
    ShownPanel log;
    QVERIFY(log.settle());
    LogLineActions *actions = log.panel.lineActions();
    log.putCaretOn(2);
    actions->update();
    QCOMPARE(actions->filterToService->text(), QStringLiteral("Show Only &Service runner-1"));
    QCOMPARE(actions->filterToRun->text(), QStringLiteral("Show Only &Run run-a"));
    QCOMPARE(actions->filterToStep->text(), QStringLiteral("Show Only S&tep Build"));
    QCOMPARE(actions->openFile->text(), QStringLiteral("Open &File src/net.cpp:88"));
    log.putCaretOn(0);
    actions->update();
    QVERIFY(actions->filterToService->isEnabled());
    for (const QAction *action : {actions->filterToRun, actions->filterToStep, actions->openFile}) {
        QVERIFY(!action->isEnabled());
    }
}

void TestLogPanel::onlyErrorsAndBack()
{
    ShownPanel log;
    QVERIFY(log.settle());
    log.panel.lineActions()->onlyErrors->trigger();
    QVERIFY(log.shows(1));
    QVERIFY(log.panel.level() == Log::Level::Error);
    log.panel.lineActions()->onlyErrors->trigger();
    QVERIFY(log.shows(5));
    log.panel.setLevel(Log::Level::Error);
    log.panel.lineActions()->update();
    QVERIFY(log.panel.lineActions()->onlyErrors->isChecked());
}

void TestLogPanel::linkLeadsBackToTheLine()
{
    ShownPanel log;
    QVERIFY(log.settle());
    log.putCaretOn(2);
    log.panel.lineActions()->copyLink->trigger();
    QCOMPARE(clipboard(), QStringLiteral("patchpanel-log:3?run=run-a"));
    log.putCaretOn(0);
    log.panel.goTo(clipboard());
    QCOMPARE(log.view.caret().line, 2);
    QVERIFY(!log.view.isFollowing());
    log.panel.goTo(QStringLiteral(" 5 "));
    QCOMPARE(log.view.caret().line, 4);
    log.panel.setLevel(Log::Level::Error);
    QVERIFY(log.shows(1));
    log.panel.goTo(QStringLiteral("3"));
    QCOMPARE(log.view.caret().line, 0); // of those that are shown
}

void TestLogPanel::whyALineIsNotShown_data()
{
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<QString>("answer");
    QTest::newRow("no number") << QStringLiteral("x") << QStringLiteral("neither the number of a line nor a link");
    QTest::newRow("zero") << QStringLiteral("0") << QStringLiteral("neither the number of a line nor a link");
    QTest::newRow("beyond the end") << QStringLiteral("9,999,999") << QStringLiteral("There is no line 9,999,999");
    QTest::newRow("dropped") << QStringLiteral("1") << QStringLiteral("Line 1 is no longer kept");
    QTest::newRow("of another session") << QStringLiteral("patchpanel-log:20000?run=run-x")
                                        << QStringLiteral("not of run run-x");
    QTest::newRow("hidden") << QStringLiteral("20000") << QStringLiteral("hidden: by a filter");
}

void TestLogPanel::whyALineIsNotShown()
{
    QFETCH(QString, wanted);
    QFETCH(QString, answer);
    Log::Store store({.memory = 1024 * 1024});
    for (int i = 0; i < 20'000; ++i) {
        store.append({.level = Log::Level::Debug, .text = QByteArray(100, 'x')});
    }
    LogPanel panel(store); // without debug lines
    QSignalSpy said(&panel, &LogPanel::said);
    panel.goTo(wanted);
    QCOMPARE(said.size(), 1);
    QVERIFY2(said.first().first().toString().contains(answer), qPrintable(said.first().first().toString()));
}

void TestLogPanel::askedForALine()
{
    ShownPanel log;
    QVERIFY(log.settle());
    log.panel.askForLine();
    auto *dialog = log.panel.findChild<QInputDialog *>();
    QVERIFY(dialog && dialog->labelText().contains(QStringLiteral("from 1 to 5")));
    dialog->setTextValue(QStringLiteral("4"));
    dialog->accept();
    QCOMPARE(log.view.caret().line, 3);
}

void TestLogPanel::fileAtTheLineIsRequested()
{
    ShownPanel log;
    QVERIFY(log.settle());
    QList<FileReference> requested;
    connect(log.panel.lineActions(), &LogLineActions::openFileRequested, this,
            [&requested](const FileReference &file) { requested.append(file); });
    log.putCaretOn(2);
    log.panel.lineActions()->openFile->trigger();
    log.putCaretOn(0);
    log.panel.lineActions()->openFile->trigger();
    QCOMPARE(requested.size(), 1);
    QCOMPARE(requested.first().path, QStringLiteral("src/net.cpp"));
    QCOMPARE(requested.first().line, 88);
}

void TestLogPanel::contextMenuHasTheLineActions()
{
    ShownPanel log;
    QVERIFY(log.settle());
    const QPoint point = log.view.rectOf({2, 3}).center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, point, log.view.viewport()->mapToGlobal(point));
    QCoreApplication::sendEvent(log.view.viewport(), &event);
    auto *menu = log.view.findChild<QMenu *>();
    QVERIFY(menu);
    QCOMPARE(log.view.caret().line, 2);
    QVERIFY(!log.view.isFollowing());
    for (QAction *action : log.panel.lineActions()->all()) {
        QVERIFY2(menu->actions().contains(action), qPrintable(action->text()));
    }
    QVERIFY(log.panel.lineActions()->openFile->isEnabled());
    menu->close();
}

void TestLogPanel::moreMenuHasTheLineActions()
{
    ShownPanel log;
    QVERIFY(log.settle());
    log.putCaretOn(0);
    QTest::mouseClick(log.button(QStringLiteral("More about the log")), Qt::LeftButton);
    QMenu *menu = log.panel.moreMenu();
    QVERIFY(menu->isVisible());
    QVERIFY(menu->actions().contains(log.panel.lineActions()->copyLink));
    QVERIFY(!log.panel.lineActions()->openFile->isEnabled());
    menu->close();
}

void TestLogPanel::onlyMatchesAreShown()
{
    ShownPanel log;
    QVERIFY(log.settle());
    QSignalSpy changed(&log.panel, &LogPanel::onlyMatchesChanged);
    log.findText()->setText(QStringLiteral("BEGINS"));
    QVERIFY(log.shows(5));
    log.panel.setOnlyMatches(true);
    QVERIFY(log.shows(2));
    QTRY_COMPARE(log.view.finder().matchCount(), 2);
    log.findText()->setText(QStringLiteral("n"));
    QVERIFY(log.shows(4)); // "begins", "src/net…", "begins", "needle"
    QTRY_VERIFY(log.view.finder().isDone());
    QCOMPARE(log.view.finder().matchCount(), 5);
    log.findText()->setText(QStringLiteral("n("));
    log.button(QStringLiteral("Regular expression"))->click();
    QVERIFY(log.shows(5)); // an invalid one leaves out nothing
    log.findText()->setText(QStringLiteral("^n.*e$"));
    QVERIFY(log.shows(1));
    log.panel.setOnlyMatches(false);
    QVERIFY(log.shows(5));
    QCOMPARE(changed, (QList<QVariantList>{{true}, {false}}));
}

void TestLogPanel::onlyMatchesKeepUp()
{
    ShownPanel log;
    QVERIFY(log.settle());
    log.findText()->setText(QStringLiteral("hit"));
    log.panel.setOnlyMatches(true);
    QVERIFY(log.shows(0));
    for (int i = 0; i < 200'000; ++i) {
        log.store.append({.text = i % 1000 == 5 ? "a hit" : "another line"});
    }
    QVERIFY(log.shows(200));
    QTRY_COMPARE(log.view.finder().matchCount(), 200);
    LogExport shown = log.view.shownLines(false);
    QCOMPARE(shown.filter.pattern, QStringLiteral("hit")); // what is saved is what is shown
}

void TestLogPanel::onlyMatchesOfColouredLines()
{
    ShownPanel log;
    QVERIFY(log.settle());
    log.store.append({.text = "\x1b[31mred\x1b[0mdish"});
    log.store.append({.text = "\xc3\xa4 reddish"});
    log.store.append({.text = "reddish\rgone  !"});
    log.findText()->setText(QStringLiteral("reddish"));
    log.panel.setOnlyMatches(true);
    QVERIFY(log.shows(2));
}

void TestLogPanel::timesSwitch()
{
    ShownPanel log;
    QVERIFY(log.settle());
    QAbstractButton *button = log.button(QStringLiteral("Times: of day"));
    QVERIFY(button && button->isChecked());
    const int width = button->width();
    const qreal before = log.view.rectOf({0, 0}).left();
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(log.view.times() == LogTimes::SinceRunStart);
    QCOMPARE(button->text(), QStringLiteral("Run time"));
    QCOMPARE(button->width(), width); // nothing jumps
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(log.view.times() == LogTimes::Off);
    QVERIFY(!button->isChecked());
    QCOMPARE(button->accessibleName(), QStringLiteral("Times: off"));
    QVERIFY(log.view.rectOf({0, 0}).left() < before);
    log.panel.switchTimes();
    QVERIFY(log.view.times() == LogTimes::OfDay);
    log.panel.view()->setTimes(LogTimes::Off);
    QVERIFY(log.view.times() == LogTimes::Off);
}

void TestLogPanel::timesSinceTheRunBegan()
{
    ShownPanel log;
    QVERIFY(log.settle());
    log.view.setTimes(LogTimes::SinceRunStart);
    const auto copied = [&log] {
        log.view.selectAll();
        log.view.copyWithTimes();
        return clipboard();
    };
    QTRY_COMPARE(copied(),
                 QStringLiteral(" ready\n+00:00.000 begins\n+00:02.500 src/net.cpp:88: unused\n+00:00.000 begins\n"
                                "+1:02:05.006 needle"));
}

void TestLogPanel::runStartsAreFoundOnce()
{
    Log::Store store({.memory = 1024 * 1024});
    RunStarts starts(store);
    QVERIFY(starts.advance(QDeadlineTimer(QDeadlineTimer::Forever)));
    QVERIFY(!starts.startOf("run-1"));
    for (int i = 0; i < 21'000; ++i) { // the first ones are dropped
        store.append({.timeMs = noon + i, .runId = "run-" + QByteArray::number(i / 7000), .text = QByteArray(60, 'x')});
    }
    QVERIFY(!starts.advance(QDeadlineTimer(0)));
    QVERIFY(starts.advance(QDeadlineTimer(QDeadlineTimer::Forever)));
    QVERIFY(!starts.startOf("run-0"));
    QCOMPARE(starts.startOf("run-2"), noon + 14'000);
}

void TestLogPanel::wrapButton()
{
    ShownPanel log;
    QVERIFY(log.settle());
    QAbstractButton *button = log.button(QStringLiteral("Wrap"));
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(log.view.isWrapped());
    log.view.setWrapped(false);
    QVERIFY(!button->isChecked());
}

void TestLogPanel::narrowPanelCutsNothingOff_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<bool>("withChip");
    for (const int width : {900, 1000, 1280, 2000}) {
        QTest::addRow("%d", width) << width << false;
        QTest::addRow("%d, a step", width) << width << true;
    }
}

void TestLogPanel::narrowPanelCutsNothingOff()
{
    QFETCH(int, width);
    QFETCH(bool, withChip);
    ShownPanel log(width);
    Appearance appearance(&log.panel);
    appearance.setTheme(Theme::Light);
    QVERIFY(log.settle());
    log.findText()->setText(QStringLiteral("e"));
    if (withChip) {
        log.panel.setRun(QStringLiteral("run-b"));
        log.panel.showPhase(Phase::Pre);
    }
    QCOMPARE(log.panel.width(), width);
    QTest::qWait(1); // layouts are done
    for (const QAbstractButton *button : log.panel.findChildren<QAbstractButton *>()) {
        if (!button->isVisible() || button->accessibleName().isEmpty()) {
            continue; // the line edit's own
        }
        const int right = button->mapTo(&log.panel, QPoint(button->width(), 0)).x();
        QVERIFY2(right <= width, qPrintable(button->accessibleName()));
        QVERIFY2(button->width() >= button->minimumSizeHint().width(), qPrintable(button->accessibleName()));
    }
    QVERIFY(log.button(QStringLiteral("More about the log"))->isVisible());
    QVERIFY(log.button(QStringLiteral("Follow"))->isVisible());
    QVERIFY(log.panel.findBar()->width() >= log.panel.findBar()->minimumSizeHint().width());
    QCOMPARE(log.button(QStringLiteral("Wrap"))->isVisible(), width >= 1280);
}

void TestLogPanel::noteSaysWhatIsNotShown()
{
    ShownPanel log;
    QVERIFY(log.settle());
    auto *note = log.view.findChild<LogNote *>();
    QVERIFY(note && !note->isVisible());
    log.view.clear();
    log.store.append({.text = "later"});
    QVERIFY(log.shows(6));
    QVERIFY(note->isVisible());
    QCOMPARE(note->text(), QStringLiteral("5 earlier lines hidden by Clear"));
    QVERIFY(!log.button(QStringLiteral("Open"))->isVisible()); // none of them is gone
    QVERIFY(log.view.rectOf({5, 0}).isValid());
    QTest::mouseClick(log.button(QStringLiteral("Undo Clear")), Qt::LeftButton);
    QVERIFY(!note->isVisible());
    QCOMPARE(log.view.lineCount() - log.view.firstLine(), 6);
}

void TestLogPanel::droppedLinesAreToldAtTheTop()
{
    Log::Store store({.memory = 1024 * 1024});
    LogPanel panel(store);
    panel.resize(1280, 240);
    panel.show();
    for (int i = 0; i < 20'000; ++i) {
        store.append({.text = QByteArray(100, 'x')});
    }
    QTRY_VERIFY(panel.view()->isComplete());
    auto *note = panel.view()->findChild<LogNote *>();
    QVERIFY(store.dropped() > 0);
    QVERIFY(!note->isVisible()); // the end is followed
    QTest::keyClick(panel.view(), Qt::Key_Home);
    QVERIFY(note->isVisible());
    QVERIFY2(note->text().endsWith(
                 QStringLiteral("earlier lines no longer kept, as the memory and the file of the log were full")),
             qPrintable(note->text()));
    QSignalSpy opened(panel.view(), &LogView::filesRequested); // what the commands printed is in files
    const QList<QPushButton *> buttons = note->findChildren<QPushButton *>();
    const auto open = std::find_if(buttons.begin(), buttons.end(), [](QPushButton *button) {
        return button->text() == QLatin1String("Open") && button->isVisible();
    });
    QVERIFY(open != buttons.end());
    QTest::mouseClick(*open, Qt::LeftButton);
    QCOMPARE(opened.size(), 1);
    QTest::keyClick(panel.view(), Qt::Key_PageDown);
    QTest::keyClick(panel.view(), Qt::Key_PageDown);
    QVERIFY(!note->isVisible());
}

// It comes and goes with the room there is, without an end of it.
void TestLogPanel::noteDoesNotTakeTheLastLines()
{
    ShownPanel log;
    QVERIFY(log.settle());
    log.view.clear();
    auto *note = log.view.findChild<LogNote *>();
    bool wasHidden = false;
    for (int i = 0; i < 40; ++i) {
        log.store.append({.text = "later"});
        QVERIFY(log.shows(6 + i));
        QTRY_COMPARE(log.view.visibleEnd(), 6 + i);
        QVERIFY(log.view.isFollowing());
        wasHidden = wasHidden || !note->isVisible();
    }
    QVERIFY(wasHidden);
}

void TestLogPanel::silenceOfARunIsTold()
{
    ShownPanel log;
    auto *watch = log.panel.findChild<OutputWatch *>();
    watch->setLimit(20);
    watch->setInterval(5);
    QSignalSpy silence(&log.panel, &LogPanel::silenceChanged);
    log.panel.setRun(QStringLiteral("run-b"));
    QTRY_VERIFY(!silence.isEmpty());
    log.panel.endRun();
    QCOMPARE(silence.last().first().toLongLong(), 0);
}

void TestLogPanel::failureIsShownAtItsFirstError_data()
{
    QTest::addColumn<QStringList>("output"); // "! ": on stderr
    QTest::addColumn<bool>("fails");
    QTest::addColumn<QString>("line");
    const QString exitLine = QStringLiteral("[BUILD] Failed with exit code 2");
    QTest::newRow("one that names it") << QStringList{QStringLiteral("one"), QStringLiteral("! a.cpp:1:2: warning: w"),
                                                      QStringLiteral("! a.cpp:3:4: error: e"),
                                                      QStringLiteral("b.cpp:3:4: error: later")}
                                       << true << QStringLiteral("[BUILD] a.cpp:3:4: error: e");
    QTest::newRow("coloured") << QStringList{QStringLiteral("one"),
                                             QStringLiteral("\x1b[1ma.c:3: \x1b[31merror: \x1b[0me")}
                              << true << QStringLiteral("[BUILD] a.c:3: error: e");
    QTest::newRow("the first on stderr") << QStringList{QStringLiteral("one"), QStringLiteral("! what is this"),
                                                        QStringLiteral("! and that")}
                                         << true << QStringLiteral("[BUILD] what is this");
    QTest::newRow("how it ended") << QStringList{QStringLiteral("one"), QStringLiteral("two")} << true << exitLine;
    QTest::newRow("without an error its first line")
        << QStringList{QStringLiteral("one")} << false << QStringLiteral("[BUILD] $ echo error: of no concern");
}

void TestLogPanel::failureIsShownAtItsFirstError()
{
    QFETCH(QStringList, output);
    QFETCH(bool, fails);
    QFETCH(QString, line);
    ShownPanel log;
    FailedStep step(log.store);
    for (const QString &printed : output) {
        const QByteArray text = printed.toUtf8();
        if (text.startsWith("! ")) {
            step.printsToStderr(text.constData() + 2);
        } else {
            step.prints(text.constData());
        }
    }
    if (fails) {
        step.fails();
    }
    QVERIFY(QTest::qWaitForWindowExposed(&log.panel));
    log.panel.setRun(QStringLiteral("run-f"));
    log.panel.showService(QStringLiteral("registry")); // what hides the step
    log.panel.setLevel(Log::Level::Error);
    log.panel.showFailure(Phase::Build);
    QTRY_VERIFY(log.view.isComplete() && log.view.lineCount() > 1);
    QTRY_COMPARE(log.view.lineText(log.view.caret().line), line);
    QVERIFY(!log.view.isFollowing());
}

// In a step of many lines, whose rows are not all known at once.
void TestLogPanel::failureIsFoundFarBehind()
{
    ShownPanel log;
    FailedStep step(log.store);
    constexpr int lines = 300'000;
    for (int i = 0; i < lines; ++i) {
        step.prints("[ 41%] Building CXX object src/net.cpp.o");
    }
    step.printsToStderr("net.cpp:88:1: error: expected ';'");
    for (int i = 0; i < lines / 10; ++i) {
        step.prints("more");
    }
    step.fails();
    log.panel.setRun(QStringLiteral("run-f"));
    log.panel.showFailure(Phase::Build);
    QTRY_COMPARE_WITH_TIMEOUT(log.view.lineText(log.view.caret().line),
                              QStringLiteral("[BUILD] net.cpp:88:1: error: expected ';'"), 60'000);
    const qsizetype row = log.view.caret().line;
    QVERIFY(row > lines);
    QVERIFY(row >= log.view.firstVisibleLine() && row < log.view.visibleEnd());
}

void TestLogPanel::whoeverScrollsIsNotTakenAway()
{
    ShownPanel log;
    FailedStep step(log.store);
    for (int i = 0; i < 300'000; ++i) {
        step.prints("[ 41%] Building CXX object src/net.cpp.o");
    }
    step.fails();
    log.panel.setRun(QStringLiteral("run-f"));
    log.panel.showFailure(Phase::Build);
    auto *landing = log.panel.findChild<ErrorLanding *>();
    QVERIFY(landing->isOnItsWay());
    QTest::keyClick(&log.view, Qt::Key_PageDown);
    QVERIFY(!landing->isOnItsWay());
    const qsizetype top = log.view.firstVisibleLine();
    QTRY_VERIFY_WITH_TIMEOUT(log.view.isComplete(), 60'000);
    QCOMPARE(log.view.firstVisibleLine(), top);
}

void TestLogPanel::jumpToAFailureKeepsTheFilter()
{
    ShownPanel log;
    FailedStep step(log.store);
    step.printsToStderr("error: here");
    step.fails();
    log.panel.setRun(QStringLiteral("run-f"));
    QVERIFY(QTest::qWaitForWindowExposed(&log.panel));
    QTRY_VERIFY(log.view.isComplete());
    const LogFilter before = log.view.filter();
    log.panel.jumpToFailure(Phase::Build);
    QTRY_COMPARE(log.view.lineText(log.view.caret().line), QStringLiteral("[BUILD] error: here"));
    QVERIFY(log.view.filter() == before);
    QVERIFY(!log.view.isFollowing());

    log.view.moveCaret({0, 0}, LineView::Selection::Drop);
    log.panel.jumpToFailure(Phase::Build); // the user looks at something else
    QVERIFY(!log.panel.findChild<ErrorLanding *>()->isOnItsWay());
    QCOMPARE(log.view.caret().line, 0);
}

void TestLogPanel::linesThatNameAnError_data()
{
    QTest::addColumn<bool>("names");
    for (const char *line :
         {"src/a.cpp:3:14: error: expected ';'", "a.c:1:10: fatal error: x.h: No such file or directory",
          "error[E0308]: mismatched types", "a.cs(1,2): error CS1002: ; expected", "fatal: not a git repository",
          "Traceback (most recent call last):", "ValueError: invalid literal", "java.io.IOException: broken pipe",
          "FAIL: test_sum (tests.TestSum)", "--- FAIL: TestSum (0.00s)", "FAILED tests/test_sum.py::test_sum",
          "not ok 3 - adds", "[BUILD] ERROR in ./src/index.js", "Error: Cannot find module 'x'"}) {
        QTest::newRow(line) << true;
    }
    for (const char *line :
         {"[ 41%] Building CXX object src/error.cpp.o", "0 errors, 2 warnings", "compiled with -Werror",
          "a.cpp:1: warning: unused", "ok 3 - fails well", "no failures", ""}) {
        QTest::newRow(*line == 0 ? "nothing" : line) << false;
    }
}

void TestLogPanel::linesThatNameAnError()
{
    QFETCH(bool, names);
    const QByteArray line = QTest::currentDataTag();
    QCOMPARE(FirstError::namesError(line == "nothing" ? QByteArray() : line), names);
}

QTEST_MAIN(TestLogPanel)
#include "tst_logpanel.moc"
