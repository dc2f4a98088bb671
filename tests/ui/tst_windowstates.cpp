#include "tests/support/serveprocess.h"
#include "tests/ui/desk.h"
#include "ui/models/runsession.h"
#include "ui/panels/planpanel.h"
#include "ui/panels/stepspanel.h"
#include "ui/style/colors.h"
#include "ui/views/diffcolumn.h"
#include "ui/views/diffview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QProgressBar>
#include <QTabWidget>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using Test::Desk;
using Test::keepScreenshot;
using Test::ServeProcess;

namespace {

constexpr int patience = 60'000; // ms

// Answers well until a file is there; then it changes another file, as a user might meanwhile, and answers badly.
class MeddlingService {
public:
    MeddlingService(QString awaited, std::function<void()> meddle)
        : m_awaited(std::move(awaited))
        , m_meddle(std::move(meddle))
    {
        if (!m_server.listen(QHostAddress::LocalHost)) {
            qFatal("no port is free");
        }
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            QTcpSocket *socket = m_server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { answer(*socket); });
            QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }

    QByteArray url() const { return "http://127.0.0.1:" + QByteArray::number(m_server.serverPort()) + "/health"; }

private:
    void answer(QTcpSocket &socket)
    {
        if (!socket.readAll().contains("\r\n\r\n")) {
            return;
        }
        QByteArray status = "200 OK";
        if (QFileInfo::exists(m_awaited)) {
            m_meddle();
            status = "503 Service Unavailable";
        }
        socket.write("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        socket.disconnectFromHost();
    }

    QTcpServer m_server;
    QString m_awaited;
    std::function<void()> m_meddle;
};

// A window whose only runner lives in another process, which can be held.
struct Elsewhere {
    explicit Elsewhere(Theme theme)
        : desk(theme, [](App::HostOptions &options) { options.runners = 0; })
    {
        QTRY_VERIFY_WITH_TIMEOUT(
            !desk.host->services().isEmpty() && desk.host->services().first().state == App::ServiceState::Up, patience);
        qputenv("PATCHPANEL_TOKEN", "test-token");
        runner = std::make_unique<ServeProcess>(home,
                                                QStringList{QStringLiteral("--registry"),
                                                            desk.host->services().first().url.toString(),
                                                            QStringLiteral("--workspace"), desk.space.path()});
        qunsetenv("PATCHPANEL_TOKEN");
        QVERIFY2(!runner->waitFor(QStringLiteral("(Runner microservice live)")).isNull(), qPrintable(runner->output()));
    }

    QTemporaryDir home;
    Desk desk;
    std::unique_ptr<ServeProcess> runner;
};

bool says(const QWidget &widget, const QString &text)
{
    const QList<QLabel *> labels = widget.findChildren<QLabel *>();
    return std::any_of(labels.begin(), labels.end(),
                       [&text](const QLabel *label) { return label->isVisible() && label->text().contains(text); });
}

} // namespace

// What is seldom seen in the window, each state brought about for real.
class TestWindowStates : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRollbackThatFailedStaysInSight_data() { themes(); }
    void aRollbackThatFailedStaysInSight();
    void redisIsAway_data() { themes(); }
    void redisIsAway();
    void aPlanThatTakesItsTime_data() { themes(); }
    void aPlanThatTakesItsTime();
    void aRunnerIsLostInTheMiddle_data() { themes(); }
    void aRunnerIsLostInTheMiddle();

private:
    static void themes();
    static QString picture(const char *state);
};

void TestWindowStates::themes()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
}

QString TestWindowStates::picture(const char *state)
{
    return QStringLiteral("%1-%2").arg(QLatin1String(state), QLatin1String(QTest::currentDataTag()));
}

void TestWindowStates::aRollbackThatFailedStaysInSight()
{
    QFETCH(Theme, theme);
    Desk desk(theme);
    const MeddlingService service(desk.space.absolute(QStringLiteral("new.txt")), [&desk] {
        desk.space.write(QStringLiteral("src/app.cpp"), "// what the user wrote meanwhile\n");
    });
    desk.space.write(QStringLiteral("tasks/meddled.json"),
                     R"({
        "schemaVersion": 1, "id": "meddled", "title": "Its service goes away",
        "mutations": [{"op": "create", "path": "new.txt", "contents": "new\n"},
                      {"op": "replace", "path": "src/app.cpp", "find": "listen", "replace": "serve"}],
        "services": [{"name": "peer", "url": ")"
                         + service.url() + R"("}], "requireServiceUptime": true})");
    QVERIFY(desk.openReady("tasks/meddled.json"));
    QVERIFY(desk.runToEnd());
    const QString failed = QStringLiteral("Roll back failed: the workspace needs your attention");
    QVERIFY(desk.says(failed));
    keepScreenshot(*desk.window, picture("rollback-failed"));
    QCOMPARE(desk.space.read(QStringLiteral("src/app.cpp")), QByteArray("// what the user wrote meanwhile\n"));

    QVERIFY(desk.openReady("tasks/fix-42.json") || true); // another task does not take it away
    QTRY_VERIFY(desk.window->windowTitle().contains(QStringLiteral("fix-42")));
    QVERIFY(desk.says(failed));
    for (Banner *banner : desk.window->findChildren<Banner *>()) {
        if (!banner->isHidden() && banner->text().contains(failed)) {
            Q_EMIT banner->linkActivated(QStringLiteral("restore"));
        }
    }
    QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("git checkout HEAD -- src/app.cpp")));
}

void TestWindowStates::redisIsAway()
{
    QFETCH(Theme, theme);
    Desk desk(theme, [](App::HostOptions &options) { options.redisUrl = QStringLiteral("redis://127.0.0.1:1"); });
    QTRY_COMPARE_WITH_TIMEOUT(desk.host->redis().kind, App::RedisState::Unreachable, patience);
    QVERIFY(says(*desk.window, QStringLiteral("Redis unreachable: runs go on, without remembered results")));
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    keepScreenshot(*desk.window, picture("redis-down"));
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("Committed")));
}

void TestWindowStates::aPlanThatTakesItsTime()
{
    QFETCH(Theme, theme);
    Elsewhere elsewhere(theme);
    Desk &desk = elsewhere.desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    auto *plan = desk.window->findChild<PlanPanel *>();
    const auto *progress = plan->findChild<QProgressBar *>();
    QTRY_VERIFY(desk.window->findChild<DiffView *>()->rows());
    QVERIFY(!progress->isVisible());
    elsewhere.runner->pause();
    desk.choose(QStringLiteral("Preview"));
    QTRY_VERIFY(progress->isVisible());
    QVERIFY(plan->diffView()->isVisible()); // what was planned before can still be read
    keepScreenshot(*desk.window, picture("loading"));
    const QImage image = plan->grab().toImage();
    const auto *column = plan->diffView()->column();
    const QPoint blank = column->mapTo(plan, column->rect().bottomRight() - QPoint(20, 20));
    const Colors &colors = theme == Theme::Dark ? darkColors() : lightColors();
    QCOMPARE(image.pixelColor(blank * image.devicePixelRatio()), colors.base); // what is dimmed is its text
    elsewhere.runner->resume();
    QTRY_VERIFY_WITH_TIMEOUT(!progress->isVisible(), patience);
}

void TestWindowStates::aRunnerIsLostInTheMiddle()
{
    QFETCH(Theme, theme);
    Elsewhere elsewhere(theme);
    Desk &desk = elsewhere.desk;
    desk.space.write(QStringLiteral("tasks/waits.json"), R"({
        "schemaVersion": 1, "id": "waits", "title": "Waits", "git": {"commit": "Waits"},
        "mutations": [{"op": "create", "path": "waited.txt", "contents": "new\n"}],
        "build": {"shell": ["echo building; until test -e .git/go; do sleep 0.05; done"]}})");
    QVERIFY(desk.openReady("tasks/waits.json"));
    QTest::mouseClick(desk.run(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(desk.window->windowTitle().endsWith(QStringLiteral("Build")), patience);
    elsewhere.runner->pause();
    const auto *steps = desk.window->findChild<StepsPanel *>();
    const QString lost = QStringLiteral("Connection lost at Build");
    QTRY_VERIFY_WITH_TIMEOUT(says(*steps, lost), patience);
    keepScreenshot(*desk.window, picture("connection-lost"));
    QVERIFY(!says(*steps, QStringLiteral("Failed")) && desk.window->findChild<RunSession *>()->isRunning());
    elsewhere.runner->resume();
    desk.space.write(QStringLiteral(".git/go"), "");
    QTRY_VERIFY_WITH_TIMEOUT(desk.says(QStringLiteral("Committed")), patience);
    QVERIFY(!says(*steps, lost));
}

QTEST_MAIN(TestWindowStates)
#include "tst_windowstates.moc"
