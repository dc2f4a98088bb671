#include "services/patch/checksum.h"
#include "services/patch/diskcalls.h"
#include "services/patch/journal.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

#include <cerrno>
#include <fcntl.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::TempWorkspace;

class TestJournal : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatWasAppended();
    void absenceIsEmpty();
    void damageEndsTheJournal_data();
    void damageEndsTheJournal();
    void goesOnBehindWhatIsWhole();
    void failedAppendLeavesNothing();
    void knowsTheChecksum();
};

namespace {

Descriptor openFolder(const TempWorkspace &workspace)
{
    return Descriptor(::open(workspace.path().toUtf8().constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

} // namespace

void TestJournal::readsWhatWasAppended()
{
    const TempWorkspace workspace;
    const Descriptor folder = openFolder(workspace);
    QVERIFY(Journal::create(folder.get(), Durability::Full).value().append(JournalEvent::Prepared));
    QVERIFY(!Journal::create(folder.get(), Durability::Full).ok());
    Journal journal = Journal::resume(folder.get(), Durability::Full).value(); // as recovery goes on with it
    QVERIFY(journal.append(JournalEvent::Adopted, {{QStringLiteral("action"), 7}}));
    QVERIFY(journal.append(JournalEvent::Done));
    const QList<JournalRecord> records = Journal::read(folder.get());
    QCOMPARE(records.size(), 3);
    QVERIFY(records[0].event == JournalEvent::Prepared);
    QVERIFY(records[1].event == JournalEvent::Adopted);
    QCOMPARE(records[1].data[QStringLiteral("action")].toInt(), 7);
    QVERIFY(records[2].event == JournalEvent::Done);
}

void TestJournal::absenceIsEmpty()
{
    const TempWorkspace workspace;
    QVERIFY(Journal::read(openFolder(workspace).get()).isEmpty());
}

namespace {

// What two records are as bytes.
struct Records {
    QByteArray first;
    QByteArray second;

    Records()
    {
        const TempWorkspace workspace;
        const Descriptor folder = openFolder(workspace);
        Journal journal = Journal::create(folder.get(), Durability::Process).value();
        (void)journal.append(JournalEvent::Prepared, {{QStringLiteral("plan"), QStringLiteral("1f")}});
        first = workspace.read(QStringLiteral("journal"));
        (void)journal.append(JournalEvent::Committed);
        second = workspace.read(QStringLiteral("journal")).mid(first.size());
    }
};

QByteArray with(QByteArray text, qsizetype at, char c)
{
    text[at] = c;
    return text;
}

} // namespace

void TestJournal::damageEndsTheJournal_data()
{
    QTest::addColumn<QByteArray>("tail");

    const Records records;
    QTest::newRow("torn line") << records.second.chopped(5);
    QTest::newRow("whole line without its end") << records.second.chopped(1);
    QTest::newRow("zeros") << QByteArray(16, '\0') + '\n' + records.second;
    QTest::newRow("one byte differs") << with(records.second, records.second.size() - 4, 'x');
    QTest::newRow("another length") << with(records.second, 0, '9');
    QTest::newRow("a record of elsewhere, with another number") << records.first;
    QTest::newRow("plain JSON") << QByteArray("{\"event\":\"COMMIT\"}\n");
}

void TestJournal::damageEndsTheJournal()
{
    QFETCH(QByteArray, tail);
    const TempWorkspace workspace;
    QVERIFY(workspace.write(QStringLiteral("journal"), Records().first + tail));
    const QList<JournalRecord> records = Journal::read(openFolder(workspace).get());
    QCOMPARE(records.size(), 1);
    QVERIFY(records[0].event == JournalEvent::Prepared);
    QCOMPARE(records[0].data[QStringLiteral("plan")].toString(), QStringLiteral("1f"));
}

// What recovery appends must not be lost behind what a killed run had left unfinished.
void TestJournal::goesOnBehindWhatIsWhole()
{
    const TempWorkspace workspace;
    const Records records;
    QVERIFY(workspace.write(QStringLiteral("journal"), records.first + records.second.chopped(3)));
    const Descriptor folder = openFolder(workspace);
    QVERIFY(Journal::resume(folder.get(), Durability::Full).value().append(JournalEvent::Done));
    const QList<JournalRecord> read = Journal::read(folder.get());
    QCOMPARE(read.size(), 2);
    QVERIFY(read[1].event == JournalEvent::Done);
}

// A full disk takes half of a record: that half must not stand before the next one.
void TestJournal::failedAppendLeavesNothing()
{
    const TempWorkspace workspace;
    const Descriptor folder = openFolder(workspace);
    Journal journal = Journal::create(folder.get(), Durability::Full).value();
    QVERIFY(journal.append(JournalEvent::Prepared));
    Disk::observe({.before = [](const Disk::Call &call) {
        return call.operation == Disk::Operation::SyncFile ? ENOSPC : 0;
    }});
    const Result<void> failed = journal.append(JournalEvent::Committed);
    Disk::observe({});
    QVERIFY(!failed.ok());
    QVERIFY(!journal.isTorn());
    QCOMPARE(Journal::read(folder.get()).size(), 1);
    QVERIFY(journal.append(JournalEvent::Done));
    QVERIFY(Journal::read(folder.get()).last().event == JournalEvent::Done);
}

void TestJournal::knowsTheChecksum()
{
    QCOMPARE(crc32c("123456789"), 0xe3069283U);
    QCOMPARE(crc32c(""), 0U);
}

QTEST_APPLESS_MAIN(TestJournal)
#include "tst_journal.moc"
