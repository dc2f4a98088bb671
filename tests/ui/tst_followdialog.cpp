#include "services/common/json.h"
#include "services/storage/sharedruns.h"
#include "tests/support/redisserver.h"
#include "tests/ui/desk.h"
#include "ui/desktop/followdialog.h"
#include "ui/desktop/language.h"
#include "ui/models/actionlist.h"
#include "ui/style/labels.h"
#include "ui/views/logview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QTest>

#include <csignal>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using PatchPanel::Test::actionNamed;
using PatchPanel::Test::Desk;

namespace {

const QString runId = QStringLiteral("0123456789ab");

Storage::SharedRun runElsewhere(RunStatus status)
{
    return {.runId = runId,
            .status = status,
            .task = QStringLiteral("tasks/bump.json"),
            .workspace = QStringLiteral("/srv/shop"),
            .runner = QStringLiteral("runner-1"),
            .machine = QStringLiteral("build-7")};
}

QByteArray jsonLine(const char *text)
{
    return compactJson(
               Log::Line{.timeMs = 1, .service = "runner-1", .runId = "r", .tag = "BUILD", .text = text}.toJson())
        + '\n';
}

// The window's dialog, for a run that `runs` tells of.
struct Following {
    explicit Following(Desk &desk)
    {
        desk.choose(QStringLiteral("Follow Run…"));
        dialog = desk.window->findChild<FollowDialog *>();
    }
    void follow(const QString &id) const
    {
        dialog->findChild<QLineEdit *>(QStringLiteral("followRunId"))->setText(id);
        QTest::mouseClick(button("followStart"), Qt::LeftButton);
    }
    QPushButton *button(const char *name) const { return dialog->findChild<QPushButton *>(QLatin1String(name)); }
    QString state() const { return dialog->findChild<ToneLabel *>(QStringLiteral("followState"))->text(); }
    QString text() const
    {
        const LogView &log = *dialog->findChild<LogView *>();
        QStringList lines;
        for (qsizetype line = log.firstLine(); line < log.lineCount(); ++line) {
            lines.append(log.lineText(line));
        }
        return lines.join(u'\n');
    }

    FollowDialog *dialog = nullptr;
};

} // namespace

// Runs of other machines, as their runners tell them to Redis.
class TestFollowDialog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        signal(SIGPIPE, SIG_IGN);
        setLanguage(QStringLiteral("en"));
        QVERIFY2(m_server.start(), qPrintable(m_server.errorText()));
    }
    void withoutRedisItSaysWhyNot();
    void followsARunToItsEnd_data();
    void followsARunToItsEnd();
    void aRunThatNobodyToldOf();
    void aServerThatIsAway();
    void followsARunOfThisWindow();
    void closesWhileItFollows();

private:
    std::function<void(App::HostOptions &)> withRedis() const
    {
        return [this](App::HostOptions &options) {
            options.redisUrl = m_server.url();
        };
    }
    Storage::SharedRuns runs() const { return Storage::SharedRuns(Storage::parseRedisUrl(m_server.url()).value()); }

    Test::RedisServer m_server;
};

void TestFollowDialog::withoutRedisItSaysWhyNot()
{
    Desk desk;
    const QAction *action = actionNamed(*desk.window, QStringLiteral("Follow Run…"));
    QVERIFY(!action->isEnabled());
    QVERIFY(whyNotAvailable(*action).contains(QStringLiteral("Redis is not used")));
}

void TestFollowDialog::followsARunToItsEnd_data()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
}

void TestFollowDialog::followsARunToItsEnd()
{
    QFETCH(Theme, theme);
    Desk desk(theme, withRedis());
    Storage::SharedRuns told = runs();
    QVERIFY(Storage::RedisConnection(Storage::parseRedisUrl(m_server.url()).value()).command({"FLUSHALL"}).ok());
    QVERIFY(told.publish(runElsewhere(RunStatus::Running), jsonLine("compiling") + "no line\n").ok());
    const Following f(desk);
    QVERIFY(!f.button("followStart")->isEnabled());
    f.follow(runId);
    QTRY_COMPARE(f.state(), QStringLiteral("runner-1 on build-7: tasks/bump.json in /srv/shop"));
    QTRY_COMPARE(f.text(), QStringLiteral("[BUILD] compiling"));
    QVERIFY(!f.button("followCopy")->isEnabled());
    Storage::SharedRun ended = runElsewhere(RunStatus::Failed);
    ended.result = R"({"status":"failed"})";
    QVERIFY(told.publish(ended, jsonLine("linking")).ok());
    QTRY_VERIFY(f.button("followCopy")->isEnabled());
    QTRY_COMPARE(f.text(), QStringLiteral("[BUILD] compiling\n[BUILD] linking"));
    QVERIFY2(f.state().contains(QStringLiteral("runner-1 on build-7 · /srv/shop")), qPrintable(f.state()));
    Test::keepScreenshot(*f.dialog, QStringLiteral("follow-%1").arg(QLatin1String(QTest::currentDataTag())));
    QTest::mouseClick(f.button("followCopy"), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), QString::fromUtf8(ended.result));
}

void TestFollowDialog::aRunThatNobodyToldOf()
{
    Desk desk(Theme::Light, withRedis());
    const Following f(desk);
    f.follow(QStringLiteral("fedcba987654"));
    QTRY_VERIFY2(f.state().contains(QStringLiteral("no runner has told Redis of a run fedcba987654")),
                 qPrintable(f.state()));
    QVERIFY(!f.button("followCopy")->isEnabled());
}

void TestFollowDialog::aServerThatIsAway()
{
    Desk desk(Theme::Light,
              [](App::HostOptions &options) { options.redisUrl = QStringLiteral("redis://:secret@127.0.0.1:1"); });
    const Following f(desk);
    f.follow(runId);
    QTRY_VERIFY2(f.state().contains(QStringLiteral("127.0.0.1:1")), qPrintable(f.state()));
    QVERIFY(!f.state().contains(QStringLiteral("secret")));
}

void TestFollowDialog::followsARunOfThisWindow()
{
    Desk desk(Theme::Light, withRedis());
    QVERIFY(desk.openReady("tasks/fix-42.json"));
    QVERIFY(desk.runToEnd());
    QString id;
    for (qsizetype i = 0; i < desk.log.size(); ++i) {
        if (const Log::Line line = desk.log.at(i); line.tag == "GIT") {
            id = QString::fromUtf8(line.runId); // that of the run, not of its preview
        }
    }
    const Following f(desk);
    f.follow(id);
    QTRY_VERIFY(f.button("followCopy")->isEnabled());
    QTRY_VERIFY(f.text().contains(QStringLiteral("Committed")));
}

void TestFollowDialog::closesWhileItFollows()
{
    Desk desk(Theme::Light, withRedis());
    QVERIFY(runs().publish(runElsewhere(RunStatus::Running), jsonLine("compiling")).ok());
    const Following f(desk);
    f.follow(runId);
    QTRY_VERIFY(f.text().contains(QStringLiteral("compiling")));
    f.dialog->close();
    QTRY_VERIFY(!desk.window->findChild<FollowDialog *>());
}

QTEST_MAIN(TestFollowDialog)
#include "tst_followdialog.moc"
