#include "services/storage/hostlookup.h"

#include <QTest>

using namespace PatchPanel;
using namespace std::chrono_literals;

class TestHostLookup : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void finds_data();
    void finds();
    void anUnknownNameIsUnavailable();
};

void TestHostLookup::finds_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QByteArray>("address");
    QTest::newRow("IPv4 address") << "127.0.0.1" << QByteArray("127.0.0.1");
    QTest::newRow("IPv6 address") << "::1" << QByteArray("::1");
    QTest::newRow("name") << "localhost" << QByteArray("127.0.0.1");
}

void TestHostLookup::finds()
{
    QFETCH(QString, host);
    const Result<QList<QByteArray>> addresses = Storage::lookUpHost(host, 10s);
    QVERIFY2(addresses.ok(), qPrintable(addresses ? QString() : addresses.error().message));
    QFETCH(QByteArray, address);
    QVERIFY(addresses->contains(address));
}

void TestHostLookup::anUnknownNameIsUnavailable()
{
    const Result<QList<QByteArray>> addresses = Storage::lookUpHost(QStringLiteral("no such host"), 10s);
    QVERIFY(!addresses.ok());
    QCOMPARE(addresses.error().code, ErrorCode::Unavailable);
    QVERIFY(addresses.error().message.contains(QStringLiteral("no such host")));
}

QTEST_GUILESS_MAIN(TestHostLookup)
#include "tst_hostlookup.moc"
