#include "services/log/logwriter.h"
#include "tests/support/sampleoutcome.h"
#include "ui/models/changesmodel.h"
#include "ui/panels/filelist.h"
#include "ui/panels/planpanel.h"
#include "ui/style/appearance.h"
#include "ui/style/primarybutton.h"
#include "ui/views/diffcolumn.h"
#include "ui/views/diffview.h"
#include "ui/views/linelayout.h"
#include "ui/views/logview.h"
#include "ui/views/textview.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPainter>
#include <QTableView>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

constexpr auto hebrew = u"\u05e9\u05dc\u05d5\u05dd";
constexpr auto rightToLeftOverride = u'\u202e';

// Of the application, as in a window of an Arabic or Hebrew language.
class RightToLeft {
public:
    RightToLeft() { QApplication::setLayoutDirection(Qt::RightToLeft); }
    ~RightToLeft() { QApplication::setLayoutDirection(Qt::LeftToRight); }
    Q_DISABLE_COPY_MOVE(RightToLeft)
};

QImage grab(QWidget &widget)
{
    return widget.grab().toImage();
}

// The smallest rectangle that has all pixels for which `isInk` is true.
template <typename Predicate> QRect inkOf(const QImage &image, const QRect &within, Predicate isInk)
{
    QRect ink;
    for (int y = within.top(); y <= within.bottom(); ++y) {
        for (int x = within.left(); x <= within.right(); ++x) {
            if (isInk(image.pixelColor(x, y))) {
                ink |= QRect(x, y, 1, 1);
            }
        }
    }
    return ink;
}

QRect inkOf(const QString &text, const LineLayout &layout)
{
    QImage image(static_cast<int>(layout.width()) + 400, 60, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    layout.draw(painter, {100, 40}, 0, 0, text.size());
    painter.end();
    return inkOf(image, image.rect(), [](const QColor &color) { return color.lightness() < 200; });
}

} // namespace

// What has to be right in a window whose language is written from right to left.
class TestRightToLeft : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void pathStandsBesideItsSign();
    void runButtonShowsItsWholeText();
    void firstFileIsSelected();
    void linesLookTheSame_data();
    void linesLookTheSame();
    void wordsWithinALineStayInTheirPlace();
    void directionMarksAreShown();

private:
    std::unique_ptr<Appearance> m_appearance;
};

void TestRightToLeft::initTestCase()
{
    m_appearance = std::make_unique<Appearance>();
    m_appearance->setTheme(Theme::Light);
}

void TestRightToLeft::pathStandsBesideItsSign()
{
    const RightToLeft direction;
    FileList list;
    list.resize(230, 200);
    list.setChanges({Test::sampleChange("create", "src/queue.hpp", 4, 0, ""),
                     Test::sampleChange("create", "a/folder/with/a/long/name/of/its/own/queue.hpp", 4, 0, "")});
    list.show();
    auto *table = list.findChild<QTableView *>();
    table->clearSelection();
    for (int row = 0; row < 2; ++row) {
        const QRect cell = table->visualRect(table->model()->index(row, 0));
        const QImage image = grab(*table->viewport());
        const QRect sign = inkOf(image, cell, [](const QColor &color) {
            return color.green() > color.red() + 50 && color.green() > color.blue() + 30;
        });
        const QRect path =
            inkOf(image, cell, [](const QColor &color) { return color.lightness() < 160 && color.saturation() < 60; });
        QVERIFY(!sign.isEmpty() && !path.isEmpty());
        QVERIFY2(path.right() < sign.left(), qPrintable(QString::number(path.right())));
        QVERIFY2(sign.left() - path.right() < 20, qPrintable(QString::number(path.right())));
        QVERIFY(path.left() > cell.left());
    }
}

void TestRightToLeft::runButtonShowsItsWholeText()
{
    PrimaryButton button(QStringLiteral("Run patch"));
    button.resize(button.sizeHint());
    button.clearFocus();
    const auto ink = [&button] {
        return inkOf(grab(button), button.rect().adjusted(3, 3, -3, -3),
                     [](const QColor &color) { return color.lightness() > 200; });
    };
    const QRect before = ink();
    const RightToLeft direction;
    const QRect after = ink();
    QVERIFY(before.width() > 40);
    QVERIFY2(std::abs(after.width() - before.width()) <= 1, qPrintable(QString::number(after.width())));
    QVERIFY(std::abs(after.center().x() - button.rect().center().x()) <= 2);
}

void TestRightToLeft::firstFileIsSelected()
{
    const RightToLeft direction;
    PlanPanel panel;
    panel.resize(900, 400);
    panel.show();
    panel.showPreview(Test::outcomeFrom(Test::samplePreview()));
    QVERIFY(panel.fileList()->currentFile());
    QCOMPARE(panel.fileList()->currentFile()->path, QStringLiteral("src/queue.hpp"));
    QTRY_VERIFY(!panel.diffView()->isLoading());
    QCOMPARE(panel.diffView()->column()->lineText(2), QStringLiteral("#pragma once"));
    QVERIFY(panel.fileList()->selectNext());
    panel.fileList()->setFilter(QStringLiteral("queue"));
    QCOMPARE(panel.fileList()->currentFile()->path, QStringLiteral("src/queue.hpp"));
}

void TestRightToLeft::linesLookTheSame_data()
{
    QTest::addColumn<QString>("view");
    QTest::newRow("text") << QStringLiteral("text");
    QTest::newRow("log") << QStringLiteral("log");
    QTest::newRow("diff") << QStringLiteral("diff");
}

// Logs, diffs and JSON are read from left to right in any language.
void TestRightToLeft::linesLookTheSame()
{
    QFETCH(QString, view);
    Log::Store store;
    const Log::Writer writer(store, "runner-1", "1f3a77c0");
    writer.output(Log::Level::Warning, "", Phase::Build, "[ 41%] \x1b[32mBuilding\x1b[0m (src/net.cpp): \xc3\xa4!");
    TextView text;
    text.setText("{ \"a\": [1, 2] }, (x).\n" + QString::fromUtf16(hebrew).toUtf8() + " (1) \xc3\xa4!");
    LogView log(store);
    DiffView diff;
    diff.setDiff(QStringLiteral("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ f();\n-start(config);\n+start(config, 1)!\n }\n"));
    QTRY_VERIFY(!diff.isLoading());
    QWidget *shown = view == QLatin1String("log") ? static_cast<QWidget *>(&log)
        : view == QLatin1String("diff")           ? static_cast<QWidget *>(&diff)
                                                  : &text;
    shown->resize(500, 120);
    shown->show();
    QTRY_VERIFY(log.isComplete());
    const QImage before = grab(*shown);
    const RightToLeft direction;
    const QImage after = grab(*shown);
    QVERIFY(inkOf(before, before.rect(), [](const QColor &color) { return color.lightness() < 120; }).width() > 60);
    QCOMPARE(after, before);
}

void TestRightToLeft::wordsWithinALineStayInTheirPlace()
{
    const QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    const QString word = QString::fromUtf16(hebrew);
    for (const QString &text : {word + QStringLiteral(" = 1;"), QStringLiteral("x = ") + word, word}) {
        const LineLayout layout(text, {font, QFontMetricsF(font).horizontalAdvance(u'M'), 0});
        QVERIFY(layout.isReordered());
        const QRect ink = inkOf(text, layout);
        QVERIFY2(ink.left() >= 98 && ink.right() <= 102 + layout.width(), qPrintable(text));
        QVERIFY2(ink.width() > layout.width() * 0.8, qPrintable(text));
        qreal covered = 0;
        for (const LineLayout::Extent &extent : layout.extentsOf(0, 0, text.size())) {
            QVERIFY2(extent.width > 0 && extent.left >= 0 && extent.left + extent.width <= layout.width() + 0.5,
                     qPrintable(QStringLiteral("%1: %2 + %3 of %4")
                                    .arg(text)
                                    .arg(extent.left)
                                    .arg(extent.width)
                                    .arg(layout.width())));
            covered += extent.width;
        }
        QVERIFY(std::abs(covered - layout.width()) < 1);
    }
}

// They could make a line of a diff read other than it is.
void TestRightToLeft::directionMarksAreShown()
{
    const QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    const QString text = QStringLiteral("if (a) %1{ b }").arg(QChar(rightToLeftOverride));
    const LineLayout layout(text, {font, QFontMetricsF(font).horizontalAdvance(u'M'), 0});
    QCOMPARE(layout.text(), text); // to be copied and found
    QVERIFY(!layout.isReordered());
    for (qsizetype column = 0; column < text.size(); ++column) {
        QVERIFY(layout.xOf(0, column + 1) > layout.xOf(0, column) + 1);
    }
    const QRect mark = inkOf(text.mid(7, 1), LineLayout(text.mid(7, 1), {font, 8, 0}));
    QVERIFY(!mark.isEmpty());
}

QTEST_MAIN(TestRightToLeft)
#include "tst_righttoleft.moc"
