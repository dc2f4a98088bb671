#include "services/common/step.h"

#include <QTest>

using namespace PatchPanel;

class TestStep : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void phasesKeepTheirOrder();
    void everyStateHasAName();
    void survivesTheWire();
    void whatIsNotUnderstoodIsPending();
};

void TestStep::phasesKeepTheirOrder()
{
    QStringList names;
    for (const Phase phase : allPhases) {
        names << displayName(phase);
        QVERIFY(phaseFromString(toString(phase)) == phase);
        QVERIFY(phaseOfLogTag(logTag(phase)) == phase);
    }
    QCOMPARE(names.join(QLatin1Char(' ')), QStringLiteral("Pre-checks Mutations Build Validate Test Commit"));
    QVERIFY(!phaseFromString(QStringLiteral("deploy")));
    QVERIFY(!phaseOfLogTag("LOCK"));
}

void TestStep::everyStateHasAName()
{
    for (int i = 0; i <= static_cast<int>(StepState::Skipped); ++i) {
        const auto state = static_cast<StepState>(i);
        QVERIFY(stepStateFromString(toString(state)) == state);
    }
}

void TestStep::survivesTheWire()
{
    const Step step{Phase::Build, StepState::Failed, 1234, QStringLiteral("2 commands")};
    QVERIFY(Step::fromJson(step.toJson()) == step);
}

void TestStep::whatIsNotUnderstoodIsPending()
{
    QVERIFY(Step::fromJson({{QStringLiteral("state"), QStringLiteral("exploded")}}).state == StepState::Pending);
}

QTEST_GUILESS_MAIN(TestStep)
#include "tst_step.moc"
