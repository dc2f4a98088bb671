#include "services/storage/lock.h"
#include "services/storage/redislock.h"
#include "tests/support/redisserver.h"

#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace PatchPanel;
using Hold = std::unique_ptr<Storage::LockHold>;
using Storage::LockUse;

// What every lock promises, whatever it is made of.
class TestLock : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void excludesAndNamesTheHolder_data() { kinds(); }
    void excludesAndNamesTheHolder();
    void isFreeAfterRelease_data() { kinds(); }
    void isFreeAfterRelease();
    void locksOneWorkspaceOnly_data() { kinds(); }
    void locksOneWorkspaceOnly();
    void isHeldAndSaysSo_data() { kinds(); }
    void isHeldAndSaysSo();
    void excludesUpkeepAndTheOtherWayRound_data() { kinds(); }
    void excludesUpkeepAndTheOtherWayRound();
    void saysWhichWorkspaceIsMissing_data() { kinds(); }
    void saysWhichWorkspaceIsMissing();
    void refusesWhatCannotBeALock_data();
    void refusesWhatCannotBeALock();

private:
    void kinds() const
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : {"local", "with Redis", "with Redis, shared"}) {
            QTest::newRow(kind) << QString::fromLatin1(kind);
        }
    }
    // Two of one kind are two processes.
    std::unique_ptr<Storage::Lock> makeLock() const
    {
        const QString kind = *static_cast<QString *>(QTest::qData("kind", QMetaType::QString));
        Storage::SharedFolder shared;
        if (kind.endsWith(QStringLiteral("shared"))) {
            shared = {m_folder->path(), QStringLiteral("id")};
        }
        return Storage::makeLock(kind == QStringLiteral("local") ? QString() : m_server.url(), shared).value();
    }
    Result<Hold> acquire(Storage::Lock &lock, LockUse use = LockUse::Run) const
    {
        return lock.acquire(m_folder->path(), QStringLiteral("run 1f3a of runner-1"), use);
    }

    Test::RedisServer m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestLock::initTestCase()
{
    signal(SIGPIPE, SIG_IGN); // as main does
    QVERIFY2(m_server.start(), qPrintable(m_server.errorText()));
}

void TestLock::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestLock::excludesAndNamesTheHolder()
{
    const auto one = makeLock();
    const auto other = makeLock();
    const Result<Hold> first = acquire(*one);
    QVERIFY(first.ok());
    for (Storage::Lock *lock : {one.get(), other.get()}) {
        const Result<Hold> second = acquire(*lock);
        QVERIFY(!second.ok());
        QCOMPARE(second.error().code, ErrorCode::Busy);
        QVERIFY2(second.error().message.contains(QStringLiteral("run 1f3a of runner-1")),
                 qPrintable(second.error().message));
        QVERIFY(second.error().message.contains(QString::number(QCoreApplication::applicationPid())));
    }
}

void TestLock::isFreeAfterRelease()
{
    const auto one = makeLock();
    const auto other = makeLock();
    qint64 fence = -1;
    for (int i = 0; i < 3; ++i) {
        for (Storage::Lock *lock : {one.get(), other.get()}) {
            const Result<Hold> hold = acquire(*lock);
            QVERIFY2(hold.ok(), hold ? "" : qPrintable(hold.error().toString()));
            QVERIFY((*hold)->fence() > fence || (*hold)->fence() == 0);
            fence = (*hold)->fence();
        }
    }
}

void TestLock::locksOneWorkspaceOnly()
{
    const auto lock = makeLock();
    const Result<Hold> hold = acquire(*lock);
    QVERIFY(hold.ok());
    QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("beneath")));
    QVERIFY(lock->acquire(m_folder->filePath(QStringLiteral("beneath")), QStringLiteral("run 2")).ok());
}

void TestLock::isHeldAndSaysSo()
{
    const auto lock = makeLock();
    const Result<Hold> hold = acquire(*lock);
    QVERIFY(hold.ok());
    bool isEnding = false;
    (*hold)->whenEnding([&isEnding] { isEnding = true; });
    QVERIFY((*hold)->check().ok());
    QVERIFY(!isEnding);
}

void TestLock::excludesUpkeepAndTheOtherWayRound()
{
    const auto lock = makeLock();
    for (const LockUse use : {LockUse::Run, LockUse::Upkeep}) {
        const Result<Hold> first = acquire(*lock, use);
        QVERIFY(first.ok());
        const Result<Hold> second = acquire(*lock, LockUse::Upkeep);
        QCOMPARE(second.ok() ? ErrorCode::Internal : second.error().code, ErrorCode::Busy);
    }
}

void TestLock::saysWhichWorkspaceIsMissing()
{
    const QString missing = m_folder->filePath(QStringLiteral("missing"));
    const Result<Hold> hold = makeLock()->acquire(missing, QStringLiteral("run 1"));
    QVERIFY(!hold.ok());
    QCOMPARE(hold.error().code, ErrorCode::Io);
    QCOMPARE(hold.error().where, missing);
}

void TestLock::refusesWhatCannotBeALock_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("id");
    QTest::newRow("an address that is none") << QStringLiteral("memcached://x") << QString();
    QTest::newRow("a shared workspace without Redis") << QString() << QStringLiteral("shop");
}

void TestLock::refusesWhatCannotBeALock()
{
    QFETCH(QString, url);
    QFETCH(QString, id);
    const auto lock = Storage::makeLock(url, {m_folder->path(), id});
    QVERIFY(!lock.ok());
    QCOMPARE(lock.error().code, ErrorCode::Usage);
}

QTEST_GUILESS_MAIN(TestLock)
#include "tst_lock.moc"
