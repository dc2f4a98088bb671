#include "tests/ui/desk.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using PatchPanel::Test::Desk;
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::keepScreenshot;

namespace {

// Two windows: the runner of `other` is one of another process to `desk`.
class TwoDesks {
public:
    bool chooseRunner()
    {
        auto *runners = desk.window->findChild<QComboBox *>(QStringLiteral("runner"));
        if (!QTest::qWaitFor([&] { return runners->findData(QStringLiteral("runner-1")) > 0; }, 20'000)) {
            return false;
        }
        runners->setCurrentIndex(runners->findData(QStringLiteral("runner-1")));
        Q_EMIT runners->activated(runners->currentIndex());
        return true;
    }

    Desk other;
    bool isReady = QTest::qWaitFor([this] { return other.host->isReady(); }, 20'000);
    Desk desk{Theme::Light, [this](App::HostOptions &options) {
                  options.registry = other.host->services().first().url;
                  options.runners = 0;
              }};
};

} // namespace

// The window with a runner of another process.
class TestRunnerElsewhere : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRunnerOfAnotherProcess();
    void aTaskOfThisMachineRunsElsewhere();
    void aTaskThatCannotBeSentIsRefused();
};

// The runner's own workspace has neither the task nor what lies beside it.
void TestRunnerElsewhere::aTaskOfThisMachineRunsElsewhere()
{
    TwoDesks desks;
    Desk &desk = desks.desk;
    const GitWorkspace &there = desks.other.space;
    QVERIFY(desk.space.write(QStringLiteral("tasks/text"), "from here\n"));
    QVERIFY(desk.space.write(QStringLiteral("tasks/local.json"), R"({
        "schemaVersion": 1, "id": "local", "title": "Local",
        "mutations": [{"op": "create", "path": "sent.txt", "contentsFrom": "text"}]})"));
    desk.window->openTask(desk.space.absolute(QStringLiteral("tasks/local.json")));
    QVERIFY(desks.chooseRunner());
    QTRY_VERIFY_WITH_TIMEOUT(desk.run()->isEnabled(), 20'000);
    QVERIFY(desk.says(QStringLiteral("runner-1 has no workspace %1. This plan is for its own: %2")
                          .arg(desk.space.path(), there.path())));
    keepScreenshot(*desk.window, QStringLiteral("foreign-workspace-light"));
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("Applied")));
    QCOMPARE(there.read(QStringLiteral("sent.txt")), QByteArray("from here\n"));
    QVERIFY(!desk.space.exists(QStringLiteral("sent.txt")));
    desk.choose(QStringLiteral("Copy as Command Line"));
    QVERIFY2(QGuiApplication::clipboard()->text().contains(QStringLiteral("--workspace ") + there.path()),
             qPrintable(QGuiApplication::clipboard()->text()));
}

void TestRunnerElsewhere::aTaskThatCannotBeSentIsRefused()
{
    TwoDesks desks;
    Desk &desk = desks.desk;
    QVERIFY(desk.space.write(QStringLiteral("tasks/lacks.json"), R"({
        "schemaVersion": 1, "id": "lacks", "title": "Lacks",
        "mutations": [{"op": "create", "path": "sent.txt", "contentsFrom": "gone.txt"}]})"));
    desk.window->openTask(desk.space.absolute(QStringLiteral("tasks/lacks.json")));
    QVERIFY(desks.chooseRunner());
    QTRY_VERIFY_WITH_TIMEOUT(desk.says(QStringLiteral("there is no file gone.txt")), 20'000);
    QVERIFY(!desk.run()->isEnabled());
}

void TestRunnerElsewhere::aRunnerOfAnotherProcess()
{
    TwoDesks desks;
    Desk &desk = desks.desk;
    Desk &other = desks.other;
    other.host->allowWorkspace(desk.space.path());
    desk.window->openTask(desk.space.absolute(QStringLiteral("tasks/fix-42.json")));
    QVERIFY(desks.chooseRunner());
    QTRY_VERIFY_WITH_TIMEOUT(desk.run()->isEnabled(), 20'000);
    QCOMPARE(desk.run()->text(), QStringLiteral("Run patch on runner-1"));
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("Committed")));
    keepScreenshot(*desk.window, QStringLiteral("remote-light"));
    desk.choose(QStringLiteral("Copy as Command Line"));
    QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("--registry ")
                                                          + other.host->services().first().url.toString()));
    other.host->stop(QStringLiteral("runner-1"));
    QTRY_VERIFY_WITH_TIMEOUT(desk.says(QStringLiteral("runner-1 has left the registry.")), 20'000);
    QVERIFY(!desk.run()->isEnabled());
}

QTEST_MAIN(TestRunnerElsewhere)
#include "tst_runnerelsewhere.moc"
