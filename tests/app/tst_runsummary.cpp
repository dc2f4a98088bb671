#include "app/commands/historytable.h"
#include "app/runsummary.h"
#include "services/common/json.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

namespace {

const QDateTime noon = QDateTime(QDate(2026, 11, 24), QTime(12, 0));

RunSummary someRun(const QString &id, RunStatus status = RunStatus::Ok)
{
    return {.runId = id,
            .status = status,
            .task = QStringLiteral("tasks/") + id + QStringLiteral(".json"),
            .workspace = QStringLiteral("/w"),
            .startedAt = noon,
            .durationMs = 1234,
            .changes = 2};
}

// A workspace with the reports of four runs, "d" the newest; of "c" it cannot be read.
class Workspace {
public:
    Workspace()
    {
        add(QStringLiteral("a"), "ok", noon.addDays(-2));
        add(QStringLiteral("b"), "failed", noon.addDays(-1));
        add(QStringLiteral("c"), "ok", noon, true);
        add(QStringLiteral("d"), "ok", noon.addSecs(60));
    }

    QString listed(const RunQuery &query) const
    {
        const Result<RunPage> page = listRuns(pastRunsIn(m_folder.path()), query);
        if (!page) {
            return page.error().message;
        }
        QString ids;
        for (const RunSummary &run : page->runs) {
            ids += run.runId;
        }
        return page->nextCursor.isEmpty() ? ids : ids + u'>' + page->nextCursor;
    }

private:
    void add(const QString &id, const char *status, const QDateTime &time, bool damaged = false) const
    {
        const PastRun run{.id = id, .workspace = m_folder.path()};
        QVERIFY(QDir().mkpath(QFileInfo(run.jsonReportPath()).path()));
        QFile file(run.jsonReportPath());
        QVERIFY(file.open(QIODevice::WriteOnly));
        const QJsonObject report{{QStringLiteral("runId"), id},
                                 {QStringLiteral("status"), QLatin1String(status)},
                                 {QStringLiteral("startedAt"), time.toUTC().toString(Qt::ISODateWithMs)},
                                 {QStringLiteral("task"), QJsonObject{{QStringLiteral("file"), u'T' + id}}}};
        file.write(damaged ? QByteArray("{") : compactJson(report));
        QVERIFY(file.flush());
        QVERIFY(file.setFileTime(time, QFileDevice::FileModificationTime));
    }

    QTemporaryDir m_folder;
};

} // namespace

class TestRunSummary : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsAReport();
    void lists_data();
    void lists();
    void table();
    void tableCannotControlATerminal();
};

void TestRunSummary::readsAReport()
{
    const QJsonObject report{{QStringLiteral("runId"), QStringLiteral("r1")},
                             {QStringLiteral("status"), QStringLiteral("ok")},
                             {QStringLiteral("workspace"), QStringLiteral("/w")},
                             {QStringLiteral("startedAt"), QStringLiteral("2026-11-24T12:00:00.000Z")},
                             {QStringLiteral("durationMs"), 1234},
                             {QStringLiteral("changes"), QJsonArray{QJsonObject{}, QJsonObject{}}},
                             {QStringLiteral("task"), QJsonObject{{QStringLiteral("title"), QStringLiteral("T")}}}};
    const QJsonObject expected{{QStringLiteral("runId"), QStringLiteral("r1")},
                               {QStringLiteral("status"), QStringLiteral("ok")},
                               {QStringLiteral("task"), QStringLiteral("T")},
                               {QStringLiteral("workspace"), QStringLiteral("/w")},
                               {QStringLiteral("startedAt"), QStringLiteral("2026-11-24T12:00:00.000Z")},
                               {QStringLiteral("durationMs"), 1234},
                               {QStringLiteral("changes"), 2}};
    QCOMPARE(RunSummary::fromReport(report).toJson(), expected);
}

void TestRunSummary::lists_data()
{
    QTest::addColumn<RunQuery>("query");
    QTest::addColumn<QString>("ids");
    QTest::newRow("all, without the damaged one") << RunQuery{} << QStringLiteral("dba");
    QTest::newRow("by status") << RunQuery{.status = RunStatus::Ok} << QStringLiteral("da");
    QTest::newRow("by task, in any case") << RunQuery{.task = QStringLiteral("tB")} << QStringLiteral("b");
    QTest::newRow("since") << RunQuery{.since = noon.addDays(-1)} << QStringLiteral("db");
    QTest::newRow("first page") << RunQuery{.limit = 2} << QStringLiteral("db>b");
    QTest::newRow("last page") << RunQuery{.limit = 2, .cursor = QStringLiteral("b")} << QStringLiteral("a");
    QTest::newRow("a page that is just full") << RunQuery{.limit = 3} << QStringLiteral("dba");
    QTest::newRow("no page") << RunQuery{.cursor = QStringLiteral("x")} << QStringLiteral("there is no page \"x\"");
}

void TestRunSummary::lists()
{
    QFETCH(RunQuery, query);
    QTEST(Workspace().listed(query), "ids");
}

void TestRunSummary::table()
{
    const QList<RunSummary> runs{someRun(QStringLiteral("r1")), someRun(QStringLiteral("longer"), RunStatus::Failed)};
    QCOMPARE(historyTable(runs, Ansi::Plain),
             QByteArray("WHEN                 STATUS    RUN     CHANGES   TIME  TASK\n"
                        "2026-11-24 12:00:00  ✓ ok      r1            2  1.2 s  tasks/r1.json\n"
                        "2026-11-24 12:00:00  ✗ failed  longer        2  1.2 s  tasks/longer.json\n"));
    QVERIFY(historyTable(runs, Ansi::Colored).contains("\033[31m✗ failed\033[0m"));
}

void TestRunSummary::tableCannotControlATerminal()
{
    RunSummary run = someRun(QStringLiteral("r1"));
    run.task = QStringLiteral("a\033[2Jb");
    QVERIFY(!historyTable({run}, Ansi::Plain).contains('\033'));
}

QTEST_GUILESS_MAIN(TestRunSummary)
#include "tst_runsummary.moc"
