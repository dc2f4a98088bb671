#include "services/storage/history.h"
#include "services/storage/processidentity.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace PatchPanel;
using namespace PatchPanel::Storage;

class TestKeyedRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void belongsToTheFirstRun();
    void isTheSameAfterAnotherOpening();
    void keepsTheResult();
    void isFreeOnceReleased();
    void isForgottenInTime();
    void oneOfManyClaimsWins();
    void survivesAKill();
    void namesAProcessForGood();
};

namespace {

KeyedRun run(const QString &runId, const QByteArray &key = "k", qint64 acceptedMs = 1000)
{
    return {.key = key,
            .request = "r",
            .runId = runId,
            .process = processIdentity(::getpid()),
            .runner = QStringLiteral("runner-1"),
            .workspace = QStringLiteral("/w"),
            .task = QStringLiteral("tasks/t.json"),
            .acceptedMs = acceptedMs};
}

struct Fixture {
    Test::TempWorkspace folder;
    std::unique_ptr<History> history = History::open(folder.path()).value();
};

} // namespace

void TestKeyedRun::belongsToTheFirstRun()
{
    Fixture f;
    QCOMPARE(f.history->claimKey(run(QStringLiteral("a")), 0).value().runId, QStringLiteral("a"));
    QCOMPARE(f.history->claimKey(run(QStringLiteral("b")), 0).value().runId, QStringLiteral("a"));
    QCOMPARE(f.history->claimKey(run(QStringLiteral("b"), "other"), 0).value().runId, QStringLiteral("b"));
    QCOMPARE(f.history->unfinishedKeyedRuns().value().size(), 2);
}

void TestKeyedRun::isTheSameAfterAnotherOpening()
{
    Fixture f;
    const KeyedRun first = run(QStringLiteral("a"));
    QVERIFY(f.history->claimKey(first, 0).ok());
    f.history = History::open(f.folder.path()).value();
    const KeyedRun found = f.history->claimKey(run(QStringLiteral("b")), 0).value();
    QCOMPARE(found.request, first.request);
    QCOMPARE(found.process, first.process);
    QCOMPARE(found.runner, first.runner);
    QCOMPARE(found.workspace, first.workspace);
    QCOMPARE(found.task, first.task);
    QCOMPARE(found.dryRun, false);
    QCOMPARE(found.acceptedMs, 1000);
    QVERIFY(found.result.isEmpty());
}

void TestKeyedRun::keepsTheResult()
{
    Fixture f;
    QVERIFY(f.history->claimKey(run(QStringLiteral("a")), 0).ok());
    QVERIFY(f.history->setKeyedResult(QStringLiteral("a"), R"({"status":"ok"})").ok());
    QCOMPARE(f.history->claimKey(run(QStringLiteral("b")), 0).value().result, QByteArray(R"({"status":"ok"})"));
    QVERIFY(f.history->unfinishedKeyedRuns().value().isEmpty());
}

void TestKeyedRun::isFreeOnceReleased()
{
    Fixture f;
    QVERIFY(f.history->claimKey(run(QStringLiteral("a")), 0).ok());
    QVERIFY(f.history->releaseKey(run(QStringLiteral("b"))).ok()); // not the run it belongs to
    QCOMPARE(f.history->claimKey(run(QStringLiteral("b")), 0).value().runId, QStringLiteral("a"));
    QVERIFY(f.history->releaseKey(run(QStringLiteral("a"))).ok());
    QCOMPARE(f.history->claimKey(run(QStringLiteral("b")), 0).value().runId, QStringLiteral("b"));
}

void TestKeyedRun::isForgottenInTime()
{
    Fixture f;
    QVERIFY(f.history->claimKey(run(QStringLiteral("a"), "k", 1000), 0).ok());
    QCOMPARE(f.history->claimKey(run(QStringLiteral("b"), "k", 2000), 1000).value().runId, QStringLiteral("a"));
    QCOMPARE(f.history->claimKey(run(QStringLiteral("b"), "k", 2000), 1001).value().runId, QStringLiteral("b"));
}

void TestKeyedRun::oneOfManyClaimsWins()
{
    Fixture f;
    constexpr int claims = 8;
    std::vector<QString> owners(claims);
    std::vector<std::thread> threads;
    for (int i = 0; i < claims; ++i) {
        threads.emplace_back([&owners, &f, i] {
            owners[static_cast<std::size_t>(i)] = f.history->claimKey(run(QString::number(i)), 0).value().runId;
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    QVERIFY(!owners[0].isEmpty());
    QCOMPARE(std::count(owners.begin(), owners.end(), owners[0]), claims);
}

void TestKeyedRun::survivesAKill()
{
    Fixture f;
    const pid_t child = ::fork();
    if (child == 0) {
        const Result<KeyedRun> claimed = History::open(f.folder.path()).value()->claimKey(run(QStringLiteral("a")), 0);
        ::kill(::getpid(), claimed ? SIGKILL : SIGTERM);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QCOMPARE(WTERMSIG(status), SIGKILL);
    const KeyedRun found = f.history->claimKey(run(QStringLiteral("b")), 0).value();
    QCOMPARE(found.runId, QStringLiteral("a"));
    QVERIFY(!isAlive(found.process));
}

void TestKeyedRun::namesAProcessForGood()
{
    const QString own = processIdentity(::getpid());
    QVERIFY(isAlive(own));
    QVERIFY(!isAlive(own + u'1')); // the same number, started at another time
    QVERIFY(!isAlive({}));
    QVERIFY(!isAlive(QStringLiteral("no identity")));
    QCOMPARE(processIdentity(-1), QString());
}

QTEST_GUILESS_MAIN(TestKeyedRun)
#include "tst_keyedrun.moc"
