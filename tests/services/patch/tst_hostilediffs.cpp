#include "tests/services/patch/difftext.h"
#include "tests/services/patch/hostilearena.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

using namespace PatchPanel;
using namespace PatchPanel::Test;
using enum PatchPanel::ErrorCode;

// Diffs that would reach out of the workspace, into .git, or into something that is no file: paths, links, targets.
// The CVE numbers name the holes that git and GNU patch had in the same place.
class TestHostileDiffs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void symlinks_data();
    void symlinks() { refuses(); }
    void namesThatClimb_data();
    void namesThatClimb() { refuses(); }
    void reservedNames_data();
    void reservedNames() { refuses(); }
    void unprintableNames_data();
    void unprintableNames() { refuses(); }
    void targets_data();
    void targets() { refuses(); }
    void devices_data();
    void devices();
    void entries_data();
    void entries() { refuses(); }
    void renameCycles_data();
    void renameCycles();
    void aLinkAloneLeavesItsTargetAlone();
};

namespace {

Setup linkTo(const QByteArray &target, const QByteArray &name)
{
    return [=](const HostileArena &arena) {
        return arena.link(target, name);
    };
}

bool makeSocket(const HostileArena &arena)
{
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray path = arena.local("special");
    if (fd < 0 || path.size() >= static_cast<qsizetype>(sizeof address.sun_path)) {
        return false;
    }
    std::copy(path.begin(), path.end(), address.sun_path);
    const bool bound = ::bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    ::close(fd);
    return bound;
}

bool makeFifo(const HostileArena &arena)
{
    return ::mkfifo(arena.local("special").constData(), 0644) == 0;
}

bool linkHard(const HostileArena &arena)
{
    return ::link(arena.local("../outside/canary").constData(), arena.local("twin").constData()) == 0;
}

} // namespace

void TestHostileDiffs::symlinks_data()
{
    addHostileColumns();
    const QByteArray out = links("l", "../outside");
    hostileRow("CVE-2015-1196: made and created through", out + creates("l/evil"), UnsafePath);
    hostileRow("CVE-2015-1196: made and modified through", out + modifies("l/canary"), UnsafePath);
    hostileRow("CVE-2023-23946: made and deleted through", out + deletes("l/canary"), UnsafePath);
    hostileRow("made and renamed through", out + renames("l/canary", "stolen"), UnsafePath);
    hostileRow("made and renamed into", out + renames("f", "l/f"), UnsafePath);
    hostileRow("made and copied from", out + copies("l/canary", "stolen"), UnsafePath);
    hostileRow("made in one mail, used in the next", mail(out) + mail(creates("l/evil")), UnsafePath);
    hostileRow("used in one mail, made in the next", mail(creates("l/evil")) + mail(out), DoesNotApply);
    hostileRow("to the parent folder", links("l", "..") + creates("l/outside/evil"), UnsafePath);
    hostileRow("absolute", links("l", "/tmp") + creates("l/patchpanel-evil"), UnsafePath);
    hostileRow("to inside the workspace", links("l", "dir") + modifies("l/g"), UnsafePath);
    hostileRow("to .git", links("l", ".git") + modifies("l/config"), UnsafePath);
    hostileRow("deep below", links("a/b/l", "../../../outside") + creates("a/b/l/evil"), UnsafePath);
    hostileRow("chain of two", out + links("m", "l") + creates("m/evil"), UnsafePath);
    hostileRow("CVE-2023-22490: takes a folder's place",
               deletes("dir/g") + header("dir/many", "dir/many")
                   + "deleted file mode 100644\n--- a/dir/many\n+++ /dev/null\n@@ -1,8 +0,0 "
                     "@@\n-1\n-2\n-3\n-4\n-5\n-6\n-7\n-8\n"
                   + links("dir", "../outside") + creates("dir/evil"),
               DoesNotApply);
    hostileRow("takes a file's place and is written to", deletes("f") + links("f", "../outside/canary") + modifies("f"),
               UnsafePath);
    hostileRow("made, renamed, created through", out + renames("l", "m") + creates("m/evil"), UnsafePath);
    hostileRow("target with a NUL", links("l", QByteArray("x\0y", 3)), InvalidTask);
    hostileRow("target of 5,000 bytes", links("l", QByteArray(5000, 'x')), InvalidTask);
    hostileRow("target that is empty", header("l", "l") + "new file mode 120000\nindex 0000000..e69de29\n",
               InvalidTask);

    const Setup folder = linkTo("../outside", "l");
    hostileRow("stands there, created through", creates("l/evil"), UnsafePath, folder);
    hostileRow("stands there, modified through", modifies("l/canary"), UnsafePath, folder);
    hostileRow("stands there, deleted through", deletes("l/canary"), UnsafePath, folder);
    hostileRow("stands there, deep folder through it", creates("l/new/folder/evil"), UnsafePath, folder);
    hostileRow("CVE-2023-23946: stands there, renamed, created through", renames("l", "m") + creates("m/evil"),
               UnsafePath, folder);
    hostileRow("stands there, renamed from beneath", renames("l/canary", "stolen"), UnsafePath, folder);
    hostileRow("stands there, copied from beneath", copies("l/canary", "stolen"), UnsafePath, folder);
    const Setup file = linkTo("../outside/canary", "l");
    hostileRow("to a file, modified as a file", modifies("l"), UnsafePath, file);
    hostileRow("to a file, deleted as a file", deletes("l"), UnsafePath, file);
    hostileRow("to a file, created over", creates("l"), UnsafePath, file);
    hostileRow("to a file, copied as a file", copies("l", "stolen"), UnsafePath, file);
    hostileRow("to a file, renamed as a file", renames("l", "stolen"), UnsafePath, file);
    hostileRow("to a file, mode changed", header("l", "l") + "old mode 100644\nnew mode 100755\n", UnsafePath, file);
    hostileRow("to nothing, created over", creates("l"), UnsafePath, linkTo("../outside/new", "l"));
    hostileRow("to itself", modifies("l"), UnsafePath, linkTo("l", "l"));
}

void TestHostileDiffs::namesThatClimb_data()
{
    addHostileColumns();
    const struct {
        const char *what;
        QByteArray name;
        ErrorCode code;
    } names[] = {{"..", "../outside/canary", UnsafePath},
                 {".. in the middle", "dir/../../outside/canary", UnsafePath},
                 {".. that stays inside", "dir/../f", UnsafePath},
                 {".. at the end", "dir/..", UnsafePath},
                 {"absolute", "/tmp/patchpanel-canary", OutsideWorkspace},
                 {"two slashes", "//tmp/patchpanel-canary", OutsideWorkspace},
                 {"home", "~/../../outside/canary", UnsafePath}};
    for (const auto &[what, name, code] : names) {
        const QByteArray label(what);
        hostileRow(label + ": modified", modifies(name), code);
        hostileRow(label + ": created", creates(name), code);
        hostileRow(label + ": deleted", deletes(name), code);
        hostileRow(label + ": renamed from", renames(name, "stolen"), code);
        hostileRow(label + ": renamed to", renames("f", name), code);
        hostileRow(label + ": copied from", copies(name, "stolen"), code);
        hostileRow(label + ": copied to", copies("f", name), code);
        hostileRow(label + ": mode changed", header(name, name) + "old mode 100644\nnew mode 100755\n", code);
    }
    const QByteArray hunk = "@@ -1 +1 @@\n-canary\n+evil\n";
    hostileRow("old name climbs, new one does not", sides("a/../outside/canary", "b/f") + hunk, UnsafePath);
    hostileRow("new name climbs, old one does not", sides("a/f", "b/../outside/canary") + hunk, UnsafePath);
    hostileRow("names climb, git header does not", header("f", "f") + modifies("../outside/canary"), UnsafePath);
    hostileRow("git header climbs, names do not", header("../f", "../f") + "old mode 100644\nnew mode 100755\n",
               UnsafePath);
    hostileRow("without a/ and b/", sides("../outside/canary", "../outside/canary") + hunk, UnsafePath);
    hostileRow("quoted", sides("\"a/../outside/canary\"", "\"b/../outside/canary\"") + hunk, UnsafePath);
    hostileRow("quoted, dots in octal",
               sides("\"a/\\056\\056/outside/canary\"", "\"b/\\056\\056/outside/canary\"") + hunk, UnsafePath);
    hostileRow("second file of two", modifies("f") + creates("../outside/evil"), UnsafePath);
    hostileRow("Index: line only", "Index: ../outside/canary\n" + hunk, InvalidTask);
    hostileRow("rename to /dev/null", header("f", "f") + "rename from f\nrename to /dev/null\n", OutsideWorkspace);
    hostileRow("empty part", creates("dir//evil"), UnsafePath);
    hostileRow("dot part", creates("./evil"), UnsafePath);
    hostileRow("slash at the end", creates("dir/evil/"), UnsafePath);
    hostileRow("only a dot", creates("."), UnsafePath);
    hostileRow("part of 256 bytes", creates(QByteArray(256, 'x')), UnsafePath);
    hostileRow("part of 5,000 bytes", creates(QByteArray(5000, 'x')), UnsafePath);
    hostileRow("path of 5,000 bytes", creates(QByteArray("x/").repeated(2499) + "xx"), UnsafePath);
}

void TestHostileDiffs::reservedNames_data()
{
    addHostileColumns();
    const QByteArray names[] = {".git",
                                ".git/config",
                                ".git/hooks/post-commit",
                                ".GIT/config",
                                ".Git/hooks/evil",
                                "dir/.git/config",
                                "dir/.gIt",
                                ".git./config",
                                ".git /config",
                                ".git . . /config",
                                ".git.../config",
                                "git~1/config",
                                "GIT~1/config",
                                "dir/Git~1",
                                ".git::$INDEX_ALLOCATION/config",
                                ".git:stream",
                                ".git\\config",
                                "dir\\.git\\config",
                                ".\\.git\\config",
                                ".g\u200cit/config",
                                ".git\u200d/config",
                                "\ufeff.git/config",
                                ".gi\u202et/config",
                                ".\u206agit/config",
                                ".patchpanel",
                                ".patchpanel/tx/evil",
                                ".PatchPanel/lock",
                                ".patchpanel./evil",
                                "PATCHP~1/evil",
                                "dir/.patchpanel/evil"};
    for (const QByteArray &name : names) {
        const QByteArray label = name.toPercentEncoding(" /\\:$");
        hostileRow(label + ": created", creates(name), UnsafePath);
        hostileRow(label + ": renamed to", renames("f", name), UnsafePath);
        hostileRow(label + ": a link", links(name, "dir"), UnsafePath);
    }
    hostileRow(".git/config: modified", modifies(".git/config"), UnsafePath);
    hostileRow(".git/config: deleted", deletes(".git/config"), UnsafePath);
    hostileRow(".git/config: copied from", copies(".git/config", "stolen"), UnsafePath);
    hostileRow(".git/config: renamed from", renames(".git/config", "stolen"), UnsafePath);
}

void TestHostileDiffs::unprintableNames_data()
{
    addHostileColumns();
    const auto created = [](const QByteArray &quoted) {
        return "diff --git \"a/" + quoted + "\" \"b/" + quoted + "\"\nnew file mode 100644\n"
            + sides("/dev/null", "\"b/" + quoted + '"') + "@@ -0,0 +1 @@\n+evil\n";
    };
    hostileRow("NUL, octal", created("a\\000b"), UnsafePath);
    hostileRow("NUL, raw", creates(QByteArray("a\0b", 3)), UnsafePath);
    hostileRow("NUL hides the end", created("f\\000/../../outside/evil"), UnsafePath);
    hostileRow("line feed", created("a\\nb"), UnsafePath);
    hostileRow("carriage return", created("a\\rb"), UnsafePath);
    hostileRow("tab", created("a\\tb"), UnsafePath);
    hostileRow("bell", created("a\\ab"), UnsafePath);
    hostileRow("escape sequence", created("\\033[2Ja"), UnsafePath);
    hostileRow("delete", created("a\\177"), UnsafePath);
    hostileRow("C1 control", created("a\\302\\205b"), UnsafePath);
    hostileRow("not UTF-8", created("a\\377"), InvalidTask);
    hostileRow("overlong slash", created("..\\300\\257outside"), InvalidTask);
    hostileRow("surrogate", created("a\\355\\240\\200"), InvalidTask);
    hostileRow("quotes never close", "diff --git \"a/x \"b/x\n--- \"a/x\n+++ \"b/x\n@@ -1 +1 @@\n-canary\n+evil\n",
               InvalidTask);
    hostileRow("unknown escape", created("a\\qb"), InvalidTask);
    hostileRow("octal too large", created("a\\777"), InvalidTask);
}

void TestHostileDiffs::targets_data()
{
    addHostileColumns();
    hostileRow("folder, modified", modifies("dir"), DoesNotApply);
    hostileRow("folder, created over", creates("dir"), DoesNotApply);
    hostileRow("folder, deleted", deletes("dir"), DoesNotApply);
    hostileRow("folder, renamed", renames("dir", "moved"), DoesNotApply);
    hostileRow("folder, renamed onto", renames("f", "dir"), DoesNotApply);
    hostileRow("file taken for a folder", creates("f/evil"), DoesNotApply);
    hostileRow("file taken for a folder, deep", creates("dir/g/x/y/evil"), DoesNotApply);
    hostileRow("file made, then taken for a folder", creates("new") + creates("new/evil"), DoesNotApply);
    hostileRow("FIFO, modified", modifies("special"), UnsafePath, makeFifo);
    hostileRow("FIFO, deleted", deletes("special"), UnsafePath, makeFifo);
    hostileRow("FIFO, created over", creates("special"), UnsafePath, makeFifo);
    hostileRow("FIFO, renamed", renames("special", "moved"), UnsafePath, makeFifo);
    hostileRow("socket, modified", modifies("special"), UnsafePath, makeSocket);
    hostileRow("socket, deleted", deletes("special"), UnsafePath, makeSocket);
    hostileRow("hard link to a file outside, modified", modifies("twin"), DoesNotApply, linkHard);
    hostileRow("hard link to a file outside, mode changed",
               header("twin", "twin") + "old mode 100644\nnew mode 100755\n", DoesNotApply, linkHard);
}

void TestHostileDiffs::devices_data()
{
    addHostileColumns();
    const Setup zero = [](const HostileArena &arena) {
        return ::mknod(arena.local("special").constData(), S_IFCHR | 0666, makedev(1, 5)) == 0;
    };
    hostileRow("modified", modifies("special"), UnsafePath, zero);
    hostileRow("deleted", deletes("special"), UnsafePath, zero);
    hostileRow("created over", creates("special"), UnsafePath, zero);
    hostileRow("copied", copies("special", "endless"), UnsafePath, zero);
}

void TestHostileDiffs::devices()
{
    QFETCH(Setup, setup);
    if (const HostileArena arena; !setup(arena)) {
        QSKIP("only root may make a device here");
    }
    refuses();
}

void TestHostileDiffs::entries_data()
{
    addHostileColumns();
    hostileRow("created over a file", creates("f"), DoesNotApply);
    hostileRow("created twice, differently", creates("new") + creates("new", "100644", "other"), DoesNotApply);
    hostileRow("deleted twice", deletes("f") + deletes("f"), DoesNotApply);
    hostileRow("deleted with other contents", deletes("f", "other"), DoesNotApply);
    hostileRow("deleted with more contents", deletes("dir/many", "1"), DoesNotApply);
    hostileRow("deleted without contents", header("f", "f") + "deleted file mode 100644\n", DoesNotApply);
    hostileRow("deleted, then modified", deletes("f") + modifies("f"), DoesNotApply);
    hostileRow("modified twice alike", modifies("f") + modifies("f"), DoesNotApply);
    hostileRow("renamed to two names", renames("f", "x") + renames("f", "y"), DoesNotApply);
    hostileRow("two renamed to one name", renames("f", "x") + renames("dir/g", "x"), DoesNotApply);
    hostileRow("renamed onto a file", renames("f", "dir/g"), DoesNotApply);
    hostileRow("copied onto a file", copies("dir/many", "f"), DoesNotApply);
    hostileRow("renamed from nothing", renames("gone", "x"), DoesNotApply);
    hostileRow("renamed beneath itself", renames("f", "f/f"), DoesNotApply);
    hostileRow("case differs from a file", creates("F"), DoesNotApply);
    hostileRow("case differs from a folder", creates("DIR/x"), DoesNotApply);
    hostileRow("case differs between two of the diff", creates("new") + creates("NEW"), DoesNotApply);
    hostileRow("case differs between folders of the diff", creates("n/x") + creates("N/y"), DoesNotApply);
    hostileRow("Unicode forms differ", creates("\u00e9") + creates("e\u0301"), DoesNotApply);
    hostileRow("good file first, bad one later", creates("new") + modifies("dir/many"), DoesNotApply);
}

void TestHostileDiffs::renameCycles_data()
{
    QTest::addColumn<QByteArray>("diff");
    QTest::addColumn<QByteArray>("contents");
    QTest::newRow("swap") << renames("a", "b") + renames("b", "a") << QByteArray("bac");
    QTest::newRow("cycle of three") << renames("a", "b") + renames("b", "c") + renames("c", "a") << QByteArray("cab");
    QTest::newRow("cycle of three, other order")
        << renames("c", "a") + renames("b", "c") + renames("a", "b") << QByteArray("cab");
}

// Right or refused, never anything between.
void TestHostileDiffs::renameCycles()
{
    QFETCH(QByteArray, diff);
    QFETCH(QByteArray, contents);
    const TempWorkspace workspace;
    const QString names[] = {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")};
    for (const QString &name : names) {
        QVERIFY(workspace.write(name, name.toUtf8() + '\n'));
    }
    const auto before = treeSnapshot(workspace.path());
    const auto plan = Patch::applyDiffTo(workspace.path(), diff, {}, Patch::Durability::Process);
    if (!plan) {
        QCOMPARE(plan.error().code, DoesNotApply);
        QCOMPARE(treeSnapshot(workspace.path()), before);
        return;
    }
    QByteArray found;
    for (const QString &name : names) {
        found += workspace.read(name).trimmed();
    }
    QCOMPARE(found, contents);
}

// A link may point anywhere: that alone changes nothing where it points to.
void TestHostileDiffs::aLinkAloneLeavesItsTargetAlone()
{
    const HostileArena arena;
    auto expected = arena.snapshot();
    const auto plan = Patch::applyDiffTo(arena.path(), links("l", "../outside"), {}, Patch::Durability::Process);
    QVERIFY2(plan.ok(), plan.ok() ? "" : qPrintable(plan.error().toString()));
    auto found = arena.snapshot();
    QVERIFY(found.take(QStringLiteral("ws/l")).endsWith(" -> ../outside"));
    found.removeIf([](const auto &entry) { return entry.key().startsWith(QLatin1String("ws/.patchpanel")); });
    QCOMPARE(found, expected);
}

QTEST_GUILESS_MAIN(TestHostileDiffs)
#include "tst_hostilediffs.moc"
