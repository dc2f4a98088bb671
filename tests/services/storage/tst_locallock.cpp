#include "services/storage/lock.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace PatchPanel;
using Hold = std::unique_ptr<Storage::LockHold>;

namespace {

// Another process that takes the lock, says so through a pipe and holds it until it is killed.
class HoldingProcess {
public:
    explicit HoldingProcess(const QString &workspace)
    {
        int ends[2];
        if (pipe(ends) != 0) {
            return;
        }
        m_pid = fork();
        if (m_pid == 0) {
            const Result<Hold> hold = Storage::LocalLock().acquire(workspace, QStringLiteral("run 42 of runner-9"));
            const char answer = hold ? 'y' : 'n';
            [[maybe_unused]] const auto written = write(ends[1], &answer, 1);
            for (;;) {
                pause();
            }
        }
        close(ends[1]);
        char answer = '?';
        holds = read(ends[0], &answer, 1) == 1 && answer == 'y';
        close(ends[0]);
    }
    ~HoldingProcess() { kill(); }

    void kill()
    {
        if (m_pid > 0) {
            ::kill(m_pid, SIGKILL);
            waitpid(m_pid, nullptr, 0);
        }
        m_pid = -1;
    }
    pid_t pid() const { return m_pid; }

    bool holds = false;

private:
    pid_t m_pid = -1;
};

} // namespace

class TestLocalLock : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void makesAFolderOfItsOwn();
    void excludesAnotherHolderAndNamesIt();
    void isFreeAfterRelease();
    void excludesAnotherProcessAndNamesIt();
    void isFreeWhenItsHolderWasKilled();
    void isFreeWithTheTextOfADeadProcess();
    void isNotInheritedByChildren();
    void isStillBusyWhenTheHolderTextIsDamaged();
    void refusesHostileStateFolders_data();
    void refusesHostileStateFolders();
    void saysWhichWorkspaceIsMissing();
    void aRunWaitsForUpkeep();
    void upkeepWaitsForNobody();

private:
    Result<Hold> acquire(const QString &holder = QStringLiteral("run 1 of runner-1"))
    {
        return m_lock.acquire(workspace(), holder);
    }
    QString workspace() const { return m_folder->path(); }
    QString lockFile() const { return m_folder->filePath(QStringLiteral(".patchpanel/lock")); }

    std::unique_ptr<QTemporaryDir> m_folder;
    Storage::LocalLock m_lock;
};

void TestLocalLock::makesAFolderOfItsOwn()
{
    const Result<Hold> hold = acquire();
    QVERIFY(hold.ok());
    struct stat status { };
    QCOMPARE(stat(qPrintable(m_folder->filePath(QStringLiteral(".patchpanel"))), &status), 0);
    QCOMPARE(status.st_mode & 07777, mode_t(0700));
}

void TestLocalLock::excludesAnotherHolderAndNamesIt()
{
    const Result<Hold> first = acquire(QStringLiteral("run 1f3a of runner-1"));
    QVERIFY(first.ok());
    const Result<Hold> second = acquire();
    QVERIFY(!second.ok());
    QCOMPARE(second.error().code, ErrorCode::Busy);
    QVERIFY2(second.error().message.contains(QStringLiteral("run 1f3a of runner-1")),
             qPrintable(second.error().message));
    QCOMPARE(second.error().details[QStringLiteral("pid")].toInteger(), qint64(getpid()));
    QVERIFY(!second.error().details[QStringLiteral("since")].toString().isEmpty());
}

void TestLocalLock::isFreeAfterRelease()
{
    Result<Hold> first = acquire();
    QVERIFY(first.ok());
    first->reset();
    QCOMPARE(QFileInfo(lockFile()).size(), qint64(0));
    QVERIFY(acquire().ok());
}

void TestLocalLock::excludesAnotherProcessAndNamesIt()
{
    const HoldingProcess other(workspace());
    QVERIFY(other.holds);
    const Result<Hold> hold = acquire();
    QVERIFY(!hold.ok());
    QCOMPARE(hold.error().code, ErrorCode::Busy);
    QVERIFY(hold.error().message.contains(QStringLiteral("run 42 of runner-9")));
    QVERIFY(hold.error().message.contains(QString::number(other.pid())));
}

void TestLocalLock::isFreeWhenItsHolderWasKilled()
{
    HoldingProcess other(workspace());
    QVERIFY(other.holds);
    other.kill();
    QVERIFY(QFileInfo(lockFile()).size() > 0);
    QVERIFY(acquire().ok());
}

void TestLocalLock::isFreeWithTheTextOfADeadProcess()
{
    QVERIFY(acquire().ok());
    QFile file(lockFile());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"holder":"run 7 of runner-7","pid":1,"since":"2020-01-01T00:00:00.000Z"})");
    file.close();
    QVERIFY(acquire().ok());
}

void TestLocalLock::isNotInheritedByChildren()
{
    Result<Hold> hold = acquire();
    QVERIFY(hold.ok());
    const pid_t child = fork();
    if (child == 0) {
        execl("/bin/sleep", "sleep", "60", nullptr);
        _exit(127);
    }
    hold->reset();
    const bool isFree = acquire().ok();
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    QVERIFY(isFree);
}

void TestLocalLock::isStillBusyWhenTheHolderTextIsDamaged()
{
    const Result<Hold> first = acquire();
    QVERIFY(first.ok());
    QFile file(lockFile());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"holder\": 12");
    file.close();
    const Result<Hold> second = acquire();
    QVERIFY(!second.ok());
    QCOMPARE(second.error().code, ErrorCode::Busy);
    QVERIFY(second.error().message.contains(QStringLiteral("another run")));
}

void TestLocalLock::refusesHostileStateFolders_data()
{
    QTest::addColumn<QString>("situation");
    QTest::newRow("the folder is a symbolic link") << "folderLink";
    QTest::newRow("the folder is a file") << "folderFile";
    QTest::newRow("the lock is a symbolic link") << "lockLink";
    QTest::newRow("the lock is a hard link") << "hardLink";
    QTest::newRow("the lock is a pipe") << "pipe";
}

void TestLocalLock::refusesHostileStateFolders()
{
    QFETCH(QString, situation);
    const QString victimFolder = m_folder->filePath(QStringLiteral("victim"));
    const QString victim = m_folder->filePath(QStringLiteral("victim/file"));
    const QString state = m_folder->filePath(QStringLiteral(".patchpanel"));
    QVERIFY(QDir().mkdir(victimFolder));
    QFile file(victim);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("mine");
    file.close();
    if (situation == QStringLiteral("folderLink")) {
        QCOMPARE(symlink(qPrintable(victimFolder), qPrintable(state)), 0);
    } else if (situation == QStringLiteral("folderFile")) {
        QVERIFY(file.copy(state));
    } else {
        QVERIFY(QDir().mkdir(state));
        const int made = situation == QStringLiteral("lockLink") ? symlink(qPrintable(victim), qPrintable(lockFile()))
            : situation == QStringLiteral("hardLink")            ? link(qPrintable(victim), qPrintable(lockFile()))
                                                                 : mkfifo(qPrintable(lockFile()), 0600);
        QCOMPARE(made, 0);
    }

    const Result<Hold> hold = acquire();
    QVERIFY(!hold.ok());
    QCOMPARE(hold.error().code, ErrorCode::UnsafePath);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("mine"));
    QCOMPARE(QDir(victimFolder).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size(), 1);
}

void TestLocalLock::saysWhichWorkspaceIsMissing()
{
    const QString missing = m_folder->filePath(QStringLiteral("missing"));
    const Result<Hold> hold = m_lock.acquire(missing, QStringLiteral("run 1"));
    QVERIFY(!hold.ok());
    QCOMPARE(hold.error().code, ErrorCode::Io);
    QCOMPARE(hold.error().where, missing);
}

void TestLocalLock::aRunWaitsForUpkeep()
{
    Result<Hold> upkeep = m_lock.acquire(workspace(), QStringLiteral("tidying up"), Storage::LockUse::Upkeep);
    QVERIFY(upkeep.ok());
    std::atomic<bool> done = false;
    bool acquired = false;
    std::jthread run([&] {
        acquired = acquire().ok();
        done = true;
    });
    QTest::qWait(50);
    QVERIFY(!done);
    upkeep->reset();
    run.join();
    QVERIFY(acquired);
}

void TestLocalLock::upkeepWaitsForNobody()
{
    for (const Storage::LockUse use : {Storage::LockUse::Run, Storage::LockUse::Upkeep}) {
        const Result<Hold> first = m_lock.acquire(workspace(), QStringLiteral("first"), use);
        QVERIFY(first.ok());
        const Result<Hold> second = m_lock.acquire(workspace(), QStringLiteral("second"), Storage::LockUse::Upkeep);
        QCOMPARE(second.ok() ? ErrorCode::Internal : second.error().code, ErrorCode::Busy);
    }
}

QTEST_GUILESS_MAIN(TestLocalLock)
#include "tst_locallock.moc"
