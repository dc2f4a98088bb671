#include "services/storage/redisurl.h"

#include <QTest>

using namespace PatchPanel;
using Storage::RedisUrl;

class TestRedisUrl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
};

void TestRedisUrl::reads_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("port");
    QTest::addColumn<QString>("socketPath");
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<int>("database");
    QTest::addColumn<QString>("displayName");

    const QByteArray none;
    QTest::newRow("host only") << "redis://cache"
                               << "cache" << 6379 << "" << none << none << 0 << "redis://cache:6379/0";
    QTest::newRow("port and database") << "redis://127.0.0.1:7000/3"
                                       << "127.0.0.1" << 7000 << "" << none << none << 3 << "redis://127.0.0.1:7000/3";
    QTest::newRow("database as a parameter") << "redis://cache?db=4"
                                             << "cache" << 6379 << "" << none << none << 4 << "redis://cache:6379/4";
    QTest::newRow("slash without a database") << "redis://cache/"
                                              << "cache" << 6379 << "" << none << none << 0 << "redis://cache:6379/0";
    QTest::newRow("IPv6") << "redis://[::1]:7000"
                          << "::1" << 7000 << "" << none << none << 0 << "redis://[::1]:7000/0";
    QTest::newRow("password without user")
        << "redis://:s3cret@cache"
        << "cache" << 6379 << "" << none << QByteArray("s3cret") << 0 << "redis://cache:6379/0";
    QTest::newRow("user and encoded password")
        << "redis://ann:a%2Fb%40c%23@cache"
        << "cache" << 6379 << "" << QByteArray("ann") << QByteArray("a/b@c#") << 0 << "redis://cache:6379/0";
    QTest::newRow("socket") << "redis+unix:///run/redis.sock"
                            << "" << 6379 << "/run/redis.sock" << none << none << 0
                            << "redis+unix:///run/redis.sock?db=0";
    QTest::newRow("socket with password and database")
        << "redis+unix://:s3cret@/run/redis.sock?db=2"
        << "" << 6379 << "/run/redis.sock" << none << QByteArray("s3cret") << 2 << "redis+unix:///run/redis.sock?db=2";
}

void TestRedisUrl::reads()
{
    QFETCH(QString, text);
    const Result<RedisUrl> url = Storage::parseRedisUrl(text);
    QVERIFY2(url.ok(), qPrintable(url ? QString() : url.error().toString()));
    QTEST(url->host, "host");
    QTEST(static_cast<int>(url->port), "port");
    QTEST(url->socketPath, "socketPath");
    QTEST(url->user, "user");
    QTEST(url->password, "password");
    QTEST(url->database, "database");
    QTEST(url->displayName(), "displayName");
}

void TestRedisUrl::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");

    QTest::newRow("empty") << ""
                           << "not a URL";
    QTest::newRow("another scheme") << "http://:s3cret@cache"
                                    << "must start with redis://";
    QTest::newRow("no scheme") << "cache:6379"
                               << "must start with redis://";
    QTest::newRow("TLS") << "rediss://:s3cret@cache"
                         << "TLS";
    QTest::newRow("no host") << "redis:///3"
                             << "names no host";
    QTest::newRow("port out of range") << "redis://:s3cret@cache:70000"
                                       << "not a URL";
    QTest::newRow("port zero") << "redis://:s3cret@cache:0"
                               << "port";
    QTest::newRow("database is no number") << "redis://:s3cret@cache/main"
                                           << "database";
    QTest::newRow("negative database") << "redis://:s3cret@cache/-1"
                                       << "database";
    QTest::newRow("unknown parameter") << "redis://:s3cret@cache?timeout=3"
                                       << "only parameter";
    QTest::newRow("fragment") << "redis://:s3cret@cache#x"
                              << "'#'";
    QTest::newRow("hash in the password") << "redis://:s3cret#x@cache"
                                          << "";
    QTest::newRow("user without password") << "redis://s3cret@cache"
                                           << "no password";
    QTest::newRow("relative socket") << "redis+unix://run/redis.sock"
                                     << "absolute path";
    QTest::newRow("spaces") << "redis://:s3cret x@cache"
                            << "";
}

void TestRedisUrl::refuses()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const Result<RedisUrl> url = Storage::parseRedisUrl(text);
    QVERIFY(!url.ok());
    QCOMPARE(url.error().code, ErrorCode::Usage);
    QVERIFY2(url.error().message.contains(expected), qPrintable(url.error().message));
    QVERIFY(!url.error().hint.isEmpty());
    QVERIFY2(!url.error().toString().contains(QStringLiteral("s3cret")), "the password shows in the message");
}

QTEST_GUILESS_MAIN(TestRedisUrl)
#include "tst_redisurl.moc"
