#include "tests/support/registryclock.h"

#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Registry;
using PatchPanel::Test::ManualClock;
using PatchPanel::Test::runnerDefinition;
using namespace std::chrono_literals;

// When leases end together, and when nobody could keep them.
class TestLeases : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void massExpiryWaitsOneSweep_data();
    void massExpiryWaitsOneSweep();
    void massExpiryThatEndsInTimeHarmsNobody();
    void everyMassExpiryWaits();
    void otherServicesDoNotWait();
    void instancesThatAreCriticalAlreadyDoNotCount();
    void leasesThatEndOneAfterAnotherAreHeldTogether();
    void shortLeasesAreNotSilentWhileTheyAreKept();
    void suspensionGivesOneLeaseMore_data();
    void suspensionGivesOneLeaseMore();
    void suspensionDoesNotCountAsCriticalTime();
    void ordinaryPausesAreNoSuspension();
};

namespace {

QString idOf(int number)
{
    return QStringLiteral("runner-%1").arg(number);
}

void add(ServiceRegistry &registry, int number, std::chrono::milliseconds ttl = 15s)
{
    ServiceDefinition definition = runnerDefinition(idOf(number));
    definition.checks.first().ttl = ttl;
    QVERIFY(registry.registerService(definition).ok());
}

void beat(ServiceRegistry &registry, int number)
{
    QVERIFY(registry.updateCheck(QStringLiteral("service:") + idOf(number), CheckStatus::Passing, {}).ok());
}

int passing(const ServiceRegistry &registry)
{
    const QList<ServiceInstance> instances = registry.instances();
    return static_cast<int>(std::count_if(instances.begin(), instances.end(), [](const ServiceInstance &instance) {
        return instance.status() == CheckStatus::Passing;
    }));
}

} // namespace

void TestLeases::massExpiryWaitsOneSweep_data()
{
    QTest::addColumn<int>("silent");
    QTest::addColumn<int>("alive");
    QTest::addColumn<bool>("waits");
    QTest::newRow("the only one") << 1 << 0 << false;
    QTest::newRow("both of two") << 2 << 0 << false;
    QTest::newRow("all three") << 3 << 0 << true;
    QTest::newRow("three of five") << 3 << 2 << true;
    QTest::newRow("half: three of six") << 3 << 3 << false;
    QTest::newRow("four of seven") << 4 << 3 << true;
    QTest::newRow("one of many") << 1 << 9 << false;
}

void TestLeases::massExpiryWaitsOneSweep()
{
    QFETCH(int, silent);
    QFETCH(int, alive);
    QFETCH(bool, waits);
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QSignalSpy held(&registry, &ServiceRegistry::expiryHeld);
    for (int i = 0; i < silent + alive; ++i) {
        add(registry, i);
    }
    clock.pass(10s, registry);
    for (int i = silent; i < silent + alive; ++i) {
        beat(registry, i);
    }
    clock.pass(5s, registry);
    QCOMPARE(passing(registry), waits ? silent + alive : alive);
    QCOMPARE(held.size(), waits ? 1 : 0);
    if (waits) {
        QCOMPARE(held.first(), (QVariantList{QStringLiteral("runner"), qsizetype{silent}, qsizetype{silent + alive}}));
        clock.pass(ServiceRegistry::sweepInterval - 1ms, registry);
        QCOMPARE(passing(registry), silent + alive);
        clock.pass(1ms, registry);
        QCOMPARE(passing(registry), alive);
        QCOMPARE(held.size(), 1);
    }
}

void TestLeases::massExpiryThatEndsInTimeHarmsNobody()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    for (int i = 0; i < 4; ++i) {
        add(registry, i);
    }
    clock.pass(16s, registry);
    for (int i = 0; i < 3; ++i) {
        beat(registry, i);
    }
    clock.pass(1ms, registry);
    QCOMPARE(passing(registry), 3); // the one that is still silent is no mass
}

void TestLeases::everyMassExpiryWaits()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QSignalSpy held(&registry, &ServiceRegistry::expiryHeld);
    for (int round = 1; round <= 3; ++round) {
        for (int i = 0; i < 4; ++i) {
            add(registry, i);
        }
        clock.pass(19s, registry);
        QCOMPARE(passing(registry), 4);
        QCOMPARE(held.size(), round);
        clock.pass(1s, registry);
        QCOMPARE(passing(registry), 0);
    }
}

void TestLeases::otherServicesDoNotWait()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    for (int i = 0; i < 4; ++i) {
        add(registry, i);
    }
    ServiceDefinition web = runnerDefinition(QStringLiteral("web"));
    web.name = QStringLiteral("web");
    QVERIFY(registry.registerService(web).ok());
    clock.pass(15s, registry);
    QCOMPARE(passing(registry), 4);
    QCOMPARE(toString(registry.instancesOf(QStringLiteral("web")).first().status()), QStringLiteral("critical"));
}

void TestLeases::instancesThatAreCriticalAlreadyDoNotCount()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    for (int i = 0; i < 7; ++i) {
        add(registry, i);
    }
    for (int i = 3; i < 7; ++i) {
        QVERIFY(registry.updateCheck(QStringLiteral("service:") + idOf(i), CheckStatus::Critical, {}).ok());
    }
    clock.pass(15s, registry);
    QCOMPARE(passing(registry), 3); // all three that were well
}

void TestLeases::leasesThatEndOneAfterAnotherAreHeldTogether()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    for (int i = 0; i < 4; ++i) {
        add(registry, i);
        clock.pass(1s, registry);
    }
    clock.pass(11s, registry); // the first is due, the last in three seconds
    QCOMPARE(passing(registry), 4);
    clock.pass(5s, registry);
    QCOMPARE(passing(registry), 0);
}

void TestLeases::shortLeasesAreNotSilentWhileTheyAreKept()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    for (int i = 0; i < 4; ++i) {
        add(registry, i, 3s);
    }
    for (int second = 0; second < 3; ++second) {
        clock.pass(1s, registry);
        for (int i = 1; i < 4; ++i) {
            beat(registry, i);
        }
    }
    QCOMPARE(passing(registry), 3);
}

void TestLeases::suspensionGivesOneLeaseMore_data()
{
    QTest::addColumn<std::chrono::milliseconds>("pause");
    QTest::newRow("a little longer than two sweeps") << std::chrono::milliseconds(10001);
    QTest::newRow("longer than the lease") << std::chrono::milliseconds(20s);
    QTest::newRow("a night") << std::chrono::milliseconds(8h);
}

void TestLeases::suspensionGivesOneLeaseMore()
{
    QFETCH(std::chrono::milliseconds, pause);
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    std::chrono::steady_clock::duration noticed{};
    connect(&registry, &ServiceRegistry::suspensionNoticed, this, [&noticed](auto duration) { noticed = duration; });
    add(registry, 1);
    clock.pass(14s, registry);

    clock.now += pause;
    registry.sweep();
    QCOMPARE(noticed, std::chrono::steady_clock::duration(pause));
    QCOMPARE(passing(registry), 1);
    clock.pass(15s - 1ms, registry);
    QCOMPARE(passing(registry), 1);
    clock.pass(1ms, registry);
    QCOMPARE(passing(registry), 0);
}

void TestLeases::suspensionDoesNotCountAsCriticalTime()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    add(registry, 1);
    clock.pass(15s, registry); // critical
    clock.pass(30s, registry);
    clock.now += 1h;
    registry.sweep();
    clock.pass(30s - 1ms, registry);
    QCOMPARE(registry.instanceCount(), 1);
    clock.pass(1ms, registry);
    QCOMPARE(registry.instanceCount(), 0);
}

void TestLeases::ordinaryPausesAreNoSuspension()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    bool isNoticed = false;
    connect(&registry, &ServiceRegistry::suspensionNoticed, this, [&isNoticed] { isNoticed = true; });
    add(registry, 1);
    for (int sweep = 0; sweep < 10; ++sweep) {
        clock.now += 2 * ServiceRegistry::sweepInterval; // a timer that comes as late as it may
        registry.sweep();
    }
    QVERIFY(!isNoticed);
    QCOMPARE(passing(registry), 0);
}

QTEST_GUILESS_MAIN(TestLeases)
#include "tst_leases.moc"
