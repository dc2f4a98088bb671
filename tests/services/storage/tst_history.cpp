#include "services/common/json.h"
#include "services/storage/history.h"
#include "tests/support/tempworkspace.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace PatchPanel;
using namespace PatchPanel::Storage;
using PatchPanel::Test::TempWorkspace;

class TestHistory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsWhatWasRecorded();
    void endReplacesTheBegin();
    void findsByBeginning();
    void searches_data();
    void searches();
    void pagesAreStable();
    void refusesABadCursor();
    void namesTheSurplus();
    void belongsToItsUser();
    void servesSeveralThreadsAndProcesses();
    void refusesANewerVersion();
    void damageIsSetAside_data();
    void damageIsSetAside();
    void folderThatCannotBeMade();
    void readsAReport();
};

namespace {

std::unique_ptr<History> openIn(const TempWorkspace &folder)
{
    Result<std::unique_ptr<History>> history = History::open(folder.path());
    return history ? std::move(history).value() : nullptr;
}

HistoryEntry entry(const QString &runId, qint64 startedMs, RunStatus status = RunStatus::Ok)
{
    HistoryEntry result;
    result.runId = runId;
    result.startedMs = startedMs;
    result.status = status;
    result.taskId = QStringLiteral("task-") + runId;
    result.taskTitle = QStringLiteral("100%_sure");
    result.taskFile = QStringLiteral("tasks/t.json");
    result.workspace = QStringLiteral("/work/a");
    result.message = QStringLiteral("1 modified.");
    return result;
}

QStringList ids(const QList<HistoryEntry> &entries)
{
    QStringList names;
    for (const HistoryEntry &each : entries) {
        names.append(each.runId);
    }
    return names;
}

} // namespace

void TestHistory::keepsWhatWasRecorded()
{
    const TempWorkspace folder;
    HistoryEntry full = entry(QStringLiteral("abc"), 1'700'000'000'123);
    full.rolledBackRun = QStringLiteral("aaa");
    full.taskSha256 = QStringLiteral("00ff");
    full.runner = QStringLiteral("runner-1");
    full.durationMs = 42;
    full.created = 1;
    full.modified = 2;
    full.deleted = 3;
    full.moved = 4;
    full.gatesPassed = 5;
    full.gatesFailed = 6;
    full.commit = QStringLiteral("0123abc");
    full.reportPath = QStringLiteral("/work/a/.patchpanel/history/abc/report.md");
    full.undoBytes = qint64(5) << 32;
    QVERIFY(openIn(folder)->record(full));
    const auto found = openIn(folder)->find(QStringLiteral("abc")); // by another object, as after a restart
    QVERIFY(found.ok() && *found);
    QCOMPARE((*found)->toJson(), full.toJson());
    QCOMPARE((*found)->undoBytes, full.undoBytes);
    QCOMPARE((*found)->taskSha256, full.taskSha256);
    QCOMPARE((*found)->reportPath, full.reportPath);
    QCOMPARE((*found)->gatesFailed, 6);
    QCOMPARE((*found)->changes(), 10);
}

void TestHistory::endReplacesTheBegin()
{
    const TempWorkspace folder;
    const auto history = openIn(folder);
    QVERIFY(history->record(entry(QStringLiteral("abc"), 5, RunStatus::Running)));
    QCOMPARE(history->list({.status = RunStatus::Running})->entries.size(), 1);
    QVERIFY(history->record(entry(QStringLiteral("abc"), 5, RunStatus::Failed)));
    QCOMPARE(history->list({})->entries.size(), 1);
    QCOMPARE(history->list({.status = RunStatus::Running})->entries.size(), 0);
    QVERIFY(history->remove(QStringLiteral("abc")));
    QVERIFY(!*history->find(QStringLiteral("abc")));
}

void TestHistory::findsByBeginning()
{
    const TempWorkspace folder;
    const auto history = openIn(folder);
    for (const char *id : {"abc1", "abc2", "abd3", "abc"}) {
        QVERIFY(history->record(entry(QString::fromLatin1(id), 1)));
    }
    QCOMPARE((*history->find(QStringLiteral("abd")))->runId, QStringLiteral("abd3"));
    QCOMPARE((*history->find(QStringLiteral("abc")))->runId, QStringLiteral("abc")); // whole, though others begin so
    QCOMPARE(history->find(QStringLiteral("ab")).error().code, ErrorCode::BadRequest);
    QVERIFY(!*history->find(QStringLiteral("nothing")));
    QVERIFY(!*history->find(QStringLiteral("%")));
    QVERIFY(!*history->find(QString()));
}

void TestHistory::searches_data()
{
    QTest::addColumn<HistoryQuery>("query");
    QTest::addColumn<QStringList>("found");

    QTest::newRow("everything, newest first")
        << HistoryQuery{} << QStringList{QStringLiteral("c"), QStringLiteral("b"), QStringLiteral("a")};
    QTest::newRow("status") << HistoryQuery{.status = RunStatus::Failed} << QStringList{QStringLiteral("b")};
    QTest::newRow("task id") << HistoryQuery{.task = QStringLiteral("TASK-C")} << QStringList{QStringLiteral("c")};
    QTest::newRow("percent is no wildcard") << HistoryQuery{.task = QStringLiteral("0%s")} << QStringList{};
    QTest::newRow("special characters") << HistoryQuery{.task = QStringLiteral("0%_s")}
                                        << QStringList{QStringLiteral("c"), QStringLiteral("b"), QStringLiteral("a")};
    QTest::newRow("workspace") << HistoryQuery{.workspace = QStringLiteral("/work/b")}
                               << QStringList{QStringLiteral("a")};
    QTest::newRow("text in the message") << HistoryQuery{.text = QStringLiteral("went wrong")}
                                         << QStringList{QStringLiteral("b")};
    QTest::newRow("since") << HistoryQuery{.sinceMs = 20} << QStringList{QStringLiteral("c"), QStringLiteral("b")};
    QTest::newRow("all of them") << HistoryQuery{.status = RunStatus::Ok,
                                                 .task = QStringLiteral("t.json"),
                                                 .workspace = QStringLiteral("/work/a"),
                                                 .text = QStringLiteral("modified"),
                                                 .sinceMs = 1}
                                 << QStringList{QStringLiteral("c")};
    QTest::newRow("quotes") << HistoryQuery{.text = QStringLiteral("'; DROP TABLE runs; --")} << QStringList{};
}

void TestHistory::searches()
{
    QFETCH(HistoryQuery, query);
    QFETCH(QStringList, found);
    const TempWorkspace folder;
    const auto history = openIn(folder);
    HistoryEntry elsewhere = entry(QStringLiteral("a"), 10);
    elsewhere.workspace = QStringLiteral("/work/b");
    HistoryEntry failed = entry(QStringLiteral("b"), 20, RunStatus::Failed);
    failed.message = QStringLiteral("It went wrong.");
    QVERIFY(history->record(elsewhere) && history->record(failed) && history->record(entry(QStringLiteral("c"), 30)));
    const Result<HistoryPage> page = history->list(query);
    QVERIFY(page.ok());
    QCOMPARE(ids(page->entries), found);
    QCOMPARE(page->next, QString());
}

void TestHistory::pagesAreStable()
{
    const TempWorkspace folder;
    const auto history = openIn(folder);
    for (int i = 0; i < 7; ++i) { // some in the same millisecond
        QVERIFY(history->record(entry(QStringLiteral("run%1").arg(i), 100 + i / 2)));
    }
    QStringList seen;
    QString cursor;
    do {
        const Result<HistoryPage> page = history->list({.limit = 2, .cursor = cursor});
        QVERIFY(page.ok());
        seen += ids(page->entries);
        cursor = page->next;
        QVERIFY(history->record(entry(QStringLiteral("new%1").arg(seen.size()), 1000))); // newer ones come meanwhile
    } while (!cursor.isEmpty());
    QCOMPARE(
        seen,
        (QStringList{QStringLiteral("run6"), QStringLiteral("run5"), QStringLiteral("run4"), QStringLiteral("run3"),
                     QStringLiteral("run2"), QStringLiteral("run1"), QStringLiteral("run0")}));
}

void TestHistory::refusesABadCursor()
{
    const TempWorkspace folder;
    for (const QString &cursor : {QStringLiteral("x"), QStringLiteral("12"), QStringLiteral("x-y")}) {
        QCOMPARE(openIn(folder)->list({.cursor = cursor}).error().code, ErrorCode::BadRequest);
    }
}

void TestHistory::namesTheSurplus()
{
    const TempWorkspace folder;
    const auto history = openIn(folder);
    for (int i = 0; i < 6; ++i) {
        HistoryEntry each = entry(QStringLiteral("run%1").arg(i), i, i == 1 ? RunStatus::Running : RunStatus::Ok);
        each.undoBytes = 100;
        QVERIFY(history->record(each));
    }
    QCOMPARE(ids(*history->surplus({})), QStringList());
    QCOMPARE(ids(*history->surplus({.runs = 3})), (QStringList{QStringLiteral("run0"), QStringLiteral("run2")}));
    QCOMPARE(ids(*history->surplus({.undoBytes = 250})),
             (QStringList{QStringLiteral("run0"), QStringLiteral("run2"), QStringLiteral("run3")}));
}

void TestHistory::belongsToItsUser()
{
    const TempWorkspace parent;
    const QString folder = parent.absolute(QStringLiteral("state/patchpanel"));
    QVERIFY(History::open(folder).value()->record(entry(QStringLiteral("a"), 1)));
    struct stat info = {};
    QCOMPARE(::stat(QFile::encodeName(folder).constData(), &info), 0);
    QCOMPARE(info.st_mode & 07777, 0700U);
    QCOMPARE(::stat(QFile::encodeName(folder + QStringLiteral("/history.sqlite")).constData(), &info), 0);
    QCOMPARE(info.st_mode & 07777, 0600U);
}

void TestHistory::servesSeveralThreadsAndProcesses()
{
    const TempWorkspace folder;
    constexpr int each = 25;
    const auto record = [&folder](const QString &name) {
        const auto history = openIn(folder);
        bool ok = history != nullptr;
        for (int i = 0; ok && i < each; ++i) {
            ok = history->record(entry(name + QString::number(i), i)).ok();
        }
        return ok;
    };
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(record(QStringLiteral("child")) ? 0 : 1);
    }
    bool first = false;
    bool second = false;
    {
        const std::jthread a([&] { first = record(QStringLiteral("a")); });
        const std::jthread b([&] { second = record(QStringLiteral("b")); });
    }
    int status = -1;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(first && second);
    QCOMPARE(status, 0);
    QCOMPARE(openIn(folder)->list({.limit = 1000})->entries.size(), 3 * each);
    QCOMPARE(QSqlDatabase::connectionNames(), QStringList());
}

void TestHistory::refusesANewerVersion()
{
    const TempWorkspace folder;
    {
        QVERIFY(openIn(folder)->record(entry(QStringLiteral("a"), 1)));
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("newer"));
        database.setDatabaseName(folder.absolute(QStringLiteral("history.sqlite")));
        QVERIFY(database.open());
        QVERIFY(QSqlQuery(database).exec(QStringLiteral("PRAGMA user_version = 999")));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("newer"));
    const Result<std::unique_ptr<History>> history = History::open(folder.path());
    QVERIFY(!history.ok());
    QVERIFY(history.error().message.contains(QStringLiteral("newer version")));
}

void TestHistory::damageIsSetAside_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("keepsTail");

    QTest::newRow("garbage") << QByteArray("this is no database at all, just some text that stands in its place\n")
                             << false;
    QTest::newRow("zeros") << QByteArray(8192, '\0') << false;
    QTest::newRow("broken pages") << QByteArray("SQLite format 3") << true;
}

void TestHistory::damageIsSetAside()
{
    QFETCH(QByteArray, head);
    QFETCH(bool, keepsTail);
    const TempWorkspace folder;
    const TempWorkspace workspace;
    HistoryEntry known = entry(QStringLiteral("abc"), 1'700'000'000'000);
    known.workspace = workspace.path();
    QVERIFY(openIn(folder)->record(known));
    QVERIFY(workspace.write(QStringLiteral(".patchpanel/history/abc/report.json"),
                            "{\"runId\":\"abc\",\"status\":\"ok\",\"startedAt\":\"2023-11-14T22:13:20.000Z\"}"));
    QVERIFY(workspace.write(QStringLiteral(".patchpanel/history/bad/report.json"), "{"));
    QVERIFY(workspace.write(QStringLiteral(".patchpanel/history/forged/report.json"),
                            "{\"runId\":\"../../victim\",\"status\":\"ok\",\"workspace\":\"/elsewhere\"}"));
    QByteArray damaged = head;
    if (keepsTail) { // the header is whole, the tables are not
        damaged = folder.read(QStringLiteral("history.sqlite"));
        damaged.replace(100, 2000, QByteArray(2000, 'x'));
    }
    QFile::remove(folder.absolute(QStringLiteral("history.sqlite-wal")));
    QVERIFY(folder.write(QStringLiteral("history.sqlite"), damaged));

    const auto history = openIn(folder);
    QVERIFY(history);
    const QList<QString> notices = history->takeNotices();
    QCOMPARE(notices.size(), 1);
    QVERIFY(notices.first().contains(QStringLiteral("1 reports")));
    QVERIFY(history->takeNotices().isEmpty());
    QCOMPARE(QDir(folder.path()).entryList({QStringLiteral("history.sqlite.damaged-*")}).size(), 1);
    QCOMPARE(ids(history->list({})->entries), QStringList{QStringLiteral("abc")});
    QCOMPARE(history->list({})->entries.first().startedMs, 1'700'000'000'000);
    QCOMPARE(history->list({})->entries.first().workspace, workspace.path());
    QVERIFY(history->record(entry(QStringLiteral("next"), 5)));
}

void TestHistory::folderThatCannotBeMade()
{
    const TempWorkspace folder;
    QVERIFY(folder.write(QStringLiteral("file"), "in the way"));
    const Result<std::unique_ptr<History>> history = History::open(folder.absolute(QStringLiteral("file/state")));
    QVERIFY(!history.ok());
    QCOMPARE(history.error().code, ErrorCode::Io);
    QVERIFY(QDir(folder.path()).mkpath(folder.absolute(QStringLiteral("d/history.sqlite"))));
    QCOMPARE(History::open(folder.absolute(QStringLiteral("d"))).error().code, ErrorCode::Io);
}

void TestHistory::readsAReport()
{
    const QJsonObject report = *parseJsonObject(R"({"runId":"r1","status":"failed","workspace":"/w","runner":"runner-1",
        "startedAt":"2023-11-14T22:13:20.000Z","durationMs":7,"message":"Test failed.","report":"/w/report.md",
        "task":{"id":"rollback-r0","title":"T","file":"f.json","sha256":"ab","dialect":"rollback"},
        "changes":[{"kind":"create"},{"kind":"modify"},{"kind":"chmod"},{"kind":"delete"},{"kind":"move"}],
        "gates":[{"state":"passed"},{"state":"failed"},{"state":"warned"},{"state":"notReached"}],
        "commit":{"id":"c0ffee"}})");
    const HistoryEntry read = HistoryEntry::fromReport(report);
    QCOMPARE(read.status == RunStatus::Failed, true);
    QCOMPARE(read.startedMs, 1'700'000'000'000);
    QCOMPARE(read.rolledBackRun, QStringLiteral("r0"));
    QCOMPARE(read.changes(), 5);
    QCOMPARE(read.modified, 2);
    QCOMPARE(read.gatesPassed, 1);
    QCOMPARE(read.gatesFailed, 2);
    QCOMPARE(read.commit, QStringLiteral("c0ffee"));
}

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
