#include "ui/style/appearance.h"
#include "ui/style/colors.h"
#include "ui/style/shape.h"

#include <QApplication>
#include <QImage>
#include <QPainter>
#include <QTest>

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
            {"added", colors->added}, {"removed", colors->removed},      {"selection", colors->selection},
            {"match", colors->match}, {"current", colors->currentMatch}, {"raised", colors->raised}};
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

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
