#include "services/patch/atomicrename.h"
#include "services/patch/diskcalls.h"
#include "tests/support/lackingfilesystem.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace PatchPanel::Patch;
using PatchPanel::Test::Filesystem;
using PatchPanel::Test::TempWorkspace;
using PatchPanel::Test::withoutFlags;
using PatchPanel::Test::withoutLinks;

class TestAtomicRename : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { Disk::observe({}); }
    void everyWayAgrees_data();
    void everyWayAgrees();
    void killedSwitchIsSettled_data();
    void killedSwitchIsSettled();
    void settlingKeepsAForeignFile();
};

namespace {

using Disk::Call;
using Disk::Operation;

struct Fixture {
    TempWorkspace workspace;
    int folder = -1;

    Fixture()
    {
        workspace.write(QStringLiteral("slot"), "new");
        workspace.write(QStringLiteral("target"), "old");
        folder = ::open(workspace.path().toUtf8().constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    ~Fixture() { ::close(folder); }
    Place place(const char *name) const { return {folder, name}; }
};

Filesystem filesystem = nullptr;
int callsLeft = 0;

// The process is killed in place of the call.
int untilKilled(const Call &call)
{
    const int error = filesystem(call);
    if (error == 0 && callsLeft-- == 0) {
        throw std::exception();
    }
    return error;
}

} // namespace

Q_DECLARE_METATYPE(Filesystem)

void TestAtomicRename::everyWayAgrees_data()
{
    QTest::addColumn<Filesystem>("filesystem");

    QTest::newRow("by the kernel") << Filesystem(nullptr);
    QTest::newRow("by links") << Filesystem(withoutFlags);
    QTest::newRow("by renames") << Filesystem(withoutLinks);
}

void TestAtomicRename::everyWayAgrees()
{
    QFETCH(Filesystem, filesystem);
    const Fixture f;
    Disk::observe({.before = filesystem});
    QCOMPARE(exchange(f.place("slot"), f.place("target")), 0);
    QCOMPARE(f.workspace.read(QStringLiteral("target")), QByteArray("new"));
    QCOMPARE(f.workspace.read(QStringLiteral("slot")), QByteArray("old"));

    QCOMPARE(moveToFree(f.place("slot"), f.place("target")), EEXIST);
    QCOMPARE(f.workspace.read(QStringLiteral("slot")), QByteArray("old"));
    QCOMPARE(moveToFree(f.place("slot"), f.place("free")), 0);
    QCOMPARE(f.workspace.read(QStringLiteral("free")), QByteArray("old"));
    QVERIFY(!f.workspace.exists(QStringLiteral("slot")));

    QCOMPARE(exchange(f.place("slot"), f.place("target")), ENOENT);
    QCOMPARE(f.workspace.read(QStringLiteral("target")), QByteArray("new"));
    QVERIFY(!f.workspace.exists(QStringLiteral("slot.old")));
}

void TestAtomicRename::killedSwitchIsSettled_data()
{
    QTest::addColumn<Filesystem>("without");
    QTest::addColumn<int>("calls");

    for (int calls = 0; calls < 4; ++calls) {
        QTest::addRow("by links, after %d calls", calls) << Filesystem(withoutFlags) << calls;
        QTest::addRow("by renames, after %d calls", calls) << Filesystem(withoutLinks) << calls;
    }
}

// Whatever the moment, settling leaves one of the two sides, with both files.
void TestAtomicRename::killedSwitchIsSettled()
{
    QFETCH(Filesystem, without);
    QFETCH(int, calls);
    for (const bool exchanging : {true, false}) {
        const Fixture f;
        if (!exchanging) {
            QCOMPARE(::unlinkat(f.folder, "target", 0), 0);
        }
        filesystem = without;
        callsLeft = calls;
        Disk::observe({.before = untilKilled});
        try {
            (void)(exchanging ? exchange(f.place("slot"), f.place("target"))
                              : moveToFree(f.place("slot"), f.place("target")));
        } catch (const std::exception &) {
        }
        Disk::observe({.before = without});
        QCOMPARE(settle(f.place("slot"), f.place("target")), 0);
        const QByteArray slot = f.workspace.read(QStringLiteral("slot"));
        const QByteArray target = f.workspace.read(QStringLiteral("target"));
        const QByteArray absentOr = exchanging ? QByteArray("old") : QByteArray();
        QVERIFY2((slot == "new" && target == absentOr) || (slot == absentOr && target == "new"),
                 (slot + " / " + target).constData());
        QVERIFY(!f.workspace.exists(QStringLiteral("slot.old")));
    }
}

void TestAtomicRename::settlingKeepsAForeignFile()
{
    const Fixture f;
    QCOMPARE(::renameat(f.folder, "target", f.folder, "slot.old"), 0); // killed here, without hard links
    QVERIFY(f.workspace.write(QStringLiteral("target"), "the user's"));
    QCOMPARE(settle(f.place("slot"), f.place("target")), EEXIST);
    QCOMPARE(f.workspace.read(QStringLiteral("target")), QByteArray("the user's"));
    QCOMPARE(f.workspace.read(QStringLiteral("slot.old")), QByteArray("old"));
}

QTEST_APPLESS_MAIN(TestAtomicRename)
#include "tst_atomicrename.moc"
