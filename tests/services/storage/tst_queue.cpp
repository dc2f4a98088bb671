#include "services/storage/queue.h"
#include "services/storage/redisconnection.h"
#include "tests/support/redisserver.h"
#include "tests/support/tempworkspace.h"

#include <QElapsedTimer>
#include <QSet>
#include <QTest>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

using namespace PatchPanel;
using namespace PatchPanel::Storage;
using namespace std::chrono_literals;
using Kind = JobState::Kind;

namespace {

QueuedJob jobNamed(const QString &id, const QString &key = {})
{
    return {.id = id,
            .request = R"({"file":"tasks/ä.json"})",
            .signature = "5167",
            .key = key,
            .workspace = QStringLiteral("/srv/ä b"),
            .task = QStringLiteral("tasks/ä.json")};
}

QList<QueuedJob> jobsNamed(const QStringList &ids)
{
    QList<QueuedJob> jobs;
    for (const QString &id : ids) {
        jobs.append(jobNamed(id));
    }
    return jobs;
}

QStringList idsOf(const QList<Delivery> &deliveries)
{
    QStringList ids;
    for (const Delivery &delivery : deliveries) {
        ids.append(delivery.job.id);
    }
    return ids;
}

} // namespace

// What every queue promises, whatever it is made of.
class TestQueue : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void givesEachJobToOneWorkerInOrder_data() { kinds(); }
    void givesEachJobToOneWorkerInOrder();
    void keepsTheWholeJob_data() { kinds(); }
    void keepsTheWholeJob();
    void addsAKeyOnce_data() { kinds(); }
    void addsAKeyOnce();
    void addsAnIdOnce_data() { kinds(); }
    void addsAnIdOnce();
    void keepsTheResult_data() { kinds(); }
    void keepsTheResult();
    void settlesAndTakesInOneTurn_data() { kinds(); }
    void settlesAndTakesInOneTurn();
    void givesAJobOfASilentWorkerToAnother_data() { kinds(); }
    void givesAJobOfASilentWorkerToAnother();
    void leavesAJobWithItsWorker_data() { kinds(); }
    void leavesAJobWithItsWorker();
    void hearsOfAWorker_data() { kinds(); }
    void hearsOfAWorker();
    void runsAgainAsTheNextAttempt_data() { kinds(); }
    void runsAgainAsTheNextAttempt();
    void takesBackUntouched_data() { kinds(); }
    void takesBackUntouched();
    void buriesWhatThreeWorkersCouldNotFinish_data() { kinds(); }
    void buriesWhatThreeWorkersCouldNotFinish();
    void buriesAsToldAndRevives_data() { kinds(); }
    void buriesAsToldAndRevives();
    void dropsTheDead_data() { kinds(); }
    void dropsTheDead();
    void showsWhatIsInIt_data() { kinds(); }
    void showsWhatIsInIt();
    void waitsForAJob_data() { kinds(); }
    void waitsForAJob();
    void isDividedAmongWorkers_data() { kinds(); }
    void isDividedAmongWorkers();
    void isOpenedBySeveralAtOnce_data() { kinds(); }
    void isOpenedBySeveralAtOnce();
    void isSeparateFromOtherQueues_data() { kinds(); }
    void isSeparateFromOtherQueues();
    void refusesWhatIsNoName_data();
    void refusesWhatIsNoName();

private:
    static void kinds()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("local") << QStringLiteral("local");
        QTest::newRow("Redis") << QStringLiteral("Redis");
    }
    QueueSettings settings(const QString &worker) const
    {
        const QString kind = *static_cast<QString *>(QTest::qData("kind", QMetaType::QString));
        return {.redisUrl = kind == QStringLiteral("local") ? QString() : m_server.url(),
                .folder = m_folder->path(),
                .worker = worker,
                .takeover = 1h};
    }
    std::unique_ptr<Queue> queueOf(const QString &worker = QStringLiteral("w1")) const
    {
        return makeQueue(settings(worker)).value();
    }
    // To which every other worker is silent at once.
    std::unique_ptr<Queue> heirNamed(const QString &worker) const
    {
        QueueSettings heir = settings(worker);
        heir.takeover = 1ms;
        return makeQueue(heir).value();
    }
    // What it gets of the silent one, which takes a moment.
    static Delivery inherit(Queue &heir)
    {
        QList<Delivery> found;
        [&] {
            QTRY_VERIFY(!found.isEmpty() || !(found = heir.recover(10).value()).isEmpty());
        }();
        return found.value(0);
    }

    Test::RedisServer m_server;
    std::unique_ptr<Test::TempWorkspace> m_folder;
};

void TestQueue::initTestCase()
{
    signal(SIGPIPE, SIG_IGN); // as main does
    QVERIFY2(m_server.start(), qPrintable(m_server.errorText()));
}

void TestQueue::init()
{
    m_folder = std::make_unique<Test::TempWorkspace>();
    QVERIFY(RedisConnection(parseRedisUrl(m_server.url()).value()).command({"FLUSHALL"}).ok());
}

void TestQueue::givesEachJobToOneWorkerInOrder()
{
    const auto one = queueOf();
    const auto other = queueOf(QStringLiteral("w2"));
    QCOMPARE(one->turn({}, 5).value().taken.size(), 0);
    const QStringList ids{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("d")};
    QCOMPARE(one->add(jobsNamed(ids)).value(), ids);
    QCOMPARE(idsOf(one->turn({}, 2).value().taken), ids.mid(0, 2));
    QCOMPARE(idsOf(other->turn({}, 1).value().taken), ids.mid(2, 1));
    QCOMPARE(idsOf(one->wait(9, 1ms).value()), ids.mid(3));
    QCOMPARE(other->turn({}, 9).value().taken.size(), 0);
    QCOMPARE(other->recover(9).value().size(), 0);
}

void TestQueue::keepsTheWholeJob()
{
    const auto queue = queueOf();
    QueuedJob job = jobNamed(QStringLiteral("a"), QStringLiteral("k"));
    job.request += QByteArray(3'000'000, 'x') + '\0' + '\n';
    QVERIFY(queue->add({job}).ok());
    const Delivery delivery = queue->turn({}, 1).value().taken.value(0);
    QCOMPARE(delivery.deliveries, 1);
    QCOMPARE(delivery.job.id, job.id);
    QCOMPARE(delivery.job.request, job.request);
    QCOMPARE(delivery.job.signature, job.signature);
    QCOMPARE(delivery.job.key, job.key);
    QCOMPARE(delivery.job.workspace, job.workspace);
    QCOMPARE(delivery.job.task, job.task);
    QCOMPARE(delivery.job.attempt, 0);
    QVERIFY(delivery.job.addedMs > 0);
    QVERIFY(queue->add({{.id = QStringLiteral("b")}}).ok()); // one with nothing in it
    const Delivery bare = queue->turn({}, 1).value().taken.value(0);
    QCOMPARE(bare.job.id, QStringLiteral("b"));
    QVERIFY(queue->turn({{.receipt = bare.receipt}}, 0).value().lost.isEmpty());
}

void TestQueue::addsAKeyOnce()
{
    const auto queue = queueOf();
    const QList<QueuedJob> jobs{jobNamed(QStringLiteral("a"), QStringLiteral("k")),
                                jobNamed(QStringLiteral("b"), QStringLiteral("k")),
                                jobNamed(QStringLiteral("c"), QStringLiteral("other"))};
    QCOMPARE(queue->add(jobs).value(), (QStringList{QStringLiteral("a"), QStringLiteral("a"), QStringLiteral("c")}));
    QCOMPARE(queue->overview(9).value().waiting, 2);
    const Delivery done = queue->turn({}, 1).value().taken.value(0);
    QVERIFY(queue->turn({{.receipt = done.receipt, .text = "{}"}}, 0).ok());
    QCOMPARE(queue->add({jobNamed(QStringLiteral("d"), QStringLiteral("k"))}).value(),
             QStringList{QStringLiteral("a")});
}

void TestQueue::addsAnIdOnce()
{
    const auto queue = queueOf();
    const QList<QueuedJob> jobs = jobsNamed({QStringLiteral("a")});
    QVERIFY(queue->add(jobs).ok());
    QVERIFY(queue->add(jobs).ok()); // it waits
    QCOMPARE(queue->overview(9).value().waiting, 1);
    const Delivery delivery = queue->turn({}, 1).value().taken.value(0);
    QVERIFY(queue->add(jobs).ok()); // it is worked on
    QCOMPARE(queue->overview(9).value().waiting, 0);
    QVERIFY(queue->turn({{.receipt = delivery.receipt, .text = "{}"}}, 0).ok());
    QVERIFY(queue->add(jobs).ok()); // it is done
    QCOMPARE(queue->overview(9).value().waiting, 0);
    QCOMPARE(toString(queue->find(QStringLiteral("a")).value().kind), toString(Kind::Finished));
}

void TestQueue::keepsTheResult()
{
    const auto queue = queueOf();
    const QString id = QStringLiteral("a");
    QCOMPARE(toString(queue->find(id).value().kind), toString(Kind::Unknown));
    QVERIFY(queue->add({jobNamed(id)}).ok());
    QCOMPARE(toString(queue->find(id).value().kind), toString(Kind::Waiting));
    const Delivery delivery = queue->turn({}, 1).value().taken.value(0);
    const JobState running = queue->find(id).value();
    QCOMPARE(toString(running.kind), toString(Kind::Running));
    QCOMPARE(running.worker, QStringLiteral("w1"));
    QCOMPARE(running.deliveries, 1);
    QCOMPARE(running.job.workspace, jobNamed(id).workspace);
    const QByteArray result = R"({"status":"ok","message":"ä"})";
    QVERIFY(queue->turn({{.receipt = delivery.receipt, .text = result}}, 0).value().lost.isEmpty());
    const JobState finished = queue->find(id).value();
    QCOMPARE(toString(finished.kind), toString(Kind::Finished));
    QCOMPARE(finished.text, result);
    QCOMPARE(queue->overview(9).value().running, 0);
}

void TestQueue::settlesAndTakesInOneTurn()
{
    const auto queue = queueOf();
    QVERIFY(queue->add(jobsNamed({QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")})).ok());
    const QList<Delivery> first = queue->turn({}, 2).value().taken;
    const Queue::Turn turn =
        queue->turn({{.receipt = first[0].receipt, .text = "1"}, {.receipt = first[1].receipt, .text = "2"}}, 5)
            .value();
    QCOMPARE(idsOf(turn.taken), QStringList{QStringLiteral("c")});
    QCOMPARE(turn.lost.size(), 0);
    QCOMPARE(queue->find(QStringLiteral("b")).value().text, QByteArray("2"));
    // Twice is once.
    QCOMPARE(queue->turn({{.receipt = first[0].receipt, .text = "9"}}, 0).value().lost, {first[0].receipt});
    QCOMPARE(queue->find(QStringLiteral("a")).value().text, QByteArray("1"));
}

void TestQueue::givesAJobOfASilentWorkerToAnother()
{
    const auto silent = queueOf();
    const auto heir = heirNamed(QStringLiteral("w2"));
    QVERIFY(silent->add(jobsNamed({QStringLiteral("a")})).ok());
    const Delivery before = silent->turn({}, 1).value().taken.value(0);
    const Delivery after = inherit(*heir);
    QCOMPARE(after.job.id, QStringLiteral("a"));
    QCOMPARE(after.job.request, before.job.request);
    QCOMPARE(after.deliveries, 2);
    QCOMPARE(heir->find(QStringLiteral("a")).value().worker, QStringLiteral("w2"));
    // The silent one wakes up.
    QCOMPARE(silent->keep({before.receipt}).value(), {before.receipt});
    for (const auto kind : {Settlement::Kind::Finished, Settlement::Kind::RunAgain, Settlement::Kind::HandedBack,
                            Settlement::Kind::Dead}) {
        QCOMPARE(silent->turn({{kind, before.receipt, "late"}}, 0).value().lost, {before.receipt});
    }
    QCOMPARE(heir->turn({{.receipt = after.receipt, .text = "in time"}}, 0).value().lost.size(), 0);
    QCOMPARE(heir->find(QStringLiteral("a")).value().text, QByteArray("in time"));
}

void TestQueue::leavesAJobWithItsWorker()
{
    const auto worker = queueOf();
    QVERIFY(worker->add(jobsNamed({QStringLiteral("a")})).ok());
    QCOMPARE(worker->turn({}, 1).value().taken.size(), 1);
    QCOMPARE(queueOf(QStringLiteral("w2"))->recover(9).value().size(), 0);
}

void TestQueue::hearsOfAWorker()
{
    const auto queue = queueOf();
    QVERIFY(queue->add(jobsNamed({QStringLiteral("a")})).ok());
    const Delivery delivery = queue->turn({}, 1).value().taken.value(0);
    QTRY_VERIFY(queue->find(QStringLiteral("a")).value().silentMs >= 300);
    QElapsedTimer sinceHeard;
    sinceHeard.start();
    QCOMPARE(queue->keep({delivery.receipt}).value().size(), 0);
    const JobState state = queue->find(QStringLiteral("a")).value();
    QVERIFY2(state.silentMs <= sinceHeard.elapsed() + 2, qPrintable(QString::number(state.silentMs)));
    QCOMPARE(state.deliveries, 1);
}

void TestQueue::runsAgainAsTheNextAttempt()
{
    const auto queue = queueOf();
    QVERIFY(queue->add(jobsNamed({QStringLiteral("a"), QStringLiteral("b")})).ok());
    const Delivery first = queue->turn({}, 1).value().taken.value(0);
    QCOMPARE(first.job.runId(), QStringLiteral("a"));
    const Queue::Turn turn = queue->turn({{.kind = Settlement::Kind::RunAgain, .receipt = first.receipt}}, 2).value();
    QCOMPARE(idsOf(turn.taken), (QStringList{QStringLiteral("b"), QStringLiteral("a")}));
    QCOMPARE(turn.taken[1].job.attempt, 1);
    QCOMPARE(turn.taken[1].job.runId(), QStringLiteral("a-1"));
    QCOMPARE(turn.taken[1].deliveries, 1);
    QCOMPARE(turn.taken[1].job.request, first.job.request);
    QCOMPARE(queue->turn({{.receipt = first.receipt, .text = "old"}}, 0).value().lost, {first.receipt});
}

void TestQueue::takesBackUntouched()
{
    const auto queue = queueOf();
    QVERIFY(queue->add(jobsNamed({QStringLiteral("a"), QStringLiteral("b")})).ok());
    const Delivery first = queue->turn({}, 1).value().taken.value(0);
    const Queue::Turn turn = queue->turn({{.kind = Settlement::Kind::HandedBack, .receipt = first.receipt}}, 2).value();
    QCOMPARE(idsOf(turn.taken), (QStringList{QStringLiteral("b"), QStringLiteral("a")}));
    QCOMPARE(turn.taken[1].job.attempt, 0);
    QCOMPARE(turn.taken[1].job.returns, 1);
    QCOMPARE(turn.taken[1].deliveries, 1);
}

void TestQueue::buriesWhatThreeWorkersCouldNotFinish()
{
    const auto queue = queueOf();
    QVERIFY(queue->add(jobsNamed({QStringLiteral("a")})).ok());
    QCOMPARE(queue->turn({}, 1).value().taken.size(), 1);
    for (int number = 2; number <= mostDeliveries; ++number) {
        const auto heir = heirNamed(QStringLiteral("w%1").arg(number));
        QCOMPARE(inherit(*heir).deliveries, number);
    }
    const auto last = heirNamed(QStringLiteral("w9"));
    QTRY_VERIFY(last->recover(9).value().isEmpty() && last->find(QStringLiteral("a")).value().kind == Kind::Dead);
    const JobState dead = last->find(QStringLiteral("a")).value();
    QVERIFY2(dead.text.contains("given to 3 workers"), dead.text.constData());
    QVERIFY2(dead.text.contains("w3"), dead.text.constData());
    QCOMPARE(dead.worker, QStringLiteral("w3"));
    QCOMPARE(dead.deliveries, 3);
    QCOMPARE(last->turn({}, 9).value().taken.size(), 0);
}

void TestQueue::buriesAsToldAndRevives()
{
    const auto queue = queueOf();
    const QString id = QStringLiteral("a");
    QVERIFY(queue->add({jobNamed(id)}).ok());
    QCOMPARE(queue->revive(id).value(), false); // it waits
    const Delivery delivery = queue->turn({}, 1).value().taken.value(0);
    QCOMPARE(queue->revive(id).value(), false); // it is worked on
    QVERIFY(queue->turn({{Settlement::Kind::Dead, delivery.receipt, "no such workspace"}}, 9).value().taken.isEmpty());
    QCOMPARE(queue->find(id).value().text, QByteArray("no such workspace"));
    QVERIFY(queue->add({jobNamed(id)}).ok());
    QCOMPARE(toString(queue->find(id).value().kind), toString(Kind::Dead));
    QCOMPARE(queue->revive(id).value(), true);
    QCOMPARE(queue->revive(id).value(), false);
    QCOMPARE(queue->overview(9).value().dead, 0);
    const Delivery again = queue->turn({}, 9).value().taken.value(0);
    QCOMPARE(again.job.runId(), QStringLiteral("a-1"));
    QCOMPARE(again.job.request, delivery.job.request);
    QCOMPARE(again.deliveries, 1);
}

void TestQueue::dropsTheDead()
{
    const auto queue = queueOf();
    const QString id = QStringLiteral("a");
    QVERIFY(queue->add({jobNamed(id, QStringLiteral("k"))}).ok());
    QCOMPARE(queue->drop(id).value(), false);
    const Delivery delivery = queue->turn({}, 1).value().taken.value(0);
    QVERIFY(queue->turn({{Settlement::Kind::Dead, delivery.receipt, "why"}}, 0).ok());
    QCOMPARE(queue->drop(id).value(), true);
    QCOMPARE(queue->drop(id).value(), false);
    QCOMPARE(toString(queue->find(id).value().kind), toString(Kind::Unknown));
    QCOMPARE(queue->overview(9).value().dead, 0);
    QCOMPARE(queue->add({jobNamed(QStringLiteral("b"), QStringLiteral("k"))}).value(),
             QStringList{QStringLiteral("b")});
}

void TestQueue::showsWhatIsInIt()
{
    const auto queue = queueOf();
    const QueueOverview empty = queue->overview(9).value();
    QCOMPARE(empty.waiting + empty.running + empty.dead, 0);
    QCOMPARE(empty.jobs.size(), 0);
    QVERIFY(queue
                ->add(jobsNamed({QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("d"),
                                 QStringLiteral("e")}))
                .ok());
    const QList<Delivery> taken = queue->turn({}, 2).value().taken;
    QVERIFY(queue->turn({{Settlement::Kind::Dead, taken[0].receipt, "why"}}, 0).ok());
    const QueueOverview overview = queue->overview(2).value();
    QCOMPARE(overview.waiting, 3);
    QCOMPARE(overview.running, 1);
    QCOMPARE(overview.dead, 1);
    QCOMPARE(overview.jobs.size(), 4);
    QCOMPARE(toString(overview.jobs[0].kind), toString(Kind::Dead));
    QCOMPARE(overview.jobs[0].job.id, QStringLiteral("a"));
    QCOMPARE(overview.jobs[0].text, QByteArray("why"));
    QCOMPARE(toString(overview.jobs[1].kind), toString(Kind::Running));
    QCOMPARE(overview.jobs[1].worker, QStringLiteral("w1"));
    QCOMPARE(toString(overview.jobs[2].kind), toString(Kind::Waiting));
    QCOMPARE(overview.jobs[2].job.id, QStringLiteral("c"));
    QCOMPARE(overview.jobs[2].job.task, jobNamed({}).task);
    QVERIFY(overview.jobs[2].job.request.isEmpty());
}

void TestQueue::waitsForAJob()
{
    const auto adding = queueOf(QStringLiteral("submitter"));
    QVERIFY(adding->add({}).ok());
    std::atomic<bool> waits = false;
    QList<Delivery> got;
    std::thread waiting([&] {
        const auto queue = queueOf();
        while (got.isEmpty()) {
            waits = true;
            got = queue->wait(4, 500ms).value();
        }
    });
    while (!waits) {
        std::this_thread::yield();
    }
    const bool added = adding->add(jobsNamed({QStringLiteral("a")})).ok();
    waiting.join();
    QVERIFY(added);
    QCOMPARE(idsOf(got), QStringList{QStringLiteral("a")});
}

void TestQueue::isDividedAmongWorkers()
{
    constexpr int workers = 4;
    constexpr int count = 200;
    QStringList ids;
    for (int i = 0; i < count; ++i) {
        ids.append(QString::number(i));
    }
    QVERIFY(queueOf()->add(jobsNamed(ids)).ok());
    std::vector<QStringList> taken(workers);
    std::vector<std::thread> threads;
    for (int number = 0; number < workers; ++number) {
        threads.emplace_back([&, number] {
            const auto queue = queueOf(QStringLiteral("w%1").arg(number));
            QList<Settlement> done;
            do {
                const QList<Delivery> some = queue->turn(done, 3).value().taken;
                done.clear();
                for (const Delivery &delivery : some) {
                    taken[static_cast<std::size_t>(number)].append(delivery.job.id);
                    done.append({.receipt = delivery.receipt, .text = "{}"});
                }
            } while (!done.isEmpty());
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    QStringList all;
    for (const QStringList &some : taken) {
        all += some;
    }
    QCOMPARE(all.size(), count);
    QCOMPARE(QSet<QString>(all.begin(), all.end()).size(), count);
    QCOMPARE(toString(queueOf()->find(QStringLiteral("199")).value().kind), toString(Kind::Finished));
}

// New ones, that nobody has used before.
void TestQueue::isOpenedBySeveralAtOnce()
{
    for (int round = 0; round < 10; ++round) {
        QueueSettings fresh = settings(QStringLiteral("w"));
        fresh.name = QStringLiteral("fresh-%1").arg(round);
        std::atomic<int> failures = 0;
        std::vector<std::thread> threads;
        for (int number = 0; number < 8; ++number) {
            threads.emplace_back([&, number] {
                const auto queue = makeQueue(fresh).value();
                failures += queue->add(jobsNamed({QString::number(number)})).ok() ? 0 : 1;
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        QCOMPARE(failures.load(), 0);
        QCOMPARE(makeQueue(fresh).value()->overview(9).value().waiting, 8);
    }
}

void TestQueue::isSeparateFromOtherQueues()
{
    QueueSettings night = settings(QStringLiteral("w1"));
    night.name = QStringLiteral("night");
    const auto other = makeQueue(night).value();
    const auto queue = queueOf();
    QVERIFY(other->add(jobsNamed({QStringLiteral("a")})).ok());
    QCOMPARE(queue->turn({}, 9).value().taken.size(), 0);
    QCOMPARE(toString(queue->find(QStringLiteral("a")).value().kind), toString(Kind::Unknown));
    QCOMPARE(other->turn({}, 9).value().taken.size(), 1);
}

void TestQueue::refusesWhatIsNoName_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("url");
    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("a path") << QStringLiteral("../night") << QString();
    QTest::newRow("hidden") << QStringLiteral(".night") << QString();
    QTest::newRow("a hash tag") << QStringLiteral("a}b") << QString();
    QTest::newRow("two lines") << QStringLiteral("a\n") << QString();
    QTest::newRow("too long") << QString(65, u'a') << QString();
    QTest::newRow("an address that is none") << QStringLiteral("night") << QStringLiteral("memcached://x");
}

void TestQueue::refusesWhatIsNoName()
{
    QFETCH(QString, name);
    QFETCH(QString, url);
    const auto queue = makeQueue({.redisUrl = url, .folder = m_folder->path(), .name = name});
    QVERIFY(!queue.ok());
    QCOMPARE(queue.error().code, ErrorCode::Usage);
}

QTEST_GUILESS_MAIN(TestQueue)
#include "tst_queue.moc"
