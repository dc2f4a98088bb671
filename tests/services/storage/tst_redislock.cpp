#include "services/storage/redislock.h"
#include "services/storage/workspacefence.h"
#include "tests/support/openlock.h"
#include "tests/support/redisserver.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace PatchPanel;
using namespace std::chrono_literals;
using Hold = std::unique_ptr<Storage::LockHold>;
using Storage::RedisLock;

namespace {

constexpr auto lifetime = 600ms;
constexpr auto renewal = 150ms;
constexpr auto timeOut = 100ms;

} // namespace

// The lock in Redis around one that reaches one machine only, with short times.
class TestRedisLock : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { signal(SIGPIPE, SIG_IGN); } // as main does
    void init();
    void excludesOtherMachines();
    void aWorkspaceOutsideTheSharedFolderIsNotShared();
    void isRenewedBeyondItsLifetime();
    void runsOutWithItsHolder();
    void aDeadHolderOnThisMachineIsPassedOver();
    void isNotGivenTwiceAfterTheServerForgot();
    void numbersGoOnAfterTheServerForgot();
    void aHolderSurvivesThatTheServerForgets();
    void aPausedHolderFindsOutThatItIsPassedOver();
    void aPausedHolderGoesOnIfNobodyCame();
    void endsWhileThereIsTimeWhenTheServerStops();
    void isHandsOffOnceItRanOutWithoutAnAnswer();
    void tellsALateListenerAtOnce();
    void withoutTheServerASharedWorkspaceIsBusy_data();
    void withoutTheServerASharedWorkspaceIsBusy();
    void withoutTheServerALocalWorkspaceIsNotHeldUp_data();
    void withoutTheServerALocalWorkspaceIsNotHeldUp();
    void aLocalRunDoesNotMindThatTheServerGoesAway();
    void thePasswordIsNotInTheMessage();

private:
    // `machine` is how far the operating system's lock of this process reaches.
    std::unique_ptr<RedisLock> lockOn(const QByteArray &machine, bool shared = true,
                                      MonotonicClock clock = bootClock()) const
    {
        RedisLock::Settings settings;
        settings.url = Storage::parseRedisUrl(m_server->url()).value();
        settings.url.password = m_password;
        if (shared) {
            settings.shared = {m_folder->path(), QStringLiteral("shop")};
        }
        settings.timeouts = {timeOut, timeOut};
        settings.times = {lifetime, renewal};
        settings.reach = machine;
        settings.clock = std::move(clock);
        return std::make_unique<RedisLock>(std::make_unique<Test::OpenLock>(), settings);
    }
    Result<Hold> acquire(RedisLock &lock) const
    {
        return lock.acquire(m_folder->path(), QStringLiteral("run 1f3a of runner-1"));
    }
    ErrorCode codeOf(const Result<Hold> &hold) const { return hold ? ErrorCode::Internal : hold.error().code; }
    ErrorCode codeOf(const Result<void> &done) const { return done ? ErrorCode::Internal : done.error().code; }
    void askServer(const QList<QByteArray> &command) const
    {
        Storage::RedisConnection connection(Storage::parseRedisUrl(m_server->url()).value());
        QVERIFY(connection.command(command).ok());
    }
    void breakServer(const QString &how)
    {
        if (how == QStringLiteral("killed")) {
            m_server->kill();
        } else if (how == QStringLiteral("stopped")) {
            m_server->pause();
        } else if (how == QStringLiteral("full")) {
            askServer({"CONFIG", "SET", "maxmemory", "1"});
        } else if (how == QStringLiteral("a replica")) {
            askServer({"REPLICAOF", "127.0.0.1", "1"});
        } else {
            m_password = "wrong";
        }
    }
    static void breaks()
    {
        QTest::addColumn<QString>("how");
        for (const char *how : {"killed", "stopped", "full", "a replica", "another password"}) {
            QTest::newRow(how) << QString::fromLatin1(how);
        }
    }

    std::unique_ptr<Test::RedisServer> m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_password;
};

void TestRedisLock::init()
{
    m_server = std::make_unique<Test::RedisServer>();
    QVERIFY2(m_server->start(), qPrintable(m_server->errorText()));
    m_folder = std::make_unique<QTemporaryDir>();
    m_password.clear();
}

void TestRedisLock::excludesOtherMachines()
{
    const auto here = lockOn("here");
    const auto there = lockOn("there");
    Result<Hold> hold = acquire(*here);
    QVERIFY(hold.ok());
    const Result<Hold> second = acquire(*there);
    QCOMPARE(codeOf(second), ErrorCode::Busy);
    QVERIFY(second.error().message.contains(QStringLiteral("run 1f3a of runner-1")));
    const qint64 wait = second.error().details[QStringLiteral("waitMs")].toInteger();
    QVERIFY(wait > 0 && wait <= lifetime.count());
    hold->reset();
    QVERIFY(acquire(*there).ok());
}

void TestRedisLock::aWorkspaceOutsideTheSharedFolderIsNotShared()
{
    const QTemporaryDir elsewhere;
    const auto here = lockOn("here");
    const auto there = lockOn("there");
    const Result<Hold> hold = here->acquire(elsewhere.path(), QStringLiteral("run 1"));
    QVERIFY(hold.ok());
    QVERIFY(there->acquire(elsewhere.path(), QStringLiteral("run 2")).ok());
}

void TestRedisLock::isRenewedBeyondItsLifetime()
{
    const auto here = lockOn("here");
    const auto there = lockOn("there");
    const Result<Hold> hold = acquire(*here);
    QVERIFY(hold.ok());
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < 3 * lifetime.count()) {
        QCOMPARE(codeOf(acquire(*there)), ErrorCode::Busy);
        QVERIFY((*hold)->check().ok());
        QTest::qWait(20);
    }
}

void TestRedisLock::runsOutWithItsHolder()
{
    const pid_t child = fork();
    if (child == 0) {
        const auto lock = lockOn("there");
        const Result<Hold> hold = acquire(*lock);
        _exit(hold.ok() ? 0 : 1); // without a release
    }
    int status = -1;
    QCOMPARE(waitpid(child, &status, 0), child);
    QCOMPARE(status, 0);
    const auto here = lockOn("here");
    QCOMPARE(codeOf(acquire(*here)), ErrorCode::Busy);
    QTRY_VERIFY(acquire(*here).ok());
}

void TestRedisLock::aDeadHolderOnThisMachineIsPassedOver()
{
    const pid_t child = fork();
    if (child == 0) {
        const auto lock = lockOn("here");
        const Result<Hold> hold = acquire(*lock);
        _exit(hold.ok() ? 0 : 1);
    }
    int status = -1;
    QCOMPARE(waitpid(child, &status, 0), child);
    QCOMPARE(status, 0);
    const auto here = lockOn("here");
    const Result<Hold> hold = acquire(*here); // it has the operating system's lock: the other one is gone
    QVERIFY(hold.ok());
    QCOMPARE((*hold)->fence(), 2);
}

void TestRedisLock::isNotGivenTwiceAfterTheServerForgot()
{
    const auto here = lockOn("here");
    const auto there = lockOn("there");
    const Result<Hold> old = acquire(*here);
    QVERIFY(old.ok());
    askServer({"FLUSHALL"});
    const Result<Hold> young = acquire(*there);
    QVERIFY(young.ok());
    QVERIFY((*young)->fence() > (*old)->fence());
    QVERIFY((*young)->check().ok());
    QCOMPARE(codeOf((*old)->check()), ErrorCode::Busy);
}

void TestRedisLock::numbersGoOnAfterTheServerForgot()
{
    const auto here = lockOn("here");
    qint64 last = 0;
    for (int i = 0; i < 5; ++i) {
        const Result<Hold> hold = acquire(*here);
        QVERIFY(hold.ok());
        QVERIFY((*hold)->fence() > last);
        last = (*hold)->fence();
        askServer({"FLUSHALL"});
    }
    QCOMPARE(Storage::highestFence(m_folder->path()).value(), last);
}

void TestRedisLock::aHolderSurvivesThatTheServerForgets()
{
    const auto here = lockOn("here");
    const auto there = lockOn("there");
    const Result<Hold> hold = acquire(*here);
    QVERIFY(hold.ok());
    askServer({"FLUSHALL"});
    Storage::RedisConnection connection(Storage::parseRedisUrl(m_server->url()).value());
    QTRY_VERIFY(!connection.command({"KEYS", "pp:*:lock"}).value().elements.isEmpty()); // renewed
    QCOMPARE(codeOf(acquire(*there)), ErrorCode::Busy);
    QVERIFY((*hold)->check().ok());
}

void TestRedisLock::aPausedHolderFindsOutThatItIsPassedOver()
{
    int toChild[2];
    int fromChild[2];
    QVERIFY(pipe(toChild) == 0 && pipe(fromChild) == 0);
    const pid_t child = fork();
    if (child == 0) {
        const auto lock = lockOn("there");
        const Result<Hold> hold = acquire(*lock);
        char byte = hold.ok() ? 'y' : 'n';
        [[maybe_unused]] auto moved = write(fromChild[1], &byte, 1);
        moved = read(toChild[0], &byte, 1);
        byte = codeOf((*hold)->check()) == ErrorCode::Busy ? 'b' : 'n';
        moved = write(fromChild[1], &byte, 1);
        _exit(0);
    }
    char byte = '?';
    QVERIFY(read(fromChild[0], &byte, 1) == 1 && byte == 'y');
    QCOMPARE(::kill(child, SIGSTOP), 0);
    const auto here = lockOn("here");
    Result<Hold> hold = Error{};
    QTRY_VERIFY((hold = acquire(*here)).ok());
    hold->reset(); // also after this one has gone
    QVERIFY(write(toChild[1], "x", 1) == 1);
    QCOMPARE(::kill(child, SIGCONT), 0);
    QVERIFY(read(fromChild[0], &byte, 1) == 1);
    waitpid(child, nullptr, 0);
    QCOMPARE(byte, 'b');
}

void TestRedisLock::aPausedHolderGoesOnIfNobodyCame()
{
    std::atomic<qint64> ahead = 0; // ms that our clock is ahead
    const auto clock = [&ahead, boot = bootClock()] {
        return boot() + std::chrono::milliseconds(ahead);
    };
    const auto here = lockOn("here", true, clock);
    const Result<Hold> hold = acquire(*here);
    QVERIFY(hold.ok());
    askServer({"FLUSHALL"}); // so is what ran out
    ahead = 10 * lifetime.count();
    QVERIFY((*hold)->check().ok());
}

void TestRedisLock::endsWhileThereIsTimeWhenTheServerStops()
{
    const auto here = lockOn("here");
    const Result<Hold> hold = acquire(*here);
    QVERIFY(hold.ok());
    std::atomic<int> told = 0;
    QElapsedTimer clock;
    clock.start();
    std::atomic<qint64> toldAfter = 0;
    (*hold)->whenEnding([&] {
        ++told;
        toldAfter = clock.elapsed();
    });
    m_server->pause();
    QTRY_COMPARE(told.load(), 1);
    QVERIFY2(toldAfter >= lifetime.count() / 3 && toldAfter < lifetime.count() + 2 * timeOut.count(),
             qPrintable(QString::number(toldAfter)));
    m_server->resume();
    QTRY_VERIFY((*hold)->check().ok() || codeOf((*hold)->check()) == ErrorCode::Unavailable);
    QCOMPARE(told.load(), 1);
    QVERIFY2(codeOf((*hold)->check()) == ErrorCode::Unavailable, "a run that was told to end may not go on");
}

void TestRedisLock::isHandsOffOnceItRanOutWithoutAnAnswer()
{
    const auto here = lockOn("here");
    const Result<Hold> hold = acquire(*here);
    QVERIFY(hold.ok());
    m_server->kill();
    QTRY_COMPARE(codeOf((*hold)->check()), ErrorCode::Busy);
    QVERIFY2(m_server->start(), qPrintable(m_server->errorText()));
    QTest::qWait(2 * static_cast<int>(renewal.count()));
    QCOMPARE(codeOf((*hold)->check()), ErrorCode::Busy);
}

void TestRedisLock::tellsALateListenerAtOnce()
{
    const auto here = lockOn("here");
    const Result<Hold> hold = acquire(*here);
    QVERIFY(hold.ok());
    m_server->kill();
    QTRY_VERIFY(!(*hold)->check().ok());
    bool told = false;
    (*hold)->whenEnding([&told] { told = true; });
    QVERIFY(told);
}

void TestRedisLock::withoutTheServerASharedWorkspaceIsBusy_data()
{
    breaks();
}

void TestRedisLock::withoutTheServerASharedWorkspaceIsBusy()
{
    QFETCH(QString, how);
    breakServer(how);
    const auto here = lockOn("here");
    QElapsedTimer clock;
    clock.start();
    const Result<Hold> hold = acquire(*here);
    QVERIFY2(clock.elapsed() < 5 * timeOut.count(), qPrintable(QString::number(clock.elapsed())));
    QCOMPARE(codeOf(hold), ErrorCode::Busy);
    QVERIFY2(hold.error().message.contains(QStringLiteral("cannot be locked")), qPrintable(hold.error().message));
    QVERIFY(!hold.error().hint.isEmpty());
    QCOMPARE(hold.error().where, m_folder->path());
    m_server->resume();
}

void TestRedisLock::withoutTheServerALocalWorkspaceIsNotHeldUp_data()
{
    breaks();
}

void TestRedisLock::withoutTheServerALocalWorkspaceIsNotHeldUp()
{
    QFETCH(QString, how);
    breakServer(how);
    const auto here = lockOn("here", false);
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < 20; ++i) {
        const Result<Hold> hold = acquire(*here);
        QVERIFY(hold.ok());
        QVERIFY((*hold)->check().ok());
    }
    QVERIFY2(clock.elapsed() < 15 * timeOut.count(), qPrintable(QString::number(clock.elapsed())));
    m_server->resume();
}

void TestRedisLock::aLocalRunDoesNotMindThatTheServerGoesAway()
{
    const auto here = lockOn("here", false);
    const Result<Hold> hold = acquire(*here);
    QVERIFY(hold.ok());
    std::atomic<bool> told = false;
    (*hold)->whenEnding([&told] { told = true; });
    m_server->kill();
    QTest::qWait(2 * static_cast<int>(lifetime.count()));
    QVERIFY((*hold)->check().ok());
    QVERIFY(!told);
}

void TestRedisLock::thePasswordIsNotInTheMessage()
{
    m_password = "s3cret";
    const auto here = lockOn("here");
    const Result<Hold> hold = acquire(*here);
    QVERIFY(!hold.ok());
    QVERIFY(!hold.error().toString().contains(QStringLiteral("s3cret")));
    QVERIFY(hold.error().message.contains(QStringLiteral("AUTH")));
}

QTEST_GUILESS_MAIN(TestRedisLock)
#include "tst_redislock.moc"
