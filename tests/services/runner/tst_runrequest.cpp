#include "services/common/json.h"
#include "services/runner/runrequest.h"

#include <QTest>

using namespace PatchPanel;
using Runner::RunRequest;

namespace {

Result<RunRequest> parse(const QByteArray &json)
{
    const Result<QJsonObject> body = parseJsonObject(json);
    return body ? Runner::parseRunRequest(*body) : body.error();
}

} // namespace

class TestRunRequest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFileIsEnough();
    void readsEveryMember();
    void takesATaskAsItStands();
    void takesTheBytesOfAFile();
    void takesTheFilesBesideATask();
    void refuses_data();
    void refuses();
    void namesEveryUnknownMember();
};

void TestRunRequest::aFileIsEnough()
{
    const Result<RunRequest> request = parse(R"({"file":"tasks/test.json"})");
    QVERIFY(request.ok());
    QCOMPARE(request->file, QStringLiteral("tasks/test.json"));
    QCOMPARE(request->taskName(), QStringLiteral("tasks/test.json"));
    QVERIFY(!request->content);
    QVERIFY(request->workspace.isEmpty());
    QVERIFY(!request->dryRun && !request->force && !request->options.recount);
    QVERIFY(request->useCache);
    QVERIFY(request->options == TaskOptions{});
    QVERIFY(request->settings == RunSettings{});
    QVERIFY(!request->gateTimeout);
}

void TestRunRequest::readsEveryMember()
{
    const Result<RunRequest> request = parse(
        R"({"file":"a.json","workspace":"/w","dryRun":true,"force":true,"noCache":true,"plan":"abc","fuzz":2,)"
        R"("recount":true,"timeoutSeconds":90,"strip":0,"offset":"nearest","ignoreWhitespace":true,"skipApplied":true,)"
        R"("strict":true,"mapRoots":["/their/root/=src/"],"sandbox":"require","validateIn":"scratch",)"
        R"("durability":"process","breakHardlinks":true,"gates":false,"commit":false})");
    QVERIFY2(request.ok(), qPrintable(request ? QString() : request.error().toString()));
    QCOMPARE(request->workspace, QStringLiteral("/w"));
    QVERIFY(request->dryRun && request->force && request->options.recount);
    QVERIFY(!request->useCache);
    QCOMPARE(request->planId, QStringLiteral("abc"));
    QCOMPARE(request->options.fuzz, 2);
    QCOMPARE(request->options.strip, std::optional(0));
    QVERIFY(request->options.nearestOffset && request->options.ignoreWhitespace);
    QVERIFY(request->options.skipApplied && request->options.strict);
    QCOMPARE(request->options.mapRoots.size(), 1);
    QCOMPARE(request->options.mapRoots.first().from, QStringLiteral("/their/root"));
    QCOMPARE(request->options.mapRoots.first().to, QStringLiteral("src"));
    const RunSettings settings{
        SandboxMode::Require, ValidatePlace::Scratch, WriteDurability::Process, true, false, false};
    QVERIFY(request->settings == settings);
    QVERIFY(request->gateTimeout == std::chrono::seconds(90));
}

void TestRunRequest::takesATaskAsItStands()
{
    const Result<RunRequest> request = parse(R"({"task":{"id":"x","mutations":[]}})");
    QVERIFY(request.ok());
    QCOMPARE(request->content, QByteArray(R"({"id":"x","mutations":[]})"));
    QVERIFY(!request->taskName().isEmpty());
}

void TestRunRequest::takesTheBytesOfAFile()
{
    const QByteArray bytes("--- a/x\r\n\0\xff", 11);
    const Result<RunRequest> request =
        parse("{\"contentBase64\":\"" + bytes.toBase64() + "\",\"name\":\"../fix.patch\"}");
    QVERIFY(request.ok());
    QCOMPARE(request->content, bytes);
    QCOMPARE(request->taskName(), QStringLiteral("../fix.patch"));
}

void TestRunRequest::takesTheFilesBesideATask()
{
    const Result<RunRequest> request = parse(R"({"contentBase64":"e30=","filesBeside":{"data/a.bin":"/wA=","b":""}})");
    QVERIFY2(request.ok(), qPrintable(request ? QString() : request.error().toString()));
    QCOMPARE(request->filesBeside.size(), 2);
    QCOMPARE(request->filesBeside.value(QStringLiteral("data/a.bin")), QByteArray("\xff\0", 2));
}

void TestRunRequest::refuses_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("where");
    QTest::newRow("no task") << QByteArray("{}") << "";
    QTest::newRow("two tasks") << QByteArray(R"({"file":"a","task":{}})") << "";
    QTest::newRow("empty file") << QByteArray(R"({"file":""})") << "/file";
    QTest::newRow("file is a number") << QByteArray(R"({"file":1})") << "/file";
    QTest::newRow("task is a text") << QByteArray(R"({"task":"x"})") << "/task";
    QTest::newRow("content is not Base64") << QByteArray(R"({"contentBase64":"a*b"})") << "/contentBase64";
    QTest::newRow("workspace is null") << QByteArray(R"({"file":"a","workspace":null})") << "/workspace";
    QTest::newRow("dryRun is a text") << QByteArray(R"({"file":"a","dryRun":"yes"})") << "/dryRun";
    QTest::newRow("fuzz out of range") << QByteArray(R"({"file":"a","fuzz":3})") << "/fuzz";
    QTest::newRow("fuzz is a fraction") << QByteArray(R"({"file":"a","fuzz":0.5})") << "/fuzz";
    QTest::newRow("fuzz is a text") << QByteArray(R"({"file":"a","fuzz":"1"})") << "/fuzz";
    QTest::newRow("negative strip") << QByteArray(R"({"file":"a","strip":-1})") << "/strip";
    QTest::newRow("strip is null") << QByteArray(R"({"file":"a","strip":null})") << "/strip";
    QTest::newRow("unknown offset") << QByteArray(R"({"file":"a","offset":"far"})") << "/offset";
    QTest::newRow("offset is a flag") << QByteArray(R"({"file":"a","offset":true})") << "/offset";
    QTest::newRow("ignoreWhitespace is a number")
        << QByteArray(R"({"file":"a","ignoreWhitespace":1})") << "/ignoreWhitespace";
    QTest::newRow("skipApplied is a text") << QByteArray(R"({"file":"a","skipApplied":"yes"})") << "/skipApplied";
    QTest::newRow("strict is null") << QByteArray(R"({"file":"a","strict":null})") << "/strict";
    QTest::newRow("mapRoots is a text") << QByteArray(R"({"file":"a","mapRoots":"/r=."})") << "/mapRoots";
    QTest::newRow("mapping of a relative path")
        << QByteArray(R"({"file":"a","mapRoots":["/r=.","r=."]})") << "/mapRoots/1";
    QTest::newRow("mapping to an absolute path")
        << QByteArray(R"({"file":"a","mapRoots":["/r=/etc"]})") << "/mapRoots/0";
    QTest::newRow("files beside a file") << QByteArray(R"({"file":"a","filesBeside":{"b":""}})") << "/filesBeside";
    QTest::newRow("file beside is no Base64") << QByteArray(R"({"task":{},"filesBeside":{"b":"*"}})") << "/filesBeside";
    QTest::newRow("unknown sandbox") << QByteArray(R"({"file":"a","sandbox":"on"})") << "/sandbox";
    QTest::newRow("negative time-out") << QByteArray(R"({"file":"a","timeoutSeconds":-1})") << "/timeoutSeconds";
    QTest::newRow("endless time-out") << QByteArray(R"({"file":"a","timeoutSeconds":1e300})") << "/timeoutSeconds";
}

void TestRunRequest::refuses()
{
    QFETCH(QByteArray, body);
    const Result<RunRequest> request = parse(body);
    QVERIFY(!request.ok());
    QCOMPARE(request.error().code, ErrorCode::BadRequest);
    QVERIFY(!request.error().message.isEmpty());
    QTEST(request.error().where, "where");
}

void TestRunRequest::namesEveryUnknownMember()
{
    const Result<RunRequest> request = parse(R"({"file":"a","dryrun":true,"sudo":true})");
    QVERIFY(!request.ok());
    QCOMPARE(request.error().code, ErrorCode::BadRequest);
    QVERIFY(request.error().message.contains(QStringLiteral("dryrun, sudo")));
    QVERIFY(request.error().hint.contains(QStringLiteral("dryRun")));
}

QTEST_GUILESS_MAIN(TestRunRequest)
#include "tst_runrequest.moc"
