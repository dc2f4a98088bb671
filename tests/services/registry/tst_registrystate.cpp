#include "services/registry/registrystate.h"
#include "tests/support/registryclock.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Registry;
using PatchPanel::Test::ManualClock;
using PatchPanel::Test::runnerCheck;
using PatchPanel::Test::runnerDefinition;
using namespace std::chrono_literals;

// What of a registry outlives its process.
class TestRegistryState : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void bytesHoldAll();
    void restoredIsAsBefore();
    void restoredLeasesBeginAnew();
    void restoredCriticalIsRemovedAfterItsTime();
    void restoredIndexIsAboveAllThatWasTold();
    void refusesDamage_data();
    void refusesDamage();
    void contradictionsRestoreNothing();
};

namespace {

// Everything that a registration can say, and a state that differs from it.
void fill(ServiceRegistry &registry)
{
    ServiceDefinition definition = runnerDefinition();
    definition.tags = {QStringLiteral("a"), QStringLiteral("\u00e4 \"b\"")};
    definition.meta = {{QStringLiteral("Scheme"), QStringLiteral("https")}, {QStringLiteral("snake_case"), {}}};
    definition.passingWeight = 7;
    definition.warningWeight = 0;
    definition.checks.first().id = runnerCheck;
    definition.checks.append(
        CheckDefinition{.id = QStringLiteral("disk"), .notes = QStringLiteral("space"), .ttl = 1500ms});
    QVERIFY(registry.registerService(definition).ok());
    QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Warning, QStringLiteral("slow\n2 runs")).ok());
    QVERIFY(registry.enterMaintenance(definition.id, QStringLiteral("new disk")).ok());

    ServiceDefinition bare;
    bare.name = QStringLiteral("web");
    QVERIFY(registry.registerService(bare).ok());
}

} // namespace

void TestRegistryState::bytesHoldAll()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    fill(registry);
    const RegistryState state = registry.state();
    QCOMPARE(state.instances.size(), 2);
    const Result<RegistryState> read = readRegistryState(toBytes(state));
    QVERIFY2(read.ok(), read.ok() ? "" : qPrintable(read.error().toString()));
    QVERIFY(*read == state);
}

void TestRegistryState::restoredIsAsBefore()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    fill(registry);
    ServiceRegistry next(clock.reader());
    QVERIFY(next.restore(registry.state()).ok());
    QVERIFY(next.state().instances == registry.state().instances);

    const ServiceInstance runner = next.instancesOf(QStringLiteral("runner")).first();
    QCOMPARE(runner.checks[0].output, QStringLiteral("slow\n2 runs"));
    QCOMPARE(toString(runner.checks[0].status), QStringLiteral("warning"));
    QCOMPARE(toString(runner.checks[1].status), QStringLiteral("critical"));
    QVERIFY(runner.isInMaintenance());
    QVERIFY(!runner.lastBeat());
    QVERIFY(next.updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
    QVERIFY(next.instancesOf(QStringLiteral("runner")).first().lastBeat());
}

void TestRegistryState::restoredLeasesBeginAnew()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    clock.pass(14s, registry);
    ServiceRegistry next(clock.reader());
    QVERIFY(next.restore(registry.state()).ok());
    clock.pass(15s - 1ms, next);
    QCOMPARE(toString(next.instances().first().status()), QStringLiteral("passing"));
    clock.pass(1ms, next);
    QCOMPARE(toString(next.instances().first().status()), QStringLiteral("critical"));
}

void TestRegistryState::restoredCriticalIsRemovedAfterItsTime()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    clock.pass(15s, registry);
    ServiceRegistry next(clock.reader());
    QVERIFY(next.restore(registry.state()).ok());
    clock.pass(60s - 1ms, next);
    QCOMPARE(next.instances().first().checks.first().output, QStringLiteral("TTL expired"));
    clock.pass(1ms, next);
    QCOMPARE(next.instanceCount(), 0);
}

void TestRegistryState::restoredIndexIsAboveAllThatWasTold()
{
    ManualClock clock;
    ServiceRegistry registry(clock.reader());
    QVERIFY(registry.registerService(runnerDefinition()).ok());
    const RegistryState saved = registry.state();
    for (int change = 0; change < 1000; ++change) { // told, but lost with the process
        QVERIFY(registry.updateCheck(runnerCheck, CheckStatus::Passing, QString::number(change)).ok());
    }
    ServiceRegistry next(clock.reader());
    QVERIFY(next.restore(saved).ok());
    QVERIFY(next.index() > registry.index());
    QVERIFY(next.indexOf(QStringLiteral("runner")) > registry.index());
    QVERIFY(next.indexOf(QStringLiteral("nobody")) > registry.index());
    QVERIFY(next.catalogIndex() > registry.index());
}

void TestRegistryState::refusesDamage_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("problem");
    const auto row = [](const char *name, const char *bytes, const char *problem) {
        QTest::newRow(name) << QByteArray(bytes) << QString::fromLatin1(problem);
    };
    row("nothing", "", "not valid JSON");
    row("cut off", R"({"version":1,"index":2,"serv)", "not valid JSON");
    row("zeros", "\0\0\0", "not valid JSON");
    row("no object", "[]", "object");
    row("another format", R"({"runs":[]})", "version: expected 1");
    row("a newer version", R"({"version":2,"index":1,"services":[]})", "a newer version of PatchPanel");
    row("no index", R"({"version":1,"services":[]})", "index: expected a whole number");
    row("negative index", R"({"version":1,"index":-4,"services":[]})", "index: expected a whole number");
    row("index without an end", R"({"version":1,"index":1e300,"services":[]})", "index: expected a whole number");
    row("no services", R"({"version":1,"index":1})", "services: expected a list");
    row("a service that is none", R"({"version":1,"index":1,"services":[{"registration":{"Name":"a"}},7,{}]})",
        "services[1]");
    row("a wrong registration", R"({"version":1,"index":1,"services":[{"registration":{"Name":"a","Port":-1}}]})",
        "services[0]: Port");
    row("a wrong output", R"({"version":1,"index":1,"services":[{"registration":{"Name":"a"},"outputs":{"c":1}}]})",
        "services[0]");
    row("a wrong maintenance", R"({"version":1,"index":1,"services":[{"registration":{"Name":"a"},"maintenance":1}]})",
        "services[0]");
}

void TestRegistryState::refusesDamage()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, problem);
    const Result<RegistryState> state = readRegistryState(bytes);
    QVERIFY(!state.ok());
    QVERIFY2(state.error().toString().contains(problem), qPrintable(state.error().toString()));
}

void TestRegistryState::contradictionsRestoreNothing()
{
    ManualClock clock;
    const RegistryState::Instance runner{.definition = runnerDefinition()};
    RegistryState::Instance thief{.definition = runnerDefinition(QStringLiteral("thief"))};
    thief.definition.checks.first().id = runnerCheck;
    for (const QList<RegistryState::Instance> &instances :
         {QList{runner, runner}, QList{runner, thief}, QList{runner, RegistryState::Instance{}}}) {
        ServiceRegistry registry(clock.reader());
        QVERIFY(!registry.restore({.index = 5, .instances = instances}).ok());
        QCOMPARE(registry.instanceCount(), 0);
        QVERIFY(registry.registerService(runnerDefinition()).ok());
    }
}

QTEST_GUILESS_MAIN(TestRegistryState)
#include "tst_registrystate.moc"
