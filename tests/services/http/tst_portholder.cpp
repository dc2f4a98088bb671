#include "services/http/portholder.h"

#include <QCoreApplication>
#include <QFile>
#include <QTcpServer>
#include <QTest>

using namespace PatchPanel::Http;

class TestPortHolder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheTable_data();
    void readsTheTable();
    void findsThisProcess_data();
    void findsThisProcess();
    void findsNobodyOnAFreePort();
};

void TestPortHolder::readsTheTable_data()
{
    QTest::addColumn<QByteArray>("table");
    QTest::addColumn<QList<QByteArray>>("inodes");

    const QByteArray heading =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    const QByteArray listening = "   0: 0100007F:13BA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0    "
                                 "    0 9406 1 0 100 0 0 10 0\n";
    const QByteArray connected = "   1: 0100007F:13BA 0100007F:C2A8 01 00000000:00000000 00:00000000 00000000     0    "
                                 "    0 9407 1 0 20 4 30 10 -1\n";
    const QByteArray remote = "   2: 0100007F:C2A8 0100007F:13BA 0A 00000000:00000000 00:00000000 00000000     0       "
                              " 0 9408 1 0 100 0 0 10 0\n";
    const QByteArray six = "   0: 00000000000000000000000001000000:13BA 00000000000000000000000000000000:0000 0A "
                           "00000000:00000000 00:00000000 00000000     0        0 9409 1 0 100 0 0 10 0\n";
    QTest::newRow("empty") << QByteArray() << QList<QByteArray>();
    QTest::newRow("heading") << heading << QList<QByteArray>();
    QTest::newRow("listening") << heading + listening << QList<QByteArray>{"9406"};
    QTest::newRow("connection on the port") << heading + connected << QList<QByteArray>();
    QTest::newRow("port of the other side") << heading + remote << QList<QByteArray>();
    QTest::newRow("ipv6") << heading + six << QList<QByteArray>{"9409"};
    QTest::newRow("cut line") << heading + listening.first(60) << QList<QByteArray>();
}

void TestPortHolder::readsTheTable()
{
    QFETCH(QByteArray, table);
    QTEST(listeningInodes(table, 5050), "inodes");
}

void TestPortHolder::findsThisProcess_data()
{
    QTest::addColumn<QHostAddress>("address");
    QTest::newRow("ipv4") << QHostAddress(QHostAddress::LocalHost);
    QTest::newRow("ipv6") << QHostAddress(QHostAddress::LocalHostIPv6);
}

void TestPortHolder::findsThisProcess()
{
    QFETCH(QHostAddress, address);
    if (address.protocol() == QAbstractSocket::IPv6Protocol && !QFile::exists(QStringLiteral("/proc/net/if_inet6"))) {
        QSKIP("no IPv6 on this machine");
    }
    QTcpServer server;
    QVERIFY2(server.listen(address), qPrintable(server.errorString()));
    const auto holder = findPortHolder(server.serverPort());
    QVERIFY(holder.has_value());
    QCOMPARE(holder->pid, QCoreApplication::applicationPid());
    QFile ownName(QStringLiteral("/proc/self/comm"));
    QVERIFY(ownName.open(QIODevice::ReadOnly));
    QCOMPARE(holder->name, QString::fromUtf8(ownName.readAll().trimmed()));
}

void TestPortHolder::findsNobodyOnAFreePort()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const quint16 port = server.serverPort();
    server.close();
    QVERIFY(!findPortHolder(port).has_value());
}

QTEST_GUILESS_MAIN(TestPortHolder)

#include "tst_portholder.moc"
