#include "services/runner/planoptions.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using Runner::planOptionsFrom;

class TestPlanOptions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingAskedFor();
    void everyOptionArrives();
};

void TestPlanOptions::nothingAskedFor()
{
    const PlanOptions plan = planOptionsFrom({});
    QCOMPARE(plan.fuzz, 0);
    QVERIFY(!plan.recount && !plan.skipApplied);
    QCOMPARE(plan.offset, OffsetChoice::Unique);
    QCOMPARE(plan.whitespace, Whitespace::Exact);
}

void TestPlanOptions::everyOptionArrives()
{
    QCOMPARE(planOptionsFrom({.fuzz = 2}).fuzz, 2);
    QVERIFY(planOptionsFrom({.recount = true}).recount);
    QCOMPARE(planOptionsFrom({.nearestOffset = true}).offset, OffsetChoice::Nearest);
    QCOMPARE(planOptionsFrom({.ignoreWhitespace = true}).whitespace, Whitespace::Ignored);
    QVERIFY(planOptionsFrom({.skipApplied = true}).skipApplied);
}

QTEST_GUILESS_MAIN(TestPlanOptions)
#include "tst_planoptions.moc"
