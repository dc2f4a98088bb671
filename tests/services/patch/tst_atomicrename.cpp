#include "services/patch/atomicrename.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

using namespace PatchPanel::Patch;
using PatchPanel::Test::TempWorkspace;

class TestAtomicRename : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bothWaysAgree_data();
    void bothWaysAgree();
    void killedExchangeIsSettled_data();
    void killedExchangeIsSettled();
};

namespace {

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

} // namespace

void TestAtomicRename::bothWaysAgree_data()
{
    QTest::addColumn<RenameWay>("way");

    QTest::newRow("by the kernel") << RenameWay::Kernel;
    QTest::newRow("by links") << RenameWay::Links;
}

void TestAtomicRename::bothWaysAgree()
{
    QFETCH(RenameWay, way);
    const Fixture f;
    QCOMPARE(exchange(f.place("slot"), f.place("target"), way), 0);
    QCOMPARE(f.workspace.read(QStringLiteral("target")), QByteArray("new"));
    QCOMPARE(f.workspace.read(QStringLiteral("slot")), QByteArray("old"));

    QCOMPARE(moveToFree(f.place("slot"), f.place("target"), way), EEXIST);
    QCOMPARE(f.workspace.read(QStringLiteral("slot")), QByteArray("old"));
    QCOMPARE(moveToFree(f.place("slot"), f.place("free"), way), 0);
    QCOMPARE(f.workspace.read(QStringLiteral("free")), QByteArray("old"));
    QVERIFY(!f.workspace.exists(QStringLiteral("slot")));

    QCOMPARE(exchange(f.place("slot"), f.place("target"), way), ENOENT);
    QCOMPARE(f.workspace.read(QStringLiteral("target")), QByteArray("new"));
    QVERIFY(!f.workspace.exists(QStringLiteral("slot.old")));
}

void TestAtomicRename::killedExchangeIsSettled_data()
{
    QTest::addColumn<bool>("renamed");
    QTest::addColumn<QByteArray>("slot");

    QTest::newRow("before the rename") << false << QByteArray("new");
    QTest::newRow("after the rename") << true << QByteArray("old");
}

void TestAtomicRename::killedExchangeIsSettled()
{
    QFETCH(bool, renamed);
    QFETCH(QByteArray, slot);
    const Fixture f;
    QCOMPARE(::linkat(f.folder, "target", f.folder, "slot.old", 0), 0);
    if (renamed) {
        QCOMPARE(::renameat(f.folder, "slot", f.folder, "target"), 0);
    }
    settleExchange(f.place("slot"));
    QCOMPARE(f.workspace.read(QStringLiteral("slot")), slot);
    QVERIFY(!f.workspace.exists(QStringLiteral("slot.old")));
}

QTEST_APPLESS_MAIN(TestAtomicRename)
#include "tst_atomicrename.moc"
