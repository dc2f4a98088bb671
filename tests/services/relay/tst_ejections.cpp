#include "services/relay/ejections.h"
#include "services/relay/retrybudget.h"

#include <QTest>

using namespace PatchPanel::Relay;
using namespace std::chrono_literals;

namespace {

using Failure = Ejections::Failure;

const QString a = QStringLiteral("a");

QList<Instance> instances(int count)
{
    QList<Instance> made;
    for (int i = 0; i < count; ++i) {
        Instance instance;
        instance.id = QString(QChar(u'a' + i));
        made.append(instance);
    }
    return made;
}

struct Fixture {
    double random = 0.5; // no jitter
    Ejections ejections{[this] {
        return random;
    }};
    Ejections::Time now{};

    void eject(const QString &id)
    {
        ejections.failed(id, Failure::Connect, now);
        ejections.failed(id, Failure::Connect, now);
    }
};

} // namespace

class TestEjections : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void afterSoManyFailures_data();
    void afterSoManyFailures();
    void lastsLongerEachTime();
    void lastsAtMostFiveMinutes();
    void isJittered_data();
    void isJittered();
    void anAnswerMakesGood();
    void comesBackWhenItProvedItself();
    void staysOutWhenItCouldNot();
    void atMostHalfAndNeverTheLast_data();
    void atMostHalfAndNeverTheLast();
    void failuresOfAnEjectedOneDoNotCount();
    void forgetsThoseThatLeft();
    void retriesAreAFifth();
};

void TestEjections::afterSoManyFailures_data()
{
    QTest::addColumn<QByteArray>("events"); // c: connect failure, g: gateway error, +: an answer
    QTest::addColumn<bool>("ejected");

    QTest::newRow("none") << QByteArray() << false;
    QTest::newRow("one connection") << QByteArray("c") << false;
    QTest::newRow("two connections") << QByteArray("cc") << true;
    QTest::newRow("two gateway errors") << QByteArray("gg") << false;
    QTest::newRow("three gateway errors") << QByteArray("ggg") << true;
    QTest::newRow("mixed, neither enough") << QByteArray("cgg") << false;
    QTest::newRow("an answer between") << QByteArray("c+c") << false;
    QTest::newRow("an answer between gateway errors") << QByteArray("gg+gg") << false;
    QTest::newRow("after an answer") << QByteArray("c+cc") << true;
}

void TestEjections::afterSoManyFailures()
{
    QFETCH(QByteArray, events);
    QFETCH(bool, ejected);
    Fixture f;
    for (const char event : std::as_const(events)) {
        if (event == '+') {
            f.ejections.succeeded(a);
        } else {
            f.ejections.failed(a, event == 'c' ? Failure::Connect : Failure::Gateway, f.now);
        }
    }
    QCOMPARE(f.ejections.isEjected(a), ejected);
    QCOMPARE(f.ejections.leftOut(instances(3)).contains(a), ejected);
}

void TestEjections::lastsLongerEachTime()
{
    Fixture f;
    for (int times = 1; times <= 4; ++times) {
        QVERIFY(!f.ejections.failed(a, Failure::Connect, f.now));
        const auto until = f.ejections.failed(a, Failure::Connect, f.now);
        QVERIFY(until && *until - f.now == 10s * times);
        f.ejections.readmit(a);
    }
}

void TestEjections::lastsAtMostFiveMinutes()
{
    Fixture f;
    f.eject(a);
    Ejections::Time until{};
    for (int i = 0; i < 40; ++i) {
        until = f.ejections.prolong(a, f.now);
    }
    QVERIFY(until - f.now == 300s);
}

void TestEjections::isJittered_data()
{
    QTest::addColumn<double>("random");
    QTest::addColumn<int>("milliseconds");
    QTest::newRow("least") << 0.0 << 8000;
    QTest::newRow("middle") << 0.5 << 10000;
    QTest::newRow("most") << 1.0 << 12000;
}

void TestEjections::isJittered()
{
    QFETCH(double, random);
    QFETCH(int, milliseconds);
    Fixture f;
    f.random = random;
    f.ejections.failed(a, Failure::Connect, f.now);
    const auto until = f.ejections.failed(a, Failure::Connect, f.now);
    QVERIFY(until);
    QCOMPARE(std::chrono::round<std::chrono::milliseconds>(*until - f.now).count(), milliseconds);
}

void TestEjections::anAnswerMakesGood()
{
    Fixture f;
    f.eject(a);
    f.ejections.prolong(a, f.now); // twice
    f.ejections.readmit(a);
    f.ejections.succeeded(a); // counts as once
    f.ejections.failed(a, Failure::Connect, f.now);
    QVERIFY(*f.ejections.failed(a, Failure::Connect, f.now) - f.now == 20s);
}

void TestEjections::comesBackWhenItProvedItself()
{
    Fixture f;
    f.eject(a);
    f.ejections.readmit(a);
    QVERIFY(!f.ejections.isEjected(a));
    QVERIFY(f.ejections.leftOut(instances(3)).isEmpty());
}

void TestEjections::staysOutWhenItCouldNot()
{
    Fixture f;
    f.eject(a);
    QVERIFY(f.ejections.prolong(a, f.now) - f.now == 20s);
    QVERIFY(f.ejections.isEjected(a));
}

void TestEjections::atMostHalfAndNeverTheLast_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<QString>("ejected"); // in this order
    QTest::addColumn<QString>("leftOut");
    QTest::newRow("the only one") << 1 << QStringLiteral("a") << QString();
    QTest::newRow("one of two") << 2 << QStringLiteral("a") << QStringLiteral("a");
    QTest::newRow("both of two: the later one") << 2 << QStringLiteral("ab") << QStringLiteral("b");
    QTest::newRow("two of three: the later one") << 3 << QStringLiteral("ba") << QStringLiteral("a");
    QTest::newRow("two of four") << 4 << QStringLiteral("ad") << QStringLiteral("ad");
    QTest::newRow("all of four: the later two") << 4 << QStringLiteral("dcba") << QStringLiteral("ab");
}

void TestEjections::atMostHalfAndNeverTheLast()
{
    QFETCH(int, count);
    QFETCH(QString, ejected);
    QFETCH(QString, leftOut);
    Fixture f;
    for (const QChar id : std::as_const(ejected)) {
        f.eject(QString(id));
        f.now += 1s;
    }
    QStringList ids = f.ejections.leftOut(instances(count)).values();
    ids.sort();
    QCOMPARE(ids.join(QString()), leftOut);
}

void TestEjections::failuresOfAnEjectedOneDoNotCount()
{
    Fixture f;
    f.eject(a);
    QVERIFY(!f.ejections.failed(a, Failure::Connect, f.now));
    QVERIFY(!f.ejections.failed(a, Failure::Connect, f.now));
}

void TestEjections::forgetsThoseThatLeft()
{
    Fixture f;
    f.eject(a);
    f.ejections.keepOnly({});
    QVERIFY(!f.ejections.isEjected(a));
}

void TestEjections::retriesAreAFifth()
{
    RetryBudget budget;
    int spent = 0;
    while (budget.spend()) {
        ++spent;
    }
    QCOMPARE(spent, 10); // saved up
    for (int run = 0; run < 1000; ++run) {
        budget.earn();
        spent += budget.spend() ? 1 : 0;
    }
    QVERIFY2(spent >= 205 && spent <= 210, qPrintable(QString::number(spent)));
}

QTEST_GUILESS_MAIN(TestEjections)
#include "tst_ejections.moc"
