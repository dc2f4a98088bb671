#include "ui/panels/banner.h"
#include "ui/panels/taskstrip.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

class TestTaskStrip : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void runNeedsPermission();
    void runningLocksTheStrip();
    void typedPathIsPickedOnce();
    void homeIsExpanded();
    void recentTasksKeepTheTypedText();
    void bannerShowsOneReasonAndItsFixes();
    void runnersCanBeChosen();
};

void TestTaskStrip::runNeedsPermission()
{
    TaskStrip strip;
    auto *run = strip.findChild<QPushButton *>(QStringLiteral("runButton"));
    QVERIFY(run);
    QCOMPARE(run->accessibleName(), QStringLiteral("Run patch"));
    QSignalSpy requested(&strip, &TaskStrip::runRequested);
    strip.setState({.canPreview = true, .canRun = false, .running = false, .tip = QStringLiteral("No runner is up.")});
    QTest::mouseClick(run, Qt::LeftButton);
    QCOMPARE(requested.size(), 0);
    QCOMPARE(run->toolTip(), QStringLiteral("No runner is up."));
    strip.setState({.canPreview = true, .canRun = true, .running = false, .tip = {}});
    QTest::mouseClick(run, Qt::LeftButton);
    QTest::keyClick(run, Qt::Key_Space);
    QCOMPARE(requested.size(), 2);
}

void TestTaskStrip::runningLocksTheStrip()
{
    TaskStrip strip;
    strip.setState({.canPreview = false, .canRun = false, .running = true, .tip = {}});
    QVERIFY(!strip.findChild<QComboBox *>(QStringLiteral("taskFile"))->isEnabled());
    QCOMPARE(strip.findChild<QPushButton *>(QStringLiteral("runButton"))->text(), QStringLiteral("Running…"));
    strip.setState({.canPreview = true, .canRun = true, .running = false, .tip = {}});
    QVERIFY(strip.findChild<QComboBox *>(QStringLiteral("taskFile"))->isEnabled());
    QCOMPARE(strip.findChild<QPushButton *>(QStringLiteral("runButton"))->text(), QStringLiteral("Run patch"));
}

void TestTaskStrip::typedPathIsPickedOnce()
{
    TaskStrip strip;
    QSignalSpy picked(&strip, &TaskStrip::taskPicked);
    auto *edit = strip.findChild<QComboBox *>(QStringLiteral("taskFile"))->lineEdit();
    edit->setText(QStringLiteral("  /tmp/fix.json "));
    QTest::keyClick(edit, Qt::Key_Return);
    QTRY_VERIFY(!picked.isEmpty());
    QCoreApplication::processEvents();
    QCOMPARE(picked.size(), 1);
    QCOMPARE(picked.first().first().toString(), QStringLiteral("/tmp/fix.json"));
    strip.setTask(QStringLiteral("/tmp/fix.json"));
    QTest::keyClick(edit, Qt::Key_Return);
    QCoreApplication::processEvents();
    QCOMPARE(picked.size(), 1);
}

void TestTaskStrip::homeIsExpanded()
{
    TaskStrip strip;
    QSignalSpy picked(&strip, &TaskStrip::taskPicked);
    auto *edit = strip.findChild<QComboBox *>(QStringLiteral("taskFile"))->lineEdit();
    edit->setText(QStringLiteral("~/fix.json"));
    QTest::keyClick(edit, Qt::Key_Return);
    QTRY_COMPARE(picked.size(), 1);
    QCOMPARE(picked.first().first().toString(), QDir::homePath() + QStringLiteral("/fix.json"));
}

void TestTaskStrip::recentTasksKeepTheTypedText()
{
    TaskStrip strip;
    QSignalSpy picked(&strip, &TaskStrip::taskPicked);
    strip.setTask(QStringLiteral("/a.json"));
    strip.setRecent({QStringLiteral("/b.json"), QStringLiteral("/a.json")});
    auto *combo = strip.findChild<QComboBox *>(QStringLiteral("taskFile"));
    QCOMPARE(combo->count(), 2);
    QCOMPARE(combo->currentText(), QStringLiteral("/a.json"));
    QCOMPARE(picked.size(), 0);
}

void TestTaskStrip::runnersCanBeChosen()
{
    TaskStrip strip;
    auto *box = strip.findChild<QComboBox *>(QStringLiteral("runner"));
    App::ServiceInfo own{.name = QStringLiteral("runner-1"), .state = App::ServiceState::Up};
    App::ServiceInfo remote{.name = QStringLiteral("build-07"),
                            .state = App::ServiceState::Up,
                            .isRemote = true,
                            .url = QUrl(QStringLiteral("https://build-07.example:5050"))};
    strip.setRunners({own}, {});
    QCOMPARE(box->currentText(), QStringLiteral("Automatic (runner-1)"));
    strip.setRunners({own, remote}, QStringLiteral("build-07"));
    QCOMPARE(box->itemText(0), QStringLiteral("Automatic"));
    QCOMPARE(box->currentText(), QStringLiteral("build-07 · build-07.example:5050 · Up"));
    QSignalSpy picked(&strip, &TaskStrip::runnerPicked);
    box->setFocus();
    QTest::keyClick(box, Qt::Key_Up);
    QCOMPARE(picked.first().first().toString(), QStringLiteral("runner-1"));
    remote.isStale = true;
    strip.setRunners({own, remote}, QStringLiteral("build-07"));
    QVERIFY(box->currentText().endsWith(QStringLiteral("last known")));
    strip.setRunners({own}, QStringLiteral("build-07"));
    QCOMPARE(box->currentText(), QStringLiteral("build-07 · gone"));
    strip.setState({.canRun = true, .remoteRunner = QStringLiteral("build-07")});
    QCOMPARE(strip.findChild<QPushButton *>(QStringLiteral("runButton"))->text(),
             QStringLiteral("Run patch on build-07"));
}

void TestTaskStrip::bannerShowsOneReasonAndItsFixes()
{
    Banner banner;
    QVERIFY(banner.isHidden());
    banner.setMessage({Shape::Triangle,
                       Tone::Warn,
                       QStringLiteral("No runner is up."),
                       {{QStringLiteral("Start runner-1"), QStringLiteral("start:runner-1")},
                        {QStringLiteral("Use another port"), QStringLiteral("port:runner-1")}}});
    QVERIFY(!banner.isHidden());
    QSignalSpy followed(&banner, &Banner::linkActivated);
    const auto labels = banner.findChildren<QLabel *>();
    const auto link = std::find_if(labels.begin(), labels.end(), [](QLabel *l) { return l->text().contains(u"<a "); });
    QVERIFY(link != labels.end());
    QVERIFY((*link)->text().contains(QStringLiteral("Start runner-1")));
    QVERIFY((*link)->text().contains(QStringLiteral("port:runner-1")));
    QCOMPARE((*link)->accessibleName(), QStringLiteral("Start runner-1, Use another port"));
    Q_EMIT(*link)->linkActivated(QStringLiteral("start:runner-1"));
    QCOMPARE(followed.first().first().toString(), QStringLiteral("start:runner-1"));
    banner.setMessage({});
    QVERIFY(banner.isHidden());
}

QTEST_MAIN(TestTaskStrip)
#include "tst_taskstrip.moc"
