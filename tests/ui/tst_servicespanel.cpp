#include "services/common/clock.h"
#include "ui/models/servicelook.h"
#include "ui/panels/servicemenu.h"
#include "ui/panels/servicerow.h"
#include "ui/panels/servicespanel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

QPushButton *button(const QWidget &panel, const QString &text)
{
    for (QPushButton *candidate : panel.findChildren<QPushButton *>()) {
        if (candidate->text() == text) {
            return candidate;
        }
    }
    return nullptr;
}

QAction *action(const QMenu &menu, const QString &text)
{
    for (QAction *candidate : menu.actions()) {
        if (candidate->text().remove(u'&') == text) {
            return candidate;
        }
    }
    return nullptr;
}

App::ServiceInfo runner(App::ServiceState state = App::ServiceState::Up)
{
    return {.name = QStringLiteral("runner-1"),
            .state = state,
            .url = QUrl(QStringLiteral("http://127.0.0.1:5050")),
            .upSinceMs = wallClockMs() - 8'060'000};
}

bool says(const QWidget &panel, const QString &text)
{
    const QList<QLabel *> labels = panel.findChildren<QLabel *>();
    return std::any_of(labels.begin(), labels.end(),
                       [&](const QLabel *label) { return label->isVisibleTo(&panel) && label->text().contains(text); });
}

} // namespace

class TestServicesPanel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void states_data();
    void states();
    void addresses();
    void speedIsTheMiddle();
    void startIsThereWhileItIsDown();
    void menuOfAService();
    void anothersServiceIsNotOursToStop();
    void aServiceThatLeft();
    void startAllNeedsAStoppedService();
    void redis();
};

void TestServicesPanel::states_data()
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
    service = runner();
    QTest::newRow("up") << service << QStringLiteral("Up 2 h 14 min");
    service.activeRuns = 1;
    service.runs = 41;
    QTest::newRow("busy") << service << QStringLiteral("Busy 2 h 14 min · 41 run(s)");
    service.isRemote = true;
    service.isStale = true;
    QTest::newRow("stale") << service << QStringLiteral("Last known: the registry does not answer");
}

void TestServicesPanel::states()
{
    QFETCH(App::ServiceInfo, service);
    QFETCH(QString, text);
    QCOMPARE(ServiceRow(service).stateText(), text);
}

void TestServicesPanel::addresses()
{
    App::ServiceInfo service = runner();
    QCOMPARE(addressOf(service), QStringLiteral(":5050"));
    service.isRemote = true;
    service.url = QUrl(QStringLiteral("https://build-07.example:5050"));
    QCOMPARE(addressOf(service), QStringLiteral("build-07.example:5050"));
    service.url.clear();
    QCOMPARE(addressOf(service), QString());
}

void TestServicesPanel::speedIsTheMiddle()
{
    App::ServiceInfo service = runner();
    QCOMPARE(medianLatency(service), -1);
    service.latencies = {90, 1, 3, 2, 80};
    QCOMPARE(medianLatency(service), 3);
    ServicesPanel panel;
    panel.setServices({service});
    QVERIFY(says(panel, QStringLiteral("3 ms")));
}

void TestServicesPanel::startIsThereWhileItIsDown()
{
    ServicesPanel panel;
    panel.setServices({runner(App::ServiceState::Stopped)});
    QSignalSpy started(&panel, &ServicesPanel::startRequested);
    QPushButton *start = button(panel, QStringLiteral("Start"));
    QCOMPARE(start->accessibleName(), QStringLiteral("Start runner-1"));
    start->click();
    QCOMPARE(started.first().first().toString(), QStringLiteral("runner-1"));
    panel.updateService(runner());
    QVERIFY(start->isHidden());
}

void TestServicesPanel::menuOfAService()
{
    ServicesPanel panel;
    panel.setServices({runner()});
    QMenu *menu = panel.menus().first();
    QCOMPARE(menu->title(), QStringLiteral("runner-1"));
    QSignalSpy stopped(&panel, &ServicesPanel::stopRequested);
    QSignalSpy restarted(&panel, &ServicesPanel::restartRequested);
    QSignalSpy log(&panel, &ServicesPanel::logRequested);
    QSignalSpy copied(&panel, &ServicesPanel::copied);
    QVERIFY(!action(*menu, QStringLiteral("Start"))->isEnabled());
    action(*menu, QStringLiteral("Stop"))->trigger();
    action(*menu, QStringLiteral("Restart"))->trigger();
    action(*menu, QStringLiteral("Show Its Log"))->trigger();
    QCOMPARE(stopped.size(), 1);
    QCOMPARE(restarted.size(), 1);
    QCOMPARE(log.first().first().toString(), QStringLiteral("runner-1"));
    action(*menu, QStringLiteral("Copy URL"))->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("http://127.0.0.1:5050"));
    action(*menu, QStringLiteral("Copy Status as JSON"))->trigger();
    const QJsonObject status = QJsonDocument::fromJson(QGuiApplication::clipboard()->text().toUtf8()).object();
    QCOMPARE(status[QStringLiteral("state")].toString(), QStringLiteral("up"));
    QCOMPARE(copied.size(), 2);
    panel.updateService(runner(App::ServiceState::Stopped));
    QVERIFY(action(*menu, QStringLiteral("Start"))->isEnabled());
    QVERIFY(!action(*menu, QStringLiteral("Stop"))->isEnabled());
}

void TestServicesPanel::anothersServiceIsNotOursToStop()
{
    App::ServiceInfo service = runner();
    service.isRemote = true;
    ServicesPanel panel;
    panel.setServices({service});
    QMenu *menu = panel.menus().first();
    for (const QString &name : {QStringLiteral("Start"), QStringLiteral("Stop"), QStringLiteral("Restart")}) {
        QVERIFY(!action(*menu, name)->isEnabled());
        QVERIFY(action(*menu, name)->toolTip().contains(QStringLiteral("another process")));
    }
    QVERIFY(!button(panel, QStringLiteral("Stop all"))->isEnabled());
    QCOMPARE(static_cast<int>(lookOf(service).shape), static_cast<int>(Shape::Diamond));
}

void TestServicesPanel::aServiceThatLeft()
{
    ServicesPanel panel;
    panel.setServices({runner()});
    QSignalSpy menus(&panel, &ServicesPanel::menusChanged);
    panel.removeService(QStringLiteral("nobody"));
    QCOMPARE(menus.size(), 0);
    panel.removeService(QStringLiteral("runner-1"));
    QCOMPARE(menus.size(), 1);
    QVERIFY(panel.menus().isEmpty());
    QVERIFY(!says(panel, QStringLiteral("runner-1")));
}

void TestServicesPanel::startAllNeedsAStoppedService()
{
    ServicesPanel panel;
    panel.setServices({runner()});
    QVERIFY(!button(panel, QStringLiteral("Start all"))->isEnabled());
    QVERIFY(button(panel, QStringLiteral("Stop all"))->isEnabled());
    panel.updateService(runner(App::ServiceState::Failed));
    QVERIFY(button(panel, QStringLiteral("Start all"))->isEnabled());
    QVERIFY(!button(panel, QStringLiteral("Stop all"))->isEnabled());
}

void TestServicesPanel::redis()
{
    ServicesPanel panel;
    QVERIFY(!says(panel, QStringLiteral("Redis")));
    panel.setRedis({App::RedisState::Ok});
    QVERIFY(says(panel, QStringLiteral("Redis ok")));
    panel.setRedis({App::RedisState::Unreachable, QStringLiteral("connection refused")});
    QVERIFY(says(panel, QStringLiteral("Redis unreachable: runs go on")));
}

QTEST_MAIN(TestServicesPanel)
#include "tst_servicespanel.moc"
