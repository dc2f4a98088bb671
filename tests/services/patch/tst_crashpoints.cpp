#include "services/patch/diskcalls.h"
#include "services/patch/recovery.h"
#include "services/patch/statefolder.h"
#include "tests/support/lackingfilesystem.h"
#include "tests/support/transactionscenario.h"

#include <QTest>

#include <cerrno>
#include <csignal>
#include <exception>
#include <sys/wait.h>
#include <unistd.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::BuildPlan;
using PatchPanel::Test::Course;
using PatchPanel::Test::everyKind;
using PatchPanel::Test::Filesystem;
using PatchPanel::Test::isCommitted;
using PatchPanel::Test::PlanBuilder;
using PatchPanel::Test::TransactionScenario;
using PatchPanel::Test::withoutFlags;
using PatchPanel::Test::withoutInodes;
using PatchPanel::Test::withoutLinks;

// A run that is killed by SIGKILL before and after every system call that changes the disk, of the run itself and of
// the recovery that follows, on filesystems with and without atomic exchange and hard links: the workspace is, once
// recovery comes to its end, as before the run or as after it, and nothing is left pending. The same where a call fails
// instead. Every point, not a sample: points are counted up until a run ends by itself.
class TestCrashPoints : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup() { Disk::observe({}); }
    void killedAtEveryCall_data() { addScenarios(); }
    void killedAtEveryCall();
    void recoveryKilledAtEveryCall_data() { addScenarios(); }
    void recoveryKilledAtEveryCall();
    void everyCallFails_data() { addScenarios(); }
    void everyCallFails();
    void diskDiesAtEveryCall_data() { addScenarios(); }
    void diskDiesAtEveryCall();

private:
    static void addScenarios();
};

namespace {

int complete(const Disk::Call &)
{
    return 0;
}

// Where the process dies, or from where calls fail: before call N (2 N) or after it (2 N + 1).
// Abandoned is a death in this process: the call is not made, and nothing that follows. It saves a child process where
// the point is to get to the state that a killed one leaves.
enum class Fate { Killed, Abandoned, OneFails, AllFail };

struct Abandonment : std::exception { };

Filesystem filesystem = complete;
Fate fate = Fate::Killed;
int point = -1;
int passed = 0;

int before(const Disk::Call &call)
{
    if (const int missing = filesystem(call); missing != 0) {
        return missing;
    }
    const bool here = passed++ == point;
    if (here && fate == Fate::Killed) {
        ::raise(SIGKILL);
    }
    if (here && fate == Fate::Abandoned) {
        throw Abandonment();
    }
    const bool fails = (here && fate == Fate::OneFails) || (passed > point && fate == Fate::AllFail);
    return fails ? EIO : 0;
}

void after(const Disk::Call &)
{
    if (passed++ == point && fate == Fate::Killed) {
        ::raise(SIGKILL);
    }
}

void arm(Filesystem on, Fate kind, int at)
{
    filesystem = on;
    fate = kind;
    point = at;
    passed = 0;
    Disk::observe({.before = before, .after = after});
}

enum class Ended { ByItself, Killed };

// Plays `part` in a child process.
template <typename Part> Ended inChild(Part part)
{
    const pid_t child = ::fork();
    if (child == 0) {
        part();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? Ended::Killed : Ended::ByItself;
}

struct Trial {
    Course course = Course::Committed;
    BuildPlan build = {};
    Filesystem on = complete;
    QMap<QString, QByteArray> after = {}; // of a commit, without inodes

    TransactionScenario start() const { return TransactionScenario(course, build); }
    QMap<QString, QByteArray> playedOut() const
    {
        const TransactionScenario scenario(course == Course::RolledBackAfterCommit ? Course::Committed : course, build);
        return scenario.play() ? withoutInodes(scenario.now()) : QMap<QString, QByteArray>();
    }
};

Ended playUntil(const TransactionScenario &scenario, const Trial &trial, int at)
{
    arm(trial.on, Fate::Abandoned, at);
    try {
        scenario.play();
    } catch (const Abandonment &) {
        return Ended::Killed;
    }
    return Ended::ByItself;
}

// Nothing when the workspace is as it must be; else what is wrong.
QByteArray wrongAt(const TransactionScenario &scenario, const Trial &trial, bool committed)
{
    if (isRecoveryPending(scenario.root())) {
        return "something is left pending";
    }
    if (committed) {
        return withoutInodes(scenario.now()) == trial.after ? QByteArray() : "committed, but not as after the run";
    }
    return scenario.now() == scenario.before() ? QByteArray() : "not committed, but not as before the run";
}

// Recovers, and says what is wrong then.
QByteArray wrongAfterRecovery(const TransactionScenario &scenario, const Trial &trial)
{
    const bool committed = isCommitted(scenario.root());
    arm(trial.on, Fate::OneFails, -1);
    const Result<RecoveryReport> report = recoverPending(scenario.root());
    if (!report) {
        return "recovery failed: " + report.error().toString().toUtf8();
    }
    if (!report->conflicts.isEmpty()) {
        return "conflict: " + report->conflicts.first().toUtf8();
    }
    return wrongAt(scenario, trial, committed);
}

} // namespace

Q_DECLARE_METATYPE(Trial)

void TestCrashPoints::initTestCase()
{
    if (::access("/dev/shm", W_OK) == 0) {
        qputenv("TMPDIR", "/dev/shm"); // thousands of workspaces, and none has to outlive the machine
    }
}

void TestCrashPoints::addScenarios()
{
    QTest::addColumn<Trial>("trial");

    const BuildPlan turns = [](PlanBuilder &p) {
        p.move(QStringLiteral("a.txt"), QStringLiteral("b.txt"))
            .move(QStringLiteral("b.txt"), QStringLiteral("a.txt"))
            .remove(QStringLiteral("dir/inner/only.txt"))
            .create(QStringLiteral("dir/inner"), "flat\n")
            .remove(QStringLiteral("link"))
            .create(QStringLiteral("link/inside"), "in\n");
    };
    QTest::newRow("every kind, committed") << Trial{Course::Committed, everyKind};
    QTest::newRow("every kind, rolled back") << Trial{Course::RolledBack, everyKind};
    QTest::newRow("every kind, rolled back after the commit") << Trial{Course::RolledBackAfterCommit, everyKind};
    QTest::newRow("every kind, a gate's work put aside") << Trial{Course::GateThenRolledBack, everyKind};
    QTest::newRow("every kind, a past run taken back") << Trial{Course::PastRunTakenBack, everyKind};
    QTest::newRow("files and folders change places, committed") << Trial{Course::Committed, turns};
    QTest::newRow("files and folders change places, rolled back") << Trial{Course::RolledBack, turns};
    QTest::newRow("no atomic exchange, committed") << Trial{Course::Committed, everyKind, withoutFlags};
    QTest::newRow("no atomic exchange, rolled back") << Trial{Course::RolledBack, everyKind, withoutFlags};
    QTest::newRow("no hard links, committed") << Trial{Course::Committed, everyKind, withoutLinks};
    QTest::newRow("no hard links, rolled back") << Trial{Course::RolledBack, everyKind, withoutLinks};
}

void TestCrashPoints::killedAtEveryCall()
{
    QFETCH(Trial, trial);
    trial.after = trial.playedOut();
    QVERIFY(!trial.after.isEmpty());
    int at = 0;
    for (Ended ended = Ended::Killed; ended == Ended::Killed; ++at) {
        const TransactionScenario scenario(trial.course, trial.build);
        ended = inChild([&] {
            arm(trial.on, Fate::Killed, at);
            scenario.play();
        });
        const QByteArray wrong = wrongAfterRecovery(scenario, trial);
        QVERIFY2(wrong.isEmpty(), "point " + QByteArray::number(at) + ": " + wrong);
    }
    qInfo("%d points", at - 1);
    QVERIFY(at > 60);
}

void TestCrashPoints::recoveryKilledAtEveryCall()
{
    QFETCH(Trial, trial);
    trial.after = trial.playedOut();
    QVERIFY(!trial.after.isEmpty());
    int pairs = 0;
    bool runEnds = false;
    for (int at = 0; !runEnds; at += 2) { // before each call: "after" it is before the next one
        bool recoveryEnds = false;
        for (int again = 0; !recoveryEnds && !runEnds; again += 2, ++pairs) {
            const TransactionScenario scenario(trial.course, trial.build);
            runEnds = playUntil(scenario, trial, at) == Ended::ByItself;
            recoveryEnds = inChild([&] {
                               arm(trial.on, Fate::Killed, again);
                               (void)recoverPending(scenario.root());
                           })
                == Ended::ByItself;
            const QByteArray wrong = wrongAfterRecovery(scenario, trial);
            QVERIFY2(wrong.isEmpty(),
                     "point " + QByteArray::number(at) + ", then " + QByteArray::number(again) + ": " + wrong);
        }
    }
    qInfo("%d pairs of points", pairs);
    QVERIFY(pairs > 400);
}

void TestCrashPoints::everyCallFails()
{
    QFETCH(Trial, trial);
    trial.after = trial.playedOut();
    int at = 0;
    for (bool reached = true; reached; at += 2) {
        const TransactionScenario scenario(trial.course, trial.build);
        arm(trial.on, Fate::OneFails, at);
        scenario.play();
        reached = passed > at;
        const QByteArray wrong = wrongAfterRecovery(scenario, trial);
        QVERIFY2(wrong.isEmpty(), "call " + QByteArray::number(at / 2) + ": " + wrong);
    }
    QVERIFY(at > 60);
}

void TestCrashPoints::diskDiesAtEveryCall()
{
    QFETCH(Trial, trial);
    trial.after = trial.playedOut();
    int at = 0;
    for (bool reached = true; reached; at += 2) {
        const TransactionScenario scenario(trial.course, trial.build);
        arm(trial.on, Fate::AllFail, at);
        scenario.play();
        reached = passed > at;
        const QByteArray wrong = wrongAfterRecovery(scenario, trial);
        QVERIFY2(wrong.isEmpty(), "call " + QByteArray::number(at / 2) + ": " + wrong);
    }
    QVERIFY(at > 60);
}

QTEST_APPLESS_MAIN(TestCrashPoints)
#include "tst_crashpoints.moc"
