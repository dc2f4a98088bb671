#include "tests/support/registryclock.h"

#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Registry;
using PatchPanel::Test::ManualClock;
using PatchPanel::Test::runnerCheck;
using PatchPanel::Test::runnerDefinition;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(PatchPanel::Registry::CheckStatus)

class TestServiceRegistry : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void fillsWhatARegistrationLeavesOut();
    void initialStatus_data();
    void initialStatus();
    void refusesRegistration_data();
    void refusesRegistration();
    void registeringAgainKeepsStatusAndOutput();
    void registeringAgainWithAStatusSetsIt();
    void registeringAgainRestartsTheLease();
    void registeringUnderAnotherNameMovesIt();
    void deregistersAndForgetsChecks();
    void unknownIdsAreNotFound_data();
    void unknownIdsAreNotFound();
    void heartbeatKeepsTheLease();
    void leaseExpiresAfterItsTtl();
    void expiryKeepsTheLastOutput();
    void heartbeatRevives();
    void criticalServiceIsRemovedInTheEnd();
    void serviceThatNeverWasWellIsRemovedToo();
    void withoutDeregisterTimeItStaysCritical();
    void maintenanceIsACriticalCheck();
    void maintenanceSurvivesRegistration();
    void instanceStatusIsItsWorstCheck();
    void indexMovesOnlyWithVisibleChanges();
    void indexIsPerService();
    void indexTellsWhenTheLastInstanceGoes();
    void announcesEveryMoveOfAnIndex();
    void catalogIndexIgnoresHealth();
};

void TestServiceRegistry::fillsWhatARegistrationLeavesOut()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    ServiceDefinition definition;
    definition.name = QStringLiteral("web");
    definition.checks = {CheckDefinition{.ttl = 1s}, CheckDefinition{.id = QStringLiteral("own"), .ttl = 1s}};
    QVERIFY(registry.registerService(definition).ok());

    const ServiceInstance instance = registry.instances().first();
    QCOMPARE(instance.definition.id, QStringLiteral("web"));
    QCOMPARE(instance.checks.size(), 2);
    QCOMPARE(instance.checks[0].definition.id, QStringLiteral("service:web:1"));
    QCOMPARE(instance.checks[0].definition.name, QStringLiteral("Service 'web' check"));
    QCOMPARE(instance.checks[1].definition.id, QStringLiteral("own"));

    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QCOMPARE(registry.instancesOf(QStringLiteral("runner")).first().checks.first().definition.id, runnerCheck);
}

void TestServiceRegistry::initialStatus_data()
{
    QTest::addColumn<std::optional<CheckStatus>>("stated");
    QTest::addColumn<CheckStatus>("found");
    QTest::newRow("none stated") << std::optional<CheckStatus>() << CheckStatus::Critical;
    QTest::newRow("passing") << std::optional(CheckStatus::Passing) << CheckStatus::Passing;
    QTest::newRow("warning") << std::optional(CheckStatus::Warning) << CheckStatus::Warning;
    QTest::newRow("critical") << std::optional(CheckStatus::Critical) << CheckStatus::Critical;
}

void TestServiceRegistry::initialStatus()
{
    QFETCH(std::optional<CheckStatus>, stated);
    QFETCH(CheckStatus, found);
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    ServiceDefinition definition = runnerDefinition();
    definition.checks.first().status = stated;
    QVERIFY(registry.registerService(definition).ok());
    QCOMPARE(toString(registry.instances().first().status()), toString(found));
}

void TestServiceRegistry::refusesRegistration_data()
{
    QTest::addColumn<ServiceDefinition>("definition");
    QTest::addColumn<QString>("reason");
    ServiceDefinition nameless = runnerDefinition();
    nameless.name.clear();
    QTest::newRow("no name") << nameless << QStringLiteral("Missing service name");
    ServiceDefinition endless = runnerDefinition();
    endless.checks.first().ttl = 0s;
    QTest::newRow("check without a TTL") << endless << QStringLiteral("has no TTL");
    ServiceDefinition twice = runnerDefinition();
    twice.checks.first().id = QStringLiteral("a");
    twice.checks.append(twice.checks.first());
    QTest::newRow("the same check twice") << twice << QStringLiteral("stands twice");
    ServiceDefinition thief = runnerDefinition(QStringLiteral("runner-9"));
    thief.checks.first().id = QStringLiteral("service:owner");
    QTest::newRow("check of another service") << thief << QStringLiteral("belongs to service ID \"owner\"");
}

void TestServiceRegistry::refusesRegistration()
{
    QFETCH(ServiceDefinition, definition);
    QFETCH(QString, reason);
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition(QStringLiteral("owner"))).ok());
    const quint64 index = registry.index();

    const Result<void> refused = registry.registerService(definition);
    QVERIFY(!refused.ok());
    QCOMPARE(refused.error().code, ErrorCode::BadRequest);
    QVERIFY2(refused.error().message.contains(reason), qPrintable(refused.error().message));
    QCOMPARE(registry.instanceCount(), 1);
    QCOMPARE(registry.index(), index);
}

void TestServiceRegistry::registeringAgainKeepsStatusAndOutput()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Warning, QStringLiteral("slow disk")).ok());

    ServiceDefinition again = runnerDefinition();
    again.port = 5051;
    again.checks.first().status.reset();
    QVERIFY(registry.registerService(again).ok());

    const ServiceInstance instance = registry.instances().first();
    QCOMPARE(registry.instanceCount(), 1);
    QCOMPARE(instance.definition.port, quint16(5051));
    QCOMPARE(toString(instance.status()), QStringLiteral("warning"));
    QCOMPARE(instance.checks.first().output, QStringLiteral("slow disk"));
    QVERIFY(instance.modifyIndex > instance.createIndex);
}

void TestServiceRegistry::registeringAgainWithAStatusSetsIt()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    clock.pass(16s, registry);
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("critical"));

    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("passing"));
    QCOMPARE(registry.instances().first().checks.first().output, QString());
}

void TestServiceRegistry::registeringAgainRestartsTheLease()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    clock.pass(14s, registry);
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    clock.pass(14s, registry);
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("passing"));
}

void TestServiceRegistry::registeringUnderAnotherNameMovesIt()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    ServiceDefinition renamed = runnerDefinition();
    renamed.name = QStringLiteral("worker");
    QVERIFY(registry.registerService(renamed).ok());
    QVERIFY(registry.instancesOf(QStringLiteral("runner")).isEmpty());
    QCOMPARE(registry.instancesOf(QStringLiteral("worker")).size(), 1);
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
}

void TestServiceRegistry::deregistersAndForgetsChecks()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QVERIFY(registry.deregisterService(QStringLiteral("runner-1")).ok());
    QCOMPARE(registry.instanceCount(), 0);
    QVERIFY(registry.instancesOf(QStringLiteral("runner")).isEmpty());
    QVERIFY(!registry.updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
}

void TestServiceRegistry::unknownIdsAreNotFound_data()
{
    using Call = std::function<Result<void>(ServiceRegistry &)>;
    QTest::addColumn<Call>("call");
    const QString name = QStringLiteral("runner"); // a name is not an id
    QTest::newRow("deregister") << Call([=](ServiceRegistry &r) { return r.deregisterService(name); });
    QTest::newRow("enter maintenance") << Call([=](ServiceRegistry &r) { return r.enterMaintenance(name, {}); });
    QTest::newRow("leave maintenance") << Call([=](ServiceRegistry &r) { return r.leaveMaintenance(name); });
    QTest::newRow("heartbeat") << Call(
        [=](ServiceRegistry &r) { return r.updateCheck(name, CheckStatus::Passing, {}); });
    QTest::newRow("heartbeat without an id")
        << Call([](ServiceRegistry &r) { return r.updateCheck({}, CheckStatus::Passing, {}); });
}

void TestServiceRegistry::unknownIdsAreNotFound()
{
    QFETCH(std::function<Result<void>(ServiceRegistry &)>, call);
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    const Result<void> result = call(registry);
    QVERIFY(!result.ok());
    QCOMPARE(result.error().code, ErrorCode::NotFound);
    QVERIFY(result.error().message.startsWith(QStringLiteral("Unknown ")));
}

void TestServiceRegistry::heartbeatKeepsTheLease()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    for (int beat = 0; beat < 20; ++beat) {
        clock.now += 5s;
        QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
        registry.sweep();
        QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("passing"));
    }
}

void TestServiceRegistry::leaseExpiresAfterItsTtl()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QSignalSpy expired(&registry, &ServiceRegistry::leaseExpired);
    QVERIFY(registry.registerService(runnerDefinition()).ok());

    clock.pass(15s - 1ms, registry);
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("passing"));
    QCOMPARE(expired.size(), 0);

    clock.pass(1ms, registry);
    const Check check = registry.instances().first().checks.first();
    QCOMPARE(toString(check.status), QStringLiteral("critical"));
    QCOMPARE(check.output, QStringLiteral("TTL expired"));
    QCOMPARE(expired.size(), 1);
    QCOMPARE(expired.first().at(1).toString(), runnerCheck);

    clock.pass(15s, registry);
    QCOMPARE(expired.size(), 1);
}

void TestServiceRegistry::expiryKeepsTheLastOutput()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Passing, QStringLiteral("2 runs")).ok());
    clock.pass(15s, registry);
    QCOMPARE(registry.instances().first().checks.first().output,
             QStringLiteral("TTL expired (last output before timeout follows): 2 runs"));
}

void TestServiceRegistry::heartbeatRevives()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    clock.pass(15s, registry);
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("passing"));
    clock.pass(14s, registry);
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("passing"));
}

void TestServiceRegistry::criticalServiceIsRemovedInTheEnd()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QSignalSpy reaped(&registry, &ServiceRegistry::serviceReaped);
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    clock.pass(15s, registry);
    clock.pass(60s - 1ms, registry);
    QCOMPARE(registry.instanceCount(), 1);
    clock.pass(1ms, registry);
    QCOMPARE(registry.instanceCount(), 0);
    QCOMPARE(reaped.size(), 1);
}

void TestServiceRegistry::serviceThatNeverWasWellIsRemovedToo()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    ServiceDefinition definition = runnerDefinition();
    definition.checks.first().status.reset();
    QVERIFY(registry.registerService(definition).ok());
    clock.pass(60s, registry);
    QCOMPARE(registry.instanceCount(), 0);
}

void TestServiceRegistry::withoutDeregisterTimeItStaysCritical()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    ServiceDefinition definition = runnerDefinition();
    definition.checks.first().deregisterAfter = 0s;
    QVERIFY(registry.registerService(definition).ok());
    clock.pass(24h, registry);
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("critical"));
}

void TestServiceRegistry::maintenanceIsACriticalCheck()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QVERIFY(registry.enterMaintenance(QStringLiteral("runner-1"), QStringLiteral("new disk")).ok());
    ServiceInstance instance = registry.instances().first();
    QVERIFY(instance.isInMaintenance());
    QCOMPARE(toString(instance.status()), QStringLiteral("critical"));
    QCOMPARE(instance.checks.last().definition.id, QStringLiteral("_service_maintenance:runner-1"));
    QCOMPARE(instance.checks.last().definition.notes, QStringLiteral("new disk"));

    QVERIFY(registry.enterMaintenance(QStringLiteral("runner-1"), {}).ok());
    QCOMPARE(registry.instances().first().checks.size(), 2);

    QVERIFY(registry.leaveMaintenance(QStringLiteral("runner-1")).ok());
    instance = registry.instances().first();
    QVERIFY(!instance.isInMaintenance());
    QCOMPARE(toString(instance.status()), QStringLiteral("passing"));
}

void TestServiceRegistry::maintenanceSurvivesRegistration()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QVERIFY(registry.enterMaintenance(QStringLiteral("runner-1"), {}).ok());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QVERIFY(registry.instances().first().isInMaintenance());
}

void TestServiceRegistry::instanceStatusIsItsWorstCheck()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    ServiceDefinition definition = runnerDefinition();
    definition.checks = {
        CheckDefinition{.id = QStringLiteral("a"), .ttl = 15s, .status = CheckStatus::Passing},
        CheckDefinition{.id = QStringLiteral("b"), .ttl = 15s, .status = CheckStatus::Warning},
    };
    QVERIFY(registry.registerService(definition).ok());
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("warning"));
    QVERIFY(registry.updateCheck(QStringLiteral("a"), CheckStatus::Critical, {}).ok());
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("critical"));

    definition.checks.clear();
    QVERIFY(registry.registerService(definition).ok());
    QCOMPARE(toString(registry.instances().first().status()), QStringLiteral("passing"));
}

void TestServiceRegistry::indexMovesOnlyWithVisibleChanges()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    const QString name = QStringLiteral("runner");
    const QString id = QStringLiteral("runner-1");
    quint64 last = registry.indexOf(name);
    QVERIFY(last > 0);
    const auto moved = [&] {
        return std::exchange(last, registry.indexOf(name)) < registry.indexOf(name);
    };

    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QVERIFY(moved());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QVERIFY2(!moved(), "the same registration");
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
    QVERIFY2(!moved(), "a heartbeat that changes nothing");
    registry.sweep();
    QVERIFY2(!moved(), "a sweep that finds nothing");
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Passing, QStringLiteral("draining")).ok());
    QVERIFY2(moved(), "another note");
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Warning, QStringLiteral("draining")).ok());
    QVERIFY2(moved(), "another status");
    QVERIFY(registry.leaveMaintenance(id).ok());
    QVERIFY2(!moved(), "leaving a maintenance that was not");
    QVERIFY(registry.enterMaintenance(id, {}).ok());
    QVERIFY(moved());
    QVERIFY(registry.enterMaintenance(id, {}).ok());
    QVERIFY2(!moved(), "entering maintenance twice");
    clock.pass(15s, registry);
    QVERIFY2(moved(), "expiry");
}

void TestServiceRegistry::indexIsPerService()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    const quint64 runnerIndex = registry.indexOf(QStringLiteral("runner"));
    ServiceDefinition other = runnerDefinition(QStringLiteral("web-1"));
    other.name = QStringLiteral("web");
    QVERIFY(registry.registerService(other).ok());
    QCOMPARE(registry.indexOf(QStringLiteral("runner")), runnerIndex);
    QVERIFY(registry.indexOf(QStringLiteral("web")) > runnerIndex);
    QCOMPARE(registry.index(), registry.indexOf(QStringLiteral("web")));
}

void TestServiceRegistry::indexTellsWhenTheLastInstanceGoes()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    const quint64 before = registry.indexOf(QStringLiteral("runner"));
    QVERIFY(registry.deregisterService(QStringLiteral("runner-1")).ok());
    QVERIFY(registry.indexOf(QStringLiteral("runner")) > before);
}

void TestServiceRegistry::announcesEveryMoveOfAnIndex()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QSignalSpy changed(&registry, &ServiceRegistry::serviceChanged);
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
    QVERIFY(registry.deregisterService(QStringLiteral("runner-1")).ok());
    QCOMPARE(changed.size(), 2);
    QCOMPARE(changed.last().at(0).toString(), QStringLiteral("runner"));
    QCOMPARE(changed.last().at(1).toULongLong(), registry.indexOf(QStringLiteral("runner")));
}

void TestServiceRegistry::catalogIndexIgnoresHealth()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    quint64 last = registry.catalogIndex();
    QVERIFY(last > 0);
    const auto moved = [&] {
        return std::exchange(last, registry.catalogIndex()) < registry.catalogIndex();
    };

    ServiceDefinition definition = runnerDefinition();
    QVERIFY(registry.registerService(definition).ok());
    QVERIFY2(moved(), "a new instance");
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Warning, {}).ok());
    QVERIFY(registry.enterMaintenance(definition.id, {}).ok());
    clock.pass(15s, registry);
    QVERIFY2(!moved(), "warning, maintenance, expiry");
    definition.tags = {QStringLiteral("blue")};
    QVERIFY(registry.registerService(definition).ok());
    QVERIFY2(moved(), "other tags");
    QVERIFY(registry.deregisterService(definition.id).ok());
    QVERIFY2(moved(), "gone");
}

QTEST_GUILESS_MAIN(TestServiceRegistry)
#include "tst_serviceregistry.moc"
