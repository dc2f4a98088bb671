#include "services/storage/redisconnection.h"
#include "tests/support/redisserver.h"

#include <QTest>

#include <csignal>

using namespace PatchPanel;
using Storage::RedisConnection;
using Storage::RedisReply;
namespace Scripts = Storage::RedisScripts;

// The Lua scripts of the queue, each against a real server: what they leave there. What they mean together is the
// contract of the queue.
class TestQueueScripts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        signal(SIGPIPE, SIG_IGN); // as main does
        QVERIFY2(m_server.start(), qPrintable(m_server.errorText()));
        m_connection = std::make_unique<RedisConnection>(Storage::parseRedisUrl(m_server.url()).value());
    }
    void init() { QVERIFY(m_connection->command({"FLUSHALL"}).ok()); }
    void addLeavesAnEntryAndItsIndex();
    void addKeepsKeysForATime();
    void addSeveralAtOnce();
    void turnMakesTheGroup();
    void turnLeavesNothingOfAFinishedJobButTheResult();
    void turnKnowsTheDelivery();
    void turnSettlesAllOrTellsTheError();
    void turnMovesTheDead();
    void keepDoesNotCountAsADelivery();
    void keepOfALostGroup();
    void recoverTakesTheSilentOnly();
    void recoverForgetsWorkersThatAreGoneForLong();
    void recoverOfAnEmptyServer();
    void findToldApart();
    void reviveGivesTheNextAttempt();
    void dropFreesTheKey();
    void allKeysAreOfOneSlot();

private:
    RedisReply ask(const QList<QByteArray> &command) { return m_connection->command(command).value(); }
    RedisReply add(const QByteArray &id, const QByteArray &key = {})
    {
        return m_connection
            ->evaluate(Scripts::queueAdd(), {m_jobs, m_index, m_results, m_keys},
                       {"100", "7000", id, "request of " + id, "signature", key, "/w", "t.json"})
            .value();
    }
    Result<RedisReply> turn(const QByteArray &worker, int count, const QList<QByteArray> &settlement = {})
    {
        return m_connection->evaluate(Scripts::queueTurn(), {m_jobs, m_index, m_dead, m_results},
                                      QList<QByteArray>{worker, QByteArray::number(count), "100", "8000"} + settlement);
    }
    // The entry that the worker gets.
    QByteArray take(const QByteArray &worker)
    {
        return turn(worker, 1).value().elements.value(1).elements.value(0).elements.value(0).text;
    }
    RedisReply keep(const QByteArray &worker, const QByteArray &entry, const QByteArray &deliveries)
    {
        return m_connection->evaluate(Scripts::queueKeep(), {m_jobs}, {worker, entry, deliveries}).value();
    }
    QList<RedisReply> recover(const QByteArray &worker, const QByteArray &silentMs)
    {
        return m_connection
            ->evaluate(Scripts::queueRecover(), {m_jobs, m_index, m_dead}, {worker, "9", silentMs, "3", "9000"})
            .value()
            .elements;
    }
    QList<RedisReply> find(const QByteArray &id)
    {
        return m_connection->evaluate(Scripts::queueFind(), {m_jobs, m_index, m_dead, m_results + id}, {id})
            .value()
            .elements;
    }
    qint64 revive(const QByteArray &id, const QByteArray &how)
    {
        return m_connection->evaluate(Scripts::queueRevive(), {m_jobs, m_index, m_dead, m_keys}, {id, how})
            .value()
            .integer;
    }
    qint64 deliveriesOf(const QByteArray &entry)
    {
        return ask({"XPENDING", m_jobs, "runners", entry, entry, "1"}).elements.value(0).elements.value(3).integer;
    }
    static QByteArray fieldOf(const RedisReply &fields, const QByteArray &name)
    {
        for (qsizetype i = 0; i + 1 < fields.elements.size(); i += 2) {
            if (fields.elements[i].text == name) {
                return fields.elements[i + 1].text;
            }
        }
        return {};
    }

    const QByteArray m_jobs = "pp:{q:default}:jobs";
    const QByteArray m_index = "pp:{q:default}:index";
    const QByteArray m_dead = "pp:{q:default}:dead";
    const QByteArray m_results = "pp:{q:default}:result:";
    const QByteArray m_keys = "pp:{q:default}:key:";
    Test::RedisServer m_server;
    std::unique_ptr<RedisConnection> m_connection;
};

void TestQueueScripts::addLeavesAnEntryAndItsIndex()
{
    QCOMPARE(add("a").elements.value(0).text, QByteArray("a"));
    const RedisReply entry = ask({"XRANGE", m_jobs, "-", "+"}).elements.value(0);
    QCOMPARE(ask({"HGET", m_index, "a"}).text, entry.elements.value(0).text);
    const RedisReply fields = entry.elements.value(1);
    QCOMPARE(fieldOf(fields, "request"), QByteArray("request of a"));
    QCOMPARE(fieldOf(fields, "added"), QByteArray("7000"));
    QCOMPARE(fieldOf(fields, "attempt"), QByteArray("0"));
    QCOMPARE(fieldOf(fields, "returns"), QByteArray("0"));
}

void TestQueueScripts::addKeepsKeysForATime()
{
    add("a", "k");
    QCOMPARE(add("b", "k").elements.value(0).text, QByteArray("a"));
    QCOMPARE(ask({"XLEN", m_jobs}).integer, 1);
    const qint64 seconds = ask({"TTL", m_keys + "k"}).integer;
    QVERIFY(seconds > 90 && seconds <= 100);
}

void TestQueueScripts::addSeveralAtOnce()
{
    const auto reply = m_connection->evaluate(Scripts::queueAdd(), {m_jobs, m_index, m_results, m_keys},
                                              {"100", "1", "a", "", "", "", "", "", "b", "", "", "", "", ""});
    QCOMPARE(reply.value().elements.size(), 2);
    QCOMPARE(ask({"XLEN", m_jobs}).integer, 2);
}

void TestQueueScripts::turnMakesTheGroup()
{
    QCOMPARE(turn("w", 1).value().elements.value(1).elements.size(), 0);
    add("a");
    QVERIFY(!take("w").isEmpty());
    QVERIFY(take("w").isEmpty());
}

void TestQueueScripts::turnLeavesNothingOfAFinishedJobButTheResult()
{
    add("a");
    const QByteArray entry = take("w");
    QCOMPARE(turn("w", 0, {"finished", entry, "1", "done"}).value().elements.value(0).elements.size(), 0);
    QCOMPARE(ask({"GET", m_results + "a"}).text, QByteArray("done"));
    const qint64 seconds = ask({"TTL", m_results + "a"}).integer;
    QVERIFY(seconds > 90 && seconds <= 100);
    QCOMPARE(ask({"XLEN", m_jobs}).integer, 0);
    QCOMPARE(ask({"EXISTS", m_index}).integer, 0);
    QCOMPARE(ask({"XPENDING", m_jobs, "runners"}).elements.value(0).integer, 0);
}

void TestQueueScripts::turnKnowsTheDelivery()
{
    add("a");
    const QByteArray entry = take("w");
    const QList<QList<QByteArray>> wrong{{"finished", entry, "2", "x"}, {"finished", "1-1", "1", "x"}};
    for (const QList<QByteArray> &settlement : wrong) {
        QCOMPARE(turn("w", 0, settlement).value().elements.value(0).elements.value(0).text, settlement[1]);
    }
    QCOMPARE(turn("other", 0, {"finished", entry, "1", "x"}).value().elements.value(0).elements.value(0).text, entry);
    QCOMPARE(ask({"XLEN", m_jobs}).integer, 1);
    QCOMPARE(ask({"EXISTS", m_results + "a"}).integer, 0);
}

// A server without memory: the job stays with its worker, who settles it again.
void TestQueueScripts::turnSettlesAllOrTellsTheError()
{
    add("a");
    const QByteArray entry = take("w");
    ask({"CONFIG", "SET", "maxmemory", "1"});
    const Result<RedisReply> refused = turn("w", 0, {"finished", entry, "1", "done"});
    ask({"CONFIG", "SET", "maxmemory", "0"});
    QVERIFY(!refused.ok());
    QCOMPARE(refused.error().code, ErrorCode::Unavailable);
    QCOMPARE(turn("w", 0, {"finished", entry, "1", "done"}).value().elements.value(0).elements.size(), 0);
    QCOMPARE(ask({"GET", m_results + "a"}).text, QByteArray("done"));
}

void TestQueueScripts::turnMovesTheDead()
{
    add("a");
    QVERIFY(turn("w", 0, {"dead", take("w"), "1", "why"}).ok());
    QCOMPARE(ask({"XLEN", m_jobs}).integer, 0);
    const RedisReply entry = ask({"XRANGE", m_dead, "-", "+"}).elements.value(0);
    QCOMPARE(ask({"HGET", m_index, "a"}).text, "d" + entry.elements.value(0).text);
    QCOMPARE(fieldOf(entry.elements.value(1), "reason"), QByteArray("why"));
    QCOMPARE(fieldOf(entry.elements.value(1), "died"), QByteArray("8000"));
    QCOMPARE(fieldOf(entry.elements.value(1), "request"), QByteArray("request of a"));
}

void TestQueueScripts::keepDoesNotCountAsADelivery()
{
    add("a");
    const QByteArray entry = take("w");
    QCOMPARE(keep("w", entry, "1").elements.size(), 0);
    QCOMPARE(deliveriesOf(entry), 1);
    QCOMPARE(keep("w", entry, "2").elements.value(0).text, entry);
    QCOMPARE(keep("other", entry, "1").elements.value(0).text, entry);
}

void TestQueueScripts::keepOfALostGroup()
{
    QCOMPARE(keep("w", "1-1", "1").elements.value(0).text, QByteArray("1-1"));
}

void TestQueueScripts::recoverTakesTheSilentOnly()
{
    add("a");
    const QByteArray entry = take("w");
    QCOMPARE(recover("heir", "3600000").size(), 0);
    const QList<RedisReply> taken = recover("heir", "0");
    QCOMPARE(taken.size(), 1);
    QCOMPARE(taken[0].elements.value(0).text, entry);
    QCOMPARE(taken[0].elements.value(2).integer, 2);
    QCOMPARE(deliveriesOf(entry), 2);
}

void TestQueueScripts::recoverForgetsWorkersThatAreGoneForLong()
{
    add("a");
    QVERIFY(turn("w", 0, {"finished", take("w"), "1", ""}).ok());
    QCOMPARE(recover("heir", "0").size(), 0);
    QCOMPARE(ask({"XINFO", "CONSUMERS", m_jobs, "runners"}).elements.size(), 1); // not for long yet
}

void TestQueueScripts::recoverOfAnEmptyServer()
{
    QCOMPARE(recover("heir", "0").size(), 0);
}

void TestQueueScripts::findToldApart()
{
    QCOMPARE(find("a").value(0).text, QByteArray("unknown"));
    add("a");
    QCOMPARE(find("a").value(0).text, QByteArray("waiting"));
    const QByteArray entry = take("w");
    QCOMPARE(find("a").value(0).text, QByteArray("running"));
    QCOMPARE(find("a").value(2).text, QByteArray("w"));
    QVERIFY(turn("w", 0, {"dead", entry, "1", "why"}).ok());
    QCOMPARE(find("a").value(0).text, QByteArray("dead"));
    add("b");
    QVERIFY(turn("w", 0, {"finished", take("w"), "1", "done"}).ok());
    QCOMPARE(find("b").value(0).text, QByteArray("finished"));
    QCOMPARE(find("b").value(1).text, QByteArray("done"));
}

void TestQueueScripts::reviveGivesTheNextAttempt()
{
    add("a");
    QCOMPARE(revive("a", "revive"), 0);
    QVERIFY(turn("w", 0, {"dead", take("w"), "1", "why"}).ok());
    QCOMPARE(revive("a", "revive"), 1);
    QCOMPARE(ask({"XLEN", m_dead}).integer, 0);
    const RedisReply fields = ask({"XRANGE", m_jobs, "-", "+"}).elements.value(0).elements.value(1);
    QCOMPARE(fieldOf(fields, "attempt"), QByteArray("1"));
    QCOMPARE(fieldOf(fields, "request"), QByteArray("request of a"));
    QVERIFY(fieldOf(fields, "reason").isEmpty());
    QVERIFY(!take("w").isEmpty());
}

void TestQueueScripts::dropFreesTheKey()
{
    add("a", "k");
    QVERIFY(turn("w", 0, {"dead", take("w"), "1", "why"}).ok());
    QCOMPARE(revive("a", "drop"), 1);
    QCOMPARE(revive("a", "drop"), 0);
    QCOMPARE(ask({"EXISTS", m_keys + "k", m_index}).integer, 0);
    QCOMPARE(ask({"XLEN", m_dead}).integer, 0);
}

void TestQueueScripts::allKeysAreOfOneSlot()
{
    add("a", "k");
    add("b");
    QVERIFY(turn("w", 0, {"finished", take("w"), "1", "done"}).ok());
    QVERIFY(turn("w", 0, {"dead", take("w"), "1", "why"}).ok());
    const RedisReply keys = ask({"KEYS", "*"});
    QVERIFY(keys.elements.size() >= 4);
    for (const RedisReply &key : keys.elements) {
        QVERIFY2(key.text.startsWith("pp:{q:default}:"), key.text.constData());
    }
}

QTEST_GUILESS_MAIN(TestQueueScripts)
#include "tst_queuescripts.moc"
