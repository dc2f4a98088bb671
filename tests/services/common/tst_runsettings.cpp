#include "services/common/json.h"
#include "services/common/runsettings.h"

#include <QTest>

using namespace PatchPanel;

class TestRunSettings : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theDefaultWritesNothing();
    void comesBack_data();
    void comesBack();
    void refuses_data();
    void refuses();
};

void TestRunSettings::theDefaultWritesNothing()
{
    QVERIFY(RunSettings{}.toJson().isEmpty());
    const Result<RunSettings> read = RunSettings::fromJson({});
    QVERIFY(read);
    QVERIFY(*read == RunSettings{});
}

void TestRunSettings::comesBack_data()
{
    QTest::addColumn<RunSettings>("settings");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("sandbox required") << RunSettings{.sandbox = SandboxMode::Require}
                                      << QByteArray(R"({"sandbox":"require"})");
    QTest::newRow("no sandbox") << RunSettings{.sandbox = SandboxMode::Off} << QByteArray(R"({"sandbox":"off"})");
    QTest::newRow("all of them") << RunSettings{.sandbox = SandboxMode::Off,
                                                .validateIn = ValidatePlace::Scratch,
                                                .durability = WriteDurability::Process,
                                                .breakHardlinks = true,
                                                .runGates = false,
                                                .commit = false}
                                 << QByteArray(R"({"breakHardlinks":true,"commit":false,"durability":"process",)"
                                               R"("gates":false,"sandbox":"off",)"
                                               R"("validateIn":"scratch"})");
}

void TestRunSettings::comesBack()
{
    QFETCH(RunSettings, settings);
    QFETCH(QByteArray, json);
    QCOMPARE(compactJson(settings.toJson()), json);
    const Result<RunSettings> read = RunSettings::fromJson(settings.toJson());
    QVERIFY(read);
    QVERIFY(*read == settings);
    const QStringList keys = settings.toJson().keys();
    for (const QString &key : keys) {
        QVERIFY2(RunSettings::memberNames().contains(key), qPrintable(key));
    }
}

void TestRunSettings::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("where");
    QTest::newRow("unknown sandbox") << QByteArray(R"({"sandbox":"on"})") << "/sandbox";
    QTest::newRow("sandbox is a flag") << QByteArray(R"({"sandbox":true})") << "/sandbox";
    QTest::newRow("unknown place") << QByteArray(R"({"validateIn":"copy"})") << "/validateIn";
    QTest::newRow("unknown durability") << QByteArray(R"({"durability":"none"})") << "/durability";
    QTest::newRow("durability is null") << QByteArray(R"({"durability":null})") << "/durability";
    QTest::newRow("gates is a number") << QByteArray(R"({"gates":0})") << "/gates";
    QTest::newRow("breakHardlinks is a text") << QByteArray(R"({"breakHardlinks":"yes"})") << "/breakHardlinks";
}

void TestRunSettings::refuses()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, where);
    const Result<RunSettings> read = RunSettings::fromJson(*parseJsonObject(json));
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::BadRequest);
    QCOMPARE(read.error().where, where);
}

QTEST_GUILESS_MAIN(TestRunSettings)
#include "tst_runsettings.moc"
