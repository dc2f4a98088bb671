#include "services/storage/redisservices.h"
#include "tests/support/redisserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>

using namespace PatchPanel;
using namespace PatchPanel::Storage;
using namespace std::chrono_literals;
using Kind = SharedWrite::Kind;

namespace {

// A registry, as far as Redis sees it.
class Peer {
public:
    explicit Peer(const QString &url, SharedLimits limits = {}, const QByteArray &group = "g")
        : m_services(parseRedisUrl(url).value(), group, {.connect = 200ms, .command = 300ms}, limits)
    {
    }

    Result<SharedTurn> turn(const QList<SharedWrite> &writes = {})
    {
        Result<SharedTurn> turn = m_services.turn(cursor, writes);
        if (turn) {
            cursor = turn->cursor;
        }
        return turn;
    }

    SharedCursor cursor;

private:
    RedisServices m_services;
};

SharedWrite set(const QByteArray &part, const QByteArray &value, std::chrono::milliseconds age = 0ms,
                const QByteArray &id = "web")
{
    return {.kind = Kind::Set, .id = id, .part = part, .value = value, .age = age};
}

SharedWrite write(Kind kind, std::chrono::milliseconds age = 0ms, const QByteArray &part = "c")
{
    return {.kind = kind, .id = "web", .part = part, .age = age};
}

QMap<QByteArray, QByteArray> partsOf(const QList<SharedEntry> &entries, const QByteArray &id = "web")
{
    QMap<QByteArray, QByteArray> parts;
    for (const SharedEntry &entry : entries) {
        if (entry.id == id) {
            parts.clear();
            for (const SharedPart &part : entry.parts) {
                parts.insert(part.name, part.value);
            }
        }
    }
    return parts;
}

using Parts = QMap<QByteArray, QByteArray>;

} // namespace

// What registries tell each other through a real server: the script that does it, and how its answer is read.
class TestSharedServices : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        signal(SIGPIPE, SIG_IGN); // as main does
        QVERIFY2(m_server.start(), qPrintable(m_server.errorText()));
        m_redis = std::make_unique<RedisConnection>(parseRedisUrl(m_server.url()).value());
    }
    void init()
    {
        QVERIFY(m_redis->command({"FLUSHALL"}).ok());
        m_a = std::make_unique<Peer>(m_server.url());
        m_b = std::make_unique<Peer>(m_server.url());
        QVERIFY(m_a->turn().ok());
        QVERIFY(m_b->turn().ok());
    }
    void nothingIsSharedWithoutAUrl();
    void aUrlThatCannotBeRead();
    void othersHearOfAService();
    void nobodyHearsOfItself();
    void aHeartbeatIsNoChange();
    void theNewestChangeWins_data();
    void theNewestChangeWins();
    void eachPartForItself();
    void anUnknownServiceIsRefused();
    void removedWithAllItsParts();
    void oldNewsDoNotBringItBack();
    void aNewerRegistrationSurvivesAnOlderRemoval();
    void silenceRemovesOnlyWhatNobodyHeardOf();
    void droppedPartsAreGone();
    void allIsToldToANewcomer();
    void inPages();
    void anEmptiedServerIsANewLife();
    void anOlderCopyIsANewLife();
    void anEvictedServiceIsAskedFor();
    void whatIsNoEntryIsLeftOut();
    void groupsDoNotMeet();
    void removalsAreForgotten();
    void everythingExpires();
    void listeningWritesNothing();
    void aTimeOfAClockSetBackDoesNotRule();
    void whatAPausedServerDoesLateHappenedWhenItWasSent();
    void aDeadServerIsAnError();
    void answersThatMakeNoSense_data();
    void answersThatMakeNoSense();

private:
    RedisReply ask(const QList<QByteArray> &command) { return m_redis->command(command).value(); }
    // A registers "web", and both have heard of it.
    void share()
    {
        QVERIFY(m_a->turn({set("d", "definition", 1min), set("c", "passing", 1min), write(Kind::Beat, 1min)}).ok());
        QVERIFY(m_b->turn().ok());
    }

    Test::RedisServer m_server;
    std::unique_ptr<RedisConnection> m_redis;
    std::unique_ptr<Peer> m_a;
    std::unique_ptr<Peer> m_b;
};

void TestSharedServices::nothingIsSharedWithoutAUrl()
{
    const auto none = makeSharedServices({}, "g");
    QVERIFY(none.ok());
    QVERIFY(!*none);
}

void TestSharedServices::aUrlThatCannotBeRead()
{
    const auto wrong = makeSharedServices(QStringLiteral("http://secret@host"), "g");
    QVERIFY(!wrong.ok());
    QCOMPARE(wrong.error().code, ErrorCode::Usage);
    QVERIFY(!wrong.error().toString().contains(QLatin1String("secret")));
}

void TestSharedServices::othersHearOfAService()
{
    const QByteArray odd("\0\xff\r\n", 4);
    QVERIFY(m_a->turn({set("d", "definition", 2min), set("c", odd, 1min), write(Kind::Beat, 30s)}).ok());
    const auto turn = m_b->turn();
    QVERIFY(turn.ok());
    QVERIFY(!turn->isNewLife);
    QVERIFY(!turn->hasMore);
    QCOMPARE(turn->entries.size(), 1);
    QCOMPARE(turn->entries[0].kind, SharedEntry::Kind::Alive);
    QCOMPARE(partsOf(turn->entries), (Parts{{"d", "definition"}, {"c", odd}}));
    for (const SharedPart &part : turn->entries[0].parts) {
        QCOMPARE(part.beatAge.has_value(), part.name == "c");
        QVERIFY(part.age >= (part.name == "c" ? 1min : 2min));
        QVERIFY(part.age < 3min);
    }
    QCOMPARE(turn->beats.size(), 1);
    QCOMPARE(turn->beats[0].id, "web");
    QCOMPARE(turn->beats[0].part, "c");
    QVERIFY(turn->beats[0].age >= 30s && turn->beats[0].age < 40s);
    QCOMPARE(m_b->turn()->entries.size(), 0);
}

void TestSharedServices::nobodyHearsOfItself()
{
    share();
    const auto turn = m_a->turn({set("c", "warning")});
    QCOMPARE(turn->entries.size(), 0);
    QCOMPARE(turn->refused.size(), 0);
    QCOMPARE(m_a->turn()->entries.size(), 0);
}

void TestSharedServices::aHeartbeatIsNoChange()
{
    share();
    QVERIFY(m_a->turn({write(Kind::Beat), set("c", "passing")}).ok());
    const auto turn = m_b->turn();
    QCOMPARE(turn->entries.size(), 0);
    QCOMPARE(turn->beats.size(), 1);
    QVERIFY(turn->beats[0].age < 10s);
}

void TestSharedServices::theNewestChangeWins_data()
{
    QTest::addColumn<int>("ageAtB");
    QTest::addColumn<QByteArray>("winner");
    QTest::newRow("B is later") << 1000 << QByteArray("of B");
    QTest::newRow("B is earlier, and tells it later") << 9000 << QByteArray("of A");
}

void TestSharedServices::theNewestChangeWins()
{
    QFETCH(int, ageAtB);
    QFETCH(QByteArray, winner);
    share();
    QVERIFY(m_a->turn({set("c", "of A", 5s)}).ok());
    const auto ofB = m_b->turn({set("c", "of B", std::chrono::milliseconds(ageAtB))});
    QCOMPARE(partsOf(ofB->refused).value("c"), winner == "of B" ? QByteArray() : winner);
    const auto ofA = m_a->turn();
    QCOMPARE(partsOf(ofA->entries).value("c"), winner == "of B" ? winner : QByteArray());
    Peer newcomer(m_server.url());
    QCOMPARE(partsOf(newcomer.turn()->entries).value("c"), winner);
}

void TestSharedServices::eachPartForItself()
{
    share();
    QVERIFY(m_a->turn({set("c", "critical")}).ok());
    QCOMPARE(m_b->turn({set("m", "disk full")})->refused.size(), 0);
    Peer newcomer(m_server.url());
    QCOMPARE(partsOf(newcomer.turn()->entries), (Parts{{"d", "definition"}, {"c", "critical"}, {"m", "disk full"}}));
}

void TestSharedServices::anUnknownServiceIsRefused()
{
    const auto turn = m_a->turn({write(Kind::Beat), set("c", "passing"), set("m", "", 0ms)});
    QCOMPARE(turn->refused.size(), 1);
    QCOMPARE(turn->refused[0].id, "web");
    QCOMPARE(turn->refused[0].kind, SharedEntry::Kind::Unknown);
    QCOMPARE(m_b->turn()->entries.size(), 0);
}

void TestSharedServices::removedWithAllItsParts()
{
    share();
    QCOMPARE(m_b->turn({write(Kind::Gone)})->refused.size(), 0);
    const auto turn = m_a->turn();
    QCOMPARE(turn->entries.size(), 1);
    QCOMPARE(turn->entries[0].kind, SharedEntry::Kind::Gone);
    QCOMPARE(ask({"ZCARD", "pp:{svc}:g:beats"}).integer, 0);
    QCOMPARE(ask({"HLEN", "pp:{svc}:g:beaten"}).integer, 0);
    const auto refused = m_a->turn({write(Kind::Beat), set("c", "critical")});
    QCOMPARE(refused->refused.size(), 1);
    QCOMPARE(refused->refused[0].kind, SharedEntry::Kind::Gone);
}

void TestSharedServices::oldNewsDoNotBringItBack()
{
    share();
    QVERIFY(m_b->turn({write(Kind::Gone, 2s)}).ok());
    const auto turn = m_a->turn({set("d", "as before the removal", 10s)});
    QCOMPARE(turn->refused.size(), 1);
    QCOMPARE(turn->refused[0].kind, SharedEntry::Kind::Gone);
    QCOMPARE(m_a->turn({set("d", "after the removal", 1s)})->refused.size(), 0);
    QCOMPARE(partsOf(m_b->turn()->entries), (Parts{{"d", "after the removal"}}));
    QCOMPARE(ask({"ZCARD", "pp:{svc}:g:gone"}).integer, 0);
}

void TestSharedServices::aNewerRegistrationSurvivesAnOlderRemoval()
{
    share();
    QVERIFY(m_a->turn({set("d", "again", 1s)}).ok());
    const auto turn = m_b->turn({write(Kind::Gone, 10s)});
    QCOMPARE(partsOf(turn->refused).value("d"), QByteArray("again"));
}

void TestSharedServices::silenceRemovesOnlyWhatNobodyHeardOf()
{
    share();
    QVERIFY(m_a->turn({write(Kind::Beat, 20s)}).ok());
    const auto heard = m_b->turn({write(Kind::Silent, 1min)}); // B did not know of the heartbeat
    QCOMPARE(heard->refused.size(), 1);
    QCOMPARE(heard->refused[0].kind, SharedEntry::Kind::Alive);
    QCOMPARE(m_b->turn({write(Kind::Silent, 20s)})->refused.size(), 0);
    QCOMPARE(m_a->turn()->entries[0].kind, SharedEntry::Kind::Gone);
    QCOMPARE(m_a->turn({write(Kind::Silent, 20s)})->refused.size(), 0); // each says so, at its own time
}

void TestSharedServices::droppedPartsAreGone()
{
    share();
    QVERIFY(m_a->turn({write(Kind::Drop)}).ok());
    QCOMPARE(partsOf(m_b->turn()->entries), (Parts{{"d", "definition"}}));
    QCOMPARE(ask({"HLEN", "pp:{svc}:g:beaten"}).integer, 0);
}

void TestSharedServices::allIsToldToANewcomer()
{
    share();
    Peer newcomer(m_server.url());
    const auto turn = newcomer.turn({set("d", "as in a file", 24h * 3650)});
    QVERIFY(turn->isNewLife); // so what it wrote was left alone
    QCOMPARE(turn->refused.size(), 0);
    QCOMPARE(partsOf(turn->entries), (Parts{{"d", "definition"}, {"c", "passing"}}));
    QCOMPARE(partsOf(newcomer.turn({set("d", "as in a file", 24h * 3650)})->refused).value("d"),
             QByteArray("definition"));
}

void TestSharedServices::inPages()
{
    QList<SharedWrite> writes;
    QSet<QByteArray> ids;
    for (int i = 0; i < 25; ++i) {
        const QByteArray id = "service " + QByteArray::number(i);
        ids.insert(id);
        writes << set("d", QByteArray(100, 'x'), 0ms, id) << set("c", "passing", 0ms, id)
               << SharedWrite{.kind = Kind::Beat, .id = id, .part = "c"};
    }
    QVERIFY(m_a->turn(writes).ok());
    Peer small(m_server.url(), {.entries = 10, .beats = 7});
    QSet<QByteArray> heard;
    qsizetype beats = 0;
    int turns = 0;
    bool hasMore = true;
    for (; hasMore && turns < 20; ++turns) {
        const auto turn = small.turn();
        QVERIFY(turn->entries.size() <= 10);
        QVERIFY(turn->beats.size() <= 7);
        for (const SharedEntry &entry : turn->entries) {
            heard.insert(entry.id);
        }
        beats += turn->beats.size();
        hasMore = turn->hasMore;
    }
    QCOMPARE(heard, ids);
    QCOMPARE(beats, 25);
    QCOMPARE(turns, 4);
    Peer narrow(m_server.url(), {.bytes = 300});
    QVERIFY(narrow.turn()->entries.size() <= 3);
}

void TestSharedServices::anEmptiedServerIsANewLife()
{
    share();
    const QByteArray life = m_a->cursor.life;
    QVERIFY(m_redis->command({"FLUSHALL"}).ok());
    const auto turn = m_a->turn({set("c", "critical")});
    QVERIFY(turn->isNewLife);
    QVERIFY(m_a->cursor.life != life);
    QVERIFY(!m_a->cursor.life.isEmpty());
    QCOMPARE(turn->entries.size(), 0);
    QVERIFY(m_b->turn()->isNewLife);
    QCOMPARE(m_b->cursor.life, m_a->cursor.life);
}

void TestSharedServices::anOlderCopyIsANewLife()
{
    share();
    QVERIFY(m_redis->command({"HSET", "pp:{svc}:g:state", "revision", "1"}).ok());
    QVERIFY(m_a->turn()->isNewLife);
    QVERIFY(m_b->turn()->isNewLife);
    QVERIFY(!m_a->turn()->isNewLife);
    QCOMPARE(partsOf(m_b->turn({set("c", "critical")})->refused).size(), 0);
    QCOMPARE(partsOf(m_a->turn()->entries).value("c"), QByteArray("critical"));
}

void TestSharedServices::anEvictedServiceIsAskedFor()
{
    share();
    QVERIFY(m_redis->command({"DEL", "pp:{svc}:g:entries"}).ok());
    const auto turn = m_a->turn({write(Kind::Beat)});
    QVERIFY(!turn->isNewLife);
    QCOMPARE(turn->refused.size(), 1);
    QCOMPARE(turn->refused[0].kind, SharedEntry::Kind::Unknown);
    QCOMPARE(m_b->turn()->entries.size(), 0); // lost is not removed
}

void TestSharedServices::whatIsNoEntryIsLeftOut()
{
    share();
    for (const QByteArray &junk : {QByteArray("\xc1"), QByteArray("\x01"), QByteArray("\x82\xa1g\x01\xa1p\x03"),
                                   QByteArray("\x82\xa1g\x01\xa1p\x81\xa1"
                                              "d\x92\xa1x\x05")}) {
        QVERIFY(m_redis->command({"HSET", "pp:{svc}:g:entries", "junk", junk}).ok());
        QVERIFY(m_redis->command({"ZADD", "pp:{svc}:g:changed", "1000", "junk"}).ok());
        Peer newcomer(m_server.url());
        const auto turn = newcomer.turn();
        QVERIFY2(turn.ok(), turn ? "" : qPrintable(turn.error().toString()));
        QCOMPARE(turn->entries.size(), 1);
        QCOMPARE(turn->entries[0].id, "web");
        QCOMPARE(ask({"HEXISTS", "pp:{svc}:g:entries", "junk"}).integer, 0);
    }
    QVERIFY(m_redis->command({"DEL", "pp:{svc}:g:changed"}).ok());
    QVERIFY(m_redis->command({"SET", "pp:{svc}:g:changed", "text"}).ok());
    QVERIFY(!m_a->turn().ok());
}

void TestSharedServices::groupsDoNotMeet()
{
    share();
    Peer stranger(m_server.url(), {}, "other");
    QCOMPARE(stranger.turn()->entries.size(), 0);
}

void TestSharedServices::removalsAreForgotten()
{
    Peer brief(m_server.url(), {.kept = 1h, .removals = 3});
    QVERIFY(brief.turn().ok());
    for (int i = 0; i < 10; ++i) {
        const SharedWrite gone{.kind = Kind::Gone, .id = QByteArray::number(i), .age = std::chrono::minutes(i * 12)};
        QVERIFY(brief.turn({gone}).ok());
    }
    QVERIFY(brief.turn({write(Kind::Gone)}).ok());
    QCOMPARE(ask({"ZCARD", "pp:{svc}:g:gone"}).integer, 3);
    QCOMPARE(ask({"HLEN", "pp:{svc}:g:entries"}).integer, 3);
    QCOMPARE(ask({"ZCARD", "pp:{svc}:g:changed"}).integer, 3);
}

void TestSharedServices::everythingExpires()
{
    Peer brief(m_server.url(), {.kept = 10s});
    QVERIFY(brief.turn().ok());
    share();
    QVERIFY(brief
                .turn({write(Kind::Gone),
                       set("d", "again"),
                       set("c", "passing"),
                       write(Kind::Beat),
                       {.kind = Kind::Gone, .id = "other"}})
                .ok());
    const RedisReply keys = ask({"KEYS", "*"});
    QCOMPARE(keys.elements.size(), 6);
    for (const RedisReply &key : keys.elements) {
        QVERIFY2(key.text.startsWith("pp:{svc}:"), key.text);
        const qint64 left = ask({"PTTL", key.text}).integer;
        QVERIFY2(left > 0 && left <= 10'000, key.text);
    }
    QVERIFY(m_redis->command({"PEXPIRE", "pp:{svc}:g:state", "4000"}).ok());
    QVERIFY(brief.turn().ok()); // a registry that only listens keeps what is there
    QVERIFY(ask({"PTTL", "pp:{svc}:g:entries"}).integer > 9'000);
}

void TestSharedServices::listeningWritesNothing()
{
    share();
    QVERIFY(m_a->turn().ok());
    const auto written = [this] {
        const QByteArray info = ask({"INFO", "persistence"}).text;
        const qsizetype at = info.indexOf("rdb_changes_since_last_save:");
        return info.mid(at, info.indexOf('\r', at) - at);
    };
    const QByteArray before = written();
    QVERIFY(!before.isEmpty());
    QVERIFY(m_a->turn().ok());
    QVERIFY(m_b->turn().ok());
    QCOMPARE(written(), before);
}

void TestSharedServices::aTimeOfAClockSetBackDoesNotRule()
{
    share();
    const QByteArray future = R"(local e = cmsgpack.unpack(redis.call('HGET', KEYS[1], 'web'))
        e.p.c[1] = e.p.c[1] + 3600000 * 24
        return redis.call('HSET', KEYS[1], 'web', cmsgpack.pack(e)))";
    QVERIFY(m_redis->command({"EVAL", future, "1", "pp:{svc}:g:entries"}).ok());
    QCOMPARE(m_b->turn({set("c", "critical", 1s)})->refused.size(), 0);
    QCOMPARE(partsOf(m_a->turn()->entries).value("c"), QByteArray("critical"));
}

void TestSharedServices::whatAPausedServerDoesLateHappenedWhenItWasSent()
{
    share();
    m_server.pause();
    QVERIFY(!m_a->turn({set("c", "first")}).ok()); // it waits in the server's socket
    QElapsedTimer sinceSecond;
    sinceSecond.start();
    QTest::qWait(1000); // in which the server stands still
    m_server.resume();
    QTRY_COMPARE(partsOf(Peer(m_server.url()).turn()->entries).value("c"), QByteArray("first"));
    QTRY_VERIFY(m_a->turn({}).ok()); // once its circuit breaker lets it
    const auto turn = m_a->turn({set("c", "second", std::chrono::milliseconds(sinceSecond.elapsed()))});
    QCOMPARE(turn->refused.size(), 0);
    QCOMPARE(partsOf(m_b->turn()->entries).value("c"), QByteArray("second"));
}

void TestSharedServices::aDeadServerIsAnError()
{
    Test::RedisServer server;
    QVERIFY(server.start());
    Peer peer(server.url());
    QVERIFY(peer.turn().ok());
    server.pause();
    QElapsedTimer timer;
    timer.start();
    const auto slow = peer.turn();
    QVERIFY(!slow.ok());
    QCOMPARE(slow.error().code, ErrorCode::Unavailable);
    QVERIFY(timer.elapsed() < 2000);
    server.kill();
    QVERIFY(!peer.turn().ok());
}

void TestSharedServices::answersThatMakeNoSense_data()
{
    QTest::addColumn<QByteArray>("answer"); // in Lua
    QTest::newRow("text") << QByteArray("return 'x'");
    QTest::newRow("empty") << QByteArray("return {}");
    QTest::newRow("cursor is no number") << QByteArray("return {'l','x','0',0,{},{},{},'1'}");
    QTest::newRow("cursor below 0") << QByteArray("return {'l','-1','0',0,{},{},{},'1'}");
    QTest::newRow("entries are text") << QByteArray("return {'l','1','0',0,'x',{},{},'1'}");
    QTest::newRow("an entry is text") << QByteArray("return {'l','1','0',0,{'x'},{},{},'1'}");
    QTest::newRow("half a part") << QByteArray("return {'l','1','0',0,{{'web','alive',{'d','1'}}},{},{},'1'}");
    QTest::newRow("an age is text") << QByteArray(
        "return {'l','1','0',0,{{'web','alive',{'d','x','v','-1'}}},{},{},'1'}");
    QTest::newRow("a value is a number") << QByteArray(
        "return {'l','1','0',0,{{'web','alive',{'d','1',2,'-1'}}},{},{},'1'}");
    QTest::newRow("half a beat") << QByteArray("return {'l','1','0',0,{},{{'web','c'}},{},'1'}");
    QTest::newRow("time is missing") << QByteArray("return {'l','1','0',0,{},{},{}}");
    QTest::newRow("refused is missing") << QByteArray("return {'l','1','0',0,{},{}}");
}

void TestSharedServices::answersThatMakeNoSense()
{
    QFETCH(QByteArray, answer);
    const auto turn = readSharedTurn(ask({"EVAL", answer, "0"}), "l");
    QVERIFY(!turn.ok());
    QCOMPARE(turn.error().code, ErrorCode::Unavailable);
}

QTEST_GUILESS_MAIN(TestSharedServices)
#include "tst_sharedservices.moc"
