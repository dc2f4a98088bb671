#include "services/relay/balancer.h"

#include <QTest>

using namespace PatchPanel::Relay;

namespace {

Instance instance(const char *id, int weight = 1, const char *note = "", int slotCount = 0)
{
    Instance made;
    made.id = QString::fromLatin1(id);
    made.weight = weight;
    made.note = QString::fromLatin1(note);
    made.slotCount = slotCount;
    return made;
}

// Always the first of what there is to choose from.
qsizetype first(qsizetype)
{
    return 0;
}

} // namespace

class TestBalancer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chooses_data();
    void chooses();
    void takesTurnsWhenNothingElseDiffers();
    void sharesByWeight();
    void mustWaitWhenAllAreFull();
    void ofManyTheBetterOfTwo();
    void ofManyNeverTheSameTwice();
    void thoseThatKnowWhatWasSent_data();
    void thoseThatKnowWhatWasSent();
};

void TestBalancer::chooses_data()
{
    using Loads = QHash<QString, Load>;
    QTest::addColumn<QList<Instance>>("instances");
    QTest::addColumn<Loads>("loads");
    QTest::addColumn<QSet<QString>>("excluded");
    QTest::addColumn<QString>("chosen");

    const QList<Instance> two{instance("a"), instance("b")};
    const QString a = QStringLiteral("a");
    const QString b = QStringLiteral("b");
    QTest::newRow("none") << QList<Instance>{} << Loads{} << QSet<QString>{} << QString();
    QTest::newRow("nobody used yet: the first") << two << Loads{} << QSet<QString>{} << a;
    QTest::newRow("least outstanding") << two << Loads{{a, {2, 1}}, {b, {1, 9}}} << QSet<QString>{} << b;
    QTest::newRow("tie: least recently used") << two << Loads{{a, {1, 7}}, {b, {1, 3}}} << QSet<QString>{} << b;
    QTest::newRow("tie: never used") << two << Loads{{a, {0, 7}}} << QSet<QString>{} << b;
    QTest::newRow("excluded") << two << Loads{{b, {5, 1}}} << QSet<QString>{a} << b;
    QTest::newRow("all excluded") << two << Loads{} << QSet<QString>{a, b} << QString();
    QTest::newRow("draining") << QList<Instance>{instance("a", 1, "draining"), instance("b")} << Loads{{b, {9, 1}}}
                              << QSet<QString>{} << b;
    QTest::newRow("another note is not draining")
        << QList<Instance>{instance("a", 1, "1 run"), instance("b")} << Loads{} << QSet<QString>{} << a;
    QTest::newRow("all draining") << QList<Instance>{instance("a", 1, "draining")} << Loads{} << QSet<QString>{}
                                  << QString();
    QTest::newRow("heavier takes more") << QList<Instance>{instance("a"), instance("b", 4)}
                                        << Loads{{a, {1, 1}}, {b, {3, 2}}} << QSet<QString>{} << b;
    QTest::newRow("heavier, but full") << QList<Instance>{instance("a"), instance("b", 4)}
                                       << Loads{{a, {1, 1}}, {b, {5, 2}}} << QSet<QString>{} << a;
    QTest::newRow("a free slot before the least outstanding")
        << QList<Instance>{instance("a", 1, "", 1), instance("b", 1, "", 4)} << Loads{{a, {1, 1}}, {b, {3, 2}}}
        << QSet<QString>{} << b;
    QTest::newRow("no free slot anywhere: least outstanding")
        << QList<Instance>{instance("a", 1, "", 1), instance("b", 1, "", 1)} << Loads{{a, {3, 1}}, {b, {2, 2}}}
        << QSet<QString>{} << b;
    QTest::newRow("load of one that left")
        << two << Loads{{QStringLiteral("gone"), {0, 1}}, {a, {1, 2}}} << QSet<QString>{} << b;
}

void TestBalancer::chooses()
{
    using Loads = QHash<QString, Load>;
    QFETCH(QList<Instance>, instances);
    QFETCH(Loads, loads);
    QFETCH(QSet<QString>, excluded);
    QFETCH(QString, chosen);
    const std::optional<Instance> found = chooseInstance(instances, loads, excluded, first);
    QCOMPARE(found ? found->id : QString(), chosen);
}

void TestBalancer::takesTurnsWhenNothingElseDiffers()
{
    const QList<Instance> instances{instance("a"), instance("b"), instance("c")};
    QHash<QString, Load> loads;
    QString order;
    for (quint64 choice = 1; choice <= 6; ++choice) {
        const QString id = chooseInstance(instances, loads, {}, first)->id;
        loads[id].lastUsed = choice;
        order += id;
    }
    QCOMPARE(order, QStringLiteral("abcabc"));
}

void TestBalancer::sharesByWeight()
{
    const QList<Instance> instances{instance("a"), instance("b", 3)};
    QHash<QString, Load> loads;
    for (quint64 choice = 1; choice <= 40; ++choice) {
        Load &load = loads[chooseInstance(instances, loads, {}, first)->id];
        ++load.outstanding;
        load.lastUsed = choice;
    }
    QCOMPARE(loads[QStringLiteral("a")].outstanding, 10);
    QCOMPARE(loads[QStringLiteral("b")].outstanding, 30);
}

void TestBalancer::mustWaitWhenAllAreFull()
{
    const QList<Instance> two{instance("a", 1, "", 1), instance("b", 1, "", 2)};
    const QString a = QStringLiteral("a");
    const QString b = QStringLiteral("b");
    QVERIFY(!areAllFull({}, {}, {}));
    QVERIFY(!areAllFull(two, {{a, {1, 1}}, {b, {1, 2}}}, {}));
    QVERIFY(areAllFull(two, {{a, {1, 1}}, {b, {2, 2}}}, {}));
    QVERIFY(areAllFull(two, {{a, {1, 1}}}, {b})); // the one with room is left out
    QVERIFY(!areAllFull(two, {}, {a, b})); // nobody at all: that is no reason to wait
    QVERIFY(!areAllFull({instance("a")}, {{a, {9, 1}}}, {})); // who does not tell its slots is never full
    QVERIFY(areAllFull({instance("a", 1, "draining"), instance("b", 1, "", 1)}, {{b, {1, 1}}}, {}));
}

void TestBalancer::ofManyTheBetterOfTwo()
{
    QList<Instance> instances;
    QHash<QString, Load> loads;
    for (int i = 0; i < 65; ++i) {
        instances.append(instance(QByteArray::number(i).constData()));
        loads[QString::number(i)].outstanding = 65 - i;
    }
    QList<qsizetype> draws{10, 20}; // the second is among the others: 21
    const auto drawn = [&draws](qsizetype) {
        return draws.takeFirst();
    };
    QCOMPARE(chooseInstance(instances, loads, {}, drawn)->id, QStringLiteral("21"));
    draws = {21, 10};
    QCOMPARE(chooseInstance(instances, loads, {}, drawn)->id, QStringLiteral("21"));
    instances.removeLast(); // 64: all are compared
    QCOMPARE(chooseInstance(instances, loads, {}, drawn)->id, QStringLiteral("63"));
}

void TestBalancer::ofManyNeverTheSameTwice()
{
    QList<Instance> instances;
    for (int i = 0; i < 65; ++i) {
        instances.append(instance(QByteArray::number(i).constData()));
    }
    QList<qsizetype> bounds;
    const auto last = [&bounds](qsizetype bound) {
        bounds.append(bound);
        return bound - 1;
    };
    QHash<QString, Load> loads{{QStringLiteral("64"), {1, 1}}};
    QCOMPARE(chooseInstance(instances, loads, {}, last)->id, QStringLiteral("63"));
    QCOMPARE(bounds, (QList<qsizetype>{65, 64}));
}

void TestBalancer::thoseThatKnowWhatWasSent_data()
{
    QTest::addColumn<QString>("runner");
    QTest::addColumn<QString>("history");
    QTest::addColumn<QStringList>("known");
    const auto row = [](const char *name, const char *runner, const char *history, const QStringList &known) {
        QTest::newRow(name) << QString::fromLatin1(runner) << QString::fromLatin1(history) << known;
    };
    const QString a = QStringLiteral("a");
    const QString b = QStringLiteral("b");
    row("it was sent nowhere", "", "", {a, b, QStringLiteral("c"), QStringLiteral("d")});
    row("the runner itself first", "b", "one", {b, a});
    row("the others of its history when it is gone", "z", "one", {a, b});
    row("the same id, with another history", "a", "gone", {});
    row("a runner that tells of no history", "d", "d", {QStringLiteral("d")});
    row("nobody", "z", "gone", {});
}

void TestBalancer::thoseThatKnowWhatWasSent()
{
    QFETCH(QString, runner);
    QFETCH(QString, history);
    QList<Instance> instances{instance("a"), instance("b"), instance("c"), instance("d")};
    instances[0].meta = instances[1].meta = {{QStringLiteral("history"), QStringLiteral("one")}};
    instances[2].meta = {{QStringLiteral("history"), QStringLiteral("two")}};
    QStringList found;
    for (const Instance &knowing : instancesAt({.runner = runner, .history = history}, instances)) {
        found.append(knowing.id);
    }
    QTEST(found, "known");
}

QTEST_GUILESS_MAIN(TestBalancer)
#include "tst_balancer.moc"
