#include "services/storage/redisconnection.h"
#include "tests/support/redisserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>

using namespace PatchPanel;
using namespace std::chrono_literals;
using Storage::RedisConnection;
using Storage::RedisReply;

namespace {

const Storage::RedisScript &echoScript()
{
    static const Storage::RedisScript script("return {KEYS[1], ARGV[1], #ARGV}");
    return script;
}

QString textOf(const Result<RedisReply> &reply)
{
    return reply ? QString::fromUtf8(reply->text) : reply.error().toString();
}

} // namespace

class TestRedisConnection : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { signal(SIGPIPE, SIG_IGN); } // as main does
    void init()
    {
        m_server = std::make_unique<Test::RedisServer>();
        QVERIFY2(m_server->start("pass:word"), qPrintable(m_server->errorText()));
    }
    void carriesOutScripts_data();
    void carriesOutScripts();
    void sendsAScriptOnce();
    void sendsAScriptAgainThatTheServerForgot();
    void namesTheReasonOfARefusal_data();
    void namesTheReasonOfARefusal();
    void aReplicaIsLeftForThePrimary();
    void aBlockingCommandHasATimeOutOfItsOwn();

private:
    std::unique_ptr<RedisConnection> connect(const QString &rest = {}, Storage::RedisTimeouts timeouts = {}) const
    {
        const QString text = QStringLiteral("redis://:pass%3Aword@127.0.0.1:%1").arg(m_server->port()) + rest;
        return std::make_unique<RedisConnection>(Storage::parseRedisUrl(text).value(), timeouts);
    }
    qint64 callsOf(RedisConnection &connection, const QByteArray &command) const
    {
        const Result<RedisReply> statistics = connection.command({"INFO", "commandstats"});
        const QByteArray text = statistics ? statistics->text : QByteArray();
        const QByteArray key = "cmdstat_" + command + ":calls=";
        const qsizetype at = text.indexOf(key);
        return at < 0 ? 0 : text.mid(at + key.size()).split(',').first().toLongLong();
    }

    std::unique_ptr<Test::RedisServer> m_server;
};

void TestRedisConnection::carriesOutScripts_data()
{
    QTest::addColumn<QString>("url");
    const QString tcp = QStringLiteral("redis://:pass%3Aword@127.0.0.1:PORT");
    QTest::newRow("with a password") << tcp;
    QTest::newRow("with a user") << QStringLiteral("redis://default:pass%3Aword@127.0.0.1:PORT/0");
    QTest::newRow("in another database") << tcp + QStringLiteral("/7");
    QTest::newRow("over a Unix socket") << QStringLiteral("redis+unix://:pass%3Aword@SOCKET?db=2");
}

void TestRedisConnection::carriesOutScripts()
{
    QFETCH(QString, url);
    url.replace(QStringLiteral("PORT"), QString::number(m_server->port()));
    url.replace(QStringLiteral("SOCKET"), m_server->socketPath());
    const auto parsed = Storage::parseRedisUrl(url);
    QVERIFY2(parsed.ok(), qPrintable(url));
    RedisConnection connection(*parsed);
    const auto reply = connection.evaluate(echoScript(), {"key"}, {QByteArray("a\0b", 3), "second"});
    QVERIFY2(reply.ok(), qPrintable(textOf(reply)));
    QCOMPARE(reply->elements.size(), 3);
    QCOMPARE(reply->elements[0].text, QByteArray("key"));
    QCOMPARE(reply->elements[1].text, QByteArray("a\0b", 3));
    QCOMPARE(reply->elements[2].integer, 2);
}

void TestRedisConnection::sendsAScriptOnce()
{
    const auto connection = connect();
    for (int i = 0; i < 5; ++i) {
        QVERIFY(connection->evaluate(echoScript(), {"key"}, {"a"}).ok());
    }
    QCOMPARE(callsOf(*connection, "eval"), 1);
    QCOMPARE(callsOf(*connection, "evalsha"), 5);
}

void TestRedisConnection::sendsAScriptAgainThatTheServerForgot()
{
    const auto connection = connect();
    QVERIFY(connection->evaluate(echoScript(), {"key"}, {"a"}).ok());
    QVERIFY(connection->command({"SCRIPT", "FLUSH"}).ok());
    QVERIFY(connection->evaluate(echoScript(), {"key"}, {"a"}).ok());
    m_server->kill();
    QVERIFY2(m_server->start("pass:word"), qPrintable(m_server->errorText()));
    QVERIFY(connection->evaluate(echoScript(), {"key"}, {"a"}).ok());
}

void TestRedisConnection::namesTheReasonOfARefusal_data()
{
    QTest::addColumn<QList<QByteArray>>("preparation");
    QTest::addColumn<QList<QByteArray>>("command");
    QTest::addColumn<QString>("reason");
    QTest::newRow("a key of another kind")
        << QList<QByteArray>{"LPUSH", "key", "x"} << QList<QByteArray>{"GET", "key"} << QStringLiteral("WRONGTYPE");
    QTest::newRow("no memory left") << QList<QByteArray>{"CONFIG", "SET", "maxmemory", "1"}
                                    << QList<QByteArray>{"SET", "key", "x"} << QStringLiteral("OOM");
    QTest::newRow("a replica") << QList<QByteArray>{"REPLICAOF", "127.0.0.1", "1"}
                               << QList<QByteArray>{"SET", "key", "x"} << QStringLiteral("READONLY");
    QTest::newRow("an unknown script") << QList<QByteArray>{"PING"} << QList<QByteArray>{"EVALSHA", "beef", "0"}
                                       << QStringLiteral("NOSCRIPT");
}

void TestRedisConnection::namesTheReasonOfARefusal()
{
    QFETCH(QList<QByteArray>, preparation);
    QFETCH(QList<QByteArray>, command);
    QFETCH(QString, reason);
    const auto connection = connect();
    QVERIFY(connection->command(preparation).ok());
    const Result<RedisReply> reply = connection->command(command);
    QVERIFY(!reply.ok());
    QCOMPARE(reply.error().code, ErrorCode::Unavailable);
    QCOMPARE(reply.error().details[QStringLiteral("reply")].toString(), reason);
    QVERIFY2(reply.error().message.contains(QStringLiteral("127.0.0.1")), qPrintable(reply.error().message));
    QVERIFY2(connection->command({"PING"}).ok(), "a refusal closed the way to the server");
}

void TestRedisConnection::aReplicaIsLeftForThePrimary()
{
    const auto connection = connect();
    const auto idOf = [&] {
        return connection->command({"CLIENT", "ID"}).value().integer;
    };
    const qint64 id = idOf();
    QCOMPARE(idOf(), id);
    QVERIFY(connection->command({"REPLICAOF", "127.0.0.1", "1"}).ok());
    QVERIFY(!connection->command({"SET", "key", "x"}).ok());
    QVERIFY(idOf() != id);
}

void TestRedisConnection::aBlockingCommandHasATimeOutOfItsOwn()
{
    const auto patient = connect({}, {500ms, 10s});
    QElapsedTimer clock;
    clock.start();
    const Result<RedisReply> nothing = patient->command({"BLPOP", "key", "2.2"});
    QVERIFY2(nothing.ok(), qPrintable(textOf(nothing)));
    QCOMPARE(nothing->kind, RedisReply::Kind::Nil);
    QVERIFY(clock.elapsed() >= 2000);
    const auto hasty = connect({}, {500ms, 200ms});
    QVERIFY(!hasty->command({"BLPOP", "key", "2.2"}).ok());
}

QTEST_GUILESS_MAIN(TestRedisConnection)
#include "tst_redisconnection.moc"
