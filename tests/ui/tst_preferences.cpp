#include "app/options.h"
#include "ui/models/preferences.h"
#include "ui/models/settings.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

namespace {

Preferences everythingChanged()
{
    return {.theme = Theme::Dark,
            .language = QStringLiteral("de"),
            .tray = true,
            .notifications = false,
            .registryPort = 6040,
            .runnerPort = 6050,
            .runners = 3,
            .slots = 2,
            .redisUrl = QStringLiteral("redis://:secret@127.0.0.1:6379/1"),
            .startServices = false,
            .run = {.sandbox = SandboxMode::Off,
                    .validateIn = ValidatePlace::Scratch,
                    .durability = WriteDurability::Process,
                    .breakHardlinks = true,
                    .runGates = false,
                    .commit = false},
            .useCache = false,
            .commandSeconds = 90,
            .historyRuns = 10,
            .historyMiB = 20,
            .logMemoryMiB = 64,
            .logFont = QStringLiteral("DejaVu Sans Mono"),
            .logTimes = LogTimes::SinceRunStart};
}

} // namespace

class TestPreferences : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void everyValueSurvives();
    void defaultsAreNotWritten();
    void onlyTheUserReadsThem();
    void nonsenseIsTheDefault_data();
    void nonsenseIsTheDefault();
    void theCommandLineWins();
    void onlyWhatChangedIsTakenOver();
    void optionsExist();
    void memoryOfTheLog();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestPreferences::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder->path());
}

void TestPreferences::everyValueSurvives()
{
    const Preferences changed = everythingChanged();
    {
        Settings settings;
        changed.write(settings);
    }
    QVERIFY(Preferences::read(Settings()) == changed);
}

void TestPreferences::defaultsAreNotWritten()
{
    Settings settings;
    everythingChanged().write(settings);
    QCOMPARE(settings.allKeys().size(), 23); // one for each value
    for (const QString &key : settings.allKeys()) {
        QVERIFY2(isPreference(key), qPrintable(key));
    }
    QVERIFY(!isPreference(QStringLiteral("window/geometry")));
    Preferences{}.write(settings);
    QCOMPARE(settings.allKeys(), QStringList());
    QVERIFY(Preferences::read(settings) == Preferences{});
}

void TestPreferences::onlyTheUserReadsThem()
{
    Settings settings;
    everythingChanged().write(settings);
    QCOMPARE(QFileInfo(settings.fileName()).permissions() & ~(QFile::ReadUser | QFile::WriteUser),
             QFile::ReadOwner | QFile::WriteOwner);
}

void TestPreferences::nonsenseIsTheDefault_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::newRow("port too large") << QString(PreferenceKey::registryPort) << "65536";
    QTest::newRow("port that leaves no room for runners") << QString(PreferenceKey::runnerPort) << "65535";
    QTest::newRow("negative port") << QString(PreferenceKey::runnerPort) << "-1";
    QTest::newRow("no runner") << QString(PreferenceKey::runners) << "0";
    QTest::newRow("word for a number") << QString(PreferenceKey::slotCount) << "many";
    QTest::newRow("empty number") << QString(PreferenceKey::historyRuns) << "";
    QTest::newRow("unknown theme") << QString(PreferenceKey::theme) << "blue";
    QTest::newRow("unknown language") << QString(PreferenceKey::language) << "tlh";
    QTest::newRow("unknown sandbox") << QString(PreferenceKey::sandbox) << "perhaps";
    QTest::newRow("word for a switch") << QString(PreferenceKey::useCache) << "maybe";
    QTest::newRow("no Redis URL") << QString(PreferenceKey::redisUrl) << "http://127.0.0.1";
    QTest::newRow("no memory") << QString(PreferenceKey::logMemoryMiB) << "0";
}

void TestPreferences::nonsenseIsTheDefault()
{
    QFETCH(QString, key);
    QFETCH(QString, value);
    Settings settings;
    settings.setValue(key, value);
    QVERIFY(Preferences::read(settings) == Preferences{});
}

void TestPreferences::theCommandLineWins()
{
    const Preferences changed = everythingChanged();
    App::ServiceSettings settings{.registryPort = 1, .runnerPort = 2};
    applyTo(settings, {}, changed, {QStringLiteral("registry-port"), QStringLiteral("redis")});
    QCOMPARE(settings.registryPort, quint16{1});
    QCOMPARE(settings.redisUrl, QString());
    QCOMPARE(settings.runnerPort, changed.runnerPort);
    QCOMPARE(settings.runners, 3);
    QCOMPARE(settings.slots, 2);
    QCOMPARE(settings.historyLimits.runs, 10);
    QCOMPARE(settings.historyLimits.undoBytes, qint64{20} * 1024 * 1024);
}

void TestPreferences::onlyWhatChangedIsTakenOver()
{
    Preferences after;
    after.runners = 2;
    App::ServiceSettings settings{.registryPort = 0, .runnerPort = 0};
    applyTo(settings, {}, after, {});
    QCOMPARE(settings.registryPort, quint16{0});
    QCOMPARE(settings.runners, 2);
}

void TestPreferences::optionsExist()
{
    for (const QLatin1String key : {PreferenceKey::registryPort, PreferenceKey::runnerPort, PreferenceKey::runners,
                                    PreferenceKey::slotCount, PreferenceKey::redisUrl}) {
        const QString option = optionFor(key);
        const QList<App::OptionSpec> &table = App::optionTable();
        QVERIFY2(std::any_of(table.begin(), table.end(),
                             [&option](const App::OptionSpec &spec) { return spec.name == option; }),
                 qPrintable(option));
    }
    QCOMPARE(optionFor(PreferenceKey::theme), QString());
}

void TestPreferences::memoryOfTheLog()
{
    Log::Keeping keeping;
    const qint64 standard = keeping.memory;
    applyTo(keeping, Preferences{});
    QCOMPARE(keeping.memory, standard);
    applyTo(keeping, everythingChanged());
    QCOMPARE(keeping.memory, qint64{64} * 1024 * 1024);
}

QTEST_GUILESS_MAIN(TestPreferences)
#include "tst_preferences.moc"
