#include "services/patch/commandtrace.h"

#include <QJsonArray>
#include <QTest>

using namespace PatchPanel::Patch;

class TestCommandTrace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatDiffersFromTheRunner();
    void secretsAreMasked_data();
    void secretsAreMasked();
};

void TestCommandTrace::tellsWhatDiffersFromTheRunner()
{
    qputenv("TRACE_SAME", "1");
    qputenv("TRACE_OTHER", "runner's");
    qputenv("TRACE_DROPPED", "x");
    const CommandTrace trace = traceOf({.program = QStringLiteral("/bin/sh"),
                                        .arguments = {"-c", "echo ö"},
                                        .environment = {"TRACE_SAME=1", "TRACE_OTHER=command's", "TRACE_NEW=a=b"}},
                                       QStringLiteral("/work"));
    const QJsonObject json = trace.toJson();
    QCOMPARE(json[QStringLiteral("argv")].toArray(),
             (QJsonArray{QStringLiteral("/bin/sh"), QStringLiteral("-c"), QStringLiteral("echo ö")}));
    QCOMPARE(json[QStringLiteral("cwd")].toString(), QStringLiteral("/work"));
    const QJsonObject environment = json[QStringLiteral("environment")].toObject();
    QCOMPARE(environment[QStringLiteral("set")].toObject(),
             (QJsonObject{{QStringLiteral("TRACE_OTHER"), QStringLiteral("command's")},
                          {QStringLiteral("TRACE_NEW"), QStringLiteral("a=b")}}));
    QVERIFY(environment[QStringLiteral("dropped")].toArray().contains(QStringLiteral("TRACE_DROPPED")));
    QVERIFY(!environment[QStringLiteral("dropped")].toArray().contains(QStringLiteral("TRACE_SAME")));
}

void TestCommandTrace::secretsAreMasked_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isSecret");

    QTest::newRow("token") << QStringLiteral("GITHUB_TOKEN") << true;
    QTest::newRow("password") << QStringLiteral("REDIS_PASSWORD") << true;
    QTest::newRow("small letters") << QStringLiteral("db_secret_value") << true;
    QTest::newRow("key") << QStringLiteral("AWS_ACCESS_KEY_ID") << true;
    QTest::newRow("ordinary") << QStringLiteral("CI") << false;
    QTest::newRow("of the run") << QStringLiteral("PATCHPANEL_TASK") << false;
}

void TestCommandTrace::secretsAreMasked()
{
    QFETCH(QString, name);
    QFETCH(bool, isSecret);
    QCOMPARE(looksSecret(name), isSecret);
    const CommandTrace trace = traceOf({.environment = {name.toUtf8() + "=hush"}}, {});
    QCOMPARE(trace.set.value(name), isSecret ? QStringLiteral("***") : QStringLiteral("hush"));
}

QTEST_GUILESS_MAIN(TestCommandTrace)
#include "tst_commandtrace.moc"
