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
    void aTableInsteadOfTheDiff();
    void nothingHiddenOnATerminal();
};

void TestPlanReport::changesWithDiffAndGates()
{
    const auto result = parseJsonObject(R"({"planId": "abc", "changes": [
        {"path": "a", "kind": "create", "added": 2, "removed": 0, "diff": "--- a\n+++ b\n+x\n"},
        {"path": "b", "kind": "modify", "added": 1, "removed": 3, "diff": "-y\n"}],
        "gates": [{"phase": "build", "command": "make"}], "warnings": ["odd key"]})");
    QVERIFY(result);
    QCOMPARE(QString::fromUtf8(planReport(*result, {})),
             QStringLiteral("warning: odd key\n2 files  +3 −3   + 1 create  ~ 1 modify\n"
                            "--- a\n+++ b\n+x\n-y\nwould run build: make\nplan abc\n"));
}

void TestPlanReport::colours()
{
    const auto result = parseJsonObject(R"({"changes": [{"kind": "modify", "diff": "@@ -1 +1 @@\n-a\n+b\n c\n"}]})");
    QVERIFY(result);
    QVERIFY(planReport(*result, {.ansi = Ansi::Colored})
                .endsWith("\033[36m@@ -1 +1 @@\033[0m\n\033[31m-a\033[0m\n\033[32m+b\033[0m\n c\n"));
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
    QTEST(planReport(*parseJsonObject(result), {}), "text");
}

void TestPlanReport::aTableInsteadOfTheDiff()
{
    const auto result = parseJsonObject(R"({"changes": [
        {"path": "a", "kind": "create", "added": 2, "removed": 0, "diff": "+x\n"}]})");
    QVERIFY(result);
    QCOMPARE(planReport(*result, {.body = PlanReportStyle::Body::Stat}),
             QByteArray("1 file  +2 −0   + 1 create\n+ a +2 −0 ++\n"));
}

void TestPlanReport::nothingHiddenOnATerminal()
{
    const auto result = parseJsonObject(R"({"changes": [{"kind": "modify", "diff": "+a\u001b[8m\rb\u202e\tc\n"}],
        "gates": [{"phase": "pre", "command": "true\u001b[1A\nfalse"}]})");
    QVERIFY(result);
    const QByteArray shown = planReport(*result, {.toTerminal = true});
    QVERIFY(shown.contains(QStringLiteral("+a\u241b[8m\u240db\u2426\tc\n").toUtf8()));
    QVERIFY(shown.contains(QStringLiteral("would run pre: true\u241b[1A\n    false\n").toUtf8()));
    // A diff that goes to a file must apply: it keeps its bytes.
    QVERIFY(planReport(*result, {}).contains("+a\033[8m\rb"));
}

QTEST_GUILESS_MAIN(TestPlanReport)
#include "tst_planreport.moc"
