#include "app/commands/failurereport.h"

#include <QJsonArray>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

class TestFailureReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void excerpt_data();
    void excerpt();
    void everyProblemIsListed();
    void oneProblemIsNotRepeated();
    void filesThatChangedSince();
    void textOfATaskCannotRepaint();
};

void TestFailureReport::excerpt_data()
{
    QTest::addColumn<QJsonObject>("details");
    QTest::addColumn<QString>("text");
    const auto place = [](int hunk, int nearest, int line, const char *expected, const char *found) {
        return QJsonObject{{QStringLiteral("hunk"), hunk},
                           {QStringLiteral("nearest"), nearest},
                           {QStringLiteral("line"), line},
                           {QStringLiteral("expected"), QString::fromUtf8(expected)},
                           {QStringLiteral("found"), QString::fromUtf8(found)}};
    };
    QTest::newRow("a line differs") << place(2, 11, 12, "a\nb\nc\n", "a\nB\nc\n")
                                    << QStringLiteral("  hunk 2; the nearest place is line 11, the first line that "
                                                      "differs is line 12:\n"
                                                      "       11 | a\n"
                                                      "  >    12 | expected: b\n"
                                                      "  >    12 | found:    B\n"
                                                      "       13 | c\n");
    QTest::newRow("the file ends") << place(1, 1, 2, "a\nb\n", "a\n")
                                   << QStringLiteral("  hunk 1; the nearest place is line 1, the first line that "
                                                     "differs is line 2:\n"
                                                     "        1 | a\n"
                                                     "  >     2 | expected: b\n"
                                                     "  >     2 | found:    (nothing: it ends here)\n");
    QTest::newRow("far into the hunk")
        << place(1, 1, 6, "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\nsix\n7\n8\n9\n")
        << QStringLiteral("  hunk 1; the nearest place is line 1, the first line that differs is line 6:\n"
                          "        3 | 3\n        4 | 4\n        5 | 5\n"
                          "  >     6 | expected: 6\n  >     6 | found:    six\n"
                          "        7 | 7\n        8 | 8\n");
    QTest::newRow("text that stands nowhere")
        << QJsonObject{{QStringLiteral("expected"), QStringLiteral("port: 1\nhost\n")}}
        << QStringLiteral("  expected in the file:\n        | port: 1\n        | host\n");
    QTest::newRow("nothing to compare") << QJsonObject{{QStringLiteral("path"), QStringLiteral("a")}} << QString();
}

void TestFailureReport::excerpt()
{
    QFETCH(QJsonObject, details);
    QFETCH(QString, text);
    const Error error{ErrorCode::DoesNotApply, QStringLiteral("it does not apply"), QStringLiteral("make it again"),
                      QStringLiteral("a.txt"), details};
    QCOMPARE(QString::fromUtf8(failureReport(error)),
             QStringLiteral("a.txt: it does not apply (make it again)\n") + text);
}

void TestFailureReport::everyProblemIsListed()
{
    const QJsonArray problems{QJsonObject{{QStringLiteral("where"), QStringLiteral("/a")},
                                          {QStringLiteral("message"), QStringLiteral("one")}},
                              QJsonObject{{QStringLiteral("where"), QStringLiteral("/b")},
                                          {QStringLiteral("message"), QStringLiteral("two")},
                                          {QStringLiteral("hint"), QStringLiteral("mend")}}};
    const Error error{ErrorCode::InvalidTask,
                      QStringLiteral("one (and 1 more)"),
                      {},
                      QStringLiteral("/a"),
                      {{QStringLiteral("problems"), problems}}};
    QCOMPARE(failureReport(error), QByteArray("/a: one (and 1 more)\n  /a: one\n  /b: two\n      mend\n"));
}

void TestFailureReport::oneProblemIsNotRepeated()
{
    const QJsonArray problems{QJsonObject{{QStringLiteral("message"), QStringLiteral("one")}}};
    const Error error{ErrorCode::InvalidTask, QStringLiteral("one"), {}, {}, {{QStringLiteral("problems"), problems}}};
    QCOMPARE(failureReport(error), QByteArray("one\n"));
}

void TestFailureReport::filesThatChangedSince()
{
    const Error error{ErrorCode::DoesNotApply,
                      QStringLiteral("2 files changed since"),
                      {},
                      {},
                      {{QStringLiteral("conflicts"), QJsonArray{QStringLiteral("a"), QStringLiteral("b/c")}}}};
    QCOMPARE(failureReport(error), QByteArray("2 files changed since\n  changed since: a\n  changed since: b/c\n"));
}

void TestFailureReport::textOfATaskCannotRepaint()
{
    const Error error{ErrorCode::InvalidTask, QStringLiteral("The op \"\033[2J\" is not known.")};
    QCOMPARE(failureReport(error), QStringLiteral("The op \"\u241b[2J\" is not known.\n").toUtf8());
}

QTEST_GUILESS_MAIN(TestFailureReport)
#include "tst_failurereport.moc"
