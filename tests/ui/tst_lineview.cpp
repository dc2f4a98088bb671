#include "ui/models/displaytext.h"
#include "ui/views/textview.h"

#include <QAccessible>
#include <QClipboard>
#include <QElapsedTimer>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace PatchPanel::Ui;

namespace {

using Position = LineView::Position;

QByteArray numberedLines(int count)
{
    QByteArray text;
    for (int i = 0; i < count; ++i) {
        text += "line " + QByteArray::number(i) + '\n';
    }
    return text;
}

// A shown view of a text, with the focus.
class ShownText {
public:
    explicit ShownText(const QByteArray &text, int width = 400)
    {
        view.setText(text);
        view.resize(width, 300);
        view.show();
        view.setFocus();
    }

    bool settle() { return QTest::qWaitForWindowExposed(&view); }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(&view, key, modifiers);
    }
    QAccessibleTextInterface *accessible()
    {
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(&view);
        return interface ? interface->textInterface() : nullptr;
    }

    TextView view;
};

QString clipboard()
{
    return QGuiApplication::clipboard()->text();
}

void turnWheel(QWidget *view, int angle)
{
    const QPointF middle(view->rect().center());
    QWheelEvent event(middle, view->mapToGlobal(middle), {}, {0, angle}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(view, &event);
}

} // namespace

class TestLineView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { QGuiApplication::clipboard()->clear(); }
    void keysMoveTheCaret_data();
    void keysMoveTheCaret();
    void keysSelect_data();
    void keysSelect();
    void caretComesToTheScreen();
    void caretKeepsItsColumnOverShortLines();
    void caretIsNeverWithinACharacter();
    void pagesScroll();
    void longLineScrollsWithTheCaret();
    void wrapsOnlyWhatIsVisible_data();
    void wrapsOnlyWhatIsVisible();
    void wrappedRowsScroll();
    void endOfWrappedLinesIsShown();
    void wrappedTextIsSelectedAndFound();
    void switchingWrapKeepsThePlace();
    void columnsOfOtherLetters();
    void copiesManyLinesInSlices();
    void copyIsCancelled();
    void tooMuchIsNotCopied();
    void clippedLineIsCopiedWhole();
    void isReadByAssistiveTechnologies();
};

void TestLineView::keysMoveTheCaret_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("modifiers");
    QTest::addColumn<Position>("expected");
    const auto row = [](const char *name, Qt::Key key, Qt::KeyboardModifiers modifiers, Position expected) {
        QTest::newRow(name) << int(key) << int(modifiers) << expected;
    };
    row("left", Qt::Key_Left, Qt::NoModifier, {2, 2});
    row("right", Qt::Key_Right, Qt::NoModifier, {2, 4});
    row("up", Qt::Key_Up, Qt::NoModifier, {1, 3});
    row("down", Qt::Key_Down, Qt::NoModifier, {3, 3});
    row("home", Qt::Key_Home, Qt::NoModifier, {0, 0});
    row("end", Qt::Key_End, Qt::NoModifier, {999, 0});
    row("control home", Qt::Key_Home, Qt::ControlModifier, {0, 0});
    row("on the keypad", Qt::Key_Down, Qt::KeypadModifier, {3, 3});
    row("control down scrolls only", Qt::Key_Down, Qt::ControlModifier, {2, 3});
    row("alt is not for the view", Qt::Key_Down, Qt::AltModifier, {2, 3});
}

void TestLineView::keysMoveTheCaret()
{
    QFETCH(int, key);
    QFETCH(int, modifiers);
    QFETCH(Position, expected);
    ShownText text(numberedLines(1000));
    QVERIFY(text.settle());
    text.view.moveCaret({2, 3}, LineView::Selection::Drop);
    text.press(Qt::Key(key), Qt::KeyboardModifiers(modifiers));
    QCOMPARE(text.view.caret().line, expected.line);
    QCOMPARE(text.view.caret().column, expected.column);
    QVERIFY(!text.view.hasSelection());
}

void TestLineView::keysSelect_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<bool>("control");
    QTest::addColumn<QString>("expected");
    QTest::newRow("right") << int(Qt::Key_Right) << false << QStringLiteral("e");
    QTest::newRow("left") << int(Qt::Key_Left) << false << QStringLiteral("n");
    QTest::newRow("down") << int(Qt::Key_Down) << false << QStringLiteral("e 2\nlin");
    QTest::newRow("up") << int(Qt::Key_Up) << false << QStringLiteral("e 1\nlin");
    QTest::newRow("to the line's end") << int(Qt::Key_End) << false << QStringLiteral("e 2");
    QTest::newRow("to the line's beginning") << int(Qt::Key_Home) << false << QStringLiteral("lin");
    QTest::newRow("to the end") << int(Qt::Key_End) << true << QStringLiteral("e 2\nline 3\nline 4");
    QTest::newRow("to the beginning") << int(Qt::Key_Home) << true << QStringLiteral("line 0\nline 1\nlin");
    QTest::newRow("page") << int(Qt::Key_PageDown) << false << QStringLiteral("e 2\nline 3\n");
}

void TestLineView::keysSelect()
{
    QFETCH(int, key);
    QFETCH(bool, control);
    QFETCH(QString, expected);
    ShownText text(numberedLines(5));
    QVERIFY(text.settle());
    text.view.moveCaret({2, 3}, LineView::Selection::Drop);
    text.press(Qt::Key(key), Qt::ShiftModifier | (control ? Qt::ControlModifier : Qt::NoModifier));
    QCOMPARE(text.view.selectedText(), expected);
    text.press(Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(clipboard(), expected);
    text.press(Qt::Key_Right);
    QVERIFY(!text.view.hasSelection());
}

void TestLineView::caretComesToTheScreen()
{
    ShownText text(numberedLines(1000));
    QVERIFY(text.settle());
    text.view.verticalScrollBar()->setValue(500);
    text.press(Qt::Key_Down);
    QCOMPARE(text.view.caret().line, 500);
    QCOMPARE(text.view.firstVisibleLine(), 500);
    text.view.verticalScrollBar()->setValue(100);
    text.press(Qt::Key_Up);
    QCOMPARE(text.view.caret().line, text.view.visibleEnd() - 1);
    QCOMPARE(text.view.firstVisibleLine(), 100);
}

void TestLineView::caretKeepsItsColumnOverShortLines()
{
    ShownText text("a long line\nab\nanother long line\n");
    QVERIFY(text.settle());
    text.view.moveCaret({0, 8}, LineView::Selection::Drop);
    text.press(Qt::Key_Down);
    QCOMPARE(text.view.caret().column, 2);
    text.press(Qt::Key_Down);
    QCOMPARE(text.view.caret().column, 8);
}

void TestLineView::caretIsNeverWithinACharacter()
{
    ShownText text("a\xf0\x9f\x98\x80z\nnext\n");
    QVERIFY(text.settle());
    for (const qsizetype expected : {1, 3, 4}) {
        text.press(Qt::Key_Right);
        QCOMPARE(text.view.caret().column, expected);
    }
    text.press(Qt::Key_Right);
    QVERIFY(text.view.caret() == (Position{1, 0}));
    for (const qsizetype expected : {4, 3, 1, 0, 0}) {
        text.press(Qt::Key_Left);
        QCOMPARE(text.view.caret().column, expected);
    }
}

void TestLineView::pagesScroll()
{
    ShownText text(numberedLines(1000));
    QVERIFY(text.settle());
    const qsizetype page = text.view.visibleLineCount() - 1;
    text.press(Qt::Key_PageDown);
    QCOMPARE(text.view.firstVisibleLine(), page);
    QCOMPARE(text.view.caret().line, page);
    text.press(Qt::Key_PageDown, Qt::ShiftModifier);
    QCOMPARE(text.view.firstVisibleLine(), 2 * page);
    QVERIFY(text.view.selectedText().startsWith(QStringLiteral("line %1\n").arg(page)));
    text.press(Qt::Key_PageUp);
    text.press(Qt::Key_PageUp);
    QCOMPARE(text.view.firstVisibleLine(), 0);
}

void TestLineView::longLineScrollsWithTheCaret()
{
    ShownText text(QByteArray(1000, 'x') + "\n\n");
    QVERIFY(text.settle());
    text.press(Qt::Key_End, Qt::ShiftModifier);
    QVERIFY(text.view.horizontalScrollBar()->value() > 0);
    QVERIFY(text.view.viewport()->rect().contains(text.view.rectOf(text.view.caret())));
    text.press(Qt::Key_Home, Qt::ShiftModifier);
    QCOMPARE(text.view.horizontalScrollBar()->value(), 0);
}

void TestLineView::wrapsOnlyWhatIsVisible_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("letters") << QByteArray(1'000'000, 'x');
    QTest::newRow("other letters") << QString(400'000, QChar(0x4e2d)).toUtf8();
    QTest::newRow("characters of two halves") << QByteArray("\xf0\x9f\x98\x80").repeated(200'000);
}

void TestLineView::wrapsOnlyWhatIsVisible()
{
    QFETCH(QByteArray, line);
    ShownText text(line + '\n' + numberedLines(100'000) + line + '\n');
    QVERIFY(text.settle());
    text.view.setWrapped(true);
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!text.view.grab().isNull());
    text.view.verticalScrollBar()->setValue(50'000);
    QVERIFY(!text.view.grab().isNull());
    text.press(Qt::Key_End);
    QVERIFY(!text.view.grab().isNull());
    QVERIFY2(timer.elapsed() < 2000, "one long line must not hang the view");
    QVERIFY(!text.view.horizontalScrollBar()->isVisible());
}

void TestLineView::wrappedRowsScroll()
{
    ShownText text(QByteArray(5'000, 'x') + '\n' + numberedLines(100));
    QVERIFY(text.settle());
    text.view.setWrapped(true);
    QCOMPARE(text.view.visibleEnd(), 1); // the first line fills the screen
    for (int i = 0; i < 3; ++i) {
        turnWheel(text.view.viewport(), -120);
    }
    QCOMPARE(text.view.firstVisibleLine(), 0);
    QVERIFY(text.view.rectOf({0, 0}).isNull());
    while (text.view.firstVisibleLine() == 0) {
        const Position before = text.view.caret();
        text.press(Qt::Key_PageDown);
        QVERIFY(text.view.caret() > before);
    }
    turnWheel(text.view.viewport(), 12'000);
    QCOMPARE(text.view.rectOf({0, 0}).top(), 0);
}

void TestLineView::endOfWrappedLinesIsShown()
{
    ShownText text(numberedLines(100) + QByteArray(300, 'y') + '\n' + QByteArray(200, 'z') + '\n');
    QVERIFY(text.settle());
    text.view.setWrapped(true);
    text.press(Qt::Key_End);
    QCOMPARE(text.view.visibleEnd(), 102);
    const QRect last = text.view.rectOf({101, 200});
    QVERIFY(text.view.viewport()->rect().contains(last));
    QVERIFY2(last.bottom() > text.view.viewport()->height() - 2 * last.height(), "and nothing empty is below it");
    text.view.resize(250, 200);
    text.press(Qt::Key_End);
    QVERIFY(text.view.viewport()->rect().contains(text.view.rectOf({101, 200})));
    text.view.verticalScrollBar()->setValue(text.view.verticalScrollBar()->maximum());
    QVERIFY(text.view.viewport()->rect().contains(text.view.rectOf({101, 200})));
}

void TestLineView::wrappedTextIsSelectedAndFound()
{
    ShownText text(QByteArray(2000, 'x') + "needle" + QByteArray(2000, 'x') + '\n' + numberedLines(10));
    QVERIFY(text.settle());
    text.view.setWrapped(true);
    text.view.finder().start(QStringLiteral("needle"), LineFinder::Plain);
    text.view.finder().next(0);
    QTRY_VERIFY(text.view.finder().current());
    const QRect found = text.view.rectOf({0, 2000});
    QVERIFY(text.view.viewport()->rect().contains(found));
    QVERIFY(text.view.caret() == (Position{0, 2000}));
    QTest::mousePress(text.view.viewport(), Qt::LeftButton, {}, found.center());
    text.press(Qt::Key_Down, Qt::ShiftModifier); // to the next row of the same line
    QVERIFY(text.view.selectedText().startsWith(QStringLiteral("needlexx")));
    QCOMPARE(text.view.caret().line, 0);
    QCOMPARE(text.view.rectOf(text.view.caret()).topLeft(), found.topLeft() + QPoint(0, found.height()));
}

void TestLineView::switchingWrapKeepsThePlace()
{
    ShownText text(numberedLines(1000));
    QVERIFY(text.settle());
    QSignalSpy wrapped(&text.view, &LineView::wrappedChanged);
    text.view.verticalScrollBar()->setValue(300);
    text.view.setWrapped(true);
    QCOMPARE(text.view.firstVisibleLine(), 300);
    text.press(Qt::Key_End);
    text.view.setWrapped(false);
    QCOMPARE(text.view.visibleEnd(), 1000);
    QCOMPARE(wrapped, (QList<QVariantList>{{true}, {false}}));
}

// What is at a point is where it was painted, in each row, also for letters of other widths.
void TestLineView::columnsOfOtherLetters()
{
    const LineLayout::Metrics metrics{QFontDatabase::systemFont(QFontDatabase::FixedFont), 8, 100};
    for (const QString &text : {QStringLiteral("plain text that is longer than a row of a hundred pixels"),
                                QStringLiteral("ä 漢字漢字漢字漢字漢字 😀😀😀😀😀😀😀😀 and more of it, é"), QString()}) {
        const LineLayout layout(text, metrics);
        QCOMPARE(layout.isShaped(), text.contains(QChar(0xe4)));
        QCOMPARE(layout.rowBegin(0), 0);
        QCOMPARE(layout.rowEnd(layout.rowCount() - 1), text.size());
        QCOMPARE(layout.rowCount() > 1, !text.isEmpty());
        for (qsizetype column = 0; column < text.size(); ++column) {
            const qsizetype row = layout.rowOf(column);
            QVERIFY(layout.rowBegin(row) <= column && column < layout.rowEnd(row));
            QVERIFY(layout.xOf(row, column) < 101);
            if (!text[column].isLowSurrogate()) {
                QCOMPARE(layout.columnAt(row, layout.xOf(row, column) + 0.1), column);
            }
        }
        QCOMPARE(layout.rowOf(text.size()), layout.rowCount() - 1);
    }
}

void TestLineView::copiesManyLinesInSlices()
{
    const QByteArray lines = numberedLines(400'000);
    ShownText text(lines);
    QVERIFY(text.settle());
    QSignalSpy reported(&text.view.copier(), &LineCopier::reported);
    text.view.selectAll();
    text.view.copy();
    QVERIFY(text.view.copier().isCopying());
    QTRY_VERIFY(!text.view.copier().isCopying());
    QCOMPARE(clipboard(), QString::fromUtf8(lines).chopped(1));
    QVERIFY(reported.size() > 2);
    QVERIFY(reported.first().first().toString().startsWith(QStringLiteral("Copying, ")));
    QCOMPARE(reported.last().first().toString(), QStringLiteral("400,000 lines copied"));
}

void TestLineView::copyIsCancelled()
{
    ShownText text(numberedLines(400'000));
    QVERIFY(text.settle());
    QGuiApplication::clipboard()->setText(QStringLiteral("as before"));
    QSignalSpy reported(&text.view.copier(), &LineCopier::reported);
    text.view.selectAll();
    text.view.copy();
    text.press(Qt::Key_Escape);
    QVERIFY(!text.view.copier().isCopying());
    QCOMPARE(reported.last().first().toString(), QStringLiteral("Nothing was copied"));
    text.view.selectAll();
    text.view.copy();
    text.view.setText("other");
    QVERIFY(!text.view.copier().isCopying());
    QCOMPARE(clipboard(), QStringLiteral("as before"));
}

void TestLineView::tooMuchIsNotCopied()
{
    ShownText text(numberedLines(1000));
    QVERIFY(text.settle());
    QGuiApplication::clipboard()->setText(QStringLiteral("as before"));
    QSignalSpy reported(&text.view.copier(), &LineCopier::reported);
    text.view.copier().setLimit(5000);
    text.view.selectAll();
    text.view.copy();
    QTRY_COMPARE(reported.size(), 1);
    QVERIFY(reported.first().first().toString().contains(QStringLiteral("more than 5,000 characters")));
    QCOMPARE(clipboard(), QStringLiteral("as before"));
    text.view.copier().setLimit(10'000);
    text.view.copy();
    QVERIFY(clipboard().endsWith(QStringLiteral("line 999")));
}

void TestLineView::clippedLineIsCopiedWhole()
{
    const QByteArray line = QByteArray(100'000, 'x') + "end";
    ShownText text(line + "\nnext\n");
    QVERIFY(text.settle());
    QVERIFY(text.view.drawnText(0).size() < drawnLineLimit + 100);
    text.press(Qt::Key_End, Qt::ShiftModifier);
    text.view.copy();
    QVERIFY(clipboard() == QString::fromUtf8(line));
    text.press(Qt::Key_Left, Qt::ShiftModifier);
    text.view.copy();
    QVERIFY(clipboard().size() < line.size());
}

void TestLineView::isReadByAssistiveTechnologies()
{
    ShownText shown(numberedLines(100'000));
    QVERIFY(shown.settle());
    QAccessibleTextInterface *text = shown.accessible();
    QVERIFY(text);
    QAccessibleInterface *node = QAccessible::queryAccessibleInterface(&shown.view);
    QVERIFY(node->state().readOnly && node->state().multiLine && node->state().focusable);

    shown.view.verticalScrollBar()->setValue(5000);
    QVERIFY(text->characterCount() < 1000);
    QVERIFY(text->text(0, text->characterCount()).startsWith(QStringLiteral("line 5000\nline 5001\n")));
    QCOMPARE(text->text(5, 9), QStringLiteral("5000"));
    QCOMPARE(text->cursorPosition(), -1);
    text->setCursorPosition(12);
    QVERIFY(shown.view.caret() == (Position{5001, 2}));
    QCOMPARE(text->cursorPosition(), 12);
    QCOMPARE(text->selectionCount(), 0);
    text->addSelection(5, 14);
    QCOMPARE(shown.view.selectedText(), QStringLiteral("5000\nline"));
    int begin = 0;
    int end = 0;
    text->selection(0, &begin, &end);
    QCOMPARE(std::pair(begin, end), std::pair(5, 14));
    text->removeSelection(0);
    QVERIFY(!shown.view.hasSelection());
    QString line = text->textAtOffset(12, QAccessible::LineBoundary, &begin, &end);
    QCOMPARE(line.trimmed(), QStringLiteral("line 5001"));
    const QRect rect = text->characterRect(12);
    QCOMPARE(text->offsetAtPoint(rect.center() - QPoint(2, 0)), 12);
    QCOMPARE(text->offsetAtPoint(QPoint(-1000, -1000)), -1);
    shown.view.setText({});
    QCOMPARE(text->characterCount(), 0);
    QVERIFY(text->characterRect(0).isNull());
    text->setCursorPosition(3);
    QCOMPARE(text->offsetAtPoint(rect.center()), -1);
}

QTEST_MAIN(TestLineView)
#include "tst_lineview.moc"
