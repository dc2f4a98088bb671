#include "services/common/clock.h"
#include "tests/support/sampleoutcome.h"
#include "ui/panels/servicerow.h"
#include "ui/panels/servicespanel.h"
#include "ui/panels/steprow.h"
#include "ui/panels/stepspanel.h"

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
    void serviceStates_data();
    void serviceStates();
    void serviceButtonStartsOrStops();
    void startAllNeedsAStoppedService();
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

void TestStepsPanel::serviceStates_data()
{
    QTest::addColumn<App::ServiceInfo>("service");
    QTest::addColumn<QString>("text");
    App::ServiceInfo service{.name = QStringLiteral("runner-1")};
    QTest::newRow("stopped") << service << QStringLiteral("Stopped");
    service.state = App::ServiceState::Starting;
    QTest::newRow("starting") << service << QStringLiteral("Starting…");
    service.state = App::ServiceState::Failed;
    service.reason = QStringLiteral("port 5050 is in use");
    QTest::newRow("failed") << service << QStringLiteral("Failed: port 5050 is in use");
    service.state = App::ServiceState::Up;
    service.latencyMs = 3;
    service.upSinceMs = wallClockMs() - 8'060'000;
    QTest::newRow("up") << service << QStringLiteral("Up 2 h 14 min · 3 ms");
    service.activeRuns = 1;
    QTest::newRow("busy") << service << QStringLiteral("Busy 2 h 14 min · 3 ms");
}

void TestStepsPanel::serviceStates()
{
    QFETCH(App::ServiceInfo, service);
    QFETCH(QString, text);
    QCOMPARE(ServiceRow(service).stateText(), text);
}

void TestStepsPanel::serviceButtonStartsOrStops()
{
    App::ServiceInfo service{.name = QStringLiteral("registry")};
    ServicesPanel panel;
    panel.setServices({service});
    QSignalSpy started(&panel, &ServicesPanel::startRequested);
    QSignalSpy stopped(&panel, &ServicesPanel::stopRequested);
    button(panel, QStringLiteral("Start"))->click();
    QCOMPARE(started.size(), 1);
    service.state = App::ServiceState::Up;
    panel.updateService(service);
    QPushButton *stop = button(panel, QStringLiteral("Stop"));
    QCOMPARE(stop->accessibleName(), QStringLiteral("Stop registry"));
    stop->click();
    QCOMPARE(stopped.first().first().toString(), QStringLiteral("registry"));
}

void TestStepsPanel::startAllNeedsAStoppedService()
{
    App::ServiceInfo service{.name = QStringLiteral("registry"), .state = App::ServiceState::Up};
    ServicesPanel panel;
    panel.setServices({service});
    QVERIFY(!button(panel, QStringLiteral("Start all"))->isEnabled());
    QVERIFY(button(panel, QStringLiteral("Stop all"))->isEnabled());
    service.state = App::ServiceState::Failed;
    panel.updateService(service);
    QVERIFY(button(panel, QStringLiteral("Start all"))->isEnabled());
    QVERIFY(!button(panel, QStringLiteral("Stop all"))->isEnabled());
}

QTEST_MAIN(TestStepsPanel)
#include "tst_stepspanel.moc"
