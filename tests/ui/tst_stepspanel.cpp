#include "tests/support/sampleoutcome.h"
#include "ui/panels/steprow.h"
#include "ui/panels/stepspanel.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

StepRow *row(const QWidget &panel, Phase phase)
{
    for (StepRow *step : panel.findChildren<StepRow *>()) {
        if (step->step().phase == phase) {
            return step;
        }
    }
    return nullptr;
}

QPushButton *button(const QWidget &panel, const QString &text)
{
    for (QPushButton *candidate : panel.findChildren<QPushButton *>()) {
        if (candidate->text() == text) {
            return candidate;
        }
    }
    return nullptr;
}

const QLabel *label(const QWidget &panel, const QString &text)
{
    const QList<QLabel *> labels = panel.findChildren<QLabel *>();
    const auto found = std::find_if(labels.begin(), labels.end(),
                                    [&text](const QLabel *candidate) { return candidate->text().contains(text); });
    return found == labels.end() ? nullptr : *found;
}

bool says(const QWidget &panel, const QString &text)
{
    return label(panel, text) != nullptr;
}

} // namespace

class TestStepsPanel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void plannedStepsAreNotPassed();
    void runningStepCounts();
    void cancelIsAskedOnce();
    void endIsShown();
    void lostRunLeavesNoStepRunning();
    void pressingAStepNamesItsPhase();
    void pressingAFailedStepAsksForItsFailure();
    void aRunThatLeftChangesCanBeRolledBack();
    void aLostConnectionIsNoFailure();
    void aLineWhereThereIsNoRoomForAColumn();
    void aLostConnectionHasRoomBelowTheLine();
};

void TestStepsPanel::plannedStepsAreNotPassed()
{
    QJsonObject response = Test::samplePreview();
    response[QStringLiteral("steps")] = Test::sampleSteps({StepState::Passed, StepState::WouldRun, StepState::None,
                                                           StepState::None, StepState::None, StepState::WouldRun});
    StepsPanel panel;
    panel.showPlanned(Test::outcomeFrom(response));
    QCOMPARE(toString(row(panel, Phase::Pre)->step().state), toString(StepState::WouldRun));
    QCOMPARE(toString(row(panel, Phase::Build)->step().state), toString(StepState::None));
    QCOMPARE(row(panel, Phase::Build)->accessibleName(), QStringLiteral("Build: None"));
}

void TestStepsPanel::runningStepCounts()
{
    StepsPanel panel;
    panel.startRun();
    panel.setStep({Phase::Build, StepState::Running, 0, {}});
    QTRY_VERIFY(row(panel, Phase::Build)->step().durationMs > 0);
    panel.setStep({Phase::Build, StepState::Passed, 1234, {}});
    QCOMPARE(row(panel, Phase::Build)->step().durationMs, 1234);
}

void TestStepsPanel::cancelIsAskedOnce()
{
    StepsPanel panel;
    panel.show();
    QPushButton *cancel = button(panel, QStringLiteral("Cancel run"));
    QVERIFY(!cancel->isVisible());
    panel.startRun();
    QVERIFY(cancel->isVisible());
    QSignalSpy requested(&panel, &StepsPanel::cancelRequested);
    cancel->click();
    panel.setCancelling();
    cancel->click();
    QCOMPARE(requested.size(), 1);
}

void TestStepsPanel::endIsShown()
{
    StepsPanel panel;
    panel.show();
    panel.startRun();
    panel.finishRun(Test::outcomeFrom(Test::sampleFailure()));
    QCOMPARE(toString(row(panel, Phase::Validate)->step().state), toString(StepState::Failed));
    QCOMPARE(toString(row(panel, Phase::Commit)->step().state), toString(StepState::NotReached));
    QVERIFY(!button(panel, QStringLiteral("Cancel run"))->isVisible());
    QVERIFY(button(panel, QStringLiteral("Run again"))->isVisible());
    QSignalSpy report(&panel, &StepsPanel::reportRequested);
    button(panel, QStringLiteral("Open report"))->click();
    QVERIFY(report.first().first().toString().endsWith(QStringLiteral("report.md")));
}

void TestStepsPanel::lostRunLeavesNoStepRunning()
{
    StepsPanel panel;
    panel.startRun();
    panel.setStep({Phase::Build, StepState::Running, 0, {}});
    panel.finishRun({});
    QCOMPARE(toString(row(panel, Phase::Build)->step().state), toString(StepState::NotReached));
}

void TestStepsPanel::pressingAStepNamesItsPhase()
{
    StepsPanel panel;
    panel.resize(220, 500);
    panel.show();
    QSignalSpy activated(&panel, &StepsPanel::phaseActivated);
    QTest::mouseClick(row(panel, Phase::Test), Qt::LeftButton);
    QTest::keyClick(row(panel, Phase::Pre), Qt::Key_Space);
    QCOMPARE(activated.size(), 2);
    QCOMPARE(toString(activated.at(0).first().value<Phase>()), toString(Phase::Test));
    QCOMPARE(toString(activated.at(1).first().value<Phase>()), toString(Phase::Pre));
}

void TestStepsPanel::pressingAFailedStepAsksForItsFailure()
{
    StepsPanel panel;
    panel.resize(220, 500);
    panel.show();
    panel.setStep({Phase::Test, StepState::Failed, 1, {}});
    QSignalSpy activated(&panel, &StepsPanel::phaseActivated);
    QSignalSpy failure(&panel, &StepsPanel::failureActivated);
    QTest::mouseClick(row(panel, Phase::Test), Qt::LeftButton);
    QCOMPARE(failure.size(), 1);
    QCOMPARE(toString(failure.at(0).first().value<Phase>()), toString(Phase::Test));
    QVERIFY(activated.isEmpty());
}

void TestStepsPanel::aRunThatLeftChangesCanBeRolledBack()
{
    StepsPanel panel;
    panel.show();
    panel.startRun();
    QJsonObject response = Test::samplePreview();
    response[QStringLiteral("runId")] = QStringLiteral("r-1");
    Relay::RunOutcome outcome = Test::outcomeFrom(response);
    outcome.runId = QStringLiteral("r-1");
    outcome.status = RunStatus::Ok;
    panel.finishRun(outcome);
    QPushButton *rollBack = button(panel, QStringLiteral("Roll back…"));
    QVERIFY(rollBack->isVisible() && rollBack->isEnabled());
    QSignalSpy requested(&panel, &StepsPanel::rollbackRequested);
    rollBack->click();
    QCOMPARE(requested.first().first().toString(), QStringLiteral("r-1"));
    panel.setRollbackObstacle(QStringLiteral("No runner is up."));
    QVERIFY(!rollBack->isEnabled());
    QCOMPARE(rollBack->toolTip(), QStringLiteral("No runner is up."));
    outcome.status = RunStatus::Failed;
    panel.finishRun(outcome);
    QVERIFY(!rollBack->isVisible());
}

void TestStepsPanel::aLostConnectionIsNoFailure()
{
    StepsPanel panel;
    panel.show();
    panel.startRun();
    panel.setStep({Phase::Build, StepState::Running, 0, {}});
    panel.setConnectionProblem(QStringLiteral("127.0.0.1:5050 does not answer"));
    QVERIFY(says(panel, QStringLiteral("Connection lost at Build")));
    QVERIFY(!says(panel, QStringLiteral("Failed")));
    QVERIFY(button(panel, QStringLiteral("Cancel run"))->isVisible());
    panel.setConnectionProblem({});
    QVERIFY(says(panel, QStringLiteral("Running")));
}

void TestStepsPanel::aLineWhereThereIsNoRoomForAColumn()
{
    StepsPanel panel;
    panel.resize(210, 400);
    panel.show();
    QVERIFY(row(panel, Phase::Commit)->y() > row(panel, Phase::Pre)->y());
    const int columnHeight = panel.sizeHint().height();
    panel.setLine(true);
    panel.resize(900, panel.sizeHint().height());
    QTRY_COMPARE(row(panel, Phase::Commit)->y(), row(panel, Phase::Pre)->y());
    QVERIFY(row(panel, Phase::Commit)->x() > row(panel, Phase::Pre)->x());
    QVERIFY(panel.sizeHint().height() < columnHeight / 3);
    panel.setLine(false);
    QTRY_COMPARE(panel.sizeHint().height(), columnHeight);
}

void TestStepsPanel::aLostConnectionHasRoomBelowTheLine()
{
    StepsPanel panel;
    panel.setLine(true);
    panel.startRun();
    panel.setStep({Phase::Build, StepState::Running, 0, {}});
    panel.resize(680, panel.sizeHint().height()); // what a window of 900 pixels leaves
    panel.show();
    const int lineHeight = panel.sizeHint().height();
    panel.setConnectionProblem(QStringLiteral("127.0.0.1:5050 does not answer"));
    panel.resize(680, panel.sizeHint().height());
    const auto *told = label(panel, QStringLiteral("Connection lost at Build"));
    QVERIFY(told);
    QTRY_VERIFY(told->y() > row(panel, Phase::Build)->y() && told->width() >= told->sizeHint().width());
    for (const Phase phase : allPhases) {
        QVERIFY(row(panel, phase)->width() >= row(panel, phase)->minimumSizeHint().width());
    }
    panel.setConnectionProblem({});
    QTRY_COMPARE(panel.sizeHint().height(), lineHeight);
}

QTEST_MAIN(TestStepsPanel)
#include "tst_stepspanel.moc"
