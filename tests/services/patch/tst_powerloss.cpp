#include "services/patch/recovery.h"
#include "tests/services/patch/diskmodel.h"
#include "tests/support/transactionscenario.h"

#include <QRandomGenerator>
#include <QTest>

#include <unistd.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::Course;
using PatchPanel::Test::DiskModel;
using PatchPanel::Test::everyKind;
using PatchPanel::Test::isCommitted;
using PatchPanel::Test::TempWorkspace;
using PatchPanel::Test::TransactionScenario;
using PatchPanel::Test::treeSnapshot;

// The machine stops after every call of a run, and of what was not synced any part reached the disk, in any order:
// after recovery the workspace is as before the run, or, once the journal's COMMIT is on the disk, as after it. See
// DiskModel for what is assumed of the disk.
class TestPowerLoss : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void unsyncedWritesAreLost_data();
    void unsyncedWritesAreLost();
};

namespace {

using Lost = QSet<std::size_t>;

constexpr std::size_t triedInFull = 6; // calls of which every combination is tried
constexpr int randomTries = 8;

std::vector<Lost> everyCombination(const std::vector<std::size_t> &pending)
{
    std::vector<Lost> all;
    for (unsigned int mask = 0; mask < (1U << pending.size()); ++mask) {
        Lost lost;
        for (std::size_t i = 0; i < pending.size(); ++i) {
            if ((mask >> i & 1) != 0) {
                lost.insert(pending[i]);
            }
        }
        all.push_back(lost);
    }
    return all;
}

// Nothing, all, each alone, all but each, and some at random.
std::vector<Lost> combinations(const std::vector<std::size_t> &pending, QRandomGenerator &random)
{
    if (pending.size() <= triedInFull) {
        return everyCombination(pending);
    }
    const Lost all(pending.begin(), pending.end());
    std::vector<Lost> tries{{}, all};
    for (const std::size_t step : pending) {
        tries.push_back({step});
        tries.push_back(all - Lost{step});
    }
    for (int i = 0; i < randomTries; ++i) {
        Lost lost;
        for (const std::size_t step : pending) {
            if (random.bounded(2) == 0) {
                lost.insert(step);
            }
        }
        tries.push_back(lost);
    }
    return tries;
}

// What is wrong after recovery; nothing when it is as it must be.
QByteArray wrongAfterRecovery(const TempWorkspace &workspace, const QMap<QString, QByteArray> &before,
                              const QMap<QString, QByteArray> &after)
{
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    const bool committed = isCommitted(root);
    const Result<RecoveryReport> report = recoverPending(root);
    if (!report) {
        return report.error().toString().toUtf8();
    }
    if (!report->conflicts.isEmpty()) {
        return report->conflicts.first().toUtf8();
    }
    if (isRecoveryPending(root)) {
        return "something is left pending";
    }
    const auto now = treeSnapshot(workspace.path());
    if (committed) {
        return now == after ? QByteArray() : QByteArray("committed, but not as after the run");
    }
    return now == before ? QByteArray() : QByteArray("not committed, but not as before the run");
}

} // namespace

Q_DECLARE_METATYPE(Course)

void TestPowerLoss::initTestCase()
{
    if (::access("/dev/shm", W_OK) == 0) {
        qputenv("TMPDIR", "/dev/shm");
    }
}

void TestPowerLoss::unsyncedWritesAreLost_data()
{
    QTest::addColumn<Course>("course");

    QTest::newRow("committed") << Course::Committed;
    QTest::newRow("rolled back") << Course::RolledBack;
    QTest::newRow("rolled back after the commit") << Course::RolledBackAfterCommit;
    QTest::newRow("a past run taken back") << Course::PastRunTakenBack;
}

void TestPowerLoss::unsyncedWritesAreLost()
{
    QFETCH(Course, course);
    const TransactionScenario scenario(course, everyKind);
    DiskModel model(scenario.workspace().path());
    QMap<QString, QByteArray> after;
    QVERIFY(scenario.play([&] { after = scenario.now(); }));
    model.stop();
    QVERIFY(model.steps().size() > 40);

    QRandomGenerator random(20261124);
    int trees = 0;
    for (std::size_t end = 0; end <= model.steps().size(); ++end) {
        for (const Lost &lost : combinations(model.unsynced(end), random)) {
            const TempWorkspace workspace;
            model.makeTree(workspace.path(), end, lost, trees % 2 == 0 ? Lost() : Lost{end - 1});
            const QByteArray wrong = wrongAfterRecovery(workspace, scenario.before(), after);
            QVERIFY2(wrong.isEmpty(),
                     "after call " + QByteArray::number(qulonglong(end)) + ", " + QByteArray::number(lost.size())
                         + " lost: " + wrong);
            ++trees;
        }
    }
    qInfo("%d trees after %zu calls", trees, model.steps().size());
    QVERIFY(trees > 500);
}

QTEST_APPLESS_MAIN(TestPowerLoss)
#include "tst_powerloss.moc"
