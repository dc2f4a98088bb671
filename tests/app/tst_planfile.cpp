#include "app/planfile.h"
#include "services/common/ids.h"
#include "services/common/json.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

class TestPlanFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void comesBackAsItWas();
    void runsExactlyThat();
    void refuses_data();
    void refuses();
    void missingFile();
    void stale_data();
    void stale();
};

namespace {

QJsonObject change(const char *kind, const char *path, const QJsonValue &before, const char *from = "")
{
    return {{QStringLiteral("kind"), QLatin1String(kind)},
            {QStringLiteral("path"), QLatin1String(path)},
            {QStringLiteral("from"), QLatin1String(from)},
            {QStringLiteral("before"), before},
            {QStringLiteral("after"), QJsonValue::Null},
            {QStringLiteral("added"), 0},
            {QStringLiteral("removed"), 0}};
}

QJsonValue hashOf(const char *bytes)
{
    return QString::fromLatin1(sha256Hex(bytes));
}

PlanFile samplePlan()
{
    return {.planId = QStringLiteral("c0ffee"),
            .taskName = QStringLiteral("tasks/a.json"),
            .task = QByteArray("{\"b\":1,\"a\":2}\r\n\xff"),
            .filesBeside = {{QStringLiteral("a.bin"), QByteArray("\0\xff", 2)}},
            .workspace = QStringLiteral("/w"),
            .options = {.fuzz = 1, .strip = 0},
            .changes = {change("modify", "a", hashOf("x"))}};
}

QByteArray edited(const char *key, const QJsonValue &value)
{
    QJsonObject document = *parseJsonObject(samplePlan().toBytes());
    document[QLatin1String(key)] = value;
    return compactJson(document);
}

} // namespace

void TestPlanFile::comesBackAsItWas()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("p.json"));
    QVERIFY(savePlan(samplePlan(), path));
    const Result<PlanFile> plan = loadPlan(path);
    QVERIFY2(plan, plan ? "" : qPrintable(plan.error().toString()));
    const PlanFile expected = samplePlan();
    QCOMPARE(plan->planId, expected.planId);
    QCOMPARE(plan->taskName, expected.taskName);
    QCOMPARE(plan->task, expected.task);
    QVERIFY(plan->filesBeside == expected.filesBeside);
    QCOMPARE(plan->workspace, expected.workspace);
    QVERIFY(plan->options == expected.options);
    QCOMPARE(plan->changes, expected.changes);
}

void TestPlanFile::runsExactlyThat()
{
    const Relay::RunRequest request = samplePlan().request(QStringLiteral("/elsewhere"));
    QCOMPARE(request.content, samplePlan().task);
    QCOMPARE(request.contentName, QStringLiteral("tasks/a.json"));
    QCOMPARE(request.planId, QStringLiteral("c0ffee"));
    QCOMPARE(request.workspace, QStringLiteral("/elsewhere"));
    QVERIFY(request.options == samplePlan().options);
    QVERIFY(request.filesBeside == samplePlan().filesBeside);
}

void TestPlanFile::refuses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("message");
    QTest::newRow("no JSON") << QByteArray("nonsense") << QStringLiteral("no saved plan");
    QTest::newRow("a task") << QByteArray(R"({"mutations": []})") << QStringLiteral("no saved plan");
    QTest::newRow("of the future") << edited("formatVersion", 2) << QStringLiteral("format version 2");
    QTest::newRow("without an id") << edited("planId", QString()) << QStringLiteral("was changed");
    QTest::newRow("with another task") << edited("task",
                                                 QJsonObject{{QStringLiteral("contentBase64"), QStringLiteral("e30=")}})
                                       << QStringLiteral("SHA-256");
    QTest::newRow("with odd options") << edited("options", QJsonObject{{QStringLiteral("fuzz"), 9}})
                                      << QStringLiteral("options");
}

void TestPlanFile::refuses()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, message);
    const Result<PlanFile> plan = PlanFile::fromBytes(bytes);
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::InvalidTask);
    QVERIFY2(plan.error().message.contains(message), qPrintable(plan.error().message));
}

void TestPlanFile::missingFile()
{
    const Result<PlanFile> plan = loadPlan(QStringLiteral("/nowhere/p.json"));
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::NotFound);
    QCOMPARE(plan.error().where, QStringLiteral("/nowhere/p.json"));
}

void TestPlanFile::stale_data()
{
    QTest::addColumn<QJsonObject>("planned");
    QTest::addColumn<bool>("isStale");
    QTest::newRow("as it was") << change("modify", "a", hashOf("one\n")) << false;
    QTest::newRow("other bytes") << change("modify", "a", hashOf("two\n")) << true;
    QTest::newRow("still absent") << change("create", "b/c", QJsonValue::Null) << false;
    QTest::newRow("exists by now") << change("create", "a", QJsonValue::Null) << true;
    QTest::newRow("is gone") << change("delete", "b", hashOf("one\n")) << true;
    QTest::newRow("move of what is there") << change("move", "z", hashOf("one\n"), "a") << false;
    QTest::newRow("move of what is gone") << change("move", "a", hashOf("one\n"), "z") << true;
}

void TestPlanFile::stale()
{
    QFETCH(QJsonObject, planned);
    QFETCH(bool, isStale);
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("a")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write("one\n"), 4);
    file.close();
    PlanFile plan = samplePlan();
    plan.changes = {planned};
    const Result<void> checked = checkNotStale(plan, folder.path());
    QCOMPARE(!checked.ok(), isStale);
    if (isStale) {
        QCOMPARE(checked.error().code, ErrorCode::Stale);
        QCOMPARE(checked.error().details[QStringLiteral("paths")].toArray().size(), 1);
    }
}

QTEST_GUILESS_MAIN(TestPlanFile)
#include "tst_planfile.moc"
