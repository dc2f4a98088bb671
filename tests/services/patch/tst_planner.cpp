#include "services/patch/planner.h"
#include "services/patch/taskreader.h"
#include "services/patch/workspacefile.h"
#include "tests/support/tempworkspace.h"

#include <QJsonArray>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>

#include <sys/stat.h>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using PatchPanel::Test::TempWorkspace;

class TestPlanner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void plansAndIsDoneTheSecondTime_data();
    void plansAndIsDoneTheSecondTime();
    void conflicts_data();
    void conflicts();
    void nothingIsWritten();
    void opsCompose_data();
    void opsCompose();
    void changesOfOneTask();
    void failureNamesPlaceAndLines();
    void everyProblemIsReported();
    void partlyAppliedDiff();
    void recountMendsCounts();
    void fuzzIsOptIn();
    void seriesOfPatchesIsDoneTheSecondTime();
    void symlinkThroughDiff();
    void weakEvidenceIsToldOf_data();
    void weakEvidenceIsToldOf();
    void runawayPattern();
    void lineCounts_data();
    void lineCounts();
    void idIsStable();
    void staleWorkspace_data();
    void staleWorkspace();
    void fingerprint();
    void touched();
    void previewIsReadByGit();
    void agreesWithGitApply_data();
    void agreesWithGitApply();
};

namespace {

using Files = QMap<QString, QByteArray>;

void fill(const TempWorkspace &workspace, const Files &files)
{
    for (auto file = files.begin(); file != files.end(); ++file) {
        QVERIFY(workspace.write(file.key(), file.value()));
    }
}

Files filesOf(const TempWorkspace &workspace)
{
    Files files;
    const Result<WorkspaceRoot> root = WorkspaceRoot::open(workspace.path());
    const Result<QList<QString>> paths = root->filesBeneath({});
    for (const QString &path : *paths) {
        if (!path.startsWith(QLatin1String(".git/"))) {
            files.insert(path, (*root->read(path))->contents.toByteArray());
        }
    }
    return files;
}

// Carries a plan out without any of a transaction's care.
void carryOut(const TempWorkspace &workspace, const Plan &plan)
{
    for (const Change &change : plan.changes) {
        const QString gone = change.kind == ChangeKind::Move ? change.from : change.path;
        if (change.before) {
            QVERIFY(QFile::remove(workspace.absolute(gone)));
        }
    }
    for (const Change &change : plan.changes) {
        if (!change.after) {
            continue;
        }
        if (change.after->symlink) {
            QVERIFY(workspace.link(QString::fromUtf8(change.after->contents.toByteArray()), change.path));
            continue;
        }
        QVERIFY(workspace.write(change.path, change.after->contents.toByteArray()));
        QCOMPARE(::chmod(workspace.absolute(change.path).toUtf8().constData(), static_cast<mode_t>(change.after->mode)),
                 0);
    }
}

Task taskOf(const TempWorkspace &workspace, const QByteArray &text)
{
    const Result<Task> task = readTask(text, QStringLiteral("task"), workspace.path());
    if (!task) {
        qWarning("%s", qPrintable(task.error().toString()));
        return {};
    }
    return *task;
}

QByteArray mutations(const QByteArray &list)
{
    return "{\"mutations\": [" + list + "]}";
}

// A diff as a mutation.
QByteArray diffOp(const QByteArray &diff)
{
    QByteArray escaped = diff;
    escaped.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t").replace('"', "\\\"");
    return "{\"op\": \"diff\", \"diff\": \"" + escaped + "\"}";
}

// "create b +2 -0": one line of what a plan does.
QStringList summary(const Plan &plan)
{
    QStringList lines;
    for (const Change &change : plan.changes) {
        const QString from = change.from.isEmpty() ? QString() : change.from + QStringLiteral(" -> ");
        lines.append(QStringLiteral("%1 %2%3 +%4 -%5")
                         .arg(toString(change.kind), from, change.path)
                         .arg(change.added)
                         .arg(change.removed));
    }
    return lines;
}

const QByteArray diffOfF = "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n";

QString git(const TempWorkspace &workspace, const QStringList &arguments, int *exitCode = nullptr)
{
    QProcess process;
    process.setWorkingDirectory(workspace.path());
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("git"), arguments);
    process.waitForFinished();
    if (exitCode) {
        *exitCode = process.exitCode();
    }
    return QString::fromUtf8(process.readAll());
}

} // namespace

void TestPlanner::plansAndIsDoneTheSecondTime_data()
{
    QTest::addColumn<Files>("before");
    QTest::addColumn<QByteArray>("task");
    QTest::addColumn<Files>("after");
    const auto row = [](const char *name, const Files &before, const QByteArray &ops, const Files &after) {
        QTest::newRow(name) << before << mutations(ops) << after;
    };
    const QString f = QStringLiteral("f");
    const QString g = QStringLiteral("g");
    row("create", {}, R"({"op":"create","path":"d/f","contents":"x\n"})", {{QStringLiteral("d/f"), "x\n"}});
    row("create empty", {}, R"({"op":"create","path":"f","contents":""})", {{f, ""}});
    row("create, then replace in it", {}, R"({"op":"create","path":"f","contents":"a b"},
        {"op":"replace","path":"f","find":"a","replace":"c"})",
        {{f, "c b"}});
    row("create, then move", {}, R"({"op":"create","path":"f","contents":"a"},{"op":"move","from":"f","to":"g"})",
        {{g, "a"}});
    row("update", {{f, "old"}}, R"({"op":"update","path":"f","contents":"new"})", {{f, "new"}});
    row("upsert new", {}, R"({"path":"f","contents":"new"})", {{f, "new"}});
    row("upsert old", {{f, "old"}}, R"({"path":"f","contents":"new"})", {{f, "new"}});
    row("delete", {{f, "x"}, {g, "y"}}, R"({"op":"delete","path":"f"})", {{g, "y"}});
    row("delete folder", {{QStringLiteral("d/a"), "x"}, {QStringLiteral("d/e/b"), "x"}, {g, "y"}},
        R"({"op":"delete","path":"d"})", {{g, "y"}});
    row("replace", {{f, "port: 5000\n"}}, R"({"op":"replace","path":"f","find":"5000","replace":"5050"})",
        {{f, "port: 5050\n"}});
    row("replace all", {{f, "a a a"}}, R"({"op":"replace","path":"f","find":"a","replace":"b"})", {{f, "b b b"}});
    row("replace the first of two", {{f, "a a"}}, R"({"op":"replace","path":"f","find":"a","replace":"b","count":1})",
        {{f, "b a"}});
    row("replacement holds what is found", {{f, "x foo y"}},
        R"({"op":"replace","path":"f","find":"foo","replace":"foo bar"})", {{f, "x foo bar y"}});
    row("replacement ends in what is found", {{f, "x bar y"}},
        R"({"op":"replace","path":"f","find":"bar","replace":"foo bar"})", {{f, "x foo bar y"}});
    row("replacement holds it twice", {{f, "foo;"}}, R"({"op":"replace","path":"f","find":"foo","replace":"foo foo"})",
        {{f, "foo foo;"}});
    row("find holds the replacement", {{f, "foobar foo"}},
        R"({"op":"replace","path":"f","find":"foobar","replace":"foo"})", {{f, "foo foo"}});
    row("remove text", {{f, "a b c"}}, R"({"op":"replace","path":"f","find":" b","replace":""})", {{f, "a c"}});
    row("replace bytes that are not UTF-8 around", {{f, "\xff\xfe a \xff"}},
        R"({"op":"replace","path":"f","find":"a","replace":"b"})", {{f, "\xff\xfe b \xff"}});
    row("replace lines in a CRLF file", {{f, "a\r\nb\r\nc\r\n"}},
        R"({"op":"replace","path":"f","find":"a\nb","replace":"x\ny\nz"})", {{f, "x\r\ny\r\nz\r\nc\r\n"}});
    row("pattern", {{f, "v3.0 v4.0"}}, R"({"op":"replace","path":"f","pattern":"v(\\d+)\\.0$","replace":"v$1.1"})",
        {{f, "v3.0 v4.1"}});
    row("pattern, named group", {{f, "key=1"}},
        R"({"op":"replace","path":"f","pattern":"(?<k>\\w+)=1","replace":"${k}=2$$"})", {{f, "key=2$"}});
    row("pattern, all", {{f, "a1 a2"}},
        R"json({"op":"replace","path":"f","pattern":"a(\\d)","replace":"b$1","count":0})json", {{f, "b1 b2"}});
    row("pattern matches its own result", {{f, "port = 1\n"}},
        R"({"op":"replace","path":"f","pattern":"port = \\d+","replace":"port = 2"})", {{f, "port = 2\n"}});
    row("pattern grows its match", {{f, "import a\n"}},
        R"({"op":"replace","path":"f","pattern":"^import a$","replace":"import a\nimport b","flags":"m"})",
        {{f, "import a\nimport b\n"}});
    row("pattern, first of two, fixed text", {{f, "x1 x2"}},
        R"({"op":"replace","path":"f","pattern":"x\\d","replace":"y"})", {{f, "y x2"}});
    row("insert after", {{f, "# T\n## S\nend\n"}}, R"({"op":"insert","path":"f","after":"## S","contents":"- r"})",
        {{f, "# T\n## S\n- r\nend\n"}});
    row("insert before", {{f, "a\nb\n"}}, R"({"op":"insert","path":"f","before":"b","contents":"x\ny\n"})",
        {{f, "a\nx\ny\nb\n"}});
    row("insert after a last line without line end", {{f, "a\nb"}},
        R"({"op":"insert","path":"f","after":"b","contents":"x"})", {{f, "a\nb\nx"}});
    row("insert in a CRLF file", {{f, "a\r\nb\r\n"}}, R"({"op":"insert","path":"f","after":"a","contents":"x\ny"})",
        {{f, "a\r\nx\r\ny\r\nb\r\n"}});
    row("insert twice at one anchor", {{f, "a\nz\n"}},
        R"({"op":"insert","path":"f","after":"a","contents":"1"},{"op":"insert","path":"f","after":"a","contents":"2"})",
        {{f, "a\n2\n1\nz\n"}});
    row("insert twice before one anchor", {{f, "a\nz\n"}},
        R"({"op":"insert","path":"f","before":"z","contents":"1"},{"op":"insert","path":"f","before":"z","contents":"2"})",
        {{f, "a\n1\n2\nz\n"}});
    row("insert a block that holds its anchor", {{f, "use a;\n"}},
        R"({"op":"insert","path":"f","after":"use a;","contents":"// after use a;\nuse b;"})",
        {{f, "use a;\n// after use a;\nuse b;\n"}});
    row("insert at the last of two", {{f, "a\nb\na\n"}},
        R"({"op":"insert","path":"f","after":"a","occurrence":"last","contents":"x"})", {{f, "a\nb\na\nx\n"}});
    row("insert at a line", {{f, "a\nb\n"}}, R"({"op":"insert","path":"f","at":2,"contents":"x"})", {{f, "a\nx\nb\n"}});
    row("insert at the start, behind the byte order mark",
        {{f,
          "\xef\xbb\xbf"
          "a\n"}},
        R"({"op":"insert","path":"f","at":"start","contents":"x"})", {{f, "\xef\xbb\xbfx\na\n"}});
    row("insert at the end, twice", {{f, "a\n"}},
        R"({"op":"insert","path":"f","at":"end","contents":"x"},{"op":"insert","path":"f","at":"end","contents":"y"})",
        {{f, "a\nx\ny\n"}});
    row("insert, fallback append", {{f, "a\n"}},
        R"({"op":"insert","path":"f","after":"none","contents":"x","fallback":"append"})", {{f, "a\nx\n"}});
    row("insert, fallback prepend", {{f, "a\n"}},
        R"({"op":"insert","path":"f","after":"none","contents":"x","fallback":"prepend"})", {{f, "x\na\n"}});
    row("insert into an empty file", {{f, ""}}, R"({"op":"insert","path":"f","at":"end","contents":"x"})",
        {{f, "x\n"}});
    row("move", {{f, "x"}}, R"({"op":"move","from":"f","to":"d/g"})", {{QStringLiteral("d/g"), "x"}});
    row("move over", {{f, "x"}, {g, "y"}}, R"({"op":"move","from":"f","to":"g","overwrite":true})", {{g, "x"}});
    row("replace, then move", {{f, "a"}},
        R"({"op":"replace","path":"f","find":"a","replace":"b"},{"op":"move","from":"f","to":"g"})", {{g, "b"}});
    row("replace, then delete", {{f, "a"}, {g, ""}},
        R"({"op":"replace","path":"f","find":"a","replace":"b"},{"op":"delete","path":"f"})", {{g, ""}});
    row("copy", {{f, "x"}}, R"({"op":"copy","from":"f","to":"g"})", {{f, "x"}, {g, "x"}});
    row("diff", {{f, "a\nb\nc\n"}}, diffOp(diffOfF), {{f, "a\nB\nc\n"}});
    row("diff with offset", {{f, "n\nn\na\nb\nc\n"}}, diffOp(diffOfF), {{f, "n\nn\na\nB\nc\n"}});
    row("diff that creates", {}, diffOp("--- /dev/null\n+++ b/d/f\n@@ -0,0 +1,2 @@\n+a\n+b\n"),
        {{QStringLiteral("d/f"), "a\nb\n"}});
    row("diff that creates without saying so", {}, diffOp("--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"), {{f, "a\n"}});
    row("diff that deletes", {{f, "a\n"}, {g, ""}}, diffOp("--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"), {{g, ""}});
    row("diff that renames", {{f, "x"}},
        diffOp("diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n"), {{g, "x"}});
    row("diff that renames and changes", {{f, "a\nb\nc\n"}},
        diffOp("diff --git a/f b/g\nrename from f\nrename to g\n--- a/f\n+++ b/g\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"),
        {{g, "a\nB\nc\n"}});
    row("diff that copies", {{f, "x\n"}}, diffOp("diff --git a/f b/g\nsimilarity index 100%\ncopy from f\ncopy to g\n"),
        {{f, "x\n"}, {g, "x\n"}});
    row("diff whose old name does not exist", {{f, "a\nb\nc\n"}},
        diffOp("--- f.orig\n+++ f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"), {{f, "a\nB\nc\n"}});
    row("diff of two files", {{f, "a\n"}, {g, "a\n"}},
        diffOp("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n"),
        {{f, "b\n"}, {g, "b\n"}});
    row("shell text stays text", {}, R"({"path":"f","contents":"$(date) `id` $HOME"})", {{f, "$(date) `id` $HOME"}});
}

void TestPlanner::plansAndIsDoneTheSecondTime()
{
    QFETCH(Files, before);
    QFETCH(QByteArray, task);
    QFETCH(Files, after);
    const TempWorkspace workspace;
    fill(workspace, before);

    const Result<Plan> plan = makePlan(taskOf(workspace, task), workspace.path());
    QVERIFY2(plan.ok(), plan.ok() ? "" : qPrintable(plan.error().toString()));
    QVERIFY(!plan->changes.isEmpty());
    QVERIFY(checkStillCurrent(*plan).ok());
    carryOut(workspace, *plan);
    QCOMPARE(filesOf(workspace), after);

    const Result<Plan> again = makePlan(taskOf(workspace, task), workspace.path());
    QVERIFY2(again.ok(), again.ok() ? "" : qPrintable(again.error().toString()));
    QCOMPARE(summary(*again), QStringList());
    QVERIFY(again->isNoop());
}

void TestPlanner::conflicts_data()
{
    QTest::addColumn<QByteArray>("ops");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QByteArray &ops, ErrorCode code, const char *message) {
        QTest::newRow(name) << ops << code << QString::fromUtf8(message);
    };
    using enum ErrorCode;
    // The workspace: f "a\nb\nc\n", same "a\na\n", folder/x, link -> f, out -> /tmp, pipe, README
    row("create what exists", R"({"op":"create","path":"f","contents":"x"})", DoesNotApply, "exists already");
    row("update what does not exist", R"({"op":"update","path":"none","contents":"x"})", DoesNotApply,
        "does not exist");
    row("text not found", R"({"op":"replace","path":"f","find":"zzz","replace":"y"})", DoesNotApply, "not found");
    row("pattern not found", R"({"op":"replace","path":"f","pattern":"z+","replace":"y"})", DoesNotApply, "not found");
    row("other number of matches", R"({"op":"replace","path":"same","find":"a","replace":"y","expectMatches":1})",
        DoesNotApply, "2 time(s), expected were 1");
    row("bad pattern", R"({"op":"replace","path":"f","pattern":"(","replace":"y"})", InvalidTask, "not valid");
    row("group that is not there", R"({"op":"replace","path":"f","pattern":"a","replace":"$3"})", DoesNotApply,
        "group 3");
    row("anchor not found", R"({"op":"insert","path":"f","after":"zzz","contents":"y"})", DoesNotApply, "not found");
    row("anchor found twice", R"({"op":"insert","path":"same","after":"a","contents":"y"})", Ambiguous, "lines 1, 2");
    row("occurrence too high", R"({"op":"insert","path":"same","after":"a","occurrence":3,"contents":"y"})",
        DoesNotApply, "match 3");
    row("line too high", R"({"op":"insert","path":"f","at":9,"contents":"y"})", DoesNotApply, "no line 9");
    row("move onto a file", R"({"op":"move","from":"f","to":"same"})", DoesNotApply, "exists already");
    row("move what does not exist", R"({"op":"move","from":"none","to":"other"})", DoesNotApply, "does not exist");
    row("copy onto a file", R"({"op":"copy","from":"f","to":"same"})", DoesNotApply, "exists already");
    row("chmod of nothing", R"({"op":"chmod","path":"none","mode":"0755"})", DoesNotApply, "does not exist");
    row("write a folder", R"({"path":"folder","contents":"y"})", DoesNotApply, "is a folder");
    row("write beneath a file", R"({"path":"f/y","contents":"y"})", DoesNotApply, "f is a file");
    row("write beneath a file of the task", R"({"path":"new","contents":""},{"path":"new/y","contents":"y"})",
        DoesNotApply, "new is a file");
    row("file where the task makes a folder", R"({"path":"new/y","contents":""},{"path":"new","contents":"y"})",
        DoesNotApply, "is a folder");
    row("write a link", R"({"path":"link","contents":"y"})", UnsafePath, "symbolic link");
    row("write through a link", R"({"path":"out/y","contents":"y"})", UnsafePath, "symbolic link");
    row("replace through a link", R"({"op":"replace","path":"out/y","find":"a","replace":"b"})", UnsafePath,
        "symbolic link");
    row("delete a link", R"({"op":"delete","path":"link"})", UnsafePath, "symbolic link");
    row("write a pipe", R"({"path":"pipe","contents":"y"})", UnsafePath, "pipe");
    row("case twin on disk", R"({"path":"readme","contents":"y"})", DoesNotApply, "upper and lower case");
    row("case twin of a folder", R"({"path":"FOLDER/y","contents":"y"})", DoesNotApply, "upper and lower case");
    row("case twins in the task", R"({"path":"n/A","contents":"y"},{"path":"n/a","contents":"y"})", DoesNotApply,
        "upper and lower case");
    row("diff that does not fit", diffOp("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-X\n+Y\n"), DoesNotApply,
        "line 2 is \"b\", expected was \"X\"");
    row("diff of nothing", diffOp("--- a/none\n+++ b/none\n@@ -1 +1 @@\n-a\n+b\n"), DoesNotApply,
        "none does not exist");
    row("diff creates what exists", diffOp("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n"), DoesNotApply,
        "exists already");
    row("diff deletes what has more", diffOp("--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"), DoesNotApply,
        "more in it");
    row("diff names two that exist", diffOp("--- f\n+++ same\n@@ -1 +1 @@\n-a\n+b\n"), Ambiguous, "both exist");
    row("diff with wrong counts", diffOp("--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n a\n-b\n+c\n"), InvalidTask, "says 9 old");
    row("diff makes a link, op writes through it",
        diffOp("diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/tmp\n"
               "\\ No newline at end of file\n")
            + R"(,{"path":"l/y","contents":"y"})",
        UnsafePath, "l, which is a symbolic link");
    row("diff of a regular file on a link", diffOp("--- a/link\n+++ b/link\n@@ -1 +1 @@\n-a\n+b\n"), UnsafePath,
        "symbolic link");
    row("diff renames onto a file", diffOp("diff --git a/f b/same\nrename from f\nrename to same\n"), DoesNotApply,
        "exists already");
}

void TestPlanner::conflicts()
{
    QFETCH(QByteArray, ops);
    QFETCH(ErrorCode, code);
    QFETCH(QString, message);
    const TempWorkspace workspace;
    fill(workspace,
         {{QStringLiteral("f"), "a\nb\nc\n"},
          {QStringLiteral("same"), "a\na\n"},
          {QStringLiteral("folder/x"), "x"},
          {QStringLiteral("README"), "r"}});
    QVERIFY(workspace.link(QStringLiteral("f"), QStringLiteral("link")));
    QVERIFY(workspace.link(QStringLiteral("/tmp"), QStringLiteral("out")));
    QCOMPARE(::mkfifo(workspace.absolute(QStringLiteral("pipe")).toUtf8().constData(), 0600), 0);

    const Result<Plan> plan = makePlan(taskOf(workspace, mutations(ops)), workspace.path());

    QVERIFY(!plan.ok());
    QCOMPARE(plan.error().code, code);
    QVERIFY2(plan.error().message.contains(message), qPrintable(plan.error().toString()));
    QVERIFY(!plan.error().where.isEmpty());
    QVERIFY(!plan.error().details.value(QStringLiteral("problems")).toArray().isEmpty());
}

void TestPlanner::nothingIsWritten()
{
    const TempWorkspace workspace;
    const Files files{{QStringLiteral("f"), "a"}};
    fill(workspace, files);
    const Task task = taskOf(workspace, mutations(R"({"path":"d/e/new","contents":"x"},{"op":"delete","path":"f"})"));
    QVERIFY(makePlan(task, workspace.path()).ok());
    QCOMPARE(filesOf(workspace), files);
    QVERIFY(!workspace.exists(QStringLiteral("d")));
}

void TestPlanner::opsCompose_data()
{
    QTest::addColumn<QByteArray>("ops");
    QTest::addColumn<QStringList>("changes");
    const auto row = [](const char *name, const QByteArray &ops, const QStringList &changes) {
        QTest::newRow(name) << ops << changes;
    };
    // The workspace: f "a\nb\n", g "x\n"
    row("two edits are one change", R"({"op":"replace","path":"f","find":"a","replace":"c"},
        {"op":"insert","path":"f","after":"c","contents":"d"})",
        {QStringLiteral("modify f +2 -1")});
    row("made and deleted", R"({"path":"n","contents":"x"},{"op":"delete","path":"n"})", {});
    row("there and back", R"({"op":"move","from":"f","to":"h"},{"op":"move","from":"h","to":"f"})", {});
    row("moved twice", R"({"op":"move","from":"f","to":"h"},{"op":"move","from":"h","to":"i"})",
        {QStringLiteral("move f -> i +0 -0")});
    row("moved and changed",
        R"({"op":"move","from":"f","to":"h"},{"op":"replace","path":"h","find":"a","replace":"c"})",
        {QStringLiteral("move f -> h +1 -1")});
    row("moved away and made anew", R"({"op":"move","from":"f","to":"h"},{"path":"f","contents":"new\n"})",
        {QStringLiteral("modify f +1 -2"), QStringLiteral("create h +2 -0")});
    row("two swap places", R"({"op":"move","from":"f","to":"t"},{"op":"move","from":"g","to":"f"},
        {"op":"move","from":"t","to":"g"})",
        {QStringLiteral("modify f +1 -2"), QStringLiteral("modify g +2 -1")});
    row("deleted and made anew with the same bytes",
        R"({"op":"delete","path":"g"},{"op":"create","path":"g","contents":"x\n"})", {});
    row("mode only", R"({"op":"chmod","path":"f","mode":"0755"})", {QStringLiteral("chmod f +0 -0")});
    row("mode and contents", R"({"path":"f","contents":"a\n","mode":"0755"})", {QStringLiteral("modify f +0 -1")});
    row("in path order", R"({"path":"z","contents":""},{"path":"b","contents":""},{"path":"a/z","contents":""})",
        {QStringLiteral("create a/z +0 -0"), QStringLiteral("create b +0 -0"), QStringLiteral("create z +0 -0")});
    row("case of a name", R"({"op":"move","from":"f","to":"F"})", {QStringLiteral("move f -> F +0 -0")});
}

void TestPlanner::opsCompose()
{
    QFETCH(QByteArray, ops);
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "a\nb\n"}, {QStringLiteral("g"), "x\n"}});
    const Result<Plan> plan = makePlan(taskOf(workspace, mutations(ops)), workspace.path());
    QVERIFY2(plan.ok(), plan.ok() ? "" : qPrintable(plan.error().toString()));
    QTEST(summary(*plan), "changes");
}

void TestPlanner::changesOfOneTask()
{
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "n\nn\na\nb\nc\n"}, {QStringLiteral("done"), "x"}});
    const Result<Plan> plan = makePlan(taskOf(workspace, mutations(diffOp(diffOfF) + R"(,
        {"op":"create","path":"done","contents":"x"},
        {"op":"replace","path":"f","find":"n","replace":"m","purpose":"better"},
        {"op":"create","path":"run.sh","contents":"x","mode":"0755","purpose":"to run"})")),
                                       workspace.path());
    QVERIFY(plan.ok());
    QCOMPARE(plan->workspace, workspace.path());
    QCOMPARE(plan->alreadyApplied, QList<QString>{QStringLiteral("done")});
    QCOMPARE(plan->count(ChangeKind::Create), 1);
    QCOMPARE(plan->count(ChangeKind::Modify), 1);
    QVERIFY(!plan->isNoop());
    const Change f = plan->changes.at(0);
    QCOMPARE(f.ops, (QList<int>{0, 2}));
    QCOMPARE(f.purpose, QStringLiteral("better"));
    QCOMPARE(f.notes,
             (QList<QString>{QStringLiteral("hunk 1 applied 2 lines below the stated place"),
                             QStringLiteral("2 match(es) replaced")}));
    QVERIFY(f.before->inode != 0);
    QCOMPARE(f.after->inode, quint64(0));
    QCOMPARE(f.after->contents.toByteArray(), QByteArray("m\nm\na\nB\nc\n"));
    QCOMPARE(plan->changes.at(1).after->mode, 0755);
    QVERIFY(!plan->changes.at(1).before);
}

void TestPlanner::failureNamesPlaceAndLines()
{
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "one\ntwo\nthree\nFOUR\n"}});
    const Result<Plan> plan = makePlan(
        taskOf(workspace, mutations(diffOp("--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n one\n two\n three\n-four\n+4\n"))),
        workspace.path());
    QVERIFY(!plan.ok());
    QCOMPARE(plan.error().where, QStringLiteral("f (/mutations/0)"));
    QCOMPARE(plan.error().details.value(QStringLiteral("path")).toString(), QStringLiteral("f"));
    QCOMPARE(plan.error().details.value(QStringLiteral("hunk")).toInt(), 1);
    QCOMPARE(plan.error().details.value(QStringLiteral("line")).toInt(), 4);
    QVERIFY(plan.error().details.value(QStringLiteral("expected")).toString().endsWith(QStringLiteral("four\n")));
    QVERIFY(plan.error().details.value(QStringLiteral("found")).toString().endsWith(QStringLiteral("FOUR\n")));
}

void TestPlanner::everyProblemIsReported()
{
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "a"}, {QStringLiteral("g"), "a"}});
    const Result<Plan> plan = makePlan(taskOf(workspace, mutations(R"(
        {"op":"replace","path":"f","find":"x","replace":"y"}, {"op":"replace","path":"f","find":"y","replace":"z"},
        {"op":"create","path":"g","contents":"y"}, {"op":"delete","path":"none/at/all"},
        {"op":"move","from":"missing","to":"h"})")),
                                       workspace.path());
    QVERIFY(!plan.ok());
    const QJsonArray problems = plan.error().details.value(QStringLiteral("problems")).toArray();
    QCOMPARE(problems.size(), 3); // the second edit of f only follows from the first
    QCOMPARE(problems.at(0)[QStringLiteral("where")].toString(), QStringLiteral("f (/mutations/0)"));
    QVERIFY(plan.error().message.endsWith(QStringLiteral("(and 2 more)")));
}

void TestPlanner::partlyAppliedDiff()
{
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "b\n"}, {QStringLiteral("g"), "a\n"}});
    const Task task =
        taskOf(workspace, "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n");

    const Result<Plan> refused = makePlan(task, workspace.path());
    QVERIFY(!refused.ok());
    QCOMPARE(refused.error().code, ErrorCode::DoesNotApply);
    QCOMPARE(refused.error().details.value(QStringLiteral("applied")).toArray().first().toString(),
             QStringLiteral("f"));
    QCOMPARE(refused.error().details.value(QStringLiteral("notApplied")).toArray().first().toString(),
             QStringLiteral("g"));

    PlanOptions options;
    options.skipApplied = true;
    const Result<Plan> rest = makePlan(task, workspace.path(), options);
    QVERIFY(rest.ok());
    QCOMPARE(summary(*rest), QStringList{QStringLiteral("modify g +1 -1")});
    QCOMPARE(rest->alreadyApplied, QList<QString>{QStringLiteral("f")});
}

void TestPlanner::recountMendsCounts()
{
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "a\nb\n"}});
    const Task task = taskOf(workspace, "--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n a\n-b\n+c\n");
    QCOMPARE(makePlan(task, workspace.path()).error().code, ErrorCode::InvalidTask);
    PlanOptions options;
    options.recount = true;
    const Result<Plan> plan = makePlan(task, workspace.path(), options);
    QVERIFY(plan.ok());
    QCOMPARE(plan->changes.first().after->contents.toByteArray(), QByteArray("a\nc\n"));
    QCOMPARE(plan->warnings.size(), 1);
}

void TestPlanner::fuzzIsOptIn()
{
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "A\nx\nb\nc\nx\n"}});
    const Task task = taskOf(workspace, "--- a/f\n+++ b/f\n@@ -1,5 +1,5 @@\n a\n x\n-b\n+B\n c\n x\n");
    QVERIFY(!makePlan(task, workspace.path()).ok());
    PlanOptions options;
    options.fuzz = 1;
    const Result<Plan> plan = makePlan(task, workspace.path(), options);
    QVERIFY(plan.ok());
    QVERIFY(plan->changes.first().notes.join(u' ').contains(QStringLiteral("fuzz 1")));
}

void TestPlanner::seriesOfPatchesIsDoneTheSecondTime()
{
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "a\n"}});
    const Task task =
        taskOf(workspace, "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-b\n+c\n+d\n");
    const Result<Plan> plan = makePlan(task, workspace.path());
    QVERIFY(plan.ok());
    QCOMPARE(summary(*plan), QStringList{QStringLiteral("modify f +2 -1")});
    carryOut(workspace, *plan);
    const Result<Plan> again = makePlan(task, workspace.path());
    QVERIFY2(again.ok(), again.ok() ? "" : qPrintable(again.error().toString()));
    QVERIFY(again->isNoop());
    QCOMPARE(again->alreadyApplied, QList<QString>{QStringLiteral("f")});
}

void TestPlanner::symlinkThroughDiff()
{
    const TempWorkspace workspace;
    const Task task = taskOf(workspace,
                             "diff --git a/l b/l\nnew file mode 120000\nindex 0..1\n--- /dev/null\n+++ b/l\n"
                             "@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n");
    const Result<Plan> plan = makePlan(task, workspace.path());
    QVERIFY(plan.ok());
    QVERIFY(plan->changes.first().after->symlink);
    QCOMPARE(plan->changes.first().after->contents.toByteArray(), QByteArray("target"));
    carryOut(workspace, *plan);
    QVERIFY(makePlan(task, workspace.path())->isNoop());
}

void TestPlanner::weakEvidenceIsToldOf_data()
{
    QTest::addColumn<QByteArray>("op");
    QTest::newRow("nothing to remove") << QByteArray(R"({"op":"replace","path":"f","find":"zzz","replace":""})");
    QTest::newRow("first place is done, another match follows")
        << QByteArray(R"({"op":"replace","path":"f","find":"b","replace":"a","count":1})");
    QTest::newRow("insert skipped") << QByteArray(
        R"({"op":"insert","path":"f","after":"zzz","contents":"x","fallback":"skip"})");
}

void TestPlanner::weakEvidenceIsToldOf()
{
    QFETCH(QByteArray, op);
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "a b"}});
    const Result<Plan> plan = makePlan(taskOf(workspace, mutations(op)), workspace.path());
    QVERIFY(plan.ok());
    QVERIFY(plan->isNoop());
    QCOMPARE(plan->warnings.size(), 1);
    QVERIFY(plan->warnings.first().startsWith(QStringLiteral("f: ")));
}

void TestPlanner::runawayPattern()
{
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), QByteArray(5000, 'a') + "b"}});
    const Result<Plan> plan =
        makePlan(taskOf(workspace, mutations(R"({"op":"replace","path":"f","pattern":"^(a+)+$","replace":""})")),
                 workspace.path());
    QVERIFY(!plan.ok());
    QCOMPARE(plan.error().code, ErrorCode::DoesNotApply);
    QVERIFY2(plan.error().message.contains(QStringLiteral("match limit")), qPrintable(plan.error().message));
}

void TestPlanner::lineCounts_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<int>("added");
    QTest::addColumn<int>("removed");
    QTest::newRow("one line") << QByteArray("a\nb\n") << QByteArray("a\nc\n") << 1 << 1;
    QTest::newRow("emptied") << QByteArray("a\nb\n") << QByteArray() << 0 << 2;
    QTest::newRow("filled") << QByteArray() << QByteArray("a\nb") << 2 << 0;
    QTest::newRow("final newline") << QByteArray("a\nb") << QByteArray("a\nb\n") << 1 << 1;
    QTest::newRow("binary") << QByteArray("a\0b", 3) << QByteArray("a\0c", 3) << 0 << 0;
}

void TestPlanner::lineCounts()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), before}});
    Task task;
    task.ops.append(Op{OpKind::Update, QStringLiteral("f"), {}, after});
    const Result<Plan> plan = makePlan(task, workspace.path());
    QVERIFY(plan.ok());
    QTEST(plan->changes.first().added, "added");
    QTEST(plan->changes.first().removed, "removed");
}

void TestPlanner::idIsStable()
{
    const TempWorkspace one;
    const TempWorkspace other;
    fill(one, {{QStringLiteral("f"), "a"}});
    fill(other, {{QStringLiteral("f"), "a"}});
    const QByteArray text = mutations(R"({"path":"f","contents":"b"})");
    const QString id = makePlan(taskOf(one, text), one.path())->id;
    QCOMPARE(id.size(), 64);
    QCOMPARE(makePlan(taskOf(other, text), other.path())->id, id);
    QVERIFY(makePlan(taskOf(one, mutations(R"({"path":"f","contents":"c"})")), one.path())->id != id);
    QVERIFY(makePlan(taskOf(one, R"({"mutations": [{"path":"f","contents":"b"}], "validate": "true"})"), one.path())->id
            != id);
    fill(other, {{QStringLiteral("f"), "A"}});
    QVERIFY(makePlan(taskOf(other, text), other.path())->id != id);
}

void TestPlanner::staleWorkspace_data()
{
    QTest::addColumn<Files>("written");
    QTest::addColumn<QString>("removed");
    QTest::addColumn<QString>("stale");
    const QString f = QStringLiteral("f");
    QTest::newRow("unchanged") << Files{} << QString() << QString();
    QTest::newRow("other file changed") << Files{{QStringLiteral("other"), "x"}} << QString() << QString();
    QTest::newRow("contents changed") << Files{{f, "changed"}} << QString() << f;
    QTest::newRow("file gone") << Files{} << f << f;
    QTest::newRow("absent path exists") << Files{{QStringLiteral("new"), ""}} << QString() << QStringLiteral("new");
    QTest::newRow("move's target exists") << Files{{QStringLiteral("to"), ""}} << QString() << QStringLiteral("to");
    QTest::newRow("move's source gone") << Files{} << QStringLiteral("from") << QStringLiteral("from");
}

void TestPlanner::staleWorkspace()
{
    QFETCH(Files, written);
    QFETCH(QString, removed);
    QFETCH(QString, stale);
    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), "a"}, {QStringLiteral("from"), "m"}});
    const Result<Plan> plan =
        makePlan(taskOf(workspace, mutations(R"({"path":"f","contents":"b"},{"path":"new","contents":""},
        {"op":"move","from":"from","to":"to"})")),
                 workspace.path());
    QVERIFY(plan.ok());
    fill(workspace, written);
    if (!removed.isEmpty()) {
        QVERIFY(QFile::remove(workspace.absolute(removed)));
    }
    const Result<void> current = checkStillCurrent(*plan);
    QCOMPARE(current.ok(), stale.isEmpty());
    if (!stale.isEmpty()) {
        QCOMPARE(current.error().code, ErrorCode::Stale);
        QCOMPARE(current.error().where, stale);
    }
}

void TestPlanner::fingerprint()
{
    const TempWorkspace workspace;
    const QList<QString> paths{QStringLiteral("f"), QStringLiteral("d"), QStringLiteral("none")};
    fill(workspace, {{QStringLiteral("f"), "a"}, {QStringLiteral("d/x"), "a"}});
    QSet<QByteArray> seen;
    const auto isNew = [&] {
        const QByteArray print = workspaceFingerprint(workspace.path(), paths);
        const bool fresh = !seen.contains(print);
        seen.insert(print);
        return fresh;
    };
    QVERIFY(isNew());
    QVERIFY(!isNew());
    fill(workspace, {{QStringLiteral("other"), "a"}});
    QVERIFY(!isNew());
    fill(workspace, {{QStringLiteral("f"), "b"}});
    QVERIFY(isNew());
    fill(workspace, {{QStringLiteral("d/x"), "b"}});
    QVERIFY(isNew());
    QCOMPARE(::chmod(workspace.absolute(QStringLiteral("f")).toUtf8().constData(), 0755), 0);
    QVERIFY(isNew());
    git(workspace, {QStringLiteral("init"), QStringLiteral("-q")});
    QVERIFY(!isNew()); // no commit yet
    git(workspace,
        {QStringLiteral("-c"), QStringLiteral("user.name=n"), QStringLiteral("-c"), QStringLiteral("user.email=e"),
         QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("--allow-empty"), QStringLiteral("-m"),
         QStringLiteral("m")});
    QVERIFY(isNew());
    QVERIFY(QFile::remove(workspace.absolute(QStringLiteral("f"))));
    QVERIFY(isNew());
}

void TestPlanner::touched()
{
    const TempWorkspace workspace;
    const Task task = taskOf(
        workspace, mutations(R"({"path":"b","contents":""},{"op":"move","from":"b","to":"a"},)" + diffOp(diffOfF)));
    QCOMPARE(touchedPaths(task), (QList<QString>{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("f")}));
}

void TestPlanner::previewIsReadByGit()
{
    const TempWorkspace workspace;
    fill(workspace,
         {{QStringLiteral("f"), "a\nb"},
          {QStringLiteral("gone"), "x\n"},
          {QStringLiteral("from"), "1\n2\n3\n"},
          {QStringLiteral("mode"), "m\n"}});
    git(workspace, {QStringLiteral("init"), QStringLiteral("-q")});
    const Result<Plan> plan =
        makePlan(taskOf(workspace, mutations(R"({"path":"f","contents":"a\nc\n"},{"op":"delete","path":"gone"},
        {"op":"move","from":"from","to":"d/to"},{"op":"replace","path":"d/to","find":"2","replace":"two"},
        {"op":"chmod","path":"mode","mode":"0755"},{"path":"grün \"q\"","contents":"new\n"},{"path":"empty","contents":""})")),
                 workspace.path());
    QVERIFY(plan.ok());
    QByteArray diff;
    Files expected = filesOf(workspace);
    for (const Change &change : plan->changes) {
        diff += previewDiff(change);
        expected.remove(change.from.isEmpty() ? change.path : change.from);
        if (change.after) {
            expected.insert(change.path, change.after->contents.toByteArray());
        }
    }
    QVERIFY(workspace.write(QStringLiteral(".git/preview"), diff));
    int exitCode = -1;
    const QString output = git(workspace, {QStringLiteral("apply"), QStringLiteral(".git/preview")}, &exitCode);
    QVERIFY2(exitCode == 0, qPrintable(output + QString::fromUtf8(diff)));
    QCOMPARE(filesOf(workspace), expected);

    const QJsonObject json = toJson(plan->changes.first(), WithDiff::Yes);
    QCOMPARE(json.value(QStringLiteral("path")).toString(), QStringLiteral("d/to"));
    QCOMPARE(json.value(QStringLiteral("kind")).toString(), QStringLiteral("move"));
    QVERIFY(json.value(QStringLiteral("diff")).toString().contains(QStringLiteral("rename from from")));
    QVERIFY(!toJson(plan->changes.first(), WithDiff::No).contains(QStringLiteral("diff")));
    QCOMPARE(json.value(QStringLiteral("afterSize")).toInteger(), plan->changes.first().after->contents.size());
    QCOMPARE(json.value(QStringLiteral("beforeSize")).toInteger(), plan->changes.first().before->contents.size());
    const QJsonObject created = toJson(plan->changes.at(1), WithDiff::No);
    QVERIFY(created.value(QStringLiteral("before")).isNull() && created.value(QStringLiteral("beforeSize")).isNull());
}

void TestPlanner::agreesWithGitApply_data()
{
    QTest::addColumn<quint32>("seed");
    constexpr quint32 firstSeed = 20260;
    for (quint32 seed = firstSeed; seed < firstSeed + 60; ++seed) {
        QTest::addRow("seed %u", seed) << seed;
    }
}

// A random file, a random change of it written by git diff, and a target that is the file or differs from it elsewhere:
// where git applies the diff, the plan has the same bytes or says that the place is ambiguous; where the plan applies
// it to the untouched file, git does too.
void TestPlanner::agreesWithGitApply()
{
    QFETCH(quint32, seed);
    QRandomGenerator random(seed);
    const auto line = [&random] {
        return QByteArray::number(random.bounded(12)) + '\n';
    };
    QList<QByteArray> oldLines;
    for (int i = random.bounded(1, 60); i > 0; --i) {
        oldLines.append(line());
    }
    const auto mutated = [&](QList<QByteArray> lines, int edits) {
        for (int i = 0; i < edits; ++i) {
            const int at = lines.isEmpty() ? 0 : random.bounded(static_cast<int>(lines.size()));
            const int what = random.bounded(3);
            if (what == 0 || lines.isEmpty()) {
                lines.insert(at, "new " + line());
            } else if (what == 1) {
                lines.removeAt(at);
            } else {
                lines[at] = "changed " + line();
            }
        }
        return lines;
    };
    const bool open = random.bounded(4) == 0;
    const auto text = [open](const QList<QByteArray> &lines) {
        const QByteArray joined = lines.join();
        return open && !joined.isEmpty() ? joined.chopped(1) : joined;
    };
    const QByteArray oldText = text(oldLines);
    const QByteArray newText = text(mutated(oldLines, random.bounded(1, 5)));
    const bool touchedElsewhere = random.bounded(2) == 0;
    const QByteArray target = touchedElsewhere ? text(mutated(oldLines, 2)) : oldText;
    if (oldText == newText || newText.isEmpty()) {
        QSKIP("nothing changes");
    }

    const TempWorkspace workspace;
    fill(workspace, {{QStringLiteral("f"), oldText}});
    git(workspace, {QStringLiteral("init"), QStringLiteral("-q")});
    git(workspace, {QStringLiteral("add"), QStringLiteral("f")});
    fill(workspace, {{QStringLiteral("f"), newText}});
    const QByteArray diff = git(workspace, {QStringLiteral("diff")}).toUtf8();
    fill(workspace, {{QStringLiteral("f"), target}});
    QVERIFY(workspace.write(QStringLiteral(".git/p"), diff));

    const Result<Plan> plan = makePlan(taskOf(workspace, diff), workspace.path());
    int exitCode = -1;
    git(workspace, {QStringLiteral("apply"), QStringLiteral(".git/p")}, &exitCode);
    const QByteArray byGit = workspace.read(QStringLiteral("f"));
    const QByteArray context = "seed " + QByteArray::number(seed) + "\ntarget:\n" + target + "diff:\n" + diff;

    if (!touchedElsewhere) {
        QVERIFY2(exitCode == 0 && plan.ok(), plan.ok() ? context.constData() : qPrintable(plan.error().toString()));
    }
    if (exitCode == 0 && plan.ok()) {
        QVERIFY2(!plan->changes.isEmpty(), context.constData());
        QVERIFY2(plan->changes.first().after->contents.toByteArray() == byGit, context.constData());
    } else if (exitCode == 0) {
        QVERIFY2(plan.error().code == ErrorCode::Ambiguous, context.constData());
    }
}

QTEST_GUILESS_MAIN(TestPlanner)
#include "tst_planner.moc"
