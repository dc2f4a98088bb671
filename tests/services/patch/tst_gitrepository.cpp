#include "services/patch/gitrepository.h"
#include "tests/support/gitworkspace.h"
#include "tests/support/planbuilder.h"

#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <thread>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::GitWorkspace;
using PatchPanel::Test::PlanBuilder;
using PatchPanel::Test::TempWorkspace;

namespace {

const QString runId = QStringLiteral("cafe00000001");

struct Fixture {
    GitWorkspace workspace;
    std::optional<WorkspaceRoot> root;
    Log::Store store;
    Log::Writer log{store, "runner-1"};

    Fixture()
    {
        root = WorkspaceRoot::open(workspace.path()).value();
        workspace.write(QStringLiteral("a.txt"), "alpha\n");
        workspace.write(QStringLiteral("b.txt"), "beta\n");
        workspace.write(QStringLiteral("dir/c.txt"), "gamma\n");
        workspace.write(QStringLiteral(".gitignore"), "*.log\n");
        workspace.commitAll();
    }

    GitRepository repository() const { return std::move(*GitRepository::find(*root).value()); }

    CommitReport commit(const QList<Change> &changes, const GitStep &step = {}, const std::stop_token &stop = {})
    {
        return repository().commit(step, QStringLiteral("feat: a change\n\nWhy it was made."), changes, runId, log,
                                   stop);
    }
    void hook(const QString &name, const QByteArray &script)
    {
        const QString path = QStringLiteral(".git/hooks/") + name;
        workspace.write(path, "#!/bin/sh\n" + script);
        QFile::setPermissions(workspace.absolute(path), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QByteArray git(const QString &arguments) { return workspace.git(arguments.split(u' ')); }
    QByteArray committedPaths() { return git(QStringLiteral("show --format= --name-status --no-renames HEAD")); }
};

Change changed(const QString &path, ChangeKind kind = ChangeKind::Modify, const QString &from = {})
{
    Change change;
    change.kind = kind;
    change.path = path;
    change.from = from;
    return change;
}

} // namespace

class TestGitRepository : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void absentOutsideARepository();
    void commitsExactlyThePaths();
    void otherStagedFilesStayStaged();
    void worksBelowTheTopFolder();
    void firstCommitOfARepository();
    void namesThatLookLikePatterns();
    void ignoredPathsAreLeftOut();
    void nothingToCommitIsNone();
    void lockedIndexIsAFailure();
    void fallbackIdentity();
    void failingHookLeavesIndexAndBranch();
    void hookOutputIsLogged();
    void cancelEndsAHangingHook();
    void postCommitHookThatHangsDoesNotUnmakeTheCommit();
    void hookThatTakesTooLongFails();
    void hookThatLeavesAChildBehind();
    void lineEndingsOfTheWorkspaceStay_data();
    void lineEndingsOfTheWorkspaceStay();
    void sparseCheckout();
    void refusesOperationInProgress_data();
    void refusesOperationInProgress();
    void refusesABisect();
    void messageOfAnyLength();
    void hookSeesTheMessage();
    void signsAsConfigured();
    void manyPathsAreToldApart();
    void pathsAreNoPatterns();
    void aTagMayHaveTheBranchsName();
    void otherReferencesMayBeCalledHead();
    void asksGitFewTimes();
    void worksInAWorktree();
    void worksInASubmodule();
    void refusesBadNames_data();
    void refusesBadNames();
    void commitsOnANewBranch();
    void commitsOnAnExistingBranchAtTheSameCommit();
    void refusesBranchElsewhere();
    void tagsTheCommit();
    void detachedHeadStaysUsable();
};

void TestGitRepository::absentOutsideARepository()
{
    const TempWorkspace workspace;
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    const Result<std::optional<GitRepository>> found = GitRepository::find(root);
    QVERIFY(found.ok());
    QVERIFY(!found->has_value());
}

void TestGitRepository::commitsExactlyThePaths()
{
    Fixture f;
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    f.workspace.write(QStringLiteral("new/n.txt"), "new\n");
    f.workspace.write(QStringLiteral("untracked.txt"), "not ours\n");
    f.workspace.write(QStringLiteral("dir/c.txt"), "edited by the user\n");
    QFile::rename(f.workspace.absolute(QStringLiteral("b.txt")), f.workspace.absolute(QStringLiteral("moved.txt")));

    const CommitReport report =
        f.commit({changed(QStringLiteral("a.txt")), changed(QStringLiteral("new/n.txt"), ChangeKind::Create),
                  changed(QStringLiteral("moved.txt"), ChangeKind::Move, QStringLiteral("b.txt")),
                  changed(QStringLiteral("never-tracked.txt"), ChangeKind::Delete)});
    QCOMPARE(report.state, QStringLiteral("committed"));
    QCOMPARE(report.branch, QStringLiteral("main"));
    QCOMPARE(report.id.toLatin1(), f.git(QStringLiteral("rev-parse HEAD")));
    QCOMPARE(f.committedPaths(), QByteArray("M\ta.txt\nD\tb.txt\nA\tmoved.txt\nA\tnew/n.txt"));
    QCOMPARE(f.git(QStringLiteral("status --porcelain")), QByteArray("M dir/c.txt\n?? untracked.txt"));
    QCOMPARE(f.git(QStringLiteral("show -s --format=%B HEAD")),
             QByteArray("feat: a change\n\nWhy it was made.\n\nPatchPanel-Run: cafe00000001"));
    QCOMPARE(f.git(QStringLiteral("show -s --format=%an%ae HEAD")), QByteArray("Test Personperson@example.org"));
}

void TestGitRepository::otherStagedFilesStayStaged()
{
    Fixture f;
    f.workspace.write(QStringLiteral("b.txt"), "staged\n");
    f.git(QStringLiteral("add b.txt"));
    f.workspace.write(QStringLiteral("b.txt"), "edited further\n");
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    QCOMPARE(f.commit({changed(QStringLiteral("a.txt"))}).state, QStringLiteral("committed"));
    QCOMPARE(f.committedPaths(), QByteArray("M\ta.txt"));
    QCOMPARE(f.git(QStringLiteral("status --porcelain")), QByteArray("MM b.txt"));
    QCOMPARE(f.git(QStringLiteral("show :b.txt")), QByteArray("staged"));
}

void TestGitRepository::worksBelowTheTopFolder()
{
    Fixture f;
    const WorkspaceRoot below = WorkspaceRoot::open(f.workspace.absolute(QStringLiteral("dir"))).value();
    f.workspace.write(QStringLiteral("dir/c.txt"), "GAMMA\n");
    f.workspace.write(QStringLiteral("dir/d.txt"), "delta\n");
    const GitRepository repository = std::move(*GitRepository::find(below).value());
    const CommitReport report = repository.commit(
        {}, QStringLiteral("below"),
        {changed(QStringLiteral("c.txt")), changed(QStringLiteral("d.txt"), ChangeKind::Create)}, runId, f.log, {});
    QCOMPARE(report.state, QStringLiteral("committed"));
    QCOMPARE(f.committedPaths(), QByteArray("M\tdir/c.txt\nA\tdir/d.txt"));
}

void TestGitRepository::firstCommitOfARepository()
{
    GitWorkspace workspace;
    Log::Store store;
    const WorkspaceRoot root = WorkspaceRoot::open(workspace.path()).value();
    workspace.write(QStringLiteral("first.txt"), "1\n");
    const GitRepository repository = std::move(*GitRepository::find(root).value());
    GitStep step;
    step.branch = QStringLiteral("work");
    QVERIFY(repository.checkReady(step));
    const CommitReport report =
        repository.commit(step, QStringLiteral("first"), {changed(QStringLiteral("first.txt"), ChangeKind::Create)},
                          runId, Log::Writer(store, "runner-1"), {});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QCOMPARE(report.branch, QStringLiteral("work"));
}

void TestGitRepository::namesThatLookLikePatterns()
{
    Fixture f;
    const QString odd = QStringLiteral("*.txt");
    f.workspace.write(odd, "star\n");
    f.workspace.write(QStringLiteral(":(top)x"), "magic\n");
    f.workspace.write(QStringLiteral("-n"), "option\n");
    f.workspace.write(QStringLiteral("grün ö.txt"), "umlaut\n");
    f.workspace.write(QStringLiteral("other.txt"), "not planned\n");
    f.workspace.write(QStringLiteral("a.txt"), "not planned\n");
    const CommitReport report = f.commit(
        {changed(odd, ChangeKind::Create), changed(QStringLiteral(":(top)x"), ChangeKind::Create),
         changed(QStringLiteral("-n"), ChangeKind::Create), changed(QStringLiteral("grün ö.txt"), ChangeKind::Create)});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    f.workspace.configure(QStringLiteral("core.quotePath"), QStringLiteral("false"));
    QCOMPARE(f.committedPaths(), QByteArray("A\t*.txt\nA\t-n\nA\t:(top)x\nA\tgrün ö.txt"));
}

void TestGitRepository::ignoredPathsAreLeftOut()
{
    Fixture f;
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    f.workspace.write(QStringLiteral("out.log"), "log\n");
    const CommitReport report =
        f.commit({changed(QStringLiteral("a.txt")), changed(QStringLiteral("out.log"), ChangeKind::Create)});
    QCOMPARE(report.state, QStringLiteral("committed"));
    QCOMPARE(f.committedPaths(), QByteArray("M\ta.txt"));
    QVERIFY(report.note.contains(QStringLiteral("out.log")));

    f.workspace.write(QStringLiteral("out.log"), "more\n");
    QCOMPARE(f.commit({changed(QStringLiteral("out.log"))}).state, QStringLiteral("none"));
}

void TestGitRepository::nothingToCommitIsNone()
{
    Fixture f;
    const QByteArray head = f.git(QStringLiteral("rev-parse HEAD"));
    const CommitReport report = f.commit({changed(QStringLiteral("a.txt"))});
    QCOMPARE(report.state, QStringLiteral("none"));
    QVERIFY(!report.note.isEmpty());
    QCOMPARE(f.git(QStringLiteral("rev-parse HEAD")), head);
}

void TestGitRepository::lockedIndexIsAFailure()
{
    Fixture f;
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    f.workspace.write(QStringLiteral(".git/index.lock"), "");
    const CommitReport report = f.commit({changed(QStringLiteral("a.txt"))});
    QCOMPARE(report.state, QStringLiteral("failed"));
    QVERIFY2(report.note.contains(QStringLiteral("index.lock")), qPrintable(report.note));
}

void TestGitRepository::fallbackIdentity()
{
    Fixture f;
    f.git(QStringLiteral("config --unset user.name"));
    f.git(QStringLiteral("config --unset user.email"));
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    QCOMPARE(f.commit({changed(QStringLiteral("a.txt"))}).state, QStringLiteral("committed"));
    QCOMPARE(f.git(QStringLiteral("show -s --format=%an,%ae HEAD")), QByteArray("PatchPanel,patchpanel@localhost"));
}

void TestGitRepository::failingHookLeavesIndexAndBranch()
{
    Fixture f;
    f.hook(QStringLiteral("pre-commit"), "echo this commit is not liked >&2\nexit 1\n");
    f.workspace.write(QStringLiteral("b.txt"), "staged\n");
    f.git(QStringLiteral("add b.txt"));
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    f.workspace.write(QStringLiteral("n.txt"), "new\n");
    const QByteArray status = f.git(QStringLiteral("status --porcelain=v2 --branch"));
    GitStep step;
    step.branch = QStringLiteral("work");
    const CommitReport report =
        f.commit({changed(QStringLiteral("a.txt")), changed(QStringLiteral("n.txt"), ChangeKind::Create)}, step);
    QCOMPARE(report.state, QStringLiteral("failed"));
    QVERIFY(report.note.contains(QStringLiteral("this commit is not liked")));
    QCOMPARE(f.git(QStringLiteral("status --porcelain=v2 --branch")), status);
    QCOMPARE(f.git(QStringLiteral("branch --format=%(refname:short)")), QByteArray("main"));
}

void TestGitRepository::hookOutputIsLogged()
{
    Fixture f;
    f.hook(QStringLiteral("pre-commit"), "echo checking\n");
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    QCOMPARE(f.commit({changed(QStringLiteral("a.txt"))}).state, QStringLiteral("committed"));
    bool logged = false;
    for (qsizetype i = 0; i < f.store.size(); ++i) {
        logged = logged || (f.store.at(i).text == "checking" && f.store.at(i).tag == "GIT");
    }
    QVERIFY(logged);
}

void TestGitRepository::cancelEndsAHangingHook()
{
    Fixture f;
    f.hook(QStringLiteral("pre-commit"), "touch hook-runs\nsleep 1000\n");
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    std::stop_source source;
    std::thread canceller([&] {
        while (!f.workspace.exists(QStringLiteral("hook-runs"))) {
            std::this_thread::yield();
        }
        source.request_stop();
    });
    const CommitReport report = f.commit({changed(QStringLiteral("a.txt"))}, {}, source.get_token());
    canceller.join();
    QCOMPARE(report.state, QStringLiteral("failed"));
    QVERIFY(!f.workspace.exists(QStringLiteral(".git/index.lock")));
    QCOMPARE(f.git(QStringLiteral("status --porcelain a.txt")), QByteArray("M a.txt"));
}

void TestGitRepository::postCommitHookThatHangsDoesNotUnmakeTheCommit()
{
    Fixture f;
    f.hook(QStringLiteral("post-commit"), "touch hook-runs\nsleep 1000\n");
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    std::stop_source source;
    std::thread canceller([&] {
        while (!f.workspace.exists(QStringLiteral("hook-runs"))) {
            std::this_thread::yield();
        }
        source.request_stop();
    });
    const CommitReport report = f.commit({changed(QStringLiteral("a.txt"))}, {}, source.get_token());
    canceller.join();
    QCOMPARE(report.state, QStringLiteral("committed"));
    QCOMPARE(report.id.toLatin1(), f.git(QStringLiteral("rev-parse HEAD")));
}

void TestGitRepository::hookThatTakesTooLongFails()
{
    Fixture f;
    f.hook(QStringLiteral("pre-commit"), "sleep 1000\n");
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    GitRepository repository = f.repository();
    repository.setCommitTime(std::chrono::milliseconds(300));
    const CommitReport report =
        repository.commit({}, QStringLiteral("x"), {changed(QStringLiteral("a.txt"))}, runId, f.log, {});
    QCOMPARE(report.state, QStringLiteral("failed"));
    QVERIFY2(report.note.contains(QStringLiteral("time")), qPrintable(report.note));
    QVERIFY(!f.workspace.exists(QStringLiteral(".git/index.lock")));
    QCOMPARE(f.git(QStringLiteral("status --porcelain a.txt")), QByteArray("M a.txt"));
}

void TestGitRepository::hookThatLeavesAChildBehind()
{
    Fixture f;
    f.hook(QStringLiteral("pre-commit"), "setsid nohup sleep 1000 & echo $! > child\n");
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    QCOMPARE(f.commit({changed(QStringLiteral("a.txt"))}).state, QStringLiteral("committed"));
    const pid_t child = f.workspace.read(QStringLiteral("child")).trimmed().toInt();
    QVERIFY(child > 0);
    QCOMPARE(::kill(child, 0), -1);
}

void TestGitRepository::lineEndingsOfTheWorkspaceStay_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<QByteArray>("written");
    QTest::addColumn<QByteArray>("committed");

    QTest::newRow("true, CRLF") << QStringLiteral("true") << QByteArray("one\r\ntwo\r\n") << QByteArray("one\ntwo\n");
    QTest::newRow("true, LF") << QStringLiteral("true") << QByteArray("one\ntwo\n") << QByteArray("one\ntwo\n");
    QTest::newRow("input, CRLF") << QStringLiteral("input") << QByteArray("one\r\ntwo\r\n") << QByteArray("one\ntwo\n");
    QTest::newRow("false, CRLF") << QStringLiteral("false") << QByteArray("one\r\ntwo\r\n")
                                 << QByteArray("one\r\ntwo\r\n");
}

// core.autocrlf is about what is in the repository; the files are as the plan wrote them.
void TestGitRepository::lineEndingsOfTheWorkspaceStay()
{
    QFETCH(QString, setting);
    QFETCH(QByteArray, written);
    QFETCH(QByteArray, committed);
    Fixture f;
    f.git(QStringLiteral("config core.autocrlf ") + setting);
    f.workspace.write(QStringLiteral("a.txt"), written);
    f.workspace.write(QStringLiteral("n.txt"), written);
    const CommitReport report =
        f.commit({changed(QStringLiteral("a.txt")), changed(QStringLiteral("n.txt"), ChangeKind::Create)});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    for (const QString &name : {QStringLiteral("a.txt"), QStringLiteral("n.txt")}) {
        QCOMPARE(f.workspace.read(name), written);
        QCOMPARE(f.git(QStringLiteral("cat-file blob HEAD:") + name), committed.trimmed()); // git() trims
    }
    QCOMPARE(f.git(QStringLiteral("status --porcelain")), QByteArray());
}

void TestGitRepository::sparseCheckout()
{
    Fixture f;
    f.git(QStringLiteral("sparse-checkout set --no-cone /a.txt"));
    QVERIFY(!f.workspace.exists(QStringLiteral("dir/c.txt")));
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    f.workspace.write(QStringLiteral("dir/n.txt"), "outside of what is checked out\n");
    const CommitReport report =
        f.commit({changed(QStringLiteral("a.txt")), changed(QStringLiteral("dir/n.txt"), ChangeKind::Create)});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QCOMPARE(f.committedPaths(), QByteArray("M\ta.txt\nA\tdir/n.txt"));
    QCOMPARE(f.git(QStringLiteral("ls-files dir/c.txt b.txt")),
             QByteArray("b.txt\ndir/c.txt")); // those stay as they were
    QVERIFY(f.workspace.exists(QStringLiteral("dir/n.txt")));
    QVERIFY(!f.workspace.exists(QStringLiteral("dir/c.txt")));
}

void TestGitRepository::refusesOperationInProgress_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("named");

    QTest::newRow("merge") << QStringLiteral("merge other") << QStringLiteral("a merge");
    QTest::newRow("rebase") << QStringLiteral("rebase other") << QStringLiteral("a rebase");
    QTest::newRow("cherry-pick") << QStringLiteral("cherry-pick other") << QStringLiteral("a cherry-pick");
}

void TestGitRepository::refusesOperationInProgress()
{
    QFETCH(QString, command);
    QFETCH(QString, named);
    Fixture f;
    f.git(QStringLiteral("switch -q -c other"));
    f.workspace.write(QStringLiteral("a.txt"), "theirs\n");
    f.workspace.commitAll();
    f.git(QStringLiteral("switch -q main"));
    f.workspace.write(QStringLiteral("a.txt"), "ours\n");
    f.workspace.commitAll();
    QVERIFY(f.repository().checkReady({}));
    f.git(command);
    QVERIFY(f.workspace.gitFailed());
    const Result<void> ready = f.repository().checkReady({});
    QVERIFY(!ready.ok());
    QCOMPARE(ready.error().code, ErrorCode::DoesNotApply);
    QVERIFY(ready.error().message.contains(named));
}

void TestGitRepository::refusesABisect()
{
    Fixture f;
    f.git(QStringLiteral("bisect start"));
    const Result<void> ready = f.repository().checkReady({});
    QVERIFY(!ready.ok());
    QVERIFY(ready.error().message.contains(QStringLiteral("a bisect")));
    f.git(QStringLiteral("bisect reset"));
    QVERIFY(f.repository().checkReady({}).ok());
}

void TestGitRepository::messageOfAnyLength()
{
    Fixture f;
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    const QString line = QStringLiteral("why it was made, é\n");
    const QString message = QStringLiteral("A title\n\n") + line.repeated(20'000); // more than an argument may have
    const CommitReport report =
        f.repository().commit({}, message, {changed(QStringLiteral("a.txt"))}, runId, f.log, {});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    const QString written = QString::fromUtf8(f.git(QStringLiteral("show -s --format=%B HEAD")));
    QVERIFY(written.startsWith(message.trimmed()));
    QVERIFY(written.endsWith(QStringLiteral("PatchPanel-Run: ") + runId));
}

void TestGitRepository::hookSeesTheMessage()
{
    Fixture f;
    f.hook(QStringLiteral("commit-msg"),
           "grep -q '^feat: a change' \"$1\" || exit 1\necho 'Checked-By: hook' >> \"$1\"\n");
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    QCOMPARE(f.commit({changed(QStringLiteral("a.txt"))}).state, QStringLiteral("committed"));
    QVERIFY(f.git(QStringLiteral("show -s --format=%B HEAD")).contains("Checked-By: hook"));
    f.hook(QStringLiteral("commit-msg"), "echo 'no such ticket' >&2\nexit 1\n");
    f.workspace.write(QStringLiteral("a.txt"), "again\n");
    const CommitReport refused = f.commit({changed(QStringLiteral("a.txt"))});
    QCOMPARE(refused.state, QStringLiteral("failed"));
    QVERIFY2(refused.note.contains(QStringLiteral("no such ticket")), qPrintable(refused.note));
}

// A stand-in for gpg: what git asks of it is to sign what comes on stdin and to say so.
void TestGitRepository::signsAsConfigured()
{
    Fixture f;
    const QString program = f.workspace.absolute(QStringLiteral(".git/sign"));
    f.workspace.write(QStringLiteral(".git/sign"),
                      "#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED D' >&2\n"
                      "printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nsigned here\\n-----END PGP SIGNATURE-----\\n'\n");
    QFile::setPermissions(program, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    f.workspace.configure(QStringLiteral("gpg.program"), program);
    f.workspace.configure(QStringLiteral("commit.gpgSign"), QStringLiteral("true"));
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    const CommitReport report = f.commit({changed(QStringLiteral("a.txt"))});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QVERIFY(f.git(QStringLiteral("cat-file commit HEAD")).contains("signed here"));
}

// More than fits into a command line: git is asked for all that it knows.
void TestGitRepository::manyPathsAreToldApart()
{
    Fixture f;
    const QString folder(200, u'd');
    QList<Change> changes;
    for (int i = 0; i < 400; ++i) {
        const QString path = QStringLiteral("%1/%2.txt").arg(folder).arg(i);
        f.workspace.write(path, "old\n");
        changes.append(changed(path));
    }
    f.workspace.commitAll();
    for (const Change &change : std::as_const(changes)) {
        f.workspace.write(change.path, "new\n");
    }
    f.workspace.write(QStringLiteral("added.txt"), "new\n");
    changes.append(changed(QStringLiteral("added.txt"), ChangeKind::Create));
    const CommitReport report = f.commit(changes);
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QCOMPARE(f.committedPaths().split('\n').size(), 401);
    QCOMPARE(f.git(QStringLiteral("status --porcelain")), QByteArray());
}

void TestGitRepository::pathsAreNoPatterns()
{
    Fixture f;
    f.workspace.write(QStringLiteral("*.txt"), "new\n");
    f.workspace.write(QStringLiteral(":(top)x"), "new\n");
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n"); // which the name above would match
    const CommitReport report = f.commit(
        {changed(QStringLiteral("*.txt"), ChangeKind::Create), changed(QStringLiteral(":(top)x"), ChangeKind::Create)});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QCOMPARE(f.committedPaths(), QByteArray("A\t*.txt\nA\t:(top)x"));
    QCOMPARE(f.git(QStringLiteral("status --porcelain")), QByteArray("M a.txt"));
}

void TestGitRepository::aTagMayHaveTheBranchsName()
{
    Fixture f;
    f.git(QStringLiteral("tag main"));
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    const CommitReport report = f.commit({changed(QStringLiteral("a.txt"))}, {.branch = QStringLiteral("main")});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QCOMPARE(report.branch, QStringLiteral("main"));
    QCOMPARE(f.git(QStringLiteral("log -1 --format=%s refs/heads/main")), QByteArray("feat: a change"));
}

void TestGitRepository::otherReferencesMayBeCalledHead()
{
    Fixture f;
    f.git(QStringLiteral("update-ref refs/heads/HEAD HEAD"));
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    const CommitReport report =
        f.commit({changed(QStringLiteral("a.txt"))}, {.branch = QStringLiteral("side"), .tag = QStringLiteral("v1")});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QCOMPARE(report.branch, QStringLiteral("side"));
    QCOMPARE(report.id.toUtf8(), f.git(QStringLiteral("rev-parse refs/heads/side")));
    QCOMPARE(report.id.toUtf8(), f.git(QStringLiteral("rev-parse refs/tags/v1")));
}

// Each process takes milliseconds of every run.
void TestGitRepository::asksGitFewTimes()
{
    Fixture f;
    TempWorkspace tools;
    const QByteArray real = QStandardPaths::findExecutable(QStringLiteral("git")).toUtf8();
    const QString counted = tools.absolute(QStringLiteral("counted"));
    tools.write(QStringLiteral("git"),
                "#!/bin/sh\necho \"$*\" >>'" + counted.toUtf8() + "'\nexec " + real + " \"$@\"\n");
    QFile::setPermissions(tools.absolute(QStringLiteral("git")), QFile::ReadOwner | QFile::ExeOwner);
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    f.workspace.write(QStringLiteral("new.txt"), "new\n");
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", QFile::encodeName(tools.path()) + ':' + path);
    const CommitReport report =
        f.commit({changed(QStringLiteral("a.txt")), changed(QStringLiteral("new.txt"), ChangeKind::Create)});
    qputenv("PATH", path);
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    const QByteArray calls = tools.read(QStringLiteral("counted"));
    QVERIFY2(calls.count('\n') <= 9, calls.constData());
}

void TestGitRepository::worksInAWorktree()
{
    Fixture f;
    QTemporaryDir place;
    const QString path = place.filePath(QStringLiteral("a tree with spaces"));
    f.workspace.git({QStringLiteral("worktree"), QStringLiteral("add"), QStringLiteral("-q"), QStringLiteral("-b"),
                     QStringLiteral("side"), path});
    const WorkspaceRoot root = WorkspaceRoot::open(path).value();
    QFile file(path + QStringLiteral("/a.txt"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("ALPHA\n") == 6);
    file.close();
    const GitRepository repository = std::move(*GitRepository::find(root).value());
    const CommitReport report =
        repository.commit({}, QStringLiteral("side"), {changed(QStringLiteral("a.txt"))}, runId, f.log, {});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QCOMPARE(report.branch, QStringLiteral("side"));
    QCOMPARE(f.git(QStringLiteral("log -1 --format=%s side")), QByteArray("side"));
    QCOMPARE(f.git(QStringLiteral("log -1 --format=%s main")), QByteArray("start"));
}

void TestGitRepository::worksInASubmodule()
{
    Fixture f;
    GitWorkspace outer;
    outer.git({QStringLiteral("-c"), QStringLiteral("protocol.file.allow=always"), QStringLiteral("submodule"),
               QStringLiteral("--quiet"), QStringLiteral("add"), f.workspace.path(), QStringLiteral("sub")});
    QVERIFY(!outer.gitFailed());
    outer.write(QStringLiteral("sub/a.txt"), "ALPHA\n");
    const WorkspaceRoot root = WorkspaceRoot::open(outer.absolute(QStringLiteral("sub"))).value();
    const GitRepository repository = std::move(*GitRepository::find(root).value());
    const CommitReport report =
        repository.commit({}, QStringLiteral("inner"), {changed(QStringLiteral("a.txt"))}, runId, f.log, {});
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QCOMPARE(outer.git({QStringLiteral("-C"), QStringLiteral("sub"), QStringLiteral("log"), QStringLiteral("-1"),
                        QStringLiteral("--format=%s")}),
             QByteArray("inner"));
}

void TestGitRepository::refusesBadNames_data()
{
    QTest::addColumn<QString>("branch");
    QTest::addColumn<QString>("tag");
    QTest::addColumn<QString>("where");

    const QString inBranch = QStringLiteral("/git/branch");
    const QString inTag = QStringLiteral("/git/tag");
    QTest::newRow("option") << QStringLiteral("--force") << QString() << inBranch;
    QTest::newRow("HEAD") << QStringLiteral("HEAD") << QString() << inBranch;
    QTest::newRow("two dots") << QStringLiteral("a..b") << QString() << inBranch;
    QTest::newRow("space") << QStringLiteral("a b") << QString() << inBranch;
    QTest::newRow("lock") << QStringLiteral("a.lock") << QString() << inBranch;
    QTest::newRow("tag option") << QString() << QStringLiteral("-d") << inTag;
    QTest::newRow("tag with a colon") << QString() << QStringLiteral("v:1") << inTag;
}

void TestGitRepository::refusesBadNames()
{
    QFETCH(QString, branch);
    QFETCH(QString, tag);
    QFETCH(QString, where);
    const Fixture f;
    GitStep step;
    step.branch = branch;
    step.tag = tag;
    const Result<void> ready = f.repository().checkReady(step);
    QVERIFY(!ready.ok());
    QCOMPARE(ready.error().code, ErrorCode::InvalidTask);
    QCOMPARE(ready.error().where, where);
}

void TestGitRepository::commitsOnANewBranch()
{
    Fixture f;
    const QByteArray start = f.git(QStringLiteral("rev-parse HEAD"));
    f.workspace.write(QStringLiteral("dir/c.txt"), "the user's\n");
    f.git(QStringLiteral("add dir/c.txt"));
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    GitStep step;
    step.branch = QStringLiteral("patch/one");
    QVERIFY(f.repository().checkReady(step));
    const CommitReport report = f.commit({changed(QStringLiteral("a.txt"))}, step);
    QVERIFY2(report.state == QLatin1String("committed"), qPrintable(report.note));
    QCOMPARE(report.branch, QStringLiteral("patch/one"));
    QCOMPARE(f.git(QStringLiteral("rev-parse main")), start);
    QCOMPARE(f.git(QStringLiteral("rev-parse HEAD^")), start);
    QCOMPARE(f.git(QStringLiteral("status --porcelain")), QByteArray("M  dir/c.txt"));
}

void TestGitRepository::commitsOnAnExistingBranchAtTheSameCommit()
{
    Fixture f;
    f.git(QStringLiteral("branch ready"));
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    GitStep step;
    step.branch = QStringLiteral("ready");
    QVERIFY(f.repository().checkReady(step));
    QCOMPARE(f.commit({changed(QStringLiteral("a.txt"))}, step).branch, QStringLiteral("ready"));
}

void TestGitRepository::refusesBranchElsewhere()
{
    Fixture f;
    f.git(QStringLiteral("branch old"));
    f.workspace.write(QStringLiteral("a.txt"), "later\n");
    f.workspace.commitAll();
    GitStep step;
    step.branch = QStringLiteral("old");
    const Result<void> ready = f.repository().checkReady(step);
    QVERIFY(!ready.ok());
    QCOMPARE(ready.error().code, ErrorCode::DoesNotApply);

    const TempWorkspace elsewhere;
    f.git(QStringLiteral("worktree add -q %1 -b there").arg(elsewhere.absolute(QStringLiteral("tree"))));
    step.branch = QStringLiteral("there");
    QVERIFY(!f.repository().checkReady(step).ok());
}

void TestGitRepository::tagsTheCommit()
{
    Fixture f;
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    GitStep step;
    step.tag = QStringLiteral("v1.0");
    QVERIFY(f.repository().checkReady(step));
    const CommitReport report = f.commit({changed(QStringLiteral("a.txt"))}, step);
    QCOMPARE(report.tag, QStringLiteral("v1.0"));
    QCOMPARE(f.git(QStringLiteral("rev-parse v1.0^{commit}")), report.id.toLatin1());
    const Result<void> again = f.repository().checkReady(step);
    QVERIFY(!again.ok());
    QCOMPARE(again.error().code, ErrorCode::DoesNotApply);
}

void TestGitRepository::detachedHeadStaysUsable()
{
    Fixture f;
    f.git(QStringLiteral("switch -q --detach"));
    f.hook(QStringLiteral("pre-commit"), "exit 1\n");
    f.workspace.write(QStringLiteral("a.txt"), "ALPHA\n");
    GitStep step;
    step.branch = QStringLiteral("work");
    const QByteArray status = f.git(QStringLiteral("status --porcelain=v2 --branch"));
    QCOMPARE(f.commit({changed(QStringLiteral("a.txt"))}, step).state, QStringLiteral("failed"));
    QCOMPARE(f.git(QStringLiteral("status --porcelain=v2 --branch")), status);
    QVERIFY(QFile::remove(f.workspace.absolute(QStringLiteral(".git/hooks/pre-commit"))));
    const CommitReport report = f.commit({changed(QStringLiteral("a.txt"))});
    QCOMPARE(report.state, QStringLiteral("committed"));
    QCOMPARE(report.branch, QString());
}

QTEST_GUILESS_MAIN(TestGitRepository)
#include "tst_gitrepository.moc"
