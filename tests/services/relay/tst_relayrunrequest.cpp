#include "services/common/json.h"
#include "services/relay/runrequest.h"

#include <QTest>

using namespace PatchPanel;
using PatchPanel::Relay::RunRequest;

class TestRelayRunRequest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesOnlyWhatDiffers_data();
    void writesOnlyWhatDiffers();
    void contentKeepsItsBytes();
};

void TestRelayRunRequest::writesOnlyWhatDiffers_data()
{
    QTest::addColumn<RunRequest>("request");
    QTest::addColumn<QByteArray>("json");
    const QString file = QStringLiteral("tasks/test.json");
    QTest::newRow("a rollback has no task") << RunRequest{.rollbackOf = QStringLiteral("r1"),
                                                          .file = file,
                                                          .workspace = QStringLiteral("/w"),
                                                          .dryRun = true,
                                                          .force = true,
                                                          .options = {.fuzz = 2}}
                                            << QByteArray(R"({"dryRun":true,"workspace":"/w"})");
    QTest::newRow("a file") << RunRequest{.file = file} << QByteArray(R"({"file":"tasks/test.json"})");
    QTest::newRow("a file in a workspace") << RunRequest{.file = file, .workspace = QStringLiteral("/w")}
                                           << QByteArray(R"({"file":"tasks/test.json","workspace":"/w"})");
    QTest::newRow("every option")
        << RunRequest{.file = file,
                      .dryRun = true,
                      .force = true,
                      .useCache = false,
                      .planId = QStringLiteral("p1"),
                      .options = {.fuzz = 2,
                                  .recount = true,
                                  .strip = 0,
                                  .nearestOffset = true,
                                  .ignoreWhitespace = true,
                                  .skipApplied = true,
                                  .strict = true,
                                  .mapRoots = {{QStringLiteral("/r"), QStringLiteral(".")}}},
                      .settings = {.sandbox = SandboxMode::Off,
                                   .validateIn = ValidatePlace::Scratch,
                                   .durability = WriteDurability::Process,
                                   .breakHardlinks = true,
                                   .runGates = false},
                      .gateTimeoutSeconds = 30}
        << QByteArray(
               R"({"breakHardlinks":true,"dryRun":true,"durability":"process","file":"tasks/test.json","force":true,"fuzz":2,"gates":false,"ignoreWhitespace":true,"mapRoots":["/r=."],)"
               R"("noCache":true,"offset":"nearest","plan":"p1","recount":true,"sandbox":"off","skipApplied":true,"strict":true,"strip":0,)"
               R"("timeoutSeconds":30,"validateIn":"scratch"})");
    QTest::newRow("files beside the content")
        << RunRequest{.content = "{}", .filesBeside = {{QStringLiteral("a.bin"), QByteArray("\xff\0", 2)}}}
        << QByteArray(R"({"contentBase64":"e30=","filesBeside":{"a.bin":"/wA="}})");
    QTest::newRow("content goes before the file")
        << RunRequest{.file = file, .content = "{}", .contentName = QStringLiteral("a.json")}
        << QByteArray(R"({"contentBase64":"e30=","name":"a.json"})");
    QTest::newRow("content without a name") << RunRequest{.content = "{}"} << QByteArray(R"({"contentBase64":"e30="})");
}

void TestRelayRunRequest::writesOnlyWhatDiffers()
{
    QFETCH(RunRequest, request);
    QFETCH(QByteArray, json);
    QCOMPARE(compactJson(request.toJson()), json);
}

void TestRelayRunRequest::contentKeepsItsBytes()
{
    const QByteArray bytes("{\"b\":1,\"a\":2,\"b\":3}\r\n\xff\x00", 23);
    const QJsonObject object = RunRequest{.content = bytes, .contentName = QStringLiteral("t")}.toJson();
    QCOMPARE(QByteArray::fromBase64(object[QStringLiteral("contentBase64")].toString().toLatin1()), bytes);
}

QTEST_GUILESS_MAIN(TestRelayRunRequest)
#include "tst_relayrunrequest.moc"
