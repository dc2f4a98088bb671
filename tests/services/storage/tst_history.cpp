#include "services/common/json.h"
#include "services/storage/history.h"
#include "tests/support/tempworkspace.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

#include <algorithm>
#include <array>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

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
    void runsThatDidNothingPushNoneOut();
    void hasAnIdentity();
    void belongsToItsUser();
    void servesSeveralThreadsAndProcesses();
    void refusesANewerVersion();
    void damageIsSetAside_data();
    void damageIsSetAside();
    void damageIsSetAsideOnce();
    void damageFoundWhileRunning();
    void removedWhileRunning();
    void keepsReports();
    void recordsSoon();
    void recordsSoonWithoutBeingAsked();
    void keepsTheOrder();
    void rebuildKeepsToItsWorkspaces();
    void migratesAnEarlierVersion();
    void fileThatCannotBeWritten();
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

unsigned modeOf(const QString &path)
{
    struct stat info = {};
    return ::stat(QFile::encodeName(path).constData(), &info) == 0 ? info.st_mode & 07777U : 0U;
}

// What becomes of the file.
using Damage = QByteArray (*)(const QByteArray &);

const QString databaseName = QStringLiteral("history.sqlite");
const QByteArray garbage = "this is no database at all, just some text that stands in its place\n";

// A run of the workspace that the history knows, and its report.
void addReportedRun(History &history, const TempWorkspace &workspace, const QString &runId)
{
    HistoryEntry known = entry(runId, 1'700'000'000'000);
    known.workspace = workspace.path();
    QVERIFY(history.record(known));
    QVERIFY(workspace.write(QStringLiteral(".patchpanel/history/%1/report.json").arg(runId),
                            "{\"runId\":\"" + runId.toUtf8()
                                + "\",\"status\":\"ok\",\"startedAt\":\"2023-11-14T22:13:20.000Z\"}"));
}

void damage(const TempWorkspace &folder, const QByteArray &contents = garbage)
{
    QFile::remove(folder.absolute(databaseName + QStringLiteral("-wal")));
    QVERIFY(folder.write(databaseName, contents));
}

qsizetype damagedFiles(const TempWorkspace &folder)
{
    return QDir(folder.path()).entryList({QStringLiteral("history.sqlite.damaged-*")}).size();
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

Q_DECLARE_METATYPE(Damage)

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
    QVERIFY(history->remove({QStringLiteral("abc")}));
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

void TestHistory::runsThatDidNothingPushNoneOut()
{
    const TempWorkspace folder;
    const auto history = openIn(folder);
    for (int i = 0; i < 3; ++i) {
        QVERIFY(history->record(entry(QStringLiteral("run%1").arg(i), i)));
        QVERIFY(history->record(entry(QStringLiteral("noop%1").arg(i), 10 + i, RunStatus::Noop)));
        QVERIFY(history->record(entry(QStringLiteral("skipped%1").arg(i), 20 + i, RunStatus::Skipped)));
    }
    QCOMPARE(ids(*history->surplus({.runs = 3})),
             (QStringList{QStringLiteral("noop0"), QStringLiteral("noop1"), QStringLiteral("noop2")}));
    QCOMPARE(ids(*history->surplus({.runs = 2})).first(), QStringLiteral("run0"));
}

void TestHistory::hasAnIdentity()
{
    const TempWorkspace folder;
    const TempWorkspace other;
    const QString identity = openIn(folder)->identity();
    QCOMPARE(identity.size(), 32);
    QCOMPARE(openIn(folder)->identity(), identity);
    QVERIFY(openIn(other)->identity() != identity);
    // Made anew while the old one is set aside.
    const QString file = folder.absolute(QStringLiteral("history.sqlite"));
    QVERIFY(QFile::rename(file, file + QStringLiteral(".old")));
    QVERIFY(openIn(folder)->identity() != identity);
}

void TestHistory::belongsToItsUser()
{
    const TempWorkspace parent;
    const QString folder = parent.absolute(QStringLiteral("state/patchpanel"));
    QVERIFY(History::open(folder).value()->record(entry(QStringLiteral("a"), 1)));
    QCOMPARE(modeOf(folder), 0700U);
    for (const char *file : {"history.sqlite", "history.lock", "workspaces"}) {
        QCOMPARE(modeOf(folder + u'/' + QLatin1String(file)), 0600U);
    }
    QCOMPARE(::chmod(QFile::encodeName(folder).constData(), 0750), 0);
    QVERIFY(History::open(folder).ok());
    QCOMPARE(modeOf(folder), 0750U); // a folder that exists is the user's business
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
    QTest::addColumn<Damage>("damaged");

    QTest::newRow("garbage") << Damage([](const QByteArray &) { return garbage; });
    QTest::newRow("zeros") << Damage([](const QByteArray &) { return QByteArray(8192, '\0'); });
    QTest::newRow("truncated") << Damage([](const QByteArray &file) { return file.first(5000); });
    QTest::newRow("truncated to nothing") << Damage([](const QByteArray &) { return QByteArray(); });
    QTest::newRow("broken pages") << Damage([](const QByteArray &file) { // the header is whole, the tables are not
        return QByteArray(file).replace(100, 2000, QByteArray(2000, 'x'));
    });
}

void TestHistory::damageIsSetAside()
{
    QFETCH(Damage, damaged);
    const TempWorkspace folder;
    const TempWorkspace workspace;
    addReportedRun(*openIn(folder), workspace, QStringLiteral("abc"));
    QVERIFY(workspace.write(QStringLiteral(".patchpanel/history/abc/undo/slot/0"), QByteArray(100, 'u')));
    QVERIFY(workspace.write(QStringLiteral(".patchpanel/history/bad/report.json"), "{"));
    QVERIFY(workspace.write(QStringLiteral(".patchpanel/history/forged/report.json"),
                            "{\"runId\":\"../../victim\",\"status\":\"ok\",\"workspace\":\"/elsewhere\"}"));
    damage(folder, damaged(folder.read(databaseName)));

    const auto history = openIn(folder);
    QVERIFY(history);
    const QList<QString> notices = history->takeNotices();
    QCOMPARE(notices.size(), 1);
    QVERIFY(notices.first().contains(QStringLiteral("1 reports")));
    QVERIFY(history->takeNotices().isEmpty());
    QCOMPARE(damagedFiles(folder), 1);
    QCOMPARE(ids(history->list({})->entries), QStringList{QStringLiteral("abc")});
    QCOMPARE(history->list({})->entries.first().startedMs, 1'700'000'000'000);
    QCOMPARE(history->list({})->entries.first().workspace, workspace.path());
    QCOMPARE(history->list({})->entries.first().undoBytes, 100);
    QVERIFY(history->record(entry(QStringLiteral("next"), 5)));
}

void TestHistory::damageIsSetAsideOnce()
{
    const TempWorkspace folder;
    const TempWorkspace workspace;
    addReportedRun(*openIn(folder), workspace, QStringLiteral("abc"));
    damage(folder);
    const auto record = [&folder](const QString &name) {
        const auto history = openIn(folder);
        return history && history->record(entry(name, 1)).ok();
    };
    constexpr int each = 4;
    std::array<pid_t, each> children = {};
    for (int i = 0; i < each; ++i) {
        children[static_cast<std::size_t>(i)] = ::fork();
        if (children[static_cast<std::size_t>(i)] == 0) {
            ::_exit(record(QStringLiteral("process%1").arg(i)) ? 0 : 1);
        }
    }
    std::array<bool, each> recorded = {};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < each; ++i) {
            threads.emplace_back(
                [&, i] { recorded[static_cast<std::size_t>(i)] = record(QStringLiteral("thread%1").arg(i)); });
        }
    }
    for (const pid_t child : children) {
        int status = -1;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(status, 0);
    }
    QVERIFY(std::all_of(recorded.begin(), recorded.end(), [](bool ok) { return ok; }));
    QCOMPARE(damagedFiles(folder), 1);
    QCOMPARE(openIn(folder)->list({})->entries.size(), 2 * each + 1);
}

void TestHistory::damageFoundWhileRunning()
{
    const TempWorkspace folder;
    const TempWorkspace workspace;
    addReportedRun(*openIn(folder), workspace, QStringLiteral("abc"));
    const auto history = openIn(folder);
    damage(folder);
    QVERIFY(history->record(entry(QStringLiteral("next"), 1)));
    QCOMPARE(ids(history->list({})->entries), (QStringList{QStringLiteral("abc"), QStringLiteral("next")}));
    QCOMPARE(history->takeNotices().size(), 1);
    QCOMPARE(damagedFiles(folder), 1);
    damage(folder); // now with pages that only the connection knows
    QVERIFY((*history->find(QStringLiteral("abc"))).has_value());
    QVERIFY((*openIn(folder)->find(QStringLiteral("abc"))).has_value());
}

void TestHistory::removedWhileRunning()
{
    const TempWorkspace folder;
    const auto history = openIn(folder);
    QVERIFY(history->record(entry(QStringLiteral("abc"), 1)));
    for (const char *part : {"", "-wal", "-shm"}) {
        QVERIFY(QFile::remove(folder.absolute(databaseName + QLatin1String(part))));
    }
    QVERIFY(history->record(entry(QStringLiteral("def"), 1)));
    QCOMPARE(ids(openIn(folder)->list({})->entries), QStringList{QStringLiteral("def")});
    QCOMPARE(ids(history->list({})->entries), QStringList{QStringLiteral("def")});
}

// With the run it goes.
void TestHistory::keepsReports()
{
    const TempWorkspace folder;
    const auto history = openIn(folder);
    QVERIFY(history->record(entry(QStringLiteral("abc"), 1), {.report = {.json = "{}", .markdown = "# Report"}}));
    QVERIFY(history->record(entry(QStringLiteral("def"), 1)));
    QCOMPARE(history->report(QStringLiteral("abc"))->markdown, QByteArray("# Report"));
    QCOMPARE(openIn(folder)->report(QStringLiteral("abc"))->json, QByteArray("{}"));
    QVERIFY(history->report(QStringLiteral("def"))->json.isEmpty());
    QVERIFY(history->remove({QStringLiteral("abc"), QStringLiteral("no such run")}));
    QVERIFY(history->report(QStringLiteral("abc"))->json.isEmpty());
}

// What is recorded "soon" is seen at once by the process itself, and by others when it has ended.
void TestHistory::recordsSoon()
{
    const TempWorkspace folder;
    auto history = openIn(folder);
    for (int run = 0; run < 1000; ++run) {
        const QString id = QStringLiteral("run-%1").arg(run, 4, 10, QLatin1Char('0'));
        QVERIFY(history->record(entry(id, run, RunStatus::Running), {}, Durable::Soon));
        QVERIFY(history->record(entry(id, run, RunStatus::Noop), {}, Durable::Soon));
    }
    QCOMPARE(history->list({.limit = 2000, .status = RunStatus::Noop})->entries.size(), 1000);
    QVERIFY(history->record(entry(QStringLiteral("last"), 2000), {}, Durable::Soon));
    history.reset();
    QCOMPARE(openIn(folder)->list({.limit = 1})->entries.first().runId, QStringLiteral("last"));
}

void TestHistory::recordsSoonWithoutBeingAsked()
{
    const TempWorkspace folder;
    const auto history = openIn(folder);
    const auto other = openIn(folder);
    QVERIFY(history->record(entry(QStringLiteral("abc"), 1), {}, Durable::Soon));
    QTRY_COMPARE(other->list({})->entries.size(), 1);
}

// The begin of a run may be recorded soon, its end at once.
void TestHistory::keepsTheOrder()
{
    const TempWorkspace folder;
    const auto history = openIn(folder);
    QVERIFY(history->record(entry(QStringLiteral("abc"), 1, RunStatus::Running), {}, Durable::Soon));
    QVERIFY(history->record(entry(QStringLiteral("abc"), 1, RunStatus::Failed)));
    QVERIFY((*history->find(QStringLiteral("abc")))->status == RunStatus::Failed);
}

void TestHistory::rebuildKeepsToItsWorkspaces()
{
    const TempWorkspace folder;
    const TempWorkspace allowed;
    const TempWorkspace other;
    addReportedRun(*openIn(folder), allowed, QStringLiteral("abc"));
    addReportedRun(*openIn(folder), other, QStringLiteral("def"));
    damage(folder);
    const auto history = History::open(folder.path(), [&allowed](const QString &workspace) {
                             return workspace == allowed.path();
                         }).value();
    QCOMPARE(ids(history->list({})->entries), QStringList{QStringLiteral("abc")});
    const QString notice = history->takeNotices().value(0);
    QVERIFY2(notice.contains(QStringLiteral("1 workspaces wait")), qPrintable(notice));
    const auto later = openIn(folder); // which may read all of them
    QCOMPARE(later->list({})->entries.size(), 2);
    QCOMPARE(later->takeNotices().size(), 1);
    QVERIFY(openIn(folder)->takeNotices().isEmpty());
}

void TestHistory::migratesAnEarlierVersion()
{
    const TempWorkspace folder;
    QVERIFY(openIn(folder)->record(entry(QStringLiteral("abc"), 1)));
    const auto onDatabase = [&folder](const QStringList &statements) {
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("earlier"));
            database.setDatabaseName(folder.absolute(databaseName));
            QVERIFY2(database.open(), "open");
            for (const QString &statement : statements) {
                QVERIFY2(QSqlQuery(database).exec(statement), qPrintable(statement));
            }
        }
        QSqlDatabase::removeDatabase(QStringLiteral("earlier"));
    };
    onDatabase({QStringLiteral("DROP INDEX runs_by_time"), QStringLiteral("DROP TABLE keyed_runs"),
                QStringLiteral("DROP TABLE reports"), QStringLiteral("ALTER TABLE runs DROP COLUMN machine"),
                QStringLiteral("PRAGMA user_version = 1")});
    const auto history = openIn(folder);
    QVERIFY(history);
    QCOMPARE(ids(history->list({})->entries), QStringList{QStringLiteral("abc")});
    onDatabase({QStringLiteral("DROP INDEX runs_by_time")}); // it is there again
    QVERIFY(history->takeNotices().isEmpty());
}

// As a user who may only read: root may write everywhere.
void TestHistory::fileThatCannotBeWritten()
{
    const TempWorkspace folder;
    QVERIFY(openIn(folder)->record(entry(QStringLiteral("abc"), 1)));
    const QByteArray path = QFile::encodeName(folder.path());
    QCOMPARE(::chmod(path.constData(), 0777), 0);
    QCOMPARE(::chmod((path + "/history.sqlite").constData(), 0444), 0);
    QCOMPARE(::chmod((path + "/history.lock").constData(), 0444), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr uid_t nobody = 65534;
        if (::geteuid() == 0 && ::setresuid(nobody, nobody, nobody) != 0) {
            ::_exit(2);
        }
        const auto history = openIn(folder);
        const bool reads = history && history->list({}) && history->list({})->entries.size() == 1;
        const Result<void> written =
            reads ? history->record(entry(QStringLiteral("next"), 2)) : Result<void>(Error{ErrorCode::Internal, {}});
        ::_exit(!written && written.error().code == ErrorCode::Io ? 0 : 1);
    }
    int status = -1;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QCOMPARE(status, 0);
    QCOMPARE(damagedFiles(folder), 0);
    QCOMPARE(ids(openIn(folder)->list({})->entries), QStringList{QStringLiteral("abc")});
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
