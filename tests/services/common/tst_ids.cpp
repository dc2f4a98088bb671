#include "services/common/ids.h"

#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace PatchPanel;

class TestIds : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void runIdsAreShortAndDiffer();
    void hashOfNothingIsTheKnownOne();
    void tokensCompare_data();
    void tokensCompare();
};

void TestIds::runIdsAreShortAndDiffer()
{
    static const QRegularExpression form(QStringLiteral("^[0-9a-f]{12}$"));
    QSet<QString> ids;
    for (int i = 0; i < 1000; ++i) {
        const QString id = newRunId();
        QVERIFY2(form.match(id).hasMatch(), qPrintable(id));
        ids.insert(id);
    }
    QCOMPARE(ids.size(), 1000);
}

void TestIds::hashOfNothingIsTheKnownOne()
{
    QCOMPARE(sha256Hex({}), QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

void TestIds::tokensCompare_data()
{
    QTest::addColumn<QByteArray>("left");
    QTest::addColumn<QByteArray>("right");
    QTest::addColumn<bool>("equal");
    QTest::newRow("equal") << QByteArray("secret") << QByteArray("secret") << true;
    QTest::newRow("last byte differs") << QByteArray("secret") << QByteArray("secreT") << false;
    QTest::newRow("prefix") << QByteArray("secret") << QByteArray("secre") << false;
    QTest::newRow("empty") << QByteArray("secret") << QByteArray() << false;
    QTest::newRow("both empty") << QByteArray() << QByteArray() << true;
}

void TestIds::tokensCompare()
{
    QFETCH(QByteArray, left);
    QFETCH(QByteArray, right);
    QTEST(constantTimeEquals(left, right), "equal");
}

QTEST_GUILESS_MAIN(TestIds)
#include "tst_ids.moc"
