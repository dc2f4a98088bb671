#include "app/commands/planreport.h"
#include "services/common/json.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

class TestPlanReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void changesWithDiffAndGates();
    void colours();
    void nothingToDo_data();
    void nothingToDo();
    void everyProblemIsListed();
};

void TestPlanReport::changesWithDiffAndGates()
{
    const auto result = parseJsonObject(R"({"planId": "abc", "changes": [
        {"path": "a", "kind": "create", "added": 2, "removed": 0, "diff": "--- a\n+++ b\n+x\n"},
        {"path": "b", "kind": "modify", "added": 1, "removed": 3, "diff": "-y\n"}],
        "gates": [{"phase": "build", "command": "make"}], "warnings": ["odd key"]})");
    QVERIFY(result);
    QCOMPARE(QString::fromUtf8(planReport(*result, false)),
             QStringLiteral("warning: odd key\n2 files  +3 −3   + 1 create  ~ 1 modify\n"
                            "--- a\n+++ b\n+x\n-y\nwould run build: make\nplan abc\n"));
}

void TestPlanReport::colours()
{
    const auto result = parseJsonObject(R"({"changes": [{"kind": "modify", "diff": "@@ -1 +1 @@\n-a\n+b\n c\n"}]})");
    QVERIFY(result);
    QVERIFY(
        planReport(*result, true).endsWith("\033[36m@@ -1 +1 @@\033[0m\n\033[31m-a\033[0m\n\033[32m+b\033[0m\n c\n"));
}

void TestPlanReport::nothingToDo_data()
{
    QTest::addColumn<QByteArray>("result");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("applied before") << QByteArray(R"({"alreadyApplied": ["a"]})")
                                    << QByteArray("already applied: nothing to do\n");
    QTest::newRow("gates only") << QByteArray(R"({"gates": [{"phase": "test", "command": "true"}]})")
                                << QByteArray("changes no file\nwould run test: true\n");
}

void TestPlanReport::nothingToDo()
{
    QFETCH(QByteArray, result);
    QTEST(planReport(*parseJsonObject(result), false), "text");
}

void TestPlanReport::everyProblemIsListed()
{
    const auto result = parseJsonObject(R"({"error": {"code": "invalid-task", "detail": "2 problems", "hint": "mend",
        "details": {"problems": [{"where": "/a", "message": "one"}, {"where": "/b", "message": "two"}]}}})");
    QVERIFY(result);
    QCOMPARE(planReport(*result, false), QByteArray("2 problems (mend)\n  /a: one\n  /b: two\n"));
}

QTEST_GUILESS_MAIN(TestPlanReport)
#include "tst_planreport.moc"
