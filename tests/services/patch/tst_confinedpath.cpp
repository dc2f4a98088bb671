#include "services/patch/taskreader.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Patch;

class TestConfinedPath : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
};

void TestConfinedPath::accepts_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("expected");
    const auto same = [](const char *name, const QString &path) {
        QTest::newRow(name) << path << path;
    };
    same("plain", QStringLiteral("src/app.js"));
    same("one part", QStringLiteral("README"));
    same("hidden file", QStringLiteral(".gitignore"));
    same("github folder", QStringLiteral(".github/workflows/ci.yml"));
    same("name with git in it", QStringLiteral("a.git"));
    same("three dots", QStringLiteral("a/..."));
    same("blank in name", QStringLiteral("my file.txt"));
    same("trailing blank", QStringLiteral("file "));
    same("not ascii", QStringLiteral("grün/ångström/日本.txt"));
    same("emoji", QStringLiteral("\U0001F600.txt"));
    same("backslash", QStringLiteral("unit\\x2d.mount"));
    same("colon", QStringLiteral("a:b"));
    same("shell characters", QStringLiteral("$(date);`x`"));
    same("255 bytes", QString(255, u'x'));
    QTest::newRow("absolute beneath the workspace") << QStringLiteral("/work/space/src/a") << QStringLiteral("src/a");
}

void TestConfinedPath::accepts()
{
    QFETCH(QString, path);
    QFETCH(QString, expected);
    const Result<QString> result = confinedPath(path, QStringLiteral("/work/space/"));
    QVERIFY2(result.ok(), result.ok() ? "" : qPrintable(result.error().toString()));
    QCOMPARE(*result, expected);
}

void TestConfinedPath::refuses_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<ErrorCode>("code");
    const auto unsafe = [](const char *name, const QString &path) {
        QTest::newRow(name) << path << ErrorCode::UnsafePath;
    };
    unsafe("empty", QString());
    unsafe("dot dot", QStringLiteral(".."));
    unsafe("upwards", QStringLiteral("../x"));
    unsafe("upwards in the middle", QStringLiteral("a/../../x"));
    unsafe("upwards at the end", QStringLiteral("a/.."));
    unsafe("dot", QStringLiteral("./x"));
    unsafe("dot in the middle", QStringLiteral("a/./x"));
    unsafe("double slash", QStringLiteral("a//x"));
    unsafe("trailing slash", QStringLiteral("a/"));
    unsafe("nul", QStringLiteral("a") + QChar(u'\0') + QStringLiteral("b"));
    unsafe("line feed", QStringLiteral("a\nb"));
    unsafe("tab", QStringLiteral("a\tb"));
    unsafe("delete character", QStringLiteral("a\u007f"));
    unsafe("C1 control", QStringLiteral("a\u0085b"));
    unsafe("half of a surrogate pair", QString(QChar(0xd800)));
    unsafe("git", QStringLiteral(".git"));
    unsafe("git config", QStringLiteral(".git/config"));
    unsafe("git in a subfolder", QStringLiteral("sub/.git/hooks/pre-commit"));
    unsafe("git in capitals", QStringLiteral(".GIT/config"));
    unsafe("git in mixed case", QStringLiteral(".GiT/config"));
    unsafe("git with a dot behind", QStringLiteral(".git./config"));
    unsafe("git with blanks behind", QStringLiteral(".git  /config"));
    unsafe("git with dots and blanks", QStringLiteral(".git . ./config"));
    unsafe("git's short name", QStringLiteral("git~1/config"));
    unsafe("git's short name in capitals", QStringLiteral("GIT~1/config"));
    unsafe("git's stream", QStringLiteral(".git::$INDEX_ALLOCATION/config"));
    unsafe("git behind a backslash", QStringLiteral("a\\.git\\config"));
    unsafe("git with zero width joiner", QStringLiteral(".g\u200dit/config"));
    unsafe("git with zero width non-joiner", QStringLiteral(".gi\u200ct/config"));
    unsafe("git with a byte order mark", QStringLiteral("\ufeff.git/config"));
    unsafe("git with right-to-left mark", QStringLiteral(".git\u200f/config"));
    unsafe("patchpanel", QStringLiteral(".patchpanel/lock"));
    unsafe("patchpanel in capitals", QStringLiteral(".PatchPanel/lock"));
    unsafe("256 bytes", QString(256, u'x'));
    unsafe("256 bytes of two-byte characters", QString(128, u'ö'));
    unsafe("long path", QString(QStringLiteral("abc/")).repeated(1100) + QStringLiteral("x"));
    unsafe("absolute, then upwards", QStringLiteral("/work/space/../etc/passwd"));
    unsafe("the workspace itself", QStringLiteral("/work/space/"));
    const auto outside = [](const char *name, const QString &path) {
        QTest::newRow(name) << path << ErrorCode::OutsideWorkspace;
    };
    outside("absolute elsewhere", QStringLiteral("/etc/passwd"));
    outside("root", QStringLiteral("/"));
    outside("sibling with the same start", QStringLiteral("/work/space2/x"));
    outside("folder above", QStringLiteral("/work"));
}

void TestConfinedPath::refuses()
{
    QFETCH(QString, path);
    QFETCH(ErrorCode, code);
    const Result<QString> result = confinedPath(path, QStringLiteral("/work/space"));
    QVERIFY(!result.ok());
    QCOMPARE(result.error().code, code);
    QVERIFY(!result.error().message.contains(u'\n'));
}

QTEST_GUILESS_MAIN(TestConfinedPath)
#include "tst_confinedpath.moc"
