#include "app/commands/lintreport.h"

#include <QJsonArray>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;
using Patch::ProblemCode;
using Patch::Severity;

class TestLintReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFindingWithItsPlace();
    void cleanFile();
    void noteIsNoFault();
    void asJson();
};

namespace {

LintedFile badFile()
{
    Patch::TaskReading reading;
    reading.task.dialect = QStringLiteral("native");
    reading.problems.append({.code = ProblemCode::UnknownOp,
                             .pointer = QStringLiteral("/mutations/0/op"),
                             .line = 4,
                             .column = 12,
                             .message = QStringLiteral("The op is not known."),
                             .expected = QStringLiteral("an op"),
                             .found = QStringLiteral("\"explode\""),
                             .hint = QStringLiteral("mend it")});
    reading.warnings.append({.severity = Severity::Warning,
                             .code = ProblemCode::UnknownKey,
                             .pointer = QStringLiteral("/x"),
                             .line = 2,
                             .column = 3,
                             .message = QStringLiteral("odd key")});
    return lintedFile(QStringLiteral("bad.json"), reading);
}

} // namespace

void TestLintReport::everyFindingWithItsPlace()
{
    QCOMPARE(lintText({badFile()}, Ansi::Plain),
             QByteArray("bad.json:2:3: warning: odd key [unknown-key]\n"
                        "    at        /x\n"
                        "bad.json:4:12: error: The op is not known. [unknown-op]\n"
                        "    at        /mutations/0/op\n"
                        "    found     \"explode\"\n"
                        "    expected  an op\n"
                        "    hint      mend it\n"
                        "bad.json: 1 error, 1 warning (native)\n"));
    QVERIFY(lintText({badFile()}, Ansi::Colored).contains("\033[31merror\033[0m: The op"));
}

void TestLintReport::cleanFile()
{
    Patch::TaskReading reading;
    reading.task.dialect = QStringLiteral("diff");
    QCOMPARE(lintText({lintedFile(QStringLiteral("a.patch"), reading)}, Ansi::Plain),
             QByteArray("a.patch: clean (diff)\n"));
}

void TestLintReport::noteIsNoFault()
{
    Patch::TaskReading reading;
    reading.warnings.append(
        {.severity = Severity::Note, .code = ProblemCode::Reading, .message = QStringLiteral("so")});
    const LintedFile file = lintedFile(QStringLiteral("a"), reading);
    QCOMPARE(lintText({file}, Ansi::Plain), QByteArray("a: note: so [reading]\na: clean\n"));
    QCOMPARE(lintJson({file})[QStringLiteral("files")][0][QStringLiteral("status")].toString(),
             QStringLiteral("clean"));
}

void TestLintReport::asJson()
{
    const QJsonObject document = lintJson({badFile(), lintedFile(QStringLiteral("b"), {})});
    QCOMPARE(document[QStringLiteral("errors")].toInt(), 1);
    QCOMPARE(document[QStringLiteral("warnings")].toInt(), 1);
    const QJsonArray files = document[QStringLiteral("files")].toArray();
    QCOMPARE(files.size(), 2);
    QCOMPARE(files[0][QStringLiteral("status")].toString(), QStringLiteral("errors"));
    QCOMPARE(files[1][QStringLiteral("status")].toString(), QStringLiteral("clean"));
    const QJsonObject expected{{QStringLiteral("severity"), QStringLiteral("error")},
                               {QStringLiteral("code"), QStringLiteral("unknown-op")},
                               {QStringLiteral("where"), QStringLiteral("/mutations/0/op (4:12)")},
                               {QStringLiteral("pointer"), QStringLiteral("/mutations/0/op")},
                               {QStringLiteral("line"), 4},
                               {QStringLiteral("column"), 12},
                               {QStringLiteral("message"), QStringLiteral("The op is not known.")},
                               {QStringLiteral("expected"), QStringLiteral("an op")},
                               {QStringLiteral("found"), QStringLiteral("\"explode\"")},
                               {QStringLiteral("hint"), QStringLiteral("mend it")}};
    QCOMPARE(files[0][QStringLiteral("problems")][1].toObject(), expected);
}

QTEST_GUILESS_MAIN(TestLintReport)
#include "tst_lintreport.moc"
