#include "tests/ui/desk.h"
#include "ui/desktop/fanoutdialog.h"
#include "ui/desktop/language.h"
#include "ui/models/fanoutmodel.h"
#include "ui/models/runsmodel.h"
#include "ui/panels/historypanel.h"
#include "ui/style/labels.h"

#include <QLineEdit>
#include <QProgressBar>
#include <QSpinBox>
#include <QTableView>
#include <QTabWidget>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using PatchPanel::Test::Desk;
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::keepScreenshot;

namespace {

const QByteArray countTask = R"json({
    "schemaVersion": 1, "id": "count", "title": "Count on",
    "mutations": [{"op": "replace", "path": "config.txt", "pattern": "count=(.*)", "replace": "count=$1+"}],
    "build": {"shell": ["case $(basename $PWD) in *-bad) echo no; exit 3 ;; *-slow) [ -e go ] || sleep 60 ;; esac"]},
    "git": {"commit": "Count on"}
})json";

// A desk with a folder of checkouts, and the dialog over it.
class FanOutDesk : public Desk {
public:
    explicit FanOutDesk(const QStringList &names, Theme theme = Theme::Light)
        : Desk(theme, [](App::HostOptions &options) { options.slots = 2; })
    {
        space.write(QStringLiteral("tasks/count.json"), countTask);
        repos.write(QStringLiteral("notes.txt"), "no workspace");
        for (const QString &name : names) {
            repos.write(name + QStringLiteral("/config.txt"), "first\ncount=\nlast\n");
            git(name, {QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("main")});
            git(name, {QStringLiteral("config"), QStringLiteral("user.name"), QStringLiteral("Test Person")});
            git(name, {QStringLiteral("config"), QStringLiteral("user.email"), QStringLiteral("person@example.org")});
            git(name, {QStringLiteral("add"), QStringLiteral("-A")});
            git(name, {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("-m"), QStringLiteral("start")});
        }
    }

    bool open()
    {
        window->openTask(space.absolute(QStringLiteral("tasks/count.json")));
        const bool ready = QTest::qWaitFor(
            [this] {
                return host->isReady() && window->findChild<QAction *>(QStringLiteral("runInWorkspaces"))->isEnabled();
            },
            20'000);
        choose(QStringLiteral("Run in Workspaces…"));
        return ready;
    }
    bool find(const QString &patterns, int count) const
    {
        folders()->setText(patterns);
        return QTest::qWaitFor([this, count] { return model()->rowCount() == count; }, 10'000);
    }
    bool findAll(int count) const { return find(repos.absolute(QStringLiteral("*")), count); }
    bool hasEnded() const
    {
        return QTest::qWaitFor([this] { return !cancel()->isEnabled() && folders()->isEnabled(); }, 60'000);
    }

    QByteArray git(const QString &repo, const QStringList &arguments)
    {
        return space.git(QStringList{QStringLiteral("-C"), repos.absolute(repo)} + arguments);
    }
    int commits(const QString &repo)
    {
        return git(repo, {QStringLiteral("rev-list"), QStringLiteral("--count"), QStringLiteral("HEAD")}).toInt() - 1;
    }

    FanOutDialog *dialog() const { return window->findChild<FanOutDialog *>(); }
    FanOutModel *model() const { return dialog()->findChild<FanOutModel *>(); }
    QTableView *list() const { return dialog()->findChild<QTableView *>(); }
    QLineEdit *folders() const { return dialog()->findChild<QLineEdit *>(QStringLiteral("fanOutFolders")); }
    QPushButton *runAll() const { return dialog()->findChild<QPushButton *>(QStringLiteral("fanOutRun")); }
    QPushButton *cancel() const { return dialog()->findChild<QPushButton *>(QStringLiteral("fanOutCancel")); }
    QString state() const { return dialog()->findChild<ToneLabel *>(QStringLiteral("fanOutState"))->text(); }
    Banner *banner() const { return dialog()->findChild<Banner *>(); }
    QString cell(int row, int column) const { return model()->index(row, column).data().toString(); }
    bool check(int row, Qt::CheckState checked) const
    {
        return model()->setData(model()->index(row, FanOutModel::WorkspaceColumn), checked, Qt::CheckStateRole);
    }

    Test::TempWorkspace repos;
};

} // namespace

class TestFanOutDialog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { setLanguage(QStringLiteral("en")); }
    void needsATask();
    void findsFolders();
    void tellsWhatMatchesNothing();
    void runsWhereItIsChecked_data();
    void runsWhereItIsChecked();
    void showsARunInTheHistory();
    void goesOnAfterACancel();
    void goesOnWhileItIsClosed();
    void theWindowAsksBeforeItCloses();
};

void TestFanOutDialog::needsATask()
{
    FanOutDesk desk({QStringLiteral("r1")});
    const auto *action = desk.window->findChild<QAction *>(QStringLiteral("runInWorkspaces"));
    QVERIFY(!action->isEnabled());
    QVERIFY(desk.open());
    QVERIFY(action->isEnabled());
    QVERIFY(!desk.runAll()->isEnabled());
}

void TestFanOutDialog::findsFolders()
{
    FanOutDesk desk({QStringLiteral("r1"), QStringLiteral("r2"), QStringLiteral("r10")});
    QVERIFY(desk.open());
    QVERIFY(desk.findAll(3));
    QCOMPARE(desk.cell(0, FanOutModel::WorkspaceColumn), QStringLiteral("r1"));
    QCOMPARE(desk.cell(2, FanOutModel::WorkspaceColumn), QStringLiteral("r10"));
    QCOMPARE(desk.runAll()->text(), QStringLiteral("Run in 3 workspaces"));
    QVERIFY(desk.check(1, Qt::Unchecked));
    QCOMPARE(desk.runAll()->text(), QStringLiteral("Run in 2 workspaces"));
    QVERIFY(desk.find(desk.repos.absolute(QStringLiteral("r2")) + QStringLiteral(" ; ")
                          + desk.repos.absolute(QStringLiteral("r1")),
                      2));
    QCOMPARE(desk.runAll()->text(), QStringLiteral("Run in 1 workspace")); // r2 was unchecked before
}

void TestFanOutDialog::tellsWhatMatchesNothing()
{
    FanOutDesk desk({QStringLiteral("r1")});
    QVERIFY(desk.open());
    QVERIFY(desk.findAll(1));
    QVERIFY(desk.find(desk.repos.absolute(QStringLiteral("none*")), 0));
    QVERIFY(!desk.runAll()->isEnabled());
    const QList<ToneLabel *> labels = desk.dialog()->findChildren<ToneLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const ToneLabel *label) {
        return label->tone() == Tone::Error && label->text().contains(QStringLiteral("matches no folder"));
    }));
}

void TestFanOutDialog::runsWhereItIsChecked_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestFanOutDialog::runsWhereItIsChecked()
{
    QFETCH(bool, isDark);
    const QString theme = isDark ? QStringLiteral("dark") : QStringLiteral("light");
    FanOutDesk desk({QStringLiteral("r1"), QStringLiteral("r2"), QStringLiteral("r3-bad"), QStringLiteral("r4")},
                    isDark ? Theme::Dark : Theme::Light);
    QVERIFY(desk.open());
    QVERIFY(desk.findAll(4));
    QVERIFY(desk.check(1, Qt::Unchecked));
    keepScreenshot(*desk.dialog(), QStringLiteral("fanout-chosen-") + theme);
    QTest::mouseClick(desk.runAll(), Qt::LeftButton);
    QVERIFY(!desk.folders()->isEnabled());
    QVERIFY(!desk.check(0, Qt::Unchecked));
    QVERIFY(desk.hasEnded());

    QCOMPARE(desk.model()->rowCount(), 3);
    QCOMPARE(desk.cell(0, FanOutModel::StatusColumn), QStringLiteral("Succeeded"));
    QCOMPARE(desk.cell(0, FanOutModel::ChangesColumn), QStringLiteral("1"));
    QVERIFY(desk.git(QStringLiteral("r1"), {QStringLiteral("rev-parse"), QStringLiteral("HEAD")})
                .startsWith(desk.cell(0, FanOutModel::CommitColumn).toLatin1()));
    QCOMPARE(desk.cell(0, FanOutModel::CommitColumn).size(), 7);
    QCOMPARE(desk.cell(1, FanOutModel::StatusColumn), QStringLiteral("Failed"));
    QVERIFY(!desk.cell(1, FanOutModel::MessageColumn).isEmpty());
    QCOMPARE(desk.commits(QStringLiteral("r1")), 1);
    QCOMPARE(desk.commits(QStringLiteral("r2")), 0);
    QCOMPARE(desk.commits(QStringLiteral("r3-bad")), 0);
    QCOMPARE(desk.commits(QStringLiteral("r4")), 1);
    QCOMPARE(desk.state(), QStringLiteral("3 of 3 done, 1 failed"));
    const auto *progress = desk.dialog()->findChild<QProgressBar *>();
    QCOMPARE(progress->value(), 3);
    QCOMPARE(progress->maximum(), 3);
    QVERIFY(desk.banner()->isHidden()); // it has come to its end
    keepScreenshot(*desk.dialog(), QStringLiteral("fanout-ended-") + theme);
}

void TestFanOutDialog::showsARunInTheHistory()
{
    FanOutDesk desk({QStringLiteral("r1"), QStringLiteral("r2")});
    QVERIFY(desk.open());
    QVERIFY(desk.findAll(2));
    QTest::mouseClick(desk.runAll(), Qt::LeftButton);
    QVERIFY(desk.hasEnded());
    const QString runId = desk.model()->runs()[1].runId;
    const QRect row = desk.list()->visualRect(desk.model()->index(1, FanOutModel::StatusColumn));
    QTest::mouseClick(desk.list()->viewport(), Qt::LeftButton, {}, row.center());
    QTest::mouseDClick(desk.list()->viewport(), Qt::LeftButton, {}, row.center());
    const auto *history = desk.window->findChild<HistoryPanel *>();
    QTRY_VERIFY(history->isVisible());
    const QList<QTableView *> tables = history->findChildren<QTableView *>();
    const auto *past = *std::find_if(tables.begin(), tables.end(), [](const QTableView *table) {
        return qobject_cast<RunsModel *>(table->model()) != nullptr;
    });
    QTRY_VERIFY_WITH_TIMEOUT(past->currentIndex().isValid(), 10'000);
    const auto *runs = qobject_cast<RunsModel *>(past->model());
    QCOMPARE(runs->runs()[past->currentIndex().row()].runId, runId);
}

void TestFanOutDialog::goesOnAfterACancel()
{
    FanOutDesk desk(
        {QStringLiteral("r1"), QStringLiteral("r2-slow"), QStringLiteral("r3-slow"), QStringLiteral("r4-slow")});
    QVERIFY(desk.open());
    QVERIFY(desk.findAll(4));
    QTest::mouseClick(desk.runAll(), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(desk.state(), QStringLiteral("1 of 4 done, 2 running"), 30'000);
    keepScreenshot(*desk.dialog(), QStringLiteral("fanout-running"));
    QTest::mouseClick(desk.cancel(), Qt::LeftButton);
    QVERIFY(desk.hasEnded());
    QCOMPARE(desk.commits(QStringLiteral("r2-slow")), 0);
    QTRY_VERIFY(desk.banner()->text().contains(QStringLiteral("1 of 4 done")));
    keepScreenshot(*desk.dialog(), QStringLiteral("fanout-cancelled"));

    for (const char *repo : {"r2-slow/go", "r3-slow/go", "r4-slow/go"}) {
        QVERIFY(desk.repos.write(QLatin1String(repo), ""));
    }
    Q_EMIT desk.banner()->linkActivated(QStringLiteral("resume"));
    QVERIFY(!desk.folders()->isEnabled());
    QVERIFY(desk.hasEnded());
    QCOMPARE(desk.state(), QStringLiteral("4 of 4 done"));
    for (const char *repo : {"r1", "r2-slow", "r3-slow", "r4-slow"}) {
        QCOMPARE(desk.commits(QLatin1String(repo)), 1);
    }
    QVERIFY(desk.banner()->isHidden());
}

void TestFanOutDialog::goesOnWhileItIsClosed()
{
    FanOutDesk desk({QStringLiteral("r1-slow"), QStringLiteral("r2")});
    QVERIFY(desk.open());
    QVERIFY(desk.findAll(2));
    QTest::mouseClick(desk.runAll(), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(desk.state(), QStringLiteral("1 of 2 done, 1 running"), 30'000);
    desk.dialog()->close();
    QTRY_VERIFY(!desk.dialog());
    desk.choose(QStringLiteral("Run in Workspaces…"));
    QCOMPARE(desk.state(), QStringLiteral("1 of 2 done, 1 running"));
    QVERIFY(desk.cancel()->isEnabled());
    QTest::mouseClick(desk.cancel(), Qt::LeftButton);
    QVERIFY(desk.hasEnded());
}

void TestFanOutDialog::theWindowAsksBeforeItCloses()
{
    FanOutDesk desk({QStringLiteral("r1-slow")});
    QVERIFY(desk.open());
    QVERIFY(desk.findAll(1));
    QTest::mouseClick(desk.runAll(), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(desk.state(), QStringLiteral("0 of 1 done, 1 running"), 30'000);
    desk.window->close();
    QVERIFY(desk.window->isVisible());
    QVERIFY(desk.answer(QStringLiteral("Cancel the run")));
    QTRY_VERIFY_WITH_TIMEOUT(!desk.window->isVisible(), 30'000);
    QCOMPARE(desk.git(QStringLiteral("r1-slow"), {QStringLiteral("status"), QStringLiteral("--porcelain")}),
             QByteArray());
}

QTEST_MAIN(TestFanOutDialog)
#include "tst_fanoutdialog.moc"
