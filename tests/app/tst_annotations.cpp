#include "app/commands/annotations.h"
#include "services/relay/outcome.h"
#include "tests/support/sampleoutcome.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

class TestAnnotations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void places_data();
    void places();
    void everyProblem();
    void nothingAfterASuccess();
    void whereTheyAreWanted_data();
    void whereTheyAreWanted();
};

void TestAnnotations::places_data()
{
    QTest::addColumn<Error>("error");
    QTest::addColumn<QString>("repository");
    QTest::addColumn<QByteArray>("text");
    const Error conflict{ErrorCode::DoesNotApply,
                         QStringLiteral("hunk 2 does not match"),
                         QStringLiteral("make it again"),
                         QStringLiteral("src/a.cpp, hunk 2"),
                         {{QStringLiteral("path"), QStringLiteral("src/a.cpp")}, {QStringLiteral("line"), 121}}};
    QTest::newRow("a line that does not match")
        << conflict << QString()
        << QByteArray("::error file=src/a.cpp,line=121,title=PatchPanel%3A does-not-apply::hunk 2 does not match%0A"
                      "make it again\n");
    QTest::newRow("the workspace is a folder of the repository")
        << conflict << QStringLiteral("/repo")
        << QByteArray("::error file=work/src/a.cpp,line=121,title=PatchPanel%3A does-not-apply::hunk 2 does not "
                      "match%0Amake it again\n");
    QTest::newRow("the workspace lies elsewhere")
        << conflict << QStringLiteral("/other")
        << QByteArray("::error file=/repo/work/src/a.cpp,line=121,title=PatchPanel%3A does-not-apply::hunk 2 does not "
                      "match%0Amake it again\n");
    QTest::newRow("a failed command is the task's")
        << Error{ErrorCode::GateFailed, QStringLiteral("Build failed: `make` exited with 2.")} << QString()
        << QByteArray("::error file=tasks/a%2Cb.json,title=PatchPanel%3A gate-failed::Build failed: `make` exited "
                      "with 2.\n");
    QTest::newRow("text that looks like a command")
        << Error{ErrorCode::GateFailed, QStringLiteral("100%\r\n::error::no")} << QString()
        << QByteArray("::error file=tasks/a%2Cb.json,title=PatchPanel%3A gate-failed::100%25%0D%0A::error::no\n");
}

void TestAnnotations::places()
{
    QFETCH(Error, error);
    QFETCH(QString, repository);
    const TaskOutcome outcome{.task = QStringLiteral("tasks/a,b.json"), .outcome = Relay::outcomeOf(error)};
    QTEST(annotations(outcome, QStringLiteral("/repo/work"), repository), "text");
}

void TestAnnotations::everyProblem()
{
    const auto problem = [](const char *severity, int line) {
        return QJsonObject{{QStringLiteral("severity"), QLatin1String(severity)},
                           {QStringLiteral("message"), QStringLiteral("wrong")},
                           {QStringLiteral("line"), line},
                           {QStringLiteral("column"), 7}};
    };
    const QJsonArray problems{problem("error", 3), problem("warning", 4), problem("error", 5)};
    const Error error{
        ErrorCode::InvalidTask, QStringLiteral("wrong"), {}, {}, {{QStringLiteral("problems"), problems}}};
    const TaskOutcome outcome{.task = QStringLiteral("a.json"), .outcome = Relay::outcomeOf(error)};
    QCOMPARE(annotations(outcome, QStringLiteral("/repo"), {}),
             QByteArray("::error file=a.json,line=3,col=7,title=PatchPanel%3A invalid-task::wrong\n"
                        "::error file=a.json,line=5,col=7,title=PatchPanel%3A invalid-task::wrong\n"));
}

void TestAnnotations::nothingAfterASuccess()
{
    const TaskOutcome outcome{.task = QStringLiteral("a.json"), .outcome = Test::outcomeFrom(Test::sampleSuccess())};
    QCOMPARE(annotations(outcome, QStringLiteral("/repo"), {}), QByteArray());
}

void TestAnnotations::whereTheyAreWanted_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("wanted");
    QTest::newRow("in a workflow") << QByteArray("true") << true;
    QTest::newRow("elsewhere") << QByteArray() << false;
    QTest::newRow("said no") << QByteArray("false") << false;
}

void TestAnnotations::whereTheyAreWanted()
{
    QFETCH(QByteArray, value);
    qputenv("GITHUB_ACTIONS", value);
    QTEST(isGithubActions(), "wanted");
}

QTEST_GUILESS_MAIN(TestAnnotations)
#include "tst_annotations.moc"
