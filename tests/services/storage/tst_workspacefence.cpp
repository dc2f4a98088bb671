#include "services/storage/workspacefence.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace PatchPanel;
using Storage::claimFence;
using Storage::highestFence;

class TestWorkspaceFence : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void aNewWorkspaceHasSeenNone();
    void theHighestCounts();
    void aNumberIsTakenOnce();
    void aLowerNumberIsTooLate();
    void whatIsNoNumberDoesNotCount();
    void oneOfManyTakesANumber();
    void refusesALinkThatLeadsElsewhere();
    void saysWhatCannotBeWritten();

private:
    QString workspace() const { return m_folder->path(); }
    QDir fences() const { return QDir(m_folder->filePath(QStringLiteral(".patchpanel/fence"))); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestWorkspaceFence::aNewWorkspaceHasSeenNone()
{
    QCOMPARE(highestFence(workspace()).value(), 0);
}

void TestWorkspaceFence::theHighestCounts()
{
    QCOMPARE(claimFence(workspace(), 9).value(), true);
    QCOMPARE(claimFence(workspace(), 10).value(), true);
    QCOMPARE(highestFence(workspace()).value(), 10);
    QCOMPARE(fences().entryList(QDir::Files), QStringList{QStringLiteral("10")});
}

void TestWorkspaceFence::aNumberIsTakenOnce()
{
    QCOMPARE(claimFence(workspace(), 3).value(), true);
    QCOMPARE(claimFence(workspace(), 3).value(), false);
}

void TestWorkspaceFence::aLowerNumberIsTooLate()
{
    QCOMPARE(claimFence(workspace(), 7).value(), true);
    QCOMPARE(claimFence(workspace(), 5).value(), false);
    QCOMPARE(highestFence(workspace()).value(), 7);
}

void TestWorkspaceFence::whatIsNoNumberDoesNotCount()
{
    QCOMPARE(claimFence(workspace(), 2).value(), true);
    for (const char *name : {"x", "-5", "1e9", "99999999999999999999"}) {
        QVERIFY(QFile(fences().filePath(QString::fromLatin1(name))).open(QIODevice::WriteOnly));
    }
    QCOMPARE(highestFence(workspace()).value(), 2);
}

void TestWorkspaceFence::oneOfManyTakesANumber()
{
    for (int number = 1; number <= 50; ++number) {
        std::atomic<int> taken = 0;
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] { taken += claimFence(workspace(), number).value() ? 1 : 0; });
        }
        threads.clear();
        QCOMPARE(taken.load(), 1);
    }
}

void TestWorkspaceFence::refusesALinkThatLeadsElsewhere()
{
    const QTemporaryDir elsewhere;
    QVERIFY(QDir(workspace()).mkdir(QStringLiteral(".patchpanel")));
    QCOMPARE(symlink(qPrintable(elsewhere.path()), qPrintable(fences().path())), 0);
    QVERIFY(!claimFence(workspace(), 1).ok());
    QVERIFY(!highestFence(workspace()).ok());
    QVERIFY(QDir(elsewhere.path()).isEmpty());
}

void TestWorkspaceFence::saysWhatCannotBeWritten()
{
    QVERIFY(QDir(workspace()).mkdir(QStringLiteral(".patchpanel")));
    QFile file(fences().path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    const Result<bool> claimed = claimFence(workspace(), 1);
    QVERIFY(!claimed.ok());
    QCOMPARE(claimed.error().code, ErrorCode::Io);
    QCOMPARE(claimed.error().where, workspace());
    QVERIFY(claimed.error().message.contains(QStringLiteral(".patchpanel/fence")));
}

QTEST_GUILESS_MAIN(TestWorkspaceFence)
#include "tst_workspacefence.moc"
