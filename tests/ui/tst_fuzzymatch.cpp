#include "ui/models/fuzzymatch.h"

#include <QTest>

using namespace PatchPanel::Ui;

class TestFuzzyMatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fits_data();
    void fits();
    void better_data();
    void better();
};

void TestFuzzyMatch::fits_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<qsizetype>>("positions"); // {-1}: it does not fit
    using Places = QList<qsizetype>;
    QTest::newRow("nothing typed") << ""
                                   << "Run Patch" << Places{};
    QTest::newRow("only a space") << " "
                                  << "Run Patch" << Places{};
    QTest::newRow("a beginning") << "run"
                                 << "Run Patch" << Places{0, 1, 2};
    QTest::newRow("first letters of words") << "rp"
                                            << "Run Patch" << Places{0, 4};
    QTest::newRow("the better of two places") << "pa"
                                              << "Copy Panel" << Places{5, 6};
    QTest::newRow("scattered letters") << "rth"
                                       << "Run Patch" << Places{0, 6, 8};
    QTest::newRow("words in another order") << "patch run"
                                            << "Run Patch" << Places{0, 1, 2, 4, 5, 6, 7, 8};
    QTest::newRow("another case, beyond ASCII") << "ÜBER"
                                                << "über PatchPanel" << Places{0, 1, 2, 3};
    QTest::newRow("a letter too many") << "runs"
                                       << "Run Patch" << Places{-1};
    QTest::newRow("letters in the wrong order") << "nur"
                                                << "Run Patch" << Places{-1};
    QTest::newRow("one of two words") << "run x"
                                      << "Run Patch" << Places{-1};
    QTest::newRow("longer than the text") << "runpatchrun"
                                          << "Run" << Places{-1};
    QTest::newRow("an empty text") << "a"
                                   << "" << Places{-1};
}

void TestFuzzyMatch::fits()
{
    QFETCH(QString, pattern);
    QFETCH(QString, text);
    QFETCH(QList<qsizetype>, positions);
    const std::optional<FuzzyMatch> match = fuzzyMatch(pattern, text);
    QCOMPARE(match ? match->positions : QList<qsizetype>{-1}, positions);
}

void TestFuzzyMatch::better_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("better");
    QTest::addColumn<QString>("worse");
    QTest::newRow("a beginning before a middle") << "pre"
                                                 << "Preview"
                                                 << "Response report";
    QTest::newRow("together before scattered") << "find"
                                               << "Find…"
                                               << "Filter in history dates";
    QTest::newRow("beginnings of words before letters") << "sa"
                                                        << "Start All"
                                                        << "Close task";
    QTest::newRow("a small gap before a large one") << "rb"
                                                    << "xrxb"
                                                    << "xrxxxxxb";
}

void TestFuzzyMatch::better()
{
    QFETCH(QString, pattern);
    QFETCH(QString, better);
    QFETCH(QString, worse);
    const auto first = fuzzyMatch(pattern, better);
    const auto second = fuzzyMatch(pattern, worse);
    QVERIFY(first && second);
    QVERIFY2(first->score > second->score,
             qPrintable(QStringLiteral("%1 and %2").arg(first->score).arg(second->score)));
}

QTEST_APPLESS_MAIN(TestFuzzyMatch)
#include "tst_fuzzymatch.moc"
