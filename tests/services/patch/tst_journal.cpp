#include "services/patch/journal.h"
#include "tests/support/tempworkspace.h"

#include <QTest>

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
    QVERIFY(Journal::open(folder.get(), Durability::Full).value().append(JournalEvent::Prepared));
    Journal journal = Journal::open(folder.get(), Durability::Full).value(); // as recovery goes on with it
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

void TestJournal::damageEndsTheJournal_data()
{
    QTest::addColumn<QByteArray>("tail");

    QTest::newRow("torn line") << QByteArray("{\"event\":\"COMM");
    QTest::newRow("whole line without its end") << QByteArray("{\"event\":\"COMMIT\"}");
    QTest::newRow("zeros") << QByteArray(16, '\0') + "\n{\"event\":\"COMMIT\"}\n";
    QTest::newRow("unknown event") << QByteArray("{\"event\":\"HELLO\"}\n{\"event\":\"COMMIT\"}\n");
}

void TestJournal::damageEndsTheJournal()
{
    QFETCH(QByteArray, tail);
    const TempWorkspace workspace;
    QVERIFY(workspace.write(QStringLiteral("journal"), "{\"event\":\"PREPARED\"}\n" + tail));
    const QList<JournalRecord> records = Journal::read(openFolder(workspace).get());
    QCOMPARE(records.size(), 1);
    QVERIFY(records[0].event == JournalEvent::Prepared);
}

QTEST_APPLESS_MAIN(TestJournal)
#include "tst_journal.moc"
