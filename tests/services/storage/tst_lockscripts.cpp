#include "services/storage/redisconnection.h"
#include "tests/support/redisserver.h"

#include <QTest>

#include <csignal>

using namespace PatchPanel;
using Storage::RedisConnection;
using Storage::RedisReply;

// The Lua scripts of the lock, each against a real server.
class TestLockScripts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        signal(SIGPIPE, SIG_IGN); // as main does
        QVERIFY2(m_server.start(), qPrintable(m_server.errorText()));
        m_connection = std::make_unique<RedisConnection>(Storage::parseRedisUrl(m_server.url()).value());
    }
    void init() { QVERIFY(m_connection->command({"FLUSHALL"}).ok()); }
    void acquiresAFreeLock();
    void numbersGrowAndStartAboveTheFloor();
    void refusesWhatAnotherHolds();
    void refreshesItsOwn();
    void takesOverFromHoldersThatAreGone_data();
    void takesOverFromHoldersThatAreGone();
    void extendsItsOwn();
    void doesNotExtendWhatAnotherHas();
    void retakesWhatNobodyHadSince();
    void doesNotRetakeWhatSomebodyHadSince();
    void releasesItsOwnOnly();

private:
    QList<RedisReply> acquire(const QByteArray &token, int floor = 0, const QByteArray &gone = {})
    {
        const auto reply = m_connection->evaluate(Storage::RedisScripts::acquireLock(), {m_lock, m_fence, m_holder},
                                                  {token, "30000", QByteArray::number(floor), "I am " + token, gone});
        return reply && reply->elements.size() == 3 ? reply->elements : QList<RedisReply>(3);
    }
    qint64 extend(const QByteArray &token, int fence, const QByteArray &ttl = "30000")
    {
        const auto reply = m_connection->evaluate(Storage::RedisScripts::extendLock(), {m_lock, m_fence, m_holder},
                                                  {token, ttl, QByteArray::number(fence), "I am " + token});
        return reply ? reply->integer : -1;
    }
    qint64 release(const QByteArray &token, int fence)
    {
        const auto reply = m_connection->evaluate(Storage::RedisScripts::releaseLock(), {m_lock, m_holder},
                                                  {token, QByteArray::number(fence)});
        return reply ? reply->integer : -1;
    }
    RedisReply ask(const QList<QByteArray> &command) { return m_connection->command(command).value(); }

    const QByteArray m_lock = "pp:{ws}:lock";
    const QByteArray m_fence = "pp:{ws}:fence";
    const QByteArray m_holder = "pp:{ws}:holder";
    Test::RedisServer m_server;
    std::unique_ptr<RedisConnection> m_connection;
};

void TestLockScripts::acquiresAFreeLock()
{
    const QList<RedisReply> answer = acquire("boot/1/a");
    QCOMPARE(answer[0].integer, 1);
    QCOMPARE(answer[1].integer, 0);
    QCOMPARE(ask({"GET", m_lock}).text, QByteArray("boot/1/a:1"));
    QCOMPARE(ask({"GET", m_holder}).text, QByteArray("I am boot/1/a"));
    QVERIFY(ask({"PTTL", m_lock}).integer > 29'000);
    QVERIFY(ask({"PTTL", m_holder}).integer > 29'000);
    QCOMPARE(ask({"GET", m_fence}).text, QByteArray("1"));
    QCOMPARE(ask({"PTTL", m_fence}).integer, -1);
}

void TestLockScripts::numbersGrowAndStartAboveTheFloor()
{
    QCOMPARE(acquire("a", 41)[0].integer, 42);
    QCOMPARE(release("a", 42), 1);
    QCOMPARE(acquire("b", 7)[0].integer, 43);
    QCOMPARE(release("b", 43), 1);
    ask({"SET", m_fence, "4503599627370496"});
    QCOMPARE(acquire("c")[0].integer, 4503599627370497);
    QCOMPARE(ask({"GET", m_lock}).text, QByteArray("c:4503599627370497"));
}

void TestLockScripts::refusesWhatAnotherHolds()
{
    QCOMPARE(acquire("a")[0].integer, 1);
    const QList<RedisReply> answer = acquire("b");
    QCOMPARE(answer[0].integer, 0);
    QVERIFY(answer[1].integer > 29'000 && answer[1].integer <= 30'000);
    QCOMPARE(answer[2].text, QByteArray("I am a"));
    QCOMPARE(ask({"GET", m_fence}).text, QByteArray("1"));
    ask({"SET", m_lock, "somebody else's text"});
    QCOMPARE(acquire("b")[0].integer, 0);
}

void TestLockScripts::refreshesItsOwn()
{
    QCOMPARE(acquire("a")[0].integer, 1);
    ask({"PEXPIRE", m_lock, "1000"});
    QCOMPARE(acquire("a")[0].integer, 1);
    QVERIFY(ask({"PTTL", m_lock}).integer > 29'000);
}

void TestLockScripts::takesOverFromHoldersThatAreGone_data()
{
    QTest::addColumn<QByteArray>("gone");
    QTest::addColumn<bool>("takes");
    QTest::newRow("all are") << QByteArray("*") << true;
    QTest::newRow("those of this machine are") << QByteArray("boot-1/") << true;
    QTest::newRow("those of another machine are") << QByteArray("boot-2/") << false;
    QTest::newRow("a longer name") << QByteArray("boot-1/7/8/9/and more") << false;
    QTest::newRow("nobody is") << QByteArray() << false;
}

void TestLockScripts::takesOverFromHoldersThatAreGone()
{
    QFETCH(QByteArray, gone);
    QFETCH(bool, takes);
    QCOMPARE(acquire("boot-1/7/8/9")[0].integer, 1);
    QCOMPARE(acquire("boot-1/8/8/a", 0, gone)[0].integer, takes ? 2 : 0);
}

void TestLockScripts::extendsItsOwn()
{
    acquire("a");
    ask({"PEXPIRE", m_lock, "1000"});
    QCOMPARE(extend("a", 1), 1);
    QVERIFY(ask({"PTTL", m_lock}).integer > 29'000);
    QVERIFY(ask({"PTTL", m_holder}).integer > 29'000);
}

void TestLockScripts::doesNotExtendWhatAnotherHas()
{
    acquire("a");
    QCOMPARE(extend("b", 1), 0);
    QCOMPARE(extend("a", 2), 0);
    QCOMPARE(ask({"GET", m_lock}).text, QByteArray("a:1"));
}

void TestLockScripts::retakesWhatNobodyHadSince()
{
    acquire("a", 41);
    ask({"FLUSHALL"});
    QCOMPARE(extend("a", 42), 1);
    QCOMPARE(ask({"GET", m_lock}).text, QByteArray("a:42"));
    QCOMPARE(ask({"GET", m_fence}).text, QByteArray("42"));
    QCOMPARE(acquire("b")[0].integer, 0);
}

void TestLockScripts::doesNotRetakeWhatSomebodyHadSince()
{
    acquire("a");
    ask({"DEL", m_lock});
    QCOMPARE(acquire("b")[0].integer, 2);
    QCOMPARE(release("b", 2), 1);
    QCOMPARE(extend("a", 1), 0);
    QCOMPARE(ask({"EXISTS", m_lock}).integer, 0);
}

void TestLockScripts::releasesItsOwnOnly()
{
    acquire("a");
    QCOMPARE(release("b", 1), 0);
    QCOMPARE(release("a", 2), 0);
    QCOMPARE(ask({"EXISTS", m_lock}).integer, 1);
    QCOMPARE(release("a", 1), 1);
    QCOMPARE(ask({"EXISTS", m_lock, m_holder}).integer, 0);
    QCOMPARE(ask({"GET", m_fence}).text, QByteArray("1"));
    QCOMPARE(release("a", 1), 0);
}

QTEST_GUILESS_MAIN(TestLockScripts)
#include "tst_lockscripts.moc"
