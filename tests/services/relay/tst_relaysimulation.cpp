#include "services/relay/balancer.h"
#include "services/relay/ejections.h"
#include "services/relay/retrybudget.h"

#include <QRandomGenerator>
#include <QTest>
#include <queue>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace PatchPanel::Relay;
using namespace std::chrono_literals;

namespace {

using Time = Ejections::Time;
using Milliseconds = std::chrono::milliseconds;

enum class Kind { Good, Slow, Dead, Failing, Draining, Flapping };

constexpr int runners = 1000;
constexpr int runsPerSecond = 1000;
constexpr auto simulated = 90s;
constexpr auto death = 30s; // of the dead ones
constexpr int mostTries = 3;

struct Runner {
    Kind kind = Kind::Good;
    int taken = 0; // runs
    int refusedConnections = 0; // while dead
    Time lastTried = {}; // while dead, before its first ejection
    bool wasEjected = false;
};

struct Event {
    Time at = {};
    int runner = -1; // a run of this one ends; -1: a new run comes
    bool isProbe = false;

    bool operator>(const Event &other) const { return at > other.at; }
};

// The relay's rules, driven by a clock of our own.
class Simulation {
public:
    void run();

    std::vector<Runner> m_runners{runners};
    int m_runs = 0;
    int m_retries = 0;
    int m_lost = 0; // no runner took it
    int m_gatewayErrors = 0;

private:
    void arrive();
    bool attempt(int index);
    void probe(int index);
    Milliseconds duration(Kind kind);
    bool isUp(const Runner &runner) const;

    QRandomGenerator m_random{20261124};
    Ejections m_ejections{[this] {
        return m_random.generateDouble();
    }};
    RetryBudget m_retriesLeft;
    QList<Instance> m_instances;
    QHash<QString, Load> m_loads;
    quint64 m_choices = 0;
    Time m_now{};
    std::priority_queue<Event, std::vector<Event>, std::greater<>> m_events;
};

bool Simulation::isUp(const Runner &runner) const
{
    if (runner.kind == Kind::Dead) {
        return m_now < Time{death};
    }
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(m_now.time_since_epoch()).count();
    return runner.kind != Kind::Flapping || second / 20 % 2 == 0;
}

Milliseconds Simulation::duration(Kind kind)
{
    const int usual = kind == Kind::Slow ? 1000 : 100;
    return Milliseconds(m_random.bounded(usual / 2, usual * 3 / 2));
}

// Whether the run is settled: taken, or not to be sent again.
bool Simulation::attempt(int index)
{
    Runner &runner = m_runners[static_cast<size_t>(index)];
    const QString &id = m_instances.at(index).id;
    const auto fail = [&](Ejections::Failure failure) {
        if (const auto until = m_ejections.failed(id, failure, m_now)) {
            runner.wasEjected = true;
            m_events.push({*until, index, true});
        }
    };
    if (!isUp(runner)) {
        ++runner.refusedConnections;
        if (!runner.wasEjected) {
            runner.lastTried = m_now;
        }
        fail(Ejections::Failure::Connect);
        return false;
    }
    if (runner.kind == Kind::Failing && m_random.bounded(2) == 0) {
        fail(Ejections::Failure::Gateway);
        ++m_gatewayErrors;
        return true; // it may have started
    }
    m_ejections.succeeded(id);
    ++runner.taken;
    ++m_loads[id].outstanding;
    m_events.push({m_now + duration(runner.kind), index});
    return true;
}

void Simulation::arrive()
{
    ++m_runs;
    m_retriesLeft.earn();
    QSet<QString> tried;
    while (tried.size() < mostTries) {
        const auto random = [this](qsizetype bound) {
            return static_cast<qsizetype>(m_random.bounded(static_cast<quint32>(bound)));
        };
        const auto chosen = chooseInstance(m_instances, m_loads, tried + m_ejections.leftOut(m_instances), random);
        if (!chosen || (!tried.isEmpty() && !m_retriesLeft.spend())) {
            break;
        }
        m_retries += tried.isEmpty() ? 0 : 1;
        tried.insert(chosen->id);
        m_loads[chosen->id].lastUsed = ++m_choices;
        if (attempt(chosen->id.toInt())) {
            return;
        }
    }
    ++m_lost;
}

void Simulation::probe(int index)
{
    const QString &id = m_instances.at(index).id;
    if (!m_ejections.isEjected(id)) {
        return;
    }
    if (isUp(m_runners[static_cast<size_t>(index)])) {
        m_ejections.readmit(id);
    } else {
        m_events.push({m_ejections.prolong(id, m_now), index, true});
    }
}

void Simulation::run()
{
    for (int i = 0; i < runners; ++i) {
        Runner &runner = m_runners[static_cast<size_t>(i)];
        runner.kind = i < 50 ? Kind::Dead
            : i < 100        ? Kind::Failing
            : i < 200        ? Kind::Slow
            : i < 250        ? Kind::Draining
            : i < 300        ? Kind::Flapping
                             : Kind::Good;
        Instance instance;
        instance.id = QString::number(i);
        instance.slotCount = 4;
        instance.note = runner.kind == Kind::Draining ? QStringLiteral("draining") : QString();
        m_instances.append(instance);
    }
    m_events.push({m_now});
    while (!m_events.empty() && m_events.top().at < Time{simulated}) {
        const Event event = m_events.top();
        m_events.pop();
        m_now = event.at;
        if (event.isProbe) {
            probe(event.runner);
        } else if (event.runner >= 0) {
            --m_loads[m_instances.at(event.runner).id].outstanding;
        } else {
            arrive();
            m_events.push({m_now + std::chrono::microseconds(1'000'000 / runsPerSecond)});
        }
    }
}

// Jain's index of fairness: 1 when all have the same.
double fairness(const std::vector<Runner> &all, Kind kind)
{
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (const Runner &runner : all) {
        if (runner.kind == kind) {
            sum += runner.taken;
            squares += double(runner.taken) * runner.taken;
            ++count;
        }
    }
    return sum * sum / (count * squares);
}

double meanOf(const std::vector<Runner> &all, Kind kind, const std::function<double(const Runner &)> &value)
{
    double sum = 0;
    int count = 0;
    for (const Runner &runner : all) {
        if (runner.kind == kind) {
            sum += value(runner);
            ++count;
        }
    }
    return sum / count;
}

} // namespace

// A thousand runners, some of them bad, for a minute and a half of a clock of our own.
class TestRelaySimulation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aThousandRunners();
};

void TestRelaySimulation::aThousandRunners()
{
    Simulation simulation;
    simulation.run();
    const auto &all = simulation.m_runners;
    const double fair = fairness(all, Kind::Good);
    const double good = meanOf(all, Kind::Good, [](const Runner &runner) { return runner.taken; });
    const double slow = meanOf(all, Kind::Slow, [](const Runner &runner) { return runner.taken; });
    double slowestDetour = 0;
    int mostRefused = 0;
    for (const Runner &runner : all) {
        if (runner.kind == Kind::Dead) {
            slowestDetour =
                std::max(slowestDetour, std::chrono::duration<double>(runner.lastTried - Time{death}).count());
            mostRefused = std::max(mostRefused, runner.refusedConnections);
        }
    }
    const double retried = double(simulation.m_retries) / simulation.m_runs;
    qInfo("%d runs over %d runners: fairness %.4f (%.0f runs each), slow runners took %.2f of that", simulation.m_runs,
          runners, fair, good, slow / good);
    qInfo("a dead runner was routed around %.2f s after its death at the latest, %d tries at most; %d runs passed on "
          "(%.2f %%), %d found no runner, %d gateway errors",
          slowestDetour, mostRefused, simulation.m_retries, 100 * retried, simulation.m_lost,
          simulation.m_gatewayErrors);
    QVERIFY(fair > 0.98);
    QVERIFY(slow < good); // by outstanding runs, not by turns
    QCOMPARE(meanOf(all, Kind::Draining, [](const Runner &runner) { return runner.taken; }), 0.0);
    QVERIFY(slowestDetour < 15); // a lease
    QVERIFY(mostRefused <= 2);
    QVERIFY(retried <= 0.2);
    QVERIFY(simulation.m_lost < simulation.m_runs / 10'000);
}

QTEST_GUILESS_MAIN(TestRelaySimulation)
#include "tst_relaysimulation.moc"
