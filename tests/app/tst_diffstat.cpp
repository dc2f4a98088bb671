#include "app/commands/diffstat.h"

#include <QJsonObject>
#include <QTest>

using namespace PatchPanel::App;

class TestDiffStat : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rows_data();
    void rows();
    void noRowIsWiderThanTheTerminal_data();
    void noRowIsWiderThanTheTerminal();
    void colours();
};

namespace {

QJsonObject change(const char *kind, const QString &path, int added, int removed)
{
    return {{QStringLiteral("kind"), QLatin1String(kind)},
            {QStringLiteral("path"), path},
            {QStringLiteral("added"), added},
            {QStringLiteral("removed"), removed}};
}

} // namespace

void TestDiffStat::rows_data()
{
    QTest::addColumn<QJsonArray>("changes");
    QTest::addColumn<QString>("text");
    const QString a = QStringLiteral("a.txt");
    QTest::newRow("nothing") << QJsonArray{} << QString();
    QTest::newRow("few lines are shown one by one")
        << QJsonArray{change("modify", a, 2, 1), change("create", QStringLiteral("longer.txt"), 10, 0)}
        << QStringLiteral("~ a.txt       +2 −1 ++-\n+ longer.txt +10 −0 ++++++++++\n");
    QTest::newRow("no line changes") << QJsonArray{change("chmod", a, 0, 0)} << QStringLiteral("± a.txt +0 −0\n");
    QJsonObject moved = change("move", a, 0, 1);
    moved[QStringLiteral("from")] = QStringLiteral("b.txt");
    QTest::newRow("move") << QJsonArray{moved} << QStringLiteral("↦ b.txt ↦ a.txt +0 −1 -\n");
    QJsonObject binary = change("delete", a, 0, 0);
    binary[QStringLiteral("binary")] = true;
    QTest::newRow("binary") << QJsonArray{binary} << QStringLiteral("− a.txt binary\n");
}

void TestDiffStat::rows()
{
    QFETCH(QJsonArray, changes);
    QTEST(QString::fromUtf8(diffStat(changes, 80, Ansi::Plain)), "text");
}

void TestDiffStat::noRowIsWiderThanTheTerminal_data()
{
    QTest::addColumn<int>("width");
    for (const int width : {40, 80, 200}) {
        QTest::addRow("%d columns", width) << width;
    }
}

void TestDiffStat::noRowIsWiderThanTheTerminal()
{
    QFETCH(int, width);
    const QJsonArray changes{change("modify", QStringLiteral("src/").repeated(40) + QStringLiteral("end.cpp"), 9000, 1),
                             change("modify", QStringLiteral("b"), 1, 9000),
                             change("modify", QStringLiteral("c"), 1, 1)};
    const QStringList lines = QString::fromUtf8(diffStat(changes, width, Ansi::Plain)).split(u'\n');
    QCOMPARE(lines.size(), 4);
    for (const QString &line : lines) {
        QVERIFY2(line.size() <= width, qPrintable(line));
    }
    QVERIFY(lines.at(0).contains(QStringLiteral("/end.cpp ")));
    QVERIFY2(lines.at(0).endsWith(QStringLiteral("+-")), "the side with few lines is still seen");
    QVERIFY(lines.at(2).endsWith(QStringLiteral("+-")));
}

void TestDiffStat::colours()
{
    QVERIFY(diffStat({change("modify", QStringLiteral("a"), 1, 1)}, 80, Ansi::Colored)
                .endsWith("\033[32m+\033[0m\033[31m-\033[0m\n"));
}

QTEST_GUILESS_MAIN(TestDiffStat)
#include "tst_diffstat.moc"
