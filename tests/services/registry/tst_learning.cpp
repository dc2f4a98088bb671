#include "tests/support/registryclock.h"

#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Registry;
using PatchPanel::Test::ManualClock;
using PatchPanel::Test::runnerCheck;
using PatchPanel::Test::runnerDefinition;
using namespace std::chrono_literals;

// What a registry makes of what others tell it.
class TestLearning : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_clock = {};
        m_registry = std::make_unique<ServiceRegistry>(m_clock.reader());
    }
    void learnsAService();
    void isNotToldAgain();
    void whatIsKnownMovesNoIndex();
    void onlyWhatAClientSeesMovesTheIndex();
    void heartbeatElsewhereKeepsTheLease();
    void heartbeatElsewhereRevives();
    void theSameHeartbeatDoesNotRevive();
    void leaseThatEndedElsewhereIsOver();
    void isRemovedInTheEnd();
    void heartbeatHereCountsMore();
    void isExcusedWhileNobodyCanTell();
    void maintenance();
    void movesToAnotherName();
    void refusesTheCheckOfAnother();
    void forgets();

private:
    LearnedService runner(std::chrono::milliseconds beatAge = 0ms, CheckStatus status = CheckStatus::Passing,
                          const QString &output = {}) const
    {
        LearnedService learned{.definition = runnerDefinition()};
        learned.definition.checks[0].id = runnerCheck;
        learned.checks.insert(runnerCheck, heard(beatAge, status, output));
        return learned;
    }
    HeardCheck heard(std::chrono::milliseconds beatAge, CheckStatus status = CheckStatus::Passing,
                     const QString &output = {}) const
    {
        const Check::Time beat = m_clock.now - beatAge;
        return {.status = status, .output = output, .since = beat, .beat = beat};
    }
    CheckStatus status() const { return m_registry->instances().first().status(); }
    void hear(const HeardCheck &check) { m_registry->hear(QStringLiteral("runner-1"), runnerCheck, check); }

    ManualClock m_clock;
    std::unique_ptr<ServiceRegistry> m_registry;
};

void TestLearning::learnsAService()
{
    QSignalSpy registered(m_registry.get(), &ServiceRegistry::serviceRegistered);
    const quint64 catalog = m_registry->catalogIndex();
    QVERIFY(m_registry->learn(runner(2s, CheckStatus::Warning, QStringLiteral("slow"))).ok());
    QCOMPARE(registered.size(), 1);
    QVERIFY(m_registry->catalogIndex() > catalog);
    const ServiceInstance instance = m_registry->instancesOf(QStringLiteral("runner")).first();
    QCOMPARE(instance.definition.port, 5050);
    QCOMPARE(instance.checks.size(), 1);
    QVERIFY(instance.checks[0].status == CheckStatus::Warning);
    QCOMPARE(instance.checks[0].output, QStringLiteral("slow"));
    QCOMPARE(instance.lastBeat(), m_clock.now - 2s);
    QCOMPARE(instance.createIndex, m_registry->index());
    QVERIFY(m_registry->updateCheck(runnerCheck, CheckStatus::Passing, {}).ok()); // it may beat here
}

void TestLearning::isNotToldAgain()
{
    QSignalSpy changed(m_registry.get(), &ServiceRegistry::changedHere);
    QSignalSpy beat(m_registry.get(), &ServiceRegistry::beatHere);
    QVERIFY(m_registry->learn(runner()).ok());
    hear(heard(0s, CheckStatus::Critical));
    m_registry->forget(QStringLiteral("runner-1"));
    QCOMPARE(changed.size() + beat.size(), 0);
    QVERIFY(m_registry->registerService(runnerDefinition()).ok());
    QCOMPARE(changed.size(), 1);
    QCOMPARE(beat.size(), 1);
    QVERIFY(m_registry->updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
    QCOMPARE(changed.size(), 1);
    QCOMPARE(beat.size(), 2);
}

void TestLearning::whatIsKnownMovesNoIndex()
{
    QVERIFY(m_registry->registerService(runnerDefinition()).ok());
    const quint64 index = m_registry->index();
    m_clock.pass(3s, *m_registry);
    QVERIFY(m_registry->learn(runner(1s)).ok());
    hear(heard(0s));
    QCOMPARE(m_registry->index(), index);
}

void TestLearning::onlyWhatAClientSeesMovesTheIndex()
{
    QVERIFY(m_registry->learn(runner()).ok());
    const quint64 index = m_registry->index();
    const quint64 catalog = m_registry->catalogIndex();
    m_clock.pass(1s, *m_registry);
    hear(heard(0s, CheckStatus::Warning));
    QCOMPARE(m_registry->index(), index + 1);
    m_clock.pass(1s, *m_registry);
    QVERIFY(m_registry->learn(runner(0s, CheckStatus::Passing)).ok());
    QCOMPARE(m_registry->indexOf(QStringLiteral("runner")), index + 2);
    QCOMPARE(m_registry->catalogIndex(), catalog);
    const Check check = m_registry->instances().first().checks.first();
    QCOMPARE(check.modifyIndex, index + 2);
    QCOMPARE(check.createIndex, index);
}

void TestLearning::heartbeatElsewhereKeepsTheLease()
{
    QVERIFY(m_registry->learn(runner()).ok());
    for (int i = 0; i < 10; ++i) {
        m_clock.pass(10s, *m_registry);
        hear(heard(1s));
        QVERIFY(status() == CheckStatus::Passing);
    }
    m_clock.pass(13s, *m_registry);
    QVERIFY(status() == CheckStatus::Passing);
    m_clock.pass(2s, *m_registry);
    QVERIFY(status() == CheckStatus::Critical);
}

void TestLearning::heartbeatElsewhereRevives()
{
    QVERIFY(m_registry->learn(runner(0s, CheckStatus::Passing, QStringLiteral("fine"))).ok());
    m_clock.pass(20s, *m_registry);
    QVERIFY(status() == CheckStatus::Critical);
    hear(heard(1s, CheckStatus::Passing, QStringLiteral("fine")));
    QVERIFY(status() == CheckStatus::Passing);
    QCOMPARE(m_registry->instances().first().checks.first().output, QStringLiteral("fine"));
    m_clock.pass(70s, *m_registry);
    QCOMPARE(m_registry->instanceCount(), 1); // critical since then only
}

void TestLearning::theSameHeartbeatDoesNotRevive()
{
    QVERIFY(m_registry->learn(runner()).ok());
    m_clock.pass(20s, *m_registry);
    const quint64 index = m_registry->index();
    hear(heard(20s - 5ms)); // told again, a little later
    QVERIFY(m_registry->learn(runner(20s - 7ms)).ok());
    QVERIFY(status() == CheckStatus::Critical);
    QCOMPARE(m_registry->index(), index);
}

void TestLearning::leaseThatEndedElsewhereIsOver()
{
    QSignalSpy changed(m_registry.get(), &ServiceRegistry::serviceChanged);
    QVERIFY(m_registry->learn(runner(50s)).ok());
    QVERIFY(status() == CheckStatus::Critical);
    QCOMPARE(m_registry->instances().first().checks.first().output, QStringLiteral("TTL expired"));
    QCOMPARE(changed.size(), 1); // nobody was told that it passes
    m_clock.pass(20s, *m_registry); // 60 s after the lease ended, 75 s after the heartbeat
    QCOMPARE(m_registry->instanceCount(), 1);
    m_clock.pass(5s, *m_registry);
    QCOMPARE(m_registry->instanceCount(), 0);
}

void TestLearning::isRemovedInTheEnd()
{
    QSignalSpy reaped(m_registry.get(), &ServiceRegistry::serviceReaped);
    QVERIFY(m_registry->learn(runner()).ok());
    m_clock.pass(74s, *m_registry);
    QCOMPARE(m_registry->instanceCount(), 1);
    m_clock.pass(1s, *m_registry);
    QCOMPARE(reaped.size(), 1);
}

void TestLearning::heartbeatHereCountsMore()
{
    QVERIFY(m_registry->learn(runner()).ok());
    m_clock.pass(20s, *m_registry);
    QVERIFY(m_registry->updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
    hear(heard(19s, CheckStatus::Passing)); // from before it ran out
    QCOMPARE(m_registry->instances().first().lastBeat(), m_clock.now);
    m_clock.pass(14s, *m_registry);
    QVERIFY(status() == CheckStatus::Passing);
}

void TestLearning::isExcusedWhileNobodyCanTell()
{
    LearnedService elsewhere = runner();
    QVERIFY(m_registry->learn(elsewhere).ok());
    QVERIFY(m_registry->registerService(runnerDefinition(QStringLiteral("here"))).ok());
    for (int i = 0; i < 10; ++i) {
        m_clock.pass(5s, *m_registry);
        m_registry->excuseElsewhere(5s);
    }
    QVERIFY(m_registry->find(QStringLiteral("runner-1"))->status() == CheckStatus::Passing);
    QVERIFY(m_registry->find(QStringLiteral("here"))->status() == CheckStatus::Critical);
    m_clock.pass(20s, *m_registry);
    QVERIFY(m_registry->find(QStringLiteral("runner-1"))->status() == CheckStatus::Critical);
}

void TestLearning::maintenance()
{
    LearnedService learned = runner();
    learned.maintenance = QStringLiteral("new disk");
    QVERIFY(m_registry->learn(learned).ok());
    QVERIFY(m_registry->instances().first().isInMaintenance());
    const quint64 index = m_registry->index();
    QVERIFY(m_registry->learn(learned).ok());
    QCOMPARE(m_registry->index(), index);
    learned.maintenance.reset();
    QVERIFY(m_registry->learn(learned).ok());
    QVERIFY(!m_registry->instances().first().isInMaintenance());
    QCOMPARE(m_registry->index(), index + 1);
}

void TestLearning::movesToAnotherName()
{
    QVERIFY(m_registry->learn(runner()).ok());
    LearnedService renamed = runner();
    renamed.definition.name = QStringLiteral("builder");
    QVERIFY(m_registry->learn(renamed).ok());
    QCOMPARE(m_registry->instancesOf(QStringLiteral("runner")).size(), 0);
    QCOMPARE(m_registry->instancesOf(QStringLiteral("builder")).size(), 1);
    QCOMPARE(m_registry->instanceCount(), 1);
}

void TestLearning::refusesTheCheckOfAnother()
{
    QVERIFY(m_registry->learn(runner()).ok());
    LearnedService thief = runner();
    thief.definition.id = QStringLiteral("thief");
    const Result<void> learned = m_registry->learn(thief);
    QVERIFY(!learned.ok());
    QCOMPARE(learned.error().code, ErrorCode::BadRequest);
    QCOMPARE(m_registry->instanceCount(), 1);
    hear({});
    m_registry->hear(QStringLiteral("thief"), runnerCheck, heard(0s));
    m_registry->hear(QStringLiteral("runner-1"), QStringLiteral("no such check"), heard(0s));
}

void TestLearning::forgets()
{
    QVERIFY(m_registry->learn(runner()).ok());
    QSignalSpy deregistered(m_registry.get(), &ServiceRegistry::serviceDeregistered);
    m_registry->forget(QStringLiteral("runner-1"));
    m_registry->forget(QStringLiteral("runner-1"));
    QCOMPARE(deregistered.size(), 1);
    QCOMPARE(m_registry->instanceCount(), 0);
    QVERIFY(!m_registry->updateCheck(runnerCheck, CheckStatus::Passing, {}).ok());
}

QTEST_GUILESS_MAIN(TestLearning)
#include "tst_learning.moc"
