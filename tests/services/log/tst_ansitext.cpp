#include "services/log/ansitext.h"

#include <QTest>

using namespace PatchPanel::Log;

using Spans = std::vector<AnsiSpan>;

class TestAnsiText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void colours_data();
    void colours();
    void terminalLine_data();
    void terminalLine();
    void anyBytesAreShown();
};

void TestAnsiText::colours_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::addColumn<Spans>("spans");
    const auto row = [](const char *name, const char *bytes, const char *text, Spans spans) {
        QTest::newRow(name) << QByteArray(bytes) << QString::fromUtf8(text) << spans;
    };
    row("none", "plain", "plain", {});
    row("red word", "a \x1b[31mred\x1b[0m b", "a red b", {{2, {.text = 0xcd0000}}, {5, {}}});
    row("empty means reset", "\x1b[1mb\x1b[mn", "bn", {{0, {.bold = true}}, {1, {}}});
    row("bright", "\x1b[92mx", "x", {{0, {.text = 0x00ff00}}});
    row("bright background", "\x1b[101mx", "x", {{0, {.background = 0xff0000}}});
    row("several at once", "\x1b[1;4;7;34;43mx", "x",
        {{0, {.text = 0x0000ee, .background = 0xcdcd00, .bold = true, .underline = true, .inverse = true}}});
    row("each is ended", "\x1b[1;4;7;31;41ma\x1b[22;24;27;39;49mb", "ab",
        {{0, {.text = 0xcd0000, .background = 0xcd0000, .bold = true, .underline = true, .inverse = true}}, {1, {}}});
    row("256: of the sixteen", "\x1b[38;5;9mx", "x", {{0, {.text = 0xff0000}}});
    row("256: of the cube", "\x1b[38;5;208mx", "x", {{0, {.text = 0xff8700}}});
    row("256: grey", "\x1b[48;5;240mx", "x", {{0, {.background = 0x585858}}});
    row("256: no such colour", "\x1b[38;5;256mx", "x", {});
    row("true colour", "\x1b[38;2;1;2;3mx", "x", {{0, {.text = 0x010203}}});
    row("true colour goes on", "\x1b[38;2;1;2;3;1mx", "x", {{0, {.text = 0x010203, .bold = true}}});
    row("true colour with colons", "\x1b[38:2:1:2:3;1mx", "x", {{0, {.text = 0x010203, .bold = true}}});
    row("true colour with a colour space", "\x1b[38:2::1:2:3mx", "x", {{0, {.text = 0x010203}}});
    row("channel too large", "\x1b[38;2;999;0;0mx", "x", {{0, {.text = 0xff0000}}});
    row("colour cut off", "\x1b[38;2;1mx", "x", {});
    row("kind of underline", "\x1b[4:3mx", "x", {{0, {.underline = true}}});
    row("private mode is no colour", "\x1b[?31mx", "x", {});
    row("unknown number", "\x1b[77;32mx", "x", {{0, {.text = 0x00cd00}}});
    row("cursor and screen are dropped", "\x1b[2J\x1b[10;5Hx\x1b[?25l\x1b(By\x1b=z", "xyz", {});
    row("hyperlink is dropped", "\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link", {});
    row("colours of what is written over", "\x1b[31mred\r\x1b[32mg", "ged",
        {{0, {.text = 0x00cd00}}, {1, {.text = 0xcd0000}}});
    row("no escape", "a\x1b\xf0\x9f\x98\x80 \x1b(\xf0\x9f\x98\x80", "a\xf0\x9f\x98\x80 \xf0\x9f\x98\x80", {});
    row("escape behind an escape", "\x1b\x1b[31mx", "x", {{0, {.text = 0xcd0000}}});
    row("hyperlink that another escape ends", "\x1b]8;;a\x1b[31mx", "x", {{0, {.text = 0xcd0000}}});
    row("same style twice is one span", "\x1b[31ma\x1b[31mb", "ab", {{0, {.text = 0xcd0000}}});
}

void TestAnsiText::colours()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    QFETCH(Spans, spans);
    const AnsiText shown = ansiText(bytes, Overwriting::AsATerminal);
    QCOMPARE(shown.text, text);
    QVERIFY(shown.spans == spans);
    if (!bytes.contains('\r')) {
        QCOMPARE(ansiText(bytes, Overwriting::Never).text, text);
    }
}

void TestAnsiText::terminalLine_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("terminal");
    QTest::addColumn<QString>("whole");
    const auto row = [](const char *name, const char *bytes, const char *terminal, const char *whole) {
        QTest::newRow(name) << QByteArray(bytes) << QString::fromUtf8(terminal) << QString::fromUtf8(whole);
    };
    row("overwritten", "10 %\r20 %", "20 %", "10 %␍20 %");
    row("longer stays", "longer\rsho", "shoger", "longer␍sho");
    row("erased", "longer\rsho\x1b[K", "sho", "longer␍sho");
    row("erased before", "longer\r\x1b[Ksho", "sho", "longer␍sho");
    row("at the end", "line\r", "line", "line");
    row("many at the end", "line\r\r", "line", "line␍");
    row("other letters", "\xf0\x9f\x98\x80\xc3\xa4\rb", "b\xc3\xa4", "\xf0\x9f\x98\x80\xc3\xa4␍b");
    row("bell", "a\a\tb", "a␇      b", "a␇      b");
    row("escapes and a tab", "\x1b[1ma\tb\x1b[0m", "a       b", "a       b");
    row("colour over colour", "\x1b[31mred\r\x1b[32mg", "ged", "red␍g");
    row("tab", "\tx\ry", "y       x", "        x␍y");
}

void TestAnsiText::terminalLine()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, terminal);
    QFETCH(QString, whole);
    QCOMPARE(ansiText(bytes, Overwriting::AsATerminal).text, terminal);
    QCOMPARE(ansiText(bytes, Overwriting::Never).text, whole);
    QByteArray shown("before ");
    appendShownText(shown, bytes);
    QCOMPARE(shown, "before " + terminal.toUtf8());
}

// Every pair of bytes behind an escape, and an escape that never ends.
void TestAnsiText::anyBytesAreShown()
{
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const QByteArray bytes =
                QByteArray("a\x1b") + static_cast<char>(first) + static_cast<char>(second) + "\x1b[3";
            const AnsiText shown = ansiText(bytes, Overwriting::AsATerminal);
            const bool clean = std::all_of(shown.text.begin(), shown.text.end(),
                                           [](QChar c) { return c.unicode() >= 0x20 && c.unicode() != 0x7f; });
            QVERIFY2(clean, bytes.toHex().constData());
            QByteArray utf8;
            appendShownText(utf8, bytes);
            QVERIFY2(utf8 == shown.text.toUtf8(), bytes.toHex().constData());
            for (const AnsiSpan &span : shown.spans) {
                QVERIFY(span.begin < shown.text.size());
            }
        }
    }
    QCOMPARE(ansiText("x\x1b[" + QByteArray(100'000, ';'), Overwriting::AsATerminal).text, QStringLiteral("x"));
    QCOMPARE(ansiText("x\x1b[" + QByteArray(1000, '9') + "my", Overwriting::AsATerminal).text, QStringLiteral("xy"));
}

QTEST_GUILESS_MAIN(TestAnsiText)
#include "tst_ansitext.moc"
