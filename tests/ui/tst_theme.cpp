#include "ui/style/appearance.h"
#include "ui/style/colors.h"
#include "ui/style/shape.h"

#include <QApplication>
#include <QImage>
#include <QPainter>
#include <QSpinBox>
#include <QStyleOptionSpinBox>
#include <QTest>

#include <algorithm>

using namespace PatchPanel::Ui;

class TestTheme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void contrastIsEnough_data();
    void contrastIsEnough();
    void shapesDiffer();
    void paletteTellsItsTheme();
    void appearanceSwitches();
    void themeNamesAreReadBack();
    void contrastRatioMatchesKnownPairs();
    void readableColors_data();
    void readableColors();
    void everyColorBecomesReadable();
    void numberFieldsAreFlat_data();
    void numberFieldsAreFlat();
};

void TestTheme::contrastIsEnough_data()
{
    QTest::addColumn<QColor>("front");
    QTest::addColumn<QColor>("back");
    const std::pair<const char *, const Colors *> themes[] = {{"light", &lightColors()}, {"dark", &darkColors()}};
    const std::pair<const char *, Tone> tones[] = {
        {"text", Tone::Text},   {"muted", Tone::Muted}, {"ok", Tone::Ok},          {"warn", Tone::Warn},
        {"error", Tone::Error}, {"info", Tone::Info},   {"running", Tone::Running}};
    for (const auto &[theme, colors] : themes) {
        for (const auto &[name, tone] : tones) {
            QTest::addRow("%s: %s on base", theme, name) << colors->of(tone) << colors->base;
            QTest::addRow("%s: %s on window", theme, name) << colors->of(tone) << colors->window;
        }
        const std::pair<const char *, QColor> backs[] = {
            {"added", colors->added},          {"removed", colors->removed},         {"selection", colors->selection},
            {"match", colors->match},          {"current", colors->currentMatch},    {"raised", colors->raised},
            {"added word", colors->addedWord}, {"removed word", colors->removedWord}};
        for (const auto &[name, back] : backs) {
            QTest::addRow("%s: text on %s", theme, name) << colors->text << back;
        }
        QTest::addRow("%s: hunk header", theme) << colors->muted << colors->hunk;
        QTest::addRow("%s: primary button", theme) << colors->primaryText << colors->primary;
        QTest::addRow("%s: selected item", theme) << colors->accentText << colors->accent;
    }
}

void TestTheme::contrastIsEnough()
{
    QFETCH(QColor, front);
    QFETCH(QColor, back);
    const double ratio = contrastRatio(front, back);
    QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("%1 on %2 is %3:1").arg(front.name(), back.name()).arg(ratio)));
}

void TestTheme::shapesDiffer()
{
    QList<QImage> images;
    for (int i = 0; i <= static_cast<int>(Shape::ChevronDown); ++i) {
        QImage image(32, 32, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        paintShape(painter, image.rect(), static_cast<Shape>(i), Qt::black);
        painter.end();
        QVERIFY2(!images.contains(image), qPrintable(QStringLiteral("shape %1 looks like an earlier one").arg(i)));
        images.append(image);
    }
}

void TestTheme::paletteTellsItsTheme()
{
    QCOMPARE(&colorsFor(paletteFrom(lightColors())), &lightColors());
    QCOMPARE(&colorsFor(paletteFrom(darkColors())), &darkColors());
}

void TestTheme::appearanceSwitches()
{
    Appearance appearance;
    appearance.setTheme(Theme::Dark);
    QVERIFY(appearance.isDark());
    QCOMPARE(QApplication::palette().color(QPalette::Base), darkColors().base);
    appearance.setTheme(Theme::Light);
    QVERIFY(!appearance.isDark());
    QCOMPARE(QApplication::palette().color(QPalette::Base), lightColors().base);
}

void TestTheme::themeNamesAreReadBack()
{
    for (const Theme theme : {Theme::System, Theme::Light, Theme::Dark}) {
        QCOMPARE(toString(themeFromString(toString(theme))), toString(theme));
    }
    QVERIFY(themeFromString(QStringLiteral("no such theme")) == Theme::System);
}

void TestTheme::contrastRatioMatchesKnownPairs()
{
    QCOMPARE(qRound(contrastRatio(Qt::black, Qt::white) * 10), 210);
    QCOMPARE(qRound(contrastRatio(Qt::white, Qt::white) * 10), 10);
}

void TestTheme::readableColors_data()
{
    QTest::addColumn<QColor>("wanted");
    QTest::addColumn<QColor>("background");
    QTest::addColumn<bool>("unchanged");
    QTest::newRow("black on white") << QColor(Qt::black) << QColor(0xffffff) << true;
    QTest::newRow("xterm's blue on white") << QColor(0x0000ee) << QColor(0xffffff) << true;
    QTest::newRow("xterm's blue on dark") << QColor(0x0000ee) << darkColors().base << false;
    QTest::newRow("xterm's yellow on white") << QColor(0xcdcd00) << QColor(0xffffff) << false;
    QTest::newRow("xterm's yellow on dark") << QColor(0xcdcd00) << darkColors().base << true;
    QTest::newRow("grey on the same grey") << QColor(0x777777) << QColor(0x777777) << false;
    QTest::newRow("red on red") << QColor(0xcd0000) << QColor(0xff0000) << false;
}

void TestTheme::readableColors()
{
    QFETCH(QColor, wanted);
    QFETCH(QColor, background);
    QFETCH(bool, unchanged);
    const QColor color = readableOn(wanted, background);
    QVERIFY2(contrastRatio(color, background) >= 4.5, qPrintable(color.name()));
    QCOMPARE(color == wanted, unchanged);
    QVERIFY2(unchanged || contrastRatio(color, background) < 4.8, "more than needed was changed");
}

void TestTheme::everyColorBecomesReadable()
{
    constexpr int step = 51;
    for (int back = 0; back < 216; ++back) {
        const QColor background(back / 36 * step, back / 6 % 6 * step, back % 6 * step);
        for (int front = 0; front < 216; front += 5) {
            const QColor wanted(front / 36 * step, front / 6 % 6 * step, front % 6 * step);
            QVERIFY(contrastRatio(readableOn(wanted, background), background) >= 4.5);
        }
    }
}

void TestTheme::numberFieldsAreFlat_data()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
}

// As the fields for text: one colour within the frame, and two arrows that can be seen.
void TestTheme::numberFieldsAreFlat()
{
    QFETCH(Theme, theme);
    Appearance appearance;
    appearance.setTheme(theme);
    const Colors &colors = theme == Theme::Dark ? darkColors() : lightColors();
    QSpinBox box;
    box.setRange(0, 9);
    box.setValue(5);
    box.resize(120, 28);
    box.show();
    const QImage image = box.grab().toImage();
    QStyleOptionSpinBox option;
    option.initFrom(&box);
    option.subControls = QStyle::SC_All;
    for (const QStyle::SubControl control : {QStyle::SC_SpinBoxUp, QStyle::SC_SpinBoxDown}) {
        const QRect place = box.style()->subControlRect(QStyle::CC_SpinBox, &option, control, &box);
        QVERIFY(place.width() > 8);
        for (int y = place.top() + 2; y < place.bottom() - 1; ++y) {
            QCOMPARE(image.pixelColor(place.left() - 1, y), colors.base);
            QCOMPARE(image.pixelColor(box.width() - 3, y), colors.base);
        }
        const QImage arrow = image.copy(place.adjusted(3, 2, -3, -2));
        double clearest = 1;
        for (int y = 0; y < arrow.height(); ++y) {
            for (int x = 0; x < arrow.width(); ++x) {
                clearest = std::max(clearest, contrastRatio(arrow.pixelColor(x, y), colors.base));
            }
        }
        QVERIFY2(clearest > 4.5, qPrintable(QString::number(clearest)));
    }
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
