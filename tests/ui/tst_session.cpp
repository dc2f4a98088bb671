#include "tests/ui/desk.h"
#include "ui/models/example.h"
#include "ui/models/preferences.h"
#include "ui/models/settings.h"
#include "ui/panels/logpanel.h"
#include "ui/panels/servicespanel.h"
#include "ui/panels/stepspanel.h"
#include "ui/views/logview.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDropEvent>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QProcess>
#include <QScreen>
#include <QSplitter>
#include <QTabWidget>

#include <algorithm>
#include <utility>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using PatchPanel::Test::actionNamed;
using PatchPanel::Test::Desk;
using PatchPanel::Test::dragHandle;

namespace {

// The next start of the same user: another window over the same settings.
std::unique_ptr<MainWindow> nextWindow(const Desk &desk, WindowOptions options = {})
{
    options.workspace = desk.space.path();
    options.theme = Theme::Light;
    auto window = std::make_unique<MainWindow>(*desk.host, options);
    window->show();
    return window;
}

bool saysInWindow(const QWidget &window, const QString &text)
{
    const QList<QLabel *> labels = window.findChildren<QLabel *>();
    return std::any_of(labels.begin(), labels.end(),
                       [&text](const QLabel *label) { return label->isVisible() && label->text().contains(text); });
}

void drop(QWidget &window, QMimeData &data, const QPoint &place)
{
    QWidget *target = window.childAt(place);
    while (target && !target->acceptDrops()) { // as Qt looks for who takes it
        target = target->parentWidget();
    }
    QVERIFY(target == &window);
    QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(place), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &event);
}

} // namespace

class TestSession : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatWasLeftIsThereAgain();
    void columnsKeepTheirWidths();
    void theLastTaskIsPreviewedAndNotRun();
    void aTaskThatIsGoneIsTold();
    void aKilledSessionOpensNothingByItself();
    void aFurtherWindowKeepsOutOfIt();
    void itComesOntoAScreen();
    void recentTasksThatAreGoneAreGrey();
    void aFileIsTakenAnywhere_data();
    void aFileIsTakenAnywhere();
    void whatIsNoTaskIsRefusedWithAReason_data();
    void whatIsNoTaskIsRefusedWithAReason();
    void theExampleRuns();
    void theExampleSaysWhyItCannotBeMade();
    void diagnosticsHoldNoSecret();
};

void TestSession::whatWasLeftIsThereAgain()
{
    const Desk desk;
    actionNamed(*desk.window, QStringLiteral("Services"))->setChecked(false);
    actionNamed(*desk.window, QStringLiteral("Plain Text"))->setChecked(true);
    actionNamed(*desk.window, QStringLiteral("Zoom In"))->trigger();
    desk.window->findChild<LogView *>()->setTimes(LogTimes::Off);
    desk.window->resize(900, 650);
    desk.window->close();

    const auto window = nextWindow(desk);
    QVERIFY(!window->findChild<ServicesPanel *>()->isVisible());
    QVERIFY(window->findChild<StepsPanel *>()->isVisible());
    const auto *log = window->findChild<LogView *>();
    QVERIFY(log->isPlain());
    QCOMPARE(log->zoom(), 1);
    QVERIFY(log->times() == LogTimes::Off);
    QCOMPARE(window->size(), QSize(900, 650));
}

// Also those that were hidden, or a line in a narrow window, when the other one was moved.
void TestSession::columnsKeepTheirWidths()
{
    Desk desk;
    const auto columnsOf = [](const MainWindow &window) {
        return qobject_cast<QSplitter *>(window.findChild<ServicesPanel *>()->parentWidget());
    };
    const auto widths = [](const MainWindow &window) {
        return std::pair(window.findChild<ServicesPanel *>()->width(), window.findChild<StepsPanel *>()->width());
    };
    const auto [services, steps] = widths(*desk.window);
    dragHandle(columnsOf(*desk.window)->handle(2), -30);
    QTRY_COMPARE(widths(*desk.window), std::pair(services, steps + 30));
    desk.choose(QStringLiteral("Steps"));
    dragHandle(columnsOf(*desk.window)->handle(1), 20);
    desk.choose(QStringLiteral("Steps"));
    QTRY_COMPARE(widths(*desk.window), std::pair(services + 20, steps + 30));
    desk.window->resize(900, 600);
    QTRY_VERIFY(desk.window->findChild<StepsPanel *>()->isLine());
    dragHandle(columnsOf(*desk.window)->handle(1), 10);
    desk.window->close();
    desk.window = nextWindow(desk);
    QTRY_COMPARE(desk.window->findChild<ServicesPanel *>()->width(), services + 30);
    desk.window->resize(1280, 800);
    QTRY_COMPARE(widths(*desk.window), std::pair(services + 30, steps + 30));
}

void TestSession::theLastTaskIsPreviewedAndNotRun()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    desk.window->findChild<QTabWidget *>()->setCurrentIndex(2);
    desk.window->close();

    const auto window = nextWindow(desk);
    auto *run = window->findChild<QPushButton *>(QStringLiteral("runButton"));
    QTRY_VERIFY_WITH_TIMEOUT(run->isEnabled(), 20'000);
    QVERIFY(window->windowTitle().contains(QStringLiteral("fix-42.json")));
    QCOMPARE(window->findChild<QTabWidget *>()->currentIndex(), 2);
    QVERIFY(!desk.space.exists(QStringLiteral("src/queue.hpp")));
}

void TestSession::aTaskThatIsGoneIsTold()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    desk.window->close();
    QVERIFY(QFile::remove(desk.space.absolute(QStringLiteral("tasks/fix-42.json"))));
    const auto window = nextWindow(desk);
    QTRY_VERIFY(saysInWindow(*window, QStringLiteral("The last task is not there any more")));
    QCOMPARE(window->windowTitle(), QStringLiteral("PatchPanel"));
}

void TestSession::aKilledSessionOpensNothingByItself()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    // The window is not closed: as if the process had been killed.
    const auto window = nextWindow(desk);
    QVERIFY(saysInWindow(*window, QStringLiteral("PatchPanel did not end properly.")));
    QCOMPARE(window->windowTitle(), QStringLiteral("PatchPanel"));
    for (Banner *banner : window->findChildren<Banner *>()) {
        if (banner->text().contains(QStringLiteral("did not end properly"))) {
            Q_EMIT banner->linkActivated(QStringLiteral("task:")
                                         + desk.space.absolute(QStringLiteral("tasks/fix-42.json")));
        }
    }
    QVERIFY(window->windowTitle().contains(QStringLiteral("fix-42.json")));
    QVERIFY(!saysInWindow(*window, QStringLiteral("did not end properly")));
}

void TestSession::aFurtherWindowKeepsOutOfIt()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    {
        const auto further = nextWindow(desk, {.keepsSession = false});
        QVERIFY(!saysInWindow(*further, QStringLiteral("did not end properly")));
        further->openTask(desk.space.absolute(QStringLiteral("tasks/slow.json")));
        further->close();
    }
    QVERIFY(Settings().value(QStringLiteral("session/task")).toString().endsWith(QStringLiteral("fix-42.json")));
    QVERIFY(Settings().value(QStringLiteral("session/open")).toBool());
}

void TestSession::itComesOntoAScreen()
{
    const Desk desk;
    desk.window->move(30'000, 20'000); // a screen that is not there any more
    desk.window->close();
    const auto window = nextWindow(desk);
    const QRect screen = QGuiApplication::primaryScreen()->availableGeometry();
    QVERIFY2(screen.intersects(window->frameGeometry()), "it is on no screen");
    QVERIFY(screen.contains(window->geometry().topLeft()));
}

void TestSession::recentTasksThatAreGoneAreGrey()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/slow.json"));
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    const QString gone = desk.space.absolute(QStringLiteral("tasks/slow.json"));
    QVERIFY(QFile::remove(gone));
    desk.window->close();
    const auto window = nextWindow(desk);
    const auto isEnabled = [&window](const QString &path) { // of the entry that is there now: they are made anew
        const QAction *entry = actionNamed(*window, path);
        return entry && entry->isEnabled();
    };
    const QString there = desk.space.absolute(QStringLiteral("tasks/fix-42.json"));
    QTRY_VERIFY(isEnabled(there) && !isEnabled(gone));
    QVERIFY(actionNamed(*window, gone));
}

void TestSession::aFileIsTakenAnywhere_data()
{
    QTest::addColumn<QPoint>("place");
    QTest::newRow("on the task's name") << QPoint(400, 50);
    QTest::newRow("on the plan") << QPoint(500, 250);
    QTest::newRow("on the services") << QPoint(80, 300);
    QTest::newRow("on the log") << QPoint(500, 700);
    QTest::newRow("on the status bar") << QPoint(600, 790);
}

void TestSession::aFileIsTakenAnywhere()
{
    QFETCH(QPoint, place);
    Desk desk;
    QVERIFY(QTest::qWaitForWindowExposed(desk.window.get()));
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(desk.space.absolute(QStringLiteral("tasks/fix-42.json")))});
    drop(*desk.window, data, place);
    QVERIFY(desk.window->windowTitle().contains(QStringLiteral("fix-42.json")));
}

void TestSession::whatIsNoTaskIsRefusedWithAReason_data()
{
    QTest::addColumn<QList<QUrl>>("urls");
    QTest::addColumn<QString>("reason");
    QTest::newRow("text") << QList<QUrl>{} << QStringLiteral("Only a task file can be dropped here");
    QTest::newRow("a web page") << QList<QUrl>{QUrl(QStringLiteral("https://example.org/a.json"))}
                                << QStringLiteral("https://example.org/a.json is not a file of this computer");
    QTest::newRow("a folder") << QList<QUrl>{QUrl::fromLocalFile(QStringLiteral("/tmp"))}
                              << QStringLiteral("/tmp is a folder: drop a task file");
    QTest::newRow("two files") << QList<QUrl>{QUrl::fromLocalFile(QStringLiteral("/a")),
                                              QUrl::fromLocalFile(QStringLiteral("/b"))}
                               << QStringLiteral("files were dropped: open one task at a time");
    QTest::newRow("a file that is not there") << QList<QUrl>{QUrl::fromLocalFile(QStringLiteral("/nowhere/a.json"))}
                                              << QStringLiteral("there is no such file");
}

void TestSession::whatIsNoTaskIsRefusedWithAReason()
{
    QFETCH(QList<QUrl>, urls);
    QFETCH(QString, reason);
    Desk desk;
    QMimeData data;
    if (urls.isEmpty()) {
        data.setText(QStringLiteral("some words"));
    } else {
        data.setUrls(urls);
    }
    drop(*desk.window, data, QPoint(500, 250));
    QVERIFY(desk.says(reason));
    QCOMPARE(desk.window->windowTitle(), QStringLiteral("PatchPanel"));
}

void TestSession::theExampleRuns()
{
    const QTemporaryDir data;
    qputenv("XDG_DATA_HOME", QFile::encodeName(data.path()));
    Desk desk;
    actionNamed(*desk.window, QStringLiteral("Open Example"))->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(desk.window->windowTitle().contains(QStringLiteral("test.json")), 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(desk.run()->isEnabled(), 20'000);
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("Committed")));
    QVERIFY(QFile::exists(data.filePath(QStringLiteral("patchpanel/example/services/relay.sh"))));
    const Result<QString> again = makeExample(exampleFolder()); // what is there stays
    QVERIFY(again);
    QVERIFY(QFile::exists(data.filePath(QStringLiteral("patchpanel/example/services/relay.sh"))));
    qunsetenv("XDG_DATA_HOME");
}

void TestSession::theExampleSaysWhyItCannotBeMade()
{
    const QTemporaryDir data;
    QFile file(data.filePath(QStringLiteral("example")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const Result<QString> inTheWay = makeExample(file.fileName());
    QVERIFY(!inTheWay);
    QVERIFY(inTheWay.error().message.contains(QStringLiteral("something else in its place")));
    const Result<QString> nowhere = makeExample(file.fileName() + QStringLiteral("/below"));
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().code, ErrorCode::Io);
}

void TestSession::diagnosticsHoldNoSecret()
{
    Desk desk;
    {
        Settings settings;
        Preferences preferences;
        preferences.redisUrl = QStringLiteral("redis://me:hush@127.0.0.1:6379/2");
        preferences.write(settings);
    }
    actionNamed(*desk.window, QStringLiteral("Copy Diagnostics"))->trigger();
    const QString text = QGuiApplication::clipboard()->text();
    QVERIFY2(text.startsWith(QStringLiteral("PatchPanel " PATCHPANEL_VERSION)), qPrintable(text));
    QVERIFY(text.contains(QLatin1String(qVersion())));
    QVERIFY(text.contains(QStringLiteral("Service registry: ")));
    QVERIFY(text.contains(QStringLiteral("Setting services/redis=redis://127.0.0.1:6379/2")));
    QVERIFY(!text.contains(QStringLiteral("hush")));
    QVERIFY(!text.contains(QStringLiteral("test-token")));
}

QTEST_MAIN(TestSession)
#include "tst_session.moc"
