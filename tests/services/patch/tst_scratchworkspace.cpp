#include "services/patch/planner.h"
#include "services/patch/scratchworkspace.h"
#include "tests/support/tempworkspace.h"
#include "tests/support/treesnapshot.h"

#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::TempWorkspace;
using PatchPanel::Test::treeSnapshot;
using PatchPanel::Test::withoutInodes;

namespace {

const QString runId = QStringLiteral("cafe00000001");

// A workspace, and a cache folder that is no other test's.
struct Fixture {
    QTemporaryDir cache;
    TempWorkspace workspace;
    std::optional<WorkspaceRoot> root;
    Task task;
    std::stop_source stop;

    Fixture()
    {
        qputenv("XDG_CACHE_HOME", QFile::encodeName(cache.path()));
        workspace.write(QStringLiteral("a.txt"), "alpha\n");
        workspace.write(QStringLiteral("src/deep/b.txt"), QByteArray(700'000, 'b'));
        workspace.write(QStringLiteral("empty.txt"), "");
        workspace.write(QStringLiteral(".patchpanel/history/x/report.json"), "{}");
        workspace.write(QStringLiteral(".git/HEAD"), "ref: refs/heads/main\n");
        workspace.link(QStringLiteral("src/deep/b.txt"), QStringLiteral("link"));
        workspace.link(QStringLiteral("/nowhere"), QStringLiteral("dangling"));
        root.emplace(WorkspaceRoot::open(workspace.path()).value());
        Op op;
        op.kind = OpKind::Update;
        op.path = QStringLiteral("a.txt");
        op.contents = QByteArray("ALPHA\n");
        task.ops = {op};
    }

    Plan plan() const { return makePlan(task, workspace.path()).value(); }
    Result<std::unique_ptr<ScratchWorkspace>> make()
    {
        return ScratchWorkspace::make(*root, plan(), runId, stop.get_token());
    }
    QString scratchFolder() const { return cache.filePath(QStringLiteral("patchpanel/scratch")); }
    QStringList left() const { return QDir(scratchFolder()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot); }
    struct stat of(const QString &path) const
    {
        struct stat info = {};
        ::lstat(QFile::encodeName(path).constData(), &info);
        return info;
    }
};

} // namespace

class TestScratchWorkspace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isTheWorkspaceWithThePlanApplied();
    void keepsModesAndTimes();
    void leavesOutWhatHasNoContents();
    void withoutChanges();
    void isGoneAfterwards();
    void writingToItLeavesTheWorkspace();
    void cancelled();
    void staleWorkspace();
    void cannotBeMade();
    void sweepRemovesWhatAKilledRunLeft();
    void sweepLeavesWhatIsInUse();
    void sweepWithoutAny();
};

void TestScratchWorkspace::isTheWorkspaceWithThePlanApplied()
{
    Fixture f;
    QMap<QString, QByteArray> expected = withoutInodes(treeSnapshot(f.workspace.path()));
    const auto before = treeSnapshot(f.workspace.path());
    const auto scratch = f.make();
    QVERIFY2(scratch.ok(), qPrintable(scratch.ok() ? QString() : scratch.error().toString()));
    const QString copy = (*scratch)->root().path();
    QCOMPARE(QFileInfo(copy).fileName(), QFileInfo(f.workspace.path()).fileName());
    expected[QStringLiteral("a.txt")].replace("alpha", "ALPHA");
    QCOMPARE(withoutInodes(treeSnapshot(copy)), expected);
    QVERIFY(QFile::exists(copy + QStringLiteral("/.git/HEAD")));
    QVERIFY(!QFile::exists(copy + QStringLiteral("/.patchpanel/history")));
    QCOMPARE((*scratch)->copy().files, 6);
    QVERIFY((*scratch)->copy().bytes >= 700'000);
    QCOMPARE(treeSnapshot(f.workspace.path()), before);
}

void TestScratchWorkspace::keepsModesAndTimes()
{
    Fixture f;
    const QString file = f.workspace.absolute(QStringLiteral("src/deep/b.txt"));
    const QString folder = f.workspace.absolute(QStringLiteral("src/deep"));
    const std::array<timespec, 2> times{timespec{1'000'000'000, 5}, timespec{1'100'000'000, 7}};
    ::chmod(QFile::encodeName(file).constData(), 0751);
    ::utimensat(AT_FDCWD, QFile::encodeName(file).constData(), times.data(), 0);
    ::utimensat(AT_FDCWD, QFile::encodeName(folder).constData(), times.data(), 0);
    ::chmod(QFile::encodeName(folder).constData(), 0555);
    {
        const auto scratch = f.make();
        QVERIFY(scratch.ok());
        for (const QString &name : {QStringLiteral("src/deep/b.txt"), QStringLiteral("src/deep")}) {
            const struct stat original = f.of(f.workspace.absolute(name));
            const struct stat copy = f.of((*scratch)->root().path() + u'/' + name);
            QCOMPARE(copy.st_mode, original.st_mode);
            QCOMPARE(copy.st_mtim.tv_sec, original.st_mtim.tv_sec);
            QCOMPARE(copy.st_mtim.tv_nsec, original.st_mtim.tv_nsec);
        }
    }
    QCOMPARE(f.left(), QStringList()); // also out of folders that cannot be written
}

void TestScratchWorkspace::leavesOutWhatHasNoContents()
{
    Fixture f;
    QCOMPARE(::mkfifo(QFile::encodeName(f.workspace.absolute(QStringLiteral("pipe"))).constData(), 0600), 0);
    const auto scratch = f.make();
    QVERIFY(scratch.ok());
    QCOMPARE((*scratch)->copy().skipped, 1);
    QVERIFY(!QFile::exists((*scratch)->root().path() + QStringLiteral("/pipe")));
}

void TestScratchWorkspace::withoutChanges()
{
    Fixture f;
    f.task.ops.clear();
    const auto scratch = f.make();
    QVERIFY(scratch.ok());
    QVERIFY((*scratch)->transaction() == nullptr);
}

void TestScratchWorkspace::isGoneAfterwards()
{
    Fixture f;
    {
        const auto scratch = f.make();
        QVERIFY(scratch.ok());
        QCOMPARE(f.left(), (QStringList{runId, runId + QStringLiteral(".lock")}));
    }
    QCOMPARE(f.left(), QStringList());
}

void TestScratchWorkspace::writingToItLeavesTheWorkspace()
{
    Fixture f;
    const auto before = treeSnapshot(f.workspace.path());
    const auto scratch = f.make();
    QVERIFY(scratch.ok());
    for (const char *name : {"/src/deep/b.txt", "/a.txt"}) {
        QFile file((*scratch)->root().path() + QLatin1String(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Append) && file.write("more") == 4);
    }
    QCOMPARE(treeSnapshot(f.workspace.path()), before);
}

void TestScratchWorkspace::cancelled()
{
    Fixture f;
    f.stop.request_stop();
    const auto scratch = f.make();
    QVERIFY(!scratch.ok());
    QCOMPARE(scratch.error().code, ErrorCode::Cancelled);
    QCOMPARE(f.left(), QStringList());
}

void TestScratchWorkspace::staleWorkspace()
{
    Fixture f;
    const Plan plan = f.plan();
    f.workspace.write(QStringLiteral("a.txt"), "edited\n");
    const auto scratch = ScratchWorkspace::make(*f.root, plan, runId, {});
    QVERIFY(!scratch.ok());
    QCOMPARE(scratch.error().code, ErrorCode::Stale);
    QCOMPARE(f.left(), QStringList());
}

void TestScratchWorkspace::cannotBeMade()
{
    Fixture f;
    f.workspace.write(QStringLiteral("in-the-way"), "");
    qputenv("XDG_CACHE_HOME", QFile::encodeName(f.workspace.absolute(QStringLiteral("in-the-way"))));
    const auto scratch = f.make();
    QVERIFY(!scratch.ok());
    QCOMPARE(scratch.error().code, ErrorCode::Io);
    QVERIFY(scratch.error().hint.contains(QStringLiteral("XDG_CACHE_HOME")));
}

void TestScratchWorkspace::sweepRemovesWhatAKilledRunLeft()
{
    Fixture f;
    const pid_t child = ::fork();
    if (child == 0) {
        const auto scratch = f.make();
        ::raise(SIGKILL);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status));
    QCOMPARE(f.left().size(), 2);
    ScratchWorkspace::sweep();
    QCOMPARE(f.left(), QStringList());
}

void TestScratchWorkspace::sweepLeavesWhatIsInUse()
{
    Fixture f;
    const auto scratch = f.make();
    QVERIFY(scratch.ok());
    const pid_t child = ::fork(); // its own open files: flock(2) asks who opened
    if (child == 0) {
        ScratchWorkspace::sweep();
        ::_exit(0);
    }
    QCOMPARE(::waitpid(child, nullptr, 0), child);
    ScratchWorkspace::sweep();
    QVERIFY(QFile::exists((*scratch)->root().path() + QStringLiteral("/a.txt")));
}

void TestScratchWorkspace::sweepWithoutAny()
{
    Fixture f;
    ScratchWorkspace::sweep();
    QVERIFY(!QFile::exists(f.scratchFolder()));
}

QTEST_GUILESS_MAIN(TestScratchWorkspace)
#include "tst_scratchworkspace.moc"
