#include "tests/support/closedport.h"
#include "tests/support/registryfixture.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using PatchPanel::Test::RegistryFixture;

// A registry that is started again where it was.
class TestStateFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void survivesARestart();
    void isOnDiskWithoutAStop();
    void isForItsOwnerOnly();
    void damageIsSetAside_data();
    void damageIsSetAside();
    void folderThatCannotBeWrittenIsToldOnce();
    void freePortKeepsNothing();
    void otherPortsAreOtherRegistries();

private:
    QString file() const { return folderNow->filePath(QStringLiteral("registry-127.0.0.1-%1.json").arg(port)); }

    std::unique_ptr<QTemporaryDir> folderNow;
    quint16 port = 0;
};

namespace {

const QByteArray token = "test-token";

QByteArray contentsOf(const QString &path)
{
    QFile opened(path);
    return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
}

} // namespace

void TestStateFile::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    folderNow = std::make_unique<QTemporaryDir>();
    port = Test::closedPort();
}

void TestStateFile::survivesARestart()
{
    QByteArray index;
    QString node;
    {
        RegistryFixture registry(token, port, folderNow->path());
        QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
        QCOMPARE(registry.addRunner(QStringLiteral("runner-2"), 5051).status, 200);
        QCOMPARE(registry.put("/v1/agent/service/deregister/runner-2").status, 200);
        QCOMPARE(registry.put("/v1/agent/check/warn/service:runner-1?note=disk%2090%25").status, 200);
        const Http::Reply reply = registry.get("/v1/health/service/runner");
        index = Http::headerValue(reply.headers, "X-Consul-Index");
        node = registry.array("/v1/catalog/nodes")[0][QStringLiteral("ID")].toString();
    }
    RegistryFixture registry(token, port, folderNow->path());
    QVERIFY(registry.hasLogged("[REGISTRY] 1 registered as before the restart: their leases begin anew"));
    const Http::Reply reply = registry.get("/v1/health/service/runner?wait=10m&index=" + index); // at once
    QVERIFY(Http::headerValue(reply.headers, "X-Consul-Index").toULongLong() > index.toULongLong());
    const QJsonArray entries = QJsonDocument::fromJson(reply.body).array();
    QCOMPARE(entries.size(), 1);
    QCOMPARE(entries[0][QStringLiteral("Service")][QStringLiteral("Port")].toInt(), 5050);
    QCOMPARE(entries[0][QStringLiteral("Checks")][0][QStringLiteral("Status")].toString(), QStringLiteral("warning"));
    QCOMPARE(entries[0][QStringLiteral("Checks")][0][QStringLiteral("Output")].toString(), QStringLiteral("disk 90%"));
    QCOMPARE(entries[0][QStringLiteral("Node")][QStringLiteral("ID")].toString(), node);
    QCOMPARE(registry.put("/v1/agent/check/pass/service:runner-1").status, 200);
}

void TestStateFile::isOnDiskWithoutAStop()
{
    RegistryFixture registry(token, port, folderNow->path());
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QTRY_VERIFY(contentsOf(file()).contains("runner-1"));
    QCOMPARE(registry.put("/v1/agent/service/deregister/runner-1").status, 200);
    QTRY_VERIFY(!contentsOf(file()).contains("runner-1"));
    QCOMPARE(QDir(folderNow->path()).entryList(QDir::Files).size(), 1);
}

void TestStateFile::isForItsOwnerOnly()
{
    RegistryFixture registry(token, port, folderNow->filePath(QStringLiteral("new/folder")));
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    registry.service.stop();
    const QDir folder(folderNow->filePath(QStringLiteral("new/folder")));
    QCOMPARE(folder.entryList(QDir::Files).size(), 1);
    const QFile::Permissions others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    QVERIFY(!(folder.entryInfoList(QDir::Files).first().permissions() & others));
}

void TestStateFile::damageIsSetAside_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("empty") << QByteArray() << QByteArray("not valid JSON");
    QTest::newRow("noise") << QByteArray("\x00\xff{[", 4) << QByteArray("not valid JSON");
    QTest::newRow("a newer version") << QByteArray(R"({"version":9,"index":1,"services":[]})")
                                     << QByteArray("a newer version of PatchPanel wrote it");
    QTest::newRow("contradiction") << QByteArray(
        R"({"version":1,"index":1,"services":[{"registration":{"Name":"a"}},{"registration":{"Name":"a"}}]})")
                                   << QByteArray("stands twice");
}

void TestStateFile::damageIsSetAside()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, reason);
    QFile damaged(file());
    QVERIFY(damaged.open(QIODevice::WriteOnly) && damaged.write(bytes) == bytes.size());
    damaged.close();

    RegistryFixture registry(token, port, folderNow->path());
    QVERIFY(registry.hasLogged("[REGISTRY] The state of the registry, " + file().toUtf8() + ", cannot be used: "));
    QVERIFY(registry.hasLogged(reason));
    const QStringList aside = QDir(folderNow->path()).entryList({QStringLiteral("*.damaged-*")});
    QCOMPARE(aside.size(), 1);
    QCOMPARE(contentsOf(folderNow->filePath(aside.first())), bytes);
    QCOMPARE(registry.get("/v1/agent/services").body, QByteArray("{}"));
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QTRY_VERIFY(contentsOf(file()).contains("runner-1"));
}

void TestStateFile::folderThatCannotBeWrittenIsToldOnce()
{
    const QString obstacle = folderNow->filePath(QStringLiteral("file"));
    QVERIFY(QFile(obstacle).open(QIODevice::WriteOnly));
    RegistryFixture registry(token, port, obstacle + QStringLiteral("/below"));
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    QTRY_VERIFY(registry.hasLogged("[REGISTRY] The state of the registry will not survive a restart: "));
    QCOMPARE(registry.put("/v1/agent/check/warn/service:runner-1").status, 200);
    registry.service.stop(); // writes once more
    int told = 0;
    for (qsizetype i = 0; i < registry.log.size(); ++i) {
        told += registry.log.at(i).toText().contains("will not survive a restart") ? 1 : 0;
    }
    QCOMPARE(told, 1);
}

void TestStateFile::freePortKeepsNothing()
{
    RegistryFixture registry(token, 0, folderNow->path());
    QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    registry.service.stop();
    QCOMPARE(QDir(folderNow->path()).entryList(QDir::Files).size(), 0);
}

void TestStateFile::otherPortsAreOtherRegistries()
{
    {
        RegistryFixture registry(token, port, folderNow->path());
        QCOMPARE(registry.addRunner(QStringLiteral("runner-1"), 5050).status, 200);
    }
    RegistryFixture other(token, Test::closedPort(), folderNow->path());
    QCOMPARE(other.get("/v1/agent/services").body, QByteArray("{}"));
}

QTEST_GUILESS_MAIN(TestStateFile)
#include "tst_statefile.moc"
