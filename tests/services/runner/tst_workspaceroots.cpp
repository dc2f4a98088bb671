#include "services/runner/workspaceroots.h"
#include "tests/support/tempworkspace.h"

#include <QDir>
#include <QTest>

using namespace PatchPanel;

class TestWorkspaceRoots : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void resolves_data();
    void resolves();
    void withoutRootsNothingIsAllowed();
    void aRootMayBeASymbolicLink();
    void aRootAddedLaterCounts();

private:
    std::unique_ptr<Test::TempWorkspace> m_folder;
};

// base/repos/a is the workspace; base/secret lies beside the root base/repos.
void TestWorkspaceRoots::init()
{
    m_folder = std::make_unique<Test::TempWorkspace>();
    QVERIFY(m_folder->write(QStringLiteral("repos/a/file"), "x"));
    QVERIFY(m_folder->write(QStringLiteral("repos-other/file"), "x"));
    QVERIFY(m_folder->write(QStringLiteral("secret/file"), "x"));
    QVERIFY(m_folder->link(m_folder->absolute(QStringLiteral("secret")), QStringLiteral("repos/escape")));
    QVERIFY(m_folder->link(m_folder->absolute(QStringLiteral("repos/a")), QStringLiteral("repos/alias")));
}

void TestWorkspaceRoots::resolves_data()
{
    QTest::addColumn<QString>("workspace");
    QTest::addColumn<QString>("expected"); // relative to the base, or the name of the error
    QTest::newRow("beneath the root") << "repos/a"
                                      << "repos/a";
    QTest::newRow("the root itself") << "repos"
                                     << "repos";
    QTest::newRow("a slash at the end") << "repos/a/"
                                        << "repos/a";
    QTest::newRow("a link that stays inside") << "repos/alias"
                                              << "repos/a";
    QTest::newRow("a link that leads out") << "repos/escape"
                                           << "outside-workspace";
    QTest::newRow("dots that lead out") << "repos/../secret"
                                        << "outside-workspace";
    QTest::newRow("a name that only begins alike") << "repos-other"
                                                   << "outside-workspace";
    QTest::newRow("above the root") << ""
                                    << "outside-workspace";
    QTest::newRow("missing beneath the root") << "repos/missing"
                                              << "not-found";
    QTest::newRow("missing elsewhere") << "elsewhere/missing"
                                       << "outside-workspace";
    QTest::newRow("a file") << "repos/a/file"
                            << "not-found";
}

void TestWorkspaceRoots::resolves()
{
    QFETCH(QString, workspace);
    QFETCH(QString, expected);
    Runner::WorkspaceRoots roots;
    roots.add(m_folder->absolute(QStringLiteral("repos")));
    const Result<QString> resolved = roots.resolve(m_folder->absolute(workspace));
    const QString found = resolved ? QDir(m_folder->path()).relativeFilePath(*resolved)
                                   : QString::fromLatin1(traitsOf(resolved.error().code).name);
    QCOMPARE(found, expected);
}

void TestWorkspaceRoots::withoutRootsNothingIsAllowed()
{
    const Runner::WorkspaceRoots roots;
    QCOMPARE(roots.resolve(m_folder->path()).error().code, ErrorCode::OutsideWorkspace);
    QCOMPARE(roots.resolve(QStringLiteral("repos")).error().code, ErrorCode::BadRequest);
    QCOMPARE(roots.resolve({}).error().code, ErrorCode::BadRequest);
}

void TestWorkspaceRoots::aRootMayBeASymbolicLink()
{
    Runner::WorkspaceRoots roots;
    roots.add(m_folder->absolute(QStringLiteral("repos/alias")));
    QCOMPARE(roots.resolve(m_folder->absolute(QStringLiteral("repos/a"))).value(),
             m_folder->absolute(QStringLiteral("repos/a")));
}

void TestWorkspaceRoots::aRootAddedLaterCounts()
{
    Runner::WorkspaceRoots roots;
    roots.add(m_folder->absolute(QStringLiteral("repos")));
    QVERIFY(!roots.resolve(m_folder->absolute(QStringLiteral("secret"))).ok());
    roots.add(m_folder->absolute(QStringLiteral("secret")));
    QVERIFY(roots.resolve(m_folder->absolute(QStringLiteral("secret"))).ok());
}

QTEST_GUILESS_MAIN(TestWorkspaceRoots)
#include "tst_workspaceroots.moc"
