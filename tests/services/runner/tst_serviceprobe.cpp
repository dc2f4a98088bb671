#include "services/runner/serviceprobe.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Runner;
using namespace std::chrono_literals;

namespace {

// Answers every request with the same bytes; with none, never.
class Service : public QTcpServer {
public:
    explicit Service(const QByteArray &answer)
    {
        connect(this, &QTcpServer::newConnection, this, [this, answer] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket, answer] {
                m_request += socket->readAll();
                if (!answer.isEmpty()) {
                    socket->write(answer);
                    socket->disconnectFromHost();
                }
            });
        });
        listen(QHostAddress::LocalHost);
    }
    Patch::Probe probe() const
    {
        return {QStringLiteral("web"), QStringLiteral("http://127.0.0.1:%1/health").arg(serverPort())};
    }
    const QByteArray &request() const { return m_request; }

private:
    QByteArray m_request;
};

} // namespace

class TestServiceProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void silence();
    void nobodyListens();
    void noUrl_data();
    void noUrl();
};

void TestServiceProbe::answers_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("isUp");

    QTest::newRow("ok") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") << true;
    QTest::newRow("no content") << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << true;
    QTest::newRow("elsewhere") << QByteArray("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n") << false;
    QTest::newRow("not well") << QByteArray("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n") << false;
}

void TestServiceProbe::answers()
{
    QFETCH(QByteArray, answer);
    QFETCH(bool, isUp);
    const Service service(answer);
    const Result<QString> found = probeService(service.probe());
    QCOMPARE(found.ok(), isUp);
    QVERIFY(service.request().startsWith("GET /health HTTP/1.1\r\n"));
    QVERIFY(!service.request().toLower().contains("authorization"));
    if (isUp) {
        QVERIFY(found->startsWith(QStringLiteral("HTTP 20")));
    }
}

void TestServiceProbe::silence()
{
    const Service service{QByteArray()};
    const Result<QString> found = probeService(service.probe(), 200ms);
    QVERIFY(!found.ok());
    QCOMPARE(found.error().code, ErrorCode::TimedOut);
}

void TestServiceProbe::nobodyListens()
{
    Patch::Probe probe;
    {
        const Service gone{QByteArray()};
        probe = gone.probe();
    }
    const Result<QString> found = probeService(probe);
    QVERIFY(!found.ok());
    QCOMPARE(found.error().code, ErrorCode::Unavailable);
}

void TestServiceProbe::noUrl_data()
{
    QTest::addColumn<QString>("url");
    QTest::newRow("nothing") << QString();
    QTest::newRow("a file") << QStringLiteral("file:///etc/passwd");
    QTest::newRow("no host") << QStringLiteral("http:///health");
}

void TestServiceProbe::noUrl()
{
    QFETCH(QString, url);
    const Result<QString> found = probeService({QStringLiteral("web"), url});
    QVERIFY(!found.ok());
    QCOMPARE(found.error().code, ErrorCode::InvalidTask);
}

QTEST_GUILESS_MAIN(TestServiceProbe)
#include "tst_serviceprobe.moc"
