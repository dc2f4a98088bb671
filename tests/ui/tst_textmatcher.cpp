#include "ui/models/textmatcher.h"

#include <QTest>

using namespace PatchPanel::Ui;

class TestTextMatcher : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void matches_data();
    void matches();
    void agreesWithASimpleSearch();
    void findsEveryOneOfMany();
    void invalidExpressionSaysWhere();
    void tooComplexExpressionIsNoCount();
};

void TestTextMatcher::matches_data()
{
    using Spans = std::vector<TextMatcher::Span>;
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<int>("options");
    QTest::addColumn<QString>("line");
    QTest::addColumn<Spans>("expected");
    const auto row = [](const char *name, const char16_t *pattern, int options, const char16_t *line, Spans spans) {
        QTest::newRow(name) << QString::fromUtf16(pattern) << options << QString::fromUtf16(line) << spans;
    };
    constexpr int plain = TextMatcher::Plain;
    constexpr int exact = TextMatcher::CaseSensitive;
    constexpr int regex = TextMatcher::Regex;
    row("nothing", u"x", plain, u"", {});
    row("longer than the line", u"abcdef", plain, u"abc", {});
    row("the whole line", u"AbC", plain, u"aBc", {{0, 3}});
    row("case matters", u"ab", exact, u"AB ab aB", {{3, 2}});
    row("case does not matter", u"ab", plain, u"AB ab aB", {{0, 2}, {3, 2}, {6, 2}});
    row("only letters have a case", u"@[", plain, u"`{ @[", {{3, 2}});
    row("no overlap", u"aa", plain, u"aaaaa", {{0, 2}, {2, 2}});
    row("behind a register's width", u"end", plain, u"0123456789abcdef0123456789abcdef end", {{33, 3}});
    row("columns behind other letters", u"x", plain, u"ä€\xd83d\xde00x", {{4, 1}});
    row("other letters, exactly", u"ä", exact, u"aäÄ", {{1, 1}});
    row("other letters, folded", u"Ä", plain, u"aäÄ", {{1, 1}, {2, 1}});
    row("special characters are plain", u"a.c*", plain, u"abc a.c*", {{4, 4}});
    row("expression", u"a+b?", regex, u"aab a b", {{0, 3}, {4, 1}});
    row("empty matches do not count", u"z*", regex, u"abz", {{2, 1}});
}

void TestTextMatcher::matches()
{
    QFETCH(QString, pattern);
    QFETCH(int, options);
    QFETCH(QString, line);
    QFETCH(std::vector<TextMatcher::Span>, expected);
    const TextMatcher matcher(pattern, TextMatcher::Options(options));
    QVERIFY(matcher.problem().isEmpty());
    QVERIFY(matcher.matches(line) == expected);
    QCOMPARE(matcher.count(line.toUtf8()), std::optional(static_cast<qsizetype>(expected.size())));
}

// Every length of pattern and line around the width of a register, at every offset.
void TestTextMatcher::agreesWithASimpleSearch()
{
    for (int length = 1; length < 40; ++length) {
        const QString pattern = QString(length - 1, u'a') + u'B';
        for (int size = 0; size < 80; ++size) {
            for (int at = 0; at + length <= size; at += 3) {
                QString line(size, u'a');
                line.replace(at + length - 1, 1, QStringLiteral("b"));
                const TextMatcher matcher(pattern, TextMatcher::Plain);
                QCOMPARE(matcher.count(line.toUtf8()), std::optional<qsizetype>(1));
                QCOMPARE(matcher.matches(line).front().column, line.indexOf(pattern, 0, Qt::CaseInsensitive));
            }
        }
    }
}

void TestTextMatcher::findsEveryOneOfMany()
{
    for (int size = 0; size < 120; ++size) {
        QString line;
        for (int i = 0; i < size; ++i) {
            line += i * i * 7 % 5 < 2 ? u'a' : u'b';
        }
        for (const QString &pattern : {QStringLiteral("a"), QStringLiteral("ab"), QStringLiteral("bba")}) {
            std::vector<TextMatcher::Span> expected;
            for (qsizetype at = line.indexOf(pattern); at >= 0; at = line.indexOf(pattern, at + pattern.size())) {
                expected.push_back({at, pattern.size()});
            }
            const TextMatcher matcher(pattern, TextMatcher::CaseSensitive);
            QVERIFY(matcher.matches(line) == expected);
            QCOMPARE(matcher.count(line.toUtf8()), std::optional(static_cast<qsizetype>(expected.size())));
        }
    }
}

void TestTextMatcher::invalidExpressionSaysWhere()
{
    const TextMatcher matcher(QStringLiteral("li(ne"), TextMatcher::Regex);
    QVERIFY2(matcher.problem().contains(QStringLiteral("character 5")), qPrintable(matcher.problem()));
}

void TestTextMatcher::tooComplexExpressionIsNoCount()
{
    const TextMatcher matcher(QStringLiteral("(a+)+$"), TextMatcher::Regex);
    QCOMPARE(matcher.count(QByteArray(200, 'a') + 'b'), std::optional<qsizetype>());
}

QTEST_GUILESS_MAIN(TestTextMatcher)
#include "tst_textmatcher.moc"
