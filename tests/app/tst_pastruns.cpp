#include "app/pastruns.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

namespace {

QList<PastRun> someRuns()
{
    return {{.id = QStringLiteral("1f3a00")}, {.id = QStringLiteral("1f9b00")}, {.id = QStringLiteral("1f")}};
}

QString refusal(const QList<PastRun> &runs, const char *name)
{
    const Result<PastRun> run = findPastRun(runs, QLatin1String(name));
    return run ? QStringLiteral("found ") + run->id : run.error().toString();
}

void addReport(const QString &workspace, const QString &id, const QDateTime &time)
{
    PastRun run{.id = id, .workspace = workspace};
    QVERIFY(QDir().mkpath(QFileInfo(run.jsonReportPath()).path()));
    QFile file(run.jsonReportPath());
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.setFileTime(time, QFileDevice::FileModificationTime));
}

} // namespace

class TestPastRuns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void newestFirst();
    void noFolder();
    void byName_data();
    void byName();
    void refusals();
};

void TestPastRuns::newestFirst()
{
    const QTemporaryDir folder;
    const QDateTime now = QDateTime::currentDateTime();
    addReport(folder.path(), QStringLiteral("old"), now.addSecs(-60));
    addReport(folder.path(), QStringLiteral("new"), now);
    addReport(folder.path(), QStringLiteral("oldest"), now.addSecs(-90));
    QVERIFY(QDir().mkpath(folder.filePath(QStringLiteral(".patchpanel/history/without-report"))));
    QStringList ids;
    for (const PastRun &run : pastRunsIn(folder.path())) {
        ids << run.id;
    }
    QCOMPARE(ids, (QStringList{QStringLiteral("new"), QStringLiteral("old"), QStringLiteral("oldest")}));
}

void TestPastRuns::noFolder()
{
    QVERIFY(pastRunsIn(QStringLiteral("/nowhere/at/all")).isEmpty());
}

void TestPastRuns::byName_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("id");
    QTest::newRow("the whole id") << QStringLiteral("1f3a00") << QStringLiteral("1f3a00");
    QTest::newRow("a beginning that is unique") << QStringLiteral("1f9") << QStringLiteral("1f9b00");
    QTest::newRow("an id that others begin with") << QStringLiteral("1f") << QStringLiteral("1f");
    QTest::newRow("the newest") << QStringLiteral("last") << QStringLiteral("1f3a00");
}

void TestPastRuns::byName()
{
    QFETCH(QString, name);
    const Result<PastRun> run = findPastRun(someRuns(), name);
    QVERIFY(run.ok());
    QTEST(run->id, "id");
}

void TestPastRuns::refusals()
{
    QCOMPARE(refusal(someRuns(), "2"),
             QStringLiteral("no run is called \"2\" (the newest ones are 1f3a00, 1f9b00, 1f)"));
    const QList<PastRun> two{{.id = QStringLiteral("ab1")}, {.id = QStringLiteral("ab2")}};
    QCOMPARE(refusal(two, "ab"), QStringLiteral("2 runs begin with \"ab\" (they are ab1, ab2)"));
    QCOMPARE(refusal({}, "last"),
             QStringLiteral("no run has left a report here (name the workspace of the run with --workspace)"));
}

QTEST_GUILESS_MAIN(TestPastRuns)
#include "tst_pastruns.moc"
