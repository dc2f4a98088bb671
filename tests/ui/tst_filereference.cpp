#include "ui/models/filereference.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Ui;

class TestFileReference : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void findsPlaces_data();
    void findsPlaces();
    void choosesTheOneAtTheCaret();
    void hugeLineIsNoProblem();
    void onlyFilesBeneathTheWorkspace_data();
    void onlyFilesBeneathTheWorkspace();
};

void TestFileReference::findsPlaces_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("path"); // empty: none
    QTest::addColumn<int>("number");
    QTest::addColumn<int>("column");
    const auto row = [](const char *name, const char *line, const char *path, int number, int column = 0) {
        QTest::newRow(name) << QString::fromUtf8(line) << QString::fromUtf8(path) << number << column;
    };
    row("compiler", "src/net.cpp:88:12: warning: unused variable 'n'", "src/net.cpp", 88, 12);
    row("without a column", "net.cpp:88: error", "net.cpp", 88);
    row("behind words", "In file included from ../include/a.h:3,", "../include/a.h", 3);
    row("in quotes", "see \"docs/read me.md\" and 'lib/b.py:7'", "lib/b.py", 7);
    row("in brackets", "FAIL! : Loc: [/work/tests/tst_a.cpp(120)]", "/work/tests/tst_a.cpp", 120);
    row("visual studio", "src/main.cs(12,5): error CS1002", "src/main.cs", 12, 5);
    row("stack of node", "    at run (/srv/app/index.js:10:3)", "/srv/app/index.js", 10, 3);
    row("stack of python is another form", "  File \"a.py\", line 3", "", 0);
    row("without a suffix", "scripts/check:14: not found", "scripts/check", 14);
    row("dot files", "./.github/ci.yml:2", "./.github/ci.yml", 2);
    row("other letters", "quellen/größe.cpp:5:1", "quellen/größe.cpp", 5, 1);
    row("time", "10:00:01.204 INFO ready", "", 0);
    row("date and time", "2026-11-30T10:00:01Z start", "", 0);
    row("address", "listening on 127.0.0.1:5040", "", 0);
    row("URL", "GET http://localhost:5040/v1/agent/self:12", "", 0);
    row("URL with a suffix", "https://example.com:443/a.html", "", 0);
    row("line 0", "a.cpp:0", "", 0);
    row("no number", "a.cpp: no such file", "", 0);
    row("version", "cmake 3.25.1:12", "", 0);
    row("empty", "", "", 0);
}

void TestFileReference::findsPlaces()
{
    QFETCH(QString, line);
    QFETCH(QString, path);
    QFETCH(int, number);
    QFETCH(int, column);
    const std::optional<FileReference> found = fileReferenceIn(line, -1);
    QCOMPARE(found ? found->path : QString(), path);
    if (found) {
        QCOMPARE(found->line, number);
        QCOMPARE(found->column, column);
        QCOMPARE(found->toText(), QStringLiteral("%1:%2").arg(path).arg(number));
    }
}

void TestFileReference::choosesTheOneAtTheCaret()
{
    const QString line = QStringLiteral("a.cpp:1: from b/c.h:22: x");
    QCOMPARE(fileReferenceIn(line, 0)->path, QStringLiteral("a.cpp"));
    QCOMPARE(fileReferenceIn(line, 16)->path, QStringLiteral("b/c.h"));
    QCOMPARE(fileReferenceIn(line, 25)->path, QStringLiteral("a.cpp"));
}

void TestFileReference::hugeLineIsNoProblem()
{
    QElapsedTimer timer;
    timer.start();
    for (const QString &part :
         {QStringLiteral("a/"), QStringLiteral("a."), QStringLiteral("a"), QStringLiteral("-:1")}) {
        fileReferenceIn(part.repeated(500'000), 0);
    }
    QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
}

void TestFileReference::onlyFilesBeneathTheWorkspace_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("problem"); // empty: it is opened
    QTest::newRow("relative") << QStringLiteral("src/a.cpp") << QString();
    QTest::newRow("with dots") << QStringLiteral("./src/../src/a.cpp") << QString();
    QTest::newRow("absolute") << QStringLiteral("ROOT/src/a.cpp") << QString();
    QTest::newRow("missing") << QStringLiteral("src/b.cpp") << QStringLiteral("no such file");
    QTest::newRow("folder") << QStringLiteral("src") << QStringLiteral("no file");
    QTest::newRow("outside") << QStringLiteral("/etc/passwd") << QStringLiteral("not beneath the workspace");
    QTest::newRow("outside by dots") << QStringLiteral("../outside.txt") << QStringLiteral("not beneath the workspace");
    QTest::newRow("outside by a link") << QStringLiteral("src/link") << QStringLiteral("not beneath the workspace");
    QTest::newRow("beside, with the same beginning")
        << QStringLiteral("../workspace2/a.cpp") << QStringLiteral("not beneath the workspace");
}

void TestFileReference::onlyFilesBeneathTheWorkspace()
{
    QFETCH(QString, path);
    QFETCH(QString, problem);
    const QTemporaryDir folder;
    const QDir around(folder.path());
    const QString workspace = around.filePath(QStringLiteral("workspace"));
    QVERIFY(around.mkpath(QStringLiteral("workspace/src")) && around.mkpath(QStringLiteral("workspace2")));
    for (const char *name : {"workspace/src/a.cpp", "workspace2/a.cpp", "outside.txt"}) {
        QFile file(around.filePath(QLatin1String(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }
    QVERIFY(QFile::link(around.filePath(QStringLiteral("outside.txt")), workspace + QStringLiteral("/src/link")));
    const Result<QString> found = fileBeneath(workspace, path.replace(QStringLiteral("ROOT"), workspace));
    QCOMPARE(found.ok(), problem.isEmpty());
    if (found) {
        QCOMPARE(*found, QFileInfo(workspace + QStringLiteral("/src/a.cpp")).canonicalFilePath());
    } else {
        QVERIFY2(found.error().message.contains(problem), qPrintable(found.error().message));
        QVERIFY(found.error().code == ErrorCode::NotFound);
    }
    QVERIFY(!fileBeneath({}, path));
}

QTEST_GUILESS_MAIN(TestFileReference)
#include "tst_filereference.moc"
