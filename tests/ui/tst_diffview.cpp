#include "tests/support/sampleoutcome.h"
#include "ui/models/background.h"
#include "ui/models/changesmodel.h"
#include "ui/panels/diffpane.h"
#include "ui/panels/filelist.h"
#include "ui/style/colors.h"
#include "ui/style/pathdelegate.h"
#include "ui/views/diffcolumn.h"
#include "ui/views/difffind.h"
#include "ui/views/diffview.h"
#include "ui/views/findbar.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

QByteArray hugeDiff(int lines)
{
    QByteArray diff = "@@ -1," + QByteArray::number(lines) + " +1," + QByteArray::number(lines + 1) + " @@\n";
    for (int i = 0; i < lines; ++i) {
        diff += " context " + QByteArray::number(i) + '\n';
        if (i == lines / 2) {
            diff += "+the one new line\n";
        }
    }
    return diff;
}

// Every tenth of `lines` lines changes, in a hunk of its own.
QByteArray manyHunks(int lines)
{
    QByteArray diff;
    for (int at = 10; at < lines; at += 10) {
        const QByteArray number = QByteArray::number(at);
        diff += "@@ -" + number + " +" + number + " @@\n-line " + number + "\n+LINE " + number + '\n';
    }
    return diff;
}

QString numbered(int lines)
{
    QString text;
    for (int i = 1; i <= lines; ++i) {
        text += QStringLiteral("line %1\n").arg(i);
    }
    return text;
}

ChangedFile changed(const QString &path, const QByteArray &diff, int lines = 1)
{
    return ChangedFile::fromJson({{QStringLiteral("kind"), QStringLiteral("modify")},
                                  {QStringLiteral("path"), path},
                                  {QStringLiteral("added"), lines},
                                  {QStringLiteral("diff"), QString::fromUtf8(diff)}});
}

bool show(DiffView &view, const QByteArray &diff, const QString &file = {})
{
    QSignalSpy loaded(&view, &DiffView::loaded);
    view.setDiff(QString::fromUtf8(diff), file);
    return loaded.wait();
}

// Whether it has been laid out for the last thing it was asked for.
bool isSettled(const DiffView &view)
{
    return QTest::qWaitFor([&view] { return !view.isLoading(); });
}

QStringList textsOf(const DiffColumn &column)
{
    QStringList texts;
    for (qsizetype row = 0; row < column.lineCount(); ++row) {
        texts.append(column.lineText(row));
    }
    return texts;
}

// What of a grabbed row has this colour.
int pixelsOf(DiffColumn &column, const QColor &color)
{
    const QImage image = column.viewport()->grab().toImage();
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            count += image.pixelColor(x, y) == color ? 1 : 0;
        }
    }
    return count;
}

QAction *entry(const QMenu &menu, const QString &text)
{
    const QList<QAction *> actions = menu.actions();
    const auto found =
        std::find_if(actions.begin(), actions.end(), [&text](QAction *action) { return action->text() == text; });
    return found == actions.end() ? nullptr : *found;
}

const QByteArray smallDiff = "@@ -1,3 +1,3 @@\n-a\n+b\n c\n-d\n+e\n";

} // namespace

class TestDiffView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsOnAnotherThread();
    void lastOneAskedForIsShown();
    void nextAndPreviousChange();
    void nextChangeWaitsForTheDiff();
    void hugeDiffPaintsQuickly();
    void longLinesAreCut();
    void selectionIsCopiedWithoutMarks();
    void wordsAreMarkedInBothModes();
    void changedLineEndingIsShown();
    void changedIndentationIsMarked();
    void sideBySideKeepsThePlace();
    void sidesScrollTogether();
    void whitespaceIsHiddenAndTold();
    void clickExpandsTheGap();
    void expandAllShowsTheFile();
    void fileThatChangedIsTold();
    void withoutAFileNothingExpands();
    void menuCopiesTheHunk();
    void findCountsEachLineOnce_data();
    void findCountsEachLineOnce();
    void findGoesFromSideToSide();
    void findFollowsTheRows();
    void findInAHugeDiff();
    void findBarOpensAndCloses();
    void largeChangeStartsFolded_data();
    void largeChangeStartsFolded();
    void binaryFileTellsSizesAndHashes();
    void filesOutsideTheWorkspaceAreNotRead();
    void changesModelListsFiles();
    void fileListFilters();
    void pathsKeepTheirNames_data();
    void pathsKeepTheirNames();
};

void TestDiffView::readsOnAnotherThread()
{
    DiffView view;
    view.setDiff(QString::fromUtf8(hugeDiff(1000)));
    backgroundPool().waitForDone(); // all of the work is done, and this thread was not asked for any
    QVERIFY(view.isLoading());
    QVERIFY(!view.rows());
    QTRY_VERIFY(!view.isLoading());
    QCOMPARE(view.column()->lineCount(), 1002);
}

void TestDiffView::lastOneAskedForIsShown()
{
    DiffView view;
    QSignalSpy loaded(&view, &DiffView::loaded);
    view.setDiff(QString::fromUtf8(hugeDiff(50'000)));
    view.setSideBySide(true);
    view.setDiff(QString::fromUtf8(smallDiff));
    QTRY_COMPARE(loaded.size(), 1);
    backgroundPool().waitForDone();
    QCoreApplication::processEvents();
    QCOMPARE(loaded.size(), 1);
    QCOMPARE(view.column()->lineCount(), 4);
    QVERIFY(view.rows()->sideBySide);
}

void TestDiffView::nextAndPreviousChange()
{
    for (const bool sideBySide : {false, true}) {
        DiffView view;
        view.resize(600, 200);
        view.setSideBySide(sideBySide);
        QVERIFY(show(view, smallDiff));
        QVERIFY(view.showNextChange());
        QCOMPARE(view.note(), QStringLiteral("change 1 of 2"));
        QVERIFY(view.showNextChange());
        QCOMPARE(view.note(), QStringLiteral("change 2 of 2"));
        QVERIFY(!view.showNextChange());
        QVERIFY(view.showPreviousChange());
        QVERIFY(!view.showPreviousChange());
    }
}

void TestDiffView::nextChangeWaitsForTheDiff()
{
    DiffView view;
    view.setDiff(QString::fromUtf8(smallDiff));
    QVERIFY(view.showPreviousChange()); // from the end
    QVERIFY(isSettled(view));
    QCOMPARE(view.note(), QStringLiteral("change 2 of 2"));
    QVERIFY(show(view, "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n"));
    QVERIFY(!view.showNextChange());
}

void TestDiffView::hugeDiffPaintsQuickly()
{
    DiffView view;
    view.resize(800, 400);
    QVERIFY(show(view, hugeDiff(300'000)));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QVERIFY(view.showNextChange());
    QVERIFY(view.column()->visibleText().contains(QStringLiteral("the one new line")));
    QElapsedTimer timer;
    timer.start();
    const QImage image = view.grab().toImage();
    QVERIFY(!image.isNull());
    QVERIFY2(timer.elapsed() < 1000, "painting must not depend on the number of lines");
}

void TestDiffView::longLinesAreCut()
{
    const QByteArray longLine(3'000'000, 'x');
    DiffView view;
    view.resize(800, 200);
    QVERIFY(show(view, "@@ -1 +1 @@\n-" + longLine + "\n+" + longLine + "y\n"));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 20; ++i) {
        QVERIFY(!view.grab().isNull());
    }
    QVERIFY2(timer.elapsed() < 2000, "painting must not depend on the length of a line");
    QCOMPARE(view.column()->lineText(2).size(), longLine.size() + 1);
}

void TestDiffView::selectionIsCopiedWithoutMarks()
{
    DiffView view;
    QVERIFY(show(view, "@@ -1,1 +1,1 @@\n-old\n+new\n"));
    view.column()->selectAll();
    view.column()->copy();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("@@ -1,1 +1,1 @@\nold\nnew"));
    view.setSideBySide(true);
    QVERIFY(isSettled(view));
    view.oldColumn()->selectAll();
    view.oldColumn()->copy();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("@@ -1,1 +1,1 @@\nold"));
}

void TestDiffView::wordsAreMarkedInBothModes()
{
    const Colors &colors = lightColors();
    DiffView view;
    view.setPalette(paletteFrom(colors));
    view.resize(900, 200);
    QVERIFY(show(view, "@@ -1 +1 @@\n-start(first, value);\n+start(other, value);\n"));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QVERIFY(pixelsOf(*view.column(), colors.addedWord) > 50);
    QVERIFY(pixelsOf(*view.column(), colors.removedWord) > 50);
    view.setSideBySide(true);
    QVERIFY(isSettled(view));
    QVERIFY(pixelsOf(*view.oldColumn(), colors.removedWord) > 50);
    QCOMPARE(pixelsOf(*view.oldColumn(), colors.addedWord), 0);
    QVERIFY(pixelsOf(*view.column(), colors.addedWord) > 50);
    QVERIFY(show(view, "@@ -1 +1 @@\n-void alpha();\n+3141592653\n"));
    QCOMPARE(pixelsOf(*view.column(), colors.addedWord), 0);
}

void TestDiffView::changedLineEndingIsShown()
{
    DiffView view;
    QVERIFY(show(view, "@@ -1,2 +1,2 @@\n-one\r\n+one\n-two\r\n+three\r\n"));
    QCOMPARE(textsOf(*view.column()).mid(1),
             (QStringList{QStringLiteral("one\u240d"), QStringLiteral("one"), QStringLiteral("two"),
                          QStringLiteral("three")}));
}

void TestDiffView::changedIndentationIsMarked()
{
    const Colors &colors = lightColors();
    DiffView view;
    view.setPalette(paletteFrom(colors));
    view.resize(600, 200);
    QVERIFY(show(view, "@@ -1 +1 @@\n-\tone\n+        one\n"));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QVERIFY(pixelsOf(*view.column(), colors.addedWord) > 50);
}

void TestDiffView::sideBySideKeepsThePlace()
{
    DiffView view;
    view.resize(900, 200);
    QVERIFY(show(view, manyHunks(2000)));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    for (int i = 0; i < 100; ++i) {
        QVERIFY(view.showNextChange());
    }
    QSignalSpy spy(&view, &DiffView::sideBySideChanged);
    view.sideBySideAction()->trigger();
    QVERIFY(isSettled(view));
    QCOMPARE(spy.size(), 1);
    QCOMPARE(view.note(), QStringLiteral("change 100 of 199"));
    QVERIFY(view.column()->visibleText().contains(QStringLiteral("LINE 1000")));
    QVERIFY(view.oldColumn()->visibleText().contains(QStringLiteral("line 1000")));
    view.setSideBySide(false);
    QVERIFY(isSettled(view));
    QVERIFY(view.oldColumn()->isHidden());
    QVERIFY(view.column()->visibleText().contains(QStringLiteral("LINE 1000")));
}

void TestDiffView::sidesScrollTogether()
{
    DiffView view;
    view.resize(400, 200);
    view.setSideBySide(true);
    QVERIFY(show(view, manyHunks(2000) + "@@ -3000 +3000 @@\n-" + QByteArray(300, 'x') + "\n+short\n"));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    view.column()->verticalScrollBar()->setValue(view.column()->verticalScrollBar()->maximum());
    QCOMPARE(view.oldColumn()->firstVisibleLine(), view.column()->firstVisibleLine());
    view.grab(); // the widest line is known once it is painted
    QTRY_VERIFY(view.oldColumn()->horizontalScrollBar()->maximum() > 0);
    QTRY_VERIFY(view.column()->horizontalScrollBar()->isVisible());
    QCOMPARE(view.oldColumn()->viewport()->height(), view.column()->viewport()->height());
    QCOMPARE(view.oldColumn()->verticalScrollBar()->maximum(), view.column()->verticalScrollBar()->maximum());
}

void TestDiffView::whitespaceIsHiddenAndTold()
{
    DiffView view;
    QVERIFY(show(view, "@@ -1 +1 @@\n-a\n+\ta\n@@ -9 +9 @@\n-x\n+y\n"));
    QSignalSpy spy(&view, &DiffView::hideWhitespaceChanged);
    view.hideWhitespaceAction()->trigger();
    QVERIFY(isSettled(view));
    QCOMPARE(spy.size(), 1);
    QCOMPARE(textsOf(*view.column()),
             (QStringList{QStringLiteral("@@ -9 +9 @@"), QStringLiteral("x"), QStringLiteral("y")}));
    QCOMPARE(view.note(), QStringLiteral("hidden: 1 change of white space"));
    view.hideWhitespaceAction()->trigger();
    QVERIFY(isSettled(view));
    QCOMPARE(view.column()->lineCount(), 6);
    QCOMPARE(view.note(), QString());
}

void TestDiffView::clickExpandsTheGap()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("file"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(numbered(200).toUtf8());
    file.close();
    DiffView view;
    view.resize(600, 300);
    QVERIFY(show(view, "@@ -100 +100 @@\n-line 100\n+LINE 100\n", path));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QVERIFY(view.column()->canExpand(0));
    QVERIFY(!view.column()->canExpand(1));
    QTest::mouseClick(view.column()->viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(20, 5));
    QVERIFY(isSettled(view));
    QVERIFY(textsOf(*view.column()).contains(QStringLiteral("line 80")));
    QVERIFY(!textsOf(*view.column()).contains(QStringLiteral("line 79")));
    QCOMPARE(textsOf(*view.column()).last(), QStringLiteral("More lines of the file"));
    view.expandBefore(1);
    QVERIFY(isSettled(view));
    QVERIFY(textsOf(*view.column()).contains(QStringLiteral("line 120")));
}

void TestDiffView::expandAllShowsTheFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("file"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(numbered(200).toUtf8());
    file.close();
    DiffView view;
    QVERIFY(show(view, "@@ -100 +100 @@\n-line 100\n+LINE 100\n", path));
    view.expandAllAction()->trigger();
    QVERIFY(isSettled(view));
    QCOMPARE(view.column()->lineCount(), 201);
    QVERIFY(view.expandAllAction()->isChecked());
    view.expandAllAction()->trigger();
    QVERIFY(isSettled(view));
    QCOMPARE(view.column()->lineCount(), 4); // the last one: more lines
}

void TestDiffView::fileThatChangedIsTold()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("file"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("another\n");
    file.close();
    DiffView view;
    QVERIFY(show(view, "@@ -100 +100 @@\n-line 100\n+LINE 100\n", path));
    view.expandAllAction()->trigger();
    QVERIFY(isSettled(view));
    QVERIFY2(view.note().contains(QStringLiteral("the file has changed since")), qPrintable(view.note()));
    QCOMPARE(view.noteTone(), Tone::Warn);
    QVERIFY(!view.expandAllAction()->isChecked());
    QCOMPARE(view.column()->lineCount(), 3);
    QVERIFY(show(view, smallDiff));
    QCOMPARE(view.note(), QString());
}

void TestDiffView::withoutAFileNothingExpands()
{
    DiffView view;
    QVERIFY(show(view, "@@ -100 +100 @@\n-line 100\n+LINE 100\n"));
    QVERIFY(!view.expandAllAction()->isEnabled());
    QVERIFY(!view.column()->canExpand(0));
    view.expandBefore(0);
    QVERIFY(!view.isLoading());
}

void TestDiffView::findCountsEachLineOnce_data()
{
    QTest::addColumn<bool>("sideBySide");
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<LineFinder::Options>("options");
    QTest::addColumn<int>("count");
    const LineFinder::Options plain = LineFinder::Plain;
    const LineFinder::Options cased = LineFinder::CaseSensitive;
    const LineFinder::Options regex = LineFinder::Regex;
    for (const bool sideBySide : {false, true}) {
        const auto row = [sideBySide](const char *name) {
            return &(QTest::addRow("%s, %s", name, sideBySide ? "side by side" : "one column") << sideBySide);
        };
        *row("context, removed and added") << QStringLiteral("port") << plain << 4;
        *row("case") << QStringLiteral("Port") << cased << 1;
        *row("expression") << QStringLiteral("50[0-9]0") << regex << 2;
        *row("header") << QStringLiteral("@@") << plain << 2;
        *row("nothing") << QStringLiteral("nowhere") << plain << 0;
    }
}

void TestDiffView::findCountsEachLineOnce()
{
    QFETCH(bool, sideBySide);
    QFETCH(QString, pattern);
    QFETCH(LineFinder::Options, options);
    QFETCH(int, count);
    DiffView view;
    view.setSideBySide(sideBySide);
    QVERIFY(show(view, "@@ -1,3 +1,4 @@\n-port 5000\n+port 5050\n Port and\tport\n last\n+\xc3\xa4dded\n"));
    LineFinder &finder = view.find()->finder();
    finder.start(pattern, options);
    QTRY_VERIFY(finder.isDone());
    QCOMPARE(finder.matchCount(), count);
}

void TestDiffView::findGoesFromSideToSide()
{
    DiffView view;
    view.resize(800, 300);
    view.show();
    view.setSideBySide(true);
    QVERIFY(show(view, "@@ -1,3 +1,3 @@\n-port 5000\n+port 5050\n the port\n last\n"));
    LineFinder &finder = view.find()->finder();
    const Colors &colors = colorsFor(view.palette());
    finder.start(QStringLiteral("port"), LineFinder::Plain);
    QTRY_VERIFY(finder.isDone());
    QVERIFY(pixelsOf(*view.column(), colors.match) > 0); // the context is marked on both sides
    QVERIFY(pixelsOf(*view.oldColumn(), colors.match) > 0);
    QStringList ways;
    for (int i = 0; i < 4; ++i) {
        finder.next(view.find()->firstVisibleLine());
        QTRY_COMPARE(finder.currentIndex(), i % 3); // around the end
        ways.append(QStringLiteral("%1:%2")
                        .arg(pixelsOf(*view.oldColumn(), colors.currentMatch) > 0 ? 1 : 0)
                        .arg(pixelsOf(*view.column(), colors.currentMatch) > 0 ? 1 : 0));
    }
    QCOMPARE(ways.join(QLatin1Char(' ')), QStringLiteral("1:0 0:1 0:1 1:0"));
    finder.previous(view.find()->firstVisibleLine());
    QTRY_COMPARE(finder.currentIndex(), 2);
    QCOMPARE(view.column()->caret().line, 2);
    finder.start({}, LineFinder::Plain);
    QCOMPARE(pixelsOf(*view.column(), colors.currentMatch) + pixelsOf(*view.column(), colors.match), 0);
}

// The rows of another layout and of another file are searched anew.
void TestDiffView::findFollowsTheRows()
{
    DiffView view;
    view.resize(800, 300);
    view.show();
    QVERIFY(show(view, smallDiff));
    LineFinder &finder = view.find()->finder();
    finder.start(QStringLiteral("c"), LineFinder::Plain);
    finder.next(0);
    QTRY_COMPARE(finder.matchCount(), 1);
    QVERIFY(finder.current());
    view.setSideBySide(true);
    QVERIFY(isSettled(view));
    QVERIFY(!finder.current());
    QTRY_COMPARE(finder.matchCount(), 1);
    QVERIFY(show(view, "@@ -1 +1,2 @@\n cc\n+c\n"));
    QTRY_COMPARE(finder.matchCount(), 3);
}

void TestDiffView::findInAHugeDiff()
{
    constexpr int lines = 50'000;
    DiffView view;
    view.resize(800, 300);
    view.show();
    QVERIFY(show(view, hugeDiff(lines)));
    LineFinder &finder = view.find()->finder();
    finder.start(QStringLiteral("CONTEXT"), LineFinder::Plain);
    QVERIFY(!finder.isDone()); // nothing is looked at before the next event
    QTRY_COMPARE(finder.matchCount(), lines);
    finder.previous(0); // around the beginning
    QTRY_COMPARE(finder.currentIndex(), lines - 1);
    QVERIFY(view.column()->visibleEnd() == view.column()->lineCount());
}

void TestDiffView::findBarOpensAndCloses()
{
    DiffPane pane;
    pane.resize(800, 300);
    pane.show();
    QSignalSpy loaded(pane.view(), &DiffView::loaded);
    pane.showFile(changed(QStringLiteral("a"), "@@ -1 +1,2 @@\n one\n+One\n"), {});
    QVERIFY(loaded.wait());
    QVERIFY(!pane.openFindBar());
    QVERIFY(pane.activateFind());
    FindBar *bar = pane.openFindBar();
    QVERIFY(bar && bar->isVisible());
    auto *text = bar->findChild<QLineEdit *>();
    QTRY_VERIFY(text->hasFocus());
    QTest::keyClicks(text, QStringLiteral("one"));
    QTest::keyClick(text, Qt::Key_Return);
    const auto says = [bar](const QString &count) {
        return QTest::qWaitFor([&] {
            const QList<QLabel *> labels = bar->findChildren<QLabel *>();
            return std::any_of(labels.begin(), labels.end(), [&](const QLabel *l) { return l->text() == count; });
        });
    };
    QVERIFY(says(QStringLiteral("1/2")));
    for (QAbstractButton *button : bar->findChildren<QAbstractButton *>()) {
        if (button->text() == QLatin1String("Aa")) {
            button->click();
        }
    }
    QTest::keyClick(text, Qt::Key_Return);
    QVERIFY(says(QStringLiteral("1/1")));
    QTest::keyClick(text, Qt::Key_Escape);
    QVERIFY(!pane.openFindBar());
    QVERIFY(!pane.view()->find()->finder().isActive());
    QTRY_VERIFY(pane.view()->column()->hasFocus());

    QVERIFY(pane.activateFind());
    pane.showFile(
        ChangedFile::fromJson({{QStringLiteral("path"), QStringLiteral("b")}, {QStringLiteral("binary"), true}}), {});
    QVERIFY(loaded.wait());
    QVERIFY(!pane.openFindBar());
    QVERIFY(!pane.activateFind());
}

void TestDiffView::menuCopiesTheHunk()
{
    DiffView view;
    view.resize(600, 300);
    QVERIFY(show(view, "@@ -1 +1 @@ f()\n-a\n+b\n@@ -9 +9 @@\n-c\n+d\n"));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QCOMPARE(view.currentHunk(), 0);
    QVERIFY(view.showNextChange() && view.showNextChange());
    view.copyHunkAction()->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("@@ -9 +9 @@\n-c\n+d\n"));

    QContextMenuEvent event(QContextMenuEvent::Mouse, QPoint(60, 5), view.mapToGlobal(QPoint(60, 5)));
    QCoreApplication::sendEvent(view.column()->viewport(), &event);
    const auto *menu = view.findChild<QMenu *>();
    QVERIFY(menu);
    QVERIFY(!entry(*menu, QStringLiteral("Expand Here"))->isEnabled());
    QVERIFY(entry(*menu, QStringLiteral("Side by Side")));
    QVERIFY(entry(*menu, QStringLiteral("Hide Whitespace")));
    entry(*menu, QStringLiteral("Copy Hunk"))->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("@@ -1 +1 @@ f()\n-a\n+b\n"));
}

void TestDiffView::largeChangeStartsFolded_data()
{
    QTest::addColumn<ChangedFile>("file");
    QTest::addColumn<bool>("folded");
    QTest::newRow("many lines") << changed(QStringLiteral("a"), smallDiff, DiffPane::foldedLines + 1) << true;
    QTest::newRow("many bytes") << changed(QStringLiteral("a"), hugeDiff(100'000)) << true;
    QTest::newRow("small") << changed(QStringLiteral("a"), smallDiff) << false;
}

void TestDiffView::largeChangeStartsFolded()
{
    QFETCH(ChangedFile, file);
    QFETCH(bool, folded);
    DiffPane pane;
    pane.resize(600, 300);
    pane.show();
    pane.showFile(file, {});
    QVERIFY(isSettled(*pane.view()));
    QCOMPARE(pane.isFolded(), folded);
    QCOMPARE(pane.view()->isVisible(), !folded);
    if (folded) {
        QVERIFY(!pane.showNextChange());
        QTest::mouseClick(pane.findChild<QPushButton *>(), Qt::LeftButton);
        QVERIFY(pane.view()->isVisible());
        pane.showFile(changed(QStringLiteral("other"), smallDiff), {});
        pane.showFile(file, {});
        QVERIFY(isSettled(*pane.view()));
        QVERIFY(!pane.isFolded());
    }
}

void TestDiffView::binaryFileTellsSizesAndHashes()
{
    DiffPane pane;
    pane.showFile(ChangedFile::fromJson({{QStringLiteral("kind"), QStringLiteral("create")},
                                         {QStringLiteral("path"), QStringLiteral("x.png")},
                                         {QStringLiteral("binary"), true},
                                         {QStringLiteral("before"), QJsonValue()},
                                         {QStringLiteral("after"), QStringLiteral("c0ffee")},
                                         {QStringLiteral("afterSize"), 12345}}),
                  {});
    QVERIFY(isSettled(*pane.view()));
    QStringList texts;
    for (const QLabel *label : pane.findChildren<QLabel *>()) {
        texts.append(label->text());
    }
    QVERIFY(texts.contains(QStringLiteral("Binary file")));
    QVERIFY(texts.contains(QStringLiteral("Before: no file\n\nAfter: 12.3 kB (12,345 bytes)\nSHA-256 c0ffee")));
    QVERIFY(!pane.isFolded());
}

void TestDiffView::filesOutsideTheWorkspaceAreNotRead()
{
    const QByteArray diff = "@@ -100 +100 @@\n-line 100\n+LINE 100\n";
    for (const char *path : {"/etc/passwd", "../other", "a/../../other"}) {
        DiffPane pane;
        pane.showFile(changed(QString::fromLatin1(path), diff), QStringLiteral("/workspace"));
        QVERIFY(isSettled(*pane.view()));
        QVERIFY(!pane.view()->expandAllAction()->isEnabled());
    }
    DiffPane pane;
    pane.showFile(changed(QStringLiteral("a/b"), diff), QStringLiteral("/workspace"));
    QVERIFY(isSettled(*pane.view()));
    QVERIFY(pane.view()->expandAllAction()->isEnabled());
}

void TestDiffView::changesModelListsFiles()
{
    ChangesModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setChanges(Test::samplePreview()[QStringLiteral("changes")].toArray());
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(1, ChangesModel::PathColumn).data().toString(), QStringLiteral("src/app.cpp"));
    QCOMPARE(model.index(1, ChangesModel::AddedColumn).data().toString(), QStringLiteral("+3"));
    QCOMPARE(model.index(1, ChangesModel::RemovedColumn).data().toString(), QStringLiteral("\u22122"));
}

void TestDiffView::fileListFilters()
{
    FileList list;
    list.show();
    QVERIFY(QTest::qWaitForWindowActive(&list));
    QSignalSpy spy(&list, &FileList::currentFileChanged);
    list.setChanges(Test::samplePreview()[QStringLiteral("changes")].toArray());
    QCOMPARE(list.currentFile()->path, QStringLiteral("src/queue.hpp"));
    QTest::keyClick(list.table(), Qt::Key_Down);
    QCOMPARE(list.currentFile()->path, QStringLiteral("src/app.cpp"));
    const auto *field = list.findChild<QLineEdit *>();
    QTest::keyClicks(list.table(), QStringLiteral("n"));
    QTest::keyClicks(list.focusWidget(), QStringLiteral("otes OLD"));
    QCOMPARE(field->text(), QStringLiteral("notes OLD"));
    QCOMPARE(list.table()->model()->rowCount(), 1);
    QCOMPARE(list.currentFile()->path, QStringLiteral("old/notes.txt"));
    QVERIFY(!list.selectNext());
    list.setFilter(QStringLiteral("nowhere"));
    QVERIFY(!list.currentFile());
    QTest::keyClick(list.focusWidget(), Qt::Key_Escape);
    QCOMPARE(list.table()->model()->rowCount(), 3);
    QVERIFY(list.table()->hasFocus());
    QVERIFY(list.currentFile());
}

void TestDiffView::pathsKeepTheirNames_data()
{
    QTest::addColumn<int>("characters"); // of the width
    QTest::addColumn<QString>("expected"); // a pattern
    QTest::newRow("all of it") << 60 << QStringLiteral("source/components/network/client.cpp");
    QTest::newRow("folder shortened") << 22 << QStringLiteral("so.*\u2026.*/client\\.cpp");
    QTest::newRow("only the name") << 8 << QStringLiteral("(?!.*/).*\u2026.*");
}

void TestDiffView::pathsKeepTheirNames()
{
    QFETCH(int, characters);
    QFETCH(QString, expected);
    const QFontMetrics metrics(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    const int width = metrics.horizontalAdvance(QString(characters, QLatin1Char('x')));
    const QString shown = elidedPath(QStringLiteral("source/components/network/client.cpp"), metrics, width);
    const QRegularExpression pattern(QRegularExpression::anchoredPattern(expected));
    QVERIFY2(pattern.match(shown).hasMatch(), qPrintable(shown));
    QVERIFY(metrics.horizontalAdvance(shown) <= width);
}

QTEST_MAIN(TestDiffView)
#include "tst_diffview.moc"
