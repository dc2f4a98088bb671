#include "ui/models/runsmodel.h"

#include <QAbstractItemModelTester>
#include <QIcon>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

QJsonObject runNamed(const char *id, const char *status = "ok")
{
    return {{QStringLiteral("runId"), QLatin1String(id)},
            {QStringLiteral("status"), QLatin1String(status)},
            {QStringLiteral("task"), QStringLiteral("tasks/a.json")},
            {QStringLiteral("workspace"), QStringLiteral("/w")},
            {QStringLiteral("submittedAt"), QStringLiteral("2026-01-02T03:04:05.678Z")},
            {QStringLiteral("durationMs"), 12'300},
            {QStringLiteral("changes"), 1204}};
}

QString shown(const RunsModel &model, int column)
{
    return model.index(0, column).data().toString();
}

} // namespace

class TestRunsModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void columns();
    void statuses_data();
    void statuses();
    void whatIsNotTold();
    void loadsPages();
};

void TestRunsModel::columns()
{
    RunsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setRuns({runNamed("r1")}, false);
    QCOMPARE(shown(model, RunsModel::TimeColumn).size(), 19);
    QCOMPARE(shown(model, RunsModel::StatusColumn), QStringLiteral("Succeeded"));
    QCOMPARE(shown(model, RunsModel::TaskColumn), QStringLiteral("tasks/a.json"));
    QCOMPARE(shown(model, RunsModel::ChangesColumn), QStringLiteral("1,204"));
    QCOMPARE(shown(model, RunsModel::DurationColumn), QStringLiteral("12.3 s"));
    QCOMPARE(model.headerData(RunsModel::StatusColumn, Qt::Horizontal, Qt::DisplayRole).toString(),
             QStringLiteral("Status"));
}

void TestRunsModel::statuses_data()
{
    QTest::addColumn<QString>("word");
    QTest::newRow("failed") << QStringLiteral("Failed");
    QTest::newRow("noop") << QStringLiteral("Already applied");
    QTest::newRow("cancelled") << QStringLiteral("Cancelled");
    QTest::newRow("appliedNotCommitted") << QStringLiteral("Not committed");
    QTest::newRow("a word of a later version") << QStringLiteral("No result");
}

// Never colour alone: a word and a shape.
void TestRunsModel::statuses()
{
    RunsModel model;
    model.setRuns({runNamed("r1", QTest::currentDataTag())}, false);
    const QModelIndex status = model.index(0, RunsModel::StatusColumn);
    QTEST(status.data().toString(), "word");
    QVERIFY(!status.data(Qt::DecorationRole).value<QIcon>().isNull());
    QVERIFY(status.data(Qt::ForegroundRole).value<QColor>().isValid());
}

void TestRunsModel::whatIsNotTold()
{
    RunsModel model;
    model.setRuns({QJsonObject{{QStringLiteral("runId"), QStringLiteral("r1")},
                               {QStringLiteral("status"), QStringLiteral("running")}}},
                  false);
    for (const int column : {RunsModel::TimeColumn, RunsModel::ChangesColumn, RunsModel::DurationColumn}) {
        QCOMPARE(shown(model, column), QString());
    }
}

void TestRunsModel::loadsPages()
{
    RunsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy wanted(&model, &RunsModel::moreWanted);
    model.setRuns({runNamed("r3"), runNamed("r2")}, true);
    const int before = static_cast<int>(wanted.size());
    if (model.canFetchMore({})) {
        model.fetchMore({});
        QCOMPARE(wanted.size(), before + 1);
    }
    QVERIFY(!model.canFetchMore({})); // the page is on its way
    model.appendRuns({runNamed("r1")}, false);
    QCOMPARE(model.rowCount(), 3);
    QVERIFY(!model.canFetchMore({}));
    QCOMPARE(model.rowOf(QStringLiteral("r1")), 2);
    QCOMPARE(model.rowOf(QStringLiteral("r9")), -1);
    model.setRuns({}, false);
    QCOMPARE(model.rowCount(), 0);
}

QTEST_MAIN(TestRunsModel)
#include "tst_runsmodel.moc"
