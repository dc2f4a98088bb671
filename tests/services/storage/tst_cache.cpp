#include "services/storage/cache.h"
#include "services/storage/rediscache.h"
#include "tests/support/redisserver.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QThread>

#include <atomic>
#include <csignal>
#include <future>

using namespace PatchPanel;
using namespace std::chrono_literals;
using Found = Result<std::optional<QByteArray>>;

class TestCache : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void remembersValues_data();
    void remembersValues();
    void absenceIsNoError();
    void valuesExpire();
    void keysCarryThePrefix();
    void databasesAreApart();
    void isNeverAvailableWithoutAUrl();
    void refusesAnUnreadableUrl();
    void reconnectsToARestartedServer();
    void isUnavailableWhenNobodyListens();
    void isUnavailableWhenTheServerIsKilled();
    void aStoppedServerCostsOneTimeOut();
    void aServerThatTricklesCostsNoMoreThanTheTimeOut();
    void isBackOnceTheBreakerLetsItTry();
    void aWrongPasswordIsNeverShown_data();
    void aWrongPasswordIsNeverShown();
    void theRightPasswordIsUsed();

private:
    std::unique_ptr<Storage::Cache> makeCache(const QString &url)
    {
        Result<std::unique_ptr<Storage::Cache>> cache = Storage::makeCache(url);
        return cache ? std::move(cache).value() : nullptr;
    }
    Storage::RedisUrl urlWithPassword(const QByteArray &password) const
    {
        Storage::RedisUrl url;
        url.host = QStringLiteral("127.0.0.1");
        url.port = m_server->port();
        url.password = password;
        return url;
    }

    std::unique_ptr<Test::RedisServer> m_server;
};

void TestCache::initTestCase()
{
    signal(SIGPIPE, SIG_IGN); // as main does
}

void TestCache::init()
{
    m_server = std::make_unique<Test::RedisServer>();
    QVERIFY2(m_server->start(), qPrintable(m_server->errorText()));
}

void TestCache::remembersValues_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("unixSocket");
    QTest::newRow("text") << QByteArray("1f3a") << false;
    QTest::newRow("empty") << QByteArray("") << false;
    QTest::newRow("binary") << QByteArray("a\0b\r\n\xff", 6) << false;
    QTest::newRow("larger than the socket's buffer") << QByteArray(8 * 1024 * 1024, 'x') << false;
    QTest::newRow("over a Unix socket") << QByteArray("1f3a") << true;
}

void TestCache::remembersValues()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, unixSocket);
    const auto cache =
        makeCache(unixSocket ? QStringLiteral("redis+unix://") + m_server->socketPath() : m_server->url());
    QVERIFY(cache);
    QVERIFY(cache->put("key", value, 60s).ok());
    const Found found = cache->get("key");
    QVERIFY(found.ok());
    QVERIFY(found->has_value());
    QCOMPARE(**found, value);
}

void TestCache::absenceIsNoError()
{
    const Found found = makeCache(m_server->url())->get("nobody put this");
    QVERIFY(found.ok());
    QVERIFY(!found->has_value());
}

void TestCache::valuesExpire()
{
    const auto cache = makeCache(m_server->url());
    QVERIFY(cache->put("key", "value", 1s).ok());
    QTRY_VERIFY_WITH_TIMEOUT(cache->get("key").value() == std::nullopt, 5000);
}

void TestCache::keysCarryThePrefix()
{
    QVERIFY(makeCache(m_server->url())->put("abc", "value", 3600s).ok());
    Storage::RedisConnection connection(urlWithPassword({}));
    const auto value = connection.command({"GET", "pp:patch:abc"});
    QVERIFY(value.ok());
    QCOMPARE(value->text, QByteArray("value"));
    const auto lifetime = connection.command({"TTL", "pp:patch:abc"});
    QVERIFY(lifetime.ok());
    QVERIFY(lifetime->integer > 3590 && lifetime->integer <= 3600);
}

void TestCache::databasesAreApart()
{
    const QString server = QStringLiteral("redis://127.0.0.1:%1").arg(m_server->port());
    QVERIFY(makeCache(server + QStringLiteral("/3"))->put("key", "value", 60s).ok());
    QVERIFY(makeCache(server + QStringLiteral("/3"))->get("key").value().has_value());
    QVERIFY(!makeCache(server)->get("key").value().has_value());
    const Found found = makeCache(server + QStringLiteral("/99999"))->get("key");
    QVERIFY(!found.ok());
    QVERIFY(found.error().message.contains(QStringLiteral("SELECT was refused")));
}

void TestCache::isNeverAvailableWithoutAUrl()
{
    const auto cache = makeCache({});
    QVERIFY(cache);
    QCOMPARE(cache->get("key").error().code, ErrorCode::Unavailable);
    QCOMPARE(cache->put("key", "value", 60s).error().code, ErrorCode::Unavailable);
}

void TestCache::refusesAnUnreadableUrl()
{
    const auto cache = Storage::makeCache(QStringLiteral("memcached://x"));
    QVERIFY(!cache.ok());
    QCOMPARE(cache.error().code, ErrorCode::Usage);
}

void TestCache::reconnectsToARestartedServer()
{
    const auto cache = makeCache(m_server->url());
    QVERIFY(cache->put("key", "value", 60s).ok());
    m_server->kill();
    QVERIFY2(m_server->start(), qPrintable(m_server->errorText()));
    const Found found = cache->get("key");
    QVERIFY2(found.ok(), "the first command after a restart failed");
    QVERIFY(!found->has_value());
}

void TestCache::isUnavailableWhenNobodyListens()
{
    m_server->kill();
    const Found found = makeCache(m_server->url())->get("key");
    QVERIFY(!found.ok());
    QCOMPARE(found.error().code, ErrorCode::Unavailable);
    QVERIFY2(found.error().message.contains(QStringLiteral("refused")), qPrintable(found.error().message));
}

void TestCache::isUnavailableWhenTheServerIsKilled()
{
    const auto cache = makeCache(m_server->url());
    QVERIFY(cache->put("key", "value", 60s).ok());
    m_server->kill();
    QCOMPARE(cache->get("key").error().code, ErrorCode::Unavailable);
    QCOMPARE(cache->put("key", "value", 60s).error().code, ErrorCode::Unavailable);
}

void TestCache::aStoppedServerCostsOneTimeOut()
{
    const auto cache = makeCache(m_server->url());
    QVERIFY(cache->get("key").ok());
    m_server->pause();
    QElapsedTimer clock;
    clock.start();
    const Found first = cache->get("key");
    QCOMPARE(first.error().code, ErrorCode::Unavailable);
    QVERIFY2(first.error().message.contains(QStringLiteral("no answer in time")), qPrintable(first.error().message));
    const qint64 firstMs = clock.elapsed();
    QVERIFY2(firstMs >= 1900 && firstMs < 3500, qPrintable(QString::number(firstMs)));
    clock.restart();
    const Found second = cache->get("key");
    QVERIFY(!second.ok());
    QVERIFY2(second.error().message.contains(QStringLiteral("tried again in")), qPrintable(second.error().message));
    QVERIFY2(clock.elapsed() < 50, qPrintable(QString::number(clock.elapsed())));
    m_server->resume();
}

void TestCache::aServerThatTricklesCostsNoMoreThanTheTimeOut()
{
    std::promise<quint16> port;
    std::atomic<bool> done = false;
    const std::unique_ptr<QThread> thread(QThread::create([&port, &done] {
        QTcpServer server;
        port.set_value(server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0);
        if (!server.waitForNewConnection(5000)) {
            return;
        }
        QTcpSocket *client = server.nextPendingConnection();
        client->write("$1000000\r\n");
        while (!done && client->state() == QAbstractSocket::ConnectedState) {
            client->write("x");
            client->waitForBytesWritten(20);
            client->waitForReadyRead(20);
        }
    }));
    thread->start();
    Storage::RedisUrl url;
    url.host = QStringLiteral("127.0.0.1");
    url.port = port.get_future().get();
    Storage::RedisCache cache(url, {200ms, 300ms});
    QElapsedTimer clock;
    clock.start();
    QVERIFY(!cache.get("key").ok());
    const qint64 elapsed = clock.elapsed();
    done = true;
    QVERIFY(thread->wait(5000));
    QVERIFY2(elapsed < 1500, qPrintable(QString::number(elapsed)));
}

void TestCache::isBackOnceTheBreakerLetsItTry()
{
    auto now = std::chrono::steady_clock::now();
    Storage::RedisCache cache(urlWithPassword({}), {}, [&now] { return now; });
    m_server->kill();
    QVERIFY(!cache.get("key").ok());
    QVERIFY2(m_server->start(), qPrintable(m_server->errorText()));
    QVERIFY2(!cache.get("key").ok(), "the breaker let a call through");
    now += 1s;
    QVERIFY(cache.get("key").ok());
}

void TestCache::aWrongPasswordIsNeverShown_data()
{
    QTest::addColumn<bool>("serverHasPassword");
    QTest::addColumn<QByteArray>("user");
    QTest::newRow("another password") << true << QByteArray();
    QTest::newRow("an unknown user") << true << QByteArray("ann");
    QTest::newRow("a server without one") << false << QByteArray();
}

void TestCache::aWrongPasswordIsNeverShown()
{
    QFETCH(bool, serverHasPassword);
    QFETCH(QByteArray, user);
    if (serverHasPassword) {
        QVERIFY2(m_server->start("right"), qPrintable(m_server->errorText()));
    }
    Storage::RedisUrl url = urlWithPassword("s3cret");
    url.user = user;
    Storage::RedisCache cache(url);
    const Found found = cache.get("key");
    QVERIFY(!found.ok());
    QCOMPARE(found.error().code, ErrorCode::Unavailable);
    QVERIFY2(found.error().message.contains(QStringLiteral("AUTH was refused")), qPrintable(found.error().message));
    QVERIFY(!found.error().toString().contains(QStringLiteral("s3cret")));
}

void TestCache::theRightPasswordIsUsed()
{
    QVERIFY2(m_server->start("right"), qPrintable(m_server->errorText()));
    const QString url = QStringLiteral("redis://:right@127.0.0.1:%1").arg(m_server->port());
    QVERIFY(makeCache(url)->put("key", "value", 60s).ok());
    const QString withoutPassword = QStringLiteral("redis://127.0.0.1:%1").arg(m_server->port());
    QVERIFY(!makeCache(withoutPassword)->get("key").ok());
}

QTEST_GUILESS_MAIN(TestCache)
#include "tst_cache.moc"
