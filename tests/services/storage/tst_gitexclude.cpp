#include "services/storage/gitexclude.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace PatchPanel;

namespace {

bool git(const QString &folder, const QStringList &arguments)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral("git"),
                  QStringList{QStringLiteral("-c"), QStringLiteral("user.name=t"), QStringLiteral("-c"),
                              QStringLiteral("user.email=t@example.org")}
                      + arguments);
    return process.waitForFinished() && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot open");
}

bool writeFile(const QString &path, const QByteArray &contents)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size();
}

} // namespace

class TestGitExclude : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void appendsTheLineOnce_data();
    void appendsTheLineOnce();
    void findsTheRepositoryAboveAFolder();
    void followsTheGitFileOfAWorktree();
    void makesAMissingInfoFolder();
    void leavesAFolderWithoutARepositoryAlone();
    void ignoresAGitFileThatPointsToNoRepository();
    void doesNotWriteThroughASymbolicLink();

private:
    QString path(const QString &name) const { return m_folder->filePath(name); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestGitExclude::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("repo")));
    QVERIFY(git(path(QStringLiteral("repo")), {QStringLiteral("init"), QStringLiteral("-q")}));
}

void TestGitExclude::appendsTheLineOnce_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("empty file") << QByteArray() << QByteArray(".patchpanel/\n");
    QTest::newRow("other lines") << QByteArray("*.o\n") << QByteArray("*.o\n.patchpanel/\n");
    QTest::newRow("no newline at the end") << QByteArray("*.o") << QByteArray("*.o\n.patchpanel/\n");
    QTest::newRow("the line is there") << QByteArray(".patchpanel/\n*.o\n") << QByteArray(".patchpanel/\n*.o\n");
    QTest::newRow("only a similar line") << QByteArray("x.patchpanel/\n")
                                         << QByteArray("x.patchpanel/\n.patchpanel/\n");
}

void TestGitExclude::appendsTheLineOnce()
{
    QFETCH(QByteArray, before);
    const QString exclude = path(QStringLiteral("repo/.git/info/exclude"));
    QVERIFY(writeFile(exclude, before));
    Storage::excludeFromGit(path(QStringLiteral("repo")), ".patchpanel/");
    Storage::excludeFromGit(path(QStringLiteral("repo")), ".patchpanel/");
    QTEST(contentsOf(exclude), "after");
}

void TestGitExclude::findsTheRepositoryAboveAFolder()
{
    QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("repo/a/b")));
    Storage::excludeFromGit(path(QStringLiteral("repo/a/b")), ".patchpanel/");
    QVERIFY(contentsOf(path(QStringLiteral("repo/.git/info/exclude"))).endsWith("\n.patchpanel/\n"));
}

void TestGitExclude::followsTheGitFileOfAWorktree()
{
    const QString repo = path(QStringLiteral("repo"));
    QVERIFY(git(repo,
                {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("--allow-empty"), QStringLiteral("-m"),
                 QStringLiteral("first")}));
    QVERIFY(git(repo,
                {QStringLiteral("worktree"), QStringLiteral("add"), QStringLiteral("-q"), QStringLiteral("../tree")}));
    Storage::excludeFromGit(path(QStringLiteral("tree")), ".patchpanel/");

    QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("tree/.patchpanel")));
    QVERIFY(writeFile(path(QStringLiteral("tree/.patchpanel/lock")), "x"));
    QVERIFY(git(path(QStringLiteral("tree")),
                {QStringLiteral("check-ignore"), QStringLiteral("-q"), QStringLiteral(".patchpanel/lock")}));
}

void TestGitExclude::makesAMissingInfoFolder()
{
    QVERIFY(QDir(path(QStringLiteral("repo/.git/info"))).removeRecursively());
    Storage::excludeFromGit(path(QStringLiteral("repo")), ".patchpanel/");
    QCOMPARE(contentsOf(path(QStringLiteral("repo/.git/info/exclude"))), QByteArray(".patchpanel/\n"));
}

void TestGitExclude::leavesAFolderWithoutARepositoryAlone()
{
    QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("plain")));
    Storage::excludeFromGit(path(QStringLiteral("plain")), ".patchpanel/");
    QVERIFY(QDir(path(QStringLiteral("plain"))).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
}

void TestGitExclude::ignoresAGitFileThatPointsToNoRepository()
{
    QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("plain/sub")));
    QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("victim")));
    QVERIFY(writeFile(path(QStringLiteral("plain/.git")), "gitdir: ../victim\n"));
    Storage::excludeFromGit(path(QStringLiteral("plain")), ".patchpanel/");
    QVERIFY(QDir(path(QStringLiteral("victim"))).isEmpty());
}

void TestGitExclude::doesNotWriteThroughASymbolicLink()
{
    const QString victim = path(QStringLiteral("victim"));
    const QString exclude = path(QStringLiteral("repo/.git/info/exclude"));
    QVERIFY(writeFile(victim, "mine\n"));
    QVERIFY(QFile::remove(exclude));
    QCOMPARE(symlink(qPrintable(victim), qPrintable(exclude)), 0);
    Storage::excludeFromGit(path(QStringLiteral("repo")), ".patchpanel/");
    QCOMPARE(contentsOf(victim), QByteArray("mine\n"));
}

QTEST_GUILESS_MAIN(TestGitExclude)
#include "tst_gitexclude.moc"
