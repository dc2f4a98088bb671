#include "tests/support/closedport.h"
#include "tests/ui/desk.h"
#include "ui/desktop/settingsdialog.h"
#include "ui/models/settings.h"
#include "ui/panels/planpanel.h"
#include "ui/style/colors.h"
#include "ui/views/logview.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSpinBox>
#include <QStackedWidget>

#include <algorithm>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using PatchPanel::Test::Desk;

namespace {

void trigger(const Desk &desk, const QString &text)
{
    Test::actionNamed(*desk.window, text)->trigger();
}

SettingsDialog *openSettings(const Desk &desk)
{
    trigger(desk, QStringLiteral("Settings…"));
    return desk.window->findChild<SettingsDialog *>();
}

bool saysInDialog(const SettingsDialog &dialog, const QString &text)
{
    const QList<QLabel *> labels = dialog.findChildren<QLabel *>();
    return std::any_of(labels.begin(), labels.end(),
                       [&text](const QLabel *label) { return !label->isHidden() && label->text().contains(text); });
}

QString commandLineOf(const Desk &desk)
{
    trigger(desk, QStringLiteral("Copy as Command Line"));
    return QGuiApplication::clipboard()->text();
}

} // namespace

class TestSettingsDialog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyRowShowsItsDefaultAndKey();
    void themeCountsAtOnce();
    void logFontAndTimesCountAtOnce();
    void gatesAndCommitCanBeLeftOut();
    void runSettingsReachTheRun();
    void aPortOffersTheRestart();
    void runnersComeAtOnce();
    void theCommandLineWins();
    void wrongRedisUrlIsNotTaken();
    void defaultsOfOnePage();
    void itIsOneDialog();
    void looks_data();
    void looks();
};

void TestSettingsDialog::everyRowShowsItsDefaultAndKey()
{
    Desk desk;
    const SettingsDialog *dialog = openSettings(desk);
    QVERIFY(dialog);
    int rows = 0;
    for (const QWidget *editor : dialog->findChildren<QWidget *>()) {
        if (editor->objectName().contains(u'/')) {
            ++rows;
            QVERIFY2(!editor->accessibleName().isEmpty(), qPrintable(editor->objectName()));
            QVERIFY2(editor->accessibleDescription().contains(QStringLiteral("Default: ")),
                     qPrintable(editor->objectName()));
            QVERIFY2(editor->accessibleDescription().endsWith(editor->objectName()), qPrintable(editor->objectName()));
        }
    }
    QVERIFY(rows >= 21);
    QCOMPARE(dialog->findChild<QListWidget *>()->count(), 4);
}

void TestSettingsDialog::themeCountsAtOnce()
{
    Desk desk;
    const SettingsDialog *dialog = openSettings(desk);
    auto *theme = dialog->findChild<QComboBox *>(PreferenceKey::theme);
    theme->setCurrentIndex(2);
    QCOMPARE(QApplication::palette().color(QPalette::Base), darkColors().base);
    QCOMPARE(Settings().value(PreferenceKey::theme).toString(), QStringLiteral("dark"));
    trigger(desk, QStringLiteral("Light")); // the menu and the dialog are of one mind
    QCOMPARE(theme->currentIndex(), 1);
    QCOMPARE(QApplication::palette().color(QPalette::Base), lightColors().base);
}

void TestSettingsDialog::logFontAndTimesCountAtOnce()
{
    Desk desk;
    const SettingsDialog *dialog = openSettings(desk);
    auto *view = desk.window->findChild<LogView *>();
    auto *font = dialog->findChild<QComboBox *>(PreferenceKey::logFont);
    QTRY_VERIFY(font->count() > 1);
    font->setCurrentIndex(font->count() - 1);
    Q_EMIT font->activated(font->currentIndex());
    QCOMPARE(view->font().family(), font->currentText());
    QVERIFY(view->times() == LogTimes::OfDay);
    auto *times = dialog->findChild<QComboBox *>(PreferenceKey::logTimes);
    times->setCurrentIndex(2);
    QVERIFY(view->times() == LogTimes::SinceRunStart);
    view->setTimes(LogTimes::Off); // by its own means
    QCOMPARE(times->currentIndex(), 0);
    const Preferences saved = Preferences::read(Settings());
    QCOMPARE(saved.logFont, font->currentText());
    QVERIFY(saved.logTimes == LogTimes::Off);
}

void TestSettingsDialog::gatesAndCommitCanBeLeftOut()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/bad-gate.json"));
    const SettingsDialog *dialog = openSettings(desk);
    dialog->findChild<QCheckBox *>(PreferenceKey::runGates)->click();
    QTRY_VERIFY(desk.window->findChild<PlanPanel *>()->warningsText().contains(
        QStringLiteral("Gates are off for this run: 1 command skipped"))); // before anybody runs it
    QTRY_VERIFY(desk.run()->isEnabled());
    QVERIFY2(commandLineOf(desk).endsWith(QStringLiteral(" --no-gates")), qPrintable(commandLineOf(desk)));
    QVERIFY(desk.runToEnd());
    QVERIFY(desk.says(QStringLiteral("Applied · gates skipped")));
    QVERIFY(desk.space.exists(QStringLiteral("new.txt")));
    Test::keepScreenshot(*desk.window, QStringLiteral("gates-skipped-light"));
    QVERIFY(!Preferences::read(Settings()).run.runGates);
}

void TestSettingsDialog::runSettingsReachTheRun()
{
    Desk desk;
    QVERIFY(desk.openReady("tasks/slow.json"));
    const SettingsDialog *dialog = openSettings(desk);
    dialog->findChild<QComboBox *>(PreferenceKey::sandbox)->setCurrentIndex(2);
    dialog->findChild<QComboBox *>(PreferenceKey::validateIn)->setCurrentIndex(1);
    dialog->findChild<QComboBox *>(PreferenceKey::durability)->setCurrentIndex(1);
    dialog->findChild<QCheckBox *>(PreferenceKey::breakHardlinks)->click();
    dialog->findChild<QCheckBox *>(PreferenceKey::useCache)->click();
    dialog->findChild<QCheckBox *>(PreferenceKey::commit)->click();
    QVERIFY2(commandLineOf(desk).endsWith(QStringLiteral(
                 " --sandbox off --validate-in scratch --durability process --break-hardlinks --no-commit --no-cache")),
             qPrintable(commandLineOf(desk)));
    QTRY_VERIFY(desk.run()->isEnabled()); // previewed anew
    dialog->findChild<QSpinBox *>(PreferenceKey::commandSeconds)->setValue(1);
    QVERIFY(desk.runToEnd()); // its command sleeps for a minute
    QVERIFY(desk.says(QStringLiteral("Build failed")));
}

void TestSettingsDialog::aPortOffersTheRestart()
{
    Desk desk;
    QTRY_VERIFY_WITH_TIMEOUT(desk.host->isReady(), 20'000);
    SettingsDialog *dialog = openSettings(desk);
    const quint16 port = Test::closedPort();
    dialog->findChild<QSpinBox *>(PreferenceKey::registryPort)->setValue(port);
    QVERIFY(saysInDialog(*dialog, QStringLiteral("starts again: registry")));
    QVERIFY(desk.host->services().at(0).url.port() != port);
    Q_EMIT dialog->restartRequested();
    QTRY_COMPARE_WITH_TIMEOUT(desk.host->services().at(0).url.port(), int{port}, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(desk.host->isReady(), 20'000);
    QVERIFY(!saysInDialog(*dialog, QStringLiteral("starts again")));
}

void TestSettingsDialog::runnersComeAtOnce()
{
    Desk desk;
    QTRY_VERIFY_WITH_TIMEOUT(desk.host->isReady(), 20'000);
    const SettingsDialog *dialog = openSettings(desk);
    dialog->findChild<QSpinBox *>(PreferenceKey::runners)->setValue(2);
    const auto shown = [&desk] {
        const QList<QLabel *> labels = desk.window->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(),
                           [](const QLabel *label) { return label->text() == QStringLiteral("runner-2"); });
    };
    QTRY_VERIFY(shown());
    dialog->findChild<QSpinBox *>(PreferenceKey::runners)->setValue(1);
    QTRY_VERIFY_WITH_TIMEOUT(!shown(), 20'000);
}

void TestSettingsDialog::theCommandLineWins()
{
    Preferences values;
    SettingsDialog dialog(values, {QStringLiteral("runner-port"), QStringLiteral("host")}, nullptr);
    dialog.setAttribute(Qt::WA_DeleteOnClose, false);
    const auto *port = dialog.findChild<QSpinBox *>(PreferenceKey::runnerPort);
    QVERIFY(!port->isEnabled());
    QVERIFY(port->accessibleDescription().startsWith(QStringLiteral("The command line says it: --runner-port.")));
    QVERIFY(dialog.findChild<QSpinBox *>(PreferenceKey::registryPort)->isEnabled());
    QVERIFY(saysInDialog(dialog, QStringLiteral("as --host says")));
}

void TestSettingsDialog::wrongRedisUrlIsNotTaken()
{
    Desk desk;
    const SettingsDialog *dialog = openSettings(desk);
    auto *redis = dialog->findChild<QLineEdit *>(PreferenceKey::redisUrl);
    redis->setText(QStringLiteral("http://127.0.0.1"));
    Q_EMIT redis->editingFinished();
    QVERIFY(saysInDialog(*dialog, QStringLiteral("it must start with redis://")));
    QCOMPARE(desk.host->settings().redisUrl, QString());
    redis->setText(QStringLiteral("redis://127.0.0.1:1"));
    Q_EMIT redis->editingFinished();
    QVERIFY(!saysInDialog(*dialog, QStringLiteral("it must start with redis://")));
    QCOMPARE(desk.host->settings().redisUrl, QStringLiteral("redis://127.0.0.1:1"));
}

void TestSettingsDialog::defaultsOfOnePage()
{
    Desk desk;
    const SettingsDialog *dialog = openSettings(desk);
    auto *seconds = dialog->findChild<QSpinBox *>(PreferenceKey::commandSeconds);
    auto *memory = dialog->findChild<QSpinBox *>(PreferenceKey::logMemoryMiB);
    auto *font = dialog->findChild<QComboBox *>(PreferenceKey::logFont);
    seconds->setValue(30);
    memory->setValue(8);
    QTRY_VERIFY(font->count() > 1);
    font->setCurrentIndex(1);
    Q_EMIT font->activated(1);
    dialog->findChild<QListWidget *>()->setCurrentRow(3);
    dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::RestoreDefaults)->click();
    QCOMPARE(memory->value(), 256);
    QCOMPARE(font->currentIndex(), 0);
    QCOMPARE(seconds->value(), 30); // of another page
    const Preferences saved = Preferences::read(Settings());
    QCOMPARE(saved.logMemoryMiB, 256);
    QCOMPARE(saved.commandSeconds, 30);
}

void TestSettingsDialog::itIsOneDialog()
{
    Desk desk;
    const SettingsDialog *dialog = openSettings(desk);
    QCOMPARE(openSettings(desk), dialog);
    QCOMPARE(desk.window->findChildren<SettingsDialog *>().size(), 1);
}

void TestSettingsDialog::looks_data()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
}

void TestSettingsDialog::looks()
{
    QFETCH(Theme, theme);
    Desk desk(theme);
    SettingsDialog *dialog = openSettings(desk);
    auto *titles = dialog->findChild<QListWidget *>();
    dialog->setRestartNeeded({QStringLiteral("registry"), QStringLiteral("runner-1")});
    for (int page = 0; page < titles->count(); ++page) {
        titles->setCurrentRow(page);
        QCOMPARE(dialog->findChild<QStackedWidget *>()->currentIndex(), page);
        Test::keepScreenshot(*dialog,
                             QStringLiteral("settings-%1-%2").arg(page).arg(QLatin1String(QTest::currentDataTag())));
    }
}

QTEST_MAIN(TestSettingsDialog)
#include "tst_settingsdialog.moc"
