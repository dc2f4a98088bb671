#include "app/singleinstance.h"

#include <QDir>
#include <QFileInfo>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace PatchPanel;
using namespace PatchPanel::App;
using namespace std::chrono_literals;

namespace {

// A further start blocks, so it has a thread of its own, as it has a process.
class FurtherStart {
public:
    explicit FurtherStart(const WindowRequest &request, const QString &profile = {},
                          std::chrono::milliseconds patience = 10s)
        : m_thread(QThread::create([this, request, profile, patience] {
            SingleInstance instance(profile);
            m_role = instance.claim(request, patience);
        }))
    {
        m_thread->start();
    }
    ~FurtherStart() { m_thread->wait(); }

    bool isOver() const { return m_thread->isFinished(); }
    const Result<SingleInstance::Role> &role() const { return m_role; }

private:
    Result<SingleInstance::Role> m_role = SingleInstance::Role::Alone;
    std::unique_ptr<QThread> m_thread;
};

} // namespace

class TestSingleInstance : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void furtherStartsHandOver();
    void profilesAreApart();
    void whoEndedIsReplaced();
    void whoDoesNotAnswerIsAnError();
    void nonsenseIsNotTaken_data();
    void nonsenseIsNotTaken();
    void withoutAPlaceItIsAlone();
    void onlyTheUserMayEnter();

private:
    QString socketPath() const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestSingleInstance::initTestCase()
{
    qRegisterMetaType<WindowRequest>();
}

void TestSingleInstance::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_folder->path()));
}

QString TestSingleInstance::socketPath() const
{
    const QDir folder(m_folder->filePath(QStringLiteral("patchpanel")));
    const QStringList sockets = folder.entryList({QStringLiteral("*.socket")}, QDir::System);
    return sockets.size() == 1 ? folder.filePath(sockets.first()) : QString();
}

void TestSingleInstance::furtherStartsHandOver()
{
    SingleInstance first({});
    QSignalSpy requested(&first, &SingleInstance::requested);
    const auto role = first.claim({});
    QVERIFY(role && *role == SingleInstance::Role::First);
    const WindowRequest request{.files = {QStringLiteral("/tmp/a task.json"), QStringLiteral("/tmp/ü.patch")},
                                .workspace = QStringLiteral("/tmp"),
                                .activationToken = "token-1"};
    FurtherStart further(request);
    FurtherStart another({});
    QTRY_VERIFY(further.isOver() && another.isOver());
    QVERIFY(further.role() && *further.role() == SingleInstance::Role::Further);
    QVERIFY(another.role() && *another.role() == SingleInstance::Role::Further);
    QTRY_COMPARE(requested.count(), 2);
    QVERIFY(requested.at(0).at(0).value<WindowRequest>() == request
            || requested.at(1).at(0).value<WindowRequest>() == request);
}

void TestSingleInstance::profilesAreApart()
{
    SingleInstance first({});
    QVERIFY(first.claim({}));
    SingleInstance other(m_folder->filePath(QStringLiteral("profile")));
    const auto role = other.claim({}, 1ms);
    QVERIFY(role && *role == SingleInstance::Role::First);
    SingleInstance same(m_folder->filePath(QStringLiteral("profile/../profile/"))); // written in another way
    QVERIFY(!same.claim({}, 1ms));
}

void TestSingleInstance::whoEndedIsReplaced()
{
    auto first = std::make_unique<SingleInstance>(QString());
    QVERIFY(first->claim({}));
    first.reset();
    SingleInstance second({});
    const auto role = second.claim({});
    QVERIFY(role && *role == SingleInstance::Role::First);
}

void TestSingleInstance::whoDoesNotAnswerIsAnError()
{
    SingleInstance first({});
    QVERIFY(first.claim({}));
    SingleInstance further({}); // on the thread of the first, which cannot answer meanwhile
    const auto role = further.claim({}, 50ms);
    QVERIFY(!role);
    QCOMPARE(role.error().code, ErrorCode::Unavailable);
    QVERIFY(role.error().hint.contains(QStringLiteral("--new-instance")));
}

void TestSingleInstance::nonsenseIsNotTaken_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("no JSON") << QByteArray("open /etc/passwd\n");
    QTest::newRow("a list") << QByteArray("[\"/tmp/a.json\"]\n");
    QTest::newRow("no files") << QByteArray("{\"workspace\":\"/tmp\"}\n");
    QTest::newRow("a relative file") << QByteArray("{\"files\":[\"a.json\"]}\n");
    QTest::newRow("a number for a file") << QByteArray("{\"files\":[7]}\n");
    QTest::newRow("no end") << QByteArray(2 * 1024 * 1024, 'x');
}

void TestSingleInstance::nonsenseIsNotTaken()
{
    QFETCH(QByteArray, line);
    SingleInstance first({});
    QSignalSpy requested(&first, &SingleInstance::requested);
    QVERIFY(first.claim({}));
    QLocalSocket socket;
    socket.connectToServer(socketPath());
    QVERIFY(socket.waitForConnected());
    socket.write(line);
    QTRY_COMPARE(socket.state(), QLocalSocket::UnconnectedState);
    QCOMPARE(socket.readAll(), QByteArray());
    QCOMPARE(requested.count(), 0);
    FurtherStart further({}); // it goes on listening
    QTRY_COMPARE(requested.count(), 1);
}

void TestSingleInstance::withoutAPlaceItIsAlone()
{
    QFile file(m_folder->filePath(QStringLiteral("patchpanel"))); // where the folder would be
    QVERIFY(file.open(QIODevice::WriteOnly));
    SingleInstance instance({});
    const auto role = instance.claim({});
    QVERIFY(role && *role == SingleInstance::Role::Alone);
}

void TestSingleInstance::onlyTheUserMayEnter()
{
    SingleInstance first({});
    QVERIFY(first.claim({}));
    const QFile::Permissions others =
        QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
    QVERIFY(!socketPath().isEmpty());
    QCOMPARE(QFileInfo(socketPath()).permissions() & others, QFile::Permissions());
    QCOMPARE(QFileInfo(m_folder->filePath(QStringLiteral("patchpanel"))).permissions() & others, QFile::Permissions());
}

QTEST_GUILESS_MAIN(TestSingleInstance)
#include "tst_singleinstance.moc"
