#include "services/log/logwriter.h"
#include "tests/ui/hostilelog.h"
#include "ui/models/logrows.h"
#include "ui/panels/logpanel.h"
#include "ui/views/findbar.h"
#include "ui/views/logview.h"

#include <QClipboard>
#include <QDateTime>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include <thread>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

void append(Log::Store &store, int count, const QByteArray &text = "line")
{
    for (int i = 0; i < count; ++i) {
        store.append({0, Log::Level::Info, "runner-1", {}, {}, text + ' ' + QByteArray::number(i), {}});
    }
}

void turnWheel(QWidget *view, int angle)
{
    const QPointF middle(view->rect().center());
    QWheelEvent event(middle, view->mapToGlobal(middle), {}, {0, angle}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(view, &event);
}

// A shown log view that has taken all lines of the store.
class ShownLog {
public:
    explicit ShownLog(Log::Store &logStore)
        : store(logStore)
        , view(logStore)
    {
        view.resize(800, 300);
        view.show();
    }

    bool settle()
    {
        return QTest::qWaitForWindowExposed(&view)
            && QTest::qWaitFor([this] { return view.lineCount() == store.size(); });
    }

    Log::Store &store;
    LogView view;
};

} // namespace

class TestLogView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void followsTheEnd();
    void whatStopsFollowing_data();
    void whatStopsFollowing();
    void staysOnTheSameLinesWhenStopped();
    void endFollowsAgain_data();
    void endFollowsAgain();
    void pillCountsNewLines();
    void filterCombines();
    void filterTakesLaterLines();
    void findCountsExactly_data();
    void findCountsExactly();
    void findCountsLaterLines();
    void findWrapsAround();
    void findGoesThroughALine();
    void findGoesAheadOfTheCount();
    void otherThreadsCountTheSame_data();
    void otherThreadsCountTheSame();
    void complexExpressionIsToldFromOtherThreads();
    void countIsGivenUp();
    void countGoesOnWhileLinesAreDropped();
    void droppedLinesAreNotCounted();
    void findWithoutAMatchEnds();
    void rowsOfAFilterAreExact();
    void invalidExpressionSaysWhere();
    void selectionIsCopiedAcrossLines();
    void longAndInvalidLinesArePainted();
    void otherThreadsMayAppend();
    void stepFilterIsAChip();
    void staysOnTheSameLinesWhileTheyAreSpilled();
    void coloursArePaintedUnlessPlain();
    void progressLineShowsItsLastState();
    void clearHidesAndUndoShows();
    void filterAfterClearStaysCleared();
    void copiesWithTimes();
    void zoomKeepsToItsLimits();
    void hostileRunIsFollowedFoundFilteredAndSaved();
};

void TestLogView::followsTheEnd()
{
    Log::Store store;
    ShownLog log(store);
    append(store, 500);
    QVERIFY(log.settle());
    QTRY_COMPARE(log.view.verticalScrollBar()->value(), log.view.verticalScrollBar()->maximum());
    append(store, 500);
    QVERIFY(log.settle());
    QTRY_VERIFY(log.view.visibleText().contains(QStringLiteral("line 499")));
    QVERIFY(log.view.isFollowing());
    QCOMPARE(log.view.newLineCount(), 0);
}

void TestLogView::whatStopsFollowing_data()
{
    QTest::addColumn<QString>("action");
    for (const char *action : {"wheel", "page up", "home", "selection", "find", "scroll bar"}) {
        QTest::newRow(action) << QString::fromLatin1(action);
    }
}

void TestLogView::whatStopsFollowing()
{
    QFETCH(QString, action);
    Log::Store store;
    ShownLog log(store);
    append(store, 500);
    QVERIFY(log.settle());
    QWidget *page = log.view.viewport();
    if (action == u"wheel") {
        turnWheel(page, 120);
    } else if (action == u"page up") {
        QTest::keyClick(&log.view, Qt::Key_PageUp);
    } else if (action == u"home") {
        QTest::keyClick(&log.view, Qt::Key_Home);
    } else if (action == u"selection") {
        log.view.selectAll();
    } else if (action == u"scroll bar") {
        log.view.verticalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepSub);
    } else {
        log.view.finder().start(QStringLiteral("line 7"), LineFinder::Plain);
        QTRY_VERIFY(log.view.finder().isDone());
        log.view.finder().next(0);
    }
    QVERIFY(!log.view.isFollowing());
}

void TestLogView::staysOnTheSameLinesWhenStopped()
{
    Log::Store store;
    ShownLog log(store);
    append(store, 500);
    QVERIFY(log.settle());
    turnWheel(log.view.viewport(), 120);
    const QString before = log.view.visibleText();
    append(store, 5000);
    QVERIFY(log.settle());
    QCOMPARE(log.view.visibleText(), before);
}

void TestLogView::endFollowsAgain_data()
{
    QTest::addColumn<Qt::KeyboardModifiers>("modifiers");
    QTest::newRow("End") << Qt::KeyboardModifiers();
    QTest::newRow("Ctrl+End") << Qt::KeyboardModifiers(Qt::ControlModifier);
}

void TestLogView::endFollowsAgain()
{
    QFETCH(Qt::KeyboardModifiers, modifiers);
    Log::Store store;
    ShownLog log(store);
    append(store, 500);
    QVERIFY(log.settle());
    QTest::keyClick(&log.view, Qt::Key_Home);
    QTest::keyClick(&log.view, Qt::Key_End, modifiers);
    QVERIFY(log.view.isFollowing());
    QVERIFY(log.view.visibleText().contains(QStringLiteral("line 499")));
}

void TestLogView::pillCountsNewLines()
{
    Log::Store store;
    ShownLog log(store);
    append(store, 500);
    QVERIFY(log.settle());
    auto *pill = log.view.viewport()->findChild<QPushButton *>();
    QVERIFY(pill && !pill->isVisible());
    QTest::keyClick(&log.view, Qt::Key_Home);
    append(store, 1204);
    QVERIFY(log.settle());
    QTRY_VERIFY(pill->isVisible());
    QCOMPARE(pill->text(), QStringLiteral("1,204 new lines below"));
    QTest::mouseClick(pill, Qt::LeftButton);
    QVERIFY(log.view.isFollowing());
    QVERIFY(!pill->isVisible());
}

void TestLogView::filterCombines()
{
    Log::Store store;
    const Log::Writer writer(store, "runner-1", "run-a");
    writer.info("RUNNER", QStringLiteral("one"));
    writer.error("GATE", QStringLiteral("two"));
    writer.output(Log::Level::Error, "BUILD", Phase::Build, "three");
    Log::Writer(store, "registry").error("REGISTRY", QStringLiteral("four"));
    LogRows rows(store);
    rows.setFilter({"runner-1", Log::Level::Error, "run-a", std::nullopt});
    QVERIFY(rows.advance(QDeadlineTimer(QDeadlineTimer::Forever)));
    QCOMPARE(rows.size(), 2);
    rows.setFilter({{}, Log::Level::Debug, {}, Phase::Build});
    QVERIFY(rows.advance(QDeadlineTimer(QDeadlineTimer::Forever)));
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.at(0).text, QByteArray("three"));
    rows.setFilter({});
    QVERIFY(rows.advance(QDeadlineTimer(QDeadlineTimer::Forever)));
    QCOMPARE(rows.size(), 4);
}

void TestLogView::filterTakesLaterLines()
{
    Log::Store store;
    ShownLog log(store);
    log.view.setFilter({{}, Log::Level::Warning, {}, std::nullopt});
    append(store, 10);
    Log::Writer(store, "relay").warning("RELAY", QStringLiteral("late"));
    QTRY_COMPARE(log.view.lineCount(), 1);
    QCOMPARE(log.view.lineText(0), QStringLiteral("[RELAY] late"));
}

void TestLogView::findCountsExactly_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<int>("options");
    QTest::addColumn<int>("count");
    QTest::newRow("several in a line") << QStringLiteral("ab") << int(LineFinder::Plain) << 4;
    QTest::newRow("case matters") << QStringLiteral("ab") << int(LineFinder::CaseSensitive) << 3;
    QTest::newRow("special characters are plain") << QStringLiteral("a.b") << int(LineFinder::Plain) << 0;
    QTest::newRow("regular expression") << QStringLiteral("^x.*b$") << int(LineFinder::Regex) << 1;
    QTest::newRow("empty matches do not count") << QStringLiteral("z*") << int(LineFinder::Regex) << 0;
    QTest::newRow("beyond what is drawn") << QStringLiteral("end") << int(LineFinder::Plain) << 1;
}

void TestLogView::findCountsExactly()
{
    QFETCH(QString, pattern);
    QFETCH(int, options);
    QFETCH(int, count);
    Log::Store store;
    for (const char *text : {"ab ab", "AB", "xxab", "none"}) {
        store.append({0, Log::Level::Info, "s", {}, {}, text, {}});
    }
    store.append({0, Log::Level::Info, "s", {}, {}, QByteArray(40'000, '-') + "end", {}});
    LogView view(store);
    view.finder().start(pattern, LineFinder::Options(options));
    QTRY_VERIFY(view.finder().isDone());
    QCOMPARE(view.finder().matchCount(), count);
}

void TestLogView::findCountsLaterLines()
{
    Log::Store store;
    ShownLog log(store);
    append(store, 100, "hit");
    QVERIFY(log.settle());
    log.view.finder().start(QStringLiteral("hit"), LineFinder::Plain);
    QTRY_COMPARE(log.view.finder().matchCount(), 100);
    append(store, 50, "hit");
    QTRY_COMPARE(log.view.finder().matchCount(), 150);
}

void TestLogView::findWrapsAround()
{
    Log::Store store;
    append(store, 3, "hit");
    LogView view(store);
    LineFinder &finder = view.finder();
    finder.start(QStringLiteral("hit"), LineFinder::Plain);
    QTRY_COMPARE(finder.matchCount(), 3);
    QTRY_VERIFY(finder.isDone());
    finder.next(1);
    QCOMPARE(finder.currentIndex(), 1);
    finder.next(0);
    finder.next(0);
    QCOMPARE(finder.currentIndex(), 0);
    finder.previous(0);
    QCOMPARE(finder.currentIndex(), 2);
}

void TestLogView::findGoesThroughALine()
{
    Log::Store store;
    for (const char *text : {"none", "hit x hit", "\xc3\xa4 hit"}) {
        store.append({.text = text});
    }
    LogView view(store);
    LineFinder &finder = view.finder();
    finder.start(QStringLiteral("HIT"), LineFinder::Plain);
    QTRY_VERIFY(finder.isDone());
    const QList<std::pair<int, int>> places{{1, 0}, {1, 6}, {2, 2}};
    for (int i = 0; i < 3; ++i) {
        finder.next(0);
        QCOMPARE(finder.currentIndex(), i);
        QCOMPARE(finder.current()->line, places[i].first);
        QCOMPARE(finder.current()->column, places[i].second);
        QCOMPARE(finder.current()->length, 3);
    }
    for (int i = 1; i >= 0; --i) {
        finder.previous(0);
        QCOMPARE(finder.currentIndex(), i);
    }
    finder.previous(0);
    QCOMPARE(finder.currentIndex(), 2);
}

void TestLogView::findGoesAheadOfTheCount()
{
    Log::Store store;
    append(store, 200'000, "first");
    append(store, 1, "second");
    LogView view(store);
    LineFinder &finder = view.finder();
    finder.start(QStringLiteral("second"), LineFinder::Plain);
    QSignalSpy chosen(&finder, &LineFinder::currentChanged);
    finder.next(199'000);
    QCOMPARE(chosen.size(), 1); // before anything was counted
    QCOMPARE(finder.current()->line, 200'000);
    QTRY_COMPARE(finder.currentIndex(), 0);
    QCOMPARE(finder.matchCount(), 1);
}

void TestLogView::otherThreadsCountTheSame_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<int>("options");
    QTest::addColumn<int>("level");
    for (const auto level : {Log::Level::Debug, Log::Level::Info, Log::Level::Error}) {
        const int number = static_cast<int>(level);
        QTest::addRow("text, level %d", number) << QStringLiteral("AB") << int(LineFinder::Plain) << number;
        QTest::addRow("one letter, level %d", number)
            << QStringLiteral("a") << int(LineFinder::CaseSensitive) << number;
        QTest::addRow("over the end of lines, level %d", number)
            << QStringLiteral("ba") << int(LineFinder::Plain) << number;
        QTest::addRow("expression, level %d", number) << QStringLiteral("a.b|x$") << int(LineFinder::Regex) << number;
        QTest::addRow("other letters, level %d", number) << QStringLiteral("Ä") << int(LineFinder::Plain) << number;
    }
}

// Lines of all kinds, over many chunks, parts and borders of blocks; some of them in the file.
void TestLogView::otherThreadsCountTheSame()
{
    QFETCH(QString, pattern);
    QFETCH(int, options);
    QFETCH(int, level);
    const QTemporaryDir folder;
    Log::Store store({.memory = 2 * 1024 * 1024, .folder = folder.path()});
    const QList<QByteArray> kinds{"ab",     "", "aab aba", "\x1b[31ma\x1b[0mb", "x", "b", "\xc3\xa4 \xc3\x84",
                                  "ba\rab", "a"};
    constexpr qsizetype count = 150'000;
    for (qsizetype i = 0; i < count; ++i) {
        store.append({.level = static_cast<Log::Level>(i * 7 % 11 % 4),
                      .service = "s",
                      .text = kinds[i * 31 % 17 % kinds.size()]});
    }
    LogView view(store);
    view.setFilter({.minimum = static_cast<Log::Level>(level)});
    QTRY_VERIFY(view.isComplete());
    const TextMatcher matcher(pattern, LineFinder::Options(options));
    qsizetype expected = 0;
    for (qsizetype line = view.firstLine(); line < view.lineCount(); ++line) {
        expected += *matcher.count(view.lineText(line).toUtf8());
    }
    QVERIFY(expected > 100);
    view.finder().start(pattern, LineFinder::Options(options));
    QVERIFY(!view.finder().isDone());
    QTRY_VERIFY(view.finder().isDone());
    QCOMPARE(view.finder().matchCount(), expected);
    view.finder().previous(view.lineCount());
    QTRY_COMPARE(view.finder().currentIndex(), expected - 1); // each block has its own count
    view.finder().next(0);
    QTRY_COMPARE(view.finder().currentIndex(), 0);
}

void TestLogView::complexExpressionIsToldFromOtherThreads()
{
    Log::Store store;
    append(store, 100'000);
    store.append({.text = QByteArray(200, 'a') + 'b'});
    append(store, 100'000);
    LogView view(store);
    view.finder().start(QStringLiteral("(a+)+$"), LineFinder::Regex);
    QTRY_VERIFY(view.finder().isDone());
    QCOMPARE(view.finder().problem(), QStringLiteral("the expression is too complex for line 100001"));
}

void TestLogView::countIsGivenUp()
{
    Log::Store store;
    append(store, 300'000, "hit");
    auto view = std::make_unique<LogView>(store);
    for (const char *pattern : {"hit", "line", "hi", "h"}) {
        view->finder().start(QLatin1String(pattern), LineFinder::Plain); // each ends the one before
    }
    QTRY_VERIFY(view->finder().isDone());
    QCOMPARE(view->finder().matchCount(), 300'000);
    view->finder().start(QStringLiteral("hit"), LineFinder::Plain);
    view->finder().start({}, LineFinder::Plain);
    QVERIFY(view->finder().isDone());
    QCOMPARE(view->finder().matchCount(), 0);
    view->finder().start(QStringLiteral("hit"), LineFinder::Plain);
    view.reset(); // while it is counted
    QCoreApplication::processEvents();
}

void TestLogView::countGoesOnWhileLinesAreDropped()
{
    Log::Store store({.memory = 1024 * 1024});
    ShownLog log(store);
    log.view.finder().start(QStringLiteral("hit"), LineFinder::Plain);
    for (int round = 0; round < 20; ++round) {
        append(store, 8000, "hit");
        QCoreApplication::processEvents();
    }
    QVERIFY(log.settle());
    QTRY_VERIFY(log.view.finder().isDone());
    QVERIFY(store.dropped() > 0);
    QCOMPARE(log.view.finder().matchCount(), store.size() - store.first());
}

void TestLogView::droppedLinesAreNotCounted()
{
    Log::Store store({.memory = 1024 * 1024});
    ShownLog log(store);
    append(store, 10'000, QByteArray(100, '-') + "hit");
    QVERIFY(log.settle());
    log.view.finder().start(QStringLiteral("hit"), LineFinder::Plain);
    QTRY_VERIFY(log.view.finder().isDone());
    QCOMPARE(log.view.finder().matchCount(), store.size() - store.first());
    QTest::keyClick(&log.view, Qt::Key_Home);
    QCOMPARE(log.view.firstVisibleLine(), store.first());
    append(store, 10'000, QByteArray(100, '-') + "hit");
    QVERIFY(log.settle());
    QTRY_COMPARE(log.view.finder().matchCount(), store.size() - store.first());
    QCOMPARE(log.view.firstVisibleLine(), store.first());
    QVERIFY(!log.view.visibleText().contains(QStringLiteral("no longer kept")));
}

void TestLogView::findWithoutAMatchEnds()
{
    Log::Store store;
    append(store, 10'000);
    LogView view(store);
    QSignalSpy chosen(&view.finder(), &LineFinder::currentChanged);
    view.finder().start(QStringLiteral("nowhere"), LineFinder::Plain);
    view.finder().next(5000);
    QTRY_VERIFY(view.finder().isDone());
    view.finder().previous(5000);
    QTRY_VERIFY(view.finder().isDone());
    QVERIFY(chosen.isEmpty());
}

void TestLogView::rowsOfAFilterAreExact()
{
    Log::Store store;
    QList<qsizetype> expected;
    for (int i = 0; i < 20'000; ++i) {
        const bool isError = i % 1000 < 3 || i % 77 == 0;
        store.append({.level = isError ? Log::Level::Error : Log::Level::Info,
                      .service = i % 2 == 0 ? "runner-1" : "relay",
                      .text = QByteArray::number(i)});
        if (isError && i % 2 == 0) {
            expected.append(i);
        }
    }
    LogRows rows(store);
    rows.setFilter({"runner-1", Log::Level::Error, {}, std::nullopt});
    QVERIFY(rows.advance(QDeadlineTimer(QDeadlineTimer::Forever)));
    QCOMPARE(rows.size(), expected.size());
    for (qsizetype row = 0; row < rows.size(); ++row) {
        QCOMPARE(rows.indexOf(row), expected[row]);
        QCOMPARE(rows.rowOf(expected[row]), row);
        QCOMPARE(rows.rowOf(expected[row] + 1), row + 1);
    }
    QList<qsizetype> visited;
    rows.visit(5, rows.end(), [&](qsizetype row, const Log::LineBatch &lines, qsizetype index) {
        visited.append(lines.text(index).toByteArray().toLongLong());
        return row < rows.end() - 3;
    });
    QCOMPARE(visited, expected.mid(5, expected.size() - 7));
    rows.setBegin(10'000);
    QCOMPARE(rows.indexOf(rows.first()), *std::lower_bound(expected.begin(), expected.end(), 10'000));
}

void TestLogView::invalidExpressionSaysWhere()
{
    Log::Store store;
    append(store, 3);
    LogView view(store);
    view.finder().start(QStringLiteral("li(ne"), LineFinder::Regex);
    QVERIFY2(view.finder().problem().contains(QStringLiteral("character 5")), qPrintable(view.finder().problem()));
    QCOMPARE(view.finder().matchCount(), 0);
    view.finder().start(QStringLiteral("li(ne)"), LineFinder::Regex);
    QVERIFY(view.finder().problem().isEmpty());
    QTRY_COMPARE(view.finder().matchCount(), 3);
}

void TestLogView::selectionIsCopiedAcrossLines()
{
    Log::Store store;
    ShownLog log(store);
    append(store, 300);
    QVERIFY(log.settle());
    log.view.selectAll();
    QTest::keyClick(&log.view, Qt::Key_C, Qt::ControlModifier);
    const QStringList copied = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'));
    QCOMPARE(copied.size(), 300);
    QCOMPARE(copied.first(), QStringLiteral("line 0"));
    QCOMPARE(copied.last(), QStringLiteral("line 299"));
}

void TestLogView::longAndInvalidLinesArePainted()
{
    Log::Store store;
    ShownLog log(store);
    store.append({0, Log::Level::Error, "runner-1", {}, {}, QByteArray(8'000'000, 'x'), {}});
    store.append({0, Log::Level::Info, "runner-1", {}, {}, QByteArray("\xff\xfe\x00\x1b[31m red \xc3", 14), {}});
    store.append({0, Log::Level::Info, "runner-1", {}, {}, QString(2000, QChar(0x4e2d)).toUtf8(), {}});
    QVERIFY(log.settle());
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!log.view.grab().isNull());
    QVERIFY2(timer.elapsed() < 2000, "one long line must not hang the view");
    QVERIFY(log.view.lineText(1).startsWith(QStringLiteral("\ufffd\ufffd\u2400 red ")));
}

void TestLogView::otherThreadsMayAppend()
{
    Log::Store store;
    ShownLog log(store);
    constexpr int each = 20'000;
    std::thread left([&store] { append(store, each); });
    std::thread right([&store] { append(store, each); });
    left.join();
    right.join();
    QTRY_COMPARE(log.view.lineCount(), 2 * each);
}

void TestLogView::stepFilterIsAChip()
{
    Log::Store store;
    const Log::Writer writer(store, "runner-1", "run-a");
    writer.output(Log::Level::Info, "", Phase::Build, "building");
    writer.output(Log::Level::Info, "", Phase::Test, "testing");
    LogPanel panel(store);
    panel.resize(1200, 240);
    panel.show();
    panel.setRun(QStringLiteral("run-a"));
    panel.showPhase(Phase::Build);
    QTRY_COMPARE(panel.view()->lineCount(), 1);
    const auto buttons = panel.findChildren<QPushButton *>();
    const auto chip = std::find_if(buttons.begin(), buttons.end(),
                                   [](QPushButton *b) { return b->text() == QStringLiteral("Build"); });
    QVERIFY(chip != buttons.end() && (*chip)->isVisible());
    QTest::mouseClick(*chip, Qt::LeftButton);
    QTRY_COMPARE(panel.view()->lineCount(), 2);
}

void TestLogView::staysOnTheSameLinesWhileTheyAreSpilled()
{
    const QTemporaryDir folder;
    Log::Store store({.memory = 1024 * 1024, .folder = folder.path()});
    ShownLog log(store);
    append(store, 3000, QByteArray(50, '-'));
    QVERIFY(log.settle());
    turnWheel(log.view.viewport(), 1200);
    QVERIFY(!log.view.isFollowing());
    const QString before = log.view.visibleText();
    append(store, 30'000, QByteArray(50, '-'));
    QVERIFY(log.settle());
    QVERIFY(store.spilled() > 3000);
    log.view.setPlain(true); // nothing of what was read before is left
    QCOMPARE(log.view.visibleText(), before);
    QCOMPARE(log.view.newLineCount(), 30'000);
}

void TestLogView::coloursArePaintedUnlessPlain()
{
    Log::Store store;
    ShownLog log(store);
    store.append({.text = "\x1b[48;2;10;200;30m          \x1b[0m"});
    QVERIFY(log.settle());
    const auto hasGreen = [&log] {
        const QImage image = log.view.grab().toImage();
        for (int x = 0; x < image.width(); ++x) {
            if (image.pixelColor(x, 5) == QColor(10, 200, 30)) {
                return true;
            }
        }
        return false;
    };
    QVERIFY(hasGreen());
    log.view.setPlain(true);
    QVERIFY(!hasGreen());
}

void TestLogView::progressLineShowsItsLastState()
{
    Log::Store store;
    ShownLog log(store);
    store.append({.text = " 10 %\r 99 %\r100 %\r"});
    QVERIFY(log.settle());
    QCOMPARE(log.view.lineText(0), QStringLiteral("100 %"));
    log.view.finder().start(QStringLiteral("99"), LineFinder::Plain);
    QTRY_VERIFY(log.view.finder().isDone());
    QCOMPARE(log.view.finder().matchCount(), 0); // what find counts is what is shown
}

void TestLogView::clearHidesAndUndoShows()
{
    Log::Store store;
    LogPanel panel(store);
    LogView &view = *panel.view();
    panel.resize(1200, 240);
    panel.show();
    QSignalSpy cleared(&view, &LogView::clearedChanged);
    append(store, 500);
    QTRY_COMPARE(view.lineCount(), 500);
    view.finder().start(QStringLiteral("line"), LineFinder::Plain);
    QTRY_COMPARE(view.finder().matchCount(), 500);
    view.selectAll();
    view.clear();
    QVERIFY(view.isCleared() && view.isFollowing() && !view.hasSelection());
    QCOMPARE(view.lineCount() - view.firstLine(), 0);
    QCOMPARE(view.visibleText(), QString());
    QTRY_COMPARE(view.finder().matchCount(), 0);
    append(store, 3, "later");
    QTRY_COMPARE(view.visibleText(), QStringLiteral("later 0\nlater 1\nlater 2"));
    view.undoClear();
    QCOMPARE(view.lineCount() - view.firstLine(), 503);
    QTRY_COMPARE(view.finder().matchCount(), 500);
    QCOMPARE(cleared, (QList<QVariantList>{{true}, {false}}));
}

void TestLogView::filterAfterClearStaysCleared()
{
    Log::Store store;
    ShownLog log(store);
    append(store, 10);
    Log::Writer(store, "relay").warning("", QStringLiteral("before"));
    QVERIFY(log.settle());
    log.view.clear();
    Log::Writer(store, "relay").warning("", QStringLiteral("after"));
    log.view.setFilter({.minimum = Log::Level::Warning});
    QTRY_COMPARE(log.view.visibleText(), QStringLiteral("after"));
    log.view.undoClear();
    QTRY_COMPARE(log.view.visibleText(), QStringLiteral("before\nafter"));
}

void TestLogView::copiesWithTimes()
{
    Log::Store store;
    ShownLog log(store);
    const qint64 noon = QDateTime(QDate(2026, 11, 23), QTime(12, 0)).toMSecsSinceEpoch();
    store.append({.timeMs = noon, .text = "\x1b[31mone\x1b[0m"});
    store.append({.timeMs = noon + 1500, .text = "two"});
    QVERIFY(log.settle());
    log.view.selectAll();
    log.view.copyWithTimes();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("12:00:00.000 one\n12:00:01.500 two"));
    log.view.copy();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("one\ntwo"));
}

void TestLogView::zoomKeepsToItsLimits()
{
    Log::Store store;
    ShownLog log(store);
    append(store, 500);
    QVERIFY(log.settle());
    const qsizetype before = log.view.visibleLineCount();
    log.view.setZoom(4);
    QVERIFY(log.view.visibleLineCount() < before);
    QVERIFY(log.view.visibleText().contains(QStringLiteral("line 499")) || !log.view.isFollowing());
    log.view.setZoom(1000);
    QCOMPARE(log.view.font().pointSize(), 40);
    log.view.setZoom(-1000);
    QCOMPARE(log.view.font().pointSize(), 6);
    log.view.setZoom(0);
    QCOMPARE(log.view.visibleLineCount(), before);
}

// logbench hostile does the same with five million lines and a clock.
void TestLogView::hostileRunIsFollowedFoundFilteredAndSaved()
{
    constexpr qsizetype lines = 40'000;
    constexpr qsizetype hugeEach = 4'000;
    const QTemporaryDir folder;
    Log::Store store({.memory = 4 * 1024 * 1024, .folder = folder.path()});
    ShownLog log(store);
    log.view.setWrapped(true);
    log.view.finder().start(QStringLiteral("needle"), LineFinder::Plain);
    std::thread producer([&store] {
        const Log::Writer writer(store, "runner-1", "run-1");
        for (qsizetype i = 0; i < lines; ++i) {
            writer.output(i % 100 == 7 ? Log::Level::Error : Log::Level::Info, "", Phase::Build,
                          Test::hostileLine(i, hugeEach));
        }
    });
    const auto isThere = [&] {
        return log.view.lineCount() == lines && log.view.finder().isDone();
    };
    const bool came = QTest::qWaitFor(isThere, 60'000);
    producer.join();
    QVERIFY(came);
    QVERIFY(log.view.isFollowing());
    QCOMPARE(log.view.visibleEnd(), lines);
    QCOMPARE(log.view.finder().matchCount(), Test::needlesBefore(lines, hugeEach));
    QVERIFY(store.memoryUsed() <= 5 * 1024 * 1024 + Test::hugeLineBytes);
    QCOMPARE(store.dropped(), 0);
    for (qsizetype huge = hugeEach - 1; huge < lines; huge += hugeEach) {
        log.view.showLine(huge);
        QVERIFY(!log.view.grab().isNull());
        QVERIFY(log.view.drawnText(huge).size() < 17 * 1024);
    }

    log.view.setFilter({.minimum = Log::Level::Error});
    QTRY_VERIFY(log.view.isComplete());
    QCOMPARE(log.view.lineCount(), lines / 100);
    log.view.setFilter({.pattern = QStringLiteral("needle")});
    QTRY_VERIFY(log.view.isComplete());
    QCOMPARE(log.view.lineCount(), Test::needlesBefore(lines, hugeEach));
    LogSaver saver(store);
    QSignalSpy saved(&saver, &LogSaver::saved);
    saver.save({{}, 0, lines, true}, folder.filePath(QStringLiteral("saved.log")));
    QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, 60'000);
    QCOMPARE(saved.first().at(1).value<qsizetype>(), lines);
}

QTEST_MAIN(TestLogView)
#include "tst_logview.moc"
