#include "app/workspaceglob.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::App;

class TestWorkspaceGlob : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void matches_data();
    void matches();
    void aLinkIsTheFolderThatItLeadsTo();
    void homeIsATilde();
    void relativePatternsStartHere();
    void refusals_data();
    void refusals();
    void naturalOrder_data();
    void naturalOrder();
    void shortNames_data();
    void shortNames();

private:
    QString inRoot(const QString &path) const { return m_root + u'/' + path; }

    QTemporaryDir m_folder;
    QString m_root; // canonical
};

void TestWorkspaceGlob::initTestCase()
{
    m_root = QDir(m_folder.path()).canonicalPath();
    for (const char *name :
         {"repos/r1", "repos/r2", "repos/r10", "repos/.hidden", "other/r3", "nested/a/b", "with [x]"}) {
        QVERIFY(QDir(m_root).mkpath(QString::fromLatin1(name)));
    }
    QFile file(inRoot(QStringLiteral("repos/notes.txt")));
    QVERIFY(file.open(QIODevice::WriteOnly));
}

void TestWorkspaceGlob::matches_data()
{
    QTest::addColumn<QStringList>("patterns");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const char *patterns, const char *expected) {
        QTest::newRow(name) << QString::fromLatin1(patterns).split(u' ') << QString::fromLatin1(expected).split(u' ');
    };
    row("folders only, in natural order", "repos/*", "repos/r1 repos/r2 repos/r10");
    row("several patterns", "repos/r1 other/*", "other/r3 repos/r1");
    row("each once", "repos/r* repos/r2 repos/../repos/r1", "repos/r1 repos/r2 repos/r10");
    row("braces", "{other,repos}/r[13]", "other/r3 repos/r1");
    row("no wildcard", "repos/r2/", "repos/r2");
    row("hidden when named so", "repos/.h*", "repos/.hidden");
}

void TestWorkspaceGlob::matches()
{
    QFETCH(QStringList, patterns);
    QFETCH(QStringList, expected);
    for (QStringList *list : {&patterns, &expected}) {
        for (QString &path : *list) {
            path = inRoot(path);
        }
    }
    const Result<QStringList> found = workspacesMatching(patterns);
    QVERIFY2(found.ok(), found ? "" : qPrintable(found.error().toString()));
    QCOMPARE(*found, expected);
}

void TestWorkspaceGlob::aLinkIsTheFolderThatItLeadsTo()
{
    QVERIFY(QFile::link(inRoot(QStringLiteral("repos/r1")), inRoot(QStringLiteral("other/link"))));
    const Result<QStringList> found =
        workspacesMatching({inRoot(QStringLiteral("other/l*")), inRoot(QStringLiteral("repos/r1"))});
    QVERIFY(QFile::remove(inRoot(QStringLiteral("other/link"))));
    QVERIFY(found.ok());
    QCOMPARE(*found, QStringList{inRoot(QStringLiteral("repos/r1"))});
}

void TestWorkspaceGlob::homeIsATilde()
{
    const QByteArray home = qgetenv("HOME");
    qputenv("HOME", QFile::encodeName(m_root));
    const Result<QStringList> found = workspacesMatching({QStringLiteral("~/other/*")});
    qputenv("HOME", home);
    QVERIFY(found.ok());
    QCOMPARE(*found, QStringList{inRoot(QStringLiteral("other/r3"))});
}

void TestWorkspaceGlob::relativePatternsStartHere()
{
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(m_root));
    const Result<QStringList> found = workspacesMatching({QStringLiteral("other/*")});
    QVERIFY(QDir::setCurrent(before));
    QVERIFY(found.ok());
    QCOMPARE(*found, QStringList{inRoot(QStringLiteral("other/r3"))});
}

void TestWorkspaceGlob::refusals_data()
{
    QTest::addColumn<QStringList>("patterns");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *name, const QStringList &patterns, const char *part) {
        QTest::newRow(name) << patterns << QString::fromLatin1(part);
    };
    row("nothing", {QStringLiteral("repos/none*")}, "none*\" matches no folder");
    row("files only", {QStringLiteral("repos/*.txt")}, "matches files only");
    row("one of two matches nothing", {QStringLiteral("repos/*"), QStringLiteral("gone")}, "gone\" matches no folder");
    row("below another", {QStringLiteral("nested/*"), QStringLiteral("nested/*/*")}, "nested/a/b/ lies below");
    row("below another that is not its neighbour", {QStringLiteral("nested"), QStringLiteral("nested/a/b")},
        "nested/a/b/ lies below");
}

void TestWorkspaceGlob::refusals()
{
    QFETCH(QStringList, patterns);
    QFETCH(QString, part);
    for (QString &pattern : patterns) {
        pattern = inRoot(pattern);
    }
    const Result<QStringList> found = workspacesMatching(patterns);
    QVERIFY(!found);
    QCOMPARE(found.error().code, ErrorCode::Usage);
    QVERIFY2(found.error().message.contains(part), qPrintable(found.error().message));
}

void TestWorkspaceGlob::naturalOrder_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    const auto row = [](const char *name, const char *first, const char *second) {
        QTest::newRow(name) << QString::fromLatin1(first) << QString::fromLatin1(second);
    };
    row("numbers", "r2", "r10");
    row("more digits than any integer", "r99999999999999999999998", "r99999999999999999999999");
    row("several numbers", "v1.9/a2", "v1.10/a1");
    row("leading zeros do not count", "r007", "r8");
    row("the same number", "r007", "r7");
    row("letters", "alpha", "beta");
    row("the beginning comes first", "repo", "repo-1");
    row("digits before letters", "r1", "ra");
}

void TestWorkspaceGlob::naturalOrder()
{
    QFETCH(QString, first);
    QFETCH(QString, second);
    QVERIFY(isNaturallyLess(first, second));
    QVERIFY(!isNaturallyLess(second, first));
    QVERIFY(!isNaturallyLess(first, first));
}

void TestWorkspaceGlob::shortNames_data()
{
    QTest::addColumn<QStringList>("workspaces");
    QTest::addColumn<QStringList>("names");
    const auto row = [](const char *name, const char *workspaces, const char *names) {
        QTest::newRow(name) << QString::fromLatin1(workspaces).split(u' ', Qt::SkipEmptyParts)
                            << QString::fromLatin1(names).split(u' ', Qt::SkipEmptyParts);
    };
    row("none", "", "");
    row("one", "/home/me/repos/r1", "r1");
    row("in one folder", "/home/me/repos/r1 /home/me/repos/r2", "r1 r2");
    row("in several folders", "/home/me/a/r1 /home/me/ab/r1", "a/r1 ab/r1");
    row("nothing in common", "/a/r1 /b/r1", "a/r1 b/r1");
    row("one name begins the other", "/w/shop /w/shop-2", "shop shop-2");
}

void TestWorkspaceGlob::shortNames()
{
    QFETCH(QStringList, workspaces);
    QTEST(workspaceNames(workspaces), "names");
}

QTEST_GUILESS_MAIN(TestWorkspaceGlob)

#include "tst_workspaceglob.moc"
