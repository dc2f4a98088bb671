#include "tests/ui/desk.h"
#include "tests/ui/legibility.h"
#include "tests/ui/pseudolocale.h"
#include "ui/desktop/aboutdialog.h"
#include "ui/desktop/commandpalette.h"
#include "ui/desktop/language.h"
#include "ui/desktop/settingsdialog.h"
#include "ui/desktop/shortcutsdialog.h"
#include "ui/models/actionlist.h"
#include "ui/models/runsession.h"
#include "ui/models/runsmodel.h"
#include "ui/panels/gatetable.h"
#include "ui/panels/historypanel.h"
#include "ui/panels/logpanel.h"
#include "ui/views/diffview.h"
#include "ui/views/logview.h"
#include "ui/views/valuedialog.h"
#include "ui/windowactions.h"

#include <QApplication>
#include <QInputDialog>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QTableView>
#include <QTabWidget>

using namespace PatchPanel;
using namespace PatchPanel::Ui;
using Test::Desk;
using Test::PseudoLocale;

namespace {

enum class Language { Pseudo, German };

// The language and direction of the application while it lives.
class Locale {
public:
    Locale(Language language, Qt::LayoutDirection direction)
    {
        if (language == Language::Pseudo) {
            m_pseudo = std::make_unique<PseudoLocale>();
        } else {
            setLanguage(QStringLiteral("de"));
        }
        QApplication::setLayoutDirection(direction);
    }
    ~Locale()
    {
        m_pseudo.reset();
        setLanguage(QStringLiteral("en"));
        QApplication::setLayoutDirection(Qt::LeftToRight);
    }

    const PseudoLocale *pseudo() const { return m_pseudo.get(); }

private:
    std::unique_ptr<PseudoLocale> m_pseudo;
};

// What is the same in every language: names, paths, numbers with their units.
bool isData(const QString &text)
{
    static const QRegularExpression data(QStringLiteral(
        "^(?:[^\\p{L}]|\\b(?:PatchPanel|Qt|JSON|Aa|HTTP|F5|registry|runner-1|relay|main|tmp|ms|s|min|h|d|k?B|MB|INFO"
        "|ok|failed|cancelled|invalid|default|English|Deutsch|MiB|tst_translations-\\w+|DejaVu Sans Mono"
        "|[\\w.-]+\\.(?:json|cpp|hpp|txt)|[0-9a-f]{4,})\\b)*$"));
    static const QRegularExpression licence(
        QStringLiteral("^(?:MIT|Zlib|L?GPL-.*|BSD-.*|Apache-2.0|blessing \\(public domain\\)"
                       "|libgit2|hiredis|OpenSSL|PCRE2|SQLite|xxHash|zlib)$"));
    static const QRegularExpression key(QStringLiteral("^(?:Ctrl\\+|Shift\\+|Alt\\+)*(?:F\\d+|Return|End|.)$"));
    for (const QRegularExpression &known : {data, licence, key}) {
        if (known.match(text).hasMatch()) {
            return true;
        }
    }
    return false;
}

QTableView *listOfRuns(const MainWindow &window)
{
    const auto *model = window.findChild<RunsModel *>();
    for (QTableView *table : window.findChildren<QTableView *>()) {
        if (table->model() == model) {
            return table;
        }
    }
    return nullptr;
}

} // namespace

class TestTranslations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pseudoLocaleKeepsWhatIsFilledIn();
    void windowIsLegible_data();
    void windowIsLegible();
    void dialogsAreLegible_data();
    void dialogsAreLegible();
    void everyActionIsTranslated();

private:
    void check(const QWidget &window, const QString &state);
    void addWhatGermanLacks(const Locale &locale);
    bool tellFound() const; // false: nothing was found
    static bool waitForEnd(const Desk &desk);

    bool m_isPseudo = false;
    QStringList m_found;
};

void TestTranslations::pseudoLocaleKeepsWhatIsFilledIn()
{
    QCOMPARE(PseudoLocale::translated(QStringLiteral("&Run %1 of %n")), QStringLiteral("⟦&Řûñ %1 öf %néé⟧"));
    QCOMPARE(PseudoLocale::untranslated(QStringLiteral("⟦Řûñ⟧ · 3 ms ⟦ä ⟦b⟧⟧")), QStringLiteral(" · 3 ms "));
    const PseudoLocale locale;
    QCOMPARE(QCoreApplication::translate("any", "%n run(s)", nullptr, 3), QStringLiteral("⟦3 řûñ(š)éé⟧"));
    QCOMPARE(QKeySequence(QStringLiteral("Ctrl+O")).toString(QKeySequence::NativeText), QStringLiteral("Ctrl+O"));
}

// Notes what is cut and what is not translated; the test ends with all of it.
void TestTranslations::check(const QWidget &window, const QString &state)
{
    QTest::qWait(20);
    QStringList cutTexts;
    const bool isWhole = QTest::qWaitFor( // a text that has just changed is laid out with the next events
        [&] {
            cutTexts = Test::cutTexts(window);
            return cutTexts.isEmpty();
        },
        2'000);
    Test::keepScreenshot(window, QStringLiteral("%1-%2").arg(QLatin1String(QTest::currentDataTag()), state));
    for (const QString &cut : isWhole ? QStringList() : cutTexts) {
        m_found.append(QStringLiteral("%1: cut: %2").arg(state, cut));
    }
    for (const Test::ShownText &shown : m_isPseudo ? Test::shownTexts(window) : QList<Test::ShownText>()) {
        if (!isData(PseudoLocale::untranslated(shown.text))) {
            m_found.append(
                QStringLiteral("%1: not translated: %2").arg(state, Test::nameOf(*shown.widget, shown.text)));
        }
    }
    m_found.removeDuplicates();
}

// A text that is asked for in another context than it is listed in stays English.
void TestTranslations::addWhatGermanLacks(const Locale &locale)
{
    QTranslator german;
    QVERIFY(german.load(QStringLiteral("patchpanel_de"), QStringLiteral(":/i18n")));
    for (const QString &lacked : locale.pseudo() ? locale.pseudo()->lackedBy(german) : QStringList()) {
        m_found.append(QStringLiteral("not in German: ") + lacked);
    }
}

bool TestTranslations::tellFound() const
{
    for (const QString &found : m_found) {
        qWarning("%s", qPrintable(found));
    }
    return !m_found.isEmpty();
}

bool TestTranslations::waitForEnd(const Desk &desk)
{
    const auto *session = desk.window->findChild<RunSession *>();
    return QTest::qWaitFor([session] { return !session->isRunning(); }, 60'000);
}

void TestTranslations::windowIsLegible_data()
{
    QTest::addColumn<Language>("language");
    QTest::addColumn<Qt::LayoutDirection>("direction");
    QTest::newRow("pseudo") << Language::Pseudo << Qt::LeftToRight;
    QTest::newRow("pseudo-rtl") << Language::Pseudo << Qt::RightToLeft;
    QTest::newRow("german") << Language::German << Qt::LeftToRight;
}

void TestTranslations::windowIsLegible()
{
    QFETCH(Language, language);
    QFETCH(Qt::LayoutDirection, direction);
    const Locale locale(language, direction);
    m_isPseudo = locale.pseudo() != nullptr;
    m_found.clear();
    Desk desk(Theme::Light,
              [](App::HostOptions &options) { options.redisUrl = QStringLiteral("redis://127.0.0.1:1"); });
    MainWindow &window = *desk.window;
    auto *tabs = window.findChild<QTabWidget *>();
    QTRY_VERIFY_WITH_TIMEOUT(desk.host->isReady() && desk.host->redis().kind == App::RedisState::Unreachable, 20'000);
    check(window, QStringLiteral("empty"));

    QVERIFY(desk.openReady("tasks/fix-42.json"));
    QTRY_VERIFY(window.findChild<DiffView *>()->rows() != nullptr);
    check(window, QStringLiteral("ready"));
    QTest::mouseClick(desk.run(), Qt::LeftButton);
    QVERIFY(waitForEnd(desk));
    check(window, QStringLiteral("success"));
    tabs->setCurrentIndex(2);
    const QTableView *runs = listOfRuns(window);
    QTRY_VERIFY(runs->model()->rowCount() == 1);
    window.findChild<HistoryPanel *>()->focusList();
    QTRY_VERIFY(runs->currentIndex().isValid());
    QTest::qWait(100);
    check(window, QStringLiteral("history"));

    QVERIFY(desk.openReady("tasks/bad-gate.json"));
    QTest::mouseClick(desk.run(), Qt::LeftButton);
    QVERIFY(waitForEnd(desk));
    check(window, QStringLiteral("failed"));
    window.openTask(desk.space.absolute(QStringLiteral("tasks/invalid.json")));
    QTRY_VERIFY(desk.says(QStringLiteral("explode")));
    check(window, QStringLiteral("invalid"));

    QVERIFY(desk.openReady("tasks/slow.json"));
    QTest::mouseClick(desk.run(), Qt::LeftButton);
    QTRY_VERIFY(window.findChild<LogPanel *>()->view()->visibleText().contains(QStringLiteral("building")));
    check(window, QStringLiteral("running"));
    window.findChild<WindowActions *>()->cancel->trigger();
    QVERIFY(waitForEnd(desk));
    check(window, QStringLiteral("cancelled"));
    window.resize(900, 600);
    check(window, QStringLiteral("narrow"));
    window.resize(1280, 800);

    desk.host->stop(QStringLiteral("registry"));
    QTRY_VERIFY_WITH_TIMEOUT(!desk.run()->isEnabled(), 20'000);
    check(window, QStringLiteral("registry-down"));
    QCOMPARE(window.size(), QSize(1280, 800));
    addWhatGermanLacks(locale);
    QVERIFY(!tellFound());
}

void TestTranslations::dialogsAreLegible_data()
{
    windowIsLegible_data();
}

void TestTranslations::dialogsAreLegible()
{
    QFETCH(Language, language);
    QFETCH(Qt::LayoutDirection, direction);
    const Locale locale(language, direction);
    m_isPseudo = locale.pseudo() != nullptr;
    m_found.clear();
    Desk desk;
    MainWindow &window = *desk.window;
    const auto *actions = window.findChild<WindowActions *>();
    QVERIFY(desk.openReady("tasks/fix-42.json"));

    actions->settings->trigger();
    auto *settings = window.findChild<SettingsDialog *>();
    QVERIFY(settings);
    auto *pages = settings->findChild<QListWidget *>();
    for (int page = 0; page < pages->count(); ++page) {
        pages->setCurrentRow(page);
        check(*settings, QStringLiteral("settings-%1").arg(page));
    }
    QVERIFY(pages->sizeHintForColumn(0) <= pages->viewport()->width());
    settings->close();
    actions->about->trigger();
    check(*window.findChild<AboutDialog *>(), QStringLiteral("about"));
    window.findChild<AboutDialog *>()->close();
    actions->shortcuts->trigger();
    check(*window.findChild<ShortcutsDialog *>(), QStringLiteral("shortcuts"));
    window.findChild<ShortcutsDialog *>()->close();
    actions->palette->trigger();
    check(*window.findChild<CommandPalette *>(), QStringLiteral("palette"));
    window.findChild<CommandPalette *>()->findChild<QLineEdit *>()->setText(QStringLiteral("zzqx"));
    check(*window.findChild<CommandPalette *>(), QStringLiteral("palette-nothing"));
    window.findChild<CommandPalette *>()->close();
    actions->goToLine->trigger();
    check(*window.findChild<QInputDialog *>(), QStringLiteral("line"));
    window.findChild<QInputDialog *>()->close();
    auto *gates = window.findChild<GateTable *>();
    gates->selectRow(0);
    gates->setCurrentIndex(gates->model()->index(0, 0));
    Q_EMIT gates->activated(gates->currentIndex());
    check(*window.findChild<ValueDialog *>(), QStringLiteral("value"));
    window.findChild<ValueDialog *>()->close();

    QTest::mouseClick(desk.run(), Qt::LeftButton);
    QTRY_VERIFY(window.findChild<RunSession *>()->isRunning());
    window.close(); // asks
    check(*window.findChild<QMessageBox *>(), QStringLiteral("close"));
    window.findChild<QMessageBox *>()->reject();
    QVERIFY(waitForEnd(desk));
    actions->rollBack->trigger();
    auto *history = window.findChild<HistoryPanel *>();
    QTRY_VERIFY(listOfRuns(window)->model()->rowCount() == 1);
    history->focusList();
    const auto asks = [&] {
        history->askToRollBack();
        return window.findChild<QMessageBox *>() != nullptr;
    };
    QTRY_VERIFY(asks());
    check(*window.findChild<QMessageBox *>(), QStringLiteral("roll-back"));
    addWhatGermanLacks(locale);
    QVERIFY(!tellFound());
}

void TestTranslations::everyActionIsTranslated()
{
    const Locale locale(Language::Pseudo, Qt::LeftToRight);
    const Desk desk;
    const QList<ListedAction> all = listActions(*desk.window);
    QVERIFY(all.size() > 60);
    for (const ListedAction &listed : all) {
        const QString group = PseudoLocale::untranslated(listed.group);
        QVERIFY2(isData(PseudoLocale::untranslated(listed.text)), qPrintable(listed.text));
        QVERIFY2(isData(group), qPrintable(listed.group));
        QVERIFY2(isData(PseudoLocale::untranslated(listed.action->toolTip())), qPrintable(listed.action->toolTip()));
    }
}

QTEST_MAIN(TestTranslations)
#include "tst_translations.moc"
