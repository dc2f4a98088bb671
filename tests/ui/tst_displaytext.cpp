#include "services/common/shellword.h"
#include "ui/models/displaytext.h"
#include "ui/models/format.h"
#include "ui/models/jsontext.h"

#include <QTest>

using namespace PatchPanel::Ui;
using PatchPanel::quotedForShell;

class TestDisplayText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bytesAreShown_data();
    void bytesAreShown();
    void longLinesAreClipped();
    void durations_data();
    void durations();
    void wordsAreQuotedForTheShell_data();
    void wordsAreQuotedForTheShell();
    void jsonIsIndented_data();
    void jsonIsIndented();
};

void TestDisplayText::bytesAreShown_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("shown");
    QTest::newRow("plain") << QByteArray("[ 41%] Building") << QStringLiteral("[ 41%] Building");
    QTest::newRow("UTF-8") << QByteArray("na\xc3\xafve") << QStringLiteral("na\u00efve");
    QTest::newRow("invalid UTF-8") << QByteArray("a\xff"
                                                 "b")
                                   << QStringLiteral("a\ufffdb");
    QTest::newRow("tab at the start") << QByteArray("\tx") << QStringLiteral("        x");
    QTest::newRow("tab after two characters") << QByteArray("ab\tx") << QStringLiteral("ab      x");
    QTest::newRow("control characters") << QByteArray("a\x01\x7f", 3) << QStringLiteral("a\u2401\u2421");
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << QStringLiteral("a\u2400b");
    QTest::newRow("carriage return of CRLF") << QByteArray("line\r") << QStringLiteral("line");
    QTest::newRow("carriage return hides nothing")
        << QByteArray("secret\rshown\x1b[K") << QStringLiteral("secret\u240dshown");
    QTest::newRow("colour escape") << QByteArray("\x1b[1;31merror\x1b[0m: x") << QStringLiteral("error: x");
    QTest::newRow("title escape") << QByteArray("\x1b]0;title\x07"
                                                "done")
                                  << QStringLiteral("done");
    QTest::newRow("title escape ended by ST") << QByteArray("\x1b]0;title\x1b\\done") << QStringLiteral("done");
    QTest::newRow("escape cut off") << QByteArray("x\x1b[3") << QStringLiteral("x");
    QTest::newRow("lone escape at the end") << QByteArray("x\x1b") << QStringLiteral("x");
    QTest::newRow("empty") << QByteArray() << QString();
}

void TestDisplayText::bytesAreShown()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, shown);
    QCOMPARE(displayText(bytes), shown);
}

void TestDisplayText::longLinesAreClipped()
{
    const QString fits(drawnLineLimit, QLatin1Char('x'));
    QCOMPARE(clippedText(fits), fits);
    const QString clipped = clippedText(fits + QString(3000, QLatin1Char('y')));
    QVERIFY(clipped.startsWith(fits));
    QVERIFY2(clipped.endsWith(QStringLiteral("(+3 KB)")), qPrintable(clipped.right(20)));
}

void TestDisplayText::durations_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64(0) << QStringLiteral("0 ms");
    QTest::newRow("below a second") << qint64(999) << QStringLiteral("999 ms");
    QTest::newRow("seconds are cut, not rounded up") << qint64(59'999) << QStringLiteral("59.9 s");
    QTest::newRow("minutes") << qint64(125'000) << QStringLiteral("2 min 05 s");
    QTest::newRow("hours") << qint64(8'040'000) << QStringLiteral("2 h 14 min");
}

void TestDisplayText::durations()
{
    QFETCH(qint64, ms);
    QFETCH(QString, text);
    QCOMPARE(formatDuration(ms), text);
}

void TestDisplayText::wordsAreQuotedForTheShell_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("quoted");
    QTest::newRow("plain path") << QStringLiteral("/a/b-c_d.json") << QStringLiteral("/a/b-c_d.json");
    QTest::newRow("space") << QStringLiteral("a b") << QStringLiteral("'a b'");
    QTest::newRow("quote") << QStringLiteral("it's") << QStringLiteral("'it'\\''s'");
    QTest::newRow("command substitution") << QStringLiteral("$(x)") << QStringLiteral("'$(x)'");
    QTest::newRow("empty") << QString() << QStringLiteral("''");
    QTest::newRow("line break at the end") << QStringLiteral("a\n") << QStringLiteral("'a\n'");
}

void TestDisplayText::wordsAreQuotedForTheShell()
{
    QFETCH(QString, word);
    QFETCH(QString, quoted);
    QCOMPARE(quotedForShell(word), quoted);
}

void TestDisplayText::jsonIsIndented_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("indented");
    QTest::newRow("object") << QByteArray(R"({"b":1,"a":[1.50,2]})")
                            << QByteArray("{\n  \"b\": 1,\n  \"a\": [\n    1.50,\n    2\n  ]\n}");
    QTest::newRow("empty containers") << QByteArray(R"({"a":{},"b":[ ]})")
                                      << QByteArray("{\n  \"a\": {},\n  \"b\": []\n}");
    QTest::newRow("brackets in strings") << QByteArray(R"(["{\"[,:"])") << QByteArray("[\n  \"{\\\"[,:\"\n]");
    QTest::newRow("already spaced") << QByteArray("{ \"a\" : 1 }\n") << QByteArray("{\n  \"a\": 1\n}");
    QTest::newRow("cut off in a string") << QByteArray(R"({"a)") << QByteArray("{\n  \"a");
    QTest::newRow("cut off behind a backslash") << QByteArray(R"(["a\)") << QByteArray("[\n  \"a\\");
    QTest::newRow("closed too often") << QByteArray("]]") << QByteArray("\n]\n]");
    QTest::newRow("empty") << QByteArray() << QByteArray();
}

void TestDisplayText::jsonIsIndented()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, indented);
    QCOMPARE(indentedJson(json), indented);
}

QTEST_MAIN(TestDisplayText)
#include "tst_displaytext.moc"
